# SPDX-License-Identifier: GPL-3.0-or-later
"""Where on the page ink differs between two states of a sketch."""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.arrays import Mask
from smart_lineart.inking.geometry import Rect
from smart_lineart.inking.strokes import Strokes

CELL = 64  # px: what is drawn again is told in squares of this size
SOLID_REACH = 2  # working px beyond a solid area's map to which its edge is interpolated

Solid = NDArray[np.uint8] | None


def changed_rects(
    size: tuple[int, int], old: tuple[Strokes, Solid], new: tuple[Strokes, Solid], reach: float
) -> list[Rect]:
    """Rectangles on a page of `size` (height, width), none overlapping, outside which both draw the same.

    `reach` is how far from a stroke's centreline ink goes, in px. Strokes count as the same when they are, to
    the last bit; a stroke that changed somewhere has changed all along.
    """
    height, width = size
    cells = np.zeros((-(-height // CELL), -(-width // CELL)), np.bool_)
    for strokes in _changed_strokes(old[0], new[0]):
        _mark_strokes(cells, strokes, reach)
    _mark_solids(cells, old[1], new[1], size)
    whole = Rect(0, 0, width, height)
    return [
        Rect(r.x * CELL, r.y * CELL, r.width * CELL, r.height * CELL).intersection(whole)
        for r in _boxes(cells)
    ]


def _changed_strokes(old: Strokes, new: Strokes) -> tuple[Strokes, Strokes]:
    """The strokes of either that the other lacks; all of both when those they share are in another order."""
    one, two = _keys(old), _keys(new)
    shared = Counter(one) & Counter(two)
    kept_one, kept_two = _first_of(one, shared), _first_of(two, shared)
    if [k for k, keep in zip(one, kept_one, strict=True) if keep] != [
        k for k, keep in zip(two, kept_two, strict=True) if keep
    ]:
        return old, new  # strokes drawn over each other in another order may look otherwise
    return old.select(~kept_one), new.select(~kept_two)


def _keys(strokes: Strokes) -> list[bytes]:
    keys = []
    for index, (first, last) in enumerate(zip(strokes.starts[:-1], strokes.starts[1:], strict=True)):
        parts = (
            strokes.points[first:last],
            strokes.width[first:last],
            strokes.strength[index],
            strokes.free[index],
            *(() if strokes.alone is None else (strokes.alone[first:last],)),
            *(() if strokes.standing is None else (strokes.standing[index],)),
        )
        keys.append(b"".join(part.tobytes() for part in parts))
    return keys


def _first_of(keys: list[bytes], wanted: Counter[bytes]) -> Mask:
    """Which of the keys are `wanted`, the first ones where there are more of a kind than wanted."""
    left = Counter(wanted)
    keep = np.zeros(len(keys), np.bool_)
    for index, key in enumerate(keys):
        if left[key]:
            left[key] -= 1
            keep[index] = True
    return keep


def _mark_strokes(cells: Mask, strokes: Strokes, reach: float) -> None:
    """Mark the cells that ink within `reach` px of these strokes can touch."""
    if not len(strokes):
        return
    # Vertices of a stroke and the one after, so that what lies between them is in their common box.
    after = np.minimum(np.arange(len(strokes.points)) + 1, len(strokes.points) - 1)
    after[strokes.starts[1:] - 1] = strokes.starts[1:] - 1
    low = np.minimum(strokes.points, strokes.points[after]) - (reach + 1)
    high = np.maximum(strokes.points, strokes.points[after]) + (reach + 1)
    last = np.array(cells.shape[::-1]) - 1
    first = np.clip((low // CELL).astype(np.intp), 0, last + 1)
    stop = np.clip((high // CELL).astype(np.intp), -1, last)
    for x, y, right, bottom in np.unique(np.hstack([first, stop]), axis=0):
        cells[y : bottom + 1, x : right + 1] = True


def _mark_solids(cells: Mask, old: Solid, new: Solid, size: tuple[int, int]) -> None:
    """Mark the cells where two maps of solid areas over the page differ."""
    if old is None and new is None:
        return
    if old is not None and new is not None and old.shape != new.shape:
        cells[:] = True
        return
    one = np.zeros_like(new) if old is None else old
    two = np.zeros_like(old) if new is None else new
    rows, columns = np.nonzero(one != two)
    by_y, by_x = size[0] / one.shape[0], size[1] / one.shape[1]
    spans = [
        np.stack([(at - SOLID_REACH) * by // CELL, (at + 1 + SOLID_REACH) * by // CELL], 1).astype(np.intp)
        for at, by in ((rows, by_y), (columns, by_x))
    ]
    for y, bottom, x, right in np.unique(np.hstack(spans), axis=0):
        cells[max(y, 0) : bottom + 1, max(x, 0) : right + 1] = True


def _boxes(cells: Mask) -> list[Rect]:
    """Few rectangles, none overlapping, that cover all marked cells: boxes of what hangs together."""
    boxes: list[Rect] = []
    left = {(int(y), int(x)) for y, x in np.argwhere(cells)}
    while left:
        queue = [left.pop()]
        for y, x in queue:
            near = {(y + dy, x + dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1)} & left
            left -= near
            queue += near
        rows, columns = [y for y, _ in queue], [x for _, x in queue]
        box = Rect(min(columns), min(rows), max(columns) - min(columns) + 1, max(rows) - min(rows) + 1)
        boxes = _joined(boxes, box)
    return sorted(boxes, key=lambda r: (r.y, r.x))


def _joined(boxes: list[Rect], box: Rect) -> list[Rect]:
    """The boxes and one more; those it overlaps become one with it."""
    while True:
        over = [other for other in boxes if all(box.intersection(other)[2:])]
        if not over:
            return [*boxes, box]
        boxes = [other for other in boxes if other not in over]
        x, y = min(r.x for r in (box, *over)), min(r.y for r in (box, *over))
        right, bottom = max(r.right for r in (box, *over)), max(r.bottom for r in (box, *over))
        box = Rect(x, y, right - x, bottom - y)
