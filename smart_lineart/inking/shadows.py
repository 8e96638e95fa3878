# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds shadows: short passes that lie beside a longer line all along, and that the network is unsure of.

A searching hand tries its line several times over. Tries that lie too far off to melt into the line are
left beside it as short strands, which nobody would ink.

Lengths are px at working scale, and lines have vertices about 1 px apart.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.fairing import by_x, near_each
from smart_lineart.inking.loops import AT_NODES, UNSURE, sureness
from smart_lineart.inking.strokes import Floats

Bytes = NDArray[np.uint8]
Mask = NDArray[np.bool_]

SHORTEST, LONGEST = 10, 60  # px that a shadow is long
BESIDE = 12.0  # px beside the longer line within which all of it lies
ALONG = 0.8  # mean cosine between the two from which they run the same way
REACH = 5  # px to both sides over which a line's direction is taken


def find_shadows(lines: list[Floats], free: Mask, probability: Bytes) -> Mask:
    """Which of the lines (N, 2) are shadows, bool (lines,).

    `free` (lines, 2) says which starts and ends touch nothing, `probability` is the line map, uint8 (H, W).
    """
    counts = np.array([len(line) for line in lines])
    owner = np.repeat(np.arange(len(lines)), counts)
    every = np.concatenate(lines)
    starts = np.concatenate([[0], np.cumsum(counts)])
    courses = _courses(every, np.repeat(starts[:-1], counts), np.repeat(starts[1:], counts))
    order = by_x(every)
    found = np.zeros(len(lines), bool)
    wanted = np.flatnonzero((counts > SHORTEST) & (counts <= LONGEST) & free.any(axis=1))
    for number in wanted[np.argsort(counts[wanted], kind="stable")]:
        line = lines[number]
        if sureness(line[AT_NODES:-AT_NODES], probability) >= UNSURE:
            continue
        # Of two shadows of one line the shorter goes first, and is then nobody's longer line.
        longer = (counts >= counts[number]) & ~found
        longer[number] = False
        beside = _nearest(line, every, order[longer[owner[order]]])
        if beside is None:
            continue
        own = courses[starts[number] : starts[number + 1]]
        found[number] = np.abs((own * courses[beside]).sum(axis=1)).mean() > ALONG
    return found


def _nearest(line: Floats, points: Floats, longer: NDArray[np.intp]) -> NDArray[np.intp] | None:
    """For each vertex the nearest point of a longer line, or None where one has none within BESIDE px.

    `longer` are the points of longer lines, sorted by x.
    """
    nearest = []
    for vertex, there in zip(line, near_each(line, points, BESIDE, longer), strict=True):
        if not len(there):
            return None
        away = np.hypot(*(points[there] - vertex).T)
        if away.min() >= BESIDE:
            return None
        nearest.append(there[away.argmin()])
    return np.array(nearest)


def _courses(points: Floats, first: NDArray[np.intp], stop: NDArray[np.intp]) -> Floats:
    """Unit direction (N, 2) of lines at each of their vertices, which lie end to end.

    `first` and `stop` (N,) are where the line of a vertex begins, and where the next one does.
    """
    at = np.arange(len(points))
    ahead = points[np.minimum(at + REACH, stop - 1)] - points[np.maximum(at - REACH, first)]
    return np.asarray(ahead / np.maximum(np.hypot(*ahead.T), 1e-6)[:, None], np.float32)
