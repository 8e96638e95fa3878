# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds redundant lines: short passes beside a longer line all along, of which the network is unsure.

A searching hand tries its line several times over. Tries that lie too far off to melt into the line are
left beside it as short strands, which nobody would ink.

Lengths are px at working scale, and lines have vertices about 1 px apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.arrays import Bytes, Floats, Mask
from smart_lineart.inking.lines.chains import Polyline
from smart_lineart.inking.lines.nearby import MEETING, by_x, near_each
from smart_lineart.inking.lines.sampling import confidence
from smart_lineart.inking.ranges import tuned

AT_NODES = 2  # vertices at a line's ends that lie on other lines
TIP = 8  # vertices that are a line's own end, where it may come near itself
REACH = 5  # px to both sides over which a line's direction is taken


@dataclass(frozen=True)
class RedundantTuning:
    """Which lines are redundant."""

    shortest: int = tuned(10, 5, 400)  # px that they are long, at least
    longest: int = tuned(60, 0, 400)  # and at most
    beside: float = tuned(12.0, 0.0, 40.0)  # px beside the longer line within which all of it lies
    along: float = tuned(0.8, 0.0, 1.0)  # mean cosine between the two from which they run the same way
    unsure: float = tuned(0.6, 0.0, 1.0)  # probability below which it is in doubt


def find_redundant(
    lines: list[Floats], free: Mask, probability: Bytes, tuning: RedundantTuning = RedundantTuning()
) -> Mask:
    """Which of the lines (N, 2) are redundant, bool (lines,).

    `free` (lines, 2) says which starts and ends touch nothing, `probability` is the line map, uint8 (H, W).
    """
    counts = np.array([len(line) for line in lines])
    owner = np.repeat(np.arange(len(lines)), counts)
    every = np.concatenate(lines)
    starts = np.concatenate([[0], np.cumsum(counts)])
    courses = _courses(every, np.repeat(starts[:-1], counts), np.repeat(starts[1:], counts))
    order = by_x(every)
    found = np.zeros(len(lines), bool)
    wanted = np.flatnonzero((counts > tuning.shortest) & (counts <= tuning.longest) & free.any(axis=1))
    for number in wanted[np.argsort(counts[wanted], kind="stable")]:
        line = lines[number]
        if confidence(line[AT_NODES:-AT_NODES], probability) >= tuning.unsure:
            continue
        # Of two beside one line the shorter goes first, and is then nobody's longer line.
        longer = (counts >= counts[number]) & ~found
        longer[number] = False
        beside = _nearest(line, every, order[longer[owner[order]]], tuning.beside)
        if beside is None:
            continue
        own = courses[starts[number] : starts[number + 1]]
        found[number] = np.abs((own * courses[beside]).sum(axis=1)).mean() > tuning.along
    return found


def _nearest(line: Floats, points: Floats, longer: NDArray[np.intp], reach: float) -> NDArray[np.intp] | None:
    """For each vertex the nearest point of a longer line, or None where one has none within `reach` px.

    `longer` are the points of longer lines, sorted by x.
    """
    nearest = []
    for vertex, there in zip(line, near_each(line, points, reach, longer), strict=True):
        if not len(there):
            return None
        away = np.hypot(*(points[there] - vertex).T)
        if away.min() >= reach:
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


def without_redundant(paths: list[Polyline], line: Bytes, tuning: RedundantTuning) -> list[Polyline]:
    """The paths but for redundant ones; ends that touched nothing else are free then."""
    if not paths:
        return paths
    points, free = [path.points for path in paths], np.array([path.free for path in paths])
    redundant = find_redundant(points, free, line, tuning)
    kept = [path for path, gone in zip(paths, redundant, strict=True) if not gone]
    if len(kept) == len(paths):
        return paths
    counts = [len(path.points) for path in kept]
    owner = np.repeat(np.arange(len(kept)), counts)
    every = np.concatenate([path.points for path in kept])
    stops = np.cumsum(counts)
    ends = np.stack([stops - counts, stops - 1], 1).reshape(-1)
    near = near_each(every[ends], every, MEETING)
    alone = [
        bool(((owner[some] == owner[end]) & (np.abs(some - end) < TIP)).all())
        for some, end in zip(near, ends, strict=True)
    ]
    loose = np.reshape(alone, (-1, 2)) | np.array([path.free for path in kept])
    return [Polyline(path.points, (bool(a), bool(b))) for path, (a, b) in zip(kept, loose, strict=True)]
