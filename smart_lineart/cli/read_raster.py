# SPDX-License-Identifier: GPL-3.0-or-later
"""PNG, JPEG, TIFF and WebP through libvips, a strip of rows at a time and at their full depth."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyvips
from numpy.typing import NDArray

from smart_lineart.cli.arguments import MM_PER_INCH
from smart_lineart.cli.errors import FileError
from smart_lineart.cli.luma_store import PageSketch
from smart_lineart.cli.page import Page, Spool, check_size, damaged, unreadable
from smart_lineart.inking import ArraySketch

STRIP_BYTES = 4 << 20
ROWS_AT_ONCE = 16  # what libvips decodes ahead, at least; matters for rows of hundreds of bands

# Images whose bands are grey or red, green and blue already, as libvips calls them.
_GREY = ("b-w", "grey16")
_RGB = ("srgb", "rgb", "rgb16", "scrgb")
_WHITE = {
    "uchar": 255.0,
    "ushort": 65535.0,
    "uint": 4294967295.0,
    "char": 127.0,
    "short": 32767.0,
    "int": 2147483647.0,
}
# What libvips reports for a PNG that names no resolution, in px per mm.
_PNG_WITHOUT_RESOLUTION = 2.834

# Nothing is read twice, and a batch must not keep the last page's pixels.
pyvips.cache_set_max(0)
# libvips' warnings become Python log records; the command says what matters in its own words.
logging.getLogger("pyvips").addHandler(logging.NullHandler())


def read_raster(path: Path, spool: Spool) -> Page:
    """Read an image file. Raises FileError."""
    try:
        # A source, because libvips reads options out of file names such as "sketch[page=2].tif".
        source = pyvips.Source.new_from_file(os.fspath(path))
    except pyvips.Error as error:
        raise unreadable(str(path)) from error
    return read_source(source, str(path), spool)


def read_source(source: Any, name: str, spool: Spool) -> Page:
    """Read an image from a libvips source; errors call it `name`. Raises FileError."""
    try:
        image = pyvips.Image.new_from_source(source, "", access="sequential", fail_on="error")
    except pyvips.Error as error:
        raise unreadable(name) from error
    try:
        check_size(name, image.width, image.height)
        if image.format not in _DTYPES:
            raise unreadable(name)
        _check_memory(image, name, spool)
        notices = _notices(image, name)
        dpi, icc, orientation = _dpi(image), _rgb_profile(image), _orientation(image)
        bands = _grey_or_rgb(image)
        exact = bands.bands == 1 and bands.format == "uchar"
        store = spool.store(image.height, image.width, "uint8" if exact else "uint16")
        for top, pixels in _strips(bands):
            store.write(top, ArraySketch(pixels).read_luma(0, len(pixels)))
    except pyvips.Error as error:
        raise damaged(name) from error
    if dpi and orientation >= 5:
        dpi = dpi[::-1]
    return Page(PageSketch(store, orientation), dpi, icc, notices)


def _field(image: Any, name: str) -> Any:
    return image.get(name) if image.get_typeof(name) else None


def _check_memory(image: Any, name: str, spool: Spool) -> None:
    """Refuse files that unpack only as a whole and would take more memory than there is leave for."""
    if _bytes_at_once(image) > spool.most_at_once:
        raise FileError(
            f"{name}, {image.width} x {image.height} pixels, is saved so that it must be read as a whole, "
            "which takes more memory than allowed; save it as plain PNG without interlacing, "
            "or raise --memory-limit."
        )


def _bytes_at_once(image: Any) -> int:
    """Memory that decoding takes beyond a strip of rows, measured; 0 for what is read row by row."""
    loader = _field(image, "vips-loader") or ""
    size = image.width * image.height
    samples = image.bands * np.dtype(_DTYPES[image.format]).itemsize
    if loader.startswith("webpload"):
        return 8 * size
    if loader.startswith("jpegload") and (_field(image, "jpeg-multiscan") or _field(image, "interlaced")):
        whole_chroma = str(_field(image, "jpeg-chroma-subsample")).startswith("4:4:4")
        return samples * size * (2 if whole_chroma else 1)
    if _field(image, "interlaced"):
        return samples * size
    rows = max(_field(image, "tile-height") or 0, ROWS_AT_ONCE)
    return 3 * samples * image.width * min(rows, image.height)


def _notices(image: Any, name: str) -> list[str]:
    pages = _field(image, "n-pages") or 1
    return [f"{name} has {pages} pages; the first one is inked."] if pages > 1 else []


def _dpi(image: Any) -> tuple[float, float] | None:
    loader = _field(image, "vips-loader") or ""
    if loader.startswith("pngload"):
        named = abs(image.xres - _PNG_WITHOUT_RESOLUTION) > 1e-6
    else:
        named = _field(image, "resolution-unit") is not None
    if not named or min(image.xres, image.yres) <= 0:
        return None
    return image.xres * MM_PER_INCH, image.yres * MM_PER_INCH


def _rgb_profile(image: Any) -> bytes | None:
    profile = _field(image, "icc-profile-data")
    return bytes(profile) if profile is not None and profile[16:20] == b"RGB " else None


def _orientation(image: Any) -> int:
    orientation = _field(image, "orientation")
    return orientation if orientation in range(1, 9) else 1


def _grey_or_rgb(image: Any) -> Any:
    """The image with 1 to 4 bands: grey or RGB, with or without straight alpha."""
    if image.interpretation in ("multiband", "histogram", "matrix"):
        colours, alpha = (1, image.bands == 2) if image.bands < 3 else (3, image.bands == 4)
    else:
        if image.interpretation not in (*_GREY, *_RGB):
            image = image.colourspace("rgb16")
        colours = 1 if image.interpretation in _GREY else 3
        alpha = image.bands > colours and image.hasalpha()
    # What comes after alpha are masks and spot colours.
    return image.extract_band(0, n=colours + alpha) if image.bands > colours + alpha else image


def _strips(image: Any) -> Iterator[tuple[int, NDArray[Any]]]:
    """(Top row, pixels) from top to bottom; uint8 and uint16 as they are, everything else as float32 0..1."""
    dtype = np.dtype(_DTYPES[image.format])
    rows = max(1, STRIP_BYTES // (image.width * image.bands * dtype.itemsize))
    region = pyvips.Region.new(image)
    for top in range(0, image.height, rows):
        count = min(rows, image.height - top)
        pixels = np.frombuffer(region.fetch(0, top, image.width, count), dtype)
        pixels = pixels.reshape(count, image.width, image.bands)
        if image.format not in ("uchar", "ushort"):
            pixels = (pixels / np.float32(_WHITE.get(image.format, 1.0))).astype(np.float32).clip(0, 1)
        yield top, pixels


_DTYPES = {
    "uchar": np.uint8,
    "char": np.int8,
    "ushort": np.uint16,
    "short": np.int16,
    "uint": np.uint32,
    "int": np.int32,
    "float": np.float32,
    "double": np.float64,
}
