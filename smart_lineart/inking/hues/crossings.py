# SPDX-License-Identifier: GPL-3.0-or-later
"""Where another line goes across one, whose colour lies on it there."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.arrays import Floats, Mask

WAYS = 12  # directions of lines that are told apart, of which those next to one's own are its own
CELL = 2  # px at working scale: side of a cell that lines are noted in
REACH = 2  # cells around one, that a line's width may reach


def crossed(
    points: Floats, starts: NDArray[np.intp], kinds: NDArray[np.uint8], seems: NDArray[np.intp]
) -> Mask:
    """Vertices that look like a hue of which a line goes across them: bool (N,). What lies there may be that
    line's, and tells nothing of their own.

    Args:
        points: (N, 2), x and y in px at working scale.
        starts: (S + 1,): line s holds the vertices starts[s] to starts[s + 1].
        kinds: (N,), the hue that each line has, as far as is known.
        seems: (N,), the hue that each vertex looks like by itself.
    """
    way = _ways(points, starts)
    cells = (np.maximum(points, 0) / CELL).astype(np.intp)
    wide, tall = cells.max(axis=0, initial=0) + 1
    where = cells[:, 1] * wide + cells[:, 0]
    own = _bit(way - 1) | _bit(way) | _bit(way + 1)
    found = np.zeros(len(points), bool)
    for hue in np.unique(kinds):
        mine, there = kinds == hue, np.zeros(tall * wide, np.uint16)
        np.bitwise_or.at(there, where[mine], _bit(way[mine]))
        near = _spread(there.reshape(tall, wide)).reshape(-1)[where]
        found |= (near & ~own != 0) & (seems == hue)
    return found


def _ways(points: Floats, starts: NDArray[np.intp]) -> NDArray[np.intp]:
    """The direction of a line at each vertex, one of WAYS whichever way one goes."""
    along = np.diff(points, axis=0, append=points[-1:])
    last = starts[1:] - 1
    along[last] = along[last - 1]
    return np.rint(np.arctan2(along[:, 1], along[:, 0]) / np.pi * WAYS).astype(np.intp) % WAYS


def _bit(way: NDArray[np.intp]) -> NDArray[np.uint16]:
    return np.left_shift(1, way % WAYS).astype(np.uint16)


def _spread(there: NDArray[np.uint16]) -> NDArray[np.uint16]:
    """Bits that are set in any cell within REACH of each."""
    for axis in (0, 1):
        lines, out = there.swapaxes(0, axis), there.copy().swapaxes(0, axis)
        for step in range(1, REACH + 1):
            out[step:] |= lines[:-step]
            out[:-step] |= lines[step:]
        there = out.swapaxes(0, axis)
    return np.ascontiguousarray(there)
