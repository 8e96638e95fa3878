# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells lines that have come new into a sketch from those inked before, near an artist's changes.

Ink alone does not tell a new line that crosses an erased one from the erased one coming back; its strokes do.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.arrays import Bytes, Mask
from smart_lineart.inking.brushes.styles import Style
from smart_lineart.inking.drawing.textured import draw
from smart_lineart.inking.geometry import Rect
from smart_lineart.inking.strokes import Strokes

INKED = 64  # coverage of the old ink around a vertex from which a line was there before
CELL = 32  # px: how closely it is looked at where the artist's changes lie
CROSSING = 2.5  # thicknesses: a new line meets an old one for at most this long
JOINING = 1.5  # thicknesses: and ends on it for at most this long
ACROSS = 3.5  # reaches: a new line that only crosses an artist's change is beside it for at most this long
ALONG = 0.7  # share of a new line that lies beside the artist's own changes when they stand for it
SPACING = 3.0  # vertices: beside means within this, or a thickness
PROBES = 12  # directions in which a vertex looks for the artist's changes


@dataclass(frozen=True)
class Lines:
    """The strokes that fresh ink was drawn from, where its coverage alone does not tell lines apart.

    Attributes:
        strokes: in px of the arrays that are merged, those left out as too faint not among them.
        thickness: px, as drawn.
        style: the pen.
    """

    strokes: Strokes
    thickness: float
    style: Style


class NewLines(NamedTuple):
    """Lines that were not there before: those to draw, and those that the artist's own changes stand for."""

    fresh: Strokes
    denied: Strokes

    def draw(self, lines: Lines, new: Bytes, region: Rect) -> tuple[Bytes, Bytes]:
        """(allowed, fresh) of a region, see :class:`Piece`; `new` is the fresh ink over the region."""
        fresh = np.minimum(_drawn(self.fresh, lines, region), new)
        denied = _drawn(self.denied, lines, region)
        if not denied.any():
            return new, fresh
        others = _drawn(_rest(lines.strokes, self.denied), lines, region)
        return np.where(denied > 0, np.minimum(new, others), new), fresh


def find_new_lines(lines: Lines, old: Bytes, new: Bytes, apart: Mask, thickness: float) -> NewLines:
    """New lines near an artist's changes.

    The artist's own stand for a new line where it runs along them, or along a line of the last run that it
    has taken the place of: a line that has shifted keeps its erased gaps.

    Args:
        lines: those of the fresh ink.
        old: uint8 (H, W), the last run's ink.
        new: uint8 (H, W), the fresh ink.
        apart: bool (H, W), what the artist changed of it.
        thickness: px, the larger of the two runs'.
    """
    strokes = lines.strokes
    if not len(strokes):
        return NewLines(Strokes.empty(), Strokes.empty())
    near = _near_changes(strokes, apart)
    wanted = np.unique(strokes.owner()[near])
    fresh, denied = _Runs(), _Runs()
    for stroke in wanted.tolist():
        part = slice(int(strokes.starts[stroke]), int(strokes.starts[stroke + 1]))
        points = strokes.points[part]
        steps = np.hypot(*np.diff(points, axis=0).T)
        spacing = float(steps.mean()) if steps.size else 0.0
        far = max(thickness, SPACING * spacing)
        for first, last in _spans(_new_vertices(~_there_before(old, new, points), steps, thickness)):
            run = points[first:last]
            beside = _within_reach(run, far, lambda y, x: apart[y, x], apart.shape)
            if beside.mean() >= ALONG:
                denied.add(strokes, stroke, part.start + first, part.start + last)
                continue
            shifted = _within_reach(run, 2 * far, lambda y, x: _gone(old, new, y, x), old.shape)
            if shifted.mean() < ALONG:
                beside[:] = False
            _drop_short(beside, (ACROSS * far) / max(spacing, 1e-6))
            for value, target in ((True, denied), (False, fresh)):
                for begin, end in _spans(beside == value):
                    target.add(strokes, stroke, part.start + first + begin, part.start + first + end)
    return NewLines(fresh.strokes(), denied.strokes())


class _Runs:
    """Parts of strokes, gathered into strokes of their own."""

    def __init__(self) -> None:
        self._parts: list[tuple[NDArray[np.float32], NDArray[np.float32], float, tuple[bool, bool]]] = []

    def add(self, strokes: Strokes, stroke: int, first: int, last: int) -> None:
        if last - first < 2:
            return
        start, stop = int(strokes.starts[stroke]), int(strokes.starts[stroke + 1])
        free = (
            bool(strokes.free[stroke, 0]) and first == start,
            bool(strokes.free[stroke, 1]) and last == stop,
        )
        part = slice(first, last)
        self._parts.append((strokes.points[part], strokes.width[part], float(strokes.strength[stroke]), free))

    def strokes(self) -> Strokes:
        points, width, strength, free = ([part[i] for part in self._parts] for i in range(4))
        return Strokes.from_lists(points, width, strength, free)  # type: ignore[arg-type]


def _drawn(strokes: Strokes, lines: Lines, region: Rect) -> Bytes:
    if not len(strokes):
        return np.zeros((region.height, region.width), np.uint8)
    return draw(strokes, region, thickness=lines.thickness, style=lines.style)


def _rest(strokes: Strokes, without: Strokes) -> Strokes:
    """Strokes without the vertices that are `without`'s."""
    gone = {point.tobytes() for point in without.points}
    kept = np.array([point.tobytes() not in gone for point in strokes.points], np.bool_)
    rest = _Runs()
    for stroke in range(len(strokes)):
        start, stop = int(strokes.starts[stroke]), int(strokes.starts[stroke + 1])
        for first, last in _spans(kept[start:stop]):
            rest.add(strokes, stroke, start + first, start + last)
    return rest.strokes()


def _pixels(points: NDArray[np.float32], shape: tuple[int, ...]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns of the pixels that points lie on, or of the nearest ones."""
    at = np.floor(points).astype(np.intp)
    return np.clip(at[:, 1], 0, shape[0] - 1), np.clip(at[:, 0], 0, shape[1] - 1)


def _near_changes(strokes: Strokes, apart: Mask) -> Mask:
    """(N,): vertices within a cell or two of a change."""
    rows, columns = -(-apart.shape[0] // CELL), -(-apart.shape[1] // CELL)
    cells = np.zeros((rows + 2, columns + 2), np.bool_)
    for row in range(rows):
        seen = apart[row * CELL : (row + 1) * CELL].any(axis=0)
        cells[row + 1, 1:-1] = np.logical_or.reduceat(seen, np.arange(0, seen.size, CELL))
    wide = cells[:-2] | cells[1:-1] | cells[2:]
    wide = wide[:, :-2] | wide[:, 1:-1] | wide[:, 2:]
    y, x = _pixels(strokes.points, apart.shape)
    return np.asarray(wide[y // CELL, x // CELL])


def _there_before(old: Bytes, new: Bytes, points: NDArray[np.float32]) -> Mask:
    """Where the last run had ink within a pixel of a point, or as much as the fresh ink: some are pale."""
    had, has = _most_within_a_pixel(old, points), _most_within_a_pixel(new, points)
    return np.asarray(had >= np.minimum(has, INKED))


def _most_within_a_pixel(ink: Bytes, points: NDArray[np.float32]) -> Bytes:
    most = np.zeros(len(points), np.uint8)
    for dy in (-1, 0, 1):
        for dx in (-1, 0, 1):
            y, x = _pixels(points + np.array([dx, dy], np.float32), ink.shape)
            np.maximum(most, ink[y, x], out=most)
    return most


def _spans(mask: Mask) -> list[tuple[int, int]]:
    """(first, last + 1) of every run of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]])))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _new_vertices(new: Mask, steps: NDArray[np.float32], thickness: float) -> Mask:
    """A stroke's vertices that are new, with those where it only crosses, or ends on, what was there."""
    if not new.any():
        return new
    along = np.concatenate([[0.0], np.cumsum(steps)])
    out = new.copy()
    for first, last in _spans(~new):
        inner = first > 0 and last < len(new)
        if along[last - 1] - along[first] <= (CROSSING if inner else JOINING) * thickness:
            out[first:last] = True
    return out


def _gone(old: Bytes, new: Bytes, y: NDArray[np.intp], x: NDArray[np.intp]) -> Mask:
    """Where the last run's ink is no more."""
    return np.asarray((old[y, x] >= INKED) & (new[y, x] < INKED))


def _drop_short(mask: Mask, least: float) -> None:
    """Clear runs of fewer vertices than `least`."""
    for first, last in _spans(mask):
        if last - first < least:
            mask[first:last] = False


def _within_reach(
    points: NDArray[np.float32],
    distance: float,
    seen: Callable[[NDArray[np.intp], NDArray[np.intp]], Mask],
    shape: tuple[int, ...],
) -> Mask:
    """Points within `distance` px of a pixel (row, column) of which `seen` is true."""
    found = seen(*_pixels(points, shape))
    angles = np.arange(PROBES) * (2 * np.pi / PROBES)
    for far in np.linspace(distance, 0.0, max(3, math.ceil(distance / 1.5)), endpoint=False):
        for angle in angles:
            shift = np.array([np.cos(angle), np.sin(angle)], np.float32) * np.float32(far)
            found = found | seen(*_pixels(points + shift, shape))
    return found
