# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes one line of two passes that part and meet again. Lengths are px at working scale."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smart_lineart.inking.lines.graph import Edge, Graph
from smart_lineart.inking.lines.sampling import resample
from smart_lineart.inking.ranges import tuned

LENS_SAMPLES = 24


@dataclass(frozen=True)
class LensTuning:
    """Which branches are passes of one line."""

    lens: float = tuned(10.0, 0.0, 40.0)  # those that part and meet again within this mean distance


def merge_lenses(graph: Graph, tuning: LensTuning) -> None:
    """Two branches between the same two nodes that run close together become their mean."""
    merged = True
    while merged:
        merged = False
        pairs: dict[tuple[int, int], Edge] = {}
        for edge in sorted(graph.edges, key=Edge.length):
            a, b = edge.nodes
            if a == b or edge not in graph.edges:
                continue
            key = (min(a, b), max(a, b))
            other = pairs.get(key)
            if other is None or other not in graph.edges:
                pairs[key] = edge
                continue
            mean = _mean_line(other, edge, tuning.lens)
            if mean is None:
                continue
            graph.remove(other)
            graph.remove(edge)
            graph.add(mean)
            graph.dissolve(a)
            graph.dissolve(b)
            merged = True


def _mean_line(one: Edge, two: Edge, farthest: float) -> Edge | None:
    """The line between two branches with the same ends, or None when they lie too far apart to be one."""
    if max(one.length(), two.length()) > 1.6 * min(one.length(), two.length()) + 2 * farthest:
        return None
    other = two.points if two.nodes == one.nodes else two.points[::-1]
    count = max(LENS_SAMPLES, len(one.points), len(other))
    first, second = resample(one.points, count), resample(other, count)
    if float(np.hypot(*(first - second).T).mean()) > farthest:
        return None
    return Edge(0.5 * (first + second), one.nodes)
