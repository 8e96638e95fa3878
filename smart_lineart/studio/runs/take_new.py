# SPDX-License-Identifier: GPL-3.0-or-later
"""The artist gives corrections up: inside the selection the new ink takes their place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from smart_lineart.krita_host import application
from smart_lineart.krita_host.document import Document, selection_strip
from smart_lineart.studio.context import Context
from smart_lineart.studio.document.memory import Pair
from smart_lineart.studio.language.i18n import tr
from smart_lineart.studio.steps import Work
from smart_lineart.studio.turns import Turns

from .renewing import Renewer, sentence_of_steps


class TakeNew:
    """What a click on "Use new ink here" does."""

    def __init__(self, context: Context, turns: Turns, renewer: Renewer):
        self._context = context
        self._turns = turns
        self._renewer = renewer

    def begin(self) -> None:
        """At the layer the artist is at; says what is missing."""
        memory, messages = self._context.memory, self._context.messages
        document, at_hand = application.active_document(), memory.pair_at_hand()
        if document is None:
            return
        selection = document.selection()
        if at_hand is None:
            messages.say(
                tr("This layer has no lineart yet. Click Ink sketch first."),
                "error",
                so=lambda: memory.pair_at_hand() is None,
            )
        elif selection is None:
            messages.say(
                tr("Select the area that should get new ink, then click again."),
                "error",
                so=lambda: document.selection() is None,
            )
        elif self._turns.busy:
            messages.say(
                tr("Wait until the lineart is inked, then try again."), "error", so=lambda: self._turns.busy
            )
        else:
            messages.say("")
            self._context.work_on(document, self._steps(*at_hand, selection))

    def _steps(self, document: Document, pair: Pair, selection: Any) -> Work:
        memory, corrections = self._context.memory, self._context.corrections
        sketch, lineart, hue = pair.sketch.identity, pair.lineart, pair.hue
        settings = memory.settings_of(document, sketch, hue=hue)
        steps = sentence_of_steps(lineart)
        with self._turns.at_work(document, sketch):
            renewed = yield from self._renewer.take_new(document, lineart, selection, settings)
        if renewed.changed and steps:
            self._context.messages.say(steps, of=document, so=renewed.is_there)
        if settings is not None:
            memory.note_lineart(document, sketch, renewed.layer, settings, hue)
        before = corrections.of(document, lineart.identity)
        places = () if before is None else before.places
        left = tuple(place for place in places if not selection_strip(selection, place).any())
        corrections.show(replace(renewed.kept, places=left))
