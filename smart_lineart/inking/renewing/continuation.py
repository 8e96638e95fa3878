# SPDX-License-Identifier: GPL-3.0-or-later
"""Carries an artist's strokes on across old ink that goes: to the fresh ink, or to their own other half.

An artist's stroke ends in the middle of a line, or crosses it, black on black; all that shows of it is what
lies outside. When that line gets thinner, or goes, the stroke would end short of it, or have a gap.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.arrays import Bytes, Mask
from smart_lineart.inking.raster.morphology import cross
from smart_lineart.inking.renewing.piece import Piece

FIRM = 128  # coverage from which a stroke of the artist's counts as reaching a line
INK = 128  # coverage from which fresh ink is a place to arrive at
STEEP = 1.6  # thicknesses: farthest a stroke is carried on, so that one at 40 degrees still gets across


def continue_strokes(ink: Bytes, piece: Piece, drawn: Mask, thickness: float) -> None:
    """Keep in `ink` (in place) what of the old ink carries the strokes `drawn` on; thickness in px."""
    losing = (piece.current > ink) & ~piece.apart
    if not losing.any() or not drawn.any():
        return
    firm = drawn & (piece.current >= FIRM)
    contact = firm & cross(losing)
    rows, columns = np.nonzero(contact)
    if not rows.size:
        return
    directions = _directions(firm, losing, rows, columns, math.ceil(thickness) + 2)
    arrived = firm | (~drawn & (ink >= INK))
    carried = _march(rows, columns, directions, losing, arrived, math.ceil(STEEP * thickness) + 3)
    if not carried.any():
        return
    solid = ~cross(~cross(carried))  # ways that fan out leave pixels between them
    soft = _softened(solid | arrived)
    at = losing & cross(solid) & (soft > ink)
    ink[at] = np.minimum(soft, piece.current)[at]


def _directions(
    firm: Mask, losing: Mask, rows: NDArray[np.intp], columns: NDArray[np.intp], radius: int
) -> NDArray[np.float64]:
    """(N, 2) unit steps (y, x) in which strokes go on at contacts, 0 where nothing says which way."""
    out = np.zeros((len(rows), 2))
    for group in _groups(rows, columns, radius):
        middle = np.array([rows[group].mean(), columns[group].mean()])
        outwards = _mean_offset(losing, middle, 3, None)
        behind = _mean_offset(firm, middle, radius, outwards)
        length = float(np.hypot(*behind))
        if length > 1.0:
            out[group] = -behind / length
    return out


def _groups(rows: NDArray[np.intp], columns: NDArray[np.intp], radius: int) -> list[list[int]]:
    """Indices of touching pixels, in groups no wider than about twice `radius`."""
    left = {(y, x): index for index, (y, x) in enumerate(zip(rows.tolist(), columns.tolist(), strict=True))}
    groups = []
    while left:
        first, index = left.popitem()
        group, queue = [index], [first]
        for y, x in queue:
            for near in ((y + dy, x + dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1)):
                if near in left and max(abs(near[0] - first[0]), abs(near[1] - first[1])) <= radius:
                    group.append(left.pop(near))
                    queue.append(near)
        groups.append(group)
    return groups


def _mean_offset(
    mask: Mask, middle: NDArray[np.float64], radius: int, away_from: NDArray[np.float64] | None
) -> NDArray[np.float64]:
    """Mean place (y, x), from a point, of the mask's pixels in the square around it; of those on the side
    `away_from` a direction if one is given.
    """
    y, x = int(middle[0]), int(middle[1])
    top, left = max(0, y - radius), max(0, x - radius)
    at = np.argwhere(mask[top : y + radius + 1, left : x + radius + 1]) - middle + [top, left]
    if away_from is not None:
        at = at[at @ away_from <= 0.0]
    return np.asarray(at.mean(axis=0) if len(at) else np.zeros(2))


def _march(
    rows: NDArray[np.intp],
    columns: NDArray[np.intp],
    directions: NDArray[np.float64],
    through: Mask,
    to: Mask,
    farthest: int,
) -> Mask:
    """Pixels on straight ways from N pixels `through` a mask that arrive at `to` within `farthest` px."""
    height, width = through.shape
    steps = np.arange(1.0, farthest + 1.0, 0.5)
    y = np.rint(rows[:, None] + directions[:, :1] * steps).astype(np.intp)
    x = np.rint(columns[:, None] + directions[:, 1:] * steps).astype(np.intp)
    inside = (y >= 0) & (y < height) & (x >= 0) & (x < width)
    y, x = np.clip(y, 0, height - 1), np.clip(x, 0, width - 1)
    passing = through[y, x] & inside & ~to[y, x]
    started = np.maximum.accumulate(passing, axis=1)
    # A way may begin on the stroke's own edge; it ends where it is no longer on ink that goes.
    end = ~passing & started
    stop = np.argmax(end, axis=1)
    every = np.arange(len(rows))
    good = end.any(axis=1) & to[y[every, stop], x[every, stop]] & inside[every, stop]
    on = good[:, None] & passing & (np.arange(steps.size) < stop[:, None])
    carried = np.zeros(through.shape, np.bool_)
    carried[y[on], x[on]] = True
    return carried


def _softened(mask: Mask) -> Bytes:
    """A mask as coverage whose edge is antialiased: the mean over 3 x 3, sharpened."""
    total = np.pad(mask, 1).astype(np.uint16)
    total = total[:-2] + total[1:-1] + total[2:]
    total = total[:, :-2] + total[:, 1:-1] + total[:, 2:]
    return np.asarray(np.clip((total.astype(np.int16) - 2) * 51, 0, 255), np.uint8)
