# SPDX-License-Identifier: GPL-3.0-or-later
"""Pythons that a worker process could run on, and the environment to start them in.

A painting program embeds Python as a library: ``sys.executable`` is then whatever ``python3`` comes first on
PATH, the program itself, or nothing. So several places are tried, the likeliest fit first. Only places that
do not depend on the current folder: that is where the artist's document lies, and others' files beside it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

CHOICE_VARIABLE = "SMART_LINEART_PYTHON"
"""Names the Python of the worker process, with its whole path; "none" keeps inference in this process."""

# What a program brings along for its own libraries, and what would mislead another Python.
_DROPPED = ("PYTHON", "QT_", "QML", "LD_PRELOAD", "DYLD_")
_LIBRARY_PATHS = ("LD_LIBRARY_PATH",)
_LONGEST_PATH = 32767  # characters, on Windows
_BUNDLES = ("APPDIR", "SNAP")  # where an AppImage or a snap has unpacked itself


def wants_none() -> bool:
    """Whether the artist has chosen to have no worker process."""
    return os.environ.get(CHOICE_VARIABLE) in {"", "none"}


def interpreters() -> list[Path]:
    """Python executables that are there, likeliest first; empty when inference shall stay in this process."""
    chosen = os.environ.get(CHOICE_VARIABLE)
    if chosen is not None:
        return [] if wants_none() else [Path(chosen)]
    # Resolved only to compare: a virtual environment's Python knows its packages by the link's name.
    found: dict[Path, Path] = {}
    for path in _places():
        if path.is_absolute() and path.is_file() and os.access(path, os.X_OK):
            found.setdefault(path.resolve() if sys.prefix == sys.base_prefix else path, path)
    return list(found.values())


def _places() -> Iterator[Path]:
    if sys.prefix != sys.base_prefix:
        yield Path(sys.executable)
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    if sys.platform == "win32":
        # Only what comes with the program: "python" on PATH may be the Store's advertisement, and the prefix
        # of an embedded Python may be the folder that the program was started in.
        yield _library_folder() / "python.exe"
        if sys.executable:
            yield Path(sys.executable).parent.parent / "python" / "python.exe"
        return
    base = Path(sys.base_exec_prefix)
    if not _is_current_folder(base):
        yield base / "bin" / version
    if sys.platform == "darwin":  # /usr/bin/python3 would ask to install Apple's developer tools
        return
    folders = filter(os.path.isabs, os.environ.get("PATH", "").split(os.pathsep))
    path = os.pathsep.join([*folders, "/usr/bin"])
    for name in (version, "python3"):
        where = shutil.which(name, path=path)
        if where:
            yield Path(where)


def _is_current_folder(folder: Path) -> bool:
    with contextlib.suppress(OSError):
        return folder.samefile(Path.cwd())
    return False


def _library_folder() -> Path:
    """Where the library lies that is the Python of this program; on Windows."""
    if sys.platform == "win32":
        import ctypes

        name = ctypes.create_unicode_buffer(_LONGEST_PATH)
        ask = ctypes.WinDLL("kernel32").GetModuleFileNameW
        ask.argtypes = (ctypes.c_void_p, ctypes.c_wchar_p, ctypes.c_uint32)
        ask(sys.dllhandle, name, _LONGEST_PATH)
        return Path(name.value).parent
    return Path()


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
