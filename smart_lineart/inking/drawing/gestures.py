# SPDX-License-Identifier: GPL-3.0-or-later
"""Strokes as a hand draws them: in which order, from which end, how hard the pen is pressed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.brushes.strips import PRESSURES
from smart_lineart.inking.brushes.styles import Style
from smart_lineart.inking.drawing.solid import pressure_along, radius_along
from smart_lineart.inking.strokes import Strokes

NEAR = 0.08  # px that the way between two points kept leaves the line by
PRESSED = 0.015  # of full pressure that it leaves the line's by
FARTHEST = 24.0  # px between points: brushes that look at where they go want some
DOT = 0.5  # px that a pen moves for a stroke of a single point
BEYOND = 0.6  # px that the mark may reach outside the ink, to either side
CUT = 2.0, 0.45  # thicknesses, and share of a stroke's length, that it may end sooner at either end
THICKER = 0.04  # mean pressure more at an end, from which a hand begins there

Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class Gesture:
    """One stroke of a pen.

    Attributes:
        points: float64 (n, 2), x and y in px of the page, n at least 2.
        pressure: float64 (n,), 0 to 1.
    """

    points: Doubles
    pressure: Doubles

    def moved(self, x: float, y: float) -> Gesture:
        """The same elsewhere, by so many px."""
        return Gesture(self.points + np.array([x, y]), self.pressure)


def gestures(strokes: Strokes, *, thickness: float, style: Style, ink: Style | None = None) -> list[Gesture]:
    """Strokes as gestures, for a brush like `style` that leaves a line of `thickness` px at half pressure.

    Long contours come first, each from its thick end; where both are alike, from the left and the top. Only
    points that a straight way with evenly growing pressure does not pass by are kept. Where `ink` is given,
    the style that the strokes are inked with, the pen is pressed no harder than keeps the mark near that ink,
    and a stroke ends sooner where even the least pressure would leave a broad mark around a thin tip.
    """
    pressure = pressure_along(strokes, thickness, style).astype(np.float64)
    too_broad = np.zeros(len(pressure), np.bool_)
    if ink is not None:
        pressure, too_broad = _held_back(pressure, radius_along(strokes, thickness, ink), thickness, style)
    made: list[tuple[float, Gesture]] = []
    for number, stroke in enumerate(strokes):
        part = slice(int(strokes.starts[number]), int(strokes.starts[number + 1]))
        points, pressed = stroke.points.astype(np.float64), pressure[part]
        length = float(np.hypot(*np.diff(points, axis=0).T).sum())
        if not stroke.closed:
            inner = _without_tips(points, too_broad[part], min(CUT[0] * thickness, CUT[1] * length))
            points, pressed = points[inner], pressed[inner]
        if len(points) == 1:
            points, pressed = points + np.array([[0.0, 0.0], [DOT, 0.0]]), np.repeat(pressed, 2)
        if not stroke.closed and _from_the_end(points, stroke.width[inner], pressed):
            points, pressed = points[::-1], pressed[::-1]
        kept = _needed(points, pressed)
        made.append((length, Gesture(points[kept], pressed[kept])))
    made.sort(key=lambda one: -one[0])  # stable: strokes as long as each other stay in their order
    return [gesture for _, gesture in made]


def _held_back(
    pressure: Doubles, radius: NDArray[np.float32], thickness: float, style: Style
) -> tuple[Doubles, NDArray[np.bool_]]:
    """Pressure (N,) with which no mark goes far outside ink of a `radius` (N,) px; where none is so low."""
    medium = style.medium
    # Between hairs there is paper, and a single one is as dark as all of them together.
    mark = medium.outline if medium.grain.directed else medium.width
    reach = np.maximum.accumulate(mark.astype(np.float64)) * (thickness / 2)
    most = np.searchsorted(reach, radius + BEYOND, "right") - 1
    return np.minimum(pressure, np.maximum(most, 0) / (PRESSURES - 1)), most < 0


def _without_tips(points: Doubles, too_broad: NDArray[np.bool_], most: float) -> slice:
    """What is left of a stroke (n, 2) without the marks at its ends that are too broad, `most` px of each."""
    way = np.concatenate([[0.0], np.hypot(*np.diff(points, axis=0).T).cumsum()])
    stays = ~too_broad | ((way > most) & (way < way[-1] - most))
    first, last = int(stays.argmax()), len(points) - int(stays[::-1].argmax())
    return slice(first, last)


def _from_the_end(points: Doubles, width: NDArray[np.float32], pressed: Doubles) -> bool:
    """Whether a hand begins at the last point."""
    third = max(1, len(width) // 3)
    more = float(width[-third:].mean() - width[:third].mean())
    if abs(more) < THICKER:
        more = float(pressed[-third:].mean() - pressed[:third].mean())
    if abs(more) < THICKER:
        return bool(points[-1].sum() < points[0].sum())
    return more > 0


def _needed(points: Doubles, pressed: Doubles) -> NDArray[np.intp]:
    """Which points stay (Ramer 1972, Douglas and Peucker 1973), with pressure as a third dimension."""
    scaled = np.column_stack([points / NEAR, pressed / PRESSED])
    keep = np.zeros(len(points), np.bool_)
    keep[[0, -1]] = True
    waiting = [(0, len(points) - 1)]
    while waiting:
        first, last = waiting.pop()
        if last - first < 2:
            continue
        a, ahead = scaled[first], scaled[last] - scaled[first]
        inner = scaled[first + 1 : last] - a
        along = np.clip(inner @ ahead / max(float(ahead @ ahead), 1e-12), 0.0, 1.0)
        off = np.sqrt(((inner - along[:, None] * ahead) ** 2).sum(1))
        middle = first + 1 + int(off.argmax())
        if off.max() <= 1.0:
            if float(np.hypot(*(points[last] - points[first]))) <= FARTHEST:
                continue
            middle = (first + last) // 2
        keep[middle] = True
        waiting += [(first, middle), (middle, last)]
    return np.flatnonzero(keep)
