# SPDX-License-Identifier: GPL-3.0-or-later
"""Words stand where nothing else is drawn, and what is written is what is to be inked, as lines."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from training.lettering import HEIGHTS, Hand, with_lettering
from training.scenes import LINE_WIDTH, Patch

SIDE = 160


@pytest.fixture
def patch() -> Patch:
    line = np.zeros((SIDE, SIDE), np.float32)
    line[:, 78:81] = 1
    return Patch(0.8 * line, line, np.zeros_like(line))


def test_words_are_lines_where_they_are_written(patch: Patch) -> None:
    lettered = 0
    for seed in range(30):
        laid = with_lettering(np.random.default_rng(seed), patch)
        assert laid.solid is patch.solid
        assert (laid.line >= patch.line).all()
        new = (laid.line > 0.5) & (patch.line == 0)
        written = laid.sketch - patch.sketch > 0.1
        lettered += bool(new.any())
        near = ndimage.binary_dilation(written, iterations=3)
        assert not (new & ~near).any(), "a line where nothing is written"
        near = ndimage.binary_dilation(new, iterations=6)
        assert (written & ~near).sum() <= 0.02 * max(1, written.sum()), "written, and no line"
    assert lettered > 20


def test_nothing_is_written_over_what_is_drawn() -> None:
    full = np.ones((SIDE, SIDE), np.float32)
    laid = with_lettering(np.random.default_rng(0), Patch(0.8 * full, full, np.zeros_like(full)))
    np.testing.assert_allclose(laid.sketch, 0.8, atol=1e-6)


@pytest.mark.parametrize("weight", [1, 4])
def test_lines_are_as_wide_as_all_others_whatever_the_weight(weight: int) -> None:
    written, line = Hand(0, max(HEIGHTS), weight, 5.0).write("HI", (40.0, 100.0), (SIDE, SIDE))
    rows = np.flatnonzero(written.max(axis=1) > 0.5)
    assert np.ptp(rows) == pytest.approx(max(HEIGHTS), abs=9)
    thick = 2 * ndimage.distance_transform_edt(line > 0.5)[line > 0.5].max()
    assert thick == pytest.approx(LINE_WIDTH, abs=2.5)


def test_the_same_seed_gives_the_same_words(patch: Patch) -> None:
    one, other = (with_lettering(np.random.default_rng(7), patch).sketch for _ in range(2))
    np.testing.assert_array_equal(one, other)
