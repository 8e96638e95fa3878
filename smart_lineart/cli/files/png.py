# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes RGBA or RGB PNG a strip of rows at a time, so that no page of pixels is ever held.

The chunks are those of the PNG specification (W3C, third edition); zlib does the compression.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from smart_lineart.cli.files.writer import Lineart
from smart_lineart.units import MM_PER_INCH

SIGNATURE = b"\x89PNG\r\n\x1a\n"
FAST = 1
"""Compression level. Ink is mostly paper: higher levels take three times as long to save a fifth."""

_TRUECOLOUR = {3: 2, 4: 6}  # channels to PNG's colour type
_PERCEPTUAL = b"\0"
_MM_PER_METRE = 1000
_BLACK = (0, 0, 0)


def write_png(file: BinaryIO, lineart: Lineart, progress: Callable[[float], None]) -> None:
    """The `Writer` of PNG: the pixels of a lineart, strip by strip."""
    height, width = lineart.size
    # The ink's colour is sRGB. Black is black in any profile, so the sketch's own can be kept with it.
    icc = lineart.icc if lineart.colour == _BLACK else None
    colours = _colours(lineart)
    writer = PngWriter(file, width=width, height=height, channels=colours.shape[1], dpi=lineart.dpi, icc=icc)
    done = 0
    for coverage in lineart.strips:
        writer.write(colours.take(coverage, axis=0))
        done += len(coverage)
        progress(done / height)
    writer.finish()


def _colours(lineart: Lineart) -> NDArray[Any]:
    """The pixel for each coverage 0..255: ink with that alpha, or ink laid over white."""
    ink = np.array(lineart.colour)
    coverage = np.arange(256)[:, None]
    if lineart.white:
        pixels = 255 + (ink - 255) * coverage / 255
        return np.rint(pixels).astype(np.uint8)
    return np.hstack([np.broadcast_to(ink, (256, 3)), coverage]).astype(np.uint8)


class PngWriter:
    """Writes one image of 8 bits per channel to a file; call `write` from top to bottom, then `finish`."""

    def __init__(
        self,
        file: BinaryIO,
        *,
        width: int,
        height: int,
        channels: int,
        dpi: tuple[float, float] | None = None,
        icc: bytes | None = None,
    ) -> None:
        self._file = file
        self._row_bytes = width * channels
        self._missing = height
        self._pack = zlib.compressobj(FAST, memLevel=9)
        self._lines = np.zeros((0, 1 + self._row_bytes), np.uint8)
        file.write(SIGNATURE)
        self._chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, _TRUECOLOUR[channels], 0, 0, 0))
        if icc is not None:
            self._chunk(b"iCCP", b"ICC profile\0\0" + zlib.compress(icc))
        else:
            self._chunk(b"sRGB", _PERCEPTUAL)
        if dpi is not None:
            across, down = (round(value * _MM_PER_METRE / MM_PER_INCH) for value in dpi)
            self._chunk(b"pHYs", struct.pack(">IIB", across, down, 1))

    def write(self, rows: NDArray[np.uint8]) -> None:
        """Add rows of pixels, uint8 (count, width, channels)."""
        count = len(rows)
        assert count <= self._missing
        self._missing -= count
        if count > len(self._lines):
            # Each line begins with its filter: none, which suits flat colour best.
            self._lines = np.zeros((count, 1 + self._row_bytes), np.uint8)
        self._lines[:count, 1:] = rows.reshape(count, self._row_bytes)
        packed = self._pack.compress(self._lines[:count].data)
        if packed:
            self._chunk(b"IDAT", packed)

    def finish(self) -> None:
        """Write what remains."""
        assert self._missing == 0
        self._chunk(b"IDAT", self._pack.flush())
        self._chunk(b"IEND", b"")

    def _chunk(self, kind: bytes, data: bytes) -> None:
        self._file.write(struct.pack(">I", len(data)) + kind)
        self._file.write(data)
        self._file.write(struct.pack(">I", zlib.crc32(data, zlib.crc32(kind))))
