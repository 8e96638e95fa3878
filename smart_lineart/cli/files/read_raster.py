# SPDX-License-Identifier: GPL-3.0-or-later
"""PNG, JPEG, TIFF and WebP through libvips, a strip of rows at a time and at their full depth."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from typing import Any, BinaryIO

import pyvips

from smart_lineart.cli.errors import FileError
from smart_lineart.cli.files.picture import (
    MAX_PROFILE,
    SAMPLES,
    Picture,
    check_dpi,
    check_memory,
    check_size,
    damaged,
    too_much_memory,
    unknown_packing,
    unreadable,
)
from smart_lineart.cli.files.png_layout import png_dpi
from smart_lineart.cli.files.tiff_layout import bytes_at_once as tiff_bytes_at_once
from smart_lineart.cli.files.tiff_layout import opacity as tiff_opacity
from smart_lineart.said import Said
from smart_lineart.units import MM_PER_INCH

STRIP_BYTES = 1 << 20
ROWS_AT_ONCE = 16  # what libvips decodes ahead, at least; matters for rows of hundreds of bands

# libvips knows dozens of loaders, of whole languages too (SVG, PDF, Matlab). Only these are called, by their
# names; the others are locked besides, but that for HEIF, which heeds no lock (libvips 8.18).
LOADERS = {"png": "pngload", "jpeg": "jpegload", "tiff": "tiffload", "webp": "webpload"}
pyvips.operation_block_set("VipsForeignLoad", True)  # noqa: FBT003 (takes it by position only)
for _name in ("Png", "Jpeg", "Tiff", "Webp"):
    pyvips.operation_block_set(f"VipsForeignLoad{_name}", False)  # noqa: FBT003

# Images whose bands are grey or red, green and blue already, as libvips calls them.
_GREY = ("b-w", "grey16")
_RGB = ("srgb", "rgb", "rgb16", "scrgb")
_NUMPY = {
    "uchar": "uint8",
    "char": "int8",
    "ushort": "uint16",
    "short": "int16",
    "uint": "uint32",
    "int": "int32",
    "float": "float32",
    "double": "float64",
}
# What libvips and the libraries below it say when an allocation fails.
_NO_MEMORY = ("memory", "no space for", "allocat")
# What libtiff says of a sound file whose packing it does not know, or not for such pixels.
_NO_CODEC = ("is not configured", "is not implemented", "doesn't support", "only supports")
_LIBVIPS_KNOWS = 0  # whether and where an image has opacity
_JPEG_END = b"\xff\xd9"

# Nothing is read twice, and a batch must not keep the last page's pixels.
pyvips.cache_set_max(0)
# libvips' warnings become Python log records; the command says what matters in its own words.
logging.getLogger("pyvips").addHandler(logging.NullHandler())


def open_raster(file: BinaryIO, kind: str, name: str, most_at_once: int) -> Picture:
    """Open an image of a `kind` in LOADERS; errors call it `name`. Raises FileError."""
    opacity: int | None = _LIBVIPS_KNOWS
    if kind == "tiff":
        check_memory(name, tiff_bytes_at_once(file), most_at_once)
        opacity = tiff_opacity(file)
    named = png_dpi(file) if kind == "png" else None
    bytes_of = _Bytes(file, _JPEG_END if kind == "jpeg" else b"")
    source = bytes_of.source()
    loader = getattr(pyvips.Image, LOADERS[kind] + "_source")
    try:
        image = loader(source, access="sequential", fail_on="error")
    except pyvips.Error as error:
        raise _fault(error, unreadable(name), name) from error
    check_size(name, image.width, image.height)
    if image.format not in _NUMPY:
        raise unreadable(name)
    packed = _size_of(file) if kind == "webp" else 0  # of which libvips wants all at once
    check_memory(name, _bytes_at_once(image, kind) + packed, most_at_once)
    try:
        bands = _grey_or_rgb(image, opacity)
    except pyvips.Error as error:
        raise _fault(error, damaged(name), name) from error
    notices = _notices(image, name)
    return Picture(
        image.width,
        image.height,
        bands.bands,
        _NUMPY[bands.format],
        _whole(_strips(source, bands, _rows_at_once(image), name), bytes_of, name, notices),
        check_dpi(name, named if kind == "png" else _dpi(image), notices),
        _rgb_profile(image),
        _orientation(image),
        notices,
    )


class _Bytes:
    """A file as libvips reads it: by reading. By itself it maps files, and one cut short then is a crash.

    Where it reads beyond the end it is given `end` once: a JPEG that lacks its end marker has all its pixels,
    and one that lacks pixels is told of all the same. `ended_early`: that was so.
    """

    def __init__(self, file: BinaryIO, end: bytes) -> None:
        self.ended_early = False
        self._file = file
        self._end = end

    def source(self) -> Any:
        source = pyvips.SourceCustom()
        source.on_read(self._read)
        if self._file.seekable():
            source.on_seek(self._seek)
        return source

    def _read(self, count: int) -> bytes:
        try:
            part = self._file.read(count)
        except (OSError, EOFError, ValueError):  # the end, as libvips sees it
            return b""
        if part or self.ended_early or not self._end:
            return part
        self.ended_early = True
        return self._end

    def _seek(self, place: int, whence: int) -> int:
        self.ended_early = False
        try:
            return self._file.seek(place, whence)
        except (OSError, ValueError):  # before the beginning, say
            return -1


def _whole(strips: Iterator[bytes], bytes_of: _Bytes, name: str, notices: list[str]) -> Iterator[bytes]:
    """The strips, and then what is to be said of a file that lacked nothing but its end."""
    yield from strips
    if bytes_of.ended_early:
        said = Said("{name} lacks its end marker, though no pixel; it may have been cut short.", name=name)
        notices.append(str(said))


def _said() -> str:
    """The errors that libvips took down since it was last asked.

    It may say that it has no memory for a strip, and still return one: black.
    """
    return str(pyvips.Error("").detail)


def _size_of(file: BinaryIO) -> int:
    return os.fstat(file.fileno()).st_size


def _fault(error: pyvips.Error, otherwise: FileError, name: str) -> FileError:
    said = str(error).lower().replace("allocate memory for to read tiff directory (0 elements", "")
    if any(words in said for words in _NO_CODEC):
        return unknown_packing(name)
    return too_much_memory(name) if any(words in said for words in _NO_MEMORY) else otherwise


def _field(image: Any, name: str) -> Any:
    return image.get(name) if image.get_typeof(name) else None


def _bytes_at_once(image: Any, kind: str) -> int:
    """Memory that decoding takes beyond a strip of rows, measured; 0 for what is read row by row."""
    size = image.width * image.height
    samples = image.bands * SAMPLES[_NUMPY[image.format]]
    if kind == "webp":
        return 8 * size
    if kind == "jpeg" and (_field(image, "jpeg-multiscan") or _field(image, "interlaced")):
        whole_chroma = str(_field(image, "jpeg-chroma-subsample")).startswith("4:4:4")
        return samples * size * (2 if whole_chroma else 1)
    if _field(image, "interlaced"):
        return samples * size
    rows = max(_field(image, "tile-height") or 0, ROWS_AT_ONCE)
    return 3 * samples * image.width * min(rows, image.height)


def _notices(image: Any, name: str) -> list[str]:
    pages = _field(image, "n-pages") or 1
    if pages == 1:
        return []
    return [str(Said("{name} has {pages} pages; the first one is inked.", name=name, pages=pages))]


def _dpi(image: Any) -> tuple[float, float] | None:
    """What a JPEG, TIFF or WebP names; libvips has a value also where there is none, but then no unit."""
    if _field(image, "resolution-unit") is None:
        return None
    return image.xres * MM_PER_INCH, image.yres * MM_PER_INCH


def _rgb_profile(image: Any) -> bytes | None:
    profile = _field(image, "icc-profile-data")
    if profile is None or profile[16:20] != b"RGB " or len(profile) > MAX_PROFILE:
        return None
    return bytes(profile)


def _orientation(image: Any) -> int:
    orientation = _field(image, "orientation")
    return orientation if orientation in range(1, 9) else 1


def _grey_or_rgb(image: Any, opacity: int | None = _LIBVIPS_KNOWS) -> Any:
    """The image with 1 to 4 bands: grey or RGB, with or without straight alpha.

    `opacity`: which band that is, counted from behind; None where none is.
    """
    if image.interpretation in ("multiband", "histogram", "matrix"):
        colours, alpha = (1, image.bands == 2) if image.bands < 3 else (3, image.bands == 4)
    else:
        if image.interpretation not in (*_GREY, *_RGB):
            image = image.colourspace("rgb16")
        colours = 1 if image.interpretation in _GREY else 3
        alpha = image.bands > colours and image.hasalpha()
    place = colours
    if opacity != _LIBVIPS_KNOWS:
        place = -1 if opacity is None else image.bands + opacity
        alpha = colours <= place < image.bands
    # What else comes after the colours are masks and spot colours.
    if image.bands == colours + alpha:
        return image
    if not alpha or place == colours:
        return image.extract_band(0, n=colours + alpha)
    return image.extract_band(0, n=colours).bandjoin(image.extract_band(place))


def _rows_at_once(image: Any) -> int:
    """Rows of a strip: libvips holds them with all the bands that the file has, used or not."""
    return max(1, STRIP_BYTES // (image.width * image.bands * SAMPLES[_NUMPY[image.format]]))


def _strips(source: Any, image: Any, rows: int, name: str) -> Iterator[bytes]:
    """Pixels from top to bottom, in strips of so many rows, and what is left. Raises FileError.

    libvips calls back into `source` and does not keep it, so it is kept here until the image is gone.
    """
    region = None
    try:
        region = pyvips.Region.new(image)
        _said()  # while the file was opened, and it was opened
        for top in range(0, image.height, rows):
            strip = bytes(region.fetch(0, top, image.width, min(rows, image.height - top)))
            if said := _said():
                raise pyvips.Error("libvips went on", said)
            yield strip
    except pyvips.Error as error:
        raise _fault(error, damaged(name), name) from error
    finally:
        region = image = None
        del source
