# SPDX-License-Identifier: GPL-3.0-or-later
"""Tones laid under a sketch fill areas evenly, and change nothing of what is to be inked."""

from __future__ import annotations

import numpy as np
import pytest

from training.flats import DEEP_TONES, with_flats
from training.scenes import Patch

SIDE = 96


@pytest.fixture
def patch() -> Patch:
    line = np.zeros((SIDE, SIDE), np.float32)
    line[:, 46:49] = 1
    line[30:33, :] = 1
    return Patch(0.8 * line, line, np.zeros_like(line))


def test_what_is_to_be_inked_stays(patch: Patch) -> None:
    laid = with_flats(np.random.default_rng(1), patch)
    assert laid.line is patch.line
    assert laid.solid is patch.solid
    assert laid.sketch.dtype == np.float32
    assert laid.sketch.shape == (SIDE, SIDE)
    assert (laid.sketch >= patch.sketch - 1e-6).all()


def test_areas_have_tones_of_their_own_and_lines_are_darker(patch: Patch) -> None:
    middles = [(12, 20), (12, 75), (65, 20), (65, 75)]
    found = set()
    for seed in range(40):
        dark = with_flats(np.random.default_rng(seed), patch).sketch
        tones = np.array([dark[y - 5 : y + 6, x - 5 : x + 6].mean() for y, x in middles])
        assert tones.max() <= max(DEEP_TONES) + 0.06
        assert (dark[60:70, 47].mean() > tones[2:]).all()
        found.add(len(np.unique(tones.round(1))))
    assert {1, 2, 3} <= found, "always the same number of tones"


def test_the_same_seed_gives_the_same_tones(patch: Patch) -> None:
    one, other = (with_flats(np.random.default_rng(7), patch).sketch for _ in range(2))
    np.testing.assert_array_equal(one, other)
