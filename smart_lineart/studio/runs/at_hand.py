# SPDX-License-Identifier: GPL-3.0-or-later
"""The lineart that the artist is at, for work that copies it."""

from __future__ import annotations

from smart_lineart.krita_host import application
from smart_lineart.krita_host.document import Document
from smart_lineart.studio.context import Context
from smart_lineart.studio.document.memory import Pair
from smart_lineart.studio.language.i18n import tr


def lineart_at_hand(context: Context) -> tuple[Document, Pair] | None:
    """The document in front and the lineart the artist is at in it; says so where there is none."""
    memory = context.memory
    if application.active_document() is None:
        return None
    at_hand = memory.pair_at_hand()
    if at_hand is None:
        context.messages.say(
            tr("This layer has no lineart yet. Click Ink sketch first."),
            "error",
            so=lambda: memory.pair_at_hand() is None,
        )
    return at_hand
