# SPDX-License-Identifier: GPL-3.0-or-later
"""Strokes: the geometry of a lineart, ready to be drawn at any thickness."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.arrays import Floats

OUTLIERS = 0.002  # of all vertices, at either side, that do not count for the extent
GONE_OVER = 4.0  # power of the line weight to which it counts that passes lie beside each other
CLOSED = 1e-3  # px between the ends of a stroke that ends where it began


class Stroke(NamedTuple):
    """One stroke of a lineart, as a pen would follow it; its arrays are views.

    Attributes:
        points: float32 (n, 2), x and y in page px; (0, 0) is the top left pixel's corner.
        width: float32 (n,), relative width at each vertex; 1 is what is usual on the page, so that a line of
            `thickness` px has a radius of ``width * thickness / 2`` there, before its style is applied.
        strength: how firmly it is drawn: 0 a ghost, 1 the page's firm lines.
        closed: whether it ends where it began: its first and last vertex are the same.
        free: whether its start and its end touch nothing, so that a pen tapers there.
    """

    points: Floats
    width: Floats
    strength: float
    closed: bool
    free: tuple[bool, bool]


@dataclass(frozen=True)
class Strokes:
    """Polylines laid end to end in flat arrays; iterating gives one :class:`Stroke` after the other.

    Attributes:
        points: float32 (N, 2), x and y in page px; (0, 0) is the top left pixel's corner.
        width: float32 (N,), relative width; 1 is what is usual on the page.
        strength: float32 (S,), how firmly each stroke is drawn: 0 a ghost, 1 the page's firm lines.
        starts: intp (S + 1,): stroke s holds the vertices starts[s] to starts[s + 1].
        free: bool (S, 2), whether a stroke's start and end touch nothing, so that a pen tapers there.
        alone: float32 (N,), as `width`, but no wider for having been gone over; None: as `width`.
        standing: float32 (S,), how long each stroke stands as lines are left out, see :mod:`standing`;
            None: as its strength.
    """

    points: Floats
    width: Floats
    strength: Floats
    starts: NDArray[np.intp]
    free: NDArray[np.bool_]
    alone: Floats | None = None
    standing: Floats | None = None

    def __len__(self) -> int:
        return len(self.strength)

    def __iter__(self) -> Iterator[Stroke]:
        """Stroke by stroke, in the order in which they are drawn."""
        for number, closed in enumerate(self.closed):
            part = slice(self.starts[number], self.starts[number + 1])
            start, end = self.free[number]
            free = bool(start), bool(end)
            yield Stroke(
                self.points[part], self.width[part], float(self.strength[number]), bool(closed), free
            )

    @property
    def closed(self) -> NDArray[np.bool_]:
        """Bool (S,): whether each stroke ends where it began."""
        apart = self.points[self.starts[:-1]] - self.points[self.starts[1:] - 1]
        return np.asarray(np.hypot(*apart.T) < CLOSED)

    @property
    def extent(self) -> float:
        """The longer side in px of what all but a few stray vertices lie in; 0 where there are none."""
        if not len(self.points):
            return 0.0
        low, high = np.quantile(self.points, (OUTLIERS, 1 - OUTLIERS), axis=0)
        return float((high - low).max())

    @property
    def nbytes(self) -> int:
        """Memory held, in bytes."""
        arrays = (self.points, self.width, self.strength, self.starts, self.free, self.alone, self.standing)
        return sum(array.nbytes for array in arrays if array is not None)

    @classmethod
    def empty(cls) -> Strokes:
        """No strokes at all."""
        return cls(
            np.zeros((0, 2), np.float32),
            np.zeros(0, np.float32),
            np.zeros(0, np.float32),
            np.zeros(1, np.intp),
            np.zeros((0, 2), np.bool_),
        )

    @classmethod
    def from_lists(
        cls,
        points: list[Floats],
        width: list[Floats],
        strength: list[float],
        free: list[tuple[bool, bool]] | None = None,
        alone: list[Floats] | None = None,
        standing: list[float] | None = None,
    ) -> Strokes:
        """One entry per stroke: points (n, 2), relative widths (n,), strength, free ends (None: all are),
        widths of single passes (n,), and how long it stands.
        """
        if not points:
            return cls.empty()
        starts = np.concatenate([[0], np.cumsum([len(p) for p in points])]).astype(np.intp)
        return cls(
            np.concatenate(points).astype(np.float32),
            np.concatenate(width).astype(np.float32),
            np.asarray(strength, np.float32),
            starts,
            np.ones((len(points), 2), np.bool_) if free is None else np.asarray(free, np.bool_),
            None if alone is None else np.concatenate(alone).astype(np.float32),
            None if standing is None else np.asarray(standing, np.float32),
        )

    def owner(self) -> NDArray[np.intp]:
        """(N,): the stroke each vertex belongs to."""
        return np.repeat(np.arange(len(self)), np.diff(self.starts))

    def select(self, keep: NDArray[np.bool_]) -> Strokes:
        """Only the strokes where `keep` (S,) is true."""
        if bool(keep.all()):
            return self
        counts = np.diff(self.starts)[keep]
        vertices = keep[self.owner()]
        starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.intp)
        return Strokes(
            self.points[vertices],
            self.width[vertices],
            self.strength[keep],
            starts,
            self.free[keep],
            None if self.alone is None else self.alone[vertices],
            None if self.standing is None else self.standing[keep],
        )

    def followed_by(self, others: Strokes) -> Strokes:
        """These strokes and some more, drawn after them."""
        if not len(others):
            return self
        both = (self, others)
        alone = [one.width if one.alone is None else one.alone for one in both]
        standing = [one.strength if one.standing is None else one.standing for one in both]
        return Strokes(
            np.concatenate([one.points for one in both]),
            np.concatenate([one.width for one in both]),
            np.concatenate([one.strength for one in both]),
            np.concatenate([self.starts, others.starts[1:] + self.starts[-1]]),
            np.concatenate([one.free for one in both]),
            np.concatenate(alone),
            np.concatenate(standing),
        )

    def weighted(self, weight: float) -> Strokes:
        """The same strokes whose widths tell less of how they were drawn: at `weight` 1 all that they do, at
        0 nothing, so that every line is as wide as usual. Between them widths are raised to that power; how
        much wider a line is for having been gone over counts only towards 1.
        """
        if weight == 1.0:
            return self
        width = self.width.astype(np.float64)  # rounded afterwards, so that where a vertex lies does not tell
        alone = width if self.alone is None else self.alone.astype(np.float64)
        width = alone**weight * (width / alone) ** (weight**GONE_OVER)
        return replace(self, width=width.astype(np.float32), alone=None)

    def shifted(self, x: float, y: float) -> Strokes:
        """The same strokes `x` px farther right and `y` px farther down."""
        return replace(self, points=self.points + np.array([x, y], np.float32))
