# SPDX-License-Identifier: GPL-3.0-or-later
"""Every error the engine raises: each is one sentence that tells an artist what is wrong and what to do.

It is raised with a template and its values, so that it can be shown in any language:
``BadOption("Faint must lie between 0 and 1, not {given}.", given=faint)``. What a library reported
underneath stays reachable as ``__cause__``, for a log or a bug report.
"""

from __future__ import annotations

from smart_lineart.said import SaidError


class InkError(SaidError):
    """Base of all errors meant for the artist; ``str(error)`` is one English sentence on one line.

    ``error.said`` has its template and values.
    """


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

    usual = "Inking ran out of memory; lower the memory limit or close other programs."


class ProcessFailed(InkError):
    """The process that runs the network crashed, hung or was ended, and so did those that replaced it."""


class Cancelled(InkError):
    """The caller's ``cancelled`` function returned True; nothing was changed."""

    usual = "Inking was cancelled."
