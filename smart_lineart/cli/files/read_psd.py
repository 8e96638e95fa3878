# SPDX-License-Identifier: GPL-3.0-or-later
"""Photoshop documents: the merged image that follows the layers.

Pillow reads it in 8 bits only and as a whole. Grey and RGB, which drawings are in, are read here in strips
and in 16 bits too; Pillow unpacks their rows and reads the rarer kinds. The layout is that of the Adobe
Photoshop File Formats Specification (Adobe, 2019).
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from smart_lineart.cli.errors import FileError
from smart_lineart.cli.files.picture import Picture, check_memory, check_size, damaged, plausible_dpi

STRIP_PIXELS = 1 << 18
BROKEN = (OSError, EOFError, SyntaxError, ValueError, KeyError, struct.error)
"""What is raised for broken documents, here and by Pillow."""

_HEADER = struct.Struct(">4sH6xHIIHH")
_GREYSCALE, _RGB = 1, 3  # colour modes
_RESOLUTION, _PROFILE = 1005, 1039  # image resources
_RAW, _PACKBITS = 0, 1
_MOST_CHANNELS = 56
_MOST_RESOURCES, _LARGEST = 1 << 14, 16 << 20  # how many there may be, and bytes of one that is used
_PILLOW_PIXELS = 64 << 20  # of the rarer kinds, which Pillow unpacks as a whole
_PILLOW_BYTES = 5  # for each of them, measured
_DTYPES: dict[int, np.dtype[Any]] = {8: np.dtype("u1"), 16: np.dtype(">u2")}


@dataclass
class _Document:
    """A document up to its merged image. `alpha`: the first channel after the colours is transparency."""

    height: int
    width: int
    channels: int
    depth: int
    mode: int
    alpha: bool = False
    compression: int = _RAW
    resources: dict[int, bytes] = field(default_factory=dict)

    @property
    def used(self) -> int:
        """How many channels make the picture; the others are saved selections."""
        colours = 3 if self.mode == _RGB else 1
        return colours + (self.alpha and self.channels > colours)


def open_psd(file: BinaryIO, _: str, name: str, most_at_once: int) -> Picture:
    """Open the merged image of a Photoshop document; errors call it `name`. Raises FileError."""
    try:
        document = _read_sections(file)
        check_size(name, document.width, document.height)
        if document.mode in (_GREYSCALE, _RGB) and document.compression in (_RAW, _PACKBITS):
            bands, sample, strips = _planar(file, document, name, most_at_once)
        else:
            bands, sample, strips = _rare(file, document, name, most_at_once)
    except BROKEN as error:
        raise damaged(name) from error
    return Picture(
        document.width,
        document.height,
        bands,
        sample,
        _told(strips, name),
        _dpi(document),
        _rgb_profile(document),
    )


def _told(strips: Iterator[NDArray[Any]], name: str) -> Iterator[bytes]:
    """The strips' bytes; raises FileError where the document is broken."""
    try:
        for strip in strips:
            yield strip.tobytes()
    except BROKEN as error:
        raise damaged(name) from error


def _read_sections(file: BinaryIO) -> _Document:
    _, _, channels, height, width, depth, mode = _HEADER.unpack(_take(file, _HEADER.size))
    document = _Document(height, width, channels, depth, mode)
    if not document.used <= channels <= _MOST_CHANNELS:
        raise ValueError(f"{channels} channels")
    _skip(file, _number(file))  # a palette
    document.resources = _resources(file)
    layers = _number(file)
    start = file.tell()
    if layers >= 6:
        # A negative count of layers says that the merged image has transparency.
        document.alpha = struct.unpack(">Ih", _take(file, 6))[1] < 0
    file.seek(start + layers)
    document.compression = int.from_bytes(_take(file, 2), "big")
    return document


def _take(file: BinaryIO, count: int) -> bytes:
    data = file.read(count)
    if len(data) < count:
        raise EOFError
    return data


def _number(file: BinaryIO) -> int:
    return int.from_bytes(_take(file, 4), "big")


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
        number, name = struct.unpack(">4xHB", _take(file, 7))
        _skip(file, name | 1)  # padded to an even length, with its own length before it
        length = _number(file)
        if number in (_RESOLUTION, _PROFILE) and length <= min(_LARGEST, size):
            found[number] = _take(file, length)
            _skip(file, length % 2)
        else:
            _skip(file, length + length % 2)
    file.seek(end)
    return found


def _planar(
    file: BinaryIO, document: _Document, name: str, most_at_once: int
) -> tuple[int, str, Iterator[NDArray[Any]]]:
    """Bands, what a value is, and strips from top to bottom, of a document in grey or RGB."""
    if document.depth not in _DTYPES:
        return _rare(file, document, name, most_at_once)
    return document.used, f"uint{document.depth}", _planar_strips(file, document)


def _planar_strips(file: BinaryIO, document: _Document) -> Iterator[NDArray[Any]]:
    dtype = _DTYPES[document.depth]
    starts = _row_starts(file, document, document.width * dtype.itemsize)
    rows = max(1, STRIP_PIXELS // document.width)
    for top in range(0, document.height, rows):
        bottom = min(top + rows, document.height)
        planes = []
        for channel in range(document.used):
            first, last = channel * document.height + top, channel * document.height + bottom
            file.seek(int(starts[first]))
            data = _take(file, int(starts[last] - starts[first]))
            if document.compression == _PACKBITS:
                size = (document.width * dtype.itemsize, bottom - top)
                data = Image.frombytes("L", size, data, "packbits", "L").tobytes()
            planes.append(np.frombuffer(data, dtype).reshape(bottom - top, document.width))
        yield np.stack(planes, axis=-1).astype(dtype.newbyteorder("="))


def _row_starts(file: BinaryIO, document: _Document, row_bytes: int) -> NDArray[np.int64]:
    """Where each row of each used channel begins in the file, and where the last one ends."""
    rows = document.used * document.height
    if document.compression == _RAW:
        return file.tell() + row_bytes * np.arange(rows + 1, dtype=np.int64)
    lengths = np.frombuffer(_take(file, 2 * rows), ">u2").astype(np.int64)
    if lengths.max() > 2 * row_bytes + 2:
        raise ValueError("rows that grew by packing")
    file.seek(2 * (document.channels - document.used) * document.height, os.SEEK_CUR)
    return file.tell() + np.concatenate([[0], np.cumsum(lengths)])


def _rare(
    file: BinaryIO, document: _Document, name: str, most_at_once: int
) -> tuple[int, str, Iterator[NDArray[Any]]]:
    """The same of a document in print colours, Lab, a palette or one bit, which Pillow unpacks as a whole."""
    if document.depth > 8:
        raise FileError("{name} is a Photoshop document of a rare kind; save it as PNG or TIFF.", name=name)
    size = document.width * document.height
    if size > _PILLOW_PIXELS:
        raise FileError(
            "{name} is a large Photoshop document of a rare kind; save it as PNG or TIFF.", name=name
        )
    check_memory(name, _PILLOW_BYTES * size, most_at_once)
    # Pillow would warn of large images and refuse larger ones; check_size does that for every format.
    Image.MAX_IMAGE_PIXELS = None
    file.seek(0)
    image = Image.open(file, formats=("PSD",))
    if image.size != (document.width, document.height):
        raise ValueError(image.size)
    # Lab's lightness is as good a luma, and needs no profile.
    bands = 1 if image.mode in ("1", "L", "LAB") else 3
    return bands, "uint8", _pillow_strips(image, "L" if bands == 1 else "RGB")


def _pillow_strips(image: Image.Image, mode: str) -> Iterator[NDArray[Any]]:
    rows = max(1, STRIP_PIXELS // image.width)
    for top in range(0, image.height, rows):
        strip = image.crop((0, top, image.width, min(top + rows, image.height)))
        grey = strip.getchannel("L") if strip.mode == "LAB" else strip
        yield np.asarray(grey.convert(mode))


def _dpi(document: _Document) -> tuple[float, float] | None:
    data = document.resources.get(_RESOLUTION, b"")
    if len(data) < 16:
        return None
    across, down = (int.from_bytes(data[at : at + 4], "big") / 65536 for at in (0, 8))
    return plausible_dpi(across, down)


def _rgb_profile(document: _Document) -> bytes | None:
    profile = document.resources.get(_PROFILE, b"")
    return profile if profile[16:20] == b"RGB " else None
