# SPDX-License-Identifier: GPL-3.0-or-later
"""The artist's corrections of a lineart, as the docker shows them: how many were kept, where, and giving them
up for the new ink.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from smart_lineart.krita_host import application
from smart_lineart.krita_host.document import Document, selection_strip
from smart_lineart.krita_host.layer import Layer
from smart_lineart.studio.language.i18n import tr
from smart_lineart.studio.signal import Signal

from .renewing import Kept, sentence_of_steps
from .steps import Work

if TYPE_CHECKING:
    from smart_lineart.studio.session import Session


class Corrections:
    """What was kept in the lineart that the artist is at."""

    def __init__(self, session: Session):
        self._session = session
        self._kept: list[Kept] = []
        self.kept: Kept | None = None
        self.shown = False
        self.changed = Signal()

    @property
    def count(self) -> int:
        """How many places were kept at the last renewal."""
        return len(self.kept.places) if self.kept is not None else 0

    def show(self, kept: Kept) -> None:
        """A lineart was renewed."""
        self._kept = [
            other for other in self._kept if other.document != kept.document or other.lineart != kept.lineart
        ][-15:]
        self._kept.append(kept)
        self._set(kept)

    def look(self, document: Document, lineart: Layer | None) -> None:
        """The artist is at another lineart now, or undo has brought another one back."""
        identity = lineart.identity if lineart is not None else ""
        self._kept = [kept for kept in self._kept if application.is_open(kept.document)]
        self._set(next((k for k in self._kept if k.lineart == identity and k.document == document), None))

    def set_shown(self, shown: bool) -> None:
        """Show the places on the canvas, or stop showing them."""
        self.shown = shown
        self.changed.emit()

    def take_new(self) -> None:
        """Inside the selection, put the new ink in the place of the artist's corrections."""
        session = self._session
        document = application.active_document()
        layer = document.active_layer() if document is not None else None
        if document is None or layer is None:
            return
        sketch = session.memory.sketch_for(document, layer)
        lineart = session.memory.lineart_in_use(document, sketch.identity)
        selection = document.selection()
        if lineart is None:
            session.say(tr("There is no lineart of this layer yet."), "error")
        elif selection is None:
            session.say(tr("Select the places that shall become the new ink first."), "error")
        elif session.busy:
            session.say(tr("Wait until the lineart is inked, then try again."), "error")
        else:
            session.say("")
            session.work_on(document, self._take_new(document, sketch, lineart, selection))

    def _take_new(self, document: Document, sketch: Layer, lineart: Layer, selection: Any) -> Work:
        session = self._session
        steps = sentence_of_steps(lineart)
        with session.at_work(document, sketch.identity):
            renewed = yield from session.renewer.take_new(document, lineart, selection)
        if renewed.changed and steps:
            session.say(steps)
        settings = session.memory.settings_of(document, sketch.identity)
        session.memory.note_lineart(document, sketch.identity, renewed.layer, settings)
        before = next(
            (k for k in self._kept if k.lineart == lineart.identity and k.document == document), None
        )
        places = () if before is None else before.places
        left = tuple(place for place in places if not selection_strip(selection, place).any())
        self.show(replace(renewed.kept, places=left))

    def _set(self, kept: Kept | None) -> None:
        if kept != self.kept:
            self.kept = kept
            self.changed.emit()
