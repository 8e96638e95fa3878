# SPDX-License-Identifier: GPL-3.0-or-later
"""Photoshop documents: the merged image, through Pillow."""
from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from smart_lineart.cli.errors import FileError
from smart_lineart.cli.luma_store import PageSketch
from smart_lineart.cli.page import Page, Spool, check_size, damaged
from smart_lineart.inking import ArraySketch

STRIP_PIXELS = 1 << 20
_RESOLUTION_INFO = 1005  # image resource: pixels per inch as 16.16 fixed point
_DEPTH_AT = 22  # offset of the bits per channel in the header


def read_psd(path: Path, spool: Spool) -> Page:
    """Read the merged image of a Photoshop document of 8 bits per channel. Raises FileError."""
    _refuse_deep(path)
    # Pillow would warn of large images and refuse larger ones; check_size does that for every format.
    Image.MAX_IMAGE_PIXELS = None
    try:
        with Image.open(path, formats=("PSD",)) as image:
            check_size(str(path), *image.size)
            luma_only = image.mode in ("1", "L")
            store = spool.store(image.height, image.width, "uint8" if luma_only else "uint16")
            for top, pixels in _strips(image):
                store.write(top, ArraySketch(pixels).read_luma(0, len(pixels)))
            return Page(PageSketch(store), _dpi(image), _rgb_profile(image))
    except (OSError, SyntaxError, ValueError, EOFError) as error:  # what Pillow's readers raise
        raise damaged(str(path)) from error


def _refuse_deep(path: Path) -> None:
    with path.open("rb") as file:
        header = file.read(_DEPTH_AT + 2)
    depth = int.from_bytes(header[_DEPTH_AT:], "big")
    if depth > 8:
        raise FileError(f"{path} has {depth} bits per channel; save it as PNG or TIFF, which can be read.")


def _strips(image: Image.Image) -> Iterator[tuple[int, NDArray[Any]]]:
    rows = max(1, STRIP_PIXELS // image.width)
    for top in range(0, image.height, rows):
        strip = image.crop((0, top, image.width, min(top + rows, image.height)))
        yield top, np.asarray(_grey_or_rgb(strip))


def _grey_or_rgb(strip: Image.Image) -> Image.Image:
    if strip.mode in ("L", "RGB", "RGBA"):
        return strip
    if strip.mode == "LAB":
        return strip.getchannel("L")  # lightness is as good a luma, and needs no profile
    return strip.convert("L" if strip.mode == "1" else "RGB")


def _dpi(image: Image.Image) -> tuple[float, float] | None:
    for number, _, data in getattr(image, "resources", ()):
        if number == _RESOLUTION_INFO and len(data) >= 12:
            across, down = (int.from_bytes(data[at : at + 4], "big") / 65536 for at in (0, 8))
            if across > 0 and down > 0:
                return across, down
    return None


def _rgb_profile(image: Image.Image) -> bytes | None:
    profile = image.info.get("icc_profile")
    return bytes(profile) if profile and profile[16:20] == b"RGB " else None
