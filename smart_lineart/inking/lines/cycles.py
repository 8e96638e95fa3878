# SPDX-License-Identifier: GPL-3.0-or-later
"""Small loops, rungs and frays in a skeleton that the network is unsure of.

Where passes lie too far apart to be one line and too near to be two, the line map becomes a net: holes, and
rungs between lines side by side, and its lines fray. An artist would not draw these. A net has sides
that the network hardly believes in; eyes, buttons and links of a chain are sure all around.

Lengths are px at working scale.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np

from smart_lineart.inking.arrays import Bytes
from smart_lineart.inking.lines.graph import STRAIGHT_ON, Edge, Graph, leaving
from smart_lineart.inking.lines.sampling import confidence
from smart_lineart.inking.ranges import tuned

AT_NODES = 2  # px at an edge's ends that lie on other lines


@dataclass(frozen=True)
class CycleTuning:
    """What of a net an artist would not draw."""

    loop: float = tuned(80.0, 0.0, 400.0)  # longest way around a loop that may be opened
    side: float = tuned(30.0, 0.0, 200.0)  # longest side that may be taken out of it
    unsure: float = tuned(0.6, 0.0, 1.0)  # probability below which a side is in doubt
    rung: float = tuned(9.0, 0.0, 100.0)  # longest rung between two lines
    unsure_rung: float = tuned(0.5, 0.0, 1.0)
    fray: float = tuned(9.0, 0.0, 100.0)  # longest branch with a free end that goes where it is in doubt


def open_cycles(graph: Graph, line: Bytes, tuning: CycleTuning) -> None:
    """Take the least sure sides out of small loops, the weakest first; what hangs together stays so.

    `line` is the line map, uint8 (H, W).
    """
    sides = [(_edge_confidence(edge, line), number, edge) for number, edge in enumerate(graph.edges)]
    for sure, _, edge in sorted(sides, key=lambda side: side[:2]):
        if sure >= tuning.unsure or edge not in graph.edges or edge.closed or edge.length() > tuning.side:
            continue
        if edge.nodes[0] != edge.nodes[1] and not _joined_without(graph, edge, tuning.loop - edge.length()):
            continue
        _take_out(graph, edge)


def remove_rungs(graph: Graph, line: Bytes, tuning: CycleTuning) -> None:
    """Take out what the network is unsure of between two lines that run on past it."""
    for edge in sorted(graph.edges, key=Edge.length):
        one, other = edge.nodes
        if edge.length() > tuning.rung or one == other or edge not in graph.edges:
            continue
        if _edge_confidence(edge, line) >= tuning.unsure_rung:
            continue
        if _runs_past(graph, one, edge) and _runs_past(graph, other, edge):
            _take_out(graph, edge)


def remove_frays(graph: Graph, line: Bytes, tuning: CycleTuning) -> None:
    """Take out short branches with a free end that the network is unsure of, the shortest first."""
    for edge in sorted(graph.edges, key=Edge.length):
        if edge.length() > tuning.fray or edge.closed or edge not in graph.edges:
            continue
        degrees = sorted(graph.degree(node) for node in edge.nodes)
        if degrees[0] == 1 and degrees[1] > 2 and _edge_confidence(edge, line) < tuning.unsure:
            _take_out(graph, edge)


def _edge_confidence(edge: Edge, line: Bytes) -> float:
    points = edge.points
    return confidence(points[AT_NODES:-AT_NODES] if len(points) > 3 * AT_NODES else points, line)


def _take_out(graph: Graph, edge: Edge) -> None:
    graph.remove(edge)
    for node in dict.fromkeys(edge.nodes):
        graph.dissolve(node)


def _runs_past(graph: Graph, node: int, edge: Edge) -> bool:
    """Whether the two other branches at a node are one line."""
    others = [leaving(other, node) for other in graph.ends[node] if other is not edge]
    return len(others) == 2 and float(others[0] @ others[1]) < -STRAIGHT_ON


def _joined_without(graph: Graph, edge: Edge, limit: float) -> bool:
    """Whether a way of at most `limit` px leads around an edge (Dijkstra 1959)."""
    start, goal = edge.nodes
    shortest = {start: 0.0}
    queue = [(0.0, start)]
    while queue:
        so_far, node = heapq.heappop(queue)
        if node == goal:
            return True
        if so_far > shortest[node]:
            continue
        for other in graph.ends[node]:
            far = other.nodes[1] if other.nodes[0] == node else other.nodes[0]
            length = so_far + other.length()
            if other is not edge and length <= limit and length < shortest.get(far, np.inf):
                shortest[far] = length
                heapq.heappush(queue, (length, far))
    return False
