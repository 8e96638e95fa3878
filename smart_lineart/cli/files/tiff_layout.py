# SPDX-License-Identifier: GPL-3.0-or-later
"""What a TIFF's first directory tells that libvips does not.

How it is cut up: libtiff takes the memory that one strip or tile unpacks to before it looks at a single
pixel, and a file of 250 bytes may say it is gigabytes. What its samples beside the colours are: libvips takes
the first for opacity, whatever it is. The layout is that of TIFF 6.0 (Adobe, 1992) and of BigTIFF.
"""

from __future__ import annotations

import struct
from typing import BinaryIO

_WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC, _SAMPLES = 256, 257, 258, 259, 262, 277
_STRIP_ROWS, _TILE_WIDTH, _TILE_HEIGHT, _PLANAR = 278, 322, 323, 284
_EXTRA_SAMPLES = 338
_TAGS = (
    *(_WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC, _SAMPLES),
    *(_STRIP_ROWS, _TILE_WIDTH, _TILE_HEIGHT, _PLANAR, _EXTRA_SAMPLES),
)
_FORMATS = {1: "B", 3: "H", 4: "I", 16: "Q"}  # of a tag's value
_MOST_TAGS = 4096
_YCBCR = 6  # libtiff makes whole strips RGBA of it
_JPEG = (6, 7)
_SEPARATE = 2
_OPACITY = (1, 2)  # of what an extra sample is: that of premultiplied colours, and of straight ones
_MOST_VALUES = 64  # of a tag


def bytes_at_once(file: BinaryIO) -> int:
    """Memory that a strip or tile takes which unpacks as a whole, in bytes; 0 where the file tells of none.

    The file is at its beginning before and after.
    """
    return _unpacked({tag: values[0] for tag, values in _tags(file).items()})


def opacity(file: BinaryIO) -> int | None:
    """Which sample of a pixel is its opacity, counted from behind: -1 is the last one. None where none is.

    The file is at its beginning before and after.
    """
    extra = _tags(file).get(_EXTRA_SAMPLES, [])
    return next((place for place, what in enumerate(extra, -len(extra)) if what in _OPACITY), None)


def _tags(file: BinaryIO) -> dict[int, list[int]]:
    try:
        tags = _first_directory(file)
    except (struct.error, OSError, ValueError, OverflowError):
        tags = {}  # the decoder says what is wrong
    file.seek(0)
    return tags


def _unpacked(tags: dict[int, int]) -> int:
    width, height, samples = tags.get(_WIDTH, 0), tags.get(_HEIGHT, 0), tags.get(_SAMPLES, 1)
    tiled = _TILE_HEIGHT in tags
    columns = tags.get(_TILE_WIDTH, width) if tiled else width
    rows = tags[_TILE_HEIGHT] if tiled else min(tags.get(_STRIP_ROWS) or height, height)
    if tags.get(_PHOTOMETRIC) == _YCBCR or tags.get(_COMPRESSION) in _JPEG:
        return 4 * columns * rows
    if tiled or tags.get(_PLANAR) == _SEPARATE:
        return -(-columns * samples * tags.get(_BITS, 1) // 8) * rows
    return 0  # strips in whole pixels are read row by row


def _first_directory(file: BinaryIO) -> dict[int, list[int]]:
    """The values of each tag that is wanted, one at least."""
    start = file.read(16)
    order = "<" if start[:2] == b"II" else ">"
    big = struct.unpack(order + "H", start[2:4])[0] == 43
    entry = struct.Struct(order + ("HHQ8s" if big else "HHI4s"))
    (place,) = struct.unpack(order + ("Q" if big else "I"), start[8:16] if big else start[4:8])
    file.seek(place)
    (count,) = struct.unpack(order + ("Q" if big else "H"), file.read(8 if big else 2))
    found: dict[int, list[int]] = {}
    for data in [file.read(entry.size) for _ in range(min(count, _MOST_TAGS))]:
        tag, kind, values, value = entry.unpack(data)
        if tag in _TAGS and kind in _FORMATS and values:
            found[tag] = _values(file, order, _FORMATS[kind], value, values)
    return found


def _values(file: BinaryIO, order: str, kind: str, value: bytes, count: int) -> list[int]:
    """The first of so many values, and what is there of the next ones."""
    size = struct.calcsize(kind)
    if size * count > len(value):  # they lie elsewhere, and this is where
        file.seek(struct.unpack(order + ("Q" if len(value) == 8 else "I"), value)[0])
        value = file.read(size * min(count, _MOST_VALUES))
    there = max(1, min(count, len(value) // size))
    return list(struct.unpack(f"{order}{there}{kind}", value[: size * there]))
