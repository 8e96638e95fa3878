# SPDX-License-Identifier: GPL-3.0-or-later
"""What every reader of image files makes of one: its size, what it says of itself, and its rows.

Known to the process that decodes and to the one that inks; imports neither numpy nor a decoder.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from smart_lineart.cli.errors import FileError
from smart_lineart.said import Said

MAX_PIXELS = 500_000_000
"""20000 x 20000 and a little more; larger sizes are damaged files or decompression bombs."""

MAX_EDGE = 1 << 17

LEAST_DPI, MAX_DPI = 36, 10_000
"""What a drawing can have, in px per inch. Below lie wrong units (300 px per metre) and hoardings, above them
scans of microfilm.
"""

MAX_PROFILE = 16 << 20
"""Bytes of a colour profile; a larger one is left out."""

SAMPLES = {
    "uint8": 1,
    "int8": 1,
    "uint16": 2,
    "int16": 2,
    "uint32": 4,
    "int32": 4,
    "float32": 4,
    "float64": 8,
}
"""The types that the values of an image can have, as numpy calls them, and their bytes."""


@dataclass
class Picture:
    """An image that was opened: grey or RGB with or without straight alpha, 1 to 4 bands.

    `strips`: whole rows from top to bottom, the bands of a pixel side by side; reading them may raise
    FileError, and may add to `notices`. `orientation` is EXIF's. `dpi` is (across, down) of the upright page;
    `icc` an RGB profile or None.
    """

    width: int
    height: int
    bands: int
    sample: str
    strips: Iterator[bytes | bytearray | memoryview]
    dpi: tuple[float, float] | None = None
    icc: bytes | None = None
    orientation: int = 1
    notices: list[str] = field(default_factory=list)

    @property
    def row_bytes(self) -> int:
        """Bytes of one row."""
        return self.width * self.bands * SAMPLES[self.sample]


def plausible_dpi(across: float, down: float) -> tuple[float, float] | None:
    """A resolution that a page can have, or None: files say anything, and millimetres come of it."""
    return (across, down) if all(LEAST_DPI <= value <= MAX_DPI for value in (across, down)) else None


def check_dpi(name: str, named: tuple[float, float] | None, notices: list[str]) -> tuple[float, float] | None:
    """The resolution that a file names, if it can be one; what can be none is told in `notices`."""
    if named is None or not (named[0] > 0 and named[1] > 0):  # 0 is some programs' way to name none
        return None
    dpi = plausible_dpi(*named)
    if dpi is None:
        said = Said(
            "{name} names a resolution of {across} x {down} dpi, which no drawing has, so it counts as none.",
            name=name,
            across=float(f"{named[0]:.3g}"),
            down=float(f"{named[1]:.3g}"),
        )
        notices.append(str(said))
    return dpi


def check_size(name: str, width: int, height: int) -> None:
    """Refuse sizes that no drawing has, before any memory is taken. Raises FileError."""
    if width < 1 or height < 1:
        raise FileError("{name} has no pixels.", name=name)
    if width * height > MAX_PIXELS or max(width, height) > MAX_EDGE:
        raise FileError(
            "{name} says it is {width} x {height} pixels; more than {most} megapixels, or {edge} pixels one "
            "way, cannot be inked.",
            name=name,
            width=width,
            height=height,
            most=MAX_PIXELS // 1_000_000,
            edge=MAX_EDGE,
        )


def check_memory(name: str, needed: int, allowed: int) -> None:
    """Refuse what would be unpacked into more bytes than there is leave for. Raises FileError."""
    if needed > allowed:
        raise too_much_memory(name)


def too_much_memory(name: str) -> FileError:
    """The error of a file that cannot be decoded in the memory there is leave for."""
    return FileError(
        "{name} takes more memory to read than allowed; save it as plain PNG without interlacing, or raise "
        "--memory-limit.",
        name=name,
    )


def too_much_time(name: str) -> FileError:
    """The error of a file that keeps its decoder busy beyond all measure."""
    return FileError(
        "{name} takes far longer to read than its size explains; save it anew as PNG.", name=name
    )


def damaged(name: str) -> FileError:
    """The error of a file whose pixels cannot all be read."""
    return FileError("{name} is damaged or cut short.", name=name)


def unreadable(name: str) -> FileError:
    """The error of a file that begins like an image and cannot even be opened as one."""
    return FileError("{name} is damaged, or of a kind that cannot be read; save it anew as PNG.", name=name)


def unknown_packing(name: str) -> FileError:
    """The error of a file that is sound, but packed in a way that no library here unpacks."""
    return FileError(
        "{name} is of a kind that cannot be read, packed in a way not known here; save it anew as PNG.",
        name=name,
    )
