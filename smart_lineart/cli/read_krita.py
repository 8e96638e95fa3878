# SPDX-License-Identifier: GPL-3.0-or-later
"""Krita documents: the merged image that Krita keeps in every .kra."""

from __future__ import annotations

import io
import shutil
import struct
import tempfile
import zipfile
import zlib
from pathlib import Path

import pyvips

from smart_lineart.cli.errors import FileError, why
from smart_lineart.cli.page import Page, Spool, damaged
from smart_lineart.cli.read_raster import read_source

MERGED = "mergedimage.png"
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


def read_krita(path: Path, spool: Spool) -> Page:
    """Read the merged image of a Krita document. Raises FileError."""
    with tempfile.TemporaryFile(dir=spool.folder) as file:
        try:
            with path.open("rb", buffering=0) as raw, zipfile.ZipFile(_Archive(raw)) as archive:
                # Only this one name is read, into an unnamed file: names inside the archive lead nowhere.
                entry = archive.getinfo(MERGED)
                if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                    raise NotImplementedError  # Krita knows no other; some want gigabytes to be unpacked
                swells = entry.file_size > MOST_SWELLING * max(entry.compress_size, SMALL)
                if entry.file_size > MAX_BYTES or swells:
                    raise FileError(f"{path} holds a merged image too large for any drawing.")
                with archive.open(entry) as merged:
                    shutil.copyfileobj(merged, file, 1 << 20)
        except KeyError:
            raise FileError(f"{path} holds no merged image; save it once more in Krita.") from None
        except BROKEN as error:
            raise damaged(str(path)) from error
        except OSError as error:
            raise FileError(f"The merged image of {path} cannot be read: {why(error)}.") from error
        file.flush()
        file.seek(0)
        try:
            source = pyvips.Source.new_from_descriptor(file.fileno())
        except pyvips.Error as error:
            raise damaged(str(path)) from error
        return read_source(source, str(path), spool)
