# SPDX-License-Identifier: GPL-3.0-or-later
"""Strokes and solid areas cut to what is selected of a page."""

from __future__ import annotations

import numpy as np

from smart_lineart.inking.arrays import Bytes, Floats
from smart_lineart.inking.strokes import Strokes

SELECTED = 128
"""How far a place is selected to count, of 255."""

FEWEST = 2  # vertices of a part of a stroke


def inside(strokes: Strokes, selected: Bytes) -> Strokes:
    """The parts of strokes whose vertices are selected, uint8 (height, width)."""
    height, width = selected.shape
    points: list[Floats] = []
    widths: list[Floats] = []
    strengths: list[float] = []
    free: list[tuple[bool, bool]] = []
    for stroke in strokes:
        x, y = np.floor(stroke.points).astype(np.intp).T
        there = (x >= 0) & (y >= 0) & (x < width) & (y < height)
        kept = there & (selected[np.clip(y, 0, height - 1), np.clip(x, 0, width - 1)] >= SELECTED)
        edges = np.flatnonzero(np.diff(np.concatenate([[0], kept.astype(np.int8), [0]])))
        for first, stop in edges.reshape(-1, 2).tolist():
            if stop - first >= FEWEST:
                points.append(stroke.points[first:stop])
                widths.append(stroke.width[first:stop])
                strengths.append(stroke.strength)
                free.append((stroke.free[0] and first == 0, stroke.free[1] and stop == len(kept)))
    return Strokes.from_lists(points, widths, strengths, free)


def solid_inside(solid: Bytes, selected: Bytes) -> Bytes:
    """Shapes of solid black, uint8 (h, w) at their own scale, where the page is selected."""
    rows, columns = (
        np.minimum(((np.arange(count) + 0.5) * (page / count)).astype(np.intp), page - 1)
        for count, page in zip(solid.shape, selected.shape, strict=True)
    )
    return np.where(selected[np.ix_(rows, columns)] >= SELECTED, solid, np.uint8(0))
