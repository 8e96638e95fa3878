# SPDX-License-Identifier: GPL-3.0-or-later
"""The artist's corrections of a lineart, as the docker shows them: how many there are, and where."""

from __future__ import annotations

from dataclasses import dataclass

from smart_lineart.inking import Merge, Rect
from smart_lineart.krita_host import application
from smart_lineart.krita_host.document import Document
from smart_lineart.krita_host.layer import Layer

from .signal import Signal

LINEARTS = 16  # whose corrections are known


@dataclass(frozen=True)
class Kept:
    """Where corrections stand against the fresh ink.

    Attributes:
        lineart: the layer's identity.
        places: rectangles in image px.
    """

    document: Document
    lineart: str
    places: tuple[Rect, ...]

    @classmethod
    def of(cls, document: Document, lineart: Layer, merge: Merge, area: Rect) -> Kept:
        """What a merge over an area of the image kept, on the page."""
        page = document.page
        places = (
            Rect(place.x + area.x, place.y + area.y, place.width, place.height).intersection(page)
            for place in merge.kept
        )
        return cls(
            document, lineart.identity, tuple(place for place in places if place.width and place.height)
        )


class Corrections:
    """What was kept in the lineart that the artist is at."""

    def __init__(self) -> None:
        self._known: list[Kept] = []
        self._at = ""
        self.kept: Kept | None = None
        self.shown = False
        self.changed = Signal()

    @property
    def count(self) -> int:
        """How many places there are."""
        return len(self.kept.places) if self.kept is not None else 0

    def of(self, document: Document, lineart: str) -> Kept | None:
        """What was kept in a lineart, by its identity; None if that is not known."""
        return next(
            (kept for kept in self._known if kept.lineart == lineart and kept.document == document), None
        )

    def show(self, kept: Kept) -> None:
        """A lineart was renewed."""
        self.keep(kept)
        self._set(kept)

    def keep(self, kept: Kept) -> None:
        """A lineart was renewed, which need not be the one that the artist is at."""
        older = self.of(kept.document, kept.lineart)
        others = [known for known in self._known if known is not older]
        self._known = [*others[1 - LINEARTS :], kept]

    def count_anew(self, document: Document, lineart: Layer, kept: Kept | None) -> None:
        """What stands in a lineart now; None: that cannot be told. It is shown if the artist is there."""
        older = self.of(document, lineart.identity)
        self._known = [known for known in self._known if known is not older]
        if kept is not None:
            self._known = [*self._known[1 - LINEARTS :], kept]
        if self._at == lineart.identity:
            self._set(kept)

    def look(self, document: Document, lineart: Layer | None) -> None:
        """The artist is at another lineart now, or undo has brought another one back."""
        self._at = lineart.identity if lineart is not None else ""
        self._known = [kept for kept in self._known if application.is_open(kept.document)]
        self._set(self.of(document, lineart.identity) if lineart is not None else None)

    def set_shown(self, shown: bool) -> None:
        """Show the places on the canvas, or stop showing them."""
        self.shown = shown
        self.changed.emit()

    def _set(self, kept: Kept | None) -> None:
        if kept != self.kept:
            self.kept = kept
            self.changed.emit()
