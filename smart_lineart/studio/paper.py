# SPDX-License-Identifier: GPL-3.0-or-later
"""A sheet of paper that nothing lies beneath, such as a scan alone: while it is faded, its own colour lies
under all layers, so that Krita's chequers do not come through.

Krita keeps no undo of that colour, so it follows the sketch: it goes when that is shown, hidden, deleted, or
its ink undone. A colour that the artist has put there is theirs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from smart_lineart.krita_host.document import Document
from smart_lineart.krita_host.layer import Layer
from smart_lineart.krita_host.refreshing import change_background

from .document.memory import Memory
from .steps import Pending, Work
from .veil import Veil

OPAQUE = 255
NEAR = 2  # levels by which Krita tells a colour otherwise than it was told, in other colour spaces
Colour = tuple[int, int, int, int]


class Paper:
    """`work_on`: does work on a document in steps."""

    def __init__(self, memory: Memory, work_on: Callable[[Document, Work], Pending]):
        self._memory, self._work_on = memory, work_on
        self._change: Pending | None = None

    def look(self, document: Document, identity: str, sketch: Layer | None) -> bool:
        """See to the colour beneath a sketch, which is None where it is not in the document. Whether the
        document is about to be shown with another one. Called often, so it is quick.
        """
        veil = self._memory.veil_of(document, identity)
        if veil is None or not veil.paper or (self._change is not None and not self._change.done):
            return False
        if veil.beneath and not _is(document.background, veil.paper):
            self._memory.note_veil(document, identity, replace(veil, paper="", beneath=False))  # the artist's
            return False
        if self._next(document, veil, sketch) is None:
            return False
        self._change = self._work_on(document, self._put(document, identity))
        return True

    def _next(self, document: Document, veil: Veil, sketch: Layer | None) -> Colour | None:
        """The colour to put there; None where it is as it should be."""
        wanted = veil.fades and sketch is not None and sketch.visible
        if wanted == veil.beneath or (wanted and document.background[-1]):
            return None
        return (*_rgb(veil.paper), OPAQUE if wanted else 0)

    def _put(self, document: Document, identity: str) -> Work:
        """Once nobody is painting, and if it is still asked for then."""

        def colour() -> Colour | None:
            veil = self._memory.veil_of(document, identity)
            return None if veil is None else self._next(document, veil, document.layer(identity))

        def begin(put: Colour) -> None:
            veil = self._memory.veil_of(document, identity)
            if veil is not None:
                self._memory.note_veil(document, identity, replace(veil, beneath=put[-1] == OPAQUE))

        yield from change_background(document, colour, begin)


def _rgb(text: str) -> tuple[int, int, int]:
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def _is(colour: Colour, paper: str) -> bool:
    """Whether the colour under all layers is the paper's."""
    apart = (abs(one - other) for one, other in zip(colour, _rgb(paper), strict=False))
    return colour[-1] == OPAQUE and all(levels <= NEAR for levels in apart)
