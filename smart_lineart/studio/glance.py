# SPDX-License-Identifier: GPL-3.0-or-later
"""A look at the sketch alone, or at the ink without it, for as long as a button is held."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from smart_lineart.krita_host import application, view
from smart_lineart.krita_host.document import Document
from smart_lineart.krita_host.layer import Layer


@dataclass(frozen=True)
class Change:
    """What a layer is for a moment: whether its eye is open, and its opacity."""

    layer: Layer
    visible: bool
    opacity: int


class Glance:
    """`show` has a document shown as it is now; `successor`: what has taken a layer's place meanwhile."""

    def __init__(
        self,
        show: Callable[[Document], None],
        successor: Callable[[Document, Layer], Layer | None] = lambda _document, _layer: None,
    ):
        self._show, self._successor = show, successor
        self._document: Document | None = None
        self._changed: list[tuple[Change, Change]] = []

    @property
    def active(self) -> bool:
        """Whether the artist is looking."""
        return self._document is not None

    def begin(self, document: Document, changes: Iterable[Change]) -> None:
        """Change layers for a moment."""
        self.end()
        self._document = document
        view.keep_still(self, still=True)
        for ours in changes:
            layer = ours.layer
            before = Change(layer, layer.visible, layer.opacity)
            self._changed.append((before, ours))
            make(before, ours)
        self._show(document)

    def end(self) -> None:
        """Give everything back, but for what was changed by another meanwhile."""
        document, changed = self._document, self._changed
        self._document, self._changed = None, []
        view.keep_still(self, still=False)
        if document is None or not application.is_open(document):
            return
        for before, ours in reversed(changed):
            make(ours, before)  # one that was replaced may come back by undo
            heir = self._successor(document, before.layer)
            if heir is not None:
                make(replace(ours, layer=heir), replace(before, layer=heir))
        self._show(document)

    def check(self) -> None:
        """End it where the artist is at another document, or at none."""
        if self._document is not None and not application.is_active(self._document):
            self.end()


def make(one: Change, other: Change) -> None:
    """Make a layer that is as `one` says as `other` says."""
    layer = one.layer
    if layer.visible == one.visible and one.visible != other.visible:
        layer.set_visible(other.visible)
    if layer.opacity == one.opacity and one.opacity != other.opacity:
        layer.set_opacity(other.opacity)
