# SPDX-License-Identifier: GPL-3.0-or-later
"""Polylines laid end to end, the corners in them, and which way they run in between.

A line turns sharply at a corner: no smooth curve leads through it. Between corners a line is a *piece*, and
where two pieces of curve meet within one they share its direction there, so that no kink comes of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]
Mask = NDArray[np.bool_]
Indices = NDArray[np.intp]

ARM = 3  # vertices to both sides over which a line's direction is told
WAY_ARM = 1  # the same for the direction that curves take up: a longer one would flatten bends
APART = 5  # vertices between corners at least
SHARP = np.radians(42.0)
"""A line that turns by more within its arms has a corner there."""

KINK = np.radians(32.0)
"""What turns less from one piece to the next is no corner: it would look like a fault."""

_TINY = 1e-9


@dataclass(frozen=True)
class Polylines:
    """Lines laid end to end.

    Attributes:
        points: float64 (N, 2), x and y in px.
        starts: intp (L + 1,): line l holds the vertices starts[l] to starts[l + 1].
        ring: bool (L,), whether a line ends where it began and goes on smoothly there.
    """

    points: Doubles
    starts: Indices
    ring: Mask

    @classmethod
    def of(cls, lines: list[Doubles], ring: list[bool] | None = None) -> Polylines:
        """From a list of (n, 2) each, with two vertices at least."""
        starts = np.concatenate([[0], np.cumsum([len(line) for line in lines])]).astype(np.intp)
        points = np.concatenate(lines) if lines else np.zeros((0, 2))
        return cls(points, starts, np.asarray(ring if ring is not None else [False] * len(lines), np.bool_))

    def __len__(self) -> int:
        return len(self.ring)

    def owner(self) -> Indices:
        """(N,): the line that each vertex belongs to."""
        return np.repeat(np.arange(len(self)), np.diff(self.starts))


def unit(vectors: Doubles) -> Doubles:
    """Vectors (N, 2) made 1 long; one that has no length points nowhere, (0, 0)."""
    length = np.hypot(vectors[:, 0], vectors[:, 1])
    return vectors / np.maximum(length, _TINY)[:, None]


def turn_between(one: Doubles, two: Doubles) -> Doubles:
    """Signed angles in radians from vectors (N, 2) to others."""
    cross = one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0]
    return np.arctan2(cross, (one * two).sum(1))


def signed_area(loop: Doubles) -> float:
    """px^2 within a closed line (n, 2); below 0 where it runs the other way round."""
    following = np.roll(loop, -1, axis=0)
    return 0.5 * float((loop[:, 0] * following[:, 1] - following[:, 0] * loop[:, 1]).sum())


def _arms(lines: Polylines, reach: int, wrapped: Mask) -> tuple[Indices, Indices]:
    """(N,) each: vertices `reach` before and after every one, nearer by as much where a line ends sooner.

    Lines that are `wrapped` (L,) go on where they began.
    """
    owner = lines.owner()
    first, count = lines.starts[:-1][owner], np.diff(lines.starts)[owner]
    place = np.arange(len(owner)) - first
    short = np.minimum(reach, np.minimum(place, count - 1 - place))
    steps = np.maximum(count - 1, 1)
    around = np.minimum(reach, np.maximum(steps // 3, 1))
    wrap = wrapped[owner]
    before = np.where(wrap, (place - around) % steps, place - short)
    after = np.where(wrap, (place + around) % steps, place + short)
    return first + before, first + after


def find_corners(lines: Polylines, closed: Mask) -> Mask:
    """(N,): whether a line turns sharply at a vertex. The ends of open lines are none; `closed` (L,) lines
    may have one where they begin, told of their first vertex and their last.
    """
    points = lines.points
    before, after = _arms(lines, ARM, closed)
    at, owner = np.arange(len(points)), lines.owner()
    inner = (before != at) & (after != at)
    turn = np.abs(turn_between(points - points[before], points[after] - points))
    turn[~inner] = 0.0
    found = turn > SHARP
    # Only the sharpest of those that lie close together; few get this far.
    for index in np.flatnonzero(found):
        near = slice(max(0, index - APART), index + APART + 1)
        sharper = (turn[near] > turn[index]) | ((turn[near] == turn[index]) & (at[near] < index))
        if (sharper & found[near] & (owner[near] == owner[index])).any():
            turn[index] = SHARP
    found = turn > SHARP
    last, first = lines.starts[1:] - 1, lines.starts[:-1]
    found[last] = found[first] = (found[first] | found[last]) & closed
    return found


def directions(lines: Polylines) -> Doubles:
    """(N, 2) unit vectors: which way each line runs at its vertices, as a parabola through three of them.

    At its ends a line runs as its first or last few vertices say; rings go on where they began.
    """
    points = lines.points
    before, after = _arms(lines, WAY_ARM, lines.ring)
    back, ahead = points - points[before], points[after] - points
    far_back, far_ahead = (np.hypot(arm[:, 0], arm[:, 1])[:, None] for arm in (back, ahead))
    # The weights make it exact on a circle whatever the arms' lengths are.
    out = unit(unit(back) * far_ahead + unit(ahead) * far_back)
    ends = np.flatnonzero(~lines.ring)
    for tips, way in ((lines.starts[:-1][ends], 1), (lines.starts[1:][ends] - 1, -1)):
        reach = np.minimum(WAY_ARM, (np.diff(lines.starts)[ends] - 1) // 2)
        near, far = points[tips + way * np.maximum(reach, 1)], points[tips + way * 2 * reach]
        straight = near - points[tips]
        # Twice the first chord's direction less that from its end on: exact on a circle, too.
        bent = 2.0 * unit(straight) - unit(far - points[tips])
        bent = np.where((reach > 0)[:, None], bent, straight)
        out[tips] = way * unit(np.where((np.abs(bent).sum(1) > _TINY)[:, None], bent, straight))
    return out


def parted(lines: Polylines, corners: Mask, closed: Mask) -> tuple[Polylines, Indices, Indices]:
    """Lines as pieces from corner to corner: the pieces, what vertex (N',) each of theirs was, and which
    line (P,) each piece is of.

    Closed lines without a corner are rings. One that has corners begins at the first.
    """
    vertices: list[Indices] = []
    ring: list[bool] = []
    line_of: list[int] = []
    for line, (first, last) in enumerate(zip(lines.starts[:-1], lines.starts[1:] - 1, strict=True)):
        cuts = first + np.flatnonzero(corners[first : last + 1])
        order = np.arange(first, last + 1)
        whole = bool(closed[line]) and not len(cuts)
        if closed[line] and len(cuts):
            order = np.concatenate([np.arange(cuts[0], last), np.arange(first, cuts[0] + 1)])
        inner = np.flatnonzero(corners[order[1:-1]]) + 1
        for begin, end in zip([0, *inner], [*inner, len(order) - 1], strict=True):
            vertices.append(order[begin : end + 1])
            ring.append(whole)
            line_of.append(line)
    chosen = np.concatenate(vertices) if vertices else np.zeros(0, np.intp)
    starts = np.concatenate([[0], np.cumsum([len(piece) for piece in vertices])]).astype(np.intp)
    pieces = Polylines(lines.points[chosen], starts, np.asarray(ring, np.bool_))
    return pieces, chosen, np.asarray(line_of, np.intp)


def without_slight(lines: Polylines, corners: Mask, closed: Mask) -> Mask:
    """The corners (N,) but for those where the pieces on both sides hardly differ in direction."""
    while True:
        kept = _fewer(lines, corners, closed)
        if (kept == corners).all():
            return kept
        corners = kept  # longer pieces may run otherwise where they end


def _fewer(lines: Polylines, corners: Mask, closed: Mask) -> Mask:
    pieces, vertex, line_of = parted(lines, corners, closed)
    way = directions(pieces)
    arriving, leaving = way[pieces.starts[1:] - 1], way[pieces.starts[:-1]]
    follower = np.arange(1, len(pieces) + 1)
    ends = line_of != np.append(line_of[1:], -1)
    follower[ends] = np.searchsorted(line_of, line_of)[ends]
    at = vertex[pieces.starts[1:] - 1]
    slight = corners[at] & (np.abs(turn_between(arriving, leaving[follower])) < KINK)
    kept = corners.copy()
    kept[at[slight]] = False
    first, last = lines.starts[:-1][closed], lines.starts[1:][closed] - 1
    kept[first] = kept[last] = kept[first] & kept[last]
    return kept
