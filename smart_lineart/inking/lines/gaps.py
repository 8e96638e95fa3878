# SPDX-License-Identifier: GPL-3.0-or-later
"""Closes gaps that a hand would have drawn through. Lengths are px at working scale."""

from __future__ import annotations

import numpy as np

from smart_lineart.inking.arrays import Bytes
from smart_lineart.inking.lines.graph import Edge, Graph, leaving
from smart_lineart.inking.lines.sampling import pixels_at

GAP = 10.0  # free ends that face each other within this are joined where the network half sees a line
SURE_GAP = 8.0  # and within this in any case
GAP_COSINE = 0.75
GAP_LINE = 0.06


def close_gaps(graph: Graph, line: Bytes) -> None:
    """Join free ends that face each other across a gap which a hand would have drawn through."""
    free = [n for n, edges in graph.ends.items() if len(edges) == 1 and edges[0].length() >= 3]
    cells: dict[tuple[int, int], list[int]] = {}
    for node in free:
        x, y = graph.places[node] // GAP
        cells.setdefault((int(x), int(y)), []).append(node)
    found = []
    for (x, y), nodes in cells.items():
        near = [m for dx in (-1, 0, 1) for dy in (-1, 0, 1) for m in cells.get((x + dx, y + dy), ())]
        found += [
            (cost, a, b)
            for a in nodes
            for b in near
            if a < b
            for cost in [_gap_cost(graph, line, a, b)]
            if cost
        ]
    for _, a, b in sorted(found):
        if graph.degree(a) == 1 and graph.degree(b) == 1:
            graph.insert(Edge(np.stack([graph.places[a], graph.places[b]]), (a, b)))


def _gap_cost(graph: Graph, line: Bytes, a: int, b: int) -> float:
    """Length of a gap worth closing, more for a bend; 0 for one that should stay."""
    across = graph.places[b] - graph.places[a]
    distance = float(np.hypot(*across))
    if not 0 < distance <= GAP:
        return 0.0
    forth = -leaving(graph.ends[a][0], a)
    back = -leaving(graph.ends[b][0], b)
    facing = min(float(forth @ across), float(-back @ across)) / distance
    if facing < (0.3 if distance <= SURE_GAP else GAP_COSINE) or float(-forth @ back) < 0.2:
        return 0.0
    # The middle third: near its ends any gap lies on the lines themselves.
    bridge = graph.places[a] + np.linspace(1 / 3, 2 / 3, 4)[:, None] * across
    if distance > SURE_GAP and pixels_at(line, bridge).mean() < GAP_LINE * 255:
        return 0.0
    return distance * (2.0 - facing)
