# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes out spurs: short branches with a free end that thinning leaves. Lengths are px at working scale.

A pupil under a lid is a short branch, too, but the network is sure of them. They are in
the way while lines are tidied, and are put back afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smart_lineart.inking.arrays import Bytes
from smart_lineart.inking.lines.chains import Polyline
from smart_lineart.inking.lines.graph import Edge, Graph, Points
from smart_lineart.inking.lines.nearby import by_x, near_each
from smart_lineart.inking.lines.sampling import LINE_DEPTH, confidence, pixels_at
from smart_lineart.inking.ranges import tuned

MEETS = 2.0  # px within which a branch's ends find another line


@dataclass(frozen=True)
class SpurTuning:
    """Which branches are side effects of thinning."""

    spur: float = tuned(7.0, 0.0, 40.0)  # branches that end free within this
    burr: float = tuned(1.5, 0.0, 5.0)  # times what it lies deeper, that they are longer


@dataclass(frozen=True)
class DrawnTuning:
    """Which of them were drawn all the same."""

    shortest: float = tuned(3.5, 0.0, 40.0)  # px; those that are longer,
    sure: float = tuned(0.85, 0.0, 1.0)  # and in their outer half at least so probable


def prune_spurs(graph: Graph, tuning: SpurTuning, deep: Bytes | None = None) -> list[Points]:
    """Remove short branches with a free end, shortest first, and join what they parted.

    `deep` (H, W) is how deep the pixels lie within the line map's mask: where it is wide, thinning leaves
    longer branches. Returns what was removed, each branch (N, 2) from its root on.
    """
    taken: list[Points] = []
    for part in (0.5, 1.0):
        taken += _prune(graph, dict.fromkeys(graph.places, part * tuning.spur))
    if deep is not None:
        places = np.array(list(graph.places.values())).reshape(-1, 2)
        spare = np.maximum(pixels_at(deep, places), LINE_DEPTH) - np.float32(LINE_DEPTH)
        taken += _prune(graph, dict(zip(graph.places, tuning.spur + tuning.burr * spare, strict=True)))
    return taken


def _prune(graph: Graph, limits: dict[int, float]) -> list[Points]:
    """Remove branches with a free end that are no longer than the limit of the node they spring from."""
    taken = []
    for edge in sorted(graph.edges, key=Edge.length):
        a, b = edge.nodes
        if edge not in graph.edges or edge.closed or a == b:
            continue
        free = [n for n in (a, b) if graph.degree(n) == 1]
        if len(free) != 1:
            continue
        root = b if free[0] == a else a
        if edge.length() <= limits[root]:
            graph.remove(edge)
            graph.dissolve(root)
            taken.append(edge.points if edge.nodes[0] == root else edge.points[::-1])
    return taken


def put_back(
    paths: list[Polyline], branches: list[Points], line: Bytes, tuning: DrawnTuning
) -> list[Polyline]:
    """The paths, and those of the branches (N, 2) that were drawn.

    `line` is the line map, uint8 (H, W). A branch stays away where what it sprang from is gone, or where its
    own end lies on another line.
    """
    branches = [branch for branch in branches if _is_drawn(branch, line, tuning)]
    if not paths or not branches:
        return paths
    every = np.concatenate([path.points for path in paths])
    tips = [np.array([branch[at] for branch in branches]) for at in (0, -1)]
    roots, ends = (near_each(places, every, MEETS, by_x(every)) for places in tips)
    kept = [one for one, near, met in zip(branches, roots, ends, strict=True) if len(near) and not len(met)]
    return paths + [Polyline(branch, (False, True)) for branch in kept]


def _is_drawn(branch: Points, line: Bytes, tuning: DrawnTuning) -> bool:
    length = float(np.hypot(*np.diff(branch, axis=0).T).sum())
    return length > tuning.shortest and confidence(branch[len(branch) // 2 :], line) >= tuning.sure
