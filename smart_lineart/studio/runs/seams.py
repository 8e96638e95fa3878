# SPDX-License-Identifier: GPL-3.0-or-later
"""Where areas of flats end without a line, to be marked over the canvas: no part of the document."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from smart_lineart.inking.areas import Areas, DamagedAreas
from smart_lineart.inking.arrays import Floats
from smart_lineart.krita_host.document import Document
from smart_lineart.krita_host.layer import Layer
from smart_lineart.studio.document.flats import FlatsMemory
from smart_lineart.studio.signal import Signal


@dataclass(frozen=True)
class Seams:
    """Lines in page px, float32 (m, 2) each, x and y: where areas end without a line, and where
    they could.
    """

    document: Document
    closed: tuple[Floats, ...]
    open: tuple[Floats, ...]


class SeamsAtHand:
    """Those of the lineart at hand, for as long as the artist wants to see them."""

    def __init__(self, memory: FlatsMemory, at_hand: Callable[[], tuple[Document, str, Layer] | None]):
        self._memory, self._at_hand = memory, at_hand
        self._areas: Areas | None = None
        self.on = False
        self.shown: Seams | None = None
        self.changed = Signal()

    def switch(self, on: bool) -> None:
        """Show them, or no longer."""
        self.on = on
        self.look()

    def look(self) -> None:
        """The artist may be at another lineart, or its flats may be others."""
        found = self._found() if self.on else None
        areas = None if found is None else found[1]
        same = areas is self._areas and (found is None) == (self.shown is None)
        if same and (found is None or self.shown is None or found[0] == self.shown.document):
            return
        self._areas = areas
        self.shown = None if found is None else Seams(found[0], found[1].seams, found[1].open_seams)
        self.changed.emit()

    def _found(self) -> tuple[Document, Areas] | None:
        at_hand = self._at_hand()
        flats = None if at_hand is None else self._memory.in_use(*at_hand[:2])
        areas = None
        if at_hand is not None and flats is not None:
            with suppress(DamagedAreas):  # said when flats are made again
                areas = self._memory.areas_in(at_hand[0], flats.identity)
        if at_hand is None or areas is None:
            return None
        page = at_hand[0].page
        return (at_hand[0], areas) if areas.shape == (page.height, page.width) else None
