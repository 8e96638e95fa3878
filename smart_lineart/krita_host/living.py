# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a document may still be touched.

Krita ends (SIGSEGV) where a script touches what belongs to a document that was closed. Between two steps of
work anything may be closed, so one gate, in `studio.steps.start`, asks before every step and raises
`Gone` in the work instead of going on. What puts things back in the end asks for itself: `afterwards`.

Some of Krita's functions handle events while they wait, such as `waitForDone` and actions. They are called
within `outlived`: after one of those, work yields before it touches the document again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from smart_lineart.inking import InkError

from . import application
from .document import Document


class Gone(InkError):
    """The document was closed while there was work on it."""

    usual = "The document was closed."


def gone(document: Document) -> Gone | None:
    """What to raise in work on a document that may have been closed; None while it is open."""
    return None if application.is_open(document) else Gone()


@contextmanager
def afterwards(document: Document, action: Callable[[], None]) -> Iterator[None]:
    """Do `action` in the end, whatever comes of the work within, unless the document was closed by then."""
    try:
        yield
    finally:
        if application.is_open(document):
            action()
