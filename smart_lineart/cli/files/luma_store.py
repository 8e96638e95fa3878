# SPDX-License-Identifier: GPL-3.0-or-later
"""A page's luma, kept compactly: in memory, or in an unnamed file when the page is large."""

from __future__ import annotations

import errno
import mmap
import os
import tempfile
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import DTypeLike, NDArray

from smart_lineart.cli.errors import FileError, why

Stored = NDArray[np.uint8] | NDArray[np.uint16]


class LumaStore:
    """Luma of H x W px as uint8 or uint16 over its full range, filled top to bottom.

    A grey image of 8 bits is kept in 8 bits, everything else in 16, finer than the network sees. Past
    `in_memory` bytes the rows go to an unnamed file in `folder`, which the system frees even after a crash.
    Raises FileError where the file cannot be made.
    """

    def __init__(self, height: int, width: int, dtype: DTypeLike, *, in_memory: int, folder: Path) -> None:
        self.dtype = np.dtype(dtype)
        self._map: mmap.mmap | None = None
        if height * width * self.dtype.itemsize <= in_memory:
            self.array: Stored = np.empty((height, width), self.dtype)
            return
        try:
            with tempfile.TemporaryFile(dir=folder) as file:
                _allocate(file, height * width * self.dtype.itemsize)
                self._map = mmap.mmap(file.fileno(), 0)
        except OSError as error:
            if error.errno == errno.ENOMEM:
                raise MemoryError from error
            raise FileError(
                "The page does not fit into {folder}: {reason}.", folder=folder, reason=why(error)
            ) from error
        self.array = np.frombuffer(self._map, self.dtype).reshape(height, width)

    @property
    def in_file(self) -> bool:
        """Whether the rows lie on disk."""
        return self._map is not None

    def write(self, top: int, luma: NDArray[np.float32]) -> None:
        """Put in rows of luma, float32 0..1, from row `top` on."""
        full = np.iinfo(self.dtype).max
        self.put(top, np.rint(luma * full).clip(0, full))

    def put(self, top: int, values: NDArray[Any]) -> None:
        """Put in rows from row `top` on that are over the full range already."""
        self.array[top : top + len(values)] = values
        self.let_go()

    def let_go(self) -> None:
        """Give back the memory of rows that lie on disk anyway."""
        if self._map is not None and hasattr(mmap, "MADV_DONTNEED"):
            self._map.madvise(mmap.MADV_DONTNEED)


def _allocate(file: BinaryIO, size: int) -> None:
    """Take the room on disk at once: writing to a map of a file that finds none ends the process."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(file.fileno(), 0, size)
        return
    blank = bytes(1 << 20)
    file.writelines(blank[: size - start] for start in range(0, size, len(blank)))
    file.flush()


class PageSketch:
    """A page's luma as the engine reads it, turned upright; a `Sketch`.

    `orientation` is EXIF's: 1 upright, 2..8 the ways a camera or scanner can be held. `colours`: red, green
    and blue of each px, side by side in rows three times as wide; None of a picture without any, or where
    nobody asks.
    """

    def __init__(self, store: LumaStore, orientation: int = 1, colours: LumaStore | None = None) -> None:
        self._store, self._colours = store, colours
        self._upright = _upright(store.array, orientation)
        if colours is not None:
            self._colour = _upright(colours.array.reshape(*store.array.shape, 3), orientation)

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in px."""
        height, width = self._upright.shape
        return height, width

    def read_luma(self, top: int, bottom: int) -> NDArray[np.float32]:
        """Rows top..bottom as float32 (bottom - top, width), 0 black to 1 white."""
        rows = self._upright[top:bottom].astype(np.float32, order="C")
        rows /= np.iinfo(self._store.dtype).max
        self._store.let_go()
        return rows

    @property
    def in_colour(self) -> bool:
        """Whether its colours are known."""
        return self._colours is not None

    def read_colour(self, top: int, bottom: int) -> NDArray[np.float32]:
        """Rows top..bottom as float32 red, green and blue, (bottom - top, width, 3), 0 to 1; grey where none
        are known.
        """
        if self._colours is None:
            return np.repeat(self.read_luma(top, bottom)[..., None], 3, axis=2)
        rows = self._colour[top:bottom].astype(np.float32, order="C")
        rows /= np.iinfo(self._colours.dtype).max
        self._colours.let_go()
        return rows


def _upright(array: Stored, orientation: int) -> Stored:
    """A view of an image stored in one of EXIF's eight orientations as it should be seen."""
    if orientation >= 5:
        array = array.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        array = array[::-1]
    if orientation in (2, 3, 6, 7):
        array = array[:, ::-1]
    return array
