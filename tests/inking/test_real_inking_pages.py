# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages as artists bring them, inked with the shipped model: photographed, long, faint, underexposed."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from drawings.metrics import Lineart, measure_lineart
from smart_lineart.inking import Inker
from tests.inking.page.photographed import photographed
from tests.inking.pictures import line_map, ring, straight, wave

Page = NDArray[np.uint8]
LONG = pytest.mark.long


@pytest.fixture(scope="module")
def inker() -> Iterator[Inker]:
    with Inker() as inker:
        yield inker


@pytest.fixture(scope="module")
def inked(inker: Inker) -> Callable[[int], Page]:
    """The ink of a figure that nothing was done to."""
    return functools.cache(lambda seed: inker.ink(figure(seed)))


def figure(seed: int, size: tuple[int, int] = (800, 600)) -> Page:
    """A figure in two passes a line, on white."""
    rng = np.random.default_rng(seed)
    lines = [
        ring(300, 220, 120),
        ring(255, 200, 14),
        ring(345, 200, 14),
        wave(250, 350, 270, 8, 200),
        straight((200, 380), (230, 690)),
        straight((400, 380), (370, 690)),
        wave(200, 400, 372, 12, 400),
        straight((230, 690), (370, 690)),
        ring(300, 520, 45),
    ]
    passes = [line + rng.normal(0, 1.3, 2) for line in lines for _ in range(2)]
    drawn = line_map((800, 600), *passes, thickness=3)
    return np.asarray(255 - cv2.resize(drawn, size[::-1]) * 0.85, np.uint8)


def f_measure(ink: NDArray[np.uint8], wanted: NDArray[np.uint8]) -> float:
    return measure_lineart(Lineart.of(255 - ink), Lineart.of(255 - wanted))["F"]


@pytest.mark.parametrize(
    ("tone", "share", "degrees", "kind"),
    [
        pytest.param(35, 0.4, 8, "even", marks=LONG),
        (90, 0.4, -30, "wood"),
        pytest.param(150, 0.7, 25, "cloth", marks=LONG),
        (200, 0.9, -3, "grainy"),
    ],
)
def test_a_photographed_sheet_inks_like_its_scan(
    inker: Inker, tone: int, share: float, degrees: float, kind: str
) -> None:
    picture = photographed(figure(1), tone, share, degrees, kind)
    ink = inker.ink(picture.luma, thickness=3)
    assert ink.shape == picture.luma.shape
    assert f_measure(ink, inker.ink(picture.clean, thickness=3)) > 0.95


def test_a_sheet_stays_where_it_was_while_the_artist_draws(inker: Inker) -> None:
    picture = photographed(figure(1), 60, 0.5, 12, "wood").luma
    before = inker.prepare(picture)
    assert before.calibration is not None
    drawn = picture.copy()
    cv2.line(drawn, (drawn.shape[1] // 2, 0), (drawn.shape[1] // 2, drawn.shape[0] // 2), 20, 4)
    after = inker.prepare(drawn, previous=before)
    anew = inker.prepare(drawn, calibration=before.calibration)
    assert not after.renewed
    assert after.calibration is not None
    assert after.calibration.sheet == before.calibration.sheet
    np.testing.assert_array_equal(inker.render(after), inker.render(anew))
    assert (inker.render(after) != inker.render(before)).any()


@pytest.mark.parametrize("across", [False, pytest.param(True, marks=LONG)])
def test_a_strip_inks_as_its_panels_apart(inker: Inker, across: bool) -> None:
    count = 7
    panels = [figure(seed, (520, 400)) for seed in range(count)]
    strip = np.hstack(panels) if across else np.vstack(panels)
    ink = inker.ink(strip, thickness=2.5)
    parts = np.split(ink, count, axis=1 if across else 0)
    scores = [
        f_measure(np.ascontiguousarray(part), inker.ink(panel, thickness=2.5))
        for part, panel in zip(parts, panels, strict=True)
    ]
    assert np.mean(scores) > 0.98, scores


@pytest.mark.parametrize("levels", [pytest.param(40, marks=LONG), pytest.param(20, marks=LONG), 10, 6])
@pytest.mark.parametrize("noise", [0.5, pytest.param(2.0, marks=LONG)])
def test_faint_pencil_on_quiet_paper_is_found(
    inker: Inker, inked: Callable[[int], Page], levels: int, noise: float
) -> None:
    firm = figure(2)
    grain = np.random.default_rng(levels).normal(0, noise, firm.shape)
    faint = np.clip(np.rint(248 - (255 - firm.astype(float)) / 217 * levels + grain), 0, 255).astype(np.uint8)
    assert f_measure(inker.ink(faint), inked(2)) > 0.95


UNSEEN = 8  # levels of ink
COAT = np.array([(180, 385), (420, 385), (480, 790), (120, 790)])
BEHIND = np.array([(15, 330), (585, 350), (590, 780), (10, 770)])


@pytest.mark.parametrize("area", [COAT, BEHIND], ids=["coat", "behind"])
@pytest.mark.parametrize(
    ("tone", "line"), [(35, 12), pytest.param(60, 40, marks=LONG), pytest.param(120, 95, marks=LONG)]
)
def test_lines_on_a_dark_area_are_found_and_its_outline(
    inker: Inker, area: NDArray[np.intp], tone: int, line: int
) -> None:
    drawn = figure(2)
    page = 250 - (255 - drawn.astype(float)) / 217 * (250 - line)
    filled = np.zeros(page.shape, np.uint8)
    cv2.fillPoly(filled, [area], 1)
    page = np.where(filled > 0, np.minimum(page, tone), page)
    page += np.random.default_rng(1).normal(0, 1, page.shape)
    outlined = drawn.copy()
    cv2.polylines(outlined, [area], isClosed=True, color=40, thickness=3, lineType=cv2.LINE_AA)
    ink = inker.ink(np.clip(np.rint(page), 0, 255).astype(np.uint8))
    assert f_measure(ink, inker.ink(outlined)) > 0.93


def test_a_dark_area_stays_one_while_the_artist_draws(inker: Inker) -> None:
    page = figure(2)
    cv2.fillPoly(page, [COAT], 60)
    page = np.minimum(page, np.where(figure(2) < 150, 35, 255)).astype(np.uint8)
    before = inker.prepare(page)
    drawn = page.copy()
    cv2.line(drawn, (250, 600), (350, 650), 25, 4)
    after = inker.prepare(drawn, previous=before)
    assert before.calibration is not None
    assert before.calibration.toned is not None
    assert not after.renewed
    anew = inker.prepare(drawn, calibration=before.calibration)
    np.testing.assert_array_equal(inker.render(after), inker.render(anew))
    # A line that is drawn over is faired as a whole, and moves by less than is seen.
    changed = cv2.absdiff(inker.render(after), inker.render(before)) > UNSEEN
    rows, columns = np.nonzero(changed)
    assert rows.size
    assert rows.min() > 450
    assert columns.min() > 100


def test_black_without_lines_is_solid_and_the_lines_beside_it_are_found(
    inker: Inker, inked: Callable[[int], Page]
) -> None:
    page = figure(2)
    cv2.fillPoly(page, [BEHIND], 20)
    ink = inker.ink(page)
    filled = np.zeros(page.shape, np.uint8)
    cv2.fillPoly(filled, [BEHIND], 1)
    assert (ink[cv2.erode(filled, np.ones((9, 9), np.uint8)) > 0] > 200).all()
    above = np.s_[:320]
    assert f_measure(ink[above], inked(2)[above]) > 0.95


@pytest.mark.parametrize("width", [12, 22, 34])
def test_both_pupils_are_solid_however_wide_the_lines_are(inker: Inker, width: int) -> None:
    drawn = line_map(
        (800, 600),
        ring(300, 260, 200),
        wave(220, 380, 380, 12, 160),
        straight((120, 560), (480, 600)),
        straight((200, 600), (170, 790)),
        straight((400, 600), (430, 790)),
        thickness=width,
    )
    eyes = [(225, 230), (375, 230)]
    for eye in eyes:
        cv2.circle(drawn, eye, max(18, round(1.3 * width)), 255, -1)
    ink = inker.ink(255 - drawn)
    for x, y in eyes:
        assert (ink[y - 8 : y + 9, x - 8 : x + 9] > 200).mean() > 0.95, (x, y)


@pytest.mark.parametrize(
    ("white", "kind"),
    [
        (8, np.uint8),
        pytest.param(20, np.uint8, marks=LONG),
        pytest.param(1023, np.uint16, marks=LONG),
        pytest.param(4095, np.uint16, marks=LONG),
        (300, np.uint16),
    ],
)
def test_whatever_is_the_lightest_tone_of_a_picture_is_its_paper(
    inker: Inker, inked: Callable[[int], Page], white: int, kind: type[np.unsignedinteger]
) -> None:
    firm = figure(2)
    dim = np.rint(firm / 255 * white).astype(kind)
    assert f_measure(inker.ink(dim), inked(2)) > 0.95


def test_dotted_paper_inks_as_blank_paper(inker: Inker, inked: Callable[[int], Page]) -> None:
    page = figure(2)
    dotted = page.copy()
    for y in range(12, len(page), 24):
        for x in range(12, page.shape[1], 24):
            dotted[y : y + 3, x : x + 3] = np.minimum(dotted[y : y + 3, x : x + 3], 150)
    assert f_measure(inker.ink(dotted), inked(2)) > 0.97


@pytest.mark.parametrize(("pitch", "radius"), [pytest.param(10, 2.5, marks=LONG), (14, 4.0)])
def test_screentone_behind_a_figure_is_not_inked(
    inker: Inker, inked: Callable[[int], Page], pitch: int, radius: float
) -> None:
    page = figure(2)
    y, x = np.mgrid[: page.shape[0], : page.shape[1]]
    behind = (np.hypot(x - 300, y - 220) > 132) & ~((np.abs(x - 300) < 115) & (y > 365) & (y < 700))
    apart = np.hypot(*(((one / 2**0.5) % pitch) - pitch / 2 for one in (x + y, x - y)))
    toned = np.minimum(page, 255 - 200 * np.clip(radius - apart + 0.5, 0, 1) * behind).astype(np.uint8)
    features = inker.prepare(toned)
    assert f_measure(inker.render(features), inked(2)) > 0.87
    assert features.solid is None or (features.solid > 127).mean() < 0.002


@pytest.mark.parametrize("times", [4, pytest.param(8, marks=LONG)])
def test_pixel_art_is_joined_across_corners(inker: Inker, times: int) -> None:
    small = np.zeros((150, 120), np.uint8)
    cv2.circle(small, (60, 50), 34, 255)
    cv2.line(small, (20, 140), (100, 96), 255)
    page = 255 - small.repeat(times, 0).repeat(times, 1)
    ink = inker.ink(page, thickness=times)
    count, _ = cv2.connectedComponents((ink > 127).astype(np.uint8))
    assert count - 1 == 2
    wanted = 255 - cv2.resize(255 - small, None, fx=times, fy=times, interpolation=cv2.INTER_LINEAR)
    assert f_measure(ink, wanted) > 0.97


@pytest.mark.parametrize("white", [0, 1, 2])
def test_a_black_picture_with_nothing_but_noise_stays_blank(inker: Inker, white: int) -> None:
    noise = np.random.default_rng(3).integers(0, white + 1, (700, 500)).astype(np.uint8)
    assert not inker.ink(noise).any()
