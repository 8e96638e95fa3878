# SPDX-License-Identifier: GPL-3.0-or-later
"""What a Photoshop document says of itself before its merged image: size, resources, whether it has layers.

PSB, for documents beyond 30000 px or 2 GB, differs in some lengths, which have eight bytes. The layout is
that of the Adobe Photoshop File Formats Specification (Adobe, 2019).
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass, field
from typing import BinaryIO

RAW, PACKBITS = 0, 1
RESOLUTION, PROFILE, VERSION_INFO = 1005, 1039, 1057  # image resources

_HEADER = struct.Struct(">4sH6xHIIHH")
_PSB = 2
_COLOURS = {3: 3, 4: 4, 9: 3}  # of RGB, print colours and Lab; the other modes have one
_MOST_CHANNELS = 56
_MOST_RESOURCES, _LARGEST = 1 << 14, 16 << 20  # how many there may be, and bytes of one that is used
_MOST_BLOCKS = 4096
_LAYERS = (b"Layr", b"Lr16", b"Lr32")  # where documents of 16 and 32 bits have their layers
_LONG = (*_LAYERS, b"LMsk", b"Mt16", b"Mt32", b"Mtrn", b"Alph", b"FMsk", b"lnk2", b"FEid", b"FXid", b"PxSD")
"""Blocks whose length has eight bytes in a PSB."""


@dataclass
class Document:
    """A document up to its merged image.

    Attributes:
        alpha: the first channel after the colours is transparency.
        layers: it has layers, of which the merged image is made.
        start: where the merged image begins, after the word of its compression.
    """

    large: bool
    height: int
    width: int
    channels: int
    depth: int
    mode: int
    alpha: bool = False
    layers: bool = False
    compression: int = RAW
    start: int = 0
    resources: dict[int, bytes] = field(default_factory=dict)

    @property
    def used(self) -> int:
        """How many channels make the picture; the others are saved selections."""
        colours = _COLOURS.get(self.mode, 1)
        return colours + (self.alpha and self.channels > colours)

    @property
    def row_bytes(self) -> int:
        """Bytes of an unpacked row of one channel."""
        return -(-self.width * self.depth // 8)

    @property
    def merged(self) -> bool | None:
        """Whether the merged image is one of the layers; None where the document does not tell."""
        data = self.resources.get(VERSION_INFO, b"")
        return bool(data[4]) if len(data) > 4 else None


def read_sections(file: BinaryIO) -> Document | None:
    """A document up to its merged image; None where layers are all there is. Raises EOFError, ValueError."""
    _, version, channels, height, width, depth, mode = _HEADER.unpack(take(file, _HEADER.size))
    document = Document(version == _PSB, height, width, channels, depth, mode)
    if not document.used <= channels <= _MOST_CHANNELS:
        raise ValueError(f"{channels} channels")
    _skip(file, _number(file))  # a palette
    document.resources = _resources(file)
    size = _number(file, 8 if document.large else 4)
    start = file.tell()
    _read_layers(file, document, start + size)
    file.seek(start + size)
    word = file.read(2)
    if not word and document.layers:
        return None
    if len(word) < 2:
        raise EOFError
    document.compression, document.start = int.from_bytes(word, "big"), file.tell()
    return document


def _read_layers(file: BinaryIO, document: Document, end: int) -> None:
    """Whether there are layers, and transparency: then their number is written as a negative one."""
    wide = 8 if document.large else 4
    if file.tell() + wide > end:
        return
    size = _number(file, wide)
    if size:
        _count(file, document)
        return
    if file.tell() + 4 > end:
        return
    _skip(file, _number(file))  # a mask of all layers
    for _ in range(_MOST_BLOCKS):
        if file.tell() + 12 > end:
            return
        key = take(file, 8)[4:]
        size = _number(file, 8 if document.large and key in _LONG else 4)
        if key in _LAYERS:
            _count(file, document)
            return
        _skip(file, -(-size // 4) * 4)


def _count(file: BinaryIO, document: Document) -> None:
    count = int.from_bytes(take(file, 2), "big", signed=True)
    document.layers, document.alpha = count != 0, count < 0


def take(file: BinaryIO, count: int) -> bytes:
    """So many bytes. Raises EOFError."""
    data = file.read(count)
    if len(data) < count:
        raise EOFError
    return data


def _number(file: BinaryIO, size: int = 4) -> int:
    return int.from_bytes(take(file, size), "big")


def _skip(file: BinaryIO, count: int) -> None:
    file.seek(count, os.SEEK_CUR)


def _resources(file: BinaryIO) -> dict[int, bytes]:
    """The resources that are used; some documents drag along hundreds of megabytes of others."""
    size = _number(file)
    end = file.tell() + size
    found = {}
    for _ in range(_MOST_RESOURCES):
        if file.tell() + 12 > end:
            break
        number, name = struct.unpack(">4xHB", take(file, 7))
        _skip(file, name | 1)  # padded to an even length, with its own length before it
        length = _number(file)
        if number in (RESOLUTION, PROFILE, VERSION_INFO) and length <= min(_LARGEST, size):
            found[number] = take(file, length)
            _skip(file, length % 2)
        else:
            _skip(file, length + length % 2)
    file.seek(end)
    return found


def row_starts(file: BinaryIO, document: Document, channels: int) -> list[int]:
    """Where each row of the first so many channels begins in the file, and where the last one ends.

    Raises ValueError, EOFError.
    """
    file.seek(document.start)
    rows = channels * document.height
    if document.compression == RAW:
        return [document.start + document.row_bytes * row for row in range(rows + 1)]
    size = 4 if document.large else 2
    lengths = struct.unpack(f">{rows}{'I' if document.large else 'H'}", take(file, size * rows))
    if max(lengths) > 2 * document.row_bytes + 2:
        raise ValueError("rows that grew by packing")
    places = [document.start + size * document.channels * document.height]
    for length in lengths:
        places.append(places[-1] + length)
    return places


def is_flat(file: BinaryIO, document: Document) -> bool:
    """Whether every channel of the merged image has one value throughout. Raises ValueError, EOFError.

    Rows that are packed as the first one are it. A drawing is told at its first row that is another.
    """
    if document.compression not in (RAW, PACKBITS):
        return False
    starts = row_starts(file, document, document.used)
    for channel in range(document.used):
        first = b""
        for row in range(channel * document.height, (channel + 1) * document.height):
            file.seek(starts[row])
            data = take(file, starts[row + 1] - starts[row])
            if row % document.height == 0:
                first = data
                if not _is_even(data, document):
                    return False
            elif data != first:
                return False
    return True


def _is_even(data: bytes, document: Document) -> bool:
    """Whether all values of a row are the same."""
    row = _unpacked(data) if document.compression == PACKBITS else data
    size = max(1, document.depth // 8)
    if document.depth == 1 and len(row) > 1:
        row = row[:-1]  # whose last bits may be no pixels
    return row == row[:size] * (len(row) // size)


def _unpacked(data: bytes) -> bytes:
    """Of one row packed by PackBits."""
    row, at = bytearray(), 0
    while at < len(data):
        code = data[at]
        if code < 128:
            row += data[at + 1 : at + 2 + code]
            at += 2 + code
        else:
            row += data[at + 1 : at + 2] * (257 - code if code > 128 else 0)
            at += 2 if code > 128 else 1
    return bytes(row)
