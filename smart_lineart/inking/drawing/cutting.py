# SPDX-License-Identifier: GPL-3.0-or-later
"""Which stroke lies under a pen, where others cross it, and what is left without it or without that part."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.strokes import Strokes

Doubles = NDArray[np.float64]

MEETS = 0.75  # thicknesses between a stroke and another's end, up to which that ends on it
APART = 1.5  # thicknesses between crossings that are told apart; nearer ones are one
SLIVER = 1.0  # thicknesses: what is left of a stroke and is shorter goes, too


class Place(NamedTuple):
    """A place on a stroke: which one, and how many vertices from its start, a fraction counted."""

    stroke: int
    along: float


def stroke_at(strokes: Strokes, x: float, y: float, reach: float, thickness: float) -> Place | None:
    """The place nearest to a point, px of the page, on the stroke nearest to it; None where none lies within
    `reach` px of the edge of its line, of `thickness` px and its own width.
    """
    if not len(strokes):
        return None
    start, ahead, owner, first = _segments(strokes)
    spot = np.array([x, y])
    share = _shares(start, ahead, spot)
    off = np.hypot(*(start + share[:, None] * ahead - spot).T)
    width = strokes.width[first].astype(np.float64) * thickness / 2
    nearest = int((off - width).argmin())
    if off[nearest] - width[nearest] > reach:
        return None
    stroke = int(owner[nearest])
    return Place(stroke, float(first[nearest] - strokes.starts[stroke] + share[nearest]))


def part_at(strokes: Strokes, place: Place, thickness: float) -> tuple[float, float]:
    """From where to where, in vertices, a stroke runs without meeting another, around a place on it."""
    count = int(strokes.starts[place.stroke + 1] - strokes.starts[place.stroke])
    found = crossings(strokes, place.stroke, thickness)
    before, after = found[found <= place.along], found[found > place.along]
    return float(before[-1]) if before.size else 0.0, float(after[0]) if after.size else count - 1.0


def crossings(strokes: Strokes, number: int, thickness: float) -> Doubles:
    """(n,) where others cross a stroke or end on it, in vertices from its start; its own ends are none."""
    begin, end = int(strokes.starts[number]), int(strokes.starts[number + 1])
    points = strokes.points[begin:end].astype(np.float64)
    start, ahead, owner, _ = _segments(strokes)
    other = owner != number
    found = [_crossed(points, start[other], ahead[other])]
    ends = np.concatenate([strokes.starts[:-1], strokes.starts[1:] - 1])
    ends = ends[(ends < begin) | (ends >= end)]
    for spot in strokes.points[ends].astype(np.float64):
        share = _shares(points[:-1], np.diff(points, axis=0), spot)
        off = np.hypot(*(points[:-1] + share[:, None] * np.diff(points, axis=0) - spot).T)
        nearest = int(off.argmin())
        if off[nearest] <= MEETS * thickness:
            found.append(np.array([nearest + share[nearest]]))
    along = np.sort(np.concatenate(found))
    way = np.concatenate([[0.0], np.hypot(*np.diff(points, axis=0).T).cumsum()])
    at = np.interp(along, np.arange(len(points)), way)
    inner = (at > MEETS * thickness) & (at < way[-1] - MEETS * thickness)
    kept: list[int] = []
    for index in np.flatnonzero(inner):
        if not kept or at[index] - at[kept[-1]] > APART * thickness:
            kept.append(int(index))
    return along[kept]


def cut(
    strokes: Strokes, number: int, first: float, last: float, thickness: float
) -> tuple[Strokes, Strokes]:
    """What is left without a part of a stroke, told in vertices from its start, and that part alone. New ends
    are blunt: they end on the strokes that they meet.
    """
    others = strokes.select(np.arange(len(strokes)) != number)
    begin, end = int(strokes.starts[number]), int(strokes.starts[number + 1])
    count = end - begin
    free = bool(strokes.free[number, 0]), bool(strokes.free[number, 1])
    pieces = [
        (_piece(strokes, begin, 0.0, first), (free[0], False)),
        (_piece(strokes, begin, last, count - 1.0), (False, free[1])),
    ]
    left = [one for one in pieces if one[0] is not None and _length(one[0][0]) > SLIVER * thickness]
    middle = _piece(strokes, begin, first, last)
    part = Strokes.empty() if middle is None else _strokes([middle], [(False, False)], strokes, number)
    if not left:
        return others, part
    rest = _strokes([one for one, _ in left if one is not None], [ends for _, ends in left], strokes, number)
    return _joined(others, rest), part


def _segments(
    strokes: Strokes,
) -> tuple[Doubles, Doubles, NDArray[np.intp], NDArray[np.intp]]:
    """Start, way to the end, stroke and first vertex of each segment."""
    owner = strokes.owner()
    first = np.flatnonzero(owner[1:] == owner[:-1])
    points = strokes.points.astype(np.float64)
    return points[first], points[first + 1] - points[first], owner[first], first


def _shares(start: Doubles, ahead: Doubles, spot: Doubles) -> Doubles:
    """How far along each segment the place nearest to a spot lies, 0 to 1."""
    square = np.maximum((ahead**2).sum(1), 1e-12)
    return np.asarray(np.clip(((spot - start) * ahead).sum(1) / square, 0.0, 1.0))


def _crossed(points: Doubles, start: Doubles, ahead: Doubles) -> Doubles:
    """Where a polyline crosses segments, in vertices from its start."""
    low, high = points.min(0), points.max(0)
    near = (np.maximum(start, start + ahead) >= low).all(1) & (np.minimum(start, start + ahead) <= high).all(
        1
    )
    start, ahead = start[near], ahead[near]
    found = []
    for index, (a, way) in enumerate(zip(points[:-1], np.diff(points, axis=0), strict=True)):
        turn = way[0] * ahead[:, 1] - way[1] * ahead[:, 0]
        gap = start - a
        with np.errstate(divide="ignore", invalid="ignore"):
            own = (gap[:, 0] * ahead[:, 1] - gap[:, 1] * ahead[:, 0]) / turn
            theirs = (gap[:, 0] * way[1] - gap[:, 1] * way[0]) / turn
        hit = (own >= 0) & (own < 1) & (theirs >= 0) & (theirs <= 1)
        found.append(index + own[hit])
    return np.concatenate(found) if found else np.zeros(0)


Piece = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]


def _piece(strokes: Strokes, begin: int, first: float, last: float) -> Piece | None:
    """Points, widths and widths of single passes of a part of a stroke; None where it has no length."""
    if last - first < 1e-6:
        return None
    inner = np.arange(int(np.floor(first)) + 1, int(np.ceil(last)))
    at = np.concatenate([[first], inner, [last]])
    low = np.minimum(np.floor(at).astype(np.intp), int(np.ceil(last)) - 1)
    share = (at - low)[:, None]
    stop = begin + int(np.ceil(last)) + 1
    alone = strokes.width if strokes.alone is None else strokes.alone
    table = np.column_stack([strokes.points[begin:stop], strokes.width[begin:stop], alone[begin:stop]])
    mixed = (table[low] * (1 - share) + table[low + 1] * share).astype(np.float32)
    return mixed[:, :2], mixed[:, 2], mixed[:, 3]


def _length(points: NDArray[np.float32]) -> float:
    return float(np.hypot(*np.diff(points, axis=0).T).sum())


def _strokes(pieces: list[Piece], free: list[tuple[bool, bool]], source: Strokes, number: int) -> Strokes:
    alone = None if source.alone is None else [piece[2] for piece in pieces]
    strength = [float(source.strength[number])] * len(pieces)
    return Strokes.from_lists(
        [piece[0] for piece in pieces], [piece[1] for piece in pieces], strength, free, alone
    )


def _joined(one: Strokes, two: Strokes) -> Strokes:
    if not len(one):
        return two
    alone = None
    if one.alone is not None and two.alone is not None:
        alone = np.concatenate([one.alone, two.alone])
    return Strokes(
        np.concatenate([one.points, two.points]),
        np.concatenate([one.width, two.width]),
        np.concatenate([one.strength, two.strength]),
        np.concatenate([one.starts, two.starts[1:] + one.starts[-1]]),
        np.concatenate([one.free, two.free]),
        alone,
    )
