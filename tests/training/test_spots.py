# SPDX-License-Identifier: GPL-3.0-or-later
"""Spots of black are drawn where they are to be solid, broader than the pen that drew the lines."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from training.scenes import Patch
from training.spots import BROADER, with_spots

SIDE = 160


def patch(width: int = 5) -> Patch:
    """A line of a width in px, across blank paper."""
    line, drawn = np.zeros((2, SIDE, SIDE), np.float32)
    line[:, 78:81] = 1
    drawn[:, 80 - width // 2 : 80 - width // 2 + width] = 0.8
    return Patch(drawn, line, np.zeros_like(line))


@pytest.mark.parametrize("width", [3, 9])
def test_spots_are_solid_where_they_are_drawn_and_broader_than_lines(width: int) -> None:
    plain, spotted = patch(width), 0
    for seed in range(30):
        laid = with_spots(np.random.default_rng(seed), plain)
        solid, new = laid.solid > 0.5, laid.sketch - plain.sketch > 0.2
        spotted += bool(solid.any())
        assert not (solid & ~ndimage.binary_dilation(new, iterations=2) & (plain.sketch == 0)).any()
        assert not (new & ~ndimage.binary_dilation(solid, iterations=2)).any(), "drawn, and not solid"
        assert not ((laid.line > 0.5) & ~(plain.line > 0.5) & ~solid).any(), "a line beside its spot"
        parts, count = ndimage.label(ndimage.binary_opening(solid))
        inside = parts[2:-2, 2:-2]
        whole = [k for k in range(1, count + 1) if (inside == k).sum() == (parts == k).sum()]
        for k in whole:
            assert (parts == k).sum() > 0.5 * (BROADER[0] * width) ** 2 * np.pi / 4
    assert spotted > 20


def test_without_lines_there_is_no_pen_to_be_broader_than() -> None:
    blank = np.zeros((SIDE, SIDE), np.float32)
    plain = Patch(blank, blank, blank)
    assert with_spots(np.random.default_rng(0), plain) is plain


def test_the_same_seed_gives_the_same_spots() -> None:
    one, other = (with_spots(np.random.default_rng(7), patch()).sketch for _ in range(2))
    np.testing.assert_array_equal(one, other)
