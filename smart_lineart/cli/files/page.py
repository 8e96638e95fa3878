# SPDX-License-Identifier: GPL-3.0-or-later
"""An image file opened for inking: its luma, and what its lineart should inherit."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from smart_lineart.cli.files.luma_store import LumaStore, PageSketch
from smart_lineart.cli.files.picture import MAX_PIXELS, Picture
from smart_lineart.cli.files.reading import open_picture
from smart_lineart.inking import ArraySketch

__all__ = ["ASSUMED_DPI", "MAX_PIXELS", "Page", "Spool", "keep", "read_page"]

ASSUMED_DPI = 300.0


@dataclass
class Page:
    """A page that was read. `dpi` is (across, down) of the upright page; `icc` an RGB profile or None."""

    sketch: PageSketch
    dpi: tuple[float, float] | None = None
    icc: bytes | None = None
    notices: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Spool:
    """Where a page's luma is kept: up to `in_memory` bytes in memory, beyond that in `folder`.

    `most_at_once`: bytes that decoding may take beyond the program itself.
    """

    in_memory: int
    folder: Path
    most_at_once: int = 768 << 20

    def store(self, height: int, width: int, dtype: str) -> LumaStore:
        """An empty store for a page of that size."""
        return LumaStore(height, width, dtype, in_memory=self.in_memory, folder=self.folder)


def read_page(path: Path, spool: Spool) -> Page:
    """Decode an image file in this process, which only files of one's own should be. Raises FileError."""
    return keep(open_picture(path, spool.most_at_once), spool)


def keep(picture: Picture, spool: Spool) -> Page:
    """Take in a picture's rows as luma. Raises FileError."""
    exact = picture.bands == 1 and picture.sample == "uint8"
    store = spool.store(picture.height, picture.width, "uint8" if exact else "uint16")
    top = 0
    for strip in picture.strips:
        pixels = np.frombuffer(strip, picture.sample).reshape(-1, picture.width, picture.bands)
        store.write(top, ArraySketch(_scaled(pixels)).read_luma(0, len(pixels)))
        top += len(pixels)
    dpi = picture.dpi[::-1] if picture.dpi and picture.orientation >= 5 else picture.dpi
    return Page(PageSketch(store, picture.orientation), dpi, picture.icc, picture.notices)


def _scaled(pixels: NDArray[Any]) -> NDArray[Any]:
    """uint8 and uint16 as they are, everything else as float32 0..1."""
    if pixels.dtype in (np.uint8, np.uint16):
        return pixels
    white = 1.0 if pixels.dtype.kind == "f" else np.iinfo(pixels.dtype).max
    return (pixels / np.float32(white)).astype(np.float32).clip(0, 1)
