# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes on between the artist and the engine: settings, runs, and lineart that follows the sliders.

`Session` is the model the docker is bound to. It holds no widget, and hears of Krita through `krita_host`.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from smart_lineart.inking import Cancelled, InkError, Rect
from smart_lineart.krita_host import application, colour, frames, view
from smart_lineart.krita_host.document import Document
from smart_lineart.krita_host.geometry import overlap, united
from smart_lineart.krita_host.layer import Layer
from smart_lineart.krita_host.lineart import Ink, LineartLayer, renews_in_one_step
from smart_lineart.krita_host.reading import read_sketch, sketch_area
from smart_lineart.krita_host.refreshing import refresh_when_idle

from . import own_brushes, preferences
from .engine import CachedFeatures, Engine, FeatureCache
from .follow import Follower, stay_on
from .i18n import tr
from .jobs import Job, JobQueue, JobState
from .sentences import translated
from .settings import NOTE_KEY, NOTE_TITLE, DocumentState, InkSettings, LineartRecord, is_damaged
from .signal import Signal
from .steps import Loop, Pending, Work, Worker, start

WAIT_FOR_PEN_MS = 30
WAIT_FOR_DOCUMENT_MS = 200


class Problem(InkError):
    """Something only the artist can mend, said in one sentence of their language."""


@dataclass(frozen=True)
class Message:
    """One sentence in the docker."""

    text: str = ""
    kind: str = "note"


@dataclass(frozen=True)
class Target:
    """What a click on "Ink sketch" would work on now."""

    title: str = ""
    has_lineart: bool = False
    follows: bool = False
    animated: bool = False


class Session:
    """Documents, their lineart and the running jobs, as the docker shows them."""

    def __init__(self, loop: Loop, engine: Engine | None = None):
        self.loop = loop
        self.engine = engine or Engine(self._notice_from_thread)
        self.queue = JobQueue()
        self.cache = FeatureCache()
        self.brushes = own_brushes.OwnBrushes(application.user_folder() / "brushes")
        self.engine.find_style = self.brushes.find
        self.settings = self._with_known_style(preferences.load_settings())
        self.engine.options = preferences.load_engine_options()
        self.keep_copy = False
        self.frames: tuple[int, int] | None = None
        self.target = Target()
        self.message = Message()
        if self.brushes.broken:
            self.message = Message(translated(self.brushes.broken[0]), "error")
        self.last_error = ""
        self.last_seconds: dict[str, float] = {}
        self.settings_changed, self.target_changed, self.message_changed = Signal(), Signal(), Signal()
        self._document: Document | None = None
        self._ink_worker, self._render_worker = Worker(loop, "inking"), Worker(loop, "rendering")
        self._running: Job | None = None
        self._closing = False
        self._followers: list[Follower] = []
        self._seen: tuple[object, ...] | None = None
        self._runs_ended = 0

    # -- what the artist does

    def ink(self) -> None:
        """Ink the selected layer, or renew the lineart it has."""
        try:
            job = self._job_for_selection()
        except InkError as error:
            self.say(str(error), "error")
            return
        self.say("")
        self.queue.add(job)
        self._run_next()

    def cancel(self, job: Job) -> None:
        """Stop a run; nothing of it stays behind."""
        job.cancel()

    def change(self, name: str, value: object, *, final: bool) -> None:
        """The artist moves a slider or picks something; the lineart follows. `final`: the drag has ended."""
        settings = self.settings.with_value(name, value)
        changed = settings != self.settings
        self.settings = settings
        if changed:
            self.settings_changed.emit()
        if name == "unit":
            self._remember(settings)
        elif name == "detail":
            if final:
                self._remember(settings)
                self._ink_again_for_detail()
        elif changed or final:
            self._follow(settings, final=final)

    def set_engine_options(self, **values: object) -> None:
        """Choose runtime, device or memory for the runs to come."""
        self.engine.options = replace(self.engine.options, **values)  # type: ignore[arg-type]
        preferences.save_engine_options(self.engine.options)

    def close(self) -> None:
        """Krita is closing: stop everything, wait a moment for the threads."""
        self._closing = True
        self.queue.cancel_all()
        for follower in self._followers:
            follower.stop()
        self._ink_worker.stop()
        self._render_worker.stop()
        colour.close_workbench()

    # -- what Krita tells

    def look(self) -> None:
        """Take note of the document and layer the artist is at now. Called often, so it is quick."""
        document = application.active_document()
        if document is None:
            self._document = self._seen = None
            self._set_target(Target())
            return
        if self._document is None or self._document != document:
            self._document = document
            self.cache.keep_only(application.is_open)
            self._take_settings(document)
            if is_damaged(document.note(NOTE_KEY)):
                self.say(tr("What this document remembers of its lineart is damaged and cannot be read."))
        layer = document.active_layer()
        if layer is None:
            return
        # Walking through all layers wakes an object for each, so it is done only where something has changed.
        seen = (layer.identity, layer.name, layer.animated, document.note(NOTE_KEY), self._runs_ended)
        if seen != self._seen:
            self._seen = seen
            self._set_target(self._target_at(document, layer))

    def state_of(self, document: Document) -> DocumentState:
        """What a document remembers."""
        return DocumentState.from_json(document.note(NOTE_KEY))

    def say(self, text: str, kind: str = "note") -> None:
        """Show a sentence in the docker; "" shows none."""
        self.message = Message(text, kind)
        self.message_changed.emit()

    # -- runs

    def _job_for_selection(self) -> Job:
        document = application.active_document()
        if document is None:
            raise Problem(tr("Open a document and select the layer with your sketch first."))
        layer = document.active_layer()
        if layer is None:
            raise Problem(tr("Select the layer with your sketch first."))
        layer = self._sketch_for(document, layer)
        animated = self.frames if layer.animated else None
        return Job(
            document,
            layer.identity,
            layer.name,
            self.settings,
            keep_copy=self.keep_copy,
            frames=animated,
            selection=document.selection(),
        )

    def _sketch_for(self, document: Document, layer: Layer) -> Layer:
        """The sketch a layer stands for: itself, what it is the lineart of, or the layer it masks."""
        if layer.is_mask:
            parent = layer.parent
            layer = parent if parent is not None else layer
        record = self.state_of(document).record_of(layer.identity)
        sketch = document.layer(record.sketch) if record is not None else None
        return sketch or layer

    def _run_next(self) -> None:
        if self._running is not None or self._closing:
            return
        job = self.queue.next
        if job is None:
            return
        self._running = job
        work = start(self.loop, self._run(job), lambda error: self._ended_badly(job, error))
        work.when_done(lambda: self._one_ended(job))

    def _one_ended(self, job: Job) -> None:
        self._let_others_run(job)
        self._runs_ended += 1
        self.look()

    def _let_others_run(self, job: Job) -> None:
        """Give up the turn, if it is this run's."""
        if self._running is job:
            self._running = None
            self._run_next()

    def _take_turn(self, job: Job) -> bool:
        """Whether it is this run's turn, now or again: only one changes documents at a time."""
        if self._running is None:
            self._running = job
        return self._running is job

    def _ended_badly(self, job: Job, error: BaseException) -> None:
        if isinstance(error, Cancelled) or job.cancelled:
            job.enter(JobState.cancelled)
            return
        job.enter(JobState.failed)
        self.report(error)

    def report(self, error: BaseException) -> None:
        """Say an error in a sentence, and keep its story for the diagnostics."""
        self.last_error = "".join(traceback.format_exception(type(error), error, error.__traceback__))
        if isinstance(error, InkError):
            self.say(translated(str(error)), "error")
        elif isinstance(error, MemoryError):
            self.say(tr("Krita ran out of memory: close other documents or programs and try again."), "error")
        else:
            self.say(
                tr(
                    'Something went wrong that should not have: use "Copy diagnostics" and report it, please.'
                ),
                "error",
            )

    def _run(self, job: Job) -> Work:
        """One run from reading to the new layer."""
        if job.frames is not None:
            yield from self._run_frames(job)
            return
        for follower in self._followers_of(job.document, job.sketch):
            follower.finish()
        began = time.monotonic()
        job.enter(JobState.reading)
        layer = self._living_sketch(job)
        area = sketch_area(layer)
        if not area.width:
            raise Problem(tr('The layer "{name}" is empty: there is nothing to ink.', name=layer.name))
        sketch = yield from self._read(job, layer, area)
        job.seconds["reading"] = time.monotonic() - began
        job.enter(JobState.inking)
        known = self.cache.get(job.document, job.sketch)
        auto = known.auto_scale if known else None
        features = yield self._ink_worker.submit(
            lambda: self.engine.prepare(
                sketch,
                job.settings,
                lambda done: self.loop.post(lambda: job.report(done * 0.9)),
                lambda: job.cancelled,
                auto,
            )
        )
        if not job.settings.detail:
            auto = features.scale
        coverage = yield self._ink_worker.submit(
            lambda: self.engine.render(features, job.settings, cancelled=lambda: job.cancelled)
        )
        job.seconds["inking"] = time.monotonic() - began
        self._stop_if_cancelled(job)
        job.report(0.95)
        ink = Ink(coverage, area, self._colour(job.settings))
        yield from self._put(job, ink)
        self.cache.put(CachedFeatures(job.document, job.sketch, features, area, job.settings.detail, auto))
        job.seconds["total"] = time.monotonic() - began
        self.last_seconds = dict(job.seconds)
        job.report(1.0)
        job.enter(JobState.finished)

    def _read(self, job: Job, layer: Layer, area: Rect, moment: int | None = None) -> Work:
        sketch = None
        for step in read_sketch(layer, area, moment):
            self._stop_if_cancelled(job)
            sketch = step
            yield
        assert sketch is not None
        if sketch.empty:
            raise Problem(tr('The layer "{name}" is empty: there is nothing to ink.', name=layer.name))
        if sketch.blank:
            raise Problem(
                tr('The layer "{name}" is blank, one flat tone: there is nothing to ink.', name=layer.name)
            )
        return sketch

    def _put(self, job: Job, ink: Ink) -> Work:
        """Write the ink into the lineart of the sketch, or into a new layer right above it."""
        while view.painting():
            yield WAIT_FOR_PEN_MS
        job.enter(JobState.writing)
        sketch = self._living_sketch(job)
        old = None if job.keep_copy else self._lineart_in_use(job.document, job.sketch)
        if old is None:
            target = LineartLayer.new(job.document, tr("Lineart: {name}", name=sketch.name), job.selection)
            yield from self._write(job, target.write(ink))
            while view.painting():
                yield WAIT_FOR_PEN_MS
            yield from self._insert(job, target)
        else:
            yield from self._until_shown(job)
            old = self._lineart_in_use(job.document, job.sketch) or old
            part = united(ink.area, old.bounds)
            self.tell_steps(old)
            active = job.document.active_layer()
            target = yield from LineartLayer.renew(job.document, old, job.selection)
            for _ in target.write(ink, part):
                yield
            yield from refresh_when_idle(job.document)
            if active is not None and active.identity != old.identity:
                yield from stay_on(job.document, active, target.layer)
        self._note_lineart(job.document, job.sketch, target.layer, job.settings)
        yield

    def _insert(self, job: Job, target: LineartLayer) -> Work:
        """Add the layer, and leave the artist on the layer they are on: their next stroke belongs there."""
        active = job.document.active_layer()
        target.insert(self._living_sketch(job))
        yield from stay_on(job.document, active, target.layer)

    def tell_steps(self, old: Layer) -> None:
        """Say so where renewing a lineart can't be undone at once."""
        if not renews_in_one_step(old):
            self.say(
                tr(
                    '"{name}" has masks, a layer style or keyframes: undo twice to take its renewal back.',
                    name=old.name,
                )
            )

    def _write(self, job: Job, writing: Iterator[None]) -> Work:
        for _ in writing:
            self._stop_if_cancelled(job)
            yield

    def _until_shown(self, job: Job) -> Work:
        """Renewing a layer in one undoable step needs its document in front: Krita's actions work there.

        Runs of other documents go on meanwhile.
        """
        told = Message()
        while True:
            self._stop_if_cancelled(job)
            self._living_sketch(job)
            shown = application.is_active(job.document)
            if shown and not view.painting() and self._take_turn(job):
                break
            if not shown:
                self._let_others_run(job)
                if not told.text:
                    told = self._tell_waiting(job)
            yield WAIT_FOR_PEN_MS if shown else WAIT_FOR_DOCUMENT_MS
        if told.text and self.message is told:
            self.say("")

    def _tell_waiting(self, job: Job) -> Message:
        self.say(
            tr(
                '"{name}" is inked; its lineart is renewed once its document is in front again.',
                name=job.title,
            )
        )
        return self.message

    def _run_frames(self, job: Job) -> Work:
        """Ink keyframes, each by itself, into a layer with the same keyframes."""
        began = time.monotonic()
        job.enter(JobState.reading)
        layer = self._living_sketch(job)
        assert job.frames is not None
        times = [
            moment
            for moment in frames.key_times(job.document, layer)
            if job.frames[0] <= moment <= job.frames[1]
        ]
        if not times:
            raise Problem(tr('There is no keyframe of "{name}" in that range.', name=layer.name))
        inked: dict[int, frames.FrameInk] = {}
        for number, moment in enumerate(times):
            self._stop_if_cancelled(job)
            area = frames.frame_area(job.document, layer, moment)
            try:
                sketch = yield from self._read(job, layer, area, moment)
            except Problem:
                continue  # a blank frame stays blank
            job.enter(JobState.inking)
            inked[moment] = yield self._ink_worker.submit(partial(self._ink_frame, job, sketch, area))
            job.report((number + 1) / len(times) * 0.95)
        while view.painting():
            yield WAIT_FOR_PEN_MS
        job.enter(JobState.writing)
        layer = self._living_sketch(job)
        old = None if job.keep_copy else self._lineart_in_use(job.document, job.sketch)
        if old is not None:
            self.tell_steps(old)
        new = yield from frames.put_frames(
            job.document,
            layer,
            old,
            tr("Lineart: {name}", name=layer.name),
            inked,
            times,
            self._colour(job.settings),
            job.selection,
        )
        self._note_lineart(job.document, job.sketch, new, job.settings)
        job.seconds["total"] = time.monotonic() - began
        self.last_seconds = dict(job.seconds)
        job.report(1.0)
        job.enter(JobState.finished)

    def _ink_frame(self, job: Job, sketch: Any, area: Rect) -> frames.FrameInk:
        features = self.engine.prepare(sketch, job.settings, lambda _: None, lambda: job.cancelled)
        return frames.FrameInk.pack(
            self.engine.render(features, job.settings, cancelled=lambda: job.cancelled), area
        )

    @staticmethod
    def _stop_if_cancelled(job: Job) -> None:
        if job.cancelled:
            raise Cancelled

    @staticmethod
    def _living_sketch(job: Job) -> Layer:
        if not application.is_open(job.document):
            raise Problem(tr('The document was closed before "{name}" was inked.', name=job.title))
        layer = job.document.layer(job.sketch)
        if layer is None:
            raise Problem(tr('The layer "{name}" was deleted before it was inked.', name=job.title))
        return layer

    @staticmethod
    def _colour(settings: InkSettings) -> Any | None:
        return colour.foreground() if settings.colour == "foreground" else None

    # -- lineart of a document

    def _lineart_in_use(self, document: Document, sketch: str) -> Layer | None:
        record = next((r for r in self.state_of(document).records if r.sketch == sketch), None)
        if record is None:
            return None
        there = {layer.identity: layer for layer in document.layers()}
        return next((there[identity] for identity in reversed(record.layers) if identity in there), None)

    def _note_lineart(self, document: Document, sketch: str, layer: Layer, settings: InkSettings) -> None:
        state = self.state_of(document)
        record = next((r for r in state.records if r.sketch == sketch), LineartRecord(sketch))
        record = replace(record.with_layer(layer.identity), settings=settings)
        self._save(document, replace(state.with_record(record), settings=settings))

    def _remember(self, settings: InkSettings) -> None:
        preferences.save_settings(settings)
        if self._document is not None and application.is_open(self._document):
            self._save(self._document, replace(self.state_of(self._document), settings=settings))

    @staticmethod
    def _save(document: Document, state: DocumentState) -> None:
        document.set_note(NOTE_KEY, NOTE_TITLE, state.to_json())

    def _take_settings(self, document: Document) -> None:
        """Those of the document; the artist's own where it remembers none."""
        remembers = bool(document.note(NOTE_KEY))
        wanted = self.state_of(document).settings if remembers else preferences.load_settings()
        self.settings = self._with_known_style(wanted)
        self.settings_changed.emit()
        if self.settings.style != wanted.style:
            self.say(
                tr(
                    'The brush "{name}" of this document is not on this computer: the pen inks instead.',
                    name=own_brushes.shown_name(wanted.style),
                )
            )

    def _with_known_style(self, settings: InkSettings) -> InkSettings:
        self.brushes.refresh()
        return settings.with_value("style", self.brushes.find(settings.style).name)

    def _target_at(self, document: Document, layer: Layer) -> Target:
        sketch = self._sketch_for(document, layer)
        old = self._lineart_in_use(document, sketch.identity)
        cached = self.cache.get(document, sketch.identity) is not None
        return Target(sketch.name, old is not None, old is not None and cached, sketch.animated)

    def _set_target(self, target: Target) -> None:
        if target != self.target:
            self.target = target
            self.target_changed.emit()

    # -- following the sliders

    def _follow(self, settings: InkSettings, *, final: bool) -> None:
        if final:
            self._remember(settings)
        document = application.active_document()
        layer = document.active_layer() if document is not None else None
        if document is None or layer is None:
            return
        running = [one for one in self._followers if one.document == document and not one.over]
        if running:
            running[-1].want(settings, final=final)
            return
        sketch = self._sketch_for(document, layer)
        cached = self.cache.get(document, sketch.identity)
        if cached is None or self._lineart_in_use(document, sketch.identity) is None:
            return
        follower = Follower(self, cached)
        self._followers.append(follower)
        follower.want(settings, final=final)
        work = start(self.loop, follower.run(), self.report)
        work.when_done(lambda: self._followers.remove(follower))

    def _followers_of(self, document: Document, sketch: str) -> list[Follower]:
        return [
            one
            for one in self._followers
            if one.sketch == sketch and one.document == document and not one.over
        ]

    def _ink_again_for_detail(self) -> None:
        document = application.active_document()
        layer = document.active_layer() if document is not None else None
        if document is None or layer is None:
            return
        sketch = self._sketch_for(document, layer)
        cached = self.cache.get(document, sketch.identity)
        if cached is not None and cached.detail != self.settings.detail and not self.keep_copy:
            self.ink()

    def lineart_for_follow(self, document: Document, sketch: str) -> Layer | None:
        """The lineart a slider works on."""
        return self._lineart_in_use(document, sketch)

    def render(
        self, item: CachedFeatures, settings: InkSettings, region: Rect | None, outdated: Callable[[], bool]
    ) -> Any:
        """Have lines drawn on the rendering thread; a `Pending` with an Ink, or None if it was outdated."""
        pen = self._colour(settings)
        area = item.area
        part = None
        if region is not None:
            shared = overlap(region, area)
            part = Rect(shared.x - area.x, shared.y - area.y, shared.width, shared.height)
            area = shared

        def task() -> Ink | None:
            try:
                return Ink(self.engine.render(item.features, settings, part, outdated), area, pen)
            except Cancelled:
                return None

        return self._render_worker.submit(task)

    def followed(self, item: CachedFeatures, layer: Layer, settings: InkSettings) -> None:
        """A drag has ended: the lineart has a new layer and settings."""
        if application.is_open(item.document):
            self._note_lineart(item.document, item.sketch, layer, settings)

    def on_worker(self, task: Callable[[], Any]) -> Pending:
        """Do something slow off the user interface's thread."""
        return self._render_worker.submit(task)

    def _notice_from_thread(self, sentence: str) -> None:
        self.loop.post(lambda: self.say(translated(sentence), "note"))
