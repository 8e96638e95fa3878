# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes on between the artist and the engine: settings, runs, and lineart that follows the sliders.

`Session` is the model the docker is bound to. It holds no widget, and hears of Krita through `krita_host`.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from smart_lineart.inking import Cancelled, InkError, list_devices_isolated
from smart_lineart.krita_host import application, colour
from smart_lineart.krita_host.document import Document
from smart_lineart.krita_host.layer import Layer
from smart_lineart.krita_host.lineart import NotRenewed
from smart_lineart.krita_host.living import Gone, gone
from smart_lineart.said import Said
from smart_lineart.studio.document.memory import Memory
from smart_lineart.studio.language.i18n import tr, translated
from smart_lineart.studio.runs.corrections import Corrections
from smart_lineart.studio.runs.follow import Follower
from smart_lineart.studio.runs.jobs import Job, JobQueue, JobState
from smart_lineart.studio.runs.live import Live
from smart_lineart.studio.runs.renewing import Renewer
from smart_lineart.studio.runs.run import Problem, Run
from smart_lineart.studio.runs.steps import Loop, Pending, Work, Worker, start

from . import own_brushes, preferences
from .engine import MEGABYTE, Engine, FeatureCache
from .settings import NOTE_KEY, InkSettings, is_damaged
from .signal import Signal


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
        self.memory = Memory()
        self.brushes = own_brushes.OwnBrushes(application.user_folder() / "brushes")
        self.engine.find_style = self.brushes.find
        self.settings = self._with_known_style(preferences.load_settings())
        self.engine.options = preferences.load_engine_options()
        self.memory.limit = self.engine.options.memory * MEGABYTE
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
        self.ink_worker, self.render_worker = Worker(loop, "inking"), Worker(loop, "rendering")
        self._device_worker = Worker(loop, "devices")
        self.renewer = Renewer(self.memory, self.ink_worker)
        self.corrections = Corrections(self)
        self.live = Live(self)
        self._running: object | None = None
        self._closing = False
        self._followers: list[Follower] = []
        self._writers: list[tuple[object, Document, str]] = []
        self._seen: tuple[object, ...] | None = None
        self._runs_ended = 0

    # -- what the artist does

    def ink(self) -> None:
        """Ink the selected layer, or renew the lineart it has."""
        try:
            job = self._job_for_selection()
        except InkError as error:
            self.say(translated(error), "error")
            return
        self.say("")
        self.queue.add(job)
        self._run_next()

    def ink_live(self, document: Document, sketch: Layer) -> Job:
        """Ink a sketch that has just been drawn on."""
        job = Job(document, sketch.identity, sketch.name, self.settings, live=True)
        self.queue.add(job)
        self._run_next()
        return job

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

    def look_for_devices(self) -> Pending:
        """Ask what inking can run on, on a thread of its own: a driver or a stuck process may take long."""
        return self._device_worker.submit(lambda: list_devices_isolated(lambda: self._closing))

    def set_engine_options(self, **values: object) -> None:
        """Choose runtime, device or memory for the runs to come."""
        self.engine.options = replace(self.engine.options, **values)  # type: ignore[arg-type]
        self.memory.limit = self.engine.options.memory * MEGABYTE
        preferences.save_engine_options(self.engine.options)

    def close(self) -> None:
        """Krita is closing: stop everything, wait a moment for the threads."""
        self._closing = True
        self.live.stop()
        self.queue.cancel_all()
        for follower in self._followers:
            follower.stop()
        self.ink_worker.stop()
        self.render_worker.stop()
        self._device_worker.stop()
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
            self.memory.records.keep_only(application.is_open)
            self._take_settings(document)
            if is_damaged(document.note(NOTE_KEY)):
                self.say(tr("What this document remembers of its lineart is damaged and cannot be read."))
        layer = document.active_layer()
        if layer is None:
            return
        # Walking through all layers wakes an object for each, so it is done only where something has changed.
        # Undo may bring back a lineart that was renewed, and changes the menu's text.
        undo, note = (application.undo_text(), application.can_redo()), document.note(NOTE_KEY)
        seen = (layer.identity, layer.name, layer.animated, note, undo, self._runs_ended)
        if seen != self._seen:
            self._seen = seen
            self._set_target(self._target_at(document, layer))

    def say(self, text: str, kind: str = "note") -> None:
        """Show a sentence in the docker; "" shows none."""
        self.message = Message(text, kind)
        self.message_changed.emit()

    # -- runs

    def _job_for_selection(self) -> Job:
        document = application.active_document()
        if document is None:
            raise Problem("Open a document and select the layer with your sketch first.")
        layer = document.active_layer()
        if layer is None:
            raise Problem("Select the layer with your sketch first.")
        layer = self.memory.sketch_for(document, layer)
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

    @property
    def busy(self) -> bool:
        """Whether a run is under way or a lineart follows a slider."""
        return self._running is not None or bool(self._followers)

    @contextmanager
    def at_work(self, document: Document, sketch: str) -> Iterator[None]:
        """Other work on a sketch's lineart: runs wait meanwhile."""
        turn = self._running = object()
        self.take_lineart(turn, document, sketch)
        try:
            yield
        finally:
            self._one_ended(turn)

    def take_lineart(self, who: object, document: Document, sketch: str) -> bool:
        """Whether `who` may write into a sketch's lineart, now or again, until they leave it.

        One does at a time: ink of which only a part is written is known to nobody yet.
        """
        for other, where, which in self._writers:
            if which == sketch and where == document:
                return other is who
        self._writers.append((who, document, sketch))
        return True

    def _leave_lineart(self, who: object) -> None:
        self._writers = [writer for writer in self._writers if writer[0] is not who]

    def _run_next(self) -> None:
        if self._running is not None or self._closing:
            return
        job = self.queue.next
        if job is None:
            return
        self._running = job
        run = Run(self, job)
        work = start(self.loop, run.steps(), run.stopped, lambda error: self._ended_badly(job, error))
        work.when_done(lambda: self._one_ended(job))

    def work_on(self, document: Document, work: Work) -> Pending:
        """Other work on a document, step by step; it ends, and says nothing, when that is closed."""

        def failed(error: BaseException) -> None:
            if not isinstance(error, Gone):
                self.report(error)

        return start(self.loop, work, lambda: gone(document), failed)

    def _one_ended(self, turn: object) -> None:
        self._leave_lineart(turn)
        self.let_others_run(turn)
        self._runs_ended += 1
        self.look()

    def let_others_run(self, turn: object) -> None:
        """Give up the turn, if it is this run's."""
        if self._running is turn:
            self._running = None
        self._run_next()

    def take_turn(self, job: Job) -> bool:
        """Whether it is this run's turn, now or again: only one changes documents at a time."""
        if self._running is None:
            self._running = job
        return self._running is job

    def _ended_badly(self, job: Job, error: BaseException) -> None:
        if isinstance(error, Cancelled) or job.cancelled:
            job.enter(JobState.cancelled)
            return
        job.enter(JobState.failed)
        if not (job.live and isinstance(error, (Problem, NotRenewed, Gone))):  # the next stroke may mend it
            self.report(error)

    def report(self, error: BaseException) -> None:
        """Say an error in a sentence, and keep its story for the diagnostics."""
        self.last_error = "".join(traceback.format_exception(type(error), error, error.__traceback__))
        if isinstance(error, InkError):
            self.say(translated(error), "error")
        elif isinstance(error, MemoryError):
            self.say(tr("Krita ran out of memory: close other documents or programs and try again."), "error")
        else:
            self.say(
                tr(
                    'Something went wrong that should not have: use "Copy diagnostics" and report it, please.'
                ),
                "error",
            )

    def pen(self, settings: InkSettings) -> Any | None:
        """Krita's colour to ink with; None: black."""
        return colour.foreground() if settings.colour == "foreground" else None

    def followers_of(self, document: Document, sketch: str) -> list[Follower]:
        """Drags that a sketch's lineart follows now."""
        return [
            one
            for one in self._followers
            if one.sketch == sketch and one.document == document and not one.over
        ]

    # -- documents

    def _remember(self, settings: InkSettings) -> None:
        preferences.save_settings(settings)
        if self._document is not None and application.is_open(self._document):
            self.memory.remember(self._document, settings)

    def _take_settings(self, document: Document) -> None:
        """Those of the document; the artist's own where it remembers none."""
        remembers = bool(document.note(NOTE_KEY))
        wanted = self.memory.state_of(document).settings if remembers else preferences.load_settings()
        self.settings = self._with_known_style(wanted)
        self.settings_changed.emit()
        if remembers and self.settings.style != wanted.style:
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
        sketch = self.memory.sketch_for(document, layer)
        old = self.memory.lineart_in_use(document, sketch.identity)
        if old is not None:
            self.memory.look_after(document, sketch.identity, old)
        self.corrections.look(document, old)
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
        running = [one for one in self._followers if not one.over]
        here = [one for one in running if one.document == document]
        for one in running:
            if final and one not in here:  # the drag began in a document that was left or closed meanwhile
                one.finish()
        if here:
            here[-1].want(settings, final=final)
            return
        layer = document.active_layer() if document is not None else None
        if document is None or layer is None:
            return
        sketch = self.memory.sketch_for(document, layer)
        cached = self.cache.get(document, sketch.identity)
        if cached is None or self.memory.lineart_in_use(document, sketch.identity) is None:
            return
        follower = Follower(self, cached)
        self._followers.append(follower)
        follower.want(settings, final=final)
        work = self.work_on(follower.document, follower.run())
        work.when_done(lambda: self._follower_ended(follower))

    def _follower_ended(self, follower: Follower) -> None:
        self._followers.remove(follower)
        self._leave_lineart(follower)

    def _ink_again_for_detail(self) -> None:
        document = application.active_document()
        layer = document.active_layer() if document is not None else None
        if document is None or layer is None:
            return
        sketch = self.memory.sketch_for(document, layer)
        cached = self.cache.get(document, sketch.identity)
        if cached is not None and cached.detail != self.settings.detail and not self.keep_copy:
            self.ink()

    def _notice_from_thread(self, said: Said) -> None:
        self.loop.post(lambda: self.say(translated(said), "note"))
