# SPDX-License-Identifier: GPL-3.0-or-later
"""Exact figures for tests of areas: polylines drawn as ink of a width, with gaps where asked."""

from __future__ import annotations

import numpy as np

from smart_lineart.inking import Rect, Strokes
from smart_lineart.inking.areas import Areas
from smart_lineart.inking.brushes.styles import find_style
from smart_lineart.inking.drawing.textured import draw

SIZE = 400


def arc(x: float, y: float, radius: float, start: float = 0.0, stop: float = 360.0) -> np.ndarray:
    """Points of an arc, degrees clockwise from the right."""
    turn = np.radians(np.linspace(start, stop, max(8, round(abs(stop - start)))))
    return np.stack([x + radius * np.cos(turn), y + radius * np.sin(turn)], 1).astype(np.float32)


def ring(x: float, y: float, radius: float, gap: float = 0.0, at: float = 0.0) -> np.ndarray:
    """A circle that lacks `gap` px of its outline at an angle."""
    half = np.degrees(gap / radius / 2)
    return arc(x, y, radius, at + half, at + 360 - half)


def line(*points: tuple[float, float]) -> np.ndarray:
    return np.array(points, np.float32)


def box(left: float, top: float, right: float, bottom: float) -> np.ndarray:
    return line((left, top), (right, top), (right, bottom), (left, bottom), (left, top))


def strokes(*lines: np.ndarray) -> Strokes:
    return Strokes.from_lists(
        list(lines), [np.ones(len(one), np.float32) for one in lines], [1.0] * len(lines)
    )


def inked(*lines: np.ndarray, size: tuple[int, int] = (SIZE, SIZE), thickness: float = 4.0) -> np.ndarray:
    """uint8 coverage of the lines."""
    page = Rect(0, 0, size[1], size[0])
    return draw(strokes(*lines), page, thickness=thickness, style=find_style("technical"))


def at(areas: Areas, x: float, y: float) -> int:
    """The area at a place on the page."""
    return int(areas.on_page()[int(y), int(x)])
