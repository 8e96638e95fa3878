# SPDX-License-Identifier: GPL-3.0-or-later
"""The outlines of strokes: both edges of their ink, and how it ends.

An edge lies as far from the centreline as the pen is wide there. Around a corner's outer side it runs in an
arc, as the pen does; on the inner side, and in a bend tighter than the pen is wide, it would run through the
ink, so what lies there is cut out and the edge has a corner instead. A tapered end is one point that both
edges run into; any other is an arc that leaves along them. So there is no kink where an edge is smooth.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smart_lineart.inking.vectors.polylines import (
    Doubles,
    Indices,
    Mask,
    Polylines,
    directions,
    signed_area,
    turn_between,
)

ARC_STEP = np.radians(15.0)  # between an arc's vertices
POINTED = 0.6  # px: an end thinner than this to both sides is a point
BURIED = 0.02  # of the pen's radius, and px, that an edge lies inside the ink before it is cut out
FARTHEST = 48  # vertices along the line to which that is asked
CORNERED, HIDDEN = 1, 2
JOINT = 5  # vertices at a corner, of which an edge may well be hidden
LEAST = 0.1  # px between an outline's vertices
COSINE = np.cos(np.radians(50.0))  # of the steepest slope at which an edge runs into a round cap
HALF_CIRCLE_OFF = 0.0185  # of its radius, that one curve is off half a circle at most


@dataclass(frozen=True)
class Edge:
    """A line along ink: its vertices (n, 2), which of them are corners (n,), and whether it ends where it
    began; then its first vertex is not repeated.
    """

    points: Doubles
    corner: Mask
    closed: bool = False


@dataclass(frozen=True)
class Cap:
    """How ink ends: a round end about `tip` (2,), of a line that runs `ahead` (2,) there. `radius` is None
    where both edges meet in a point.
    """

    tip: Doubles
    ahead: Doubles
    radius: float | None


@dataclass(frozen=True)
class Outline:
    """One closed line around ink: its edges, and the cap from the end of each to the start of the next."""

    edges: tuple[Edge, ...]
    caps: tuple[Cap, ...] = ()


def outlines_of(
    pieces: Polylines, line_of: Indices, radius: Doubles, closed: Mask
) -> tuple[list[list[Outline]], Indices]:
    """The outlines of each line's ink, one around an open line, two around a closed one; and whether those
    of a line (L,) may be wrong: CORNERED where it has corners or is closed, HIDDEN where it bends more
    tightly than the pen is wide, else 0.

    Args:
        pieces: the lines, from corner to corner.
        line_of: (P,), the line that each is a piece of, in order.
        radius: (N,) px of the pen at the pieces' vertices.
        closed: (L,), whether a line ends where it began.
    """
    way = directions(pieces)
    across = np.stack([-way[:, 1], way[:, 0]], 1) * radius[:, None]
    bounds = np.searchsorted(line_of, np.arange(len(closed) + 1))
    shown = [_shown(pieces, bounds, closed, radius, side * across) for side in (1.0, -1.0)]
    out: list[list[Outline]] = []
    for line, ring in enumerate(closed):
        some = range(int(bounds[line]), int(bounds[line + 1]))
        strip = _Strip(pieces, some, way, radius)
        sides = [
            _side(strip, side, shown[number], ring=bool(ring)) for number, side in enumerate((1.0, -1.0))
        ]
        out.append(_ring_outlines(sides) if ring else [_around(strip, sides)])
    hidden = ~(shown[0] & shown[1])
    owner = np.repeat(line_of, np.diff(pieces.starts))
    curled = np.bincount(owner, hidden & ~_near_joints(pieces), len(closed)) > 0
    doubtful = np.where(curled, HIDDEN, np.where(closed | (np.diff(bounds) > 1), CORNERED, 0))
    return out, doubtful


def _near_joints(pieces: Polylines) -> Mask:
    """(N,): whether a vertex is among the first or last few of its piece."""
    place = np.arange(len(pieces.points)) - np.repeat(pieces.starts[:-1], np.diff(pieces.starts))
    return np.minimum(place, np.repeat(np.diff(pieces.starts), np.diff(pieces.starts)) - 1 - place) < JOINT


def _shown(pieces: Polylines, bounds: Indices, closed: Mask, radius: Doubles, across: Doubles) -> Mask:
    """(N,): whether the edge `across` from each vertex lies outside the ink of the vertices near along the
    line.
    """
    points, edge = pieces.points, pieces.points + across
    first = pieces.starts[bounds[:-1]]
    counts = pieces.starts[bounds[1:]] - first
    first, counts = np.repeat(first, counts), np.repeat(counts, counts)
    place = np.arange(len(points)) - first
    ring = np.repeat(closed, pieces.starts[bounds[1:]] - pieces.starts[bounds[:-1]])
    shown = np.ones(len(points), np.bool_)
    reach = _reach(points, radius, first, counts)
    farthest = int(reach.max(initial=0))
    for step in [*range(-farthest, 0), *range(1, farthest + 1)]:
        other = place + step
        there = np.where(ring, other % counts, np.clip(other, 0, counts - 1)) + first
        apart = np.hypot(*(edge - points[there]).T)
        shown &= (apart > radius[there] * (1.0 - BURIED) - BURIED) | (abs(step) > reach)
    return shown


def _reach(points: Doubles, radius: Doubles, first: Indices, counts: Indices) -> Indices:
    """(N,): how many vertices to both sides may lie within the pen's width, by each line's own spacing."""
    run = np.cumsum(np.hypot(*np.diff(points, axis=0, prepend=points[:1]).T))
    starts = np.flatnonzero(np.diff(first, prepend=-1))
    spacing = (run[first + counts - 1] - run[first]) / np.maximum(counts - 1, 1)
    widest = np.repeat(np.maximum.reduceat(radius, starts), counts[starts]) if len(starts) else radius
    reach = np.ceil(2.0 * widest / np.maximum(spacing, LEAST))
    return np.clip(reach, 2, FARTHEST).astype(np.intp)


@dataclass(frozen=True)
class _Strip:
    """One line: which pieces it is made of, and what is known along all of them."""

    pieces: Polylines
    some: range
    way: Doubles
    radius: Doubles

    def part(self, piece: int) -> slice:
        return slice(int(self.pieces.starts[piece]), int(self.pieces.starts[piece + 1]))


def _side(strip: _Strip, side: float, shown: Mask, *, ring: bool) -> Edge:
    """The edge on one side of a line, from its start to its end; 1 is to the right where y points down."""
    points: list[Doubles] = []
    kept: list[Mask] = []
    pieces = list(strip.some)
    for number, piece in enumerate(pieces):
        part = strip.part(piece)
        way, radius = strip.way[part], strip.radius[part]
        across = side * np.stack([-way[:, 1], way[:, 0]], 1)
        edge = strip.pieces.points[part] + across * radius[:, None]
        points.append(edge)
        kept.append(shown[part])
        following = pieces[(number + 1) % len(pieces)]
        if number + 1 < len(pieces) or (ring and not strip.pieces.ring[piece]):
            leaving = strip.way[strip.part(following)][0]
            arc = _around_corner(strip.pieces.points[part][-1], way[-1], leaving, side * radius[-1])
            points.append(arc)
            kept.append(np.ones(len(arc), np.bool_))
    edge, keep = np.concatenate(points), np.concatenate(kept)
    if strip.pieces.ring[pieces[0]]:
        edge, keep = edge[:-1], keep[:-1]
    return _cut(edge, keep, ring=ring)


def _around_corner(tip: Doubles, arriving: Doubles, leaving: Doubles, offset: float) -> Doubles:
    """An arc (n, 2) around a corner's outer side, its ends left out; none on the inner side."""
    turn = float(turn_between(arriving[None], leaving[None])[0])
    if turn * offset >= 0.0:
        return np.zeros((0, 2))
    return _arc(tip, np.array([-arriving[1], arriving[0]]) * offset, turn)


def _arc(centre: Doubles, begin: Doubles, turn: float) -> Doubles:
    """Vertices on a circle from centre + begin on, round by `turn` radians, both ends left out."""
    angles = np.linspace(0.0, turn, max(2, int(np.ceil(abs(turn) / ARC_STEP))) + 1)[1:-1]
    cos, sin = np.cos(angles), np.sin(angles)
    return centre + np.stack([begin[0] * cos - begin[1] * sin, begin[0] * sin + begin[1] * cos], 1)


def _cut(edge: Doubles, keep: Mask, *, ring: bool) -> Edge:
    """An edge (n, 2) without what is not kept (n,); where it was cut, both parts meet in a corner.

    A `ring` goes on where it began, its first vertex not repeated.
    """
    chosen = np.flatnonzero(keep)
    if len(chosen) < 3:
        return Edge(edge[chosen], np.zeros(len(chosen), np.bool_))
    count = len(edge)
    after = np.roll(chosen, -1)
    gap = (after - chosen) % count > 1
    if not ring:
        gap[-1] = False
    if not gap.any():
        return Edge(edge[chosen], np.zeros(len(chosen), np.bool_))
    cuts = np.flatnonzero(gap)
    met = [_meeting(edge, int(chosen[cut]), int(after[cut]), ring=ring) for cut in cuts]
    points = np.insert(edge[chosen], cuts + 1, np.array(met), axis=0)
    corner = np.insert(np.zeros(len(chosen), np.bool_), cuts + 1, values=True)
    return Edge(points, corner)


def _meeting(edge: Doubles, last: int, following: int, *, ring: bool) -> Doubles:
    """Where the parts of an edge before and after a cut meet."""
    count = len(edge)
    a, b = edge[last], edge[following]
    before, after = edge[(last - 1) % count], edge[(following + 1) % count]
    middle = np.asarray(0.5 * (a + b))
    if not ring and (last == 0 or following == count - 1):
        return middle
    one, two = a - before, after - b
    cross = one[0] * two[1] - one[1] * two[0]
    lengths = float(np.hypot(*one) * np.hypot(*two))
    if abs(cross) < 0.2 * lengths or lengths < 1e-12:
        return middle
    far = ((b - a)[0] * two[1] - (b - a)[1] * two[0]) / cross
    there = a + far * one
    near = np.hypot(*(there - middle)) <= np.hypot(*(b - a)) + 0.5 * (np.hypot(*one) + np.hypot(*two))
    return np.asarray(there) if near else middle


def _around(strip: _Strip, sides: list[Edge]) -> Outline:
    """One outline around an open line's ink: one side, the end, the other side back, and the start."""
    start, end = strip.part(strip.some[0]), strip.part(strip.some[-1])
    caps = (
        _cap(strip.pieces.points[end][-1], strip.way[end][-1], float(strip.radius[end][-1])),
        _cap(strip.pieces.points[start][0], -strip.way[start][0], float(strip.radius[start][0])),
    )
    right, left = sides[0], _reversed(sides[1])
    return Outline(
        (_between(right, caps[1], caps[0]), _between(left, caps[0], caps[1])),
        caps,
    )


def _reversed(edge: Edge) -> Edge:
    return Edge(edge.points[::-1], edge.corner[::-1], edge.closed)


def _cap(tip: Doubles, ahead: Doubles, radius: float) -> Cap:
    if radius <= POINTED:
        return Cap(tip + ahead * radius, ahead, None)
    return Cap(tip, ahead, radius)


def _between(side: Edge, before: Cap, after: Cap) -> Edge:
    """A side that runs from one cap to the other, into the points of those that are points."""
    points, corner = side.points, side.corner
    if len(points) < 2:  # nothing of it is seen: a short line of a broad pen
        points = np.stack([_beside(before, 1.0), _beside(after, -1.0)])
        corner = np.zeros(2, np.bool_)
    # What lies right beside a point is left out: the side would run around it.
    sharp = before.radius is None, after.radius is None
    if len(points) > 2 + sum(sharp):
        inner = slice(int(sharp[0]), len(points) - int(sharp[1]))
        points, corner = points[inner], corner[inner]
    if sharp[0]:
        points, corner = np.concatenate([before.tip[None], points]), np.append(False, corner)
    if sharp[1]:
        points, corner = np.concatenate([points, after.tip[None]]), np.append(corner, False)
    return _tidy(Edge(points, corner))


def _beside(cap: Cap, side: float) -> Doubles:
    """Where a side begins at a cap: from there on it lies to the right of the way that it goes."""
    across = np.array([cap.ahead[1], -cap.ahead[0]]) * side
    return cap.tip + across * (cap.radius or 0.0)


def _ring_outlines(sides: list[Edge]) -> list[Outline]:
    """Both outlines of a closed line, the other way round on one side, so that what is inside stays paper.

    There is none inside where the pen covers it all.
    """
    right, left = sides
    way = np.sign(signed_area(right.points) + signed_area(left.points))
    shown = [edge for edge in (right, left) if len(edge.points) > 3 and way * signed_area(edge.points) > 0]
    inner_first = sorted(shown, key=lambda edge: abs(signed_area(edge.points)))
    tidy = [_tidy(Edge(edge.points, edge.corner, closed=True)) for edge in inner_first]
    return [Outline((tidy[-1],)), *(Outline((_reversed(edge),)) for edge in tidy[:-1])] if tidy else []


def _tidy(edge: Edge) -> Edge:
    """Without vertices that lie on the one before; the ends of an open edge stay."""
    steps = np.hypot(*np.diff(edge.points, axis=0).T)
    keep = np.concatenate([[True], steps > LEAST])
    keep[-1] = True
    if len(keep) > 2 and steps[-1] <= LEAST:
        keep[-2] = False
    corner = edge.corner.copy()
    return Edge(edge.points[keep], corner[keep], edge.closed)


def cap_curves(
    cap: Cap, begin: Doubles, arriving: Doubles, end: Doubles, leaving: Doubles, near: float
) -> Doubles:
    """Control points (k, 4, 2) of the curves around a round cap, within `near` px of a circle.

    They go from `begin` on as one edge arrives there, and into `end` as the next one leaves.
    """
    radius = 0.5 * float(np.hypot(*(end - begin)))
    slope = [float(np.clip(way @ cap.ahead, COSINE, 1.0)) for way in (arriving, -leaving)]
    if radius * HALF_CIRCLE_OFF <= near:
        one, two = (4.0 / 3.0 * radius / cos for cos in slope)
        return np.stack([begin, begin + arriving * one, end - leaving * two, end])[None]
    across = (end - begin) / max(2.0 * radius, 1e-9)
    top = cap.tip + cap.ahead * radius
    turns = [np.arccos(cos) for cos in slope]
    one, two = (
        4.0 / 3.0 * np.tan((np.pi / 2 - turn) / 4) * radius / cos
        for turn, cos in zip(turns, slope, strict=True)
    )
    return np.stack(
        [
            np.stack([begin, begin + arriving * one, top - across * one, top]),
            np.stack([top, top + across * two, end - leaving * two, end]),
        ]
    )
