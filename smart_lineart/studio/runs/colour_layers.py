# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines of single colours, inked into layers of their own: one a colour, in a group right above the lineart.

Each is a lineart like any other, renewed as that is, with the artist's corrections in it. What the artist
had changed of such lines while they were still in the lineart goes with them.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from smart_lineart.inking import Base, FreshInk, InkRecord
from smart_lineart.inking.hues.palette import Palette
from smart_lineart.krita_host import application
from smart_lineart.krita_host.layer import Layer
from smart_lineart.krita_host.lineart import LineartLayer, NotRenewed
from smart_lineart.studio.context import Context
from smart_lineart.studio.document.copies import free_name
from smart_lineart.studio.engine import CachedFeatures
from smart_lineart.studio.language.i18n import tr
from smart_lineart.studio.line_hues import name_of
from smart_lineart.studio.settings import Colour, InkSettings
from smart_lineart.studio.steps import Work

from .finding import NotFound, find_base
from .jobs import Job
from .pen import Pen, chosen_colour
from .plan import Draft, draft, found_corrections
from .renewing import Renewer, keep_apart, sentence_of_staying, sentence_of_steps
from .settling import stay_on, wait_for_pen
from .sketch import living_sketch

SRGB = "RGBA", "U8", "sRGB-elle-V2-srgbtrc.icc"


@dataclass(frozen=True)
class _New:
    """A layer to come: of a hue, filled, with the ink in it and how that was made."""

    hue: str
    layer: Layer
    record: InkRecord
    settings: InkSettings


class ColourLayers:
    """Those of one run. `ready` waits until a layer may be replaced."""

    def __init__(self, context: Context, renewer: Renewer, job: Job, ready: Callable[[], Work]):
        self._context, self._renewer, self._job, self._ready = context, renewer, job, ready

    def put(self, item: CachedFeatures, settings: InkSettings, others: dict[float, CachedFeatures]) -> Work:
        """Ink the lines of each colour that has, or shall have, a layer of its own; `settings` are the whole
        lineart's. Layers whose colour is inked into the lineart now, or left out, keep what is the artist's.
        """
        job, palette = self._job, item.palette
        apart = settings.apart(palette.names) if palette is not None else ()
        new = []
        for hue in (*apart, *(one for one in self._there() if one not in apart)):
            if hue not in apart and hue not in self._there():
                continue
            own = self._settings(hue, settings, palette)
            colour = chosen_colour(own)
            fresh = yield from self._draw(item, own, hue, others)
            if (yield from self._renewed(fresh, own, hue)):
                continue
            if fresh.coverage.any():
                new.append((yield from self._filled(fresh, colour, own, hue)))
        if new and not (job.live and application.can_redo()):
            yield from self._insert(new)

    def _there(self) -> dict[str, Layer]:
        """The layers to renew, by their colours: asked for anew each time, since the artist may delete one
        or undo the step that brought it while ink is made.
        """
        job = self._job
        return {} if job.keep_copy else self._context.memory.layers_of_colours(job.document, job.sketch)

    def _renewed(self, fresh: FreshInk, own: InkSettings, hue: str) -> Work:
        """Whether the layer of a colour was there and is renewed, or stays as it is."""
        while (old := self._there().get(hue)) is not None:
            try:
                return (yield from self._renew(old, fresh, own, hue))
            except NotRenewed:
                if old.parent is not None:
                    raise
        return False

    def moving_back(self, item: CachedFeatures, settings: InkSettings) -> Work:
        """Layers whose lines go into the lineart now, each as a `Base` with the ink that is known of it: what
        was erased in them is erased there.
        """
        job, context, moving = self._job, self._context, []
        inked = settings.inked(item.palette.names) if item.palette is not None else ()
        for hue, layer in self._there().items():
            if hue in inked:
                with suppress(NotFound):
                    base = yield from find_base(context.memory, context.ink_worker, job.document, layer)
                    known: Draft = yield context.ink_worker.submit(partial(found_corrections, base))
                    moving.append((base, known.fresh))
        return moving

    def _settings(self, hue: str, settings: InkSettings, palette: Palette | None) -> InkSettings:
        """How lines of a colour are inked: as the whole lineart is, in their own colour, unless the artist
        has chosen otherwise.
        """
        job, memory = self._job, self._context.memory
        own = memory.settings_of(job.document, job.sketch, hue=hue)
        if own is None:
            found = [one.colour for one in palette.hues if one.name == hue] if palette is not None else []
            colour = Colour(*SRGB, tuple(value / 255 for value in (*found[0][::-1], 255)))
            return replace(settings, colour=colour)
        return settings.for_layer_of_colour(memory.settings_of(job.document, job.sketch), own)

    def _draw(
        self, item: CachedFeatures, own: InkSettings, hue: str, others: dict[float, CachedFeatures]
    ) -> Work:
        job, context = self._job, self._context
        draw = partial(context.engine.draw, item, own, others=others, hue=hue)
        fresh = yield context.ink_worker.submit(partial(draw, cancelled=lambda: job.cancelled))
        if job.selection is None:
            return fresh
        whole = context.memory.settings_of(job.document, job.sketch, hue=hue)
        return replace(fresh, values={} if whole is None else own.apart_from(whole))

    def _renew(self, old: Layer, fresh: FreshInk, own: InkSettings, hue: str) -> Work:
        """Whether the layer is renewed, or stays as it is; else it is the artist's own from now on."""
        job, context = self._job, self._context
        steps = sentence_of_steps(old)
        moving = [((yield from self._base(hue)), fresh)] if fresh.coverage.any() else []
        try:
            renewed = yield from self._renewer.renew(
                job.document,
                old,
                fresh,
                chosen_colour(own),
                job.selection,
                live=job.live,
                whole=job.whole,
                ready=self._ready,
                begin=job.commit,
                moving=moving,
            )
        except NotFound as error:
            # Where no lines come into a new layer, it is no corrections of anything.
            apart = fresh.coverage.any()
            said = keep_apart(old, error) if apart else sentence_of_staying(old, error)
            context.messages.say(said, of=job.document)
            return not apart
        if renewed is None:
            return True
        if renewed.changed and steps:
            context.messages.say(steps, of=job.document, so=renewed.is_there)
        memory = context.memory
        whole = memory.settings_of(job.document, job.sketch, hue=hue) if renewed.inside else None
        now = whole.with_layers_of(own) if whole is not None else own
        memory.note_lineart(job.document, job.sketch, renewed.layer, now, hue)
        context.corrections.keep(renewed.kept)
        return True

    def _filled(self, fresh: FreshInk, colour: Any | None, own: InkSettings, hue: str) -> Work:
        """A new layer of a colour, with its ink in it."""
        job, worker = self._job, self._context.ink_worker
        target = LineartLayer.new(job.document, name_of(hue), job.selection)
        base = yield from self._base(hue)
        fresh = replace(fresh, values=None)
        pen = Pen.of(colour, target.layer.form, job.document, job.selection)
        noted = pen.noting(base.record)
        merged: Draft = yield worker.submit(lambda: draft(base, noted(fresh), recolour=True))
        if job.selection is None:
            record = (yield from pen.remember(merged, worker)).record
        else:  # beyond what is selected the lineart keeps its ink, and here is none
            record = yield from pen.record_of_new(Base.blank(), merged.fresh, worker)
        yield from target.write(pen.ink(merged))
        return _New(hue, target.layer, record, own)

    def _base(self, hue: str) -> Work:
        """The lineart that has had lines of this colour until now, with what the artist changed of them."""
        job, memory = self._job, self._context.memory
        lineart = memory.lineart_in_use(job.document, job.sketch)
        whole = memory.settings_of(job.document, job.sketch)
        if lineart is None or whole is None or job.keep_copy:
            return Base.blank()
        if not whole.by_colour or hue in whole.together:
            with suppress(NotFound):
                return (yield from find_base(memory, self._context.ink_worker, job.document, lineart))
        return Base.blank()

    def _insert(self, new: list[_New]) -> Work:
        """Put new layers above those there are, or in a group of their own: a step, or one each."""
        job, memory, document = self._job, self._context.memory, self._job.document
        yield from wait_for_pen()
        sketch = living_sketch(job)
        lineart = memory.lineart_in_use(document, job.sketch)
        active = document.active_layer()
        older = memory.layers_of_colours(document, job.sketch)
        beside = list(self._there().values())
        job.commit()
        if beside:
            newcomers, below = [one.layer for one in new], beside[-1]
        else:
            name = free_name(document, tr("Line colours: {name}", name=sketch.name))
            newcomers = [document.new_group(name, [one.layer for one in new])]
            below = lineart if lineart is not None and not job.keep_copy else sketch
        for newcomer in newcomers:
            document.insert(newcomer, below)
            self._context.undo_words.note(document, newcomer, "", job.whole)
        for one in new:
            memory.note_ink(document, one.layer, one.record)
            memory.note_lineart(document, job.sketch, one.layer, one.settings, one.hue)
            if job.keep_copy and one.hue in older and job.selection is None:
                self._context.copies.hide(document, job.sketch, older[one.hue], one.hue)
        yield from stay_on(document, active, newcomers[-1])
        for one in new if job.live else ():
            yield from self._renewer.open_live(document, one.layer)
