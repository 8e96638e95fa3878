# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws strokes as plain ink, exactly: the head for brushes that cover.

A stroke is the union of capsules between its vertices, each as wide as the pen is there. Coverage of a
pixel is its distance inside the nearest edge, clipped to 0..1, so ink is full inside and antialiased over
one pixel at its edge, at any resolution. The page is worked in cells of 8 x 8 px: only cells that a stroke
touches cost anything, and a region of the page comes out exactly as it does within the whole page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.arrays import Floats
from smart_lineart.inking.brushes.styles import Style
from smart_lineart.inking.errors import Cancelled
from smart_lineart.inking.geometry import Rect
from smart_lineart.inking.strokes import Strokes

CELL = 8
CHUNK = 4096  # cells worked at once: 1 MB of float32, which stays in the processor's cache
STEPS_PER_PX = 1 << 16
SWELL = 40.0  # thicknesses from a stroke's end to where the hand presses fully
BLUNT = 1.5  # thicknesses: strokes no longer than this are blunt
THINNEST = 0.3  # px: radius below which a line would only turn grey
Doubles = NDArray[np.float64]
_CENTRES = np.arange(CELL, dtype=np.float32) + np.float32(0.5)


@dataclass(frozen=True)
class Capsules:
    """Segments between neighbouring vertices: ends (K, 2) float64 in page px and radii (K,) float32."""

    start: NDArray[np.float64]
    stop: NDArray[np.float64]
    start_radius: Floats
    stop_radius: Floats

    def select(self, keep: NDArray[np.bool_]) -> Capsules:
        """Only the capsules where `keep` (K,) is true."""
        return Capsules(self.start[keep], self.stop[keep], self.start_radius[keep], self.stop_radius[keep])


def distances(strokes: Strokes) -> tuple[Doubles, Doubles]:
    """(N,) each: px along the stroke from its start to every vertex, and from there to its end."""
    steps = np.hypot(*np.diff(strokes.points, axis=0, prepend=strokes.points[:1]).T)
    # Whole steps add up exactly, so that a stroke is drawn the same whatever strokes come before it.
    whole = np.rint(steps * STEPS_PER_PX).astype(np.int64)
    whole[strokes.starts[:-1]] = 0
    run = np.cumsum(whole)
    counts = np.diff(strokes.starts)
    first, last = run[strokes.starts[:-1]], run[strokes.starts[1:] - 1]
    return (run - np.repeat(first, counts)) / STEPS_PER_PX, (np.repeat(last, counts) - run) / STEPS_PER_PX


def _rings(strokes: Strokes) -> NDArray[np.bool_]:
    """(N,): whether the vertex's stroke ends where it began."""
    return np.repeat(strokes.closed, np.diff(strokes.starts))


def _taper(strokes: Strokes, length: float, thickness: float) -> Floats:
    """Factor 0..1 per vertex by which the pressure rises from free ends, over `length` px.

    A stroke about as short as it is thick, a dot or a pupil, has no points.
    """
    from_start, from_stop = distances(strokes)
    counts = np.diff(strokes.starts)
    # A stroke shorter than two tapers keeps its full width in the middle.
    reach = np.clip(0.4 * (from_start + from_stop - BLUNT * thickness), 1e-6, length)
    end = np.minimum(
        np.where(np.repeat(strokes.free[:, 0], counts), from_start, np.inf),
        np.where(np.repeat(strokes.free[:, 1], counts), from_stop, np.inf),
    )
    factor = 1.0 - reach / length * (1.0 - np.sqrt(np.clip(end / reach, 0.0, 1.0)))
    factor[_rings(strokes)] = 1.0
    return np.asarray(factor, np.float32)


def _swell(strokes: Strokes, depth: float, length: float) -> Floats:
    """Factor (1 - depth)..1 per vertex: the hand lets up towards both ends of a stroke, over `length` px.

    A closed line is thinnest at its top, as if lit from above.
    """
    from_start, from_stop = distances(strokes)
    total = from_start + from_stop
    end = np.minimum(from_start, from_stop)
    ring = _rings(strokes)
    if ring.any():
        owner = strokes.owner()
        by_height = np.lexsort((strokes.points[:, 1], owner))
        top = from_start[by_height[strokes.starts[:-1]]][owner]
        away = np.abs(from_start - top)
        end = np.where(ring, np.minimum(away, total - away), end)
    share = np.clip(end / (np.minimum(length, 0.5 * total) + 1e-6), 0.0, 1.0)
    return np.asarray(1.0 - depth * (1.0 - share * share * (3.0 - 2.0 * share)), np.float32)


def to_capsules(strokes: Strokes, thickness: float, style: Style) -> Capsules:
    """Strokes -> capsules at `thickness` px, vertices thinned out where the line is nearly straight."""
    radius = radius_along(strokes, thickness, style)
    keep = needed(strokes)
    points, owner, radius = strokes.points[keep].astype(np.float64), strokes.owner()[keep], radius[keep]
    same = owner[1:] == owner[:-1]
    return Capsules(points[:-1][same], points[1:][same], radius[:-1][same], radius[1:][same])


def radius_along(strokes: Strokes, thickness: float, style: Style) -> Floats:
    """Radius (N,) in px at every vertex, to where the ink falls to half."""
    medium = style.medium
    radius = medium.at(medium.width, pressure_along(strokes, thickness, style)) * np.float32(thickness / 2)
    return np.maximum(radius, np.float32(min(THINNEST, thickness / 2)))


def pressure_along(strokes: Strokes, thickness: float, style: Style) -> Floats:
    """Pressure (N,) 0 to 1 at every vertex: the sketch's widths, swelling, and from nothing at free ends."""
    medium, pressure = style.medium, style.pressure(strokes.width)
    if medium.swell:
        pressure = pressure * _swell(strokes, medium.swell, SWELL * thickness)
    if medium.taper:
        pressure = pressure * _taper(strokes, medium.taper * thickness, thickness)
    return pressure


def needed(strokes: Strokes, deviation: float = 0.05) -> NDArray[np.bool_]:
    """Vertices that a polyline within `deviation` px needs: every other one goes while its chord stays
    close.
    """
    count = len(strokes.points)
    keep = np.ones(count, np.bool_)
    place = np.arange(count) - np.repeat(strokes.starts[:-1], np.diff(strokes.starts))
    last = np.zeros(count, np.bool_)
    last[strokes.starts[1:] - 1] = True
    for step in (1, 2):
        between = np.flatnonzero((place % (2 * step) == step) & ~last)
        right = between + step
        between = between[right < count]
        right = between + step
        inner = (place[right] == place[between] + step) & keep[right]
        between, right = between[inner], right[inner]
        p, a, b = strokes.points[between], strokes.points[between - step], strokes.points[right]
        off = np.hypot(*(p - 0.5 * (a + b)).T)
        if step == 2:  # only where the first round left nothing in between
            clear = ~keep[between - 1] & ~keep[between + 1]
            off = np.where(clear, off, np.inf)
        keep[between[off < deviation]] = False
    return keep


def cells_of(capsules: Capsules, region: Rect) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Pairs of a capsule and a cell that it may touch: indices, cell columns, cell rows (page-wide
    numbering).
    """
    reach = np.maximum(capsules.start_radius, capsules.stop_radius)[:, None] + 0.5
    low = np.floor((np.minimum(capsules.start, capsules.stop) - reach) / CELL).astype(np.intp)
    high = np.floor((np.maximum(capsules.start, capsules.stop) + reach) / CELL).astype(np.intp)
    np.maximum(low, (region.x // CELL, region.y // CELL), out=low)
    np.minimum(high, ((region.right - 1) // CELL, (region.bottom - 1) // CELL), out=high)
    spans = np.maximum(high - low + 1, 0)
    counts = spans[:, 0] * spans[:, 1]
    which = np.repeat(np.arange(len(counts)), counts)
    within = np.arange(which.size) - np.repeat(np.cumsum(counts) - counts, counts)
    wide = np.maximum(spans[which, 0], 1)
    return which, low[which, 0] + within % wide, low[which, 1] + within // wide


def distance_along(
    capsules: Capsules, which: NDArray[np.intp], columns: NDArray[np.intp], rows: NDArray[np.intp]
) -> tuple[Floats, Floats]:
    """How far each pixel lies from a capsule's axis, in px, and how far along it, 0..1.

    Both float32 (n, CELL, CELL): capsule `which[i]` on the cell (columns[i], rows[i]).
    """
    # Coordinates within the cell keep float32 exact to a thousandth of a pixel anywhere on a large page.
    origin = np.stack([columns, rows], 1) * float(CELL)
    a = (capsules.start[which] - origin).astype(np.float32)
    d = (capsules.stop[which] - capsules.start[which]).astype(np.float32)
    square = np.maximum((d * d).sum(1), np.float32(1e-12))
    x = _CENTRES[None, :] - a[:, :1]
    y = _CENTRES[None, :] - a[:, 1:]
    along = (x * (d[:, :1] / square[:, None]))[:, None, :] + (y * (d[:, 1:] / square[:, None]))[:, :, None]
    np.clip(along, 0.0, 1.0, out=along)
    across_x = x[:, None, :] - along * d[:, 0, None, None]
    across_y = y[:, :, None] - along * d[:, 1, None, None]
    across_x *= across_x
    across_y *= across_y
    across_x += across_y
    return np.sqrt(across_x, out=across_x), along


def _coverage(
    capsules: Capsules, which: NDArray[np.intp], columns: NDArray[np.intp], rows: NDArray[np.intp]
) -> Floats:
    """Coverage 0..1 of cells, float32 (n, CELL, CELL), as :func:`distance_along` takes them."""
    distance, along = distance_along(capsules, which, columns, rows)
    first = capsules.start_radius[which]
    along *= (capsules.stop_radius[which] - first)[:, None, None]
    along += first[:, None, None]
    # A line thinner than a pixel covers no more of it than its width.
    most = np.minimum(2.0 * along, 1.0)
    along -= distance
    along += np.float32(0.5)
    np.clip(along, 0.0, most, out=along)
    return np.asarray(along, np.float32)


def draw_solid(
    strokes: Strokes,
    region: Rect,
    *,
    thickness: float,
    style: Style,
    cancelled: Callable[[], bool] | None = None,
) -> NDArray[np.uint8]:
    """Coverage uint8 (region.height, region.width) of strokes drawn at `thickness` px in a style whose medium
    is solid. Raises Cancelled.
    """
    left, top = region.x // CELL, region.y // CELL
    wide, tall = -(-region.right // CELL) - left, -(-region.bottom // CELL) - top
    cells = np.zeros((tall * wide, CELL, CELL), np.uint8)
    capsules = to_capsules(strokes, thickness, style)
    which, columns, rows = cells_of(capsules, region)
    place = (rows - top) * wide + (columns - left)
    for batch in rounds_of(place):
        for first in range(0, batch.size, CHUNK):
            if cancelled is not None and cancelled():
                raise Cancelled
            some = batch[first : first + CHUNK]
            ink = _coverage(capsules, which[some], columns[some], rows[some])
            ink *= np.float32(255.0)
            ink += np.float32(0.5)
            cells[place[some]] = np.maximum(cells[place[some]], ink.astype(np.uint8))
    page = cells.reshape(tall, wide, CELL, CELL).swapaxes(1, 2).reshape(tall * CELL, wide * CELL)
    y, x = region.y - top * CELL, region.x - left * CELL
    return np.ascontiguousarray(page[y : y + region.height, x : x + region.width])


def rounds_of(place: NDArray[np.intp]) -> list[NDArray[np.intp]]:
    """Indices grouped so that no cell occurs twice in a group: within one, cells can be updated at once."""
    if not place.size:
        return []
    order = np.argsort(place, kind="stable")
    ordered = place[order]
    fresh = np.concatenate([[True], ordered[1:] != ordered[:-1]])
    begin = np.flatnonzero(fresh)
    turn = np.arange(place.size) - np.repeat(begin, np.diff(np.append(begin, place.size)))
    by_turn = np.argsort(turn, kind="stable")
    ends = np.cumsum(np.bincount(turn))
    return np.split(order[by_turn], ends[:-1])
