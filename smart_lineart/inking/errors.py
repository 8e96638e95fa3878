# SPDX-License-Identifier: GPL-3.0-or-later
"""Every error the engine raises: each is one sentence that tells an artist what is wrong and what to do.

What a library reported underneath stays reachable as ``__cause__``, for a log or a bug report.
"""

from __future__ import annotations


class InkError(Exception):
    """Base of all errors meant for the artist; ``str(error)`` is one sentence on one line."""

    def __init__(self, sentence: str) -> None:
        # Native libraries and file names bring line breaks along; a status bar has one line.
        super().__init__(" ".join(sentence.split()))


class BadSketch(InkError):
    """The sketch cannot be inked: no pixels, a shape or dtype nobody can read as an image, NaN."""


class BadOption(InkError):
    """An option has a value outside its range or a name that does not exist."""


class BadStrip(InkError):
    """A brush strip cannot be used: no PNG, of another size or kind, damaged, or without a mark."""


class ModelError(InkError):
    """A model folder is missing, incomplete, damaged, too new, or its network cannot be run."""


class RuntimeMissing(InkError):
    """The inference runtime asked for is not installed, cannot be loaded, or has an unsupported version."""


class OutOfMemory(InkError):
    """The machine, or the device, has no memory left for the next tile."""

    def __init__(
        self, sentence: str = "Inking ran out of memory; lower the memory limit or close other programs."
    ) -> None:
        super().__init__(sentence)


class ProcessFailed(InkError):
    """The process that runs the network crashed, hung or was ended, and so did those that replaced it."""


class Cancelled(InkError):
    """The caller's ``cancelled`` function returned True; nothing was changed."""

    def __init__(self, sentence: str = "Inking was cancelled.") -> None:
        super().__init__(sentence)
