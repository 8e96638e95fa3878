# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts the artist's corrections whenever they may have become others, so that what is said of them is true.

A run tells what it kept. Between runs, and before the first one in a file that was opened, the lineart is
compared with the ink that was written into it: once the artist has lifted the pen, at undo and redo, and
where another lineart is at hand.
"""

from __future__ import annotations

import time
from functools import partial

from smart_lineart.inking import Base
from smart_lineart.krita_host import application, view
from smart_lineart.krita_host.document import Document
from smart_lineart.krita_host.layer import Layer
from smart_lineart.studio.context import Context
from smart_lineart.studio.corrections import Kept
from smart_lineart.studio.document.memory import Pair
from smart_lineart.studio.steps import Work
from smart_lineart.studio.turns import Turns

from .finding import NotFound, find_base
from .plan import Draft, found_corrections

SETTLE_S = 0.6  # after the pen was lifted: who corrects comes down again sooner


class Counting:
    """Looks often, and counts seldom: never while the pen is down or anything else is at work."""

    def __init__(self, context: Context, turns: Turns):
        self._context = context
        self._turns = turns
        self._counted: tuple[Document, str, int] | None = None
        self._history: object = None
        self._pen_was_down = self._was_there = False
        self._stirred = False
        self._pen_at = 0.0
        self._time = 0
        self._at_work = False

    def notice_pen(self) -> None:
        """Asked for many times a second: a stroke may be short, and undo says the same of two strokes."""
        if view.painting():
            self._pen_was_down, self._pen_at = True, time.monotonic()

    def stir(self) -> None:
        """An undo or redo was asked for."""
        self._stirred = True

    def look(self, document: Document, pair: Pair | None) -> None:
        """The artist is at this lineart now. Quick where nothing has changed."""
        if pair is None or view.painting() or time.monotonic() - self._pen_at < SETTLE_S:
            return
        lineart, there = pair.lineart, self._is_there(document, pair.lineart)
        if self._pen_was_down and (there or self._was_there):
            self._stirred = True
        self._pen_was_down, self._was_there = False, there
        before, self._time = self._time, document.time if lineart.animated else 0
        if self._at_work or self._turns.busy or self._time != before:  # at work, or the animation plays
            return
        seen, history = (document, lineart.identity, self._time), application.history()
        other = seen != self._counted
        if not (other or self._stirred or (there and history != self._history)):
            return
        self._counted, self._history = seen, history
        if other and not self._stirred and self._context.corrections.of(document, lineart.identity):
            return  # a run has told
        self._stirred, self._at_work = False, True
        work = self._context.work_on(document, self._count(document, lineart))
        work.when_done(self._done)

    @staticmethod
    def _is_there(document: Document, lineart: Layer) -> bool:
        """Whether the artist is on the lineart itself, or on a mask of it."""
        active = document.active_layer()
        own = [] if active is None else [active, *active.above()]
        return any(layer.identity == lineart.identity for layer in own)

    def _done(self) -> None:
        self._at_work = False

    def _count(self, document: Document, lineart: Layer) -> Work:
        context = self._context
        try:
            base: Base | None = yield from find_base(context.memory, context.render_worker, document, lineart)
        except NotFound:
            base = None
        kept = None
        if base is not None:
            found: Draft = yield context.render_worker.submit(partial(found_corrections, base))
            kept = Kept.of(document, lineart, found.merge, found.area)
        if not self._turns.busy and lineart.parent is not None:  # else a run tells what it kept
            context.corrections.count_anew(document, lineart, kept)
