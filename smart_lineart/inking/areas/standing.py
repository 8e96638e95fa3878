# SPDX-License-Identifier: GPL-3.0-or-later
"""Which areas stand: those whose outline is mostly drawn. The others give up their worst closure."""

from __future__ import annotations

import heapq
from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.arrays import Mask

WITHIN = 0.2  # of what may be missing, that may where an area is only parted from another one

Lengths = dict[int, dict[int, int]]


class Outlines:
    """How much of the border between any two areas is ink, and how much each closure."""

    def __init__(self, labels: NDArray[np.int32], ink: Mask, closure: NDArray[np.int32], doubts: list[float]):
        """Of labels (h, w) that leave no pixel out.

        `closure` (h, w) is a closure's number plus 1, or 0; `doubts` tell how far each is to be doubted.
        """
        self._doubts = [0.0, *doubts]
        self.ink: Lengths = defaultdict(dict)
        self.open: dict[int, Lengths] = defaultdict(dict)
        for a, b, which, count in _borders(labels, ink, closure):
            for one, other in ((a, b), (b, a)):
                if which == 0:
                    self.ink[one][other] = count
                else:
                    self.open[one].setdefault(other, {})[which] = count

    def drawn(self, one: int) -> float:
        """The share of an area's outline that is ink."""
        ink = sum(self.ink[one].values())
        gaps = sum(count for closures in self.open[one].values() for count in closures.values())
        return ink / (ink + gaps) if ink + gaps else 1.0

    def missing(self, one: int) -> float:
        """The share of an area's outline that is missing: closures as far as they are doubted."""
        gaps = [gap for closures in self.open[one].values() for gap in closures.items()]
        length = sum(self.ink[one].values()) + sum(count for _, count in gaps)
        return sum(count * self._doubts[which] for which, count in gaps) / length if length else 0.0

    def worst(self, one: int) -> int:
        """The area beyond the closure that is most missing of an area's outline."""
        sides = [
            (count * self._doubts[which], which, other)
            for other, closures in self.open[one].items()
            for which, count in closures.items()
        ]
        return max(sides)[2]

    def join(self, kept: int, gone: int) -> None:
        """Make two areas one: `gone` is no more."""
        for other, count in self.ink.pop(gone, {}).items():
            del self.ink[other][gone]
            if other != kept:
                self.ink[kept][other] = self.ink[kept].get(other, 0) + count
                self.ink[other][kept] = self.ink[other].get(kept, 0) + count
        for other, closures in self.open.pop(gone, {}).items():
            del self.open[other][gone]
            if other == kept:
                continue
            for one, beside in ((kept, other), (other, kept)):
                there = self.open[one].setdefault(beside, {})
                for which, count in closures.items():
                    there[which] = there.get(which, 0) + count


def _borders(
    labels: NDArray[np.int32], ink: Mask, closure: NDArray[np.int32]
) -> list[tuple[int, int, int, int]]:
    """(a, b, closure or 0, how many px) of all borders between labels."""
    keys = []
    most = int(labels.max()) + 1
    for first, second in (
        ((slice(None), slice(1, None)), (slice(None), slice(None, -1))),
        ((slice(1, None), slice(None)), (slice(None, -1), slice(None))),
    ):
        at = labels[first] != labels[second]
        one, other = labels[first][at].astype(np.int64), labels[second][at].astype(np.int64)
        which = np.maximum(closure[first][at], closure[second][at]).astype(np.int64)
        which[ink[first][at] | ink[second][at]] = 0
        low, high = np.minimum(one, other), np.maximum(one, other)
        keys.append((low * most + high) * (int(closure.max()) + 1) + which)
    key, count = np.unique(np.concatenate(keys), return_counts=True)
    pair, which = np.divmod(key, int(closure.max()) + 1)
    low, high = np.divmod(pair, most)
    return list(zip(low.tolist(), high.tolist(), which.tolist(), count.tolist(), strict=True))


class _Settling:
    """Areas that are joined, the worst first, until each stands."""

    def __init__(self, outlines: Outlines, areas: list[int], paper: int, openness: float):
        self.became = {one: one for one in [*areas, paper]}
        self._outlines, self._paper, self._openness = outlines, paper, openness
        self._version = dict.fromkeys(self.became, 0)
        self._heap: list[tuple[float, int, int]] = []
        for one in areas:
            self._judge(one)
        while self._heap:
            _, one, version = heapq.heappop(self._heap)
            if self.became[one] == one and self._version[one] == version:
                self._give_up_worst(one)

    def _may_miss(self, one: int) -> float:
        within = 1.0 if self._paper in self._outlines.open[one] else WITHIN
        return within * self._openness

    def _judge(self, one: int) -> None:
        if one == self._paper:
            return
        self._version[one] += 1
        lacks = self._may_miss(one) - self._outlines.missing(one)
        if lacks < 0:
            heapq.heappush(self._heap, (lacks, one, self._version[one]))

    def _give_up_worst(self, one: int) -> None:
        """Join an area with the one beyond its worst closure; it has one, or it would stand."""
        other = self._outlines.worst(one)
        kept, gone = (
            (one, other) if one == self._paper or (other != self._paper and one < other) else (other, one)
        )
        near = {kept, *self._outlines.open[one], *self._outlines.open[other]} - {gone}
        self._outlines.join(kept, gone)
        self.became[gone] = kept
        for beside in near:
            self._judge(beside)


def settle(outlines: Outlines, areas: list[int], paper: int, openness: float) -> dict[int, int]:
    """What each area becomes when those are joined of whose outline more than `openness` is missing.

    `paper`, the area outside, is not judged. `outlines` are changed.
    """
    became = _Settling(outlines, areas, paper, openness).became
    for one in became:
        root = one
        while became[root] != root:
            root = became[root]
        became[one] = root
    return became
