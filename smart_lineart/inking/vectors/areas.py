# SPDX-License-Identifier: GPL-3.0-or-later
"""The contours of solid areas, from the map that they are drawn from.

Marching squares (Lorensen and Cline's marching cubes, 1987, in the plane): where a contour crosses the lines
between samples is interpolated, as drawing interpolates it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.vectors.polylines import Doubles, signed_area

LEVEL = 127.5  # see `drawing.fills`
SMALLEST = 0.5  # px^2 that a contour encloses
CLOSEST = 0.4  # of the map's px, between a contour's vertices
_TOP, _RIGHT, _BOTTOM, _LEFT = range(4)
_STEPS = {  # by which corners are inside: 1 top left, 2 top right, 4 bottom right, 8 bottom left
    1: ((_TOP, _LEFT),),
    2: ((_RIGHT, _TOP),),
    3: ((_RIGHT, _LEFT),),
    4: ((_BOTTOM, _RIGHT),),
    5: ((_TOP, _LEFT), (_BOTTOM, _RIGHT)),
    6: ((_BOTTOM, _TOP),),
    7: ((_BOTTOM, _LEFT),),
    8: ((_LEFT, _BOTTOM),),
    9: ((_TOP, _BOTTOM),),
    10: ((_RIGHT, _TOP), (_LEFT, _BOTTOM)),
    11: ((_RIGHT, _BOTTOM),),
    12: ((_LEFT, _RIGHT),),
    13: ((_TOP, _RIGHT),),
    14: ((_LEFT, _TOP),),
}


def contours(solid: NDArray[np.uint8], size: tuple[int, int]) -> list[list[Doubles]]:
    """The closed contours of each area, float64 (n, 2) in page px, the first vertex not repeated: the one
    around it, which has the area on its right, and those around its holes.

    `solid` is uint8 (h, w) over a page of `size` (height, width).
    """
    rows, columns = solid.shape
    # Beyond the outermost samples drawing goes on with them to the page's edge, and ends there.
    values = np.pad(np.pad(solid, 1, mode="edge"), 1)
    x = _places(columns, size[1])
    y = _places(rows, size[0])
    inside = values > LEVEL
    code = sum(
        np.left_shift(part.view(np.uint8), bit)
        for bit, part in enumerate((inside[:-1, :-1], inside[:-1, 1:], inside[1:, 1:], inside[1:, :-1]))
    )
    follows: dict[tuple[int, int, int], tuple[int, int, int]] = {}
    for row, column in np.argwhere((code > 0) & (code < 15)).tolist():
        for begin, end in _STEPS[int(code[row, column])]:
            follows[_border(row, column, begin)] = _border(row, column, end)
    apart = CLOSEST * min(size[0] / rows, size[1] / columns)
    loops = [thinned(_traced(loop, values, x, y), apart) for loop in _loops(follows)]
    return _grouped([loop for loop in loops if abs(signed_area(loop)) > SMALLEST])


def _places(count: int, page: int) -> Doubles:
    """Page px of a row's samples, with two more on the page's edge at each end."""
    inner = (np.arange(count) + 0.5) * (page / count)
    return np.concatenate([[0.0, 0.0], inner, [page, page]])


def _border(row: int, column: int, side: int) -> tuple[int, int, int]:
    """A border between two cells: (0, row, column) lies above a cell, (1, row, column) at its left."""
    if side in (_TOP, _BOTTOM):
        return 0, row + (side == _BOTTOM), column
    return 1, row, column + (side == _RIGHT)


def _loops(follows: dict[tuple[int, int, int], tuple[int, int, int]]) -> list[list[tuple[int, int, int]]]:
    loops = []
    while follows:
        first = next(iter(follows))
        loop, at = [first], follows.pop(first)
        while at != first:
            loop.append(at)
            at = follows.pop(at)
        loops.append(loop)
    return loops


def _traced(loop: list[tuple[int, int, int]], values: NDArray[np.uint8], x: Doubles, y: Doubles) -> Doubles:
    """Where a contour crosses the borders of cells, in page px."""
    kind, row, column = np.array(loop).T
    other_row, other_column = row + (kind == 1), column + (kind == 0)
    one, two = (values[at].astype(np.float64) for at in ((row, column), (other_row, other_column)))
    part = (LEVEL - one) / (two - one)
    across = x[column] + part * (x[other_column] - x[column])
    down = y[row] + part * (y[other_row] - y[row])
    return np.stack([across, down], 1)


def thinned(loop: Doubles, apart: float) -> Doubles:
    """A closed line (n, 2) whose vertices are so many px `apart`: those nearer to the last are left out."""
    kept = [0]
    for index in range(1, len(loop)):
        if np.hypot(*(loop[index] - loop[kept[-1]])) >= apart:
            kept.append(index)
    return loop[kept]


def _grouped(loops: list[Doubles]) -> list[list[Doubles]]:
    """Contours around areas, each with those around its holes."""
    areas = sorted(([loop] for loop in loops if signed_area(loop) > 0), key=lambda one: signed_area(one[0]))
    for hole in (loop for loop in loops if signed_area(loop) < 0):
        for area in areas:
            if _within(area[0], hole[0]):
                area.append(hole)
                break
    return sorted(areas, key=lambda one: (float(one[0][:, 1].min()), float(one[0][:, 0].min())))


def _within(loop: Doubles, point: Doubles) -> bool:
    """Whether a point lies in a closed line: a ray from it crosses the line an odd number of times."""
    following = np.roll(loop, -1, axis=0)
    crosses = (loop[:, 1] > point[1]) != (following[:, 1] > point[1])
    a, b = loop[crosses], following[crosses]
    at = a[:, 0] + (point[1] - a[:, 1]) / (b[:, 1] - a[:, 1]) * (b[:, 0] - a[:, 0])
    return bool((at > point[0]).sum() % 2)
