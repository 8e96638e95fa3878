# SPDX-License-Identifier: GPL-3.0-or-later
"""Small loops, rungs and frays in a skeleton that the network is unsure of.

Where passes lie too far apart to be one line and too near to be two, the line map becomes a net: islands, and
rungs between lines side by side, and its lines fray. A hand would draw none of these. A net has sides that
the network hardly believes in; eyes, buttons and links of a chain are sure all around.

Lengths are px at working scale.
"""

from __future__ import annotations

import heapq

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.graph import Edge, Graph, Points

Bytes = NDArray[np.uint8]

LOOP = 80.0  # longest way around a loop that may be opened
SIDE = 30.0  # longest side that may be taken out of it
UNSURE = 0.6  # probability below which a side is in doubt
RUNG = 9.0  # longest rung between two lines
UNSURE_RUNG = 0.5
FRAY = 9.0  # longest branch with a free end that goes where it is in doubt
QUARTILE = 25  # percentile of the probabilities along a line: a weak stretch makes it weak
AT_NODES = 2  # px at an edge's ends that lie on other lines
REACH = 7  # vertices over which directions are taken
STRAIGHT_ON = 0.55  # cosine from which two branches at a junction are one line


def open_loops(graph: Graph, line: Bytes) -> None:
    """Take the least sure sides out of small loops, the weakest first; what hangs together stays so.

    `line` is the line map, uint8 (H, W).
    """
    sides = [(_edge_sureness(edge, line), number, edge) for number, edge in enumerate(graph.edges)]
    for sure, _, edge in sorted(sides, key=lambda side: side[:2]):
        if sure >= UNSURE or edge not in graph.edges or edge.closed or edge.length() > SIDE:
            continue
        if edge.nodes[0] != edge.nodes[1] and not _joined_without(graph, edge, LOOP - edge.length()):
            continue
        _take_out(graph, edge)


def remove_rungs(graph: Graph, line: Bytes) -> None:
    """Take out what the network is unsure of between two lines that run on past it."""
    for edge in sorted(graph.edges, key=Edge.length):
        one, other = edge.nodes
        if edge.length() > RUNG or one == other or edge not in graph.edges:
            continue
        if _edge_sureness(edge, line) >= UNSURE_RUNG:
            continue
        if _runs_past(graph, one, edge) and _runs_past(graph, other, edge):
            _take_out(graph, edge)


def remove_frays(graph: Graph, line: Bytes) -> None:
    """Take out short branches with a free end that the network is unsure of, the shortest first."""
    for edge in sorted(graph.edges, key=Edge.length):
        if edge.length() > FRAY or edge.closed or edge not in graph.edges:
            continue
        degrees = sorted(graph.degree(node) for node in edge.nodes)
        if degrees[0] == 1 and degrees[1] > 2 and _edge_sureness(edge, line) < UNSURE:
            _take_out(graph, edge)


def pixels_at(image: Bytes, points: Points | NDArray[np.intp]) -> Bytes:
    """The pixels of an image (H, W) nearest to (N, 2) points (x, y)."""
    at = np.rint(points).astype(np.intp)
    y = np.clip(at[:, 1], 0, image.shape[0] - 1)
    x = np.clip(at[:, 0], 0, image.shape[1] - 1)
    return np.asarray(image[y, x])


def sureness(points: Points, line: Bytes) -> float:
    """The line map along the weaker part of (N, 2) points, 0..1."""
    values = np.sort(pixels_at(line, points))
    # As numpy's percentile, which takes ten times as long about so few.
    place = QUARTILE / 100 * (len(values) - 1)
    low = int(place)
    one, two = int(values[low]), int(values[min(low + 1, len(values) - 1)])
    return (one + (two - one) * (place - low)) / 255.0


def _edge_sureness(edge: Edge, line: Bytes) -> float:
    points = edge.points
    return sureness(points[AT_NODES:-AT_NODES] if len(points) > 3 * AT_NODES else points, line)


def leaving(edge: Edge, node: int) -> Points:
    """Unit direction in which an edge leaves a node."""
    points = edge.points if edge.nodes[0] == node else edge.points[::-1]
    far = points[min(REACH, len(points) - 1)] - points[0]
    return np.asarray(far / max(float(np.hypot(*far)), 1e-6), np.float32)


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
