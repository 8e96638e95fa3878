# SPDX-License-Identifier: GPL-3.0-or-later
"""Closes gaps that a hand would have drawn through. Lengths are px at working scale."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smart_lineart.inking.arrays import Bytes
from smart_lineart.inking.lines.graph import Edge, Graph, leaving
from smart_lineart.inking.lines.sampling import pixels_at
from smart_lineart.inking.ranges import tuned


@dataclass(frozen=True)
class GapTuning:
    """Which gaps a hand would have drawn through."""

    # Free ends that face each other within this are joined where the network half sees a line,
    gap: float = tuned(10.0, 0.0, 40.0)
    sure_gap: float = tuned(8.0, 0.0, 40.0)  # and within this in any case.
    cosine: float = tuned(0.75, -1.0, 1.0)  # of how straight they face each other across a wide gap
    line: float = tuned(0.06, 0.0, 1.0)  # probability from which a line is half seen


def close_gaps(graph: Graph, line: Bytes, tuning: GapTuning) -> None:
    """Join free ends that face each other across a gap which a hand would have drawn through."""
    if tuning.gap < 1.0:  # pixels lie no nearer
        return
    free = [n for n, edges in graph.ends.items() if len(edges) == 1 and edges[0].length() >= 3]
    cells: dict[tuple[int, int], list[int]] = {}
    for node in free:
        x, y = graph.places[node] // tuning.gap
        cells.setdefault((int(x), int(y)), []).append(node)
    found = []
    for (x, y), nodes in cells.items():
        near = [m for dx in (-1, 0, 1) for dy in (-1, 0, 1) for m in cells.get((x + dx, y + dy), ())]
        found += [
            (cost, a, b)
            for a in nodes
            for b in near
            if a < b
            for cost in [_gap_cost(graph, line, a, b, tuning)]
            if cost
        ]
    for _, a, b in sorted(found):
        if graph.degree(a) == 1 and graph.degree(b) == 1:
            graph.insert(Edge(np.stack([graph.places[a], graph.places[b]]), (a, b)))


def _gap_cost(graph: Graph, line: Bytes, a: int, b: int, tuning: GapTuning) -> float:
    """Length of a gap worth closing, more for a bend; 0 for one that should stay."""
    across = graph.places[b] - graph.places[a]
    distance = float(np.hypot(*across))
    if not 0 < distance <= tuning.gap:
        return 0.0
    forth = -leaving(graph.ends[a][0], a)
    back = -leaving(graph.ends[b][0], b)
    facing = min(float(forth @ across), float(-back @ across)) / distance
    if facing < (0.3 if distance <= tuning.sure_gap else tuning.cosine) or float(-forth @ back) < 0.2:
        return 0.0
    # The middle third: near its ends any gap lies on the lines themselves.
    bridge = graph.places[a] + np.linspace(1 / 3, 2 / 3, 4)[:, None] * across
    if distance > tuning.sure_gap and pixels_at(line, bridge).mean() < tuning.line * 255:
        return 0.0
    return distance * (2.0 - facing)
