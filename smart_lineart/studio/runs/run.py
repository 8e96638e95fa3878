# SPDX-License-Identifier: GPL-3.0-or-later
"""One run, from reading the sketch to the ink in its layer."""

from __future__ import annotations

import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from smart_lineart.inking import Base, Cancelled, DamagedRecord, FreshInk, InkError, Rect
from smart_lineart.krita_host import application, frames, view
from smart_lineart.krita_host.document import selected_over
from smart_lineart.krita_host.layer import Layer
from smart_lineart.krita_host.lineart import Ink, LineartLayer
from smart_lineart.krita_host.living import Gone
from smart_lineart.krita_host.reading import read_sketch, sketch_area
from smart_lineart.studio.engine import CachedFeatures, Earlier
from smart_lineart.studio.language.i18n import tr

from .frame_renewal import FrameRenewal
from .jobs import Job, JobState
from .renewing import NotFound, keep_apart, noted, sentence_of_steps
from .settling import WAIT_FOR_PEN_MS, stay_on, wait_for_pen
from .steps import Work

if TYPE_CHECKING:
    from smart_lineart.studio.session import Session

NOWHERE = Rect(0, 0, 0, 0)
WAIT_FOR_DOCUMENT_MS = 200


class Problem(InkError):
    """Something only the artist can mend."""


class Run:
    """Executes a job in steps; the session's workers, caches and memory serve it."""

    def __init__(self, session: Session, job: Job):
        self._session = session
        self._job = job

    def steps(self) -> Work:
        """All of it."""
        began = time.monotonic()
        job, session = self._job, self._session
        job.enter(JobState.reading)
        if job.frames is not None:
            yield from self._ink_frames()
        else:
            yield from self._ink(began)
        job.seconds["total"] = time.monotonic() - began
        session.last_seconds = dict(job.seconds)
        job.report(1.0)
        job.enter(JobState.finished)

    def _ink(self, began: float) -> Work:
        job, session = self._job, self._session
        for follower in session.followers_of(job.document, job.sketch):
            follower.finish()
        layer = self._living_sketch()
        known = session.cache.get(job.document, job.sketch) or self._noted()
        area = sketch_area(layer, job.document.page, known.area if known is not None else None)
        if not area.width:
            raise Problem('The layer "{name}" is empty: there is nothing to ink.', name=layer.name)
        sketch = yield from self._read(layer, area)
        job.seconds["reading"] = time.monotonic() - began
        job.enter(JobState.inking)
        item = yield from self._prepare(sketch, area, known)
        if job.live and item is known:
            return  # nothing was drawn
        pen = session.pen(job.settings)
        draw = partial(session.engine.draw, item, job.settings)
        fresh = yield session.ink_worker.submit(partial(draw, cancelled=lambda: job.cancelled))
        job.seconds["inking"] = time.monotonic() - began
        job.report(0.95)
        if (yield from self._put(fresh, pen)):
            session.cache.put(item)
            if not fresh.coverage.any() and not job.live:
                session.say(self._nothing_found())

    def _nothing_found(self) -> str:
        return tr(
            'No lines were found in "{name}": drag "Faint lines" or "Detail" to the right to find more.',
            name=self._job.title,
        )

    def _prepare(self, sketch: Any, area: Rect, known: CachedFeatures | None) -> Work:
        """The sketch's lines: those known already, where nothing has changed."""
        job, session = self._job, self._session
        earlier, auto = Earlier(), None
        if known is not None:
            auto = known.auto_scale
            same = known.area == area and known.read is not None
            changed = None
            if same:
                changed = yield session.ink_worker.submit(partial(sketch.changed_from, known.read))
            if changed == NOWHERE and known.detail == job.settings.detail:
                return known
            features = known.features if same else None
            calibration = known.features.calibration
            earlier = Earlier(features, calibration, changed, auto)
        features = yield session.ink_worker.submit(
            lambda: session.engine.prepare(
                sketch,
                job.settings,
                lambda done: session.loop.post(lambda: job.report(done * 0.9)),
                lambda: job.cancelled,
                earlier,
            )
        )
        if not job.settings.detail:
            auto = features.scale
        return CachedFeatures(job.document, job.sketch, features, area, job.settings.detail, auto, sketch)

    def _noted(self) -> CachedFeatures | None:
        """What the document remembers of the sketch, so that it is seen as before it was closed."""
        job, memory = self._job, self._session.memory
        lineart = memory.lineart_in_use(job.document, job.sketch)
        if lineart is None:
            return None
        with suppress(DamagedRecord):
            record = memory.ink_of(job.document, lineart)
            notes = record.notes.get("sketch") if record is not None else None
            return CachedFeatures.from_notes(job.document, job.sketch, notes)
        return None

    def _read(self, layer: Layer, area: Rect, moment: int | None = None) -> Work:
        sketch = None
        for step in read_sketch(layer, area, moment):
            sketch = step
            yield
        assert sketch is not None
        if sketch.empty:
            raise Problem('The layer "{name}" is empty: there is nothing to ink.', name=layer.name)
        if sketch.blank:
            raise Problem(
                'The layer "{name}" is blank, one flat tone: there is nothing to ink.', name=layer.name
            )
        return sketch

    def _put(self, fresh: FreshInk, pen: Any) -> Work:
        """Put the ink into the sketch's lineart, or into a new layer right above it; whether it is there."""
        job = self._job
        yield from wait_for_pen()
        job.enter(JobState.writing)
        self._living_sketch()
        apart = ""
        while True:
            old = self._lineart(apart)
            if old is not None:
                yield from self._until_shown()
                old = self._lineart(apart)
            if old is not None:
                try:
                    return (yield from self._renew(old, fresh, pen))
                except NotFound as error:
                    self._session.say(keep_apart(old, error))
                    apart = old.identity
            if (yield from self._put_new(fresh, pen, apart)):
                return True

    def _lineart(self, apart: str) -> Layer | None:
        """The lineart to renew, if there is one now; the one kept apart is the artist's own."""
        job = self._job
        if job.keep_copy:
            return None
        found = self._session.memory.lineart_in_use(job.document, job.sketch)
        return None if found is not None and found.identity == apart else found

    def _renew(self, old: Layer, fresh: FreshInk, pen: Any) -> Work:
        job, session = self._job, self._session
        steps = sentence_of_steps(old)
        renewed = yield from session.renewer.renew(
            job.document,
            old,
            fresh,
            pen,
            job.selection,
            live=job.live,
            ready=self._until_shown,
            begin=job.commit,
        )
        if renewed is None:
            return False
        if renewed.changed and steps:
            session.say(steps)
        session.memory.note_lineart(job.document, job.sketch, renewed.layer, job.settings)
        session.corrections.show(renewed.kept)
        return True

    def _put_new(self, fresh: FreshInk, pen: Any, apart: str) -> Work:
        """Put the ink into a new layer; False, with nothing done, where undo has brought one back by then."""
        job, memory = self._job, self._session.memory
        name = self._living_sketch().name
        target = LineartLayer.new(job.document, tr("Lineart: {name}", name=name), job.selection)
        yield from target.write(Ink(fresh.coverage, fresh.area, pen))
        fresh = noted(fresh, job.document, pen, target.layer.form)
        selected = selected_over(job.selection, fresh.area)
        remember = partial(Base.blank().remember, fresh, selected, fresh.area)
        record = yield self._session.ink_worker.submit(remember)
        yield from wait_for_pen()
        if self._lineart(apart) is not None:
            return False
        active = job.document.active_layer()
        sketch = self._living_sketch()
        job.commit()
        target.insert(sketch)
        memory.note_ink(job.document, target.layer, record)
        memory.note_lineart(job.document, job.sketch, target.layer, job.settings)
        # Krita soon selects the new layer; the artist's next stroke belongs where they are.
        yield from stay_on(job.document, active, target.layer)
        if job.live:
            yield from self._session.renewer.open_live(job.document, target.layer)
        return True

    def _until_shown(self) -> Work:
        """Renewing a layer in one undoable step needs its document in front: Krita's actions work there.

        Runs of other documents go on meanwhile.
        """
        job, session = self._job, self._session
        told = None
        while True:
            self._living_sketch()
            shown = application.is_active(job.document)
            if shown and not view.painting() and session.take_turn(job) and self._alone():
                break
            if not shown:
                session.let_others_run(job)
                if told is None:
                    told = self._tell_waiting()
            yield WAIT_FOR_PEN_MS if shown else WAIT_FOR_DOCUMENT_MS
        if told is not None and session.message is told:
            session.say("")

    def _alone(self) -> bool:
        """Whether nobody else writes into the lineart, such as one that still follows a slider."""
        return self._session.take_lineart(self._job, self._job.document, self._job.sketch)

    def _tell_waiting(self) -> object:
        self._session.say(
            tr(
                '"{name}" is inked; its lineart is renewed once its document is in front again.',
                name=self._job.title,
            )
        )
        return self._session.message

    def _ink_frames(self) -> Work:
        """Ink keyframes, each by itself, into a layer with the same keyframes."""
        job, session = self._job, self._session
        layer = self._living_sketch()
        assert job.frames is not None
        times = [
            moment
            for moment in frames.key_times(job.document, layer)
            if job.frames[0] <= moment <= job.frames[1]
        ]
        if not times:
            raise Problem('There is no keyframe of "{name}" in that range.', name=layer.name)
        inked: dict[int, frames.FrameInk] = {}
        for number, moment in enumerate(times):
            area = frames.frame_area(job.document, layer, moment)
            try:
                sketch = yield from self._read(layer, area, moment)
            except Problem:
                continue  # a blank frame stays blank
            job.enter(JobState.inking)
            inked[moment] = yield session.ink_worker.submit(partial(self._ink_frame, sketch, area))
            job.report((number + 1) / len(times) * 0.95)
        yield from wait_for_pen()
        job.enter(JobState.writing)
        layer = self._living_sketch()
        old = None if job.keep_copy else session.memory.lineart_in_use(job.document, job.sketch)
        if old is not None:
            session.say(sentence_of_steps(old))
        renewal = FrameRenewal(session, job, old, inked)
        name = tr("Lineart: {name}", name=layer.name)
        copy = yield from frames.make_frames(
            job.document, layer, old, name, times, renewal.ink_of, job.selection
        )
        layer = self._living_sketch()
        job.commit()
        renewal.remember(copy)  # first: Krita selects the layer that comes, and a click may come
        frames.put_frames(job.document, layer, old, copy)
        if renewal.left:
            session.say(renewal.sentence())

    def _ink_frame(self, sketch: Any, area: Rect) -> frames.FrameInk:
        job, engine = self._job, self._session.engine
        features = engine.prepare(sketch, job.settings, lambda _: None, lambda: job.cancelled)
        return frames.FrameInk.pack(
            engine.render(features, job.settings, cancelled=lambda: job.cancelled), area
        )

    def stopped(self) -> BaseException | None:
        """The gate of this run: once its document is closed, or it is cancelled, not a step more is taken."""
        job = self._job
        if job.cancelled:
            return Cancelled()
        if not application.is_open(job.document):
            return Gone('The document was closed before "{name}" was inked.', name=job.title)
        return None

    def _living_sketch(self) -> Layer:
        job = self._job
        layer = job.document.layer(job.sketch)
        if layer is None:
            raise Problem('The layer "{name}" was deleted before it was inked.', name=job.title)
        return layer
