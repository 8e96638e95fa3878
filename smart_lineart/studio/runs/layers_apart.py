# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines inked into several layers of their own, in a group: each is a lineart like any other, renewed as that
is, with the artist's corrections in it.

What they are the lines of is told by a name, which also stands in the document's record of each: a colour of
a sketch, or a kind of what was found in a finished picture.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from smart_lineart.inking import Base, FreshInk, InkRecord
from smart_lineart.krita_host import application
from smart_lineart.krita_host.layer import Layer
from smart_lineart.krita_host.lineart import LineartLayer, NotRenewed
from smart_lineart.studio.context import Context
from smart_lineart.studio.document.copies import free_name
from smart_lineart.studio.engine import CachedFeatures
from smart_lineart.studio.language.i18n import tr
from smart_lineart.studio.line_hues import name_of
from smart_lineart.studio.settings import InkSettings
from smart_lineart.studio.steps import Work

from .finding import NotFound
from .jobs import Job
from .pen import Pen, chosen_colour
from .plan import Draft, draft
from .renewing import Renewer, keep_apart, sentence_of_staying, sentence_of_steps
from .settling import stay_on, wait_for_pen
from .sketch import living_sketch


@dataclass(frozen=True)
class NewLayer:
    """A layer to come: of a hue, filled, with the ink in it and how that was made."""

    hue: str
    layer: Layer
    record: InkRecord
    settings: InkSettings


class LayersApart:
    """Those of one run. `ready` waits until a layer may be replaced."""

    def __init__(self, context: Context, renewer: Renewer, job: Job, ready: Callable[[], Work]):
        self._context, self._renewer, self._job, self._ready = context, renewer, job, ready

    # -- what they are

    def _known(self) -> dict[str, Layer]:
        """The layers there are, by their names."""
        raise NotImplementedError

    def _base(self, hue: str) -> Work:
        """The lineart that has had such lines until now, as a `Base` with what the artist changed of them;
        None where none can have had any.
        """
        raise NotImplementedError

    def _group_name(self, sketch: Layer) -> str:
        """What their group is called."""
        raise NotImplementedError

    def _word(self) -> str:
        """What undo calls their renewal."""
        return tr("Ink sketch")

    def _below(self, sketch: Layer) -> Layer:
        """What their group is put right above."""
        return sketch

    def _put_beside(self, new: list[NewLayer], there: dict[str, Layer]) -> Iterator[Layer]:
        """Put layers more where there are some; yields each as it is in."""
        below = list(there.values())[-1]
        for one in new:
            self._job.document.insert(one.layer, below)
            yield one.layer

    # -- inking them

    def _there(self) -> dict[str, Layer]:
        """The layers to renew: asked for anew each time, since the artist may delete one or undo the step
        that brought it while ink is made.
        """
        return {} if self._job.keep_copy else self._known()

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

    def _renewed(self, fresh: FreshInk, own: InkSettings, hue: str) -> Work:
        """Whether the layer was there and is renewed, or stays as it is."""
        while (old := self._there().get(hue)) is not None:
            try:
                return (yield from self._renew(old, fresh, own, hue))
            except NotRenewed:
                if old.parent is not None:
                    raise
        return False

    def _renew(self, old: Layer, fresh: FreshInk, own: InkSettings, hue: str) -> Work:
        """Whether the layer is renewed, or stays as it is; else it is the artist's own from now on."""
        job, context = self._job, self._context
        steps = sentence_of_steps(old)
        moved = (yield from self._base(hue)) if fresh.coverage.any() else None
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
                moving=[] if moved is None else [(moved, fresh)],
                word=self._word(),
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
        """A new layer with its ink in it, as a `NewLayer`."""
        job, worker = self._job, self._context.ink_worker
        target = LineartLayer.new(job.document, name_of(hue), job.selection)
        base = (yield from self._base(hue)) or Base.blank()
        fresh = replace(fresh, values=None)
        pen = Pen.of(colour, target.layer.form, job.document, job.selection)
        noted = pen.noting(base.record)
        merged: Draft = yield worker.submit(lambda: draft(base, noted(fresh), recolour=True))
        if job.selection is None:
            record = (yield from pen.remember(merged, worker)).record
        else:  # beyond what is selected the lineart keeps its ink, and here is none
            record = yield from pen.record_of_new(Base.blank(), merged.fresh, worker)
        yield from target.write(pen.ink(merged))
        return NewLayer(hue, target.layer, record, own)

    def _insert(self, new: list[NewLayer]) -> Work:
        """Put new layers above those there are, or in a group of their own: a step, or one each."""
        job, memory, document = self._job, self._context.memory, self._job.document
        yield from wait_for_pen()
        sketch = living_sketch(job)
        active = document.active_layer()
        older = self._known()
        beside = self._there()
        job.commit()
        newcomers = [one.layer for one in new]
        if beside:
            for layer in self._put_beside(new, beside):
                self._context.undo_words.note(document, layer, "", job.whole)
        else:
            newcomers = [document.new_group(free_name(document, self._group_name(sketch)), newcomers)]
            document.insert(newcomers[0], self._below(sketch))
            self._context.undo_words.note(document, newcomers[0], "", job.whole)
        for one in new:
            memory.note_ink(document, one.layer, one.record)
            memory.note_lineart(document, job.sketch, one.layer, one.settings, one.hue)
            if job.keep_copy and one.hue in older and job.selection is None:
                self._context.copies.hide(document, job.sketch, older[one.hue], one.hue)
        yield from stay_on(document, active, newcomers[-1])
        for one in new if job.live else ():
            yield from self._renewer.open_live(document, one.layer)


def inserts(job: Job) -> bool:
    """Whether new layers may be put in: not by live, where that would take away what can be redone."""
    return not (job.live and application.can_redo())
