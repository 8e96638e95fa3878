# SPDX-License-Identifier: GPL-3.0-or-later
"""An image file opened for inking: its luma, and what its lineart should inherit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from smart_lineart.cli.files.luma_store import LumaStore, PageSketch
from smart_lineart.cli.files.picture import MAX_PIXELS, Picture
from smart_lineart.cli.files.reading import open_picture
from smart_lineart.cli.files.values import Look, Meaning, colour, luma, usual

__all__ = ["ASSUMED_DPI", "MAX_PIXELS", "Page", "Spool", "keep", "read_page"]

ASSUMED_DPI = 300.0

COLOURS_IN_MEMORY = 8 << 20
"""Bytes of a page's colours that are kept in memory: they are read once, when its lines are found, and would
lie beside all that takes.
"""


@dataclass
class Page:
    """A page that was read. `dpi` is (across, down) of the upright page; `icc` an RGB profile or None."""

    sketch: PageSketch
    dpi: tuple[float, float] | None = None
    icc: bytes | None = None
    notices: list[str] = field(default_factory=list)
    meaning: Meaning | None = None
    """What the picture's values turned out to mean, where that is not how they were read."""


@dataclass(frozen=True)
class Spool:
    """Where a page's luma is kept: up to `in_memory` bytes in memory, beyond that in `folder`.

    `most_at_once`: bytes that decoding may take beyond the program itself. `colours`: the page's are kept,
    too, three bytes a px, of which up to COLOURS_IN_MEMORY lie in memory.
    """

    in_memory: int
    folder: Path
    most_at_once: int = 768 << 20
    colours: bool = False

    def store(self, height: int, width: int, dtype: str) -> LumaStore:
        """An empty store for a page of that size."""
        return LumaStore(height, width, dtype, in_memory=self.in_memory, folder=self.folder)

    def colour_store(self, height: int, width: int) -> LumaStore:
        """An empty store for the colours of a page of that size, rows three times as wide."""
        most = min(self.in_memory, COLOURS_IN_MEMORY)
        return LumaStore(height, 3 * width, "uint8", in_memory=most, folder=self.folder)


def read_page(path: Path, spool: Spool) -> Page:
    """Decode an image file in this process, which only files of one's own should be. Raises FileError."""
    return read_as_meant(lambda meaning: keep(open_picture(path, spool.most_at_once), spool, meaning))


def read_as_meant(read: Callable[[Meaning | None], Page]) -> Page:
    """A page, read until its values are taken for what they mean: once mostly, three times at most."""
    meaning = None
    while True:
        page = read(meaning)
        if page.meaning is None:
            return page
        meaning = page.meaning
        del page  # its memory is for the next


def keep(picture: Picture, spool: Spool, meaning: Meaning | None = None) -> Page:
    """Take in a picture's rows as luma; they have the usual meaning if none is given. Raises FileError."""
    exact = picture.bands == 1 and picture.sample == "uint8"
    store = spool.store(picture.height, picture.width, "uint8" if exact else "uint16")
    meaning = meaning or usual(picture.sample)
    in_colour = spool.colours and picture.bands >= 3
    colours = spool.colour_store(picture.height, picture.width) if in_colour else None
    look = Look(picture, meaning) if meaning.paper else None  # what is read over black was seen before
    top = 0
    with np.errstate(all="ignore"):  # a file may hold what is no number
        for strip in picture.strips:
            pixels = np.frombuffer(strip, picture.sample).reshape(-1, picture.width, picture.bands)
            store.write(top, luma(pixels, meaning))
            if colours is not None:
                colours.put(top, colour(pixels, meaning).reshape(len(pixels), -1))
            if look is not None:
                look.see(top, pixels)
            top += len(pixels)
    dpi = picture.dpi[::-1] if picture.dpi and picture.orientation >= 5 else picture.dpi
    better = look.better() if look is not None else None
    return Page(PageSketch(store, picture.orientation, colours), dpi, picture.icc, picture.notices, better)
