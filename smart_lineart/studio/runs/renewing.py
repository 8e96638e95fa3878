# SPDX-License-Identifier: GPL-3.0-or-later
"""Renews a sketch's lineart: what the artist changed in it stays, the rest becomes the fresh ink.

One undoable step, or none at all where nothing changes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from smart_lineart.inking import Base, FreshInk
from smart_lineart.krita_host import application, view
from smart_lineart.krita_host.colour import as_pixel
from smart_lineart.krita_host.document import Document, selected_over
from smart_lineart.krita_host.layer import Layer
from smart_lineart.krita_host.lineart import Ink, LineartLayer, NotRenewed, renews_in_one_step
from smart_lineart.krita_host.refreshing import refresh_when_idle
from smart_lineart.krita_host.retouched import read_lineart
from smart_lineart.krita_host.soft_selection import softened
from smart_lineart.krita_host.undo_words import UndoWords
from smart_lineart.studio.corrections import Kept
from smart_lineart.studio.document.memory import Memory
from smart_lineart.studio.language.i18n import tr, translated
from smart_lineart.studio.settings import InkSettings
from smart_lineart.studio.steps import Work, Worker

from .finding import NotFound, find_base
from .live_layer import LiveLayer, untouched
from .pen import Pen, chosen_colour, colours_of, last_pixel, paints_of
from .plan import Plan, plan_ink_again
from .settling import stay_on, wait_for_pen

TRIES = 20


@dataclass(frozen=True)
class Renewed:
    """How a renewal ended: the layer in use now, and what was kept in it; `inside`: only a part of the page
    was renewed, so that its settings are not the whole lineart's.
    """

    layer: Layer
    kept: Kept
    changed: bool
    inside: bool = False

    def is_there(self) -> bool:
        """Whether undo has not taken it back."""
        return self.layer.parent is not None


def sentence_of_steps(lineart: Layer) -> str:
    """Says so where renewing a lineart can't be undone at once."""
    if renews_in_one_step(lineart):
        return ""
    return tr(
        '"{name}" has masks, a layer style or keyframes: undo twice to take the update back.',
        name=lineart.name,
    )


def keep_apart(lineart: Layer, error: NotFound) -> str:
    """Keep a lineart whole, as a layer of the artist's own; returns the sentence that says so."""
    lineart.rename(tr("Lineart corrections"))
    return (
        translated(error)
        + " "
        + tr('That layer stays as "Lineart corrections"; the new ink has a layer of its own.')
    )


def sentence_of_staying(lineart: Layer, error: NotFound) -> str:
    """Says that a layer does not become another, and why."""
    return translated(error) + " " + tr('"{name}" stays as it is.', name=lineart.name)


class Renewer:
    """Renews linearts on behalf of runs and of the artist's "Use new ink here"."""

    def __init__(self, memory: Memory, worker: Worker, undo_words: UndoWords | None = None):
        self._memory = memory
        self._undo_words = undo_words or UndoWords()
        self._worker = worker
        self.live = LiveLayer()

    def renew(
        self,
        document: Document,
        lineart: Layer,
        fresh: FreshInk,
        colour: Any | None,
        selection: Any | None,
        *,
        live: bool = False,
        whole: object = None,
        ready: Callable[[], Work] = wait_for_pen,
        begin: Callable[[], None] = lambda: None,
        moving: Sequence[tuple[Base, FreshInk]] = (),
        word: str = "",
    ) -> Work:
        """Merge fresh ink into a lineart, inside the selection if there is one; returns `Renewed`.

        `colour`: Krita's, to write it in; None: black.

        `live`: of the runs that follow one another only the first is an undoable step, as long as the artist
        leaves the lineart alone. None is returned where one more step would take away what can be redone.

        `whole`: whatever this is a part of, to be undone with it at once.

        `moving`: linearts that lines come from into this one, and these lines: what was erased of them there
        is erased here.

        `word`: what undo says of it, where that is not "Ink sketch".

        `ready` waits until Krita may be told to change the layer; `begin` hears that it is about to be.

        Raises NotFound, NotRenewed.
        """
        selection = softened(selection, document.page)
        for _ in range(TRIES):
            pen = Pen.of(colour, lineart.form, document, selection)
            base = yield from find_base(self._memory, self._worker, document, lineart)
            for other, lines in moving:
                base = yield self._worker.submit(partial(base.erased_too, other, lines))
            plan = yield from pen.plan(base, fresh, self._worker)
            yield from ready()
            again = yield from read_lineart(lineart.copy(), colours_of(base.record), document.page)
            if again.same_as(base.layer) and not view.painting():
                break
        else:
            raise NotRenewed  # the artist never stopped painting on it
        begin()
        if live:
            return (yield from self._carry_out_live(document, lineart, plan, pen.pixel, base))
        word = word or tr("Ink sketch")
        return (yield from self._carry_out(document, lineart, plan, pen.pixel, selection, word, whole))

    def take_new(
        self, document: Document, lineart: Layer, selection: Any, settings: InkSettings | None
    ) -> Work:
        """Inside the selection, put the ink last made in the place of what is there; returns `Renewed`.

        `settings`: the whole lineart's, where they are known.
        """
        base = yield from find_base(self._memory, self._worker, document, lineart)
        selected = yield from selected_over(selection, base.record.area)
        assert selected is not None
        plan = yield self._worker.submit(partial(plan_ink_again, base, selected))
        pixel = last_pixel(base.record, lineart.form)
        if pixel is not None and settings is not None and base.record.regions:
            pixel = as_pixel(chosen_colour(settings), lineart.form)  # the last may be a region's
        yield from wait_for_pen()
        word = tr("Use new ink here")
        return (yield from self._carry_out(document, lineart, plan, pixel, selection, word))

    def erase(
        self, document: Document, lineart: Layer, erasing: Callable[[Base], Plan | None], word: str
    ) -> Work:
        """Take away what a plan says, as if the artist had erased it, in one step that undo calls by a word;
        `erasing` makes it on the worker's thread. Returns `Renewed`, or None where there is nothing to do.
        """
        base = yield from find_base(self._memory, self._worker, document, lineart)
        plan = yield self._worker.submit(partial(erasing, base))
        if plan is None:
            return None
        pixel = last_pixel(base.record, lineart.form)
        yield from wait_for_pen()
        return (yield from self._carry_out(document, lineart, plan, pixel, None, word))

    def open_live(self, document: Document, lineart: Layer) -> Work:
        """Take note that live runs may go on writing into a layer, as long as it stays what it is now."""
        self.live.open(lineart, (yield from read_lineart(lineart.copy(), [], document.page)))

    def _carry_out_live(
        self, document: Document, lineart: Layer, plan: Plan, pixel: np.ndarray, base: Base
    ) -> Work:
        if not plan.changes:
            renewed = yield from self._carry_out(document, lineart, plan, pixel, None, tr("Ink sketch"))
            return (yield from self._stand_by(document, renewed, plan, base))
        if not plan.record.tiles and not (yield self._worker.submit(partial(untouched, base))):
            return None  # an empty sketch comes back, at an undo, and must find what the artist erased
        if self.live.may_write(lineart, base.layer):
            target = LineartLayer.reopen(document, lineart)
            yield from _write(target, plan, pixel)
            self._memory.note_ink(document, lineart, plan.record)
            yield from refresh_when_idle(document)
            renewed = Renewed(lineart, Kept.of(document, lineart, plan.merge, plan.area), changed=True)
        elif application.can_redo():
            return None
        else:
            renewed = yield from self._carry_out(document, lineart, plan, pixel, None, tr("Ink sketch"))
        yield from self.open_live(document, renewed.layer)
        return renewed

    def _stand_by(self, document: Document, renewed: Renewed, plan: Plan, base: Base) -> Work:
        """Before the artist draws: a layer that may be written without an undo step, so that undo takes back
        the stroke. One that holds their corrections is replaced by a copy, which is a step by itself.
        """
        lineart, active = renewed.layer, document.active_layer()
        if self.live.may_write(lineart, base.layer) or application.can_redo():
            return renewed
        if active is None or active.identity == lineart.identity:
            return renewed
        if not (yield self._worker.submit(partial(untouched, base))):
            yield from wait_for_pen()
            there = application.is_active(document) and lineart.parent is not None
            if not there or application.can_redo() or not renews_in_one_step(lineart):
                return renewed
            now = document.active_layer()
            if now is None or now.identity != active.identity:
                return renewed
            with self._undo_words.ours():
                target = yield from LineartLayer.renew(document, lineart)
            self._undo_words.note(document, target.layer, tr("Ink sketch"))
            self._memory.carry(document, lineart.identity, target.layer)
            yield from stay_on(document, active, target.layer)
            self._memory.note_ink(document, target.layer, plan.record)
            renewed = Renewed(
                target.layer, replace(renewed.kept, lineart=target.layer.identity), changed=False
            )
        yield from self.open_live(document, renewed.layer)
        return renewed

    def _carry_out(
        self,
        document: Document,
        lineart: Layer,
        plan: Plan,
        pixel: np.ndarray | None,
        selection: Any | None,
        word: str,
        whole: object = None,
    ) -> Work:
        if not plan.changes:
            self._memory.note_ink(document, lineart, plan.record)
            kept = Kept.of(document, lineart, plan.merge, plan.area)
            return Renewed(lineart, kept, changed=False, inside=plan.inside)
        active = document.active_layer()
        with self._undo_words.ours():
            target = yield from LineartLayer.renew(document, lineart, selection)
        self._undo_words.note(document, target.layer, word, whole, lineart.identity)
        self._memory.carry(document, lineart.identity, target.layer)
        if active is not None and active.identity != lineart.identity:
            yield from stay_on(document, active, target.layer)
        yield from _write(target, plan, pixel)
        self._memory.note_ink(document, target.layer, plan.record)
        yield from refresh_when_idle(document)
        kept = Kept.of(document, target.layer, plan.merge, plan.area)
        return Renewed(target.layer, kept, changed=True, inside=plan.inside)


def _write(target: LineartLayer, plan: Plan, pixel: np.ndarray | None) -> Work:
    paints = paints_of(plan.record, target.layer.form)
    yield  # converting colours lets Krita handle events
    for _ in target.write(Ink(plan.merge.coverage, plan.area, pixel, plan.merge, paints), once=True):
        yield from wait_for_pen()
