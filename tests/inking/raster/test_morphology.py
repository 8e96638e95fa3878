# SPDX-License-Identifier: GPL-3.0-or-later
"""Depth within a mask is how often it can be eroded."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage

from smart_lineart.inking.raster.morphology import depth

PLUS = ndimage.generate_binary_structure(2, 1)
SQUARE = ndimage.generate_binary_structure(2, 2)


def blobs(seed: int, size: tuple[int, int]) -> NDArray[np.bool_]:
    """Areas of several widths, some of them cut off by the page's edge."""
    soft = ndimage.gaussian_filter(np.random.default_rng(seed).normal(size=size), 4.0)
    return np.asarray(soft > np.quantile(soft, 0.4))


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (40, 1), (90, 130)])
@pytest.mark.parametrize("most", [1, 2, 7])
@pytest.mark.parametrize("seed", range(3))
def test_depth_counts_erosions(seed: int, most: int, size: tuple[int, int]) -> None:
    mask = blobs(seed, size)
    left, want = mask, mask.astype(np.uint8)
    for turn in range(most - 1):
        left = ndimage.binary_erosion(left, SQUARE if turn % 3 == 1 else PLUS, border_value=1)
        want += left
    deep = depth(mask, most)
    assert deep.dtype == np.uint8
    np.testing.assert_array_equal(deep, want)


def test_a_page_that_is_ink_all_over_is_as_deep_as_asked_for() -> None:
    assert (depth(np.ones((9, 5), np.bool_), 7) == 7).all()
    assert not depth(np.zeros((9, 5), np.bool_), 7).any()
