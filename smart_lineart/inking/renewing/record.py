# SPDX-License-Identifier: GPL-3.0-or-later
"""What the plugin remembers of the ink it last made: packed, checked, and small enough for the document.

The ink itself is kept, pixel for pixel, and not the strokes it was drawn from: other processors and later
versions draw strokes alike but not bit for bit alike, and every such pixel would look like the artist's. Ink
is mostly blank or full, so that it packs to a hundredth of its size.
"""

from __future__ import annotations

import json
import math
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.arrays import Bytes
from smart_lineart.inking.errors import InkError
from smart_lineart.inking.geometry import Rect
from smart_lineart.inking.renewing.hands import Hand, Hands

MAGIC = b"SLIR"
HEAD = struct.Struct("<HIII")  # version, bytes of the facts, tiles, checksum of all that follows
INDEX = np.dtype("<u4")  # column, row and bytes of a tile
VERSION = 2  # with regions; without, records are written as those of version 1
TILE = 256  # px: side of a packed tile
LEVEL = 6  # of zlib
LIMIT = 1 << 29  # bytes: the most ink that a record may hold once unpacked
BYTES = 6  # for each px of a record: the most that finding its ink in a layer takes
LARGER = 4  # times as many px as what is left of its image: cropped or scaled down
LEAST_SIDE = 8192  # px: so long and wide may any record be, as it may have been cropped
AROUND = 1024  # px around the page and what its layer holds: farther off no ink is looked for
MOST_REGIONS = 32  # of one lineart: each takes as much room as its ink
DEEPEST = 32  # levels of notes in notes
THICKEST = 400.0  # px: the engine draws no thicker
COORDINATE_LIMIT = 1 << 24  # px: places and sizes beyond this are a damaged record's


class DamagedRecord(InkError):
    """What a document remembers of its lineart cannot be read: cut short, changed, or from a later
    version.
    """

    usual = (
        "Smart Lineart's notes in this file are damaged. You can ink, but earlier changes are not recognised."
    )


@dataclass(frozen=True)
class InkRecord:
    """The ink that was made for a sketch, as it came from the engine, before the artist touched it.

    Attributes:
        area: where the ink lies, in image px; beyond it there was none.
        thickness: of the ink, in image px.
        weight: of its lines, 0 even to 1 as drawn.
        tiles: zlib-packed coverage of TILE x TILE px (smaller at the right and bottom edge), by (column,
            row); blank tiles have no entry.
        regions: parts for which something else was set than for the whole, over the same area: records of
            how far each pixel belongs to one, 0 to 255, whose notes tell what was set, and whose thickness
            and weight those of the ink there.
        exact: whether pixels can be compared one by one; after :meth:`scaled` they cannot, since Krita
            resamples in ways of its own.
        notes: small facts of whoever made the record, JSON; the engine's calibration among them.
    """

    area: Rect
    thickness: float
    tiles: dict[tuple[int, int], bytes] = field(default_factory=dict, repr=False)
    notes: dict[str, Any] = field(default_factory=dict)
    exact: bool = True
    regions: tuple[InkRecord, ...] = ()
    weight: float = 1.0

    @classmethod
    def of(
        cls,
        coverage: Bytes,
        area: Rect,
        *,
        thickness: float,
        notes: dict[str, Any] | None = None,
        weight: float = 1.0,
    ) -> InkRecord:
        """Remember `coverage`, uint8 (area.height, area.width), as it was rendered.

        Remember the fresh ink, never the merged one: what the artist changed is found as the difference, at
        every later run anew.
        """
        if coverage.shape != (area.height, area.width):
            raise ValueError(f"coverage of {coverage.shape} for an area of {area.height} x {area.width} px")
        return _anew(cls(area, thickness, {}, dict(notes or {}), weight=weight), coverage, area)

    def coverage(self, area: Rect | None = None) -> Bytes:
        """Unpack the ink of `area` (image px; None: all): uint8 (height, width), 0 where there was none.

        Raises DamagedRecord.
        """
        part = self.area if area is None else area
        out = np.zeros((part.height, part.width), np.uint8)
        for (column, row), packed in self.tiles.items():
            place = self.tile_rect(column, row)
            shared = place.intersection(part)
            if shared.width and shared.height:
                tile = _unpack(packed, place.height, place.width)
                out[_within(shared, part)] = tile[_within(shared, place)]
        return out

    def moved(self, x: int, y: int) -> InkRecord:
        """The same ink `x` px farther right and `y` px farther down: after a crop, a resize, a shift."""
        area = Rect(self.area.x + x, self.area.y + y, self.area.width, self.area.height)
        return replace(self, area=area, regions=tuple(region.moved(x, y) for region in self.regions))

    def turned(self, quarters: int, width: int, height: int) -> InkRecord:
        """The ink after an image of `width` x `height` px was turned clockwise by quarter turns."""
        record = self
        for _ in range(quarters % 4):
            x, y, wide, tall = record.area
            place = Rect(height - y - tall, x, tall, wide)
            record = record._each(lambda one, place=place: _anew(one, np.rot90(one.coverage(), -1), place))  # type: ignore[misc]
            width, height = height, width
        return record

    def mirrored(self, width: int) -> InkRecord:
        """The ink after an image `width` px wide was mirrored, left to right."""
        x, y, wide, tall = self.area
        place = Rect(width - x - wide, y, wide, tall)
        return self._each(lambda one: _anew(one, one.coverage()[:, ::-1], place))

    def scaled(self, x: float, y: float) -> InkRecord:
        """The ink after the image was scaled by these factors; see `exact`."""
        area = self.scaled_area(x, y)
        if area.width * area.height > LIMIT:
            raise ValueError(f"ink of {area.width} x {area.height} px")

        def scaled(one: InkRecord) -> InkRecord:
            thickness = min(THICKEST, one.thickness * math.sqrt(x * y))
            ink = resample(one.coverage(), one.area, area, (x, y))
            return _anew(replace(one, thickness=thickness, exact=False), ink, area)

        return self._each(scaled)

    def over(self, area: Rect) -> InkRecord:
        """The same over another area; what lies beyond it is left out."""
        return self if area == self.area else _anew(self, self.coverage(area), area)

    def _each(self, change: Callable[[InkRecord], InkRecord]) -> InkRecord:
        """The same change of ink and regions."""
        return replace(change(self), regions=tuple(change(region) for region in self.regions))

    @property
    def hand(self) -> Hand:
        """How its lines were drawn, those of regions apart."""
        return Hand(self.thickness, self.weight)

    @property
    def parts(self) -> Hands:
        """How the lines of its regions were drawn."""
        return tuple(region.hand for region in self.regions)

    @property
    def nbytes(self) -> int:
        """Memory held, in bytes."""
        own = sum(len(packed) for packed in self.tiles.values())
        return own + sum(region.nbytes for region in self.regions)

    def scaled_area(self, x: float, y: float) -> Rect:
        """Where the ink lies after :meth:`scaled`."""
        left, top = math.floor(self.area.x * x), math.floor(self.area.y * y)
        right, bottom = math.ceil(self.area.right * x), math.ceil(self.area.bottom * y)
        return Rect(left, top, max(1, right - left), max(1, bottom - top))

    def to_bytes(self) -> bytes:
        """The record as it is kept in a document; :meth:`from_bytes` reads it."""
        facts = {
            "area": list(self.area),
            "thickness": self.thickness,
            "exact": self.exact,
            "notes": self.notes,
        }
        if self.weight != 1.0:  # as records before there was a weight
            facts["weight"] = self.weight
        regions = [region.to_bytes() for region in self.regions]
        if regions:
            facts["regions"] = [len(region) for region in regions]
        head = json.dumps(facts, separators=(",", ":"), allow_nan=False).encode()
        keys = sorted(self.tiles, key=lambda key: (key[1], key[0]))
        index = np.array([(x, y, len(self.tiles[x, y])) for x, y in keys], INDEX).reshape(-1, 3)
        body = b"".join([head, index.tobytes(), *(self.tiles[key] for key in keys), *regions])
        version = VERSION if regions else 1
        return MAGIC + HEAD.pack(version, len(head), len(keys), zlib.crc32(body)) + body

    @classmethod
    def from_bytes(cls, data: bytes, limit: int = LIMIT) -> InkRecord:
        """Read what :meth:`to_bytes` wrote. Nothing is unpacked yet, and never more than `limit` bytes are.

        Raises DamagedRecord, whatever the bytes are.
        """
        try:
            return _read(data, limit)
        except (struct.error, ArithmeticError, LookupError, RecursionError, TypeError, ValueError) as error:
            raise DamagedRecord from error

    def within(self, room: Rect) -> InkRecord:
        """Without what lies outside a part of the image; itself where nothing does. Raises DamagedRecord."""
        part = self.area.intersection(room)
        if part == self.area:
            return self
        if not part.width or not part.height:
            return replace(self, area=Rect(0, 0, 0, 0), tiles={}, regions=())
        return self._each(lambda one: one.over(part))

    @property
    def reach(self) -> Rect:
        """A rectangle around all tiles that are not blank."""
        return reduce(Rect.united, (self.tile_rect(*key) for key in self.tiles), Rect(0, 0, 0, 0))

    def tile_rect(self, column: int, row: int) -> Rect:
        """Where a tile lies in the image."""
        x, y = self.area.x + column * TILE, self.area.y + row * TILE
        return Rect(x, y, TILE, TILE).intersection(self.area)


def may_be_ink(area: Rect, room: Rect, memory: int) -> bool:
    """Whether ink over `area`, px, may have been made for an image of which `room` is left.

    More than `memory`, bytes, allows for may not, unless `room` itself is that large.
    """
    left = room.width * room.height
    side = max(LARGER * max(room.width, room.height), LEAST_SIDE)
    most = max(left, min(max(LARGER * left, LEAST_SIDE**2), memory // BYTES))
    return max(area.width, area.height) <= side and area.width * area.height <= most


def _anew(record: InkRecord, coverage: Bytes, area: Rect) -> InkRecord:
    """The record with other ink in another area."""
    tiles: dict[tuple[int, int], bytes] = {}
    blank = replace(record, area=area, tiles=tiles)
    for row in range(-(-area.height // TILE)):
        for column in range(-(-area.width // TILE)):
            tile = coverage[_within(blank.tile_rect(column, row), area)]
            if tile.any():
                tiles[column, row] = zlib.compress(np.ascontiguousarray(tile).tobytes(), LEVEL)
    return blank


def resample(ink: Bytes, source: Rect, target: Rect, scale: tuple[float, float]) -> Bytes:
    """Ink over `source` as it lies over `target`, `scale` (x, y) target px per source px.

    Pixels are averaged when shrinking and interpolated when growing.
    """
    if not ink.size:
        return np.zeros((target.height, target.width), np.uint8)
    out = ink
    for axis, (start, stop, first, count, factor) in enumerate(
        (
            (target.y, target.bottom, source.y, source.height, scale[1]),
            (target.x, target.right, source.x, source.width, scale[0]),
        )
    ):
        edges = np.clip(np.arange(start, stop + 1) / factor - first, 0, count)
        if factor < 1.0:
            out = _averaged(out, edges, axis)
        else:
            out = _interpolated(out, 0.5 * (edges[1:] + edges[:-1]), axis)
    return out


def _averaged(ink: Bytes, edges: NDArray[np.float64], axis: int) -> Bytes:
    """Mean of the pixels between neighbouring edges along an axis, 0 where nothing lies between."""
    ink = ink if axis == 0 else ink.T
    low = np.minimum(edges.astype(np.intp), len(ink) - 1)
    out = np.empty((len(edges) - 1, ink.shape[1]), np.uint8)
    for first in range(0, ink.shape[1], TILE):
        part = ink[:, first : first + TILE]
        total = np.zeros((len(ink) + 1, part.shape[1]))
        np.cumsum(part, axis=0, out=total[1:])
        at = total[low] + (edges - low)[:, None] * part[low]
        wide = np.maximum(np.diff(edges), 1e-9)[:, None]
        out[:, first : first + TILE] = np.rint(np.diff(at, axis=0) / wide)
    return out if axis == 0 else np.ascontiguousarray(out.T)


def _interpolated(ink: Bytes, at: NDArray[np.float64], axis: int) -> Bytes:
    """Linear interpolation at places along an axis, pixel centres at one half."""
    ink = ink if axis == 0 else ink.T
    place = np.clip(at - 0.5, 0, len(ink) - 1)
    low = np.minimum(place.astype(np.intp), max(len(ink) - 2, 0))
    part = (place - low).astype(np.float32)[:, None]
    out = np.empty((len(at), ink.shape[1]), np.uint8)
    for first in range(0, len(at), TILE):
        rows = slice(first, first + TILE)
        one = ink[low[rows]].astype(np.float32)
        one += part[rows] * (ink[np.minimum(low[rows] + 1, len(ink) - 1)] - one)
        out[rows] = np.rint(one)
    return out if axis == 0 else np.ascontiguousarray(out.T)


def _within(part: Rect, whole: Rect) -> tuple[slice, slice]:
    """Rows and columns of `part` in an array over `whole`."""
    x, y = part.x - whole.x, part.y - whole.y
    return slice(y, y + part.height), slice(x, x + part.width)


def _unpack(packed: bytes, height: int, width: int) -> Bytes:
    """A tile's coverage; never unpacks more than the tile has pixels."""
    reader = zlib.decompressobj()
    try:
        data = reader.decompress(packed, height * width)
        # What the record packed ends here, and so does the stream with its checksum.
        sound = (
            len(data) == height * width and not reader.decompress(reader.unconsumed_tail, 1) and reader.eof
        )
    except zlib.error as error:
        raise DamagedRecord from error
    if not sound:
        raise DamagedRecord
    return np.frombuffer(data, np.uint8).reshape(height, width)


def _read(data: bytes, limit: int, most_regions: int = MOST_REGIONS) -> InkRecord:
    magic, body = data[: len(MAGIC)], data[len(MAGIC) + HEAD.size :]
    if magic != MAGIC:
        raise DamagedRecord
    version, facts_size, count, checksum = HEAD.unpack_from(data, len(MAGIC))
    if version > VERSION:
        raise DamagedRecord(
            "Smart Lineart's notes in this file were written by a later version. You can ink, but earlier "
            "changes are not recognised."
        )
    if zlib.crc32(body) != checksum or facts_size + count * INDEX.itemsize * 3 > len(body):
        raise DamagedRecord
    facts = json.loads(body[:facts_size].decode("utf-8"))
    area, thickness, notes = _area(facts["area"], limit), float(facts["thickness"]), facts["notes"]
    weight = float(facts.get("weight", 1.0))
    if not (0.0 <= weight <= 1.0 and 0.0 < thickness <= THICKEST):
        raise DamagedRecord
    if not isinstance(notes, dict) or _deeper(notes, DEEPEST):
        raise DamagedRecord
    json.dumps(notes, allow_nan=False)  # ValueError: what could be read, and never written again
    index = np.frombuffer(body, INDEX, count * 3, facts_size).reshape(count, 3)
    tiles = {}
    at = facts_size + index.nbytes
    for column, row, size in index.tolist():
        if column * TILE >= area.width or row * TILE >= area.height or (column, row) in tiles:
            raise DamagedRecord
        tiles[column, row] = body[at : at + size]
        at += size
    sizes = facts.get("regions", [])
    if not isinstance(sizes, list) or len(sizes) > most_regions:
        raise DamagedRecord
    regions, at = _read_regions(sizes, body, at, area, limit)
    if at != len(body):
        raise DamagedRecord
    return InkRecord(area, thickness, tiles, notes, facts["exact"] is True, regions, weight)


def _read_regions(
    sizes: list[Any], body: bytes, at: int, area: Rect, limit: int
) -> tuple[tuple[InkRecord, ...], int]:
    """The regions of a record, and where in its body they end."""
    regions = []
    for size in sizes:
        if not isinstance(size, int) or not 0 < size <= len(body) - at:
            raise DamagedRecord
        region = _read(body[at : at + size], limit, most_regions=0)
        if region.area != area:
            raise DamagedRecord
        regions.append(region)
        at += size
    return tuple(regions), at


def _deeper(notes: Any, levels: int) -> bool:
    """Whether lists and dicts lie in one another more levels deep: they could be read, but not be written."""
    inner = notes.values() if isinstance(notes, dict) else notes if isinstance(notes, list) else ()
    return levels < 0 or any(_deeper(one, levels - 1) for one in inner)


def _area(values: Any, limit: int) -> Rect:
    area = Rect(*(int(value) for value in values))
    if max(map(abs, area)) > COORDINATE_LIMIT or min(area.width, area.height) < 0:
        raise DamagedRecord
    if area.width * area.height > limit:
        raise DamagedRecord
    return area
