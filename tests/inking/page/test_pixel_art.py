# SPDX-License-Identifier: GPL-3.0-or-later
"""Blocks that a small picture was enlarged to are told from everything else."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from smart_lineart.inking import ArraySketch
from smart_lineart.inking.page.pixel_art import block_size
from tests.inking.pictures import line_map, ring, straight, wave

SIZE = (90, 70)
SMALL = 255 - (
    line_map(SIZE, ring(35, 30, 22), wave(6, 64, 65, 5, 40), straight((10, 75), (60, 85)), thickness=1) > 96
).astype(np.uint8) * np.uint8(255)


def enlarged(picture: NDArray[np.uint8], times: int) -> NDArray[np.uint8]:
    return picture.repeat(times, 0).repeat(times, 1)


@pytest.mark.parametrize("times", [2, 3, 8, 16])
def test_the_side_of_a_block_is_found(times: int) -> None:
    assert block_size(ArraySketch(enlarged(SMALL, times))) == times


@pytest.mark.parametrize("times", [4, 8])
def test_so_it_is_where_the_picture_was_cropped_between_blocks_at_the_end(times: int) -> None:
    assert block_size(ArraySketch(enlarged(SMALL, times)[: -times // 2, : -times // 2])) == times


def test_a_smoothly_enlarged_picture_has_none() -> None:
    smooth = cv2.resize(SMALL, None, fx=8, fy=8, interpolation=cv2.INTER_CUBIC)
    assert block_size(ArraySketch(smooth)) == 1


def test_one_stroke_between_the_blocks_is_enough() -> None:
    page = enlarged(SMALL, 8)
    page[333:335, 101:103] = 0
    assert block_size(ArraySketch(page)) == 1


def test_rectangles_at_round_places_are_no_blocks() -> None:
    page = np.full((600, 800), 255, np.uint8)
    for place in range(40, 560, 40):
        page[place : place + 20, place : place + 200] = 0
    assert block_size(ArraySketch(page)) == 1


@pytest.mark.parametrize("page", [np.full((40, 50), 255, np.uint8), np.eye(3, dtype=np.uint8), SMALL])
def test_other_pages_have_none(page: NDArray[np.uint8]) -> None:
    assert block_size(ArraySketch(page)) == 1
