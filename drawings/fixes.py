# SPDX-License-Identifier: GPL-3.0-or-later
"""How many places of an inked drawing an artist would still have to mend, against its truth.

F says how much of the ink lies right, not how often a hand must go there. Places are counted instead, of five
kinds; lengths are in permille of the long edge (u), TAU is the tolerance of F:

| kind      | definition                                                                                     |
|-----------|------------------------------------------------------------------------------------------------|
| `extra`   | a run of ink longer than 10 u and farther than TAU from the truth: a line nobody meant         |
| `missing` | a run of truth longer than 6 u and farther than TAU from ink: a gap, or a line lost            |
| `tick`    | a branch of 2 to 15 u with a free end that lies 12 u from any of the truth's: a fray, a spur   |
| `stray`   | a line by itself, shorter than 40 u, under half of which lies on the truth: a leftover dash    |
| `kink`    | ink that turns by 40 degrees within 8 u, where the truth turns by less than 20: a step, a hook |

`fixes` is their number per 1000 u of truth.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from drawings.metrics import TOLERANCE, Lineart, count_neighbours, distance_to
from smart_lineart.inking.lines.graph import trace

KINDS = ("extra", "missing", "tick", "stray", "kink")

# All in u but the angles, which are degrees.
TAU = 1000 * TOLERANCE
LEAST_EXTRA, LEAST_MISSING = 10.0, 6.0
TICK = (2.0, 15.0)
OWN_END = 12.0  # from an end of the truth: what ends there ends rightly
STRAY, STRAY_OFF = (
    40.0,
    0.5,
)  # a stray's greatest length, and the share of it that must lie on the truth to be none
REACH = 4.0  # before and behind a vertex, over which a line's turn is taken
KINK, CALM = 40.0, 20.0
CALM_AROUND = 2 * TAU  # of calm truth, to both sides
OFF_CROSSING, OFF_END = 6.0, 10.0  # where the truth crosses or ends, ink may turn


@dataclass(frozen=True)
class Place:
    """A place to mend, x and y in px."""

    kind: str
    x: float
    y: float


def find_places(ink: Lineart, truth: Lineart) -> list[Place]:
    """Where a lineart must be mended to be its truth, both of one shape."""
    unit = _unit(truth)
    to_truth, to_ink = distance_to(truth.skeleton), distance_to(ink.skeleton)
    to_end = distance_to(truth.skeleton & (count_neighbours(truth.skeleton) == 1))
    wanted = _branches(truth.skeleton)
    strays, rest = _part_strays(ink.skeleton, to_truth <= TAU * unit, unit)
    calm = _calm(truth.skeleton, wanted, unit) & (to_truth <= CALM_AROUND * unit) & (to_end > OFF_END * unit)
    found = [("stray", place) for place in strays]
    for branch in wanted:
        found += [("missing", place) for place in branch.runs(to_ink > TAU * unit, LEAST_MISSING * unit)]
    for branch in _branches(rest):
        found += [("extra", place) for place in branch.runs(to_truth > TAU * unit, LEAST_EXTRA * unit)]
        if len(branch.free) == 1 and TICK[0] * unit < branch.length < TICK[1] * unit:
            x, y = branch.free[0]
            found += [("tick", branch.free[0])] if to_end[y, x] > OWN_END * unit else []
        found += [("kink", place) for place in _kinks(branch, calm, unit)]
    return [Place(kind, float(x), float(y)) for kind, (x, y) in found]


def fixes(places: Sequence[Place], truth: Lineart) -> dict[str, float]:
    """How many places there are per 1000 u of a truth that has ink: `fixes`, and those of each kind."""
    length = sum(branch.length for branch in _branches(truth.skeleton)) / _unit(truth) / 1000
    counts = Counter(place.kind for place in places)
    return {"fixes": len(places) / length} | {kind: counts[kind] / length for kind in KINDS}


@dataclass(frozen=True)
class _Branch:
    """A skeleton's pixels (N, 2), x and y, between crossings and ends; `free` are those that end a line."""

    path: np.ndarray
    free: list[np.ndarray]

    @cached_property
    def length(self) -> float:
        return _length(self.path)

    def along(self, values: np.ndarray) -> np.ndarray:
        """What an image (H, W) holds at the branch's pixels."""
        return values[self.path[:, 1], self.path[:, 0]]

    def runs(self, mask: np.ndarray, longest: float) -> Iterator[np.ndarray]:
        """The middles of those runs of a mask (H, W) along the branch that are longer than so many px."""
        marked = np.flatnonzero(self.along(mask))
        for run in np.split(marked, np.flatnonzero(np.diff(marked) > 1) + 1):
            if len(run) and _length(self.path[run]) > longest:
                yield self.path[(run[0] + run[-1]) // 2]

    def turns(self, reach: int) -> np.ndarray:
        """Degrees (N,) by which the smoothed branch turns over so many vertices before and behind each."""
        turned = np.zeros(len(self.path))
        if len(self.path) < 2 * reach + 3:
            return turned
        sigma = max(1.0, reach / 4)
        size = (1, 2 * round(4 * sigma) + 1)
        smooth = cv2.GaussianBlur(
            self.path[:, None].astype(float), size, sigma, None, sigma, cv2.BORDER_REPLICATE
        )[:, 0]
        before = smooth[reach:-reach] - smooth[: -2 * reach]
        behind = smooth[2 * reach :] - smooth[reach:-reach]
        lengths = np.hypot(*before.T) * np.hypot(*behind.T) + 1e-6
        turned[reach:-reach] = np.degrees(np.arccos(np.clip((before * behind).sum(1) / lengths, -1, 1)))
        return turned


def _branches(skeleton: np.ndarray) -> list[_Branch]:
    graph = trace(np.pad(skeleton, 1).astype(np.uint8))
    found = []
    for edge in graph.edges:
        if edge.closed:
            found.append(_Branch(edge.points.astype(np.intp), []))
            continue
        crossing = [graph.degree(node) > 1 for node in edge.nodes]
        path = edge.points[crossing[0] : len(edge.points) - crossing[1]].astype(np.intp)
        if len(path):
            ends = zip(crossing, (path[0], path[-1]), strict=True)
            found.append(_Branch(path, [end for crosses, end in ends if not crosses]))
    return found


def _part_strays(skeleton: np.ndarray, right: np.ndarray, unit: float) -> tuple[list[np.ndarray], np.ndarray]:
    """The middles (x, y) of strays, and the skeleton without them. `right`: where ink lies on the truth."""
    count, labels, stats, middles = cv2.connectedComponentsWithStats(
        skeleton.astype(np.uint8), connectivity=8
    )
    on_truth = np.bincount(labels[skeleton & right], minlength=count)
    size = stats[:, cv2.CC_STAT_AREA]
    stray = (size < STRAY * unit) & (on_truth < STRAY_OFF * size)
    stray[0] = False  # the paper
    return list(middles[stray]), skeleton & ~stray[labels]


def _calm(skeleton: np.ndarray, branches: Iterable[_Branch], unit: float) -> np.ndarray:
    """Where no line of the truth turns or crosses another nearby, bool (H, W)."""
    turn = np.zeros(skeleton.shape)
    for branch in branches:
        np.maximum.at(turn, (branch.path[:, 1], branch.path[:, 0]), branch.turns(_reach(unit)))
    around = int(2 * CALM_AROUND * unit) | 1
    turning = cv2.dilate((turn >= CALM).astype(np.uint8), np.ones((around, around), np.uint8))
    crossings = (skeleton & (count_neighbours(skeleton) > 2)).astype(np.uint8)
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    near = cv2.dilate(crossings, cross, iterations=max(1, int(OFF_CROSSING * unit)))
    return (turning == 0) & (near == 0)


def _kinks(branch: _Branch, calm: np.ndarray, unit: float) -> Iterator[np.ndarray]:
    """Where a branch turns sharply in calm truth, sharpest first; turns near one are part of it."""
    reach = _reach(unit)
    turned = np.where(branch.along(calm), branch.turns(reach), 0)
    while turned.max(initial=0) > KINK:
        sharpest = int(turned.argmax())
        yield branch.path[sharpest]
        turned[max(0, sharpest - 3 * reach) : sharpest + 3 * reach] = 0


def _reach(unit: float) -> int:
    return max(2, round(REACH * unit))


def _unit(truth: Lineart) -> float:
    """Px in a u."""
    return max(truth.grey.shape) / 1000


def _length(path: np.ndarray) -> float:
    return float(np.hypot(*np.diff(path, axis=0).T).sum()) if len(path) > 1 else 1.0
