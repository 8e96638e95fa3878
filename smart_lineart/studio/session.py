# SPDX-License-Identifier: GPL-3.0-or-later
"""The model the docker is bound to: what the artist does, and what Krita tells.

It holds no widget, and hears of Krita through `krita_host`. The work itself is done in `runs`, with what
`context` has, and when it is their turn by `turns`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from smart_lineart.inking import InkError, list_devices_isolated
from smart_lineart.krita_host import application, colour, composing
from smart_lineart.krita_host.document import Document
from smart_lineart.krita_host.layer import Layer
from smart_lineart.studio.language.i18n import tr, translated
from smart_lineart.studio.runs.jobs import Job, JobQueue
from smart_lineart.studio.runs.live import Live
from smart_lineart.studio.runs.renewing import Renewer
from smart_lineart.studio.runs.runner import Runner
from smart_lineart.studio.runs.sketch import Problem
from smart_lineart.studio.runs.sliders import Sliders
from smart_lineart.studio.runs.staying import Staying
from smart_lineart.studio.runs.take_new import TakeNew

from . import own_brushes, preferences
from .context import Context
from .engine import Engine
from .settings import NOTE_KEY, InkSettings, is_damaged
from .signal import Signal
from .steps import Loop, Pending
from .turns import Turns


@dataclass(frozen=True)
class Target:
    """What a click on "Ink sketch" would work on now."""

    title: str = ""
    has_lineart: bool = False
    follows: bool = False
    animated: bool = False


class Session:
    """Settings, the sketch at hand and the runs, as the docker shows them."""

    def __init__(self, loop: Loop, engine: Engine | None = None):
        self.context = Context(loop, engine)
        self.messages = self.context.messages
        self.turns = Turns()
        self.queue = JobQueue()
        renewer = Renewer(self.context.memory, self.context.ink_worker)
        self.runner = Runner(self.context, self.turns, renewer, self.queue)
        self._sliders = Sliders(self.context, self.turns)
        self._taking_new = TakeNew(self.context, self.turns, renewer)
        self._staying = Staying(self.context)
        self.live = Live(loop, self.context.memory, self._has_work, self.ink_live, renewer.live)
        self.settings = self._with_known_style(preferences.load_settings())
        self.keep_copy = False
        self.frames: tuple[int, int] | None = None
        self.target = Target()
        self.settings_changed, self.target_changed = Signal(), Signal()
        self._document: Document | None = None
        self._closing = False
        self._seen: tuple[object, ...] | None = None
        self._works_ended = 0
        self.turns.ended.connect(self._work_ended)
        if self.context.brushes.broken:
            self.messages.say(translated(self.context.brushes.broken[0]), "error")

    # -- what the artist does

    def ink(self) -> None:
        """Ink the selected layer, or renew the lineart it has."""
        try:
            job = self._job_for_selection()
        except InkError as error:
            self.messages.say(translated(error), "error")
            return
        self.messages.say("")
        self.runner.add(job)

    def ink_live(self, document: Document, sketch: Layer) -> Job:
        """Ink a sketch that has just been drawn on."""
        job = Job(document, sketch.identity, sketch.name, self.settings, live=True)
        self.runner.add(job)
        return job

    def take_new(self) -> None:
        """Inside the selection, put the new ink in the place of the artist's corrections."""
        self._taking_new.begin()

    def cancel(self, job: Job) -> None:
        """Stop a run; nothing of it stays behind."""
        job.cancel()

    def change(self, name: str, value: object, *, final: bool) -> None:
        """The artist moves a slider or picks something; the lineart follows. `final`: the drag has ended."""
        settings = self.settings.with_value(name, value)
        changed = settings != self.settings
        self.settings = settings
        try:
            if changed:
                self.settings_changed.emit()
        finally:  # whatever fails in showing it, a lineart that follows hears that the drag has ended
            self._take_effect(name, settings, changed=changed, final=final)

    def _take_effect(self, name: str, settings: InkSettings, *, changed: bool, final: bool) -> None:
        if name == "unit":
            self._remember(settings)
        elif name == "detail":
            if final:
                self._remember(settings)
                self._ink_again_for_detail()
        elif changed or final:
            if final:
                self._remember(settings)
            self._sliders.moved(settings, final=final)

    def look_for_devices(self) -> Pending:
        """Ask what inking can run on, on a thread of its own: a driver or a stuck process may take long."""
        return self.context.device_worker.submit(lambda: list_devices_isolated(lambda: self._closing))

    def set_engine_options(self, **values: object) -> None:
        """Choose runtime, device or memory for the runs to come."""
        options = replace(self.context.engine.options, **values)  # type: ignore[arg-type]
        self.context.use(options)
        preferences.save_engine_options(options)

    def close(self) -> None:
        """Krita is closing: stop everything, wait a moment for the threads."""
        self._closing = True
        self.live.stop()
        self.runner.stop()
        self._sliders.stop()
        self.context.close()
        composing.close_benches()
        colour.close_workbench()

    # -- what Krita tells

    def look(self) -> None:
        """Take note of the document and layer the artist is at now. Called often, so it is quick."""
        application.when_undone(self._staying.stepped)
        document = application.active_document()
        if document is None:
            self._document = self._seen = None
            self._set_target(Target())
            return
        if self._document is None or self._document != document:
            self._document = document
            self.context.forget_closed()
            self._take_settings(document)
            if is_damaged(document.note(NOTE_KEY)):
                self.messages.say(
                    tr("What this document remembers of its lineart is damaged and cannot be read.")
                )
        layer = document.active_layer()
        if layer is None:
            return
        # Walking through all layers wakes an object for each, so it is done only where something has changed.
        # Undo may bring back a lineart that was renewed, and changes the menu's text.
        undo, note = (application.undo_text(), application.can_redo()), document.note(NOTE_KEY)
        seen = (layer.identity, layer.name, layer.animated, note, undo, self._works_ended)
        if seen != self._seen:
            self._seen = seen
            self._set_target(self._target_at(document, layer))

    def _job_for_selection(self) -> Job:
        document = application.active_document()
        if document is None:
            raise Problem("Open a document and select the layer with your sketch first.")
        layer = document.active_layer()
        if layer is None:
            raise Problem("Select the layer with your sketch first.")
        layer = self.context.memory.sketch_for(document, layer)
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

    def _has_work(self) -> bool:
        return self.turns.busy or bool(self.queue.active)

    def _work_ended(self) -> None:
        self._works_ended += 1
        self.look()

    # -- documents

    def _remember(self, settings: InkSettings) -> None:
        """Keep them; where that fails it is said, and the artist's drag goes on to its end all the same."""
        try:
            preferences.save_settings(settings)
            if self._document is not None and application.is_open(self._document):
                self.context.memory.remember(self._document, settings)
        except Exception as error:  # noqa: BLE001 (whatever it is, the lineart must not follow for ever)
            self.messages.report(error)

    def _take_settings(self, document: Document) -> None:
        """Those of the document; the artist's own where it remembers none."""
        remembers = bool(document.note(NOTE_KEY))
        wanted = self.context.memory.state_of(document).settings if remembers else preferences.load_settings()
        self.settings = self._with_known_style(wanted)
        self.settings_changed.emit()
        if remembers and self.settings.style != wanted.style:
            self.messages.say(
                tr(
                    'The brush "{name}" of this document is not on this computer: the pen inks instead.',
                    name=own_brushes.shown_name(wanted.style),
                )
            )

    def _with_known_style(self, settings: InkSettings) -> InkSettings:
        self.context.brushes.refresh()
        return settings.with_value("style", self.context.brushes.find(settings.style).name)

    def _target_at(self, document: Document, layer: Layer) -> Target:
        sketch = self.context.memory.sketch_for(document, layer)
        old = self.context.memory.lineart_in_use(document, sketch.identity)
        if old is not None:
            self.context.memory.look_after(document, sketch.identity, old)
        self.context.corrections.look(document, old)
        cached = self.context.cache.get(document, sketch.identity) is not None
        return Target(sketch.name, old is not None, old is not None and cached, sketch.animated)

    def _set_target(self, target: Target) -> None:
        if target != self.target:
            self.target = target
            self.target_changed.emit()

    def _ink_again_for_detail(self) -> None:
        at_hand = self.context.memory.sketch_at_hand()
        if at_hand is None:
            return
        document, sketch = at_hand
        cached = self.context.cache.get(document, sketch.identity)
        if cached is not None and cached.detail != self.settings.detail and not self.keep_copy:
            self.ink()
