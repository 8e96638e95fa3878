# SPDX-License-Identifier: GPL-3.0-or-later
"""One run that makes or renews a lineart's flats: from reading its ink to the colours in their layer."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

from smart_lineart.inking import Cancelled, DamagedRecord, Rect
from smart_lineart.inking.areas import DamagedAreas
from smart_lineart.inking.areas.ink import InkOnPage, ink_of
from smart_lineart.inking.renewing.flats_past import Past
from smart_lineart.inking.renewing.pixel_codes import PixelTable
from smart_lineart.krita_host import application
from smart_lineart.krita_host.composing import as_shown
from smart_lineart.krita_host.flats_group import GROUP
from smart_lineart.krita_host.flats_layer import (
    colours_of_pixels,
    pixels_of_colours,
    put_hints_over,
    put_in_place,
    read_pixels,
)
from smart_lineart.krita_host.layer import Layer
from smart_lineart.krita_host.lineart import NotRenewed
from smart_lineart.krita_host.living import Gone
from smart_lineart.krita_host.pixels import SRGB, PixelFormat
from smart_lineart.krita_host.reading import read_sketch
from smart_lineart.krita_host.refreshing import refresh_when_idle
from smart_lineart.studio.context import Context
from smart_lineart.studio.document.copies import free_name
from smart_lineart.studio.document.flats import owner_of
from smart_lineart.studio.language.i18n import tr, translated
from smart_lineart.studio.steps import Work
from smart_lineart.studio.turns import Turns

from .flats_surfaces import (
    Surface,
    existing_target,
    form_of,
    layers_of,
    names_of_new,
    new_target,
    shares_for,
    twin_of,
    with_blank_ones_reused,
    write_patch,
    writing,
)
from .flats_work import (
    Made,
    Parts,
    Question,
    Strips,
    drafted,
    made,
    recoloured,
    strokes_as_inked,
    with_other_hints,
)
from .in_front import until_in_front
from .jobs import FlatsWish, Job, JobState
from .proposed import Ask, looked_at, proposed
from .settling import WAIT_FOR_PEN_MS, stay_on, wait_for_pen
from .sketch import Problem


class FlatsRun:
    """Executes a job in steps."""

    def __init__(self, context: Context, turns: Turns, job: Job):
        self._context, self._turns, self._job = context, turns, job
        self._memory = context.flats
        self._wish = job.flats or FlatsWish()
        self._apart = ""
        self._surface: Surface | None = None
        self._form = SRGB  # of the pixels that are made
        self._page = Rect(0, 0, 0, 0)  # that the lineart was read of

    @property
    def _note(self) -> Any:
        """What is noted of these flats, with what is wished for."""
        note, flats = self._memory.note_of(self._job.document, self._job.sketch), self._in_use()
        if flats is not None:  # undo may have brought others back than were last asked for
            note = replace(note, layered=flats.kind == GROUP)
        return self._wish.noted(note)

    def steps(self) -> Work:
        """All of it."""
        began, job = time.monotonic(), self._job
        while self._context.reveal.glance.active:  # layers are not as they are
            yield WAIT_FOR_PEN_MS
        job.enter(JobState.reading)
        if job.live:
            yield from self._follow()
        elif not self._wish.only_proposes:
            yield from self._make_and_write()
        if self._wish.propose is not None:
            yield from self._propose(self._wish.propose)
        if self._wish.hints:
            yield from self._add_hints()
        job.seconds["total"] = time.monotonic() - began
        job.report(1.0)
        job.enter(JobState.finished)

    def stopped(self) -> BaseException | None:
        """The gate of this run: once its document is closed, or it is cancelled, not a step more is taken."""
        if self._job.cancelled:
            return Cancelled()
        if not application.is_open(self._job.document):
            return Gone('The document was closed before "{name}" had its flats.', name=self._job.title)
        return None

    def _make_and_write(self) -> Work:
        job = self._job
        self._turns.finish_drags(job.document, job.sketch)
        while any(drag.sketch == job.sketch and drag.document == job.document for drag in self._turns.drags):
            yield WAIT_FOR_PEN_MS
        while not (yield from self._made_and_written()):
            job.reopen()

    def _made_and_written(self) -> Work:
        """Whether that is done; False where the page was resized meanwhile, or something painted that would
        be lost.
        """
        job = self._job
        self._page = job.document.page
        ink = yield from self._read_ink()
        old = None
        while old is None:
            job.enter(JobState.flatting)
            old, found = yield from self._ready(ink)
            if self._resized():
                return False
            job.enter(JobState.writing)
            if old is None and (yield from self._put_new(found, hides=ink.on_paper)):
                return True
        ready = self._memory.is_ready(job.document, old)
        if (found.homes is not None) != (old.kind == GROUP):
            return (yield from self._put_in_place(old, found))
        if found.flats.changes or (self._wish.hints and not ready):
            return (yield from self._renew(old, found))
        self._keep(old, found, ready=ready, parts=self._parts_now())
        return True

    def _resized(self) -> bool:
        """Whether the page is another than what was read: what was made is for another place."""
        return bool(self._job.document.page != self._page)

    # -- the lineart, and what its flats shall show

    def _lineart(self) -> Layer:
        """The layer whose areas are filled: the one in use, which the artist may have deleted. Raises
        Problem.
        """
        job, memory = self._job, self._context.memory
        drawing = memory.drawing_of(job.document, job.sketch)
        found = drawing.lineart if drawing is not None else job.document.layer(job.sketch)
        if found is None:
            raise Problem('The layer "{name}" was deleted before it had its flats.', name=job.title)
        if found.animated:
            raise Problem('"{name}" has keyframes: flats are made for still drawings.', name=found.name)
        return found

    def _read_ink(self) -> Work:
        """An `InkOnPage`. Raises Problem."""
        page, name = self._page, self._lineart().name
        layer = yield from as_shown(self._job.document, self._lineart())
        picture: Any = None
        for step in read_sketch(layer, page):
            picture = step
            yield
        if picture.empty or picture.blank:
            raise Problem('"{name}" has no lines. Select the layer with your lineart.', name=name)
        return (yield self._context.ink_worker.submit(partial(ink_of, picture.grey, picture.alpha)))

    def _strokes(self, ink: InkOnPage) -> Work:
        """The strokes of our own lineart, where its layer shows nothing but their ink; else None."""
        job, memory = self._job, self._context.memory
        drawing, lineart = memory.drawing_of(job.document, job.sketch), self._lineart()
        hue = drawing.hue if drawing is not None else ""
        settings = memory.settings_of(job.document, job.sketch, hue=hue)
        if settings is None or lineart.identity == job.sketch:
            return None
        lines, record = self._context.cache.get(job.document, job.sketch, settings.detail, hue), None
        with suppress(DamagedRecord):
            record = memory.ink_of(job.document, lineart)
        if lines is None or record is None or lines.features.solid is not None:
            return None
        check = partial(strokes_as_inked, lines, settings, record, ink.coverage, hue)
        return (yield self._context.ink_worker.submit(check))

    def _ready(self, ink: InkOnPage) -> Work:
        """The layer of flats that is to be renewed, or None, and what to write there or into a new one."""
        job = self._job
        while not self._resized():
            old = self._in_use()
            found = yield from self._make(ink, old)
            if found is None:
                self._context.messages.say(
                    tr(
                        "The flats were changed too much to find their areas again. That layer stays as it "
                        "is; the new flats have a layer of their own."
                    ),
                    of=job.document,
                )
                continue
            if old is None:
                yield from wait_for_pen()
            else:
                yield from until_in_front(self._context, self._turns, job, self._lineart)
            now = self._in_use()
            if now is not None and form_of(job.document, now) != self._form:  # it was converted
                continue
            if (now and now.identity) == (old and old.identity):  # undo may have brought another one
                return now, found
        return None, None

    def _in_use(self) -> Layer | None:
        """The layer of flats there is; one kept apart is the artist's own."""
        found = self._memory.in_use(self._job.document, self._job.sketch)
        usable = found is not None and found.kind in {"paintlayer", GROUP} and not found.animated
        return found if found is not None and usable and found.identity != self._apart else None

    def _make(self, ink: InkOnPage, old: Layer | None) -> Work:
        """What to write, `Made`; None where the areas are not found in the layer, which is kept apart."""
        document = self._job.document
        note = self._note
        surface = self._surface = None if old is None else Surface(document, old, note.parts)
        if old is not None and surface is not None and surface.is_strange:
            self._apart = old.identity
            return None
        form = self._form = document.new_layer("").form if surface is None else surface.form
        question = Question(
            ink,
            (yield from self._strokes(ink)),
            note.openness,
            form.channels,
            form.dtype,
            form == SRGB,
            (yield from self._read_hints(form, self._page)),
            spread=note.spread,
            parts=Parts() if note.layered else None,
        )
        if old is not None and surface is not None:
            shown, parts = yield from surface.read(self._page)
            before = self._areas_in(old)
            question = replace(question, before=before, shown=shown, past=self._past_of(old, form))
            question = replace(question, parts=parts if note.layered else None)
        draft = yield self._on_worker(partial(drafted, question))
        if draft is None and old is not None:
            self._apart = old.identity
            return None
        if self._wish.recolour is not None:
            draft = recoloured(draft, self._wish.recolour)
        pixels = pixels_of_colours(draft.wanted, form)
        yield  # converting colours lets Krita handle events
        found = yield self._context.ink_worker.submit(partial(made, draft, pixels))
        if old is None and not found.flats.changes:
            raise Problem('"{name}" has no closed areas to fill.', name=self._lineart().name)
        self._job.report(0.95)
        return found

    def _parts_now(self) -> tuple[str, ...]:
        surface = self._surface
        return tuple(one.identity for one in surface.layers) if surface and surface.grouped else ()

    def _areas_in(self, old: Layer) -> Any | None:
        try:
            return self._memory.areas_in(self._job.document, old.identity)
        except DamagedAreas as error:
            self._context.messages.say(translated(error), of=self._job.document)
            return None

    def _past_of(self, old: Layer, form: PixelFormat) -> Past | None:
        data = self._memory.past_of(self._job.document, old.identity)
        return None if data is None else Past.unpack(data, form.pixel_size)

    def _read_hints(self, form: PixelFormat, page: Rect) -> Work:
        """What the layer of hints shows, in the colour space `form`; None where there is none."""
        document = self._job.document
        layer = self._memory.hints_in_use(document, self._job.sketch)
        if layer is None or layer.kind != "paintlayer" or layer.animated:
            return None
        copy = layer.copy()
        area = copy.bounds.intersection(page)
        area = area if area.width and area.height else Rect(0, 0, 0, 0)
        return Strips(area, tuple((yield from read_pixels(copy, area, form))))

    def _on_worker(self, task: Callable[..., Any]) -> Any:
        """`task` with how to report and whether to stop, on a thread of its own."""
        job, loop = self._job, self._context.loop
        report = lambda done: loop.post(lambda: job.report(done * 0.9))  # noqa: E731
        return self._context.ink_worker.submit(partial(task, report, lambda: job.cancelled))

    # -- writing it

    def _put_new(self, found: Made, *, hides: bool) -> Work:
        """Whether it is in; False, with nothing done, where undo has brought flats back or the image was
        converted.
        """
        document = self._job.document
        if document.new_layer("").form != self._form:
            return False
        target = yield from new_target(document, free_name(document, tr("Flats")), found, self._form)
        shares = yield from shares_for(self._context.ink_worker, found, anew=True)
        yield from writing(target, found, shares)
        yield from wait_for_pen()
        lineart, active = self._lineart(), document.active_layer()
        if self._in_use() is not None or self._resized():
            return False
        self._job.commit()
        target.insert_under(lineart, hides=hides)
        self._keep(target.layer, found, ready=True, parts=layers_of(target))
        # Krita soon selects the new layer; the artist's next stroke belongs where they are.
        yield from stay_on(document, active, target.layer)
        if found.homes is not None:  # Krita composes no group whose layers were filled before
            yield from refresh_when_idle(document)
        return True

    def _renew(self, old: Layer, found: Made) -> Work:
        """Whether it is done; False where the page was resized, or a layer taken out of the group."""
        document, context, surface = self._job.document, self._context, self._surface
        assert surface is not None
        names = yield from names_of_new(found, self._form)
        found, names = with_blank_ones_reused(found, names, surface.layers)
        shares = yield from shares_for(context.ink_worker, found, anew=False)
        yield from until_in_front(context, self._turns, self._job, self._lineart)
        if self._resized() or not surface.is_whole:
            return False
        self._refuse_linearts(surface)  # again: one may have been put there meanwhile
        steps, active = surface.sentence_of_steps, document.active_layer()
        hints = self._memory.hints_in_use(document, self._job.sketch)
        before = None
        with suppress(DamagedAreas):  # said when they were looked for
            before = self._memory.areas_in(document, old.identity) if self._apart == "" else None
        self._job.commit()
        try:
            with context.undo_words.ours():
                target = yield from surface.renew(names)
        except NotRenewed as error:
            raise Problem(
                "Krita did not let the flats be updated: finish what is under way, such as a transform, and "
                "try again."
            ) from error
        context.undo_words.note(document, target.layer, tr("Flats"))
        if hints is not None and (copy := twin_of(target, hints)).identity != hints.identity:
            self._memory.save(document, self._note.with_hints(copy.identity))
        if before is not None:  # told at once: Krita selects the copy, and a click may come
            past, note = (
                self._memory.past_of(document, old.identity),
                self._note.with_parts(layers_of(target)),
            )
            self._memory.put(document, target.layer.identity, before, note, before.pack(), past)
        if active is not None and active.identity != old.identity:
            yield from stay_on(document, twin_of(target, active), target.layer)
        for _ in writing(target, found, shares):
            yield from wait_for_pen()
            if self._resized():
                return False
        self._keep(target.layer, found, ready=True, parts=layers_of(target))
        yield from refresh_when_idle(document)
        if steps:
            context.messages.say(steps, of=document, so=lambda: target.layer.parent is not None)
        return True

    def _put_in_place(self, old: Layer, found: Made) -> Work:
        """Put flats of the other kind in a layer's or a group's place: two steps to undo, which is said.

        Whether it is done; False where those were painted on or taken apart, or the page resized.
        """
        document, messages, surface = self._job.document, self._context.messages, self._surface
        assert surface is not None
        if not surface.is_whole:
            return False
        self._refuse_more_than_flats(surface)
        target = yield from new_target(document, old.name, found, self._form)
        shares = yield from shares_for(self._context.ink_worker, found, anew=True)
        yield from writing(target, found, shares)
        yield from wait_for_pen()
        now, active = self._in_use(), document.active_layer()
        if now is None or now.identity != old.identity or self._resized() or not surface.is_whole:
            return False
        self._refuse_more_than_flats(surface)  # again: the artist may have put something there meanwhile
        if not surface.stays:
            return False
        self._job.commit()
        put_in_place(old, target.layer)
        self._keep(target.layer, found, ready=True, parts=layers_of(target))
        yield from stay_on(document, active, target.layer)
        yield from refresh_when_idle(document)
        said = tr("Undo twice to take that back.")
        messages.say(said, of=document, so=lambda: target.layer.parent is not None)
        return True

    def _refuse_more_than_flats(self, surface: Surface) -> None:
        """Leave what is in the document now as it is where something of the artist's would be removed with
        it. Raises Problem.
        """
        if surface.is_plain:
            return
        note = self._note
        self._memory.save(self._job.document, replace(note, layered=not note.layered))
        raise _more_than_flats(surface.old)

    def _refuse_linearts(self, surface: Surface | None) -> None:
        """Leave a group as it is that holds a lineart, its sketch or its flats: all notes on those would be
        lost with their identities in a copy. Raises Problem.
        """
        others = [] if surface is None else surface.others
        if not others:
            return
        document, memory, of = self._job.document, self._context.memory, self._job.sketch
        records = memory.state_of(document).records
        known = {of}.union(*((record.sketch, *record.layers) for record in records))
        for one in others:
            flats = owner_of(document, one.identity) not in {"", of}
            if one.identity in known or flats or self._memory.note_of(document, one.identity).layers:
                assert surface is not None
                raise _more_than_flats(surface.old)

    def _keep(self, layer: Layer, found: Made, *, ready: bool, parts: tuple[str, ...] = ()) -> None:
        """A layer shows what was made, from now on; `parts`: layers in it with one colour each."""
        document, flats, note = self._job.document, found.flats, self._note.with_parts(parts)
        self._memory.put(document, layer.identity, flats.areas, note, found.packed, found.past)
        self._memory.keep_last(document, layer.identity, self._form, found.written(parts), ready=ready)

    # -- other colours

    def _propose(self, ask: Ask) -> Work:
        """Other colours for the flats as they are shown, into the job."""
        document, old = self._job.document, self._in_use()
        before = None if old is None else self._areas_in(old)
        if old is None or before is None:
            raise Problem("There are no flats here yet. Click Flats first.")
        surface = Surface(document, old, self._note.parts)
        form, past = surface.form, self._past_of(old, surface.form)
        shown, _ = yield from surface.read(document.page)
        table, worker = PixelTable(form.channels, form.dtype), self._context.ink_worker
        looked = yield worker.submit(partial(looked_at, before, shown, table, past))
        if looked is None or surface.is_strange:
            raise Problem(
                "The flats were changed too much to find their areas again. Click Flats to make new ones."
            )
        colours = colours_of_pixels(table.pixels[looked.used], form)
        yield  # converting colours lets Krita handle events
        srgb = dict(zip(looked.used, colours, strict=True))
        self._job.proposed = yield worker.submit(partial(proposed, looked, srgb, ask))

    # -- colour hints

    def _add_hints(self) -> Work:
        """A layer for them over the flats, on which the artist goes on painting."""
        document = self._job.document
        there = self._memory.hints_in_use(document, self._job.sketch)
        if there is None:
            yield from wait_for_pen()
            note, flats = self._note, self._in_use()  # undo may have taken flats away, or brought hints back
            there = self._memory.hints_in_use(document, self._job.sketch)
            if there is None and flats is not None:
                there = put_hints_over(document, flats, free_name(document, tr("Colour hints")))
                self._memory.save(document, note.with_hints(there.identity))
        if there is not None:
            yield
            if document.layer(there.identity) is not None:
                document.activate(there)

    def _follow(self) -> Work:
        """The artist has painted hints: without an undo step, where nobody has changed the flats since."""
        followed = yield from self._patch()
        if not followed and not application.can_redo():
            self._job.reopen()
            yield from self._make_and_write()

    def _patch(self) -> Work:
        """Write what other hints change into the flats as they were last written; False where they are others
        by now, such as after the image was mirrored, cropped or resized.
        """
        document, flats = self._job.document, self._in_use()
        last = None if flats is None else self._memory.last_of(document, flats)
        if flats is None or last is None or not self._memory.is_ready(document, flats):
            return False
        page = document.page
        if last.flats.codes.shape != (page.height, page.width):
            self._memory.doubt()
            return False
        self._form = form_of(document, flats)
        hints = yield from self._read_hints(self._form, page)
        if hints is None:
            return True
        self._job.commit()  # it is of no use to anybody halfway
        self._memory.doubt()
        patch = yield self._context.ink_worker.submit(
            partial(with_other_hints, last, hints, self._note.spread)
        )
        yield from wait_for_pen()
        now = self._in_use()
        if now is None or now.identity != flats.identity:
            return True
        if document.page != page or form_of(document, now) != self._form:
            return False
        target = existing_target(document, flats, last.layers)
        if target is None or not (yield from target.shows(patch.area, patch.before, patch.made.table.pixels)):
            return False
        written = yield from write_patch(document, target, patch)
        self._keep(flats, written, ready=True, parts=layers_of(target))
        if patch.area.width:
            yield from refresh_when_idle(document)
        return True


def _more_than_flats(flats: Layer) -> Problem:
    return Problem(
        'There is more than flats in "{name}", such as a mask or a layer of yours. Take that out first.',
        name=flats.name,
    )
