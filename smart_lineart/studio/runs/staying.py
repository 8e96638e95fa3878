# SPDX-License-Identifier: GPL-3.0-or-later
"""The artist's layer stays theirs: at undo and redo Krita selects a layer of ours that comes back.

Up to 5.2 it does so a moment after it was asked for a step, from 5.3 on before anybody else hears of that. So
the layer the artist is on is taken note of before.
"""

from __future__ import annotations

from smart_lineart.krita_host import application
from smart_lineart.krita_host.document import Document
from smart_lineart.krita_host.layer import Layer
from smart_lineart.studio.context import Context
from smart_lineart.studio.document.flats import owner_of, owner_of_hints
from smart_lineart.studio.steps import Work

from .settling import SETTLE_MS, SETTLE_TURNS

MOST_TURNS = 2000  # 10 s: a Krita that is never at rest plays an animation, say
EACH_TURNS = 4  # it is looked which layers there are: often enough between two steps of one who hurries
ENOUGH = 2  # looks, for what was there at each to have been there all the time


class Staying:
    """Hears of each undo and redo."""

    def __init__(self, context: Context):
        self._context = context
        self._home: tuple[Document, Layer] | None = None
        self._stayed: set[str] = set()  # the layers that were there all the time since the first step
        self._looks = 0  # at them since the last one
        self._left = 0
        self._at: tuple[Document, Layer] | None = None  # where the artist was seen last
        self._there: set[str] = set()  # the layers of that document

    def look(self, document: Document, layer: Layer) -> None:
        """The artist, or Krita, has gone to a layer, or layers have come or gone."""
        known = self._at is not None and self._at[0] == document
        if known and self._is_krita_s(document, layer):
            return  # until the artist goes elsewhere: whoever asked for the step has not told yet
        if not self._under_way(document):
            self._take_note(document, layer)

    def stepped(self) -> None:
        """An undo or redo was asked for. Krita selects another layer a moment later, or has done so."""
        document = application.active_document()
        layer = document.active_layer() if document is not None else None
        if document is None or layer is None:
            return
        self._left = SETTLE_TURNS
        at = self._at
        known = at is not None and at[0] == document
        if known and self._is_krita_s(document, layer):
            layer = document.layer(at[1].identity) or layer  # type: ignore[index]
        under_way = self._under_way(document)
        if not under_way:
            self._stayed = set(self._there) if known else set()
        elif self._looks < ENOUGH:
            self._stayed = set()  # what the step before did was not seen
        self._look_at_layers(document)
        self._looks = 0
        home = self._home[1] if under_way and self._home is not None else layer
        if not under_way:
            self._home = document, home
            self._context.work_on(document, self._stay(document, home)).when_done(self._at_rest)
        self._bring_home(document, home)  # at once: on a busy machine the first turn may be late

    def _at_rest(self) -> None:
        document, self._home = self._home[0] if self._home is not None else None, None
        if document is not None and application.is_active(document):
            layer = document.active_layer()
            if layer is not None:
                self._take_note(document, layer)

    def _take_note(self, document: Document, layer: Layer) -> None:
        self._at, self._there = (document, layer), {one.identity for one in document.layers()}

    def _under_way(self, document: Document) -> bool:
        return self._home is not None and self._home[0] == document

    def _stay(self, document: Document, home: Layer) -> Work:
        turns = 0
        while self._left > 0 and turns < MOST_TURNS:
            turns += 1
            yield SETTLE_MS
            idle = document.idle
            self._left -= idle  # a step may take long, and Krita selects only once it is done
            if idle and self._left % EACH_TURNS == 0:
                self._look_at_layers(document)
            if not self._bring_home(document, home):
                return

    def _bring_home(self, document: Document, home: Layer) -> bool:
        """From a layer of ours that Krita has selected. Whether to go on: not where the artist's layer is
        gone, or it was their own step, or they chose another one.
        """
        now = document.active_layer()
        if now is None or now.identity == home.identity:
            return True
        came = now.identity not in self._stayed and self._is_ours(document, now)
        if document.layer(home.identity) is None or not came:
            return False
        if not (self._is_lineart(document, home) and self._is_lineart(document, now)):
            document.activate(home)
        return True

    def _look_at_layers(self, document: Document) -> None:
        """What is missing now, halfway through a step or after it, may be selected when it comes back."""
        self._stayed &= {one.identity for one in document.layers()}
        self._looks += 1

    def _is_krita_s(self, document: Document, layer: Layer) -> bool:
        """Whether a layer was selected by Krita: one of ours that has just come."""
        return layer.identity not in self._there and self._is_ours(document, layer)

    def _is_ours(self, document: Document, layer: Layer) -> bool:
        """Whether we put it in for the artist to look at. Colour hints are theirs: they paint there."""
        if self._is_lineart(document, layer) or self._context.memory.was_put_in(layer.identity):
            return True
        flats = owner_of(document, layer.identity) and not owner_of_hints(document, layer.identity)
        return bool(flats)

    def _is_lineart(self, document: Document, layer: Layer) -> bool:
        record = self._context.memory.state_of(document).record_of(layer.identity)
        return record is not None and layer.identity in record.layers
