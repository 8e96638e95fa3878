# SPDX-License-Identifier: GPL-3.0-or-later
"""An image file opened for inking: its luma, and what its lineart should inherit."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from smart_lineart.cli.errors import FileError
from smart_lineart.cli.formats import image_format
from smart_lineart.cli.luma_store import LumaStore, PageSketch

MAX_PIXELS = 500_000_000
"""20000 x 20000 and a little more; larger sizes are damaged files or decompression bombs."""

MAX_EDGE = 1 << 17

ASSUMED_DPI = 300.0


@dataclass
class Page:
    """What the readers fill in. `dpi` is (across, down) of the upright page; `icc` an RGB profile or None."""

    sketch: PageSketch
    dpi: tuple[float, float] | None = None
    icc: bytes | None = None
    notices: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Spool:
    """Where a page's luma is kept: up to `in_memory` bytes in memory, beyond that in `folder`.

    `most_at_once`: bytes that decoding may take where a format has to be decoded as a whole.
    """

    in_memory: int
    folder: Path
    most_at_once: int = 768 << 20

    def store(self, height: int, width: int, dtype: str) -> LumaStore:
        """An empty store for a page of that size."""
        return LumaStore(height, width, dtype, in_memory=self.in_memory, folder=self.folder)


def read_page(path: Path, spool: Spool) -> Page:
    """Open and decode an image file of any format that can be inked. Raises FileError."""
    kind = image_format(path)
    if kind == "psd":
        from smart_lineart.cli.read_psd import read_psd

        return read_psd(path, spool)
    if kind == "kra":
        from smart_lineart.cli.read_krita import read_krita

        return read_krita(path, spool)
    from smart_lineart.cli.read_raster import read_raster

    return read_raster(path, spool)


def check_size(name: str, width: int, height: int) -> None:
    """Refuse sizes that no drawing has, before any memory is taken. Raises FileError."""
    if width < 1 or height < 1:
        raise FileError(f"{name} has no pixels.")
    if width * height > MAX_PIXELS or max(width, height) > MAX_EDGE:
        raise FileError(
            f"{name} says it is {width} x {height} pixels; more than {MAX_PIXELS // 1_000_000} megapixels,"
            f" or {MAX_EDGE} pixels one way, cannot be inked."
        )


def damaged(name: str) -> FileError:
    """The error of a file whose pixels cannot all be read."""
    return FileError(f"{name} is damaged or cut short.")


def unreadable(name: str) -> FileError:
    """The error of a file that begins like an image and cannot even be opened as one."""
    return FileError(f"{name} is damaged, or of a kind that cannot be read; save it anew as PNG.")
