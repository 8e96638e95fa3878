# SPDX-License-Identifier: GPL-3.0-or-later
"""Resampling keeps what an area average keeps, and reads large pages in strips."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smart_lineart.inking import ArraySketch, Rect
from smart_lineart.inking.page import reading as reading_module
from smart_lineart.inking.page.reading import read_reduced
from smart_lineart.inking.raster.resampling import STRIP_PIXELS, resize, resize_part, rows_over, rows_under
from tests.inking.pictures import MadeSketch

sizes = st.integers(1, 60)


def random_image(height: int, width: int, seed: int = 5) -> np.ndarray:
    return np.random.default_rng(seed).random((height, width), np.float32)


class TestResize:
    @given(sizes, sizes, sizes, sizes)
    @settings(max_examples=60, deadline=None)
    def test_shrinking_is_an_area_average(self, height: int, width: int, tall: int, wide: int) -> None:
        image = random_image(height, width)
        tall, wide = min(tall, height), min(wide, width)
        expected = cv2.resize(image, (wide, tall), interpolation=cv2.INTER_AREA)
        out = resize(image, tall, wide)
        assert out.dtype == np.float32
        np.testing.assert_allclose(out, expected.reshape(tall, wide), atol=1e-4)

    @given(sizes, sizes, st.integers(1, 4), st.floats(1.0, 4.0))
    @settings(max_examples=60, deadline=None)
    def test_growing_interpolates_between_pixel_centres(
        self, height: int, width: int, down: int, by: float
    ) -> None:
        image = random_image(height, width)
        tall, wide = height * down, round(width * by)
        expected = cv2.resize(image, (wide, tall), interpolation=cv2.INTER_LINEAR)
        np.testing.assert_allclose(resize(image, tall, wide), expected.reshape(tall, wide), atol=1e-4)

    @given(sizes, sizes, sizes, sizes)
    @settings(max_examples=60, deadline=None)
    def test_even_paper_stays_even(self, height: int, width: int, tall: int, wide: int) -> None:
        out = resize(np.full((height, width), 0.7, np.float32), tall, wide)
        assert out.shape == (tall, wide)
        np.testing.assert_allclose(out, 0.7, atol=1e-5)

    def test_no_ink_is_lost_at_odd_ratios(self) -> None:
        image = random_image(997, 211)
        assert float(resize(image, 313, 96).mean()) == pytest.approx(float(image.mean()), abs=1e-6)

    def test_the_same_size_is_the_same_image(self) -> None:
        image = random_image(31, 17)
        np.testing.assert_array_equal(resize(image, 31, 17), image)

    def test_a_long_row_keeps_its_precision(self) -> None:
        # A running sum in float32 would be off by a hundredth at its far end.
        image = np.full((1, 1 << 17), 0.9, np.float32)
        np.testing.assert_allclose(resize(image, 1, 1 << 12), 0.9, atol=1e-5)


class TestReadReduced:
    @pytest.mark.parametrize("factor", [1, 2, 3, 5, 64])
    @pytest.mark.parametrize("size", [(1, 1), (7, 300), (211, 97), (64, 64)])
    def test_blocks_are_averaged_also_where_the_page_cuts_them(
        self, factor: int, size: tuple[int, int]
    ) -> None:
        page = np.random.default_rng(6).integers(0, 65536, size, np.uint16)
        out = read_reduced(ArraySketch(page), factor)
        assert out.dtype == np.uint16
        assert out.shape == tuple(-(-side // factor) for side in size)
        for row in range(out.shape[0]):
            for column in range(out.shape[1]):
                block = page[row * factor : (row + 1) * factor, column * factor : (column + 1) * factor]
                assert abs(float(out[row, column]) - float(block.mean())) < 0.6

    @pytest.mark.parametrize("factor", [1, 3])
    @pytest.mark.parametrize("strip", [1, 400, 5000])
    def test_strips_change_no_pixel(self, monkeypatch: pytest.MonkeyPatch, factor: int, strip: int) -> None:
        sketch = ArraySketch(np.random.default_rng(7).integers(0, 256, (211, 97, 3), np.uint8))
        whole = read_reduced(sketch, factor)
        monkeypatch.setattr(reading_module, "STRIP_PIXELS", strip)
        np.testing.assert_array_equal(read_reduced(sketch, factor), whole)

    @pytest.mark.parametrize(("size", "factor"), [((3001, 5000), 1), ((3001, 5000), 4), ((9, 120_000), 30)])
    def test_every_row_is_read_once_and_in_strips(self, size: tuple[int, int], factor: int) -> None:
        height, width = size
        sketch = MadeSketch(size, lambda top, bottom: np.ones((bottom - top, width), np.float32))
        assert (read_reduced(sketch, factor) == 65535).all()
        assert [row for read in sketch.reads for row in range(*read)] == list(range(height))
        most = max(bottom - top for top, bottom in sketch.reads)
        assert most * width <= max(STRIP_PIXELS, factor * width)
        assert len(sketch.reads) > 1 or height * width <= STRIP_PIXELS

    def test_16_bit_values_survive_unreduced(self) -> None:
        page = np.arange(65536, dtype=np.uint16).reshape(256, 256)
        np.testing.assert_array_equal(read_reduced(ArraySketch(page), 1), page)


@pytest.mark.parametrize("size", [(200, 400), (90, 130), (50, 400), (77, 91)])
def test_a_part_of_a_resized_picture_is_that_part(size: tuple[int, int]) -> None:
    picture = np.random.default_rng(3).integers(0, 255, (77, 91), np.uint8)
    whole = resize(picture, *size)
    for part in (Rect(0, 0, size[1], size[0]), Rect(13, 21, 30, 17), Rect(size[1] - 9, size[0] - 7, 9, 7)):
        np.testing.assert_array_equal(
            resize_part(picture, size, part), whole[part.y : part.bottom, part.x : part.right]
        )


@pytest.mark.parametrize(
    ("length", "count"), [(60, 60), (60, 23), (61, 7), (23, 60), (7, 61), (1, 9), (9, 1)]
)
def test_rows_and_the_samples_made_from_them_are_told_both_ways(length: int, count: int) -> None:
    """All of them, and hardly any more."""
    rows = np.eye(length, dtype=np.float32)
    takes = resize(rows, count, length) > 0  # (sample, row)
    for first in range(0, count, 3):
        for last in range(first + 1, count + 1, 5):
            low, high = rows_under(length, count, first, last)
            used = np.flatnonzero(takes[first:last].any(axis=0))
            assert low <= used[0]
            assert used[-1] < high
            assert high - low <= len(used) + 6
    for top in range(0, length, 3):
        for bottom in range(top + 1, length + 1, 5):
            low, high = rows_over(length, count, top, bottom)
            made = np.flatnonzero(takes[:, top:bottom].any(axis=1))
            if made.size:
                assert low <= made[0]
                assert made[-1] < high
            assert high - low <= len(made) + 8 + 3 * max(1, count // length)
