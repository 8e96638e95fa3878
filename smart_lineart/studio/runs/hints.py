# SPDX-License-Identifier: GPL-3.0-or-later
"""Flats that follow colour hints: as soon as the pen is lifted from them.

While the artist is on a layer of hints a timer looks at the mouse's buttons and the undo entry, since Krita
tells scripts of no stroke.
"""

from __future__ import annotations

from collections.abc import Callable

from smart_lineart.krita_host import application, view
from smart_lineart.krita_host.document import Document
from smart_lineart.krita_host.layer import Layer
from smart_lineart.studio.document.flats import FlatsMemory, owner_of, owner_of_hints
from smart_lineart.studio.steps import Loop

LOOK_MS = 40


class Hints:
    """Watches the artist on their hints.

    `busy` tells whether anything is under way or waits; `follow` begins a run for a lineart's flats.
    """

    def __init__(
        self,
        loop: Loop,
        memory: FlatsMemory,
        busy: Callable[[], bool],
        follow: Callable[[Document, str], None],
    ):
        self._loop, self._memory, self._busy, self._follow = loop, memory, busy, follow
        self._at: tuple[Document, str] | None = None
        self._stirred = self._looking = False
        self._undo = "", ""

    def look(self, document: Document, layer: Layer) -> None:
        """The artist is at this layer now."""
        if owner_of_hints(document, layer.identity):
            if self._at is None or self._at[1] != layer.identity or self._at[0] != document:
                self._at, self._stirred = (document, layer.identity), True
            if not self._looking:
                self._look()
        elif not self._busy():  # Krita is on a layer that was just put in, for a moment
            self._doubt(document, layer)

    def _doubt(self, document: Document, layer: Layer) -> None:
        """On flats the artist may paint, and undo that."""
        if owner_of(document, layer.identity):
            self._memory.doubt()

    def stir(self) -> None:
        """Something may have changed: undo and redo say the same of one stroke and the next."""
        self._stirred = True

    def stop(self) -> None:
        """Krita is closing."""
        self._at = None

    def _look(self) -> None:
        self._looking = False
        if self._at is None:
            return
        document, identity = self._at
        layer = document.active_layer() if application.is_active(document) else None
        if layer is None or layer.identity != identity:
            self._at = None
            if layer is not None and not self._busy():
                self._doubt(document, layer)
            return
        undo = application.history()
        self._stirred = self._stirred or view.painting() or undo != self._undo
        self._undo = undo
        if self._stirred and not view.painting() and not self._busy():
            self._stirred = False
            if of := owner_of_hints(document, identity):
                self._follow(document, of)
        self._looking = True
        self._loop.later(LOOK_MS, self._look)
