# SPDX-License-Identifier: GPL-3.0-or-later
"""Photoshop documents: the merged image that follows the layers.

Pillow reads it in 8 bits only and as a whole. Grey and RGB, which drawings are in, are read here in strips
and in 16 bits too; Pillow unpacks their rows and reads the rarer kinds. The layout is that of the Adobe
Photoshop File Formats Specification (Adobe, 2019).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from smart_lineart.cli.errors import FileError
from smart_lineart.cli.files.picture import Picture, check_dpi, check_memory, check_size, damaged
from smart_lineart.cli.files.psd_sections import (
    PACKBITS,
    PROFILE,
    RAW,
    RESOLUTION,
    Document,
    is_flat,
    read_sections,
    row_starts,
    take,
)

STRIP_PIXELS = 1 << 18
BROKEN = (OSError, EOFError, SyntaxError, ValueError, KeyError, struct.error)
"""What is raised for broken documents, here and by Pillow."""

_GREYSCALE, _RGB = 1, 3  # colour modes
_PILLOW_PIXELS = 64 << 20  # of the rarer kinds, which Pillow unpacks as a whole
_PILLOW_BYTES = 5  # for each of them, measured
_DTYPES: dict[int, np.dtype[Any]] = {8: np.dtype("u1"), 16: np.dtype(">u2")}


def open_psd(file: BinaryIO, _: str, name: str, most_at_once: int) -> Picture:
    """Open the merged image of a Photoshop document; errors call it `name`. Raises FileError."""
    try:
        document = read_sections(file)
        if document is None:
            raise _not_merged(name)
        check_size(name, document.width, document.height)
        if document.merged is False or (
            document.layers and document.merged is None and is_flat(file, document)
        ):
            raise _not_merged(name)
        file.seek(document.start)
        if document.mode in (_GREYSCALE, _RGB) and document.compression in (RAW, PACKBITS):
            bands, sample, strips = _planar(file, document, name, most_at_once)
        else:
            bands, sample, strips = _rare(file, document, name, most_at_once)
    except BROKEN as error:
        raise damaged(name) from error
    notices: list[str] = []
    return Picture(
        document.width,
        document.height,
        bands,
        sample,
        _told(strips, name),
        check_dpi(name, _dpi(document), notices),
        _rgb_profile(document),
        notices=notices,
    )


def _not_merged(name: str) -> FileError:
    return FileError(
        "{name} holds no merged image of its layers: save it once more with compatibility on "
        "(Maximize PSD and PSB File Compatibility), or as PNG.",
        name=name,
    )


def _told(strips: Iterator[NDArray[Any]], name: str) -> Iterator[bytes]:
    """The strips' bytes; raises FileError where the document is broken."""
    try:
        for strip in strips:
            yield strip.tobytes()
    except BROKEN as error:
        raise damaged(name) from error


def _planar(
    file: BinaryIO, document: Document, name: str, most_at_once: int
) -> tuple[int, str, Iterator[NDArray[Any]]]:
    """Bands, what a value is, and strips from top to bottom, of a document in grey or RGB."""
    if document.depth not in _DTYPES:
        return _rare(file, document, name, most_at_once)
    return document.used, f"uint{document.depth}", _planar_strips(file, document)


def _planar_strips(file: BinaryIO, document: Document) -> Iterator[NDArray[Any]]:
    dtype = _DTYPES[document.depth]
    starts = row_starts(file, document, document.used)
    rows = max(1, STRIP_PIXELS // document.width)
    for top in range(0, document.height, rows):
        bottom = min(top + rows, document.height)
        planes = []
        for channel in range(document.used):
            first, last = channel * document.height + top, channel * document.height + bottom
            file.seek(starts[first])
            data = take(file, starts[last] - starts[first])
            if document.compression == PACKBITS:
                size = (document.row_bytes, bottom - top)
                data = Image.frombytes("L", size, data, "packbits", "L").tobytes()
            planes.append(np.frombuffer(data, dtype).reshape(bottom - top, document.width))
        yield np.stack(planes, axis=-1).astype(dtype.newbyteorder("="))


def _rare(
    file: BinaryIO, document: Document, name: str, most_at_once: int
) -> tuple[int, str, Iterator[NDArray[Any]]]:
    """The same of a document in print colours, Lab, a palette or one bit, which Pillow unpacks as a whole."""
    if document.depth > 8 or document.large:
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


def _dpi(document: Document) -> tuple[float, float] | None:
    data = document.resources.get(RESOLUTION, b"")
    if len(data) < 16:
        return None
    across, down = (int.from_bytes(data[at : at + 4], "big") / 65536 for at in (0, 8))
    return across, down


def _rgb_profile(document: Document) -> bytes | None:
    profile = document.resources.get(PROFILE, b"")
    return profile if profile[16:20] == b"RGB " else None
