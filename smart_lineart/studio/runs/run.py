# SPDX-License-Identifier: GPL-3.0-or-later
"""One run, from reading the sketch to the ink in its layer."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from smart_lineart.inking import Base, Cancelled, FreshInk, Rect
from smart_lineart.inking.features import suiting_thickness
from smart_lineart.inking.renewing.regional import values_of
from smart_lineart.krita_host import application
from smart_lineart.krita_host.composing import as_shown
from smart_lineart.krita_host.layer import Layer
from smart_lineart.krita_host.lineart import Ink, LineartLayer
from smart_lineart.krita_host.living import Gone
from smart_lineart.krita_host.reading import sketch_area
from smart_lineart.studio.context import Context
from smart_lineart.studio.document.copies import free_name
from smart_lineart.studio.engine import CachedFeatures, Earlier
from smart_lineart.studio.language.i18n import tr
from smart_lineart.studio.line_hues import look_at_colours
from smart_lineart.studio.settings import InkSettings
from smart_lineart.studio.steps import Work
from smart_lineart.studio.turns import Turns

from .colour_layers import ColourLayers
from .finding import NotFound, find_parts
from .in_front import until_sketch_in_front
from .jobs import Job, JobState
from .keyframes import ink_frames
from .lifting import with_sketches_lifted
from .nothing_found import say_where_nothing_is
from .pen import Pen, chosen_colour, paints_of
from .renewing import Renewer, keep_apart, sentence_of_steps
from .settling import WAIT_FOR_PEN_MS, stay_on, wait_for_pen
from .sketch import Problem, living_sketch, read

NOWHERE = Rect(0, 0, 0, 0)
AGAIN = object()


class Run:
    """Executes a job in steps."""

    def __init__(self, context: Context, turns: Turns, renewer: Renewer, job: Job):
        self._context = context
        self._turns = turns
        self._renewer = renewer
        self._job = job
        self._wanted = self._settings = job.settings
        self._is_in = False
        self._is_first: bool | None = None
        self._others: dict[float, CachedFeatures] = {}
        self._moving: list[tuple[Base, FreshInk]] = []
        self._colours = ColourLayers(context, renewer, job, self._until_shown)

    def steps(self) -> Work:
        """All of it."""
        began = time.monotonic()
        job = self._job
        while self._context.reveal.glance.active:  # layers are not as they are
            yield WAIT_FOR_PEN_MS
        job.enter(JobState.reading)
        if job.frames is not None:
            yield from ink_frames(self._context, job)
        else:
            yield from self._ink_lifted(began)
        job.seconds["total"] = time.monotonic() - began
        job.report(1.0)
        job.enter(JobState.finished)

    def _ink_lifted(self, began: float) -> Work:
        """A group is inked with what was faded in it lifted; it is faded again where no ink came."""
        self._turns.finish_drags(self._job.document, self._job.sketch)
        yield from with_sketches_lifted(self._context, self._job, self._ink(began), lambda: self._is_in)

    def _ink(self, began: float) -> Work:
        job, context = self._job, self._context
        layer = yield from as_shown(job.document, living_sketch(job))
        cache, detail = context.cache, job.settings.detail
        known = cache.get(job.document, job.sketch, detail) or cache.get(job.document, job.sketch)
        known = known or self._noted()
        try:
            area = sketch_area(layer, job.document.page, known.area if known is not None else None)
            sketch = yield from read(layer, area)
        except Problem:
            if not job.live:
                raise
            yield from self._ink_nothing()
            return
        job.seconds["reading"] = time.monotonic() - began
        job.enter(JobState.inking)
        item = yield from self._prepare(sketch, area, known, job.settings.detail)
        if job.live and self._shows(item):
            return  # nothing was drawn
        yield from self._prepare_regions(sketch, area, item)
        fresh, colour = yield from self._draw(item)
        job.seconds["inking"] = time.monotonic() - began
        job.report(0.95)
        lineart = yield from self._put_and_keep(fresh, colour, item)
        while self._outdated(lineart):
            job.reopen()  # the ink that is in stays, whatever comes of this
            fresh, colour = yield from self._draw(item)
            lineart = yield from self._put_and_keep(fresh, colour, item)
        if lineart is not None and job.live:
            self._renewer.live.settle(lineart, item)
        elif lineart is not None:
            yield from say_where_nothing_is(self._context, job, fresh, item.palette)

    def _put_and_keep(self, fresh: FreshInk, colour: Any | None, item: CachedFeatures) -> Work:
        """Put the ink in; where it is, its lines are known from now on.

        Colours come first: the lineart still has what the artist changed of their lines.
        """
        if self._settings.by_colour or self._context.memory.layers_of_colours(
            self._job.document, self._job.sketch
        ):
            yield from self._colours.put(item, self._settings, self._others)
            self._moving = yield from self._colours.moving_back(item, self._settings)
        lineart = yield from self._put(fresh, colour)
        if lineart is not None and lineart is not AGAIN:
            self._is_in = True
            for lines in (*self._others.values(), item):
                self._context.cache.put(lines)
        return lineart

    def _draw(self, item: CachedFeatures) -> Work:
        """Fresh ink as the artist wants it now, and Krita's colour for it."""
        job, context = self._job, self._context
        self._wanted, self._settings = job.settings, self._suited(item)
        colour = chosen_colour(self._settings)
        draw = partial(context.engine.draw, item, self._settings, others=self._others)
        fresh = yield context.ink_worker.submit(partial(draw, cancelled=lambda: job.cancelled))
        if job.selection is not None:
            whole = context.memory.settings_of(job.document, job.sketch)
            fresh = replace(fresh, values={} if whole is None else self._settings.apart_from(whole))
        return fresh, colour

    def _moved(self) -> bool:
        """Whether the artist wants something else than when it was drawn."""
        return self._job.settings not in (self._wanted, self._settings)

    def _outdated(self, lineart: Any) -> bool:
        """Whether the artist has moved a slider since it was drawn, and no drag goes on that sees to it."""
        job = self._job
        mine = job.document, job.sketch, job.where
        follows = any((drag.document, drag.sketch, drag.where) == mine for drag in self._turns.drags)
        late = lineart is not None and self._moved() and not follows
        return lineart is AGAIN or late

    def _ink_nothing(self) -> Work:
        """Live: nothing is drawn yet, or any more. A lineart without ink is there before the first stroke."""
        job = self._job
        if self._shows(None):
            return
        page = job.document.page
        blank = np.zeros((page.height, page.width), np.uint8)
        lineart: Any = AGAIN
        while lineart is AGAIN:
            self._wanted, self._settings = job.settings, self._suited(None)
            settings = self._settings
            fresh = FreshInk(blank, page, settings.thickness, None, weight=settings.weight)
            lineart = yield from self._put(fresh, chosen_colour(self._settings))
        if lineart is not None:
            self._is_in = True
            self._renewer.live.settle(lineart, None)

    def _shows(self, lines: CachedFeatures | None) -> bool:
        """Whether the last live run left the lineart as these lines ask for."""
        lineart = self._context.memory.lineart_in_use(self._job.document, self._job.sketch)
        return self._renewer.live.shows(lineart, lines)

    def _suited(self, lines: CachedFeatures | None) -> InkSettings:
        """The newest settings: the artist may have moved a slider meanwhile.

        At the first ink the thickness is chosen from the drawing; from the page alone under live, where that
        has hardly begun.
        """
        job = self._job
        settings = job.settings
        if self._is_first is None:
            self._is_first = job.unsuited or not self._context.memory.has_ink(job.document, job.sketch)
        if not (settings.auto and self._is_first):
            return settings
        page = job.document.page.height, job.document.page.width
        if job.live or lines is None:
            return settings.suited(suiting_thickness(page))
        return settings.suited(lines.features.suiting_thickness(page))

    def _prepare_regions(self, sketch: Any, area: Rect, item: CachedFeatures) -> Work:
        """The sketch's lines with the details that were set for regions of its lineart."""
        job, context = self._job, self._context
        if job.selection is not None:
            return
        regions = context.memory.regions_of(job.document, job.sketch)
        details = {job.settings.with_values(values_of(region)).detail for region in regions} - {item.detail}
        for detail in sorted(details):
            known = context.cache.get(job.document, job.sketch, detail) or item
            self._others[detail] = yield from self._prepare(sketch, area, known, detail)

    def _prepare(self, sketch: Any, area: Rect, known: CachedFeatures | None, detail: float) -> Work:
        """The sketch's lines: those known already, where nothing has changed."""
        job, context = self._job, self._context
        settings = replace(job.settings, detail=detail)
        earlier, auto = Earlier(), None
        if known is not None:
            auto = known.auto_scale
            same = known.area == area and known.read is not None
            changed = None
            if same:
                changed = yield context.ink_worker.submit(partial(sketch.changed_from, known.read))
            if changed == NOWHERE and known.detail == detail:
                yield from self._look_at_colours(known)
                return known
            features = known.features if same else None
            calibration = known.features.calibration
            earlier = Earlier(features, calibration, changed, auto)
        features = yield context.ink_worker.submit(
            lambda: context.engine.prepare(
                sketch,
                settings,
                lambda done: context.loop.post(lambda: job.report(done * 0.9)),
                lambda: job.cancelled,
                earlier,
            )
        )
        if not detail:
            auto = features.scale
        palette = known.palette if known is not None else None
        item = CachedFeatures(job.document, job.sketch, features, area, detail, auto, sketch, palette)
        yield from self._look_at_colours(item)
        return item

    def _look_at_colours(self, item: CachedFeatures) -> Work:
        """Which colours the sketch is drawn in; live, where that is not known at all."""
        job = self._job
        if item.read.in_colour and not item.looked and (item.palette is None or not job.live):
            look = partial(look_at_colours, item, lambda: job.cancelled)
            yield self._context.ink_worker.submit(look)

    def _noted(self) -> CachedFeatures | None:
        """What the document remembers of the sketch, so that it is seen as before it was closed."""
        job = self._job
        notes = self._context.memory.notes_of_ink(job.document, job.sketch)
        return CachedFeatures.from_notes(job.document, job.sketch, notes)

    def _put(self, fresh: FreshInk, colour: Any | None) -> Work:
        """Put the ink into the sketch's lineart, or into a new layer right above it; returns the layer.

        None where a live run leaves all as it is; `AGAIN`, with nothing done, where the artist wants other
        ink by now.
        """
        job = self._job
        yield from wait_for_pen()
        job.enter(JobState.writing)
        living_sketch(job)
        apart = ""
        while True:
            old = self._lineart(apart)
            if old is not None:
                yield from self._until_shown()
                # From here on nobody else writes into it: a slider that is moved now follows afterwards.
                if self._moved():
                    return AGAIN
                old = self._lineart(apart)
            if old is not None:
                try:
                    return (yield from self._renew(old, fresh, colour))
                except NotFound as error:
                    self._context.messages.say(keep_apart(old, error), of=job.document)
                    apart = old.identity
            put = yield from self._put_new(fresh, colour, apart)
            if put is not AGAIN or self._moved():
                return put

    def _lineart(self, apart: str) -> Layer | None:
        """The lineart to renew, if there is one now; the one kept apart is the artist's own."""
        job = self._job
        if job.keep_copy:
            return None
        found = self._context.memory.lineart_in_use(job.document, job.sketch)
        return None if found is not None and found.identity == apart else found

    def _renew(self, old: Layer, fresh: FreshInk, colour: Any | None) -> Work:
        job, context = self._job, self._context
        steps = sentence_of_steps(old)
        renewed = yield from self._renewer.renew(
            job.document,
            old,
            fresh,
            colour,
            job.selection,
            live=job.live,
            whole=job.whole,
            ready=self._until_shown,
            begin=job.commit,
            moving=self._moving,
        )
        if renewed is None:
            return None
        if renewed.changed and steps:
            context.messages.say(steps, of=job.document, so=renewed.is_there)
        whole = context.memory.settings_of(job.document, job.sketch) if renewed.inside else None
        now = whole.with_layers_of(self._settings) if whole is not None else self._settings
        context.memory.note_lineart(job.document, job.sketch, renewed.layer, now)
        context.corrections.show(renewed.kept)
        return renewed.layer

    def _put_new(self, fresh: FreshInk, colour: Any | None, apart: str) -> Work:
        """Put the ink into a new layer; `AGAIN`, with nothing done, where undo has brought one back or the
        artist has moved a slider.
        """
        job, context, memory = self._job, self._context, self._context.memory
        name = living_sketch(job).name
        name = free_name(job.document, tr("Lineart: {name}", name=name))
        target = LineartLayer.new(job.document, name, job.selection)
        parts, fresh = yield from self._with_parts(replace(fresh, values=None))
        pen = Pen.of(colour, target.layer.form, job.document, job.selection)
        paints = paints_of(parts.record, pen.form)
        yield  # converting colours lets Krita handle events
        yield from target.write(Ink(fresh.coverage, fresh.area, colour, paints=paints))
        record = yield from pen.record_of_new(parts, fresh, self._context.ink_worker)
        first = memory.lineart_in_use(job.document, job.sketch) is None
        fading = None
        if first and not job.live:  # under live the artist is drawing the sketch
            fading = yield from context.reveal.before_first_ink(job.document, living_sketch(job))
        yield from wait_for_pen()
        if self._lineart(apart) is not None or self._moved():
            return AGAIN
        if job.live and application.can_redo():
            return None
        active = job.document.active_layer()
        sketch = living_sketch(job)
        older = self._older()
        job.commit()
        target.insert(sketch)
        context.undo_words.note(job.document, target.layer, "", job.whole)
        memory.note_ink(job.document, target.layer, record)
        memory.note_lineart(job.document, job.sketch, target.layer, self._settings)
        job.settings = self._settings  # what was chosen from the drawing is shown from now on
        if older is not None and job.selection is None and not older.animated:  # else it shows more
            self._context.copies.hide(job.document, job.sketch, older)
        if fading is not None and (said := context.reveal.at_first_ink(job.document, sketch, fading)):
            context.messages.say(said, of=job.document)
        # Krita soon selects the new layer; the artist's next stroke belongs where they are.
        yield from stay_on(job.document, active, target.layer)
        if job.live:
            yield from self._renewer.open_live(job.document, target.layer)
        return target.layer

    def _older(self) -> Layer | None:
        """The lineart that stays beside the new one."""
        job = self._job
        return self._context.memory.lineart_in_use(job.document, job.sketch) if job.keep_copy else None

    def _with_parts(self, fresh: FreshInk) -> Work:
        """What a new layer takes over of the older lineart, and the fresh ink with that."""
        job, context, older = self._job, self._context, self._older()
        parts = Base.blank()
        if older is not None and job.selection is None:
            parts = yield from find_parts(context.memory, context.ink_worker, job.document, older, fresh)
        return parts, (yield context.ink_worker.submit(partial(parts.place, fresh)))

    def _until_shown(self) -> Work:
        yield from until_sketch_in_front(self._context, self._turns, self._job)

    def stopped(self) -> BaseException | None:
        """The gate of this run: once its document is closed, or it is cancelled, not a step more is taken."""
        job = self._job
        if job.cancelled:
            return Cancelled()
        if not application.is_open(job.document):
            return Gone('The document was closed before "{name}" was inked.', name=job.title)
        return None
