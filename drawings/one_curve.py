# SPDX-License-Identifier: GPL-3.0-or-later
"""The one curve that several passes over a line mean.

The middle of what they cover is a net wherever passes lie a little apart: its islands, ladders and burrs are
what nobody would ink. Instead, thin islands are filled, and what is left is one open curve, the longest way
through, or a loop with those tails that are no burrs.
"""

from __future__ import annotations

import heapq
import itertools

import cv2
import numpy as np

from smart_lineart.inking.lines.chains import join_through_junctions
from smart_lineart.inking.lines.graph import Edge, Graph, trace
from smart_lineart.inking.raster.thinning import thin

ISLAND = 0.01  # of the long edge: islands that are nowhere wider are filled
TAIL = 0.15  # of a loop's length, under which what hangs on it is a burr


def one_curve(band: np.ndarray, long_edge: float) -> list[np.ndarray]:
    """Lines (N, 2) that a band, bool (H, W), means: one for each piece of it, or a loop and its tails."""
    count, labels = cv2.connectedComponents(band.astype(np.uint8), connectivity=8)
    lines = []
    for number in range(1, count):
        piece = _filled(labels == number, ISLAND * long_edge)
        graph = trace(thin(piece))
        if _has_hole(piece):
            _cut_burrs(graph)
            lines += [path.points for path in join_through_junctions(graph)]
        elif len(graph.edges):
            lines.append(_longest_way(graph))
    return [np.asarray(line, float) for line in lines if len(line) > 1]


def _filled(band: np.ndarray, widest: float) -> np.ndarray:
    """The band without islands that are nowhere wider than so many px."""
    count, labels = cv2.connectedComponents(
        np.pad(~band, 1, constant_values=True).astype(np.uint8), connectivity=4
    )
    within = cv2.distanceTransform((labels > 1).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    deepest = np.zeros(count, np.float32)
    np.maximum.at(deepest, labels, within)
    island = 2 * deepest <= widest
    island[labels[0, 0]] = False  # the paper around
    return band | (island[labels] & (labels > 0))[1:-1, 1:-1]


def _has_hole(band: np.ndarray) -> bool:
    around = np.pad(~band, 1, constant_values=True).astype(np.uint8)
    return bool(cv2.connectedComponents(around, connectivity=4)[0] > 2)


def _cut_burrs(graph: Graph) -> None:
    """Remove what hangs on a graph's loops by one end and is short beside them, shortest first."""
    while True:
        tails = [edge for edge in graph.edges if not edge.closed and 1 in map(graph.degree, edge.nodes)]
        loops = sum(edge.length() for edge in graph.edges) - sum(map(Edge.length, tails))
        burr = min(tails, key=Edge.length, default=None)
        if burr is None or burr.length() >= TAIL * loops:
            return
        graph.remove(burr)
        for node in burr.nodes:
            graph.dissolve(node)


def _longest_way(graph: Graph) -> np.ndarray:
    """The longest of the shortest ways between two nodes, as vertices (N, 2)."""
    ring = next((edge for edge in graph.edges if edge.closed or edge.nodes[0] == edge.nodes[1]), None)
    if ring is not None and len(graph.edges) == 1:
        return ring.points
    best: tuple[float, list[np.ndarray]] = (-1.0, [])
    for node in [n for n in graph.places if graph.degree(n) == 1] or list(graph.places)[:1]:
        best = max(best, _farthest(graph, node), key=lambda found: found[0])
    pieces = best[1]
    return np.concatenate([pieces[0], *[piece[1:] for piece in pieces[1:]]]) if pieces else np.zeros((0, 2))


def _farthest(graph: Graph, start: int) -> tuple[float, list[np.ndarray]]:
    """How far the farthest node is from one, and the pieces of the way there (Dijkstra 1959)."""
    way: dict[int, list[np.ndarray]] = {}
    turn = itertools.count()  # what is as far is taken in the order it was found
    heap: list[tuple[float, int, int, list[np.ndarray]]] = [(0.0, next(turn), start, [])]
    far, last = 0.0, start
    while heap:
        reached, _, node, pieces = heapq.heappop(heap)
        if node in way:
            continue
        way[node], far, last = pieces, reached, node
        for edge in graph.ends.get(node, ()):
            forth = edge.nodes[0] == node
            piece = edge.points if forth else edge.points[::-1]
            heapq.heappush(heap, (reached + edge.length(), next(turn), edge.nodes[forth], [*pieces, piece]))
    return far, way[last]
