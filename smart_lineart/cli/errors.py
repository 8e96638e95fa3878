# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes wrong around image files and options; the engine's own errors are in `smart_lineart.inking`."""

from __future__ import annotations

import errno


class CommandError(Exception):
    """Base of the command's errors; `str(error)` is one sentence for the person at the terminal."""

    def __init__(self, sentence: str) -> None:
        super().__init__(" ".join(sentence.split()))


class UsageError(CommandError):
    """The command line asks for something that cannot be."""


class FileError(CommandError):
    """A file or folder that cannot be read, inked or written."""


class Interrupted(CommandError):
    """Ctrl-C, or the signal that asks a program to end."""

    def __init__(self) -> None:
        super().__init__("Inking was interrupted; nothing half-done was left behind.")


def why(error: OSError) -> str:
    """The reason of an OSError in words that follow a colon: "permission denied"."""
    if error.errno == errno.ENOSPC:
        return "the disk is full"
    reason = error.strerror or str(error) or type(error).__name__
    return reason[0].lower() + reason[1:]
