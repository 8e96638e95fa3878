# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wall on a page: ink at working scale, and the ends of its lines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.arrays import Bytes, Floats, Mask
from smart_lineart.inking.lines.graph import Edge, Graph, trace
from smart_lineart.inking.raster.morphology import close, depth, spread
from smart_lineart.inking.raster.resampling import resize
from smart_lineart.inking.raster.thinning import thin
from smart_lineart.inking.strokes import Strokes

LONG_SIDE = 1600  # working px at most: finer than a pen's line on any page
INKED, INKED_SMALL = 96.0, 64.0  # coverage from which a pixel is ink; where the page is reduced
DEEPEST = 24  # px that ink is looked at deep: what is deeper is black
THINNEST = 2.0  # px: what usual lines are wide at least
SPUR = 1.3  # times as deep as ink is where it springs from, that a branch of thinning out is long
SHORTEST = 1.5  # usual line widths: shorter pieces are specks
BACK = 3.0  # usual line widths over which the direction of an end is taken
FEWEST_BACK = 7  # px


@dataclass(frozen=True)
class Ends:
    """Where lines end, in working px.

    Attributes:
        places, directions: (n, 2), x and y; directions are unit vectors.
        radii: half widths (n,).
        lengths: how long the line is that ends there, up to where it meets others, or of a stroke that meets
            none half (n,).
    """

    places: Floats
    directions: Floats
    radii: Floats
    lengths: Floats

    def __len__(self) -> int:
        return len(self.places)


@dataclass(frozen=True)
class Walls:
    """Lines at working scale.

    Attributes:
        ink: bool (h, w).
        ends: of the lines.
        usual: how wide lines usually are, working px.
    """

    ink: Mask
    ends: Ends
    usual: float


def working_shape(shape: tuple[int, int]) -> tuple[int, int]:
    """The shape at working scale of a page."""
    factor = min(1.0, LONG_SIDE / max(shape))
    return max(1, round(shape[0] * factor)), max(1, round(shape[1] * factor))


def walls_of_ink(ink: Bytes) -> Walls:
    """The lines of a lineart, uint8 coverage (H, W), whoever drew it."""
    small = working_shape(ink.shape)
    if small == ink.shape:
        return _walls(close(ink >= INKED))
    return _walls(close(resize(ink, *small) >= INKED_SMALL))


def walls_of_strokes(strokes: Strokes, shape: tuple[int, int]) -> Walls:
    """The lines of strokes on a page of `shape`, by their middle alone, however thick they are drawn."""
    tall, wide = working_shape(shape)
    mask = np.zeros((tall, wide), np.bool_)
    if len(strokes):
        scale = np.array([wide / shape[1], tall / shape[0]])
        points = strokes.points.astype(np.float64) * scale - 0.5
        inner = np.ones(len(points) - 1, np.bool_)
        inner[strokes.starts[1:-1] - 1] = False
        at = along(points[:-1][inner], points[1:][inner])
        x, y = np.rint(np.concatenate([at, points])).astype(np.intp).T
        kept = (x >= 0) & (y >= 0) & (x < wide) & (y < tall)
        mask[y[kept], x[kept]] = True
    return _walls(spread(mask))


def along(starts: NDArray[np.float64], stops: NDArray[np.float64]) -> NDArray[np.float64]:
    """Places (m, 2) at most half a pixel apart on lines from (n, 2) to (n, 2)."""
    steps = np.maximum(1, np.ceil(2 * np.abs(stops - starts).max(1))).astype(np.intp)
    line = np.repeat(np.arange(len(starts)), steps)
    share = (np.arange(len(line)) - np.repeat(np.cumsum(steps) - steps, steps)) / steps[line]
    return np.asarray(starts[line] + share[:, None] * (stops - starts)[line])


def _walls(ink: Mask) -> Walls:
    if not ink.any():
        return Walls(ink, _no_ends(), THINNEST)
    deep = depth(ink, DEEPEST)
    skeleton = thin(ink)
    at = deep[skeleton[1:-1, 1:-1] > 0]
    usual = max(THINNEST, 2.0 * float(np.median(at)) - 1.0)
    graph = trace(skeleton)
    _prune(graph, deep)
    return Walls(ink, _ends(graph, deep, usual), usual)


def _depth_at(deep: Bytes, point: NDArray[np.float32]) -> float:
    x, y = np.rint(point).astype(int)
    return float(deep[y, x])


def _prune(graph: Graph, deep: Bytes) -> None:
    """Take out branches that thinning leaves at blunt ends and at bumps."""
    for edge in sorted(graph.edges, key=Edge.length):
        a, b = edge.nodes
        if edge not in graph.edges or edge.closed or a == b:
            continue
        free = [node for node in (a, b) if graph.degree(node) == 1]
        if len(free) != 1:
            continue
        root = b if free[0] == a else a
        if edge.length() <= SPUR * _depth_at(deep, graph.places[root]) + 1.0:
            graph.remove(edge)
            graph.dissolve(root)


def _no_ends() -> Ends:
    none, pairs = np.zeros(0, np.float32), np.zeros((0, 2), np.float32)
    return Ends(pairs, pairs, none, none)


def _ends(graph: Graph, deep: Bytes, usual: float) -> Ends:
    """The free ends of what is long enough to have a direction."""
    places, directions, radii, lengths = [], [], [], []
    back = max(FEWEST_BACK, round(BACK * usual))
    for edge in graph.edges:
        if edge.closed or edge.length() < SHORTEST * usual:
            continue
        free = [graph.degree(node) == 1 for node in edge.nodes]
        for node, points in zip(edge.nodes, (edge.points, edge.points[::-1]), strict=True):
            if graph.degree(node) != 1:
                continue
            near = min(len(points) - 1, round(usual / 3))
            far = min(len(points) - 1, near + back)
            step = points[near] - points[far] if far > near else points[0] - points[-1]
            length = float(np.hypot(*step))
            if length > 0:
                places.append(points[0])
                directions.append(step / length)
                radii.append(_depth_at(deep, points[near]))
                lengths.append(edge.length() / sum(free))
    if not places:
        return _no_ends()
    return Ends(*(np.array(one, np.float32) for one in (places, directions, radii, lengths)))
