# SPDX-License-Identifier: GPL-3.0-or-later
"""Shade in strokes lies over areas of a sketch, apart, and changes nothing of what is to be inked."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from training.hatched import LEAST_AREA, Shade, with_hatching
from training.scenes import Patch

SIDE = 160


@pytest.fixture
def patch() -> Patch:
    line = np.zeros((SIDE, SIDE), np.float32)
    line[:, 78:81] = 1
    line[50:53, :] = 1
    solid = np.zeros_like(line)
    solid[100:130, 20:50] = 1
    return Patch(0.8 * np.maximum(line, solid), line, solid)


def test_what_is_to_be_inked_stays(patch: Patch) -> None:
    laid = with_hatching(np.random.default_rng(1), patch)
    assert laid.line is patch.line
    assert laid.solid is patch.solid
    assert laid.sketch.dtype == np.float32
    assert laid.sketch.shape == (SIDE, SIDE)
    assert (laid.sketch >= patch.sketch - 1e-6).all()
    np.testing.assert_array_equal(laid.sketch[patch.solid > 0], patch.sketch[patch.solid > 0])


def test_it_is_strokes_with_paper_between(patch: Patch) -> None:
    parts, shares = [], []
    for seed in range(30):
        laid = with_hatching(np.random.default_rng(seed), patch).sketch - patch.sketch
        dark = laid > 0.15
        parts.append(int(ndimage.label(dark)[1]))
        shares.append(float(dark.mean()))
    assert np.mean(np.array(shares) > 0.01) > 0.8, "most patches are hatched"
    assert np.median(parts) >= 8
    assert max(shares) < 0.6


@pytest.mark.parametrize("zigzag", [False, True])
def test_strokes_keep_to_their_area(zigzag: bool) -> None:
    area = np.zeros((SIDE, SIDE), np.bool_)
    area[40:110, 30:120] = True
    strokes = list(Shade(5.0, 0.7, 0.0, zigzag).strokes(np.random.default_rng(3), area))
    assert len(strokes) >= (2 if zigzag else 12)
    points = np.vstack(strokes)
    assert (points > (18, 28)).all()
    assert (points < (132, 122)).all()


def test_small_areas_stay_white() -> None:
    line = np.ones((SIDE, SIDE), np.float32)
    side = int(LEAST_AREA**0.5) - 2
    line[10 : 10 + side, 10 : 10 + side] = 0
    patch = Patch(0.8 * line, line, np.zeros_like(line))
    laid = with_hatching(np.random.default_rng(0), patch)
    np.testing.assert_allclose(laid.sketch, patch.sketch)


def test_the_same_seed_gives_the_same_strokes(patch: Patch) -> None:
    one, other = (with_hatching(np.random.default_rng(7), patch).sketch for _ in range(2))
    np.testing.assert_array_equal(one, other)
