# SPDX-License-Identifier: GPL-3.0-or-later
"""Random brushes: held out ones are never trained with, and what they paint is as wide as asked."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

from smart_lineart.inking import Rect
from smart_lineart.inking.drawing.textured import draw
from smart_lineart.inking.strokes import Strokes
from training.brushes import brushes, canvas_grain, stamped

HELD_OUT = [brush for brush in islice(brushes(held_out=True), 8) if not brush.stamp.bristles]


def line(slope: float) -> Strokes:
    x = np.arange(-200.0, 500.0, 2.0)
    points = np.stack([x, 150.0 + slope * (x - 150.0)], 1).astype(np.float32)
    return Strokes.from_lists([points], [np.ones(len(x), np.float32)], [1.0], [(False, False)])


def width(ink: np.ndarray, slope: float) -> float:
    """Width at half ink of the line through the middle of 300 x 300 px, away from where it leaves them."""
    y, x = np.mgrid[0:300, 0:300] + 0.5
    ahead = np.array([1.0, slope]) / np.hypot(1.0, slope)
    across = np.abs((y - 150.0) * ahead[0] - (x - 150.0) * ahead[1])
    near = (np.abs(x - 150.0) < 100) & (across < 60)
    place = (across[near] * 2).astype(int)
    profile = np.bincount(place, ink[near]) / np.bincount(place)
    inner = max(1, int((profile > 0.5 * profile.max()).sum()) // 2)
    return float((profile > 0.5 * np.sort(profile)[-inner:].mean()).sum())


def test_no_brush_is_both_trained_with_and_held_out() -> None:
    trained = {brush.strip for brush in islice(brushes(held_out=False), 14)}
    held = {brush.strip for brush in islice(brushes(held_out=True), 2)}
    assert len(trained) == 14
    assert not trained & held


@pytest.mark.parametrize("brush", HELD_OUT, ids=lambda brush: str(brush.stamp.seed))
@pytest.mark.parametrize("thickness", [8.0, 16.0])
def test_a_brush_never_seen_is_as_wide_as_asked(brush, thickness: float) -> None:
    drawn = draw(line(0.3), Rect(0, 0, 300, 300), thickness=thickness, style=brush.style)
    assert width(drawn, 0.3) == pytest.approx(thickness, rel=0.15)


@pytest.mark.parametrize("brush", HELD_OUT[:4], ids=lambda brush: str(brush.stamp.seed))
def test_it_is_as_wide_and_as_dark_as_the_brush_itself_paints(brush) -> None:
    truth = stamped(brush, line(0.3), 16.0, 300)
    drawn = draw(line(0.3), Rect(0, 0, 300, 300), thickness=16.0, style=brush.style) / 255
    assert width(drawn, 0.3) == pytest.approx(width(truth, 0.3), rel=0.15)
    assert drawn.sum() == pytest.approx(truth.sum(), rel=0.2)


def test_the_canvas_has_one_grain() -> None:
    whole = canvas_grain(64, (1000, 2000))
    np.testing.assert_array_equal(canvas_grain(32, (1016, 2024)), whole[:, 24:56, 16:48])
