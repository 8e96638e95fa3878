# SPDX-License-Identifier: GPL-3.0-or-later
"""Krita documents: the merged image that Krita keeps in every .kra."""

from __future__ import annotations

import shutil
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


def read_krita(path: Path, spool: Spool) -> Page:
    """Read the merged image of a Krita document. Raises FileError."""
    with tempfile.TemporaryFile(dir=spool.folder) as file:
        try:
            with zipfile.ZipFile(path) as archive:
                # Only this one name is read, into an unnamed file: names inside the archive lead nowhere.
                entry = archive.getinfo(MERGED)
                if entry.file_size > MAX_BYTES:
                    raise FileError(f"{path} holds a merged image too large for any drawing.")
                with archive.open(entry) as merged:
                    shutil.copyfileobj(merged, file, 1 << 20)
        except KeyError:
            raise FileError(f"{path} holds no merged image; save it once more in Krita.") from None
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
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
