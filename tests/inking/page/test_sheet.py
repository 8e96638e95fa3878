# SPDX-License-Identifier: GPL-3.0-or-later
"""What surrounds a sheet of paper is told from it; nothing of a drawing that fills its picture is."""

from __future__ import annotations

import functools

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from smart_lineart.inking.page.sheet import SIDE, Sheet, find_sheet
from tests.inking.page.photographed import SURFACES, Picture, photographed
from tests.inking.pictures import line_map, ring, straight, wave

SIZE = (560, 420)
LONG = functools.partial(pytest.param, marks=pytest.mark.long)
DRAWING = 255 - line_map(
    SIZE, ring(210, 180, 110), wave(40, 380, 400, 25, 160), straight((60, 480), (340, 520)), thickness=4
)


def sheet_of(luma: NDArray[np.uint8]) -> Sheet | None:
    return find_sheet(luma.astype(np.uint16) * 257)


@pytest.mark.parametrize("tone", [20, LONG(60), 120, LONG(180), 205])
@pytest.mark.parametrize("share", [0.35, LONG(0.6), 0.9])
@pytest.mark.parametrize("kind", SURFACES)
def test_a_sheet_on_a_table_is_found(tone: int, share: float, kind: str) -> None:
    degrees = {0.35: -28, 0.6: 17, 0.9: 4}[share] + tone / 100
    picture = photographed(DRAWING, tone, share, degrees, kind)
    found = sheet_of(picture.luma)
    assert found is not None
    assert_only_the_sheet(found, picture)


def assert_only_the_sheet(found: Sheet, picture: Picture) -> None:
    sheet = (
        cv2.resize(picture.sheet.astype(np.uint8), found.outside.shape[::-1], interpolation=cv2.INTER_AREA)
        > 0
    )
    assert (~found.outside & ~sheet).sum() < 0.02 * max(1, (~sheet).sum())  # nothing of the table is left,
    assert (found.outside & sheet).sum() < 0.1 * sheet.sum()  # and of the sheet only its edge goes


def falling_light(size: tuple[int, int], degrees: float) -> NDArray[np.float64]:
    """It comes from one side: at the other a quarter of it is gone."""
    y, x = np.mgrid[: size[0], : size[1]]
    along = np.cos(np.radians(degrees)) * x / size[1] + np.sin(np.radians(degrees)) * y / size[0]
    return np.asarray(1 - 0.25 * (along - along.min()) / np.ptp(along))


@pytest.mark.parametrize("tone", [190, LONG(205), 215])
@pytest.mark.parametrize("degrees", [-25, LONG(10), 30])
@pytest.mark.parametrize("kind", SURFACES)
def test_a_sheet_on_a_light_table_in_uneven_light_is_found(tone: int, degrees: float, kind: str) -> None:
    picture = photographed(DRAWING, tone, 0.5, degrees, kind)
    lit = picture.luma * falling_light(picture.luma.shape, 3 * degrees)
    found = sheet_of(lit.astype(np.uint8))
    assert found is not None
    assert_only_the_sheet(found, picture)


@pytest.mark.parametrize("tone", [225, 240])
def test_a_dark_sheet_on_a_light_table_is_found(tone: int) -> None:
    picture = photographed(DRAWING // 2, tone, 0.6, 12, "grainy")
    found = sheet_of(picture.luma)
    assert found is not None
    assert found.outside.mean() == pytest.approx(0.4, abs=0.08)


@pytest.mark.parametrize("sides", [(0,), (0, 1), (2, 3), (0, 1, 2, 3)])
def test_dark_bars_at_the_picture_s_sides_are_outside(sides: tuple[int, ...]) -> None:
    framed = DRAWING.copy()
    bars = (np.s_[:14], np.s_[-14:], np.s_[:, :14], np.s_[:, -14:])
    for side in sides:
        framed[bars[side]] = 10
    found = sheet_of(framed)
    assert found is not None
    shape = found.outside.shape
    for number, bar in enumerate(bars):
        where = cv2.resize(np.zeros_like(framed), shape[::-1]) + 0
        mark = np.zeros(SIZE, np.uint8)
        mark[bar] = 255
        where = cv2.resize(mark, shape[::-1], interpolation=cv2.INTER_NEAREST) > 0
        outside = found.outside[where].mean()
        assert outside > 0.99 if number in sides else outside < 0.3


def test_a_page_amid_a_dark_user_interface_is_found() -> None:
    screen = np.full((900, 1400), 60, np.uint8)
    for x in range(20, 1400, 60):  # tools, in all tones
        screen[10:40, x : x + 30] = 90 + x % 120
    screen[150 : 150 + SIZE[0], 500 : 500 + SIZE[1]] = DRAWING
    found = sheet_of(screen)
    assert found is not None
    assert (~found.outside).mean() == pytest.approx(DRAWING.size / screen.size, rel=0.08)


def shadow(size: tuple[int, int]) -> NDArray[np.uint8]:
    """Soft, over the left half of a page."""
    x = np.arange(size[1])
    light = 0.5 + 0.5 / (1 + np.exp(-(x - 0.45 * size[1]) / (0.02 * size[1])))
    return (DRAWING * light).astype(np.uint8)


def coat() -> NDArray[np.uint8]:
    """A black figure that stands at the lower edge."""
    page = DRAWING.copy()
    cv2.fillPoly(page, [np.array([(120, 559), (170, 300), (250, 300), (310, 559)])], 15)
    return page


def dark_head() -> NDArray[np.uint8]:
    """Filled, smooth, darker than the paper all around."""
    page = np.full(SIZE, 255, np.uint8)
    cv2.ellipse(page, (210, 280), (150, 200), 0, 0, 360, 90, -1)
    return page


def toned_panel() -> NDArray[np.uint8]:
    """A grey rectangle within a drawing."""
    page = DRAWING.copy()
    page[60:420, 60:360] = np.minimum(page[60:420, 60:360], 170)
    return page


@pytest.mark.parametrize("tone", [30, LONG(60), LONG(100), 120])
@pytest.mark.parametrize("slope", [-0.25, LONG(0.0), 0.15])
def test_a_dark_area_across_whose_edge_lines_run_is_no_table(tone: int, slope: float) -> None:
    lines = line_map(
        SIZE,
        ring(210, 150, 90),
        wave(40, 380, 480, 25, 160),
        *(straight((x, 200), (x + 30, 430)) for x in (120, 200, 290)),
        thickness=4,
    )
    y, x = np.mgrid[: SIZE[0], : SIZE[1]]
    page = np.where(y > 300 + slope * (x - 210), tone, 250) * (1 - lines / 255 * 0.4)
    assert sheet_of(page.astype(np.uint8)) is None


@pytest.mark.parametrize("pitch", [16, 18])
def test_screentone_that_the_picture_cuts_is_no_surround(pitch: int) -> None:
    y, x = np.mgrid[: SIZE[0], : SIZE[1]]
    apart = np.hypot(*(((one / 2**0.5) % pitch) - pitch / 2 for one in (x + y, x - y)))
    dots = np.clip(0.28 * pitch - apart + 0.5, 0, 1)
    assert sheet_of(np.minimum(DRAWING, 250 - 220 * dots).astype(np.uint8)) is None


@pytest.mark.parametrize("tone", [1.0, 0.7, 0.3])
def test_a_drawing_that_fills_its_picture_is_all_sheet(tone: float) -> None:
    assert sheet_of((DRAWING * tone).astype(np.uint8)) is None
    assert sheet_of(255 - (DRAWING * tone).astype(np.uint8)) is None


def rough_paper() -> NDArray[np.uint8]:
    """A frame drawn with a broad brush on paper of coarse grain."""
    page = DRAWING.astype(float)
    cv2.rectangle(page, (50, 60), (370, 500), 30, 16)
    grain = cv2.GaussianBlur(np.random.default_rng(3).normal(0, 1, SIZE), (0, 0), 4)
    return np.clip(page - 15 + grain / grain.std() * 6, 0, 255).astype(np.uint8)


def shaded_corner() -> NDArray[np.uint8]:
    """A soft pencil, hatched to the paper's edge, leaves the rest of it smooth."""
    page = DRAWING.copy()
    rng = np.random.default_rng(3)
    for x in range(-500, 400, 9):
        reach = 300 + int(rng.normal(0, 25))
        cv2.line(page, (x, 560), (x + reach, 560 - reach * 13 // 15), 150, 3, cv2.LINE_AA)
    return page


@pytest.mark.parametrize(
    "page",
    [shadow(SIZE), coat(), dark_head(), toned_panel(), rough_paper(), shaded_corner()],
    ids=["shadow", "coat", "head", "panel", "grain", "hatching"],
)
def test_what_is_dark_on_a_page_is_no_surround(page: NDArray[np.uint8]) -> None:
    assert sheet_of(page) is None


def test_where_the_sheet_is_not_its_paper_goes_on() -> None:
    picture = photographed(DRAWING, 60, 0.6, 15, "wood")
    found = sheet_of(picture.luma)
    assert found is not None
    for shrink in (1, 2, 5):  # at any resolution
        luma = np.ascontiguousarray(picture.luma[::shrink, ::shrink]).astype(np.uint16) * 257
        outside = (
            cv2.resize((~picture.sheet).astype(np.uint8), luma.shape[::-1], interpolation=cv2.INTER_NEAREST)
            > 0
        )
        cleared = found.cleared(luma)
        assert np.quantile(np.abs(cleared[outside] / 257.0 - 250), 0.99) < 6
        inside = cv2.erode((~outside).astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
        within = (
            cv2.resize(found.outside.astype(np.uint8), luma.shape[::-1], interpolation=cv2.INTER_NEAREST) == 0
        )
        np.testing.assert_array_equal(cleared[inside & within][::7], luma[inside & within][::7])


@pytest.mark.parametrize("size", [(1, 1), (3, 900), (15, 15), (2000, 16)])
def test_tiny_and_narrow_pictures_are_all_sheet(size: tuple[int, int]) -> None:
    assert sheet_of(np.full(size, 200, np.uint8)) is None


def test_a_sheet_comes_back_from_its_text() -> None:
    found = sheet_of(photographed(DRAWING, 60, 0.6, 15, "even").luma)
    assert found is not None
    assert Sheet.unpack(found.packed()) == found
    assert len(found.packed()) < 2000


@pytest.mark.parametrize(
    "text",
    [
        None,
        7,
        "",
        "8x8:",
        "8x8:!!",
        "0x8:eJwDAAAAAAE=",
        f"{SIDE + 1}x8:eJwDAAAAAAE=",
        "-8x-8:eJwDAAAAAAE=",
        "8x8:eJwDAAAAAAE=",
        "x:eJwDAAAAAAE=",
        "8x8:" + "A" * 40_000,
    ],
)
def test_a_text_that_no_sheet_has_is_none(text: object) -> None:
    assert Sheet.unpack(text) is None
