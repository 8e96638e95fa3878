# SPDX-License-Identifier: GPL-3.0-or-later
"""A lineart on a new layer hides the older one, and gives it back when undo takes the new one away.

Krita keeps no undo of what is hidden.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from smart_lineart.krita_host import application
from smart_lineart.krita_host.document import Document
from smart_lineart.krita_host.layer import Layer

from .memory import Memory


def free_name(document: Document, wanted: str) -> str:
    """A layer's name that no other has: with a number behind it where that is taken."""
    taken = {layer.name for layer in document.layers()}
    name, number = wanted, 2
    while name in taken:
        name, number = f"{wanted} {number}", number + 1
    return name


@dataclass
class _Older:
    """A lineart that a newer one of the same sketch has hidden; `hidden`: by us, now."""

    document: Document
    sketch: str
    layer: str
    hue: str
    hidden: bool = True


class Copies:
    """What was hidden. An eye that the artist opens meanwhile stays open."""

    def __init__(self, memory: Memory, show_soon: Callable[[Document], None]):
        self._memory, self._show_soon = memory, show_soon
        self._known: list[_Older] = []

    def hide(self, document: Document, sketch: str, older: Layer, hue: str = "") -> None:
        """A newer lineart of the sketch, or of its lines of one colour, is there."""
        if older.visible:
            older.set_visible(False)
            self._show_soon(document)
            self._known.append(_Older(document, sketch, older.identity, hue))

    def look(self, document: Document, written: Callable[[Document, str], bool]) -> None:
        """Undo or redo may have taken the newer one away, or brought it back; not while it is `written`."""
        self._known = [one for one in self._known if application.is_open(one.document)]
        for one in self._known:
            layer = document.layer(one.layer) if one.document == document else None
            used = None
            if layer is not None:
                used = self._memory.lineart_in_use(document, one.sketch, one.hue)
            if layer is None or used is None or written(document, one.sketch):
                continue
            newest = used.identity == one.layer
            if newest == one.hidden:
                if layer.visible != newest:
                    layer.set_visible(newest)
                    self._show_soon(document)
                one.hidden = not newest
