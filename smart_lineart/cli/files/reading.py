# SPDX-License-Identifier: GPL-3.0-or-later
"""Opens image files, each by the reader of the format that its first bytes tell; none of it is numpy's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from smart_lineart.cli.errors import FileError
from smart_lineart.cli.files.formats import open_image
from smart_lineart.cli.files.picture import Picture, too_much_memory
from smart_lineart.said import escaped


def open_picture(path: Path, most_at_once: int) -> Picture:
    """Open an image file of any format that can be inked; `most_at_once`: bytes that decoding may take.

    Raises FileError.
    """
    file, kind = open_image(path)
    name = escaped(str(path))
    try:
        return reader_of(kind)(file, kind, name, most_at_once)
    except MemoryError as error:
        raise too_much_memory(name) from error
    except FileError:
        file.close()
        raise


def reader_of(kind: str) -> Callable[[BinaryIO, str, str, int], Picture]:
    """The function that opens files of a format; what it needs is imported."""
    if kind == "psd":
        from smart_lineart.cli.files.read_psd import open_psd

        return open_psd
    if kind == "kra":
        from smart_lineart.cli.files.read_krita import open_krita

        return open_krita
    from smart_lineart.cli.files.read_raster import open_raster

    return open_raster
