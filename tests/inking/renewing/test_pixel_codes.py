# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import numpy as np
import pytest

from smart_lineart.inking.renewing.pixel_codes import PixelTable, counted


@pytest.mark.parametrize(("channels", "dtype"), [(4, "u1"), (2, "<u2"), (5, "<f4"), (4, "<f2")])
def test_pixels_come_back_as_they_were_and_equal_ones_have_one_code(channels: int, dtype: str) -> None:
    rng, kind = np.random.default_rng(3), np.dtype(dtype)
    few = rng.integers(1, 200, (5, channels)).astype(kind)
    picture = few[rng.integers(0, 5, (30, 40))]
    table = PixelTable(channels, kind)
    first, second = table.encode(picture[:10]), table.encode(picture[10:])
    np.testing.assert_array_equal(table.pixels[np.concatenate([first, second])], picture)
    assert len(table) == 6
    assert table.code(few[2]) in first


def test_what_shows_nothing_has_no_code_whatever_its_colour() -> None:
    picture = np.array([[[9, 8, 7, 0], [1, 2, 3, 255], [0, 0, 0, 0]]], np.uint8)
    table = PixelTable(4, np.dtype(np.uint8))
    assert table.encode(picture).tolist() == [[0, 1, 0]]
    assert not table.pixels[0].any()


def test_a_picture_without_pixels_and_numbers_that_are_none() -> None:
    table = PixelTable(2, np.dtype("<f4"))
    assert table.encode(np.zeros((0, 7, 2), np.float32)).shape == (0, 7)
    odd = np.array([[[np.nan, 1.0], [np.nan, 1.0], [0.5, np.nan]]], np.float32)
    assert table.encode(odd).tolist() == [[1, 1, 0]], "what covers nan shows nothing"


def test_combinations_are_counted() -> None:
    rng = np.random.default_rng(5)
    keys = [rng.integers(0, most, (20, 30)).astype(np.int32) for most in (3, 1, 50)]
    found, many = counted(*keys)
    flat = np.stack([key.ravel() for key in keys], 1)
    wanted, counts = np.unique(flat, axis=0, return_counts=True)
    np.testing.assert_array_equal(found, wanted)
    np.testing.assert_array_equal(many, counts)
    empty = np.zeros((0, 4), np.int32)
    assert [len(one) for one in counted(empty, empty)] == [0, 0]
