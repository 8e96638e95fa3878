# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws strokes in any brush style: the head.

Brushes of solid ink are drawn exactly, see `solid`. For the others every pixel near a stroke learns three
things from the nearest piece of its centreline: how far across the mark it lies, how hard the pen is pressed
there, and which way it goes. Those, and the grain of the canvas at that place, pick its ink out of the
medium's table. Each stroke is a layer of its own, and layers lie over each other as translucent ink does; but
where a stroke *ends* on another they are one line, and do not grow darker.

Every value depends on the page's coordinates alone, so a region is that part of the page, bit for bit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.arrays import Bytes, Floats
from smart_lineart.inking.brushes.grain import DIRECTIONS, LEVELS, Planes, levels_at, planes_of, white
from smart_lineart.inking.brushes.strips import PLACES, PRESSURES, USUAL, Medium
from smart_lineart.inking.brushes.styles import Style
from smart_lineart.inking.drawing.solid import (
    CELL,
    THINNEST,
    Capsules,
    cells_of,
    distance_along,
    distances,
    draw_solid,
    needed,
    pressure_along,
    rounds_of,
)
from smart_lineart.inking.errors import Cancelled
from smart_lineart.inking.geometry import Rect
from smart_lineart.inking.strokes import Strokes

Cancel = Callable[[], bool]

CHUNK = 2048  # layers of cells worked at once: half a megabyte of float32
JOIN = 1.0, 4.0  # thicknesses from an end on another stroke: up to there one line, from there two layers


def draw(
    strokes: Strokes,
    region: Rect,
    *,
    thickness: float,
    style: Style,
    cancelled: Cancel | None = None,
) -> Bytes:
    """Coverage uint8 (region.height, region.width) of strokes drawn at `thickness` px. Raises Cancelled."""
    if style.medium.solid:
        return draw_solid(strokes, region, thickness=thickness, style=style, cancelled=cancelled)
    return _Painting(strokes, region, thickness, style, cancelled or (lambda: False)).page()


def fill(cover: Bytes, region: Rect, style: Style) -> Bytes:
    """Solid areas as a style fills them: `cover` uint8 of the region's shape -> ink uint8."""
    medium = style.medium
    if medium.ink is None or not cover.any():
        return cover
    rows, columns = np.nonzero(cover)
    grain = medium.grain
    level: NDArray[np.uint8] | int = LEVELS // 2
    if grain.across:
        # Filled with strokes at 45 degrees, as a hand would.
        planes = planes_of(grain)
        level = levels_at(planes, columns + region.x, rows + region.y, planes.directions // 4)
    tone = medium.ink[round(USUAL * (PRESSURES - 1)), 0][level].astype(np.uint16)
    out = np.zeros_like(cover)
    out[rows, columns] = (tone * cover[rows, columns] + 127) // 255
    return out


@dataclass(frozen=True)
class _Pieces:
    """Capsules with what else is known along them, all (K, ...) in the order of the strokes."""

    capsules: Capsules
    pressure: tuple[Floats, Floats]
    apart: tuple[Floats, Floats]
    owner: NDArray[np.intp]
    turn: Floats


def _pieces(strokes: Strokes, thickness: float, style: Style) -> _Pieces:
    medium = style.medium
    pressure = pressure_along(strokes, thickness, style)
    radius = medium.at(medium.outline, pressure) * np.float32(thickness / 2)
    radius = np.maximum(radius, np.float32(min(THINNEST, thickness / 2)))
    apart = _apart(strokes, thickness)
    keep = needed(strokes)
    points, owner = strokes.points[keep].astype(np.float64), strokes.owner()[keep]
    pressure, radius, apart = pressure[keep], radius[keep], apart[keep]
    same = owner[1:] == owner[:-1]
    start, stop = points[:-1][same], points[1:][same]
    ahead = stop - start
    turn = np.arctan2(ahead[:, 1], ahead[:, 0]) * (DIRECTIONS / np.pi)
    return _Pieces(
        Capsules(start, stop, radius[:-1][same], radius[1:][same]),
        (pressure[:-1][same], pressure[1:][same]),
        (apart[:-1][same], apart[1:][same]),
        owner[1:][same],
        np.asarray(turn % DIRECTIONS, np.float32),
    )


def _apart(strokes: Strokes, thickness: float) -> Floats:
    """(N,) 0..1: whether a stroke is a layer of its own here, or one line with the stroke that it ends on."""
    from_start, from_stop = distances(strokes)
    counts = np.diff(strokes.starts)
    from_start[np.repeat(strokes.free[:, 0], counts)] = np.inf
    from_stop[np.repeat(strokes.free[:, 1], counts)] = np.inf
    near, far = JOIN
    away = np.minimum(from_start, from_stop) / thickness
    return np.asarray(np.clip((away - near) / (far - near), 0.0, 1.0), np.float32)


class _Painting:
    """One region in a textured style."""

    def __init__(self, strokes: Strokes, region: Rect, thickness: float, style: Style, cancelled: Cancel):
        self.region, self.cancelled = region, cancelled
        self.medium: Medium = style.medium
        self.grain: Planes | None = planes_of(self.medium.grain) if self.medium.grain.across else None
        self.pieces = _pieces(strokes, thickness, style)
        self.left, self.top = region.x // CELL, region.y // CELL
        self.wide = -(-region.right // CELL) - self.left
        self.tall = -(-region.bottom // CELL) - self.top

    def page(self) -> Bytes:
        which, columns, rows = cells_of(self.pieces.capsules, self.region)
        place = (rows - self.top) * self.wide + (columns - self.left)
        count = int(self.pieces.owner[-1]) + 1 if len(self.pieces.owner) else 1
        # A layer is one stroke on one cell; sorted by cell, then by stroke.
        layers, inverse = np.unique(place * count + self.pieces.owner[which], return_inverse=True)
        order = np.argsort(inverse, kind="stable")
        which, inverse = which[order], inverse[order]
        cell = layers // count
        ink = np.zeros((layers.size, CELL * CELL), np.uint8)
        apart = np.full((layers.size, CELL * CELL), 255, np.uint8)
        ends = np.searchsorted(inverse, np.arange(0, layers.size + CHUNK, CHUNK))
        for first, begin, end in zip(range(0, layers.size, CHUNK), ends[:-1], ends[1:], strict=False):
            if self.cancelled():
                raise Cancelled
            chosen = slice(first, min(first + CHUNK, layers.size))
            self._paint_layers(
                cell[chosen], which[begin:end], inverse[begin:end] - first, ink[chosen], apart[chosen]
            )
        cells = self._lay(cell, ink, apart)
        blocks = cells.reshape(self.tall, self.wide, CELL, CELL).swapaxes(1, 2)
        page = blocks.reshape(self.tall * CELL, self.wide * CELL)
        y, x = self.region.y - self.top * CELL, self.region.x - self.left * CELL
        return np.ascontiguousarray(page[y : y + self.region.height, x : x + self.region.width])

    def _paint_layers(
        self,
        cell: NDArray[np.intp],
        which: NDArray[np.intp],
        layer: NDArray[np.intp],
        ink: Bytes,
        apart: Bytes,
    ) -> None:
        """Fill `ink` and `apart` (n, 64) of some layers, whose pieces are `which` on `layer`."""
        columns, rows = cell % self.wide + self.left, cell // self.wide + self.top
        inside = np.full((len(cell), CELL, CELL), -np.inf, np.float32)
        along = np.zeros_like(inside)
        piece = np.zeros((len(cell), CELL, CELL), np.int32)
        for batch in rounds_of(layer):
            at, some = layer[batch], which[batch]
            depth, share = _depth(self.pieces.capsules, some, columns[at], rows[at])
            better = depth > inside[at]
            inside[at] = np.where(better, depth, inside[at])
            along[at] = np.where(better, share, along[at])
            piece[at] = np.where(better, some.astype(np.int32)[:, None, None], piece[at])
        touched = np.flatnonzero(inside.ravel() > np.float32(-0.5))
        if not touched.size:
            return
        ink.reshape(-1)[touched] = self._tone(
            touched, inside.ravel()[touched], along.ravel()[touched], piece.ravel()[touched], columns, rows
        )
        first, last = self.pieces.apart
        if self.pieces.capsules.start.size and (first.min() < 1.0 or last.min() < 1.0):
            chosen, share = piece.ravel()[touched], along.ravel()[touched]
            way = first[chosen] + share * (last[chosen] - first[chosen])
            apart.reshape(-1)[touched] = (way * np.float32(255)).astype(np.uint8)

    def _tone(
        self,
        touched: NDArray[np.intp],
        inside: Floats,
        along: Floats,
        piece: NDArray[np.int32],
        columns: NDArray[np.intp],
        rows: NDArray[np.intp],
    ) -> Bytes:
        """Ink of the touched pixels, whose nearest place lies `along` their `piece` and `inside` px deep."""
        pieces, medium = self.pieces, self.medium
        assert medium.ink is not None
        first = pieces.capsules.start_radius[piece]
        radius = first + along * (pieces.capsules.stop_radius[piece] - first)
        first = pieces.pressure[0][piece]
        pressure = first + along * (pieces.pressure[1][piece] - first)
        place = (np.float32(1.0) - inside / radius) * np.float32(PLACES)
        np.clip(place, 0.0, PLACES - 1, out=place)
        index = (pressure * np.float32(PRESSURES - 1) + np.float32(0.5)).astype(np.intp)
        index *= PLACES
        index += place.astype(np.intp)
        index *= LEVELS
        index += self._levels(touched, piece, columns, rows)
        tone = medium.ink.ravel()[index].astype(np.float32)
        # A line thinner than a pixel covers no more of it than its width.
        inside += np.float32(0.5)
        np.clip(inside, 0.0, np.minimum(radius + radius, 1.0), out=inside)
        tone *= inside
        tone += np.float32(0.5)
        return tone.astype(np.uint8)

    def _levels(
        self,
        touched: NDArray[np.intp],
        piece: NDArray[np.int32],
        columns: NDArray[np.intp],
        rows: NDArray[np.intp],
    ) -> NDArray[np.intp] | int:
        """The canvas' grain at the touched pixels."""
        planes = self.grain
        if planes is None:
            return LEVELS // 2
        cell, pixel = touched >> 6, touched & 63
        x, y = columns * CELL, rows * CELL
        turn: NDArray[np.intp] | None = None
        if planes.directions > 1:
            # Between two directions chance decides for each pixel: streaks bend without a seam.
            chance = white(x[cell] + (pixel & 7), y[cell] + (pixel >> 3)) * np.float32(2.0**-32)
            turn = (self.pieces.turn[piece] + chance.astype(np.float32)).astype(np.intp) % planes.directions
        total: NDArray[np.intp] | None = None
        for which in (0, 1):
            index = planes.base(which, x, y)[cell] + planes.within(which)[pixel]
            if turn is not None:
                index += turn * planes.turn(which)
            sample = planes.flat[which][index]
            total = sample.astype(np.intp) + 510 if total is None else total + sample
        assert total is not None
        return planes.level[total].astype(np.intp)

    def _lay(self, cell: NDArray[np.intp], ink: Bytes, apart: Bytes) -> Bytes:
        """Lay the layers over each other: uint8 (cells, 64)."""
        cells = np.zeros((self.tall * self.wide, CELL * CELL), np.uint8)
        together = np.full_like(cells, 255)
        for number, batch in enumerate(rounds_of(cell)):
            at, above = cell[batch], ink[batch]
            way = np.where(above > 0, apart[batch], np.uint8(255))
            if not number:
                cells[at], together[at] = above, way
            else:
                together[at] = np.minimum(together[at], way)
                cells[at] = _over(cells[at], above, together[at])
        return cells


def _over(below: Bytes, above: Bytes, apart: Bytes) -> Bytes:
    """Two layers of ink over each other, uint8; `apart` 0 makes them one, 255 translucent layers."""
    one, two = below.astype(np.int32), above.astype(np.int32)
    most = np.maximum(one, two)
    both = one + two - (one * two + 127) // 255
    return (most + ((both - most) * apart + 127) // 255).astype(np.uint8)


def _depth(
    capsules: Capsules, which: NDArray[np.intp], columns: NDArray[np.intp], rows: NDArray[np.intp]
) -> tuple[Floats, Floats]:
    """How deep each pixel lies inside a piece's outline, in px, and how far along the piece, 0..1.

    Both float32 (n, CELL, CELL), for the capsules `which` on the cells at (columns, rows).
    """
    distance, along = distance_along(capsules, which, columns, rows)
    first = capsules.start_radius[which]
    depth = along * (capsules.stop_radius[which] - first)[:, None, None]
    depth += first[:, None, None]
    depth -= distance
    return np.asarray(depth, np.float32), np.asarray(along, np.float32)
