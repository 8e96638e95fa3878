# SPDX-License-Identifier: GPL-3.0-or-later
"""Large dark areas are told from paper, shadow and strokes; lifted, their lines are like any on paper."""

from __future__ import annotations

import base64
import zlib

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from smart_lineart.inking.page.toned import LINED, SIDE, SOLID, Toned, find_toned
from tests.inking.page.photographed import photographed
from tests.inking.pictures import line_map, ring, straight, wave

Page = NDArray[np.uint8]
SIZE = (600, 450)
ON_PAPER = line_map(SIZE, ring(225, 130, 70), wave(60, 390, 60, 12, 130), thickness=4) > 127
ON_AREA = line_map(SIZE, ring(225, 420, 60), straight((120, 330), (160, 520)), thickness=4) > 127
AREAS = {
    "coat": [(100, 260), (350, 260), (400, 560), (50, 560)],
    "to the edge": [(120, 250), (330, 250), (400, 600), (50, 600)],
    "large": [(20, 210), (430, 230), (440, 590), (10, 590)],
}


def page(tone: float, line: float | None, area: str = "coat", noise: float = 1.0, paper: float = 250) -> Page:
    """A drawing with a dark area, on which there are lines unless `line` is None."""
    out = np.full(SIZE, float(paper))
    cv2.fillPoly(out, [np.array(AREAS[area])], float(tone))
    out = cv2.GaussianBlur(out, (0, 0), 0.6)
    out[ON_PAPER] = 30
    if line is not None:
        out[ON_AREA] = line
    return as_bytes(out + np.random.default_rng(1).normal(0, noise, SIZE))


def as_bytes(luma: NDArray[np.floating]) -> Page:
    return np.clip(np.rint(luma), 0, 255).astype(np.uint8)


def toned(luma: Page) -> Toned | None:
    return find_toned(luma.astype(np.uint16) * 257)


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize(
    ("tone", "line"), [(30, 8), (45, 25), (60, 40), (60, 5), (90, 60), (120, 40), (120, 95)]
)
def test_lines_on_dark_areas_become_as_firm_as_others(area: str, tone: int, line: int) -> None:
    luma = page(tone, line, area)
    found = toned(luma)
    assert found is not None
    assert found.kinds.max() >= LINED
    lifted, solid = found.lifted(luma.astype(np.uint16) * 257)
    lifted = lifted / 257
    assert not solid.any()
    within = np.zeros(SIZE, np.uint8)
    cv2.fillPoly(within, [np.array(AREAS[area])], 1)
    inner = cv2.erode(within, np.ones((15, 15), np.uint8)) > 0
    clear = inner & (cv2.dilate(ON_AREA.astype(np.uint8), np.ones((7, 7), np.uint8)) == 0)
    assert np.quantile(lifted[clear], 0.02) > 205  # paper,
    assert np.median(lifted[ON_AREA & inner]) < 120  # with firm lines on it,
    rim = (cv2.morphologyEx(within, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0) & ~ON_PAPER
    rim[-3:] = False
    assert np.median(lifted[rim]) < 120  # and around it.
    outside = cv2.dilate(within, np.ones((9, 9), np.uint8)) == 0
    np.testing.assert_array_equal(lifted[outside], luma[outside])


def test_black_hair_that_ends_in_strands_is_solid() -> None:
    """Between strands its tone is told too light, and black seems to be a line on it."""
    luma = page(0, None, noise=0.0)
    for x in range(90, 360, 20):
        cv2.fillPoly(luma, [np.array([(x, 562), (x + 12, 562), (x + 6, 500)])], 250)
    found = toned(luma)
    assert found is not None
    assert set(np.unique(found.kinds)) == {0, SOLID}


@pytest.mark.parametrize("tone", [0, 10, 40])
@pytest.mark.parametrize("noise", [0.0, 2.0])
def test_black_without_lines_is_solid_to_its_edge(tone: int, noise: float) -> None:
    luma = page(tone, None, noise=noise)
    found = toned(luma)
    assert found is not None
    assert set(np.unique(found.kinds)) == {0, SOLID}
    lifted, solid = found.lifted(luma.astype(np.uint16) * 257)
    wanted = np.zeros(SIZE, np.uint8)
    cv2.fillPoly(wanted, [np.array(AREAS["coat"])], 1)
    assert (solid & (wanted > 0)).sum() > 0.98 * (solid | (wanted > 0)).sum()
    rim = cv2.morphologyEx(wanted, cv2.MORPH_GRADIENT, np.ones((5, 5), np.uint8)) > 0
    assert np.quantile(lifted[rim & ~ON_PAPER] / 257, 0.05) > 200  # no line beside it


@pytest.mark.parametrize("thickness", [20, 24, 28])
def test_broad_strokes_that_meet_a_black_area_are_none_of_it(thickness: int) -> None:
    strokes = line_map(SIZE, ring(225, 200, 150), wave(40, 410, 520, 30, 180), thickness=thickness)
    luma = 255 - np.maximum(strokes, line_map(SIZE, straight((225, 330), (225, 470)), thickness=110))
    found = toned(luma)
    assert found is not None
    within = cv2.resize(found.kinds, SIZE[::-1], interpolation=cv2.INTER_NEAREST) > 0
    blob = np.zeros(SIZE, np.uint8)
    cv2.line(blob, (225, 330), (225, 470), 1, 110 + 4 * thickness)
    assert within.any()
    assert not within[blob == 0].any()


def test_grey_without_lines_is_outlined() -> None:
    found = toned(page(120, None))
    assert found is not None
    assert set(np.unique(found.kinds)) == {0, LINED}


def shadowed() -> Page:
    """A soft shadow over half a page."""
    light = 0.35 + 0.65 / (1 + np.exp(-(np.arange(SIZE[1]) - 200) / 10))
    return as_bytes(np.where(ON_PAPER | ON_AREA, 40, 250) * light)


def scribbled() -> Page:
    """Hair of many strokes, paper between them."""
    out = np.full(SIZE, 250.0)
    rng = np.random.default_rng(2)
    for x in range(80, 370, 9):
        start, stop = (x, 60 + int(rng.integers(30))), (x + int(rng.integers(-8, 9)), 320)
        cv2.line(out, start, stop, float(rng.integers(40, 110)), 4)
    return as_bytes(out)


def marker() -> Page:
    return 255 - line_map(SIZE, ring(225, 200, 120), wave(40, 410, 480, 30, 180), thickness=34)


def pupils() -> Page:
    out = page(250, None)
    for x in (180, 270):
        cv2.circle(out, (x, 130), 20, 10, -1)
    return out


@pytest.mark.parametrize(
    "luma",
    [page(250, 30), page(190, 60), shadowed(), scribbled(), marker(), pupils()],
    ids=["plain", "light grey", "shadow", "scribble", "marker", "pupils"],
)
def test_other_pages_have_no_dark_areas(luma: Page) -> None:
    assert toned(luma) is None
    assert toned(255 - luma) is None


@pytest.mark.parametrize("size", [(1, 1), (3, 900), (20, 20), (2000, 16)])
def test_tiny_and_narrow_pages_have_none(size: tuple[int, int]) -> None:
    luma = np.full(size, 250, np.uint8)
    luma[: size[0] // 2] = 10
    assert toned(luma) is None


def test_an_area_is_lifted_alike_at_any_resolution_and_after_an_edit() -> None:
    luma = page(60, 40)
    found = toned(luma)
    assert found is not None
    large = cv2.resize(luma, None, fx=2, fy=2, interpolation=cv2.INTER_LINEAR).astype(np.uint16) * 257
    lifted = found.lifted(large)[0]
    small = cv2.resize(lifted, SIZE[::-1], interpolation=cv2.INTER_AREA).astype(float) / 257
    differs = np.abs(small - found.lifted(luma.astype(np.uint16) * 257)[0] / 257.0) > 80
    assert differs.mean() < 0.01
    drawn = large.copy()
    cv2.line(drawn, (300, 900), (380, 900), 10 * 257, 6)
    changed = np.argwhere(found.lifted(drawn)[0] != lifted)
    assert (changed.min(axis=0) > (700, 150)).all()
    assert (changed.max(axis=0) < (1100, 550)).all()


def test_a_sheet_with_a_dark_area_on_a_table() -> None:
    from smart_lineart.inking.page.sheet import find_sheet

    picture = photographed(page(60, 40), 90, 0.6, 12, "wood").luma.astype(np.uint16) * 257
    sheet = find_sheet(picture)
    assert sheet is not None
    found = find_toned(sheet.cleared(picture))
    assert found is not None
    assert found.kinds.max() >= LINED


def test_areas_come_back_from_their_text() -> None:
    found = toned(page(60, 40))
    assert found is not None
    assert Toned.unpack(found.packed()) == found
    assert len(found.packed()) < 2000


def text_of(kinds: list[int], size: str = "8x8:8x8", firm: str = "0.8") -> str:
    """As areas are packed, on white paper."""
    data = zlib.compress(bytes(kinds) + bytes([255] * 64))
    return f"{size}:{firm}:{base64.b64encode(data).decode()}"


def test_a_text_by_hand_is_one_that_areas_have() -> None:
    assert Toned.unpack(text_of([1] * 64)) is not None


@pytest.mark.parametrize(
    "text",
    [
        None,
        7,
        "",
        "8x8:0.8:",
        text_of([1] * 64, size="8x8:0.8"),
        text_of([1] * 64, firm="nan"),
        text_of([1] * 64, size="0x8:8x8"),
        text_of([1] * 200 * (SIDE + 2), size=f"{SIDE + 2}x200:8x8"),
        text_of([1] * 8 * 65 * SIDE, size=f"{65 * SIDE}x8:8x8"),
        text_of([1] * 64, size="8x8:8x33"),
        text_of([1] * 63),
        text_of([0] * 64),
        text_of([1] * 63 + [200]),
        "8x8:8x8:0.8:!!",
        "8x8:8x8:0.8:" + "A" * 40_000,
    ],
)
def test_a_text_that_no_areas_have_is_none(text: object) -> None:
    assert Toned.unpack(text) is None


@pytest.mark.parametrize("across", [False, True])
def test_areas_of_a_strip_are_those_of_its_panels(across: bool) -> None:
    panels = [
        page(60, 40),
        page(60, None),
        np.rot90(page(30, 8), 2),
        *(as_bytes(250.0 - 220 * ON_PAPER),) * 9,
    ]
    strip = np.hstack(panels) if across else np.vstack(panels)
    found = toned(strip)
    assert found is not None
    assert Toned.unpack(found.packed()) == found
    parts = np.array_split(found.kinds, len(panels), axis=1 if across else 0)
    for part, panel in zip(parts, panels, strict=True):
        alone = toned(panel)
        wanted = np.zeros((8, 8)) if alone is None else alone.kinds.astype(np.float32)
        shares = [
            cv2.resize((one > 0).astype(np.float32), (30, 30), interpolation=cv2.INTER_AREA)
            for one in (part, wanted)
        ]
        assert np.abs(shares[0] - shares[1]).mean() < 0.03
