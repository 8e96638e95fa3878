# SPDX-License-Identifier: GPL-3.0-or-later
"""Areas as bytes for a document: small, checked, and read without trust."""

from __future__ import annotations

import struct
import zlib
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.arrays import Floats, Mask
from smart_lineart.inking.errors import InkError

MAGIC = b"SLAR"
HEAD = struct.Struct("<HIIIIIIIII")  # version, page, labels, areas, seams, their points, open ones, checksum
VERSION = 1
LEVEL = 6  # of zlib
MOST_PX = 1600 * 1600  # of labels, at working scale: walls.LONG_SIDE
MOST_PAGE_PX = 1 << 29
LONGEST = 1 << 24  # px: a side of the page
MOST_ID = 1 << 20
MOST_AREAS = 1 << 17
MOST_SEAMS, MOST_POINTS = 1 << 17, MOST_PX
PER_PX = 4  # seams, and points of theirs, that there are for each px of labels at most
STEP = 8.0  # of a page px: what places are rounded to


class DamagedAreas(InkError):
    """What a document remembers of its flats cannot be read: cut short, changed, or from a later version."""

    usual = (
        "Smart Lineart's notes on the flats in this file are damaged. You can make flats anew, but their "
        "earlier colours are not recognised."
    )


class Packed(NamedTuple):
    """What is kept of areas: see :class:`areas.Areas`."""

    shape: tuple[int, int]
    labels: NDArray[np.int32]
    ink: Mask
    ids: NDArray[np.int32]
    drawn: Floats
    seams: tuple[Floats, ...]
    open_seams: tuple[Floats, ...]


def write_packed(areas: Packed) -> bytes:
    """The areas as bytes."""
    table_of = np.zeros(int(areas.ids[-1]) + 1 if len(areas.ids) else 1, "<u4")
    table_of[areas.ids] = np.arange(1, len(areas.ids) + 1)
    numbers = table_of[areas.labels] * np.uint32(2) + areas.ink
    # Rows are told by what changes from the row above: next to nothing does.
    numbers[1:] ^= numbers[:-1].copy()
    table = areas.ids.astype("<u4").tobytes() + np.rint(areas.drawn * 65535).astype("<u2").tobytes()
    seams = [_lines(lines) for lines in (areas.seams, areas.open_seams)]
    planes = numbers.view(np.uint8).reshape(-1, 4)
    body = b"".join(
        [table, *(counts + points for counts, points in seams), *(planes[:, k].tobytes() for k in range(4))]
    )
    packed = zlib.compress(body, LEVEL)
    head = HEAD.pack(
        VERSION,
        *areas.shape,
        *areas.labels.shape,
        len(areas.ids),
        len(areas.seams),
        len(areas.open_seams),
        sum(map(len, areas.seams + areas.open_seams)),
        zlib.crc32(packed),
    )
    return MAGIC + head + packed


def read_packed(data: bytes) -> Packed:
    """What :func:`write_packed` wrote. Raises DamagedAreas, whatever the bytes are."""
    try:
        return _read(data)
    except (struct.error, zlib.error, ValueError, IndexError, OverflowError) as error:
        raise DamagedAreas from error


def _lines(lines: tuple[Floats, ...]) -> tuple[bytes, bytes]:
    """How many points each line has, and the points: rounded, as steps."""
    counts = np.array([len(line) for line in lines], "<u4")
    places = np.rint(np.concatenate([np.zeros((0, 2), np.float32), *lines]) * STEP).astype("<i4")
    places[1:] -= places[:-1].copy()
    return counts.tobytes(), places.tobytes()


def _read(data: bytes) -> Packed:
    head, packed = _head(data)
    tall, wide, height, width, count, seams, opens, points = head
    size = count * 6 + (seams + opens) * 4 + points * 8 + height * width * 4
    body = _Reader(_inflated(packed, size))
    ids = body.take("<u4", count).astype(np.int64)
    drawn = body.take("<u2", count).astype(np.float32) / np.float32(65535)
    if count and (ids[0] < 1 or ids[-1] > MOST_ID or (np.diff(ids) < 1).any()):
        raise DamagedAreas
    lines = [_read_lines(body, many, points) for many in (seams, opens)]
    if sum(map(len, lines[0] + lines[1])) != points:
        raise DamagedAreas
    planes = np.stack([body.take("<u1", height * width) for _ in range(4)], 1)
    numbers = np.ascontiguousarray(planes).view("<u4").reshape(height, width)
    numbers = np.bitwise_xor.accumulate(numbers, axis=0)
    ink = (numbers & 1).astype(np.bool_)
    numbers >>= np.uint32(1)
    shown = np.unique(numbers)
    if shown[-1] > count or len(shown[shown > 0]) != count:
        raise DamagedAreas
    labels = np.append(0, ids).astype(np.int32)[numbers]
    return Packed((tall, wide), labels, ink, ids.astype(np.int32), drawn, lines[0], lines[1])


def _head(data: bytes) -> tuple[tuple[int, ...], bytes]:
    """What the head tells of the sizes, within bounds, and what follows it."""
    if data[: len(MAGIC)] != MAGIC:
        raise DamagedAreas
    version, *sizes, checksum = HEAD.unpack_from(data, len(MAGIC))
    if version > VERSION:
        raise DamagedAreas(
            "Smart Lineart's notes on the flats in this file were written by a later version. You can make "
            "flats anew, but their earlier colours are not recognised."
        )
    packed = data[len(MAGIC) + HEAD.size :]
    tall, wide, height, width, count, seams, opens, points = sizes
    page = 0 < height <= tall <= LONGEST and 0 < width <= wide <= LONGEST and height * width <= MOST_PX
    page = page and tall * wide <= MOST_PAGE_PX
    most = PER_PX * height * width
    few = count <= MOST_AREAS and seams + opens <= min(MOST_SEAMS, most) and points <= min(MOST_POINTS, most)
    if not (page and few and zlib.crc32(packed) == checksum):
        raise DamagedAreas
    return tuple(sizes), packed


class _Reader:
    """Arrays one after the other."""

    def __init__(self, data: bytes):
        self._data, self._at = data, 0

    def take(self, kind: str, count: int) -> NDArray[Any]:
        part = np.frombuffer(self._data, kind, count, self._at)
        self._at += part.nbytes
        return part


def _read_lines(body: _Reader, many: int, points: int) -> tuple[Floats, ...]:
    counts = body.take("<u4", many).astype(np.int64)
    if counts.sum() > points:
        raise DamagedAreas
    steps = body.take("<i4", int(counts.sum()) * 2).reshape(-1, 2)
    places = (np.cumsum(steps, axis=0, dtype=np.int64) / STEP).astype(np.float32)
    return tuple(np.split(places, np.cumsum(counts)[:-1])) if many else ()


def _inflated(packed: bytes, size: int) -> bytes:
    """Unpacked, and never more than `size` bytes of it."""
    reader = zlib.decompressobj()
    data = reader.decompress(packed, size)
    if len(data) != size or reader.decompress(reader.unconsumed_tail, 1) or not reader.eof:
        raise DamagedAreas
    return data
