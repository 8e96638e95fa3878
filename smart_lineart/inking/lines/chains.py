# SPDX-License-Identifier: GPL-3.0-or-later
"""Joins the edges of a graph into polylines that run on through junctions; lengths in working px."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from smart_lineart.inking.lines.graph import STRAIGHT_ON, Edge, Graph, Points, leaving
from smart_lineart.inking.lines.sampling import resample


class Polyline(NamedTuple):
    """Vertices of a stroke to be, and whether its start and its end touch nothing."""

    points: Points
    free: tuple[bool, bool]


def join_through_junctions(graph: Graph) -> list[Polyline]:
    """Paths of strokes: at a junction the straightest pairs of branches run on as one stroke."""
    partner: dict[tuple[Edge, int], tuple[Edge, int]] = {}
    for node, edges in graph.ends.items():
        if len(edges) < 2:
            continue
        # (edge, end): a loop has two ends at one node.
        stubs = [(e, i) for e in dict.fromkeys(edges) for i in (0, 1) if e.nodes[i] == node]
        directions = [leaving(e, node) if i == 0 else leaving(_reversed(e), node) for e, i in stubs]
        pairs = sorted(
            (float(directions[i] @ directions[j]), i, j) for i in range(len(stubs)) for j in range(i)
        )
        for cosine, i, j in pairs:
            if cosine < -STRAIGHT_ON and stubs[i] not in partner and stubs[j] not in partner:
                partner[stubs[i]], partner[stubs[j]] = stubs[j], stubs[i]
    return _chains(graph, partner)


def _reversed(edge: Edge) -> Edge:
    return Edge(edge.points[::-1], (edge.nodes[1], edge.nodes[0]))


def _chains(graph: Graph, partner: dict[tuple[Edge, int], tuple[Edge, int]]) -> list[Polyline]:
    paths: list[Polyline] = []
    used: set[Edge] = set()
    ordered = sorted(graph.edges, key=lambda e: (e.points[0, 1], e.points[0, 0], len(e.points)))
    # Chains with a loose end first; what is left after them are rings of joined edges.
    starts = [(e, i) for e in ordered for i in (0, 1) if (e, i) not in partner] + [(e, 0) for e in ordered]
    for start in starts:
        pieces = []
        here: tuple[Edge, int] | None = start
        while here is not None and here[0] not in used:
            edge, end = here
            used.add(edge)
            pieces.append(edge.points if end == 0 else edge.points[::-1])
            here = partner.get((edge, 1 - end))
        if pieces:
            first, last = start[0].nodes[start[1]], edge.nodes[1 - end]
            free = (graph.degree(first) == 1, graph.degree(last) == 1)
            paths.append(Polyline(_even(np.concatenate([pieces[0], *[p[1:] for p in pieces[1:]]])), free))
    return paths


def _even(path: Points) -> Points:
    """Vertices about one px apart, so that smoothing means the same everywhere."""
    length = float(np.hypot(*np.diff(path, axis=0).T).sum())
    if length < 1e-3:
        return np.stack([path[0] - [0.25, 0], path[0] + [0.25, 0]]).astype(np.float32)
    return resample(path, max(2, round(length) + 1))


def is_ring(path: Points) -> bool:
    """Whether a line (N, 2) ends where it began."""
    return len(path) > 8 and bool(np.hypot(*(path[0] - path[-1])) < 1.5)
