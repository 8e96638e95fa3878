# SPDX-License-Identifier: GPL-3.0-or-later
"""Strokes as a hand draws them: order, direction, and no more points than the line needs."""

from __future__ import annotations

import numpy as np
import pytest

from smart_lineart.inking import STYLES, Strokes
from smart_lineart.inking.drawing.gestures import FARTHEST, NEAR, PRESSED, gestures
from smart_lineart.inking.drawing.solid import pressure_along


def line(start, stop, count=60):
    return np.linspace(start, stop, count).astype(np.float32)


def made(points, widths=None, style="technical", thickness=4.0):
    widths = widths or [np.ones(len(one), np.float32) for one in points]
    strokes = Strokes.from_lists(points, widths, [1.0] * len(points))
    return strokes, gestures(strokes, thickness=thickness, style=STYLES[style])


def test_long_contours_come_first():
    _, found = made([line((0, 0), (10, 0)), line((0, 50), (300, 50)), line((0, 90), (80, 90))])
    assert [round(float(np.ptp(one.points[:, 0]))) for one in found] == [300, 80, 10]


def test_a_hand_begins_at_the_thick_end():
    thin, thick = np.linspace(0.6, 1.4, 60), np.linspace(1.4, 0.6, 60)
    points = [line((0, 0), (100, 0)), line((0, 20), (90, 20))]
    _, (first, second) = made(points, [thin.astype(np.float32), thick.astype(np.float32)])
    assert first.points[0, 0] == 100
    assert second.points[0, 0] == 0


def test_an_even_line_begins_at_the_left_and_the_top():
    _, (found,) = made([line((100, 80), (0, 0))])
    assert tuple(found.points[0]) == (0, 0)


@pytest.mark.parametrize("style", ["pen", "brush", "technical"])
@pytest.mark.parametrize("seed", range(5))
def test_points_left_out_lie_on_the_way(style, seed):
    chance = np.random.default_rng(seed)
    turn = np.linspace(0, 7, 400)
    points = np.stack([200 + 150 * np.cos(turn), 200 + 90 * np.sin(1.3 * turn)], 1).astype(np.float32)
    width = np.exp(np.convolve(chance.normal(0, 0.3, 420), np.ones(21) / 21, "valid")[:400])
    strokes, (found,) = made([points], [width.astype(np.float32)], style)
    pressure = pressure_along(strokes, 4.0, STYLES[style])
    way = np.concatenate([[0], np.hypot(*np.diff(found.points, axis=0).T).cumsum()])
    assert np.hypot(*np.diff(found.points, axis=0).T).max() < FARTHEST + 4
    assert len(found.points) < 0.5 * len(points)
    if tuple(found.points[0]) != tuple(points[0]):
        points, pressure = points[::-1], pressure[::-1]
    fine = np.linspace(0, way[-1], 20000)
    passed = np.stack([np.interp(fine, way, column) for column in found.points.T], 1)
    pressed = np.interp(fine, way, found.pressure)
    for point, press in zip(points[::7], pressure[::7], strict=True):
        off = np.hypot(*(passed - point).T)
        at = int(np.where(off < NEAR + 0.02, abs(pressed - press), np.inf).argmin())
        assert off[at] < NEAR + 0.02
        assert abs(pressed[at] - press) < PRESSED + 0.01


def test_what_is_short_or_closed_is_a_gesture_too():
    turn = np.linspace(0, 2 * np.pi, 50)
    ring = np.stack([50 + 20 * np.cos(turn), 50 + 20 * np.sin(turn)], 1)
    ring[-1] = ring[0]
    _, (circle, dot) = made([np.array([[5, 5]], np.float32), ring.astype(np.float32)])
    assert len(dot.points) == 2
    assert np.allclose(circle.points[0], circle.points[-1])
    assert ((circle.pressure > 0) & (circle.pressure <= 1)).all()


def test_nothing_gives_nothing():
    assert gestures(Strokes.empty(), thickness=4.0, style=STYLES["pen"]) == []
