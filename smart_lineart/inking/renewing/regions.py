# SPDX-License-Identifier: GPL-3.0-or-later
"""Gathers marked pixels into places that an artist can count and look at."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.geometry import Rect

CELL = 16  # px: marks in touching cells belong to one place
LEAST = 3  # marked px in a cell from which it counts


def find_regions(marks: NDArray[np.uint8], bit: int) -> list[Rect]:
    """Rectangles, top to bottom, around groups of pixels of `marks` (H, W) in which `bit` is set."""
    height, width = marks.shape
    columns = np.arange(0, width, CELL)
    rows = []
    for top in range(0, height, CELL):
        marked = (marks[top : top + CELL] & bit) > 0
        rows.append(np.add.reduceat(marked.sum(axis=0), columns) >= LEAST)
    left = {(int(x), int(y)) for y, x in np.argwhere(np.array(rows))} if rows else set()
    places = []
    while left:
        places.append(_bounds(_take_group(left)).intersection(Rect(0, 0, width, height)))
    return sorted(places, key=lambda place: (place.y, place.x))


def _take_group(left: set[tuple[int, int]]) -> list[tuple[int, int]]:
    """Remove a cell and all that hang together with it, and return them."""
    group = [left.pop()]
    for x, y in group:
        near = {(x + dx, y + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)} & left
        left -= near
        group.extend(near)
    return group


def _bounds(cells: list[tuple[int, int]]) -> Rect:
    xs, ys = [x for x, _ in cells], [y for _, y in cells]
    x, y = min(xs) * CELL, min(ys) * CELL
    return Rect(x, y, (max(xs) + 1) * CELL - x, (max(ys) + 1) * CELL - y)
