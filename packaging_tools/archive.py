# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes a zip whose bytes depend on nothing but its entries (and the zlib that packs them)."""

from __future__ import annotations

import tempfile
import zipfile
from pathlib import Path, PurePosixPath

from .entries import Entries

_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest a zip knows
_UNIX = 3
_FILE, _FOLDER = 0o100644 << 16, (0o40755 << 16) | 0x10


def write(entries: Entries, path: Path, level: int = 9) -> None:
    """Write the entries to ``path``, folders as entries of their own: Krita's importer looks for the
    plugin's. ``level``: how hard zlib tries, 1 to 9.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        partial = Path(folder) / path.name
        with zipfile.ZipFile(partial, "w") as archive:
            for name in sorted({*entries, *folders(entries)}):
                data = b"" if name.endswith("/") else entries.read(name)
                archive.writestr(_info(name), data, compresslevel=level)
        partial.replace(path)


def folders(names: Entries) -> set[str]:
    """The folders of the names, with a slash at their end."""
    return {f"{parent}/" for name in names for parent in PurePosixPath(name).parents if parent.name}


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _TIME)
    info.create_system = _UNIX
    is_folder = name.endswith("/")
    info.external_attr = _FOLDER if is_folder else _FILE
    info.compress_type = zipfile.ZIP_STORED if is_folder else zipfile.ZIP_DEFLATED
    return info
