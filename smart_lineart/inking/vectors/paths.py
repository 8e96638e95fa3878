# SPDX-License-Identifier: GPL-3.0-or-later
"""What a lineart is as vectors: Bezier curves, and what they stand for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

STEPS_PER_PX = 1 << 16
"""Coordinates are whole numbers of these steps: a page that is moved by whole px has the same curves."""


@dataclass(frozen=True)
class Path:
    """Cubic Bezier curves, each beginning where the one before it ends.

    Attributes:
        points: float64 (3 k + 1, 2), x and y in page px: node, its handle, the next one's, node, and so on.
        closed: whether it ends where it began: its first and last point are the same.
    """

    points: NDArray[np.float64]
    closed: bool

    @property
    def nodes(self) -> NDArray[np.float64]:
        """(k + 1, 2): where its curves meet; the last is the first again where it is closed."""
        return self.points[::3]

    @property
    def curves(self) -> NDArray[np.float64]:
        """(k, 4, 2): its curves one by one."""
        return np.stack(
            [self.points[i : len(self.points) - 3 + i : 3] for i in (0, 1, 2)] + [self.points[3::3]], 1
        )

    def flat(self, steps: int = 16) -> NDArray[np.float64]:
        """(k * steps + 1, 2): points along it, so many to a curve."""
        t = (np.arange(steps) / steps)[None, :, None]
        a, b, c, d = (self.curves[:, i, None] for i in range(4))
        u = 1.0 - t
        along = u * u * u * a + 3 * u * u * t * b + 3 * u * t * t * c + t * t * t * d
        return np.concatenate([along.reshape(-1, 2), self.points[-1:]])


@dataclass(frozen=True)
class StrokePaths:
    """One stroke as vectors.

    Attributes:
        id: the same for the same centreline, whatever else is on the page; no other stroke's there.
        centre: its centreline.
        widths: float64 (4 k + 1,), px: how wide the ink is at each of the centreline's nodes, and at a
        quarter, half and three quarters of the line between two.
        width: px, the median along the line.
        outline: closed paths around its ink, to be filled by the nonzero rule.
    """

    id: str
    centre: Path
    widths: NDArray[np.float64]
    width: float
    outline: tuple[Path, ...]


@dataclass(frozen=True)
class AreaPaths:
    """One area of solid black: closed paths around it and, the other way round, around its holes."""

    id: str
    outline: tuple[Path, ...]


@dataclass(frozen=True)
class Vectors:
    """A lineart as vectors.

    Attributes:
        size: (height, width) of the page in px.
        strokes: in the order in which they are drawn.
        areas: of solid black.
        textured: whether the brush leaves more than solid ink, which outlines cannot show.
    """

    size: tuple[int, int]
    strokes: tuple[StrokePaths, ...]
    areas: tuple[AreaPaths, ...]
    textured: bool = False

    @property
    def node_count(self) -> tuple[int, int]:
        """Nodes of all centrelines, and of all outlines; one that a closed path comes back to counts once."""
        centres = sum(len(stroke.centre.nodes) - stroke.centre.closed for stroke in self.strokes)
        edges = [path for stroke in self.strokes for path in stroke.outline]
        edges += [path for area in self.areas for path in area.outline]
        return centres, sum(len(path.nodes) - 1 for path in edges)
