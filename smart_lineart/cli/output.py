# SPDX-License-Identifier: GPL-3.0-or-later
"""Lineart files: where they go, and how they get there whole or not at all."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from smart_lineart.cli.errors import FileError, why

SUFFIX = ".png"
ENDING = "-lineart" + SUFFIX

_unfinished: set[Path] = set()


def check_writable(target: Path) -> None:
    """Raise FileError if `target` can be seen not to take a file, before any work is done for it."""
    try:
        _check(target, target.parent)
    except OSError as error:
        raise FileError(f"{target} cannot be written: {why(error)}.") from error


def _check(target: Path, folder: Path) -> None:
    if target.is_dir():
        raise FileError(f"{target} is a folder; name a file to write the lineart to.")
    if target.exists() and not stat.S_ISREG(target.stat().st_mode):
        raise FileError(f"{target} is no ordinary file; name another to write the lineart to.")
    if not folder.exists():
        raise FileError(f"The folder {folder} does not exist, so {target.name} cannot be written.")
    if not folder.is_dir():
        raise FileError(f"{folder} is not a folder, so {target.name} cannot be written.")
    # Writing replaces the file, so its own permission has to be asked as well.
    if not _may_write(folder) or (target.exists() and not _may_write(target)):
        raise FileError(f"{target} cannot be written: permission denied.")


def _may_write(path: Path) -> bool:
    return os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


@contextlib.contextmanager
def whole_file(target: Path) -> Iterator[BinaryIO]:
    """Open a file that becomes `target` when the block ends well and vanishes otherwise. Raises FileError."""
    # A link stays a link: what it points to is replaced.
    target = target.resolve()
    try:
        handle, name = tempfile.mkstemp(prefix=".smart-lineart-", suffix=".part", dir=target.parent)
    except OSError as error:
        raise FileError(f"{target} cannot be written: {why(error)}.") from error
    partial = Path(name)
    _unfinished.add(partial)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        partial.chmod(_mode(target))
        partial.replace(target)
    except OSError as error:
        raise FileError(f"{target} cannot be written: {why(error)}.") from error
    finally:
        partial.unlink(missing_ok=True)
        _unfinished.discard(partial)


def remove_unfinished() -> None:
    """Remove what a process that must end at once has half written."""
    for partial in list(_unfinished):
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)


def _mode(target: Path) -> int:
    """The permissions of the file that is replaced, or what a new file would get."""
    try:
        return stat.S_IMODE(target.stat().st_mode)
    except FileNotFoundError:
        umask = os.umask(0)
        os.umask(umask)
        return 0o666 & ~umask
