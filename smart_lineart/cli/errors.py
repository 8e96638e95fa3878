# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes wrong around image files and options; the engine's own errors are in `smart_lineart.inking`."""

from __future__ import annotations

import errno

from smart_lineart.said import SaidError


class CommandError(SaidError):
    """Base of the command's errors; `str(error)` is one sentence for the person at the terminal.

    The command speaks English: what it says alone is in no catalogue.
    """


class UsageError(CommandError):
    """The command line asks for something that cannot be."""


class FileError(CommandError):
    """A file or folder that cannot be read, inked or written."""


class Interrupted(CommandError):
    """Ctrl-C, or the signal that asks a program to end."""

    usual = "Inking was interrupted; nothing half-done was left behind."


def why(error: OSError) -> str:
    """The reason of an OSError in words that follow a colon: "permission denied"."""
    if error.errno == errno.ENOSPC:
        return "the disk is full"
    if error.errno == errno.ENOMEM:
        return "there is not enough memory"
    if error.errno == errno.EROFS:
        return "the file system is read-only"
    if error.errno == errno.ELOOP:
        return "its links lead round in a ring"
    reason = error.strerror or str(error) or type(error).__name__
    return reason[0].lower() + reason[1:]


_NO_MEMORY = ("cannot allocate memory", "failed to map", "can't start new thread")


def out_of_memory(error: BaseException) -> bool:
    """Whether an error, or what led to it, is that the system had no memory to give."""
    while True:
        said = str(error).lower()
        if isinstance(error, MemoryError) or any(words in said for words in _NO_MEMORY):
            return True
        if error.__cause__ is None and error.__context__ is None:
            return False
        error = error.__cause__ or error.__context__ or error
