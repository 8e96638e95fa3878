# SPDX-License-Identifier: GPL-3.0-or-later
"""Pythons that a worker process could run on, and the environment to start them in.

A painting program embeds Python as a library: ``sys.executable`` is then whatever ``python3`` comes first on
PATH, the program itself, or nothing. So several places are tried, the likeliest fit first.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

CHOICE_VARIABLE = "SMART_LINEART_PYTHON"
"""Names the Python of the worker process; "none" keeps inference in the painting program's process."""

# What a program brings along for its own libraries, and what would mislead another Python.
_DROPPED = ("PYTHON", "QT_", "QML", "LD_PRELOAD", "DYLD_")
_LIBRARY_PATHS = ("LD_LIBRARY_PATH",)
_BUNDLES = ("APPDIR", "SNAP")  # where an AppImage or a snap has unpacked itself


def interpreters() -> list[Path]:
    """Python executables that are there, likeliest first; empty when inference shall stay in this process."""
    chosen = os.environ.get(CHOICE_VARIABLE)
    if chosen is not None:
        return [Path(chosen)] if chosen not in {"", "none"} else []
    # Resolved only to compare: a virtual environment's Python knows its packages by the link's name.
    found: dict[Path, Path] = {}
    for path in _places():
        if path.is_file() and os.access(path, os.X_OK):
            found.setdefault(path.resolve() if sys.prefix == sys.base_prefix else path, path)
    return list(found.values())


def _places() -> Iterator[Path]:
    if sys.prefix != sys.base_prefix:
        yield Path(sys.executable)
    base = Path(sys.base_exec_prefix)
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    if sys.platform == "win32":
        # Only what comes with the program: "python" on PATH may be the Store's advertisement.
        yield base / "python.exe"
        if sys.executable:
            yield Path(sys.executable).parent.parent / "python" / "python.exe"
        return
    yield base / "bin" / version
    if sys.platform == "darwin":  # /usr/bin/python3 would ask to install Apple's developer tools
        return
    for name in (version, "python3"):
        where = shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/bin"]))
        if where:
            yield Path(where)


def clean_environment(python: Path, environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment without what an embedding program, an AppImage or a snap has set for itself.

    Libraries of an AppImage stay on the path for a Python that lies inside it, and for no other.
    """
    kept = {name: value for name, value in environment.items() if not name.startswith(_DROPPED)}
    bundles = [Path(environment[name]) for name in _BUNDLES if environment.get(name)]
    outside = [bundle for bundle in bundles if bundle not in python.parents]
    for name in _LIBRARY_PATHS:
        folders = [folder for folder in kept.pop(name, "").split(os.pathsep) if folder]
        folders = [folder for folder in folders if not any(_lies_in(folder, bundle) for bundle in outside)]
        if folders:
            kept[name] = os.pathsep.join(folders)
    return kept


def _lies_in(folder: str, bundle: Path) -> bool:
    path = Path(os.path.normpath(folder))
    return path == bundle or bundle in path.parents
