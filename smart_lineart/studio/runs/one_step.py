# SPDX-License-Identifier: GPL-3.0-or-later
"""What the artist did at once is undone and redone at once, though Krita took several steps for it.

Scripts cannot join steps in Krita, and each layer that is replaced is a step of its own. So where undo has
taken back the last step of ours that is part of a whole, the others are taken back, too; redo likewise. It
goes no further than steps that are proved ours: called so, with the layers there that there were then. A
stroke that the artist painted in between, or a layer that they added, is theirs.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from smart_lineart.krita_host import application, view
from smart_lineart.krita_host.document import Document
from smart_lineart.studio.context import Context
from smart_lineart.studio.steps import Work

from .settling import SETTLE_MS

MOST_TURNS = 400  # 2 s: a Krita that is never at rest plays an animation, say
LATE_TURNS = 60  # 300 ms: a busy Krita may be at rest before it has begun with what was asked for
JUST_S = 0.5  # Krita may show what an undo took away before it tells that one was asked for
UNDO, REDO = "edit_undo", "edit_redo"


class OneStep:
    """Hears of each undo and redo."""

    def __init__(self, context: Context):
        self._context = context
        self._there: tuple[Document, set[str]] | None = None
        self._before: tuple[float, set[str]] = 0.0, set()
        self._at_work = False
        self._taken = 0

    def look(self, document: Document) -> None:
        """Layers may have come or gone."""
        if self._at_work:
            return
        there = {layer.identity for layer in document.layers()}
        if self._there is not None and self._there[0] == document and self._there[1] != there:
            self._before = time.monotonic(), self._there[1]
        elif self._there is None or self._there[0] != document:
            self._before = 0.0, set()
        self._there = document, there

    def stepped(self, entry: str) -> None:
        """An undo or redo was asked for, as the menu's entry is called."""
        self._taken += 1
        document, there = application.active_document(), self._there
        if self._at_work or document is None or there is None or there[0] != document:
            return
        wholes = self._context.undo_words.wholes(document)
        marks = [layers[-1] if entry == UNDO else layers[0] for layers in wholes]
        changed, earlier = self._before
        sets = [there[1], earlier] if time.monotonic() - changed < JUST_S else [there[1]]
        before = [(any if entry == UNDO else all)(mark in one for one in sets) for mark in marks]
        if wholes:
            self._at_work = True
            work = self._context.work_on(document, self._go_on(document, entry, wholes, marks, before))
            work.when_done(lambda: self._done(document))

    def _done(self, document: Document) -> None:
        self._at_work = False
        if application.is_open(document):
            self.look(document)

    def _go_on(
        self,
        document: Document,
        entry: str,
        wholes: list[tuple[str, ...]],
        marks: list[str],
        before: list[bool],
    ) -> Work:
        """To the end of the whole whose last step was taken back, or whose first was taken again."""
        ends = {
            mark: layers
            for layers, mark, was in zip(wholes, marks, before, strict=True)
            if was == (entry == UNDO)
        }

        def reached() -> list[str]:
            there = {layer.identity for layer in document.layers()}
            return [mark for mark in ends if (mark in there) != (entry == UNDO)]

        taken = -1
        while ends and taken != self._taken and not reached():  # the artist may take several, one by one
            taken = self._taken
            yield from _done(document, lambda: bool(reached()))
        for mark in reached():
            if self._was_last(document, entry, ends[mark]):
                yield from self._take(document, entry, ends[mark])

    def _was_last(self, document: Document, entry: str, layers: tuple[str, ...]) -> bool:
        """Whether it was one of these steps that has just been taken: the other entry would take it now."""
        other = REDO if entry == UNDO else UNDO
        return any(self._context.undo_words.is_next(document, other, one) for one in layers)

    def _take(self, document: Document, entry: str, layers: tuple[str, ...]) -> Work:
        left = _left(document, entry, layers)
        while left and not view.painting() and application.is_active(document):
            next_one = layers[left - 1] if entry == UNDO else layers[len(layers) - left]
            if not self._context.undo_words.is_next(document, entry, next_one):
                return
            application.trigger(entry)
            fewer = partial(_fewer, document, entry, layers, left)
            yield from _done(document, fewer)
            left = _left(document, entry, layers)
            if not fewer():
                return


def _left(document: Document, entry: str, layers: tuple[str, ...]) -> int:
    """How many steps are to be taken yet."""
    there = {layer.identity for layer in document.layers()}
    done = max((number + 1 for number, layer in enumerate(layers) if layer in there), default=0)
    return done if entry == UNDO else len(layers) - done


def _fewer(document: Document, entry: str, layers: tuple[str, ...], than: int) -> bool:
    return _left(document, entry, layers) < than


def _done(document: Document, shown: Callable[[], bool]) -> Work:
    """Until Krita has done what was asked for: it is at rest and that is shown, or nothing comes of it."""
    yield from _at_rest(document)
    for _ in range(LATE_TURNS):
        if shown():
            return
        yield SETTLE_MS


def _at_rest(document: Document) -> Work:
    """Until Krita has nothing to do."""
    rests = 0
    for _ in range(MOST_TURNS):
        yield SETTLE_MS
        rests = rests + 1 if document.idle else 0
        if rests > 1:
            return
