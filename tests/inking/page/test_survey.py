# SPDX-License-Identifier: GPL-3.0-or-later
"""What is found out about a page before the network runs, where screentone covers it."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from smart_lineart.inking.page.dot_grid import DARK
from smart_lineart.inking.page.scale import ScaleTuning
from smart_lineart.inking.page.sketch import ArraySketch
from smart_lineart.inking.page.survey import View, read_working, survey, view_again, view_anew
from tests.inking.pictures import line_map, ring, straight

SIZE = (560, 420)
LINES = line_map(SIZE, ring(210, 200, 120), straight((40, 420), (380, 520)), thickness=5)


def covered(pitch: float, radius: float, degrees: float, tone: int) -> NDArray[np.uint8]:
    """A drawing on white, under dots from border to border."""
    y, x = np.mgrid[: SIZE[0], : SIZE[1]]
    sine, cosine = np.sin(np.radians(degrees)), np.cos(np.radians(degrees))
    apart = np.hypot(
        *((one % pitch) - pitch / 2 for one in (x * cosine + y * sine, y * cosine - x * sine)),
    )
    dots = np.clip(radius - apart + 0.5, 0, 1)
    return np.asarray(np.minimum(255 - LINES * 0.8, 255 - (255 - tone) * dots), np.uint8)


def view(page: NDArray[Any]) -> View | None:
    """The page as it is seen closely; None where it is blank."""
    sketch = ArraySketch(page)
    found = survey(sketch, 2.0, ScaleTuning())
    if not found.looks:
        return None
    scale = found.looks[0][0]
    seen = view_anew(read_working(sketch, scale, found.block), sketch.size, scale, None, found)
    return None if seen.calibration is None else seen


@pytest.mark.parametrize("degrees", [15, 30, 45])
@pytest.mark.parametrize(("pitch", "radius"), [(9, 3.0), (12, 4.0), (16, 4.5)])
@pytest.mark.parametrize("tone", [20, 90])
def test_a_page_all_over_in_screentone_has_its_lines_without_the_dots(
    pitch: float, radius: float, degrees: float, tone: int
) -> None:
    seen = view(covered(pitch, radius, degrees, tone))
    assert seen is not None
    shape = seen.darkness.shape[::-1]
    drawn = cv2.resize(LINES, shape, interpolation=cv2.INTER_AREA)
    assert (seen.darkness[drawn > 200] >= DARK).mean() > 0.95
    apart = cv2.dilate(drawn, np.ones((5, 5), np.uint8), iterations=round(pitch * seen.scale)) == 0
    assert (seen.darkness[apart] >= DARK).mean() < 0.02


def test_it_is_seen_the_same_again() -> None:
    page = ArraySketch(covered(12, 4, 30, 40))
    found = survey(page, 2.0, ScaleTuning())
    luma = read_working(page, found.looks[0][0], 1)
    first = view_anew(luma, page.size, found.looks[0][0], None, found)
    assert first.calibration is not None
    again = view_again(luma, page.size, first.calibration)
    assert again is not None
    np.testing.assert_array_equal(again.darkness, first.darkness)


@pytest.mark.parametrize("white", [1, 2, 3])
def test_a_black_picture_with_nothing_but_noise_is_blank(white: int) -> None:
    assert view(np.random.default_rng(white).integers(0, white + 1, (700, 500)).astype(np.uint8)) is None
