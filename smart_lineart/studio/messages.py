# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said to the artist: one sentence in the docker at a time; and the story of the last error."""

from __future__ import annotations

import traceback
from dataclasses import dataclass

from smart_lineart.inking import InkError
from smart_lineart.paths import readable
from smart_lineart.studio.language.i18n import tr, translated

from .signal import Signal


@dataclass(frozen=True)
class Message:
    """One sentence in the docker, a "note" or an "error"."""

    text: str = ""
    kind: str = "note"


class Messages:
    """`shown` is the sentence now; `last_error` what the diagnostics tell of the last error."""

    def __init__(self) -> None:
        self.shown = Message()
        self.changed = Signal()
        self.last_error = ""

    def say(self, text: str, kind: str = "note") -> None:
        """Show a sentence in the docker; "" shows none."""
        self.shown = Message(readable(text), kind)
        self.changed.emit()

    def report(self, error: BaseException) -> None:
        """Say an error in a sentence, and keep its story for the diagnostics."""
        self.last_error = "".join(traceback.format_exception(type(error), error, error.__traceback__))
        if isinstance(error, InkError):
            self.say(translated(error), "error")
        elif isinstance(error, MemoryError):
            self.say(tr("Krita ran out of memory: close other documents or programs and try again."), "error")
        else:
            self.say(
                tr(
                    'Something went wrong that should not have: use "Copy diagnostics" and report it, please.'
                ),
                "error",
            )
