# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds shadows: short passes that lie beside a longer line all along, and that the network is unsure of.

A searching hand tries its line several times over. Tries that lie too far off to melt into the line are
left beside it as short strands, which nobody would ink.

Lengths are px at working scale, and lines have vertices about 1 px apart.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.fairing import near_each
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
    courses = np.concatenate([_course(line) for line in lines])
    starts = np.concatenate([[0], np.cumsum(counts)])
    found = np.zeros(len(lines), bool)
    wanted = np.flatnonzero((counts > SHORTEST) & (counts <= LONGEST) & free.any(axis=1))
    for number in wanted[np.argsort(counts[wanted], kind="stable")]:
        line = lines[number]
        if sureness(line[AT_NODES:-AT_NODES], probability) >= UNSURE:
            continue
        # Of two shadows of one line the shorter goes first, and is then nobody's longer line.
        longer = (counts >= counts[number]) & ~found
        longer[number] = False
        beside = _nearest(line, every, longer[owner])
        if beside is None:
            continue
        own = courses[starts[number] : starts[number + 1]]
        found[number] = np.abs((own * courses[beside]).sum(axis=1)).mean() > ALONG
    return found


def _nearest(line: Floats, points: Floats, of_longer: Mask) -> NDArray[np.intp] | None:
    """For each vertex the nearest point of a longer line, or None where one has none within BESIDE px."""
    nearest = []
    for vertex, near in zip(line, near_each(line, points, BESIDE), strict=True):
        there = near[of_longer[near]]
        if not len(there):
            return None
        away = np.hypot(*(points[there] - vertex).T)
        if away.min() >= BESIDE:
            return None
        nearest.append(there[away.argmin()])
    return np.array(nearest)


def _course(line: Floats) -> Floats:
    """Unit direction (N, 2) of a line at each of its vertices."""
    at = np.arange(len(line))
    ahead = line[np.minimum(at + REACH, len(line) - 1)] - line[np.maximum(at - REACH, 0)]
    return np.asarray(ahead / np.maximum(np.hypot(*ahead.T), 1e-6)[:, None], np.float32)
