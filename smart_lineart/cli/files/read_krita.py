# SPDX-License-Identifier: GPL-3.0-or-later
"""Krita documents: the merged image that Krita keeps in every .kra. OpenRaster has it by the same name."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import IO, Any, BinaryIO, cast

from smart_lineart.cli.errors import FileError, why
from smart_lineart.cli.files.formats import format_of
from smart_lineart.cli.files.picture import Picture, damaged
from smart_lineart.cli.files.read_raster import open_raster

MERGED = "mergedimage.png"
DRAWINGS = frozenset({"maindoc.xml", "stack.xml"})
"""What Krita's documents, and OpenRaster's, have in any case."""

MAX_BYTES = 4 << 30
"""More than any merged image of a size that can be inked."""

BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OverflowError,
    RuntimeError,
    NotImplementedError,
    ValueError,  # names that are no text
)
"""What Python's reader of archives raises for broken ones."""

MOST_SWELLING, SMALL = 64, 1 << 20
"""A merged image is packed already, so the archive packs it hardly further; very small ones may be blank."""


MOST_AT_ONCE = 4 << 20
"""Bytes of a list of some fifty thousand names; Krita's have hundreds."""


class _Archive(io.BufferedReader):
    """A file whose list of names, which is read at once, has a limit: millions take minutes and gigabytes."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > MOST_AT_ONCE:
            raise zipfile.BadZipFile(f"{size} bytes of names")
        return super().read(size)


class _Unpacked(io.RawIOBase):
    """An entry as it is unpacked, bit by bit; where it is broken, it ends."""

    def __init__(self, entry: IO[bytes]) -> None:
        self._entry = entry

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            part = self._entry.read(len(buffer))
        except (*BROKEN, OSError):
            return 0
        buffer[: len(part)] = part
        return len(part)


def open_krita(file: BinaryIO, _: str, name: str, most_at_once: int) -> Picture:
    """Open the merged image of a Krita document; errors call it `name`. Raises FileError."""
    try:
        archive = zipfile.ZipFile(_Archive(cast("io.RawIOBase", file)))
        merged = io.BufferedReader(_Unpacked(_merged(archive, name)), 1 << 16)
        start = merged.peek(16)[:16]
    except BROKEN as error:
        raise damaged(name) from error
    except OSError as error:
        raise FileError(
            "The merged image of {name} cannot be read: {reason}.", name=name, reason=why(error)
        ) from error
    if format_of(start) != "png":  # whatever it is called: a loader of another kind is never asked
        raise damaged(name)
    return open_raster(merged, "png", name, most_at_once)


def _merged(archive: zipfile.ZipFile, name: str) -> IO[bytes]:
    """The merged image, by its exact name: no other name in the archive leads anywhere."""
    names = set(archive.namelist())
    if MERGED not in names:
        if names.isdisjoint(DRAWINGS):
            raise FileError("{name} is an archive, but no Krita document.", name=name)
        raise FileError("{name} holds no merged image; save it once more in Krita.", name=name)
    entry = archive.getinfo(MERGED)
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise NotImplementedError  # Krita knows no other; some want gigabytes to be unpacked
    swells = entry.file_size > MOST_SWELLING * max(entry.compress_size, SMALL)
    if entry.file_size > MAX_BYTES or swells:
        raise FileError("{name} holds a merged image too large for any drawing.", name=name)
    return archive.open(entry)
