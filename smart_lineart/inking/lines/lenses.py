# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes one line of two passes that part and meet again. Lengths are px at working scale."""

from __future__ import annotations

import numpy as np

from smart_lineart.inking.lines.graph import Edge, Graph
from smart_lineart.inking.lines.sampling import resample

LENS = 10.0  # two branches that part and meet again within this mean distance are passes of one line
LENS_SAMPLES = 24


def merge_lenses(graph: Graph) -> None:
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
            mean = _mean_line(other, edge)
            if mean is None:
                continue
            graph.remove(other)
            graph.remove(edge)
            graph.add(mean)
            graph.dissolve(a)
            graph.dissolve(b)
            merged = True


def _mean_line(one: Edge, two: Edge) -> Edge | None:
    """The line between two branches with the same ends, or None when they lie too far apart to be one."""
    if max(one.length(), two.length()) > 1.6 * min(one.length(), two.length()) + 2 * LENS:
        return None
    other = two.points if two.nodes == one.nodes else two.points[::-1]
    count = max(LENS_SAMPLES, len(one.points), len(other))
    first, second = resample(one.points, count), resample(other, count)
    if float(np.hypot(*(first - second).T).mean()) > LENS:
        return None
    return Edge(0.5 * (first + second), one.nodes)
