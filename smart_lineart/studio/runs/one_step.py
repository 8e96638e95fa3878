# SPDX-License-Identifier: GPL-3.0-or-later
"""What the artist did at once is undone and redone at once, though Krita took several steps for it.

Scripts cannot join steps in Krita, and each layer that is replaced is a step of its own. So where undo has
taken back the last step of ours that is part of a whole, the others are taken back, too; redo likewise. It
goes no further than steps that are proved ours: called so, with the layers there that there were then. A
stroke that the artist painted in between, or a layer that they added, is theirs.
"""

from __future__ import annotations

from smart_lineart.krita_host import application, view
from smart_lineart.krita_host.document import Document
from smart_lineart.studio.context import Context
from smart_lineart.studio.steps import Work

from .settling import SETTLE_MS

MOST_TURNS = 400  # 2 s: a Krita that is never at rest plays an animation, say
UNDO, REDO = "edit_undo", "edit_redo"


class OneStep:
    """Hears of each undo and redo."""

    def __init__(self, context: Context):
        self._context = context
        self._at_work = False

    def stepped(self, entry: str) -> None:
        """An undo or redo was asked for, as the menu's entry is called."""
        document = application.active_document()
        if self._at_work or document is None:
            return
        wholes = self._context.undo_words.wholes(document)
        if wholes:
            self._at_work = True
            work = self._context.work_on(document, self._go_on(document, entry, wholes))
            work.when_done(self._done)

    def _done(self) -> None:
        self._at_work = False

    def _go_on(self, document: Document, entry: str, wholes: list[tuple[str, ...]]) -> Work:
        """To the end of the whole whose last step was taken back, or whose first was taken again.

        That this was just now is told by what the other entry would take: what there was before may have been
        looked at when it was too late, since Krita handles events while it undoes.
        """
        yield from _at_rest(document)
        back, other = (True, REDO) if entry == UNDO else (False, UNDO)
        there = {layer.identity for layer in document.layers()}
        for layers in wholes:
            step, *rest = reversed(layers) if back else layers
            taken = (step in there) != back and any((one in there) == back for one in rest)
            if taken and self._context.undo_words.is_next(document, other, step):
                yield from self._take(document, entry, layers)
                return

    def _take(self, document: Document, entry: str, layers: tuple[str, ...]) -> Work:
        left = _left(document, entry, layers)
        while left and not view.painting() and application.is_active(document):
            next_one = layers[left - 1] if entry == UNDO else layers[len(layers) - left]
            if not self._context.undo_words.is_next(document, entry, next_one):
                return
            application.trigger(entry)
            yield from _at_rest(document)
            before, left = left, _left(document, entry, layers)
            if left >= before:
                return


def _left(document: Document, entry: str, layers: tuple[str, ...]) -> int:
    """How many steps are to be taken yet."""
    there = {layer.identity for layer in document.layers()}
    done = max((number + 1 for number, layer in enumerate(layers) if layer in there), default=0)
    return done if entry == UNDO else len(layers) - done


def _at_rest(document: Document) -> Work:
    """Until Krita has done what was asked for."""
    rests = 0
    for _ in range(MOST_TURNS):
        yield SETTLE_MS
        rests = rests + 1 if document.idle else 0
        if rests > 1:
            return
