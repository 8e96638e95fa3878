# SPDX-License-Identifier: GPL-3.0-or-later
"""Which pixel of flats belongs into which layer."""

from __future__ import annotations

import numpy as np
import pytest

from smart_lineart.inking.areas import Areas
from smart_lineart.inking.renewing.flats import Ground
from smart_lineart.inking.renewing.flats_parts import Shares, homes_of, patched, shares_of, with_new

PIXELS = np.array([[0, 0], [10, 255], [20, 255], [30, 255], [40, 128]], np.uint8)


def test_a_colour_is_at_home_where_most_of_it_is_shown() -> None:
    shown = np.array([[0, 1, 1, 1], [2, 2, 3, 3]], np.int32)
    numbers = np.array([[0, 1, 2, 2], [2, 2, 1, 2]], np.uint16)
    assert homes_of(shown, numbers) == {1: 2, 2: 2, 3: 1}, "of two layers the lower one"
    assert with_new({1: 2}, [3, 1, 0, 2], 2) == {1: 2, 3: 3, 2: 4}


def test_strokes_go_with_the_colour_beneath_them() -> None:
    labels = np.array([[0, 1, 1, 2, 2, 0]], np.int32)
    areas = Areas.of((1, 6), labels, labels > 9, {})
    shown = np.array([[0, 1, 4, 2, 1, 4]], np.int32)
    own = np.array([[0, 0, 1, 0, 1, 1]], np.bool_)
    ground = Ground(areas, {0: 0, 1: 1, 2: 2}, shown, own)
    flats, homes = ground.flats(), {1: 1, 2: 2}
    assert shares_of(ground, flats, homes, PIXELS, anew=True).parts.tolist() == [[0, 1, 1, 2, 2, 1]]
    again = shares_of(ground, flats, homes, PIXELS, anew=False)
    assert not again.changed.any()


@pytest.mark.parametrize("number", [1, 2])
def test_a_layer_takes_and_gives_its_colour_and_keeps_strokes(number: int) -> None:
    before, after = np.array([[1, 1, 2, 1, 2]], np.int32), np.array([[1, 2, 1, 2, 2]], np.int32)
    shares = patched(before, after, {1: 1, 2: 2}, PIXELS)
    was = {1: PIXELS[[[1, 1, 3, 4, 3]]], 2: PIXELS[[[0, 0, 2, 0, 2]]]}[number]
    now = {1: [[1, 0, 3, 4, 3]], 2: [[0, 2, 0, 2, 2]]}[number]
    np.testing.assert_array_equal(shares.in_part(number, was), PIXELS[now])


def test_rows_of_shares_are_those_rows() -> None:
    codes = np.arange(6, dtype=np.int32).reshape(3, 2) % 5
    shares = Shares(codes, codes.astype(np.uint16), codes > 1, PIXELS, {})
    assert shares.of(slice(1, 2)).codes.tolist() == [[2, 3]]
    assert shares.of(slice(1, 2)).changed.tolist() == [[True, True]]
