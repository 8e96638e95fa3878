# SPDX-License-Identifier: GPL-3.0-or-later
"""Strokes as a hand draws them: order, direction, and no more points than the line needs."""

from __future__ import annotations

import numpy as np
import pytest

from smart_lineart.inking import STYLES, Strokes
from smart_lineart.inking.drawing.gestures import BEYOND, FARTHEST, NEAR, PRESSED, gestures
from smart_lineart.inking.drawing.solid import pressure_along, radius_along


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


def near_ink(points, widths, style, ink, free=(True, True), thickness=6.0):
    """Strokes as `made`, held near the ink of another style, and the radius of that ink."""
    strokes = Strokes.from_lists([points], [widths.astype(np.float32)], [1.0], [free])
    found = gestures(strokes, thickness=thickness, style=STYLES[style], ink=STYLES[ink])
    return found[0], radius_along(strokes, thickness, STYLES[ink])


def outside(gesture, points, radius, style, thickness=6.0):
    """How far a brush's marks reach beyond ink of a radius (n,) along points (n, 2), at the most."""
    medium = STYLES[style].medium
    mark = medium.at(medium.width, gesture.pressure.astype(np.float32)) * (thickness / 2)
    angle = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    rim = gesture.points[:, None] + mark[:, None, None] * np.stack([np.cos(angle), np.sin(angle)], 1)
    away = np.hypot(*(rim[:, :, None] - points).transpose(3, 0, 1, 2)) - radius
    return float(away.min(2).max())


@pytest.mark.parametrize("style", ["g-pen", "brush", "technical"])
def test_a_brush_that_swells_more_is_pressed_less_where_it_would_leave_the_ink(style):
    points, widths = line((50, 50), (350, 90), 300), np.linspace(0.7, 2.2, 300)
    gesture, radius = near_ink(points, widths, style, "pen", thickness=12.0)
    assert outside(gesture, points, radius, style, 12.0) < BEYOND + 0.4
    (free,) = gestures(
        Strokes.from_lists([points], [widths.astype(np.float32)], [1.0], [(True, True)]),
        thickness=12.0,
        style=STYLES[style],
    )
    if style != "technical":
        assert free.pressure.max() > gesture.pressure.max()
    assert outside(free, points, radius, style, 12.0) > BEYOND + 0.8


def test_a_pen_of_one_width_ends_sooner_than_a_thin_tip():
    points = line((50, 50), (350, 50), 300)
    gesture, _ = near_ink(points, np.ones(300), "technical", "g-pen")
    left = gesture.points[:, 0].min() - 50, 350 - gesture.points[:, 0].max()
    assert min(left) > 2.0, "it ends before the tip"
    assert max(left) < 2.0 * 6.0 + 1.0, "and not long before it"
    blunt, _ = near_ink(points, np.ones(300), "technical", "technical")
    assert np.ptp(blunt.points[:, 0]) == 300


@pytest.mark.parametrize("length", [0.0, 1.0, 3.0, 9.0])
@pytest.mark.parametrize("width", [0.1, 0.4])
def test_however_thin_and_short_a_stroke_is_something_of_it_is_painted(length, width):
    points = line((50, 50), (50 + length, 50), max(1, round(2 * length)))
    gesture, _ = near_ink(points, np.full(len(points), width), "technical", "g-pen")
    assert len(gesture.points) >= 2
    assert (gesture.points[:, 0] >= 50).all()
    assert (gesture.points[:, 0] <= 50.6 + length).all()
    assert np.ptp(gesture.points[:, 0]) > 0


def test_a_thin_line_is_painted_but_for_its_ends():
    points = line((50, 50), (350, 50), 300)
    gesture, _ = near_ink(points, np.full(300, 0.2), "technical", "g-pen")
    assert np.ptp(gesture.points[:, 0]) > 270


def test_a_closed_line_stays_closed():
    turn = np.linspace(0, 2 * np.pi, 200)
    ring = np.stack([80 + 50 * np.cos(turn), 80 + 50 * np.sin(turn)], 1).astype(np.float32)
    ring[-1] = ring[0]
    gesture, _ = near_ink(ring, np.full(200, 0.2), "technical", "g-pen", (False, False))
    assert np.allclose(gesture.points[0], gesture.points[-1])


def test_nothing_gives_nothing():
    assert gestures(Strokes.empty(), thickness=4.0, style=STYLES["pen"]) == []
