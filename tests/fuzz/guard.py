# SPDX-License-Identifier: GPL-3.0-or-later
"""Watches what reading a hostile file makes Python do: no code runs, no file beside a folder is touched."""

from __future__ import annotations

import codecs
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

RUNS_CODE = {"compile", "exec", "marshal.loads", "pickle.find_class", "ctypes.dlopen", "import"}
RUNS_PROGRAMS = {"os.system", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "subprocess.Popen"}
CHANGES_FILES = {"os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate"}
CHANGES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Forbidden(BaseException):
    """Something a document's content must never bring about; not caught by what catches errors."""


class _Watch:
    """The audit hook; hooks cannot be taken off again, so there is one, and it looks up what is allowed."""

    def __init__(self) -> None:
        self.folder: Path | None = None
        self.installed = False

    def __call__(self, event: str, arguments: tuple) -> None:
        if self.folder is None:
            return
        if event in RUNS_CODE | RUNS_PROGRAMS or event.startswith("socket."):
            self._stop(event, arguments)
        if event == "open" and isinstance(arguments[0], (str, bytes)) and arguments[2] & CHANGES:
            self._check(event, arguments[0])
        if event in CHANGES_FILES:
            self._check(event, arguments[0])

    def _check(self, event: str, path: str | bytes) -> None:
        folder, place = self.folder or Path(), Path(os.fsdecode(path)).absolute()
        if ".." in place.parts or (place != folder and folder not in place.parents):
            self._stop(event, (path,))

    def _stop(self, event: str, arguments: tuple) -> None:
        self.folder = None  # what follows, such as a traceback, reads and compiles
        raise Forbidden(f"{event} {arguments!r:.300}")


_watch = _Watch()


@contextmanager
def guarded(folder: Path) -> Iterator[None]:
    """Raise Forbidden when the block runs code or programs, opens a socket or writes beside `folder`."""
    if not _watch.installed:
        codecs.lookup("cp437")  # an archive's names may be in it, and Python loads it then
        sys.addaudithook(_watch)
        _watch.installed = True
    _watch.folder = folder.absolute()
    try:
        yield
    finally:
        _watch.folder = None
