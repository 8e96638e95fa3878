# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said to the artist: one sentence in the docker at a time; and the story of the last error."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from smart_lineart.inking import InkError
from smart_lineart.paths import readable
from smart_lineart.studio.language.i18n import tr, translated

from .signal import Signal

A_WHILE = 8.0  # s that what merely went well is said

Cause = Callable[[], bool]


def always() -> bool:
    """The cause of what stays true."""
    return True


def for_a_while() -> Cause:
    """The cause of a sentence that goes by itself."""
    end = time.monotonic() + A_WHILE
    return lambda: time.monotonic() < end


@dataclass(frozen=True)
class Message:
    """One sentence in the docker, a "note" or an "error".

    Attributes:
        of: the document it is about, or None.
        so: tells, while that document is in front, whether its cause is still there.
    """

    text: str = ""
    kind: str = "note"
    of: Any = field(default=None, compare=False)
    so: Cause = field(default=always, compare=False)


class Messages:
    """`shown` is the sentence now; `last_error` what the diagnostics tell of the last error.

    `in_front`: returns the document the artist is at, or None. `is_open`: whether a document still is.
    """

    def __init__(
        self,
        in_front: Callable[[], Any] = lambda: None,
        is_open: Callable[[Any], bool] = lambda _document: True,
    ) -> None:
        self._in_front, self._is_open = in_front, is_open
        self.shown = Message()
        self.changed = Signal()
        self.last_error = ""
        self._here: Any = None

    def say(self, text: str, kind: str = "note", *, of: Any = None, so: Cause = always) -> None:
        """Show a sentence in the docker; "" shows none. `of`: by default the document in front."""
        # Asked now: a document that was closed a moment ago would take the sentence with it.
        self._here = self._in_front()
        self.shown = Message(readable(text), kind, self._here if of is None else of, so)
        self.changed.emit()

    def look(self, document: Any) -> None:
        """The artist is at this document now, or none: a sentence goes when its cause does, when they leave
        the document that it is about, or when that is closed.
        """
        left, self._here = self._here, document
        shown = self.shown
        if not shown.text:
            return
        gone = left != document and (shown.of is None or shown.of == left)
        gone = gone or (shown.of is not None and not self._is_open(shown.of))
        here = shown.of is None or shown.of == document
        if gone or (here and not shown.so()):
            self.say("")

    def report(self, error: BaseException, *, of: Any = None, so: Cause = always) -> None:
        """Say an error in a sentence, and keep its story for the diagnostics."""
        self.last_error = "".join(traceback.format_exception(type(error), error, error.__traceback__))
        if isinstance(error, InkError):
            self.say(translated(error), "error", of=of, so=so)
        elif isinstance(error, MemoryError):
            self.say(
                tr("Krita ran out of memory: close other documents or programs and try again."),
                "error",
                of=of,
            )
        else:
            self.say(
                tr(
                    'Something went wrong that should not have: use "Copy diagnostics" and report it, please.'
                ),
                "error",
                of=of,
            )
