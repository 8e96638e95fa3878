# SPDX-License-Identifier: GPL-3.0-or-later
"""A skeleton as a graph: nodes where lines end or meet, edges of pixels between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.raster.thinning import neighbour_codes, offsets

Points = NDArray[np.float32]

REACH = 7  # vertices over which directions are taken
STRAIGHT_ON = 0.55  # cosine from which two branches at a junction are one line

BITS = (np.arange(256)[:, None] >> np.arange(8)) & 1  # of neighbourhood codes


@dataclass(eq=False)
class Edge:
    """Pixels between two nodes: (N, 2) float32 (x, y), first and last at the nodes' places; they stay."""

    points: Points
    nodes: tuple[int, int]
    _length: float | None = field(default=None, init=False, repr=False)

    @property
    def closed(self) -> bool:
        """A ring that meets no node."""
        return self.nodes == (-1, -1)

    def length(self) -> float:
        """Arc length in px."""
        if self._length is None:
            self._length = float(np.hypot(*(self.points[1:] - self.points[:-1]).T).sum())
        return self._length


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


class _Skeleton:
    """A framed skeleton's nodes, and the ways between them.

    Attributes:
        places: of the nodes, in the coordinates of the unframed map.
        branches: for every pixel of a node the pixels beside it.
    """

    def __init__(self, skeleton: NDArray[np.uint8]):
        self.places: dict[int, Points] = {}
        self._width = width = skeleton.shape[1]
        self._flat = flat = skeleton.reshape(-1)
        self._steps: list[int] = offsets(width).tolist()
        pixels = np.flatnonzero(flat.view(np.bool_))
        codes = neighbour_codes(flat, pixels, width)
        degree = BITS.sum(1)[codes]
        self._node_of = _clusters(pixels[degree >= 3].tolist(), self._steps)
        crossings: dict[int, list[int]] = {}
        for pixel, node in self._node_of.items():
            crossings.setdefault(node, []).append(pixel)
        for node, members in crossings.items():
            at = np.array(members)
            self.places[node] = np.array([(at % width).mean() - 1, (at // width).mean() - 1], np.float32)
        ends = pixels[degree <= 1]
        self._node_of.update(zip(ends.tolist(), ends.tolist(), strict=True))
        places = np.stack([ends % width - 1, ends // width - 1], 1).astype(np.float32)
        self.places.update(zip(ends.tolist(), places, strict=True))
        # A pixel between two others is left for the one that it was not come from: their sum less that.
        pixels, codes = pixels[degree == 2], codes[degree == 2]
        both = 2 * pixels + (BITS @ offsets(width))[codes]
        self._between: dict[int, int] = dict(zip(pixels.tolist(), both.tolist(), strict=True))

    def links(self) -> Iterator[tuple[int, int, list[int]]]:
        """The ways between nodes, each once: both nodes, and the pixels from the first to the second."""
        node_of = self._node_of
        for start, node in node_of.items():
            branches = self._near(start)
            if not branches:  # a lone pixel is a dot
                yield node, node, []
            for branch in branches:
                if branch in node_of:
                    if start < branch and node_of[branch] != node:
                        yield node, node_of[branch], []
                elif branch in self._between:
                    path, last = self._walk(start, branch)
                    if node_of[last] != node or len(path) >= 4:
                        yield node, node_of[last], path

    def rings(self) -> Iterator[list[int]]:
        """The pixels of closed rings, which no node leads to; ask once the links are followed."""
        for start in list(self._between):
            if start in self._between:
                del self._between[start]
                yield [start, *self._walk(start, self._near(start)[0])[0], start]

    def points(self, path: list[int]) -> Points:
        """The places of pixels, (N, 2)."""
        at = np.array(path, np.intp)
        return np.stack([at % self._width - 1, at // self._width - 1], 1).astype(np.float32)

    def _near(self, pixel: int) -> list[int]:
        return [pixel + step for step in self._steps if self._flat[pixel + step]]

    def _walk(self, start: int, branch: int) -> tuple[list[int], int]:
        """Pixels from `start` along a branch and the pixel where it ends; each is walked once."""
        path, previous, here = [], start, branch
        while (both := self._between.pop(here, None)) is not None:
            path.append(here)
            previous, here = here, both - previous
        return path, here


def trace(skeleton: NDArray[np.uint8]) -> Graph:
    """Follow a framed skeleton (see :func:`thinning.thin`) into a graph in the coordinates of the unframed
    map.
    """
    followed = _Skeleton(skeleton)
    graph = Graph(followed.places)
    for node, other, path in followed.links():
        ends = followed.places[node][None], followed.places[other][None]
        graph.add(Edge(np.concatenate([ends[0], followed.points(path), ends[1]]), (node, other)))
    for path in followed.rings():
        graph.add(Edge(followed.points(path), (-1, -1)))
    return graph


def count_ends(skeleton: NDArray[np.uint8]) -> tuple[Points, NDArray[np.intp]]:
    """The nodes' places (N, 2) in a framed skeleton's graph, and how many edges end at each: those of
    :func:`trace`, without their edges.
    """
    followed = _Skeleton(skeleton)
    count = dict.fromkeys(followed.places, 0)
    for node, other, _ in followed.links():
        count[node] += 1
        count[other] += 1
    places = np.array(list(followed.places.values()), np.float32).reshape(-1, 2)
    return places, np.array(list(count.values()), np.intp)


def leaving(edge: Edge, node: int) -> Points:
    """Unit direction in which an edge leaves a node."""
    points = edge.points if edge.nodes[0] == node else edge.points[::-1]
    far = points[min(REACH, len(points) - 1)] - points[0]
    return np.asarray(far / max(float(np.hypot(*far)), 1e-6), np.float32)
