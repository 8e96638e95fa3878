# SPDX-License-Identifier: GPL-3.0-or-later
"""A skeleton as a graph: nodes where lines end or meet, edges of pixels between them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.thinning import neighbour_codes, offsets

Points = NDArray[np.float32]


@dataclass(eq=False)
class Edge:
    """Pixels between two nodes: (N, 2) float32 (x, y), first and last at the nodes' places."""

    points: Points
    nodes: tuple[int, int]

    @property
    def closed(self) -> bool:
        """A ring that meets no node."""
        return self.nodes == (-1, -1)

    def length(self) -> float:
        """Arc length in px."""
        return float(np.hypot(*np.diff(self.points, axis=0).T).sum())


@dataclass
class Graph:
    """Edges, and for each node its place and the edges that end there (a loop counts twice).

    `edges` is a set that keeps its order: edges of the same length are tidied in the order they were found,
    so that the same map gives the same strokes every time.
    """

    places: dict[int, Points] = field(default_factory=dict)
    ends: dict[int, list[Edge]] = field(default_factory=dict)
    edges: dict[Edge, None] = field(default_factory=dict)

    def add(self, edge: Edge) -> None:
        """Add an edge at the nodes it names."""
        self.edges[edge] = None
        for node in edge.nodes:
            if node >= 0:
                self.ends.setdefault(node, []).append(edge)

    def remove(self, edge: Edge) -> None:
        """Remove an edge; its nodes stay."""
        self.edges.pop(edge, None)
        for node in edge.nodes:
            if node >= 0:
                self.ends[node].remove(edge)

    def degree(self, node: int) -> int:
        """How many edge ends meet at a node."""
        return len(self.ends.get(node, ()))

    def dissolve(self, node: int) -> None:
        """Join the two edges that meet at a node of degree 2 into one."""
        if self.degree(node) != 2:
            return
        first, second = self.ends[node]
        if first is second:
            return
        self.remove(first)
        self.remove(second)
        one = first.points if first.nodes[1] == node else first.points[::-1]
        two = second.points if second.nodes[0] == node else second.points[::-1]
        start = first.nodes[0] if first.nodes[1] == node else first.nodes[1]
        stop = second.nodes[1] if second.nodes[0] == node else second.nodes[0]
        self.add(Edge(np.concatenate([one, two[1:]]), (start, stop)))

    def insert(self, edge: Edge) -> None:
        """Add an edge between free ends and dissolve the nodes that it turned into mere bends."""
        self.add(edge)
        for node in edge.nodes:
            self.dissolve(node)


def _clusters(junctions: list[int], steps: list[int]) -> dict[int, int]:
    """Label touching junction pixels alike: several of them make one crossing."""
    label: dict[int, int] = {}
    members = set(junctions)
    for seed in junctions:
        if seed in label:
            continue
        stack = [seed]
        label[seed] = seed
        while stack:
            pixel = stack.pop()
            for step in steps:
                near = pixel + step
                if near in members and near not in label:
                    label[near] = seed
                    stack.append(near)
    return label


def trace(skeleton: NDArray[np.uint8]) -> Graph:
    """Follow a framed skeleton (see :func:`thinning.thin`) into a graph in the coordinates of the unframed
    map.
    """
    width = skeleton.shape[1]
    flat = skeleton.reshape(-1)
    pixels = np.flatnonzero(flat)
    codes = neighbour_codes(flat, pixels, width)
    degree = ((codes[:, None] >> np.arange(8)) & 1).sum(1)
    steps = [int(o) for o in offsets(width)]
    around = {int(p): int(c) for p, c in zip(pixels, codes, strict=True)}
    node_of = _clusters([int(p) for p in pixels[degree >= 3]], steps)
    graph = Graph()
    crossings: dict[int, list[int]] = {}
    for pixel, node in node_of.items():
        crossings.setdefault(node, []).append(pixel)
    for node, members in crossings.items():
        at = np.array(members)
        graph.places[node] = np.array([(at % width).mean() - 1, (at // width).mean() - 1], np.float32)
    for pixel in pixels[degree <= 1]:
        node_of[int(pixel)] = int(pixel)
        graph.places[int(pixel)] = np.array([pixel % width - 1, pixel // width - 1], np.float32)
    _follow_edges(graph, around, node_of, steps, width)
    _follow_rings(graph, around, node_of, steps, width)
    return graph


def _near(pixel: int, around: dict[int, int], steps: list[int]) -> list[int]:
    code = around[pixel]
    return [pixel + step for bit, step in enumerate(steps) if code >> bit & 1]


def _to_points(path: list[int], width: int) -> Points:
    at = np.array(path)
    return np.stack([at % width - 1, at // width - 1], 1).astype(np.float32)


def _walk(
    start: int, branch: int, around: dict[int, int], node_of: dict[int, int], steps: list[int]
) -> tuple[list[int], int]:
    """Pixels from a node's pixel along a branch and the pixel where it ends; each is marked as walked."""
    path, previous, here = [], start, branch
    while here not in node_of:
        path.append(here)
        onward = [p for p in _near(here, around, steps) if p != previous and around[p] >= 0]
        if not onward:
            break
        # Beside a crossing a pixel may touch two of its pixels: go to the crossing.
        previous, here = here, next((p for p in onward if p in node_of), onward[0])
    for pixel in path:
        around[pixel] = ~around[pixel]
    return path, here


def _follow_edges(
    graph: Graph, around: dict[int, int], node_of: dict[int, int], steps: list[int], width: int
) -> None:
    """Walk from every node along every branch; pixels between nodes are walked once."""
    places = graph.places
    for start, node in list(node_of.items()):
        branches = _near(start, around, steps)
        if not branches:  # a lone pixel is a dot
            graph.add(Edge(np.stack([places[node], places[node]]), (node, node)))
        for branch in branches:
            path: list[int] = []
            if branch in node_of:
                last = branch
                if start > branch:
                    continue
            elif around[branch] < 0:
                continue
            else:
                path, last = _walk(start, branch, around, node_of, steps)
            if last not in node_of or (node_of[last] == node and len(path) < 4):
                continue
            inner = _to_points(path, width) if path else np.zeros((0, 2), np.float32)
            ends = (node, node_of[last])
            graph.add(Edge(np.concatenate([places[node][None], inner, places[ends[1]][None]]), ends))


def _follow_rings(
    graph: Graph, around: dict[int, int], node_of: dict[int, int], steps: list[int], width: int
) -> None:
    """What no node leads to are closed rings."""
    for start in list(around):
        if around[start] < 0 or start in node_of:
            continue
        path, here = [], start
        while True:
            path.append(here)
            onward = [p for p in _near(here, around, steps) if around[p] >= 0 and p != here]
            around[here] = ~around[here]
            onward = [p for p in onward if around[p] >= 0]
            if not onward:
                break
            here = onward[0]
        points = _to_points([*path, path[0]], width)
        graph.add(Edge(points, (-1, -1)))
