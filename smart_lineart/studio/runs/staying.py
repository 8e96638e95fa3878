# SPDX-License-Identifier: GPL-3.0-or-later
"""The artist's layer stays theirs: at undo and redo Krita selects a lineart that comes back.

Up to 5.2 it does so a moment after it was asked for a step, from 5.3 on before anybody else hears of that. So
the layer the artist is on is taken note of before.
"""

from __future__ import annotations

from smart_lineart.krita_host import application
from smart_lineart.krita_host.document import Document
from smart_lineart.krita_host.layer import Layer
from smart_lineart.studio.context import Context
from smart_lineart.studio.steps import Work

from .settling import SETTLE_MS, SETTLE_TURNS


class Staying:
    """Hears of each undo and redo."""

    def __init__(self, context: Context):
        self._context = context
        self._home: tuple[Document, Layer] | None = None
        self._left = 0
        self._at: tuple[Document, Layer] | None = None  # where the artist was seen last
        self._there: set[str] = set()  # the layers of that document

    def look(self, document: Document, layer: Layer) -> None:
        """The artist, or Krita, has gone to a layer, or layers have come or gone."""
        there, known = {one.identity for one in document.layers()}, self._at is not None
        if known and self._at[0] == document and self._is_krita_s(document, layer):  # type: ignore[index]
            return  # until the artist goes elsewhere: whoever asked for the step has not told yet
        self._at, self._there = (document, layer), there

    def stepped(self) -> None:
        """An undo or redo was asked for. Krita selects another layer a moment later, or has done so."""
        document = application.active_document()
        layer = document.active_layer() if document is not None else None
        if document is None or layer is None:
            return
        self._left = SETTLE_TURNS
        at = self._at
        if at is not None and at[0] == document and self._is_krita_s(document, layer):
            layer = document.layer(at[1].identity) or layer
        if self._home is None or self._home[0] != document:
            self._home = document, layer
            self._context.work_on(document, self._stay(document, layer)).when_done(self._at_rest)

    def _at_rest(self) -> None:
        self._home = None

    def _stay(self, document: Document, home: Layer) -> Work:
        while self._left > 0:
            self._left -= 1
            yield SETTLE_MS
            now = document.active_layer()
            if now is None or now.identity == home.identity:
                continue
            if document.layer(home.identity) is None or not self._is_lineart(document, now):
                return  # theirs is gone, or it was their own step, or they chose another one
            if not self._is_lineart(document, home):
                document.activate(home)

    def _is_krita_s(self, document: Document, layer: Layer) -> bool:
        """Whether a layer was selected by Krita: a lineart that has just come."""
        return layer.identity not in self._there and self._is_lineart(document, layer)

    def _is_lineart(self, document: Document, layer: Layer) -> bool:
        record = self._context.memory.state_of(document).record_of(layer.identity)
        return record is not None and layer.identity in record.layers
