# SPDX-License-Identifier: GPL-3.0-or-later
"""Renews a sketch's lineart: what the artist changed in it stays, the rest becomes the fresh ink.

One undoable step, or none at all where nothing changes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from smart_lineart.inking import Base, DamagedRecord, FreshInk, InkError, InkRecord, LayerInk, Merge, Rect
from smart_lineart.inking.renewing.merging import WRITE
from smart_lineart.krita_host import application, view
from smart_lineart.krita_host.colour import as_pixel
from smart_lineart.krita_host.document import Document, selected_over, selection_strip
from smart_lineart.krita_host.layer import Layer
from smart_lineart.krita_host.lineart import CHANGING, Ink, LineartLayer, NotRenewed, renews_in_one_step
from smart_lineart.krita_host.pixels import PixelFormat
from smart_lineart.krita_host.refreshing import refresh_when_idle
from smart_lineart.krita_host.retouched import note_colour, noted_colour, read_lineart
from smart_lineart.studio.document.memory import Memory
from smart_lineart.studio.language.i18n import tr, translated

from .settling import stay_on, wait_for_pen
from .steps import Work, Worker

TRIES = 20
COLOURS = 8  # that parts of one lineart may have been inked in


class NotFound(InkError):
    """The ink last written is not in its layer any more, or not known: corrections can't be told from it."""

    usual = "The ink made last was not found in its layer again."


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


@dataclass(frozen=True)
class Renewed:
    """How a renewal ended: the layer in use now, and what was kept in it."""

    layer: Layer
    kept: Kept
    changed: bool


@dataclass(frozen=True)
class _Plan:
    merge: Merge
    area: Rect
    record: InkRecord
    changes: bool


def noted(
    fresh: FreshInk, document: Document, pen: Any, form: PixelFormat, before: InkRecord | None = None
) -> FreshInk:
    """Fresh ink with what its record keeps beside it: the page it was made for, the colours of the ink.

    `before`: the record of ink of which a part stays.
    """
    colours = _colours(before) if before is not None else []
    colour = note_colour(as_pixel(pen, form), form)
    colours = [other for other in colours if other != colour] + [colour]
    notes = {"page": list(document.page[2:]), "colours": colours[-COLOURS:]}
    return replace(fresh, notes={**fresh.notes, **notes})


def sentence_of_steps(lineart: Layer) -> str:
    """Says so where renewing a lineart can't be undone at once."""
    if renews_in_one_step(lineart):
        return ""
    return tr(
        '"{name}" has masks, a layer style or keyframes: undo twice to take its renewal back.',
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


def find_base(memory: Memory, worker: Worker, document: Document, lineart: Layer) -> Work:
    """A `Base`: what the layer holds, and its ink in it. Raises NotFound."""
    snapshot = lineart.copy()
    if not snapshot.bounds.width:  # all was wiped away: begin anew
        return Base.blank()
    try:
        record = memory.ink_of(document, lineart)
    except DamagedRecord as error:
        raise NotFound.saying(error.said) from error
    if record is None:
        raise NotFound
    try:
        base = yield from find_in(snapshot, record, memory, worker, document)
    except DamagedRecord as error:
        raise NotFound.saying(error.said) from error
    if base is None:
        raise NotFound
    return base


def find_in(snapshot: Layer, record: InkRecord, memory: Memory, worker: Worker, document: Document) -> Work:
    """A `Base`: what a layer holds and a record's ink in it, or None. Raises DamagedRecord."""
    layer = yield from read_lineart(snapshot, _colours(record), document.page)
    return (yield worker.submit(partial(Base.find_on, document.page, record, layer, memory.limit)))


def _colours(record: InkRecord) -> list[Any]:
    colours = record.notes.get("colours")
    return colours[-COLOURS:] if isinstance(colours, list) else []


def recolours(base: Base, pixel: np.ndarray, form: PixelFormat) -> bool:
    """Whether ink of the colour of `pixel` is another than the layer's was last written in."""
    colours = _colours(base.record)
    before = noted_colour(colours[-1], form) if colours else None
    return before is not None and not np.allclose(before[:-1], pixel[:-1], rtol=1e-3, atol=1e-3)


class Renewer:
    """Renews linearts on behalf of runs and of the artist's "Take the new ink here"."""

    def __init__(self, memory: Memory, worker: Worker):
        self._memory = memory
        self._worker = worker
        self._live: tuple[str, LayerInk] | None = None

    def renew(
        self,
        document: Document,
        lineart: Layer,
        fresh: FreshInk,
        pen: Any,
        selection: Any | None,
        *,
        live: bool = False,
        ready: Callable[[], Work] = wait_for_pen,
        begin: Callable[[], None] = lambda: None,
    ) -> Work:
        """Merge fresh ink into a lineart, inside the selection if there is one; returns `Renewed`.

        `live`: of the runs that follow one another only the first is an undoable step, as long as the artist
        leaves the lineart alone. None is returned where one more step would take away what can be redone.

        `ready` waits until Krita may be told to change the layer; `begin` hears that it is about to be.

        Raises NotFound, NotRenewed.
        """
        form = lineart.form
        pixel = as_pixel(pen, form)
        for _ in range(TRIES):
            base = yield from find_base(self._memory, self._worker, document, lineart)
            recolour = recolours(base, pixel, form)
            before = base.record if selection is not None else None
            placing = partial(base.place, noted(fresh, document, pen, form, before))
            placed = yield self._worker.submit(placing)
            area = base.area(placed)
            selected = selected_over(selection, area)
            plan = yield self._worker.submit(partial(_plan, base, placed, area, selected, recolour=recolour))
            yield from ready()
            again = yield from read_lineart(lineart.copy(), _colours(base.record), document.page)
            if again.same_as(base.layer) and not view.painting():
                break
        else:
            raise NotRenewed  # the artist never stopped painting on it
        begin()
        if live:
            return (yield from self._carry_out_live(document, lineart, plan, pixel, base.layer))
        return (yield from self._carry_out(document, lineart, plan, pixel, selection))

    def take_new(self, document: Document, lineart: Layer, selection: Any) -> Work:
        """Inside the selection, put the ink last made in the place of what is there; returns `Renewed`."""
        base = yield from find_base(self._memory, self._worker, document, lineart)
        selected = selection_strip(selection, base.record.area)
        plan = yield self._worker.submit(partial(_give_up, base, selected))
        colours = _colours(base.record)
        pixel = noted_colour(colours[-1], lineart.form) if colours else None
        yield from wait_for_pen()
        return (yield from self._carry_out(document, lineart, plan, pixel, selection))

    def open_live(self, document: Document, lineart: Layer) -> Work:
        """Take note that live runs may go on writing into a layer, as long as it stays what it is now."""
        self._live = lineart.identity, (yield from read_lineart(lineart.copy(), [], document.page))

    def _carry_out_live(
        self, document: Document, lineart: Layer, plan: _Plan, pixel: np.ndarray, now: LayerInk
    ) -> Work:
        if not plan.changes:
            return (yield from self._carry_out(document, lineart, plan, pixel, None))
        if self._live is not None and self._live[0] == lineart.identity and self._live[1].covers_as(now):
            target = LineartLayer.reopen(document, lineart)
            yield from _write(target, plan, pixel)
            self._memory.note_ink(document, lineart, plan.record)
            yield from refresh_when_idle(document)
            renewed = Renewed(lineart, Kept.of(document, lineart, plan.merge, plan.area), changed=True)
        elif application.can_redo():
            return None
        else:
            renewed = yield from self._carry_out(document, lineart, plan, pixel, None)
        yield from self.open_live(document, renewed.layer)
        return renewed

    def _carry_out(
        self, document: Document, lineart: Layer, plan: _Plan, pixel: np.ndarray | None, selection: Any | None
    ) -> Work:
        if not plan.changes:
            self._memory.note_ink(document, lineart, plan.record)
            return Renewed(lineart, Kept.of(document, lineart, plan.merge, plan.area), changed=False)
        active = document.active_layer()
        target = yield from LineartLayer.renew(document, lineart, selection)
        self._memory.carry(document, lineart.identity, target.layer)
        yield from _write(target, plan, pixel)
        self._memory.note_ink(document, target.layer, plan.record)
        yield from refresh_when_idle(document)
        if active is not None and active.identity != lineart.identity:
            yield from stay_on(document, active, target.layer)
        kept = Kept.of(document, target.layer, plan.merge, plan.area)
        return Renewed(target.layer, kept, changed=True)


def _give_up(base: Base, selected: np.ndarray) -> _Plan:
    """The ink last made instead of what is there; `selected`, uint8, over its area."""
    area, ink = base.record.area, base.record.coverage()
    alpha, touched = base.layer.over(area)
    action = ((ink != alpha) | touched) * np.uint8(WRITE)
    return _Plan(Merge(action, ink, []), area, base.record, bool(action[selected > 0].any()))


def _write(target: LineartLayer, plan: _Plan, pixel: np.ndarray | None) -> Work:
    for _ in target.write(Ink(plan.merge.coverage, plan.area, pixel, plan.merge), once=True):
        yield from wait_for_pen()


def _plan(base: Base, fresh: FreshInk, area: Rect, selected: np.ndarray | None, *, recolour: bool) -> _Plan:
    merge = base.merge(fresh, area, recolour=recolour)
    changing = (merge.action & CHANGING) > 0
    if selected is not None:
        changing &= selected > 0
    return _Plan(merge, area, base.remember(fresh, selected, area), bool(changing.any()))
