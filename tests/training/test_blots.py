# SPDX-License-Identifier: GPL-3.0-or-later
"""Blots are solid where they are drawn, far broader than the pen, and hide few lines."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from training import blots
from training.blots import BROADER, COVERED, KINDS, with_blots
from training.scenes import Patch

SIDE = 224


def patch(width: int = 3) -> Patch:
    """A line of a width in px, across blank paper."""
    line, drawn = np.zeros((2, SIDE, SIDE), np.float32)
    line[:, 110:113] = 1
    drawn[:, 111 - width // 2 : 111 - width // 2 + width] = 0.8
    return Patch(drawn, line, np.zeros_like(line))


@pytest.mark.parametrize("kind", KINDS)
def test_blots_are_solid_where_they_are_drawn(kind, monkeypatch) -> None:
    monkeypatch.setattr(blots, "KINDS", (kind,))
    plain, blotted, broad = patch(), 0, 0
    for seed in range(20):
        laid = with_blots(np.random.default_rng(seed), plain)
        solid, new = laid.solid > 0.5, laid.sketch - plain.sketch > 0.25
        blotted += bool(solid.any())
        broad += bool(solid.any()) and 2 * ndimage.distance_transform_edt(solid).max() > BROADER[0] * 3 - 1
        assert not (new & ~ndimage.binary_dilation(solid, iterations=2)).any(), "drawn, and not solid"
        blank = solid & ~ndimage.binary_dilation(new, iterations=5) & (plain.sketch == 0)
        assert blank.sum() <= 0.01 * solid.sum(), "solid, and not drawn"
        assert (plain.line[solid] > 0.5).sum() <= COVERED * blots.MOST * solid.sum()
    assert blotted >= 15
    assert broad >= 0.6 * blotted


def test_without_lines_there_is_no_pen_to_be_broader_than() -> None:
    blank = np.zeros((SIDE, SIDE), np.float32)
    plain = Patch(blank, blank, blank)
    assert with_blots(np.random.default_rng(0), plain) is plain


def test_the_same_seed_gives_the_same_blots() -> None:
    one, other = (with_blots(np.random.default_rng(7), patch()).sketch for _ in range(2))
    np.testing.assert_array_equal(one, other)
