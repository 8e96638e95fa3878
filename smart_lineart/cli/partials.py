# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that are being written: hidden, locked while their process lives, and swept once it is gone."""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import stat
import sys
import tempfile
from pathlib import Path

SUFFIX = ".part"
_swept: set[Path] = set()


def create(folder: Path) -> tuple[int, Path]:
    """Make a file in `folder` that nobody takes for a leftover, open for writing. Raises OSError.

    What runs left there that were killed is removed, once in a process.
    """
    if folder not in _swept:
        _swept.add(folder)
        _sweep(folder)
    while True:
        handle, name = tempfile.mkstemp(prefix=_prefix(), suffix=SUFFIX, dir=folder)
        _lock(handle, wait=True)
        if _is_still(handle, Path(name)):
            return handle, Path(name)
        os.close(handle)  # another run took it for a leftover before it was locked


def _prefix() -> str:
    """The computer's name is in it, since a lock may not be seen from another one that shares the folder."""
    return f".smart-lineart-{hashlib.sha256(platform.node().encode()).hexdigest()[:8]}-"


def _sweep(folder: Path) -> None:
    """Remove what this user's runs on this computer left in a folder, and nobody holds any more."""
    with contextlib.suppress(OSError):
        for path in folder.glob(_prefix() + "*" + SUFFIX):
            with contextlib.suppress(OSError):
                _remove_leftover(path)


def _remove_leftover(path: Path) -> None:
    """Raises OSError where the file is held by the run that writes it."""
    about = path.lstat()
    if not stat.S_ISREG(about.st_mode) or (hasattr(os, "geteuid") and about.st_uid != os.geteuid()):
        return
    if sys.platform == "win32":
        path.unlink()  # the system refuses it while the file is open
        return
    handle = os.open(path, os.O_RDWR | os.O_NOFOLLOW)
    try:
        _lock(handle, wait=False)
        if _is_still(handle, path):
            path.unlink()
    finally:
        os.close(handle)


def _lock(handle: int, *, wait: bool) -> None:
    """Hold a file until it is closed. Raises OSError when it is held, or cannot be, and is not waited for."""
    if sys.platform == "win32":
        return
    import fcntl

    with contextlib.suppress(OSError) if wait else contextlib.nullcontext():
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))


def _is_still(handle: int, path: Path) -> bool:
    """Whether an open file is still the one of that name."""
    if sys.platform == "win32":
        return True
    try:
        return os.path.samestat(os.fstat(handle), path.lstat())
    except FileNotFoundError:
        return False
