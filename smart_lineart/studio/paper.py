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
NEAR = 2  # levels by which Krita may tell a colour otherwise, such as after a file was opened again
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
        if veil.beneath and not self._is_ours(document, identity, veil):
            self._memory.note_veil(document, identity, veil.left_to_the_artist())
            return False
        if self._next(document, veil, sketch) is None:
            return False
        self._change = self._work_on(document, self._put(document, identity))
        return True

    def leave(self, document: Document, identity: str) -> None:
        """A sketch has gone into another layer, which may need the colour: it is the artist's from now on."""
        veil = self._memory.veil_of(document, identity)
        if veil is not None and veil.beneath:
            self._memory.note_veil(document, identity, veil.left_to_the_artist())

    def _is_ours(self, document: Document, identity: str, veil: Veil) -> bool:
        """Whether the colour under all layers still is what was put there. Converting a document converts it
        too, so that it is read anew then.
        """
        colour, form = document.background, _form_of(document)
        if veil.form and form != veil.form and colour[-1] == OPAQUE:
            self._memory.note_veil(document, identity, replace(veil, told=_text(colour), form=form))
            return True
        return _is(colour, veil.told or veil.paper)

    def _next(self, document: Document, veil: Veil, sketch: Layer | None) -> Colour | None:
        """The colour to put there; None where it is as it should be."""
        wanted = veil.fades and sketch is not None and all(one.visible for one in (sketch, *sketch.above()))
        if wanted == veil.beneath or (wanted and document.background[-1]):
            return None
        if wanted:
            return (*_rgb(veil.paper), OPAQUE)
        return (*_rgb(veil.former), int(veil.former[7:9], 16)) if veil.former else (*_rgb(veil.paper), 0)

    def _put(self, document: Document, identity: str) -> Work:
        """Once nobody is painting, and if it is still asked for then."""

        def colour() -> Colour | None:
            veil = self._memory.veil_of(document, identity)
            return None if veil is None else self._next(document, veil, document.layer(identity))

        def begin(put: Colour) -> None:
            veil = self._memory.veil_of(document, identity)
            if veil is not None:
                there = put[-1] == OPAQUE
                former = _text(document.background) if there else ""
                veil = replace(veil, beneath=there, told="", form="", former=former)
                self._memory.note_veil(document, identity, veil)

        yield from change_background(document, colour, begin)
        veil = self._memory.veil_of(document, identity)
        if veil is not None and veil.beneath and not veil.told:
            told = replace(veil, told=_text(document.background), form=_form_of(document))
            self._memory.note_veil(document, identity, told)


def _rgb(text: str) -> tuple[int, int, int]:
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def _text(colour: Colour) -> str:
    """As "#rrggbbaa"."""
    return "#{:02x}{:02x}{:02x}{:02x}".format(*colour)


def _form_of(document: Document) -> str:
    """The document's colour space."""
    form = document.form
    return f"{form.model}/{form.depth}/{form.profile}"


def _is(colour: Colour, other: str) -> bool:
    """Whether the colour under all layers is this one."""
    apart = (abs(one - other) for one, other in zip(colour, _rgb(other), strict=False))
    return colour[-1] == OPAQUE and all(levels <= NEAR for levels in apart)
