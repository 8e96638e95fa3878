# SPDX-License-Identifier: GPL-3.0-or-later
"""A picture as the network sees it does not depend on how it was read."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smart_lineart.inking import BadSketch
from smart_lineart.inking.picture.working import (
    LONGEST,
    WorkingPicture,
    over_white,
    working_picture,
    working_scale,
)
from smart_lineart.inking.raster.resampling import resize


def painted(height: int, width: int, bands: int = 3) -> np.ndarray:
    return np.random.default_rng(4).integers(0, 256, (height, width, bands), np.uint8)


@settings(max_examples=30, deadline=None)
@given(
    st.integers(1, 90),
    st.integers(1, 40),
    st.sampled_from([0.2, 0.37, 0.8, 1.0, 1.3, 2.0]),
    st.lists(st.integers(1, 30), min_size=1, max_size=8),
)
def test_strips_of_any_height_give_the_same(height: int, width: int, scale: float, strips: list[int]) -> None:
    picture = painted(height, width)
    working = WorkingPicture((height, width), scale)
    top = number = 0
    while top < height:
        rows = strips[number % len(strips)]
        working.add(picture[top : top + rows])
        top, number = top + rows, number + 1
    np.testing.assert_array_equal(working.whole(), working_picture(picture, scale))


@pytest.mark.parametrize("scale", [0.31, 1.0, 1.7])
def test_each_channel_is_resized_and_told_by_what_it_lacks_of_white(scale: float) -> None:
    picture = painted(60, 81)
    found = working_picture(picture, scale)
    for plane in range(3):
        expected = 255 - np.rint(resize(picture[..., plane].astype(np.uint16), *found.shape[:2]))
        np.testing.assert_allclose(found[..., plane].astype(float), expected, atol=1)


def test_what_is_transparent_is_white() -> None:
    pixels = np.array([[[255, 0, 0, 0], [255, 0, 0, 255], [0, 0, 0, 128]]], np.uint8)
    np.testing.assert_array_equal(over_white(pixels), [[[255, 255, 255], [255, 0, 0], [127, 127, 127]]])
    np.testing.assert_array_equal(
        over_white(np.array([[[9, 255], [9, 0]]], np.uint8)), [[[9] * 3, [255] * 3]]
    )


def test_large_pictures_are_seen_smaller_and_small_ones_larger() -> None:
    assert working_scale((3508, 2480), 9.0) == LONGEST / 3508
    assert working_scale((1080, 1920), 9.0) == 1.0
    assert working_scale((100, 100), 9.0) == 2.0
    assert working_scale((1080, 1920), 0.5) == 0.5


@pytest.mark.parametrize("shape", [(20, 20), (20, 20, 5), (0, 20, 3)])
def test_what_is_no_picture_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(BadSketch):
        working_picture(np.zeros(shape, np.uint8), 1.0)
