# SPDX-License-Identifier: GPL-3.0-or-later
"""How artists really go over a line: passes taken from clustered stroke drawings and laid along other lines.

A cluster's passes are told by where they run along its middle line and how far beside it, so that they can be
laid along any line. The lines themselves, and where they stand, are not taken over: what is learned is the
hand, not the drawing.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from drawings.strokes import load_drawing, resample
from smart_lineart.inking.lines.chains import join_through_junctions
from smart_lineart.inking.lines.graph import Graph, trace
from smart_lineart.inking.raster.thinning import thin
from training.roughen import Rng, normals
from training.truth import tidy

SIDE = 1000  # px: size at which clusters are measured
STEP = 2.0  # px between the vertices of a pass
BAND = 9  # px that the passes of a cluster are drawn wide to find their middle
FARTHEST = 0.03  # of the drawing's size: passes that stray farther from the middle are not of one line
EVERY = 2  # of a folder's drawings, by name: the others are left to measure on
LIKE = 6  # clusters of about a line's length that one is drawn from
STRETCH = 1.6  # times as long as its cluster a line may be before it is covered by several


@dataclass(frozen=True)
class Cluster:
    """Passes over one line `length` long: (N, 2) along and beside it, all in parts of the drawing's size."""

    length: float
    passes: list[np.ndarray]


@dataclass(frozen=True)
class RealHand:
    """One drawing's clusters, shortest first."""

    name: str
    clusters: list[Cluster]

    def passes_over(self, rng: Rng, line: np.ndarray, size: float) -> list[np.ndarray]:
        """Passes (N, 3) over a line (M, 3), each x and y in px and width, in a drawing of `size` px."""
        line = resample(line, STEP)
        if len(line) < 2:
            return []
        length = (len(line) - 1) * STEP / size
        out: list[np.ndarray] = []
        start = 0.0
        while length - start > 0.25 * self.clusters[0].length or not out:
            left = length - start
            cluster = self._like(rng, left)
            span = left if left < STRETCH * cluster.length else cluster.length
            out += [self._laid(one, cluster, line, size, start, span) for one in self._turned(rng, cluster)]
            start += span * (1.0 if span == left else rng.uniform(0.85, 1.0))
            if span == left:
                break
        return [one for one in out if len(one) > 1]

    def _like(self, rng: Rng, length: float) -> Cluster:
        """A cluster of about this length."""
        lengths = np.array([c.length for c in self.clusters])
        order = np.argsort(np.abs(np.log(lengths / length)), kind="stable")
        return self.clusters[order[rng.integers(min(LIKE, len(order)))]]

    @staticmethod
    def _turned(rng: Rng, cluster: Cluster) -> list[np.ndarray]:
        """The cluster's passes, begun at either end and mirrored at random."""
        back, mirror = rng.random() < 0.5, rng.choice([-1.0, 1.0])
        along = [cluster.length - one[:, 0] if back else one[:, 0] for one in cluster.passes]
        return [
            np.column_stack([a, mirror * one[:, 1]]) for a, one in zip(along, cluster.passes, strict=True)
        ]

    @staticmethod
    def _laid(
        one: np.ndarray, cluster: Cluster, line: np.ndarray, size: float, start: float, span: float
    ) -> np.ndarray:
        """One pass laid along the `span` of a line that begins at `start`, in px."""
        at = (start + one[:, 0] * span / cluster.length) * size / STEP
        beside = one[:, 1] * size * min(1.0, (span / cluster.length) ** 0.5)
        side = normals(line)
        index = np.clip(at, 0, len(line) - 1)
        every = np.arange(len(line))
        place, width = (np.stack([np.interp(index, every, line[:, i]) for i in c], 1) for c in ((0, 1), (2,)))
        normal = np.stack([np.interp(index, every, side[:, i]) for i in (0, 1)], 1)
        tangent = np.stack([normal[:, 1], -normal[:, 0]], 1)
        points = place + normal * beside[:, None] + tangent * ((at - index) * STEP)[:, None]
        return np.concatenate([points, width], 1)


def load_hands(folder: Path) -> list[RealHand]:
    """The hands of every other one of the stroke drawings (.json) in a folder.

    Raises FileNotFoundError when there are none, ValueError for a file that is not one.
    """
    hands = []
    for path in sorted(folder.glob("*.json"))[::EVERY]:
        drawing = load_drawing(path, long_edge=SIDE, margin=0)
        clusters = [c for c in map(_cluster, drawing.clusters().values()) if c is not None]
        if clusters:
            hands.append(RealHand(path.stem, sorted(clusters, key=lambda c: c.length)))
    if not hands:
        raise FileNotFoundError(f"no stroke drawings in {folder}")
    return hands


def _cluster(passes: list[np.ndarray]) -> Cluster | None:
    """A cluster from its passes in px at SIDE; None where they are not passes over one line."""
    passes = [resample(one, STEP) for one in passes]
    passes = [one for one in passes if len(one) > 2]
    if not passes:
        return None
    axis = passes[0] if len(passes) == 1 else _middle(passes)
    if axis is None or len(axis) < 4:
        return None
    found = [_along(one, axis) for one in passes]
    kept = [one for one in found if one is not None]
    length = (len(axis) - 1) * STEP / SIDE
    if len(kept) < max(1, 0.7 * len(found)) or not length:
        return None
    return Cluster(length, [np.asarray(one / SIDE, np.float32) for one in kept])


def _middle(passes: list[np.ndarray]) -> np.ndarray | None:
    """The middle line of the band that passes cover together, evenly resampled; its longest run."""
    everything = np.concatenate(passes)
    low = everything.min(0) - 3 * BAND
    wide, tall = np.ceil(everything.max(0) - low + 3 * BAND).astype(int)
    band = np.zeros((tall, wide), np.uint8)
    for one in passes:
        cv2.polylines(band, [np.round((one - low) * 16).astype(np.int32)], False, 255, BAND, cv2.LINE_AA, 4)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * BAND + 1, 2 * BAND + 1))
    band = cv2.morphologyEx(band, cv2.MORPH_CLOSE, disc)
    graph: Graph = trace(thin(band > 127))
    tidy(graph)
    paths = [path.points for path in join_through_junctions(graph)]
    if not paths:
        return None
    longest = max(paths, key=lambda p: float(np.hypot(*np.diff(p, axis=0).T).sum()))
    line = resample(np.asarray(longest, float) + low, STEP)
    for _ in range(6):
        line[1:-1] = 0.25 * (line[:-2] + line[2:]) + 0.5 * line[1:-1]
    return resample(line, STEP)


def _along(one: np.ndarray, axis: np.ndarray) -> np.ndarray | None:
    """A pass as (N, 2) along and beside its axis, px; None where it leaves the axis or leaps along it."""
    distance = np.hypot(*(one[:, None] - axis[None]).transpose(2, 0, 1))
    nearest = np.argmin(distance, 1)
    side = normals(axis)
    tangent = np.stack([side[:, 1], -side[:, 0]], 1)
    away = one - axis[nearest]
    along = nearest * STEP + (away * tangent[nearest]).sum(1)
    beside = (away * side[nearest]).sum(1)
    leap = np.abs(np.diff(along)).max()
    if np.abs(beside).max() > FARTHEST * SIDE or leap > 12 * STEP:
        return None
    return np.column_stack([along, beside])
