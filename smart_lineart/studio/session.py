# SPDX-License-Identifier: GPL-3.0-or-later
"""The model the docker is bound to: what the artist does, and what Krita tells.

It holds no widget, and hears of Krita through `krita_host`. The work itself is done in `runs`, with what
`context` has, and when it is their turn by `turns`.
"""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

from smart_lineart.inking import InkError
from smart_lineart.krita_host import application, colour, composing, pen_watch
from smart_lineart.krita_host.document import Document
from smart_lineart.krita_host.layer import Layer
from smart_lineart.studio.document.memory import Pair
from smart_lineart.studio.document.redrawn import brush_of
from smart_lineart.studio.language.i18n import tr, translated
from smart_lineart.studio.runs.counting import Counting
from smart_lineart.studio.runs.flatting import Flatting
from smart_lineart.studio.runs.jobs import Job, JobQueue
from smart_lineart.studio.runs.live import Live
from smart_lineart.studio.runs.one_step import OneStep
from smart_lineart.studio.runs.painting import Painting
from smart_lineart.studio.runs.picturing import Picturing
from smart_lineart.studio.runs.preview import Preview
from smart_lineart.studio.runs.redraw import Redraw
from smart_lineart.studio.runs.renewing import Renewer
from smart_lineart.studio.runs.runner import Runner
from smart_lineart.studio.runs.sketch import nothing_selected, selected
from smart_lineart.studio.runs.sliders import Sliders
from smart_lineart.studio.runs.staying import Staying
from smart_lineart.studio.runs.stroke_cut import StrokeCut
from smart_lineart.studio.runs.take_new import TakeNew
from smart_lineart.studio.runs.vector_copy import VectorCopy

from . import preferences
from .context import Context
from .engine import Engine
from .presets import Presets
from .settings import NOTE_KEY, InkSettings
from .shown_settings import ShownSettings
from .signal import Signal
from .steps import Loop
from .target import Target
from .turns import Turns

PRESET = "preset"
STEP_MS = 60, 300  # after an undo or redo was asked for Krita has done it


class Session:
    """Settings, the sketch at hand and the runs, as the docker shows them."""

    def __init__(self, loop: Loop, engine: Engine | None = None):
        self.context = Context(loop, engine)
        self.messages = self.context.messages
        self.turns = Turns()
        self.queue = JobQueue()
        renewer = Renewer(self.context.memory, self.context.ink_worker, self.context.undo_words)
        self.runner = Runner(self.context, self.turns, renewer, self.queue)
        self._sliders = Sliders(self.context, self.turns)
        self._taking_new = TakeNew(self.context, self.turns, renewer)
        self._copying = VectorCopy(self.context, self.turns)
        self.painting = Painting(self.context)
        self._redrawing = Redraw(self.context, self.turns, self.queue, self.painting)
        self._cutting = StrokeCut(self.context, self.turns, renewer)
        self._staying = Staying(self.context)
        self._one_step = OneStep(self.context)
        self.preview = Preview(self.context)
        self.counting = Counting(self.context, self.turns)
        has_work = lambda: self.turns.busy or bool(self.queue.active)  # noqa: E731
        self.flatting = Flatting(self.context, self.runner, self.look, has_work)
        self.live = Live(loop, self.context.memory, has_work, self.ink_live, renewer.live)
        self.shown = ShownSettings(self.context, self.queue, self._follows, self._waits_for_a_click)
        self.settings_changed = self.shown.changed
        self.picturing = Picturing(self.context, self.runner, self.shown.defaults)
        self.pair: Pair | None = None
        self.presets = Presets(application.user_folder() / "presets")
        self.keep_copy = False
        self.frames: tuple[int, int] | None = None
        self.target = Target()
        self.target_changed = Signal()
        self._document: Document | None = None
        self._closing, self._works_ended = False, 0
        self._seen: tuple[object, ...] | None = None
        self._sketch = ""
        self.turns.ended.connect(self._work_ended)
        pen_watch.begin()
        if self.context.brushes.broken:
            self.messages.say(translated(self.context.brushes.broken[0]), "error")

    @property
    def settings(self) -> InkSettings:
        """What the controls show."""
        return self.shown.settings

    @settings.setter
    def settings(self, settings: InkSettings) -> None:
        self.shown.show(settings)

    # -- what the artist does

    def ink(self) -> None:
        """Ink the selected layer, or renew the lineart it has, or the lines that were taken from it."""
        self.look()
        if self.pair is not None and self.pair.of_picture and not self.keep_copy:
            self.picturing.begin(again=True)
            return
        try:
            job = self._job_for_selection()
        except InkError as error:
            self.messages.say(translated(error), "error", so=nothing_selected)
            return
        self.messages.say("")
        self.shown.clicked()
        self.runner.add(job)

    def take_lines(self) -> None:
        """Take lines from the selected layer or group, a finished picture."""
        self.look()
        self.picturing.begin(keep_copy=self.keep_copy)

    def ink_live(self, document: Document, sketch: Layer) -> Job:
        """Ink a sketch that has just been drawn on."""
        settings = self.context.memory.settings_of(document, sketch.identity) or self.shown.defaults(document)
        job = Job(document, sketch.identity, sketch.name, self.context.brushes.known(settings), live=True)
        self.runner.add(job)
        return job

    def take_new(self) -> None:
        """Inside the selection, put the new ink in the place of the artist's corrections."""
        self.look()
        self._taking_new.begin()

    def copy_as_vectors(self, *, as_shown: bool) -> None:
        """Put the lineart's strokes into a new vector layer; `as_shown`: what the layer shows."""
        self.look()
        self._copying.begin(self.settings, as_shown=as_shown)

    def redraw(self, *, again: bool = False) -> None:
        """Paint the lineart's strokes with the chosen brush preset, into a new layer; `again`: with the one
        used last.
        """
        self.look()
        self._redrawing.begin(self.settings, again=again)

    def cut_stroke(self, *, to_crossing: bool) -> None:
        """Take the stroke under the pen out of the lineart, or cut it off where others cross it."""
        self.look()
        self._cutting.begin(self.settings, to_crossing=to_crossing)
        self.counting.stir()

    @property
    def redrawn_with(self) -> str:
        """The preset that the lineart at hand was redrawn with last; "" where it never was."""
        at_hand = self.at_hand
        return "" if at_hand is None else brush_of(at_hand[0], at_hand[1].sketch.identity)

    def keep_copies(self, on: bool) -> None:
        """Put the ink to come into layers of its own, or no longer."""
        self.keep_copy = on
        if self._document is not None and not self._follows():
            self.shown.show_applied()

    def cancel(self, job: Job) -> None:
        """Stop a run; nothing of it stays behind."""
        job.cancel()
        self._work_ended()

    def switch_live(self, on: bool) -> None:
        """Follow the sketch at hand stroke by stroke, or no longer."""
        self.look()
        if on and self.pair is not None and self.pair.of_picture:
            text = tr('Live follows a sketch. Lines of a picture follow when you click "Ink again".')
            self.messages.say(text, "error", so=lambda: self.pair is not None and self.pair.of_picture)
            self.live.changed.emit()
            return
        self.live.switch(on)
        if on and not self.live.on:
            text = tr("Open a document and select the layer with your sketch first.")
            self.messages.say(text, "error", so=nothing_selected)

    def change(self, name: str, value: object, *, final: bool) -> None:
        """The artist moves a slider or picks something; the lineart at hand follows. `final`: the drag ended.

        Without a lineart at hand it is for new sketches. The colour "foreground" is taken as it is now.
        """
        self.look()  # the layer may be another since, with values of its own
        if name == "colour" and value == "foreground":
            value = colour.take_foreground() or value
        self._change(name, self.settings.with_value(name, value), final=final)

    def take_preset(self, path: Path) -> None:
        """Give the lineart at hand, or new sketches, the settings in a file; the colours that are left out
        stay left out.
        """
        settings = self.presets.take(path, self.messages)
        if settings is not None:
            self.look()
            settings = settings.with_colours_of(self.settings)
            self._change(PRESET, self._suited(self.context.brushes.known(settings)), final=True)

    def keep_preset(self, path: Path) -> None:
        """Write the settings that are shown into a file."""
        self.presets.keep(path, self.settings, self.messages)

    def _change(self, name: str, settings: InkSettings, *, final: bool) -> None:
        changed = settings != self.settings
        try:
            self.shown.show(settings)
        finally:  # whatever fails in showing it, a lineart that follows hears that the drag has ended
            if self.pair is not None and self.pair.of_picture:
                self._take_effect_on_picture(name, settings, self.pair, changed=changed, final=final)
            else:
                self._take_effect(name, settings, changed=changed, final=final)

    def suit_thickness(self) -> None:
        """The thickness that suits the drawing at hand; without lineart, what suits each new sketch."""
        self.look()
        self._change("thickness", self._suited(replace(self.settings, auto=True)), final=True)

    def _suited(self, settings: InkSettings) -> InkSettings:
        """With an automatic thickness chosen for the drawing at hand; left open where that is not inked."""
        if self.at_hand is None or not settings.auto:
            return settings
        document, pair = self.at_hand
        return settings.suited(self._sliders.suiting_thickness(document, pair.sketch.identity, pair.hue))

    def use_for_new_sketches(self) -> None:
        """New sketches begin with the values that are shown."""
        self.shown.remember(self.settings, self._document)

    def _take_effect(self, name: str, settings: InkSettings, *, changed: bool, final: bool) -> None:
        memory, document, pair = self.context.memory, self._document, self.pair
        hue = pair.hue if pair is not None else ""
        told = not hue and self.queue.tell(document, self._sketch, settings, self.shown.where)
        if document is None or pair is None:
            if not told and (final or name == "unit"):
                self.shown.loaded = settings
                self.shown.remember(settings, document)
            if final:
                self._sliders.leave(None, "", final=True)
            return
        lines = self.context.cache.get(document, pair.sketch.identity, self.shown.loaded.detail)
        of_layers = name in {"by_colour", "together"} or (name == "left_out" and settings.by_colour)
        if name not in {"unit", "detail", PRESET} and not of_layers and lines is not None:
            if changed or final:
                self._sliders.moved(lines, settings, self.shown.where, hue, final=final)
            return
        if name == "detail" and lines is not None and not final and not pair.sketch.animated:
            self.preview.want(lines, settings)
        whole = memory.settings_of(document, pair.sketch.identity, hue=hue) or settings
        applied = whole.with_values(self.shown.set_here)
        if name == "unit":
            self._keep_unit(settings, document, pair)
        elif name == PRESET and lines is not None and settings.detail == applied.detail:
            self._sliders.moved(lines, settings, self.shown.where, hue, final=True)
        elif final:
            self._ink_so(name, settings, applied, document, pair)

    def _keep_unit(self, settings: InkSettings, document: Document, pair: Pair) -> None:
        memory, sketch = self.context.memory, pair.sketch.identity
        whole = memory.settings_of(document, sketch, hue=pair.hue) or settings
        whole = whole.with_value("unit", settings.unit)
        memory.note_lineart(document, sketch, pair.lineart, whole, pair.hue)

    def _take_effect_on_picture(
        self, name: str, settings: InkSettings, pair: Pair, *, changed: bool, final: bool
    ) -> None:
        """Of lines that were taken from a picture: they have no other detail."""
        document, detail = self._document, self.shown.loaded.detail
        assert document is not None  # where there is a pair
        if settings.detail != detail:
            settings = replace(settings, detail=detail)
            self.shown.show(settings)
        lines = self.context.cache.get(document, pair.sketch.identity, detail, pair.hue)
        if name == "unit":
            self._keep_unit(settings, document, pair)
        elif name != "detail" and lines is not None:
            if changed or final:
                self._sliders.moved(lines, settings, self.shown.where, pair.hue, final=final)
        elif name != "detail" and final:
            self.picturing.draw_so(document, pair, settings)

    def _ink_so(
        self, name: str, settings: InkSettings, applied: InkSettings, document: Document, pair: Pair
    ) -> None:
        """What cannot be drawn from known lines: another run, or at the next click."""
        if settings == self.queue.asked(self._document, self._sketch, applied, self.shown.where):
            self.preview.stop()
        elif self._waits_for_a_click():
            self.shown.wait_for([one.name for one in fields(settings)] if name == PRESET else [name])
            self.preview.stop()
        else:
            self.preview.hold()
            self.runner.add(self._job(document, pair.sketch, self._of_whole(name, settings)))

    def _of_whole(self, name: str, settings: InkSettings) -> InkSettings:
        """What is shown, as the whole lineart's: where lines of one colour are at hand, that with what was
        changed alone.
        """
        document, pair = self._document, self.pair
        if document is None or pair is None or not pair.hue:
            return settings
        whole = self.context.memory.settings_of(document, pair.sketch.identity)
        if whole is None or name == PRESET:
            return replace(settings, colour=settings.colour if whole is None else whole.colour)
        return whole.with_value(name, getattr(settings, name)) if name else whole

    def _waits_for_a_click(self) -> bool:
        """Whether what cannot be drawn from known lines is for the next ink: a layer or frames of its own."""
        return self.pair is not None and (self.keep_copy or self.pair.sketch.animated)

    def _jobs(self) -> list[Job]:
        return self.queue.making(self._document, self._sketch, live=False)

    def set_engine_options(self, **values: object) -> None:
        """Choose runtime, device or memory for the runs to come."""
        options = replace(self.context.engine.options, **values)  # type: ignore[arg-type]
        self.context.use(options)
        preferences.save_engine_options(options)

    def close(self) -> None:
        """Krita is closing: stop everything, wait a moment for the threads."""
        self._closing = True
        pen_watch.end()
        self.context.reveal.glance.end()
        self.live.stop()
        self.flatting.hints.stop()
        self.runner.stop()
        self.painting.close()
        self._sliders.stop()
        self.context.close()
        composing.close_benches()
        colour.close_workbench()

    # -- what Krita tells

    def look(self) -> None:
        """Take note of the document and layer the artist is at now. Called often, so it is quick."""
        document = application.active_document()
        self.messages.look(document)
        self.flatting.proposing.look()
        if document is None:
            if self._document is not None:  # the values of a lineart that is closed are none for new sketches
                self.preview.stop()
                self.shown.leave()
            self._document = self._seen = self.pair = None
            self._set_target(Target())
            return
        if self._document is None or self._document != document:
            self._document = document
            self._seen = self.pair = None
            self._sketch = ""
            self.shown.enter()
            self.context.forget_closed()
            if complaint := self.context.memory.complaint(document):
                self.messages.say(complaint)
        application.when_undone(self._undone)
        application.when_converted(self.context.undo_words.theirs)
        self.context.undo_words.look(document)
        layer = document.active_layer()
        if layer is None:
            return
        # Walking through all layers wakes an object for each, so it is done only where something has changed.
        # Undo may bring back a lineart that was renewed, and changes the menu's text.
        undo, note, moment = application.history(), document.note(NOTE_KEY), document.moment_of(layer)
        seen = (layer.identity, layer.name, moment, note, undo, self._works_ended, document.selected)
        gone = self.pair is not None and self.pair.lineart.parent is None
        if gone or seen != self._seen:
            self._seen = seen
            self._staying.look(document, layer)
            self._one_step.look(document)
            self.context.reveal.follow(document, self.turns.written)
            if not application.is_open(document):  # closed where Krita handled events
                return
            target = self._target_at(document, layer)
            if self.shown.look(document, self._sketch, self.pair):
                self.preview.stop()
            self.context.copies.look(document, self.turns.written)
            self._set_target(target)
            self.flatting.seams.look()
        self.context.reveal.look(document)
        self.counting.look(document, self.pair)
        self.flatting.hints.look(document, layer)

    def _is_between(self, document: Document) -> bool:
        """Whether the lineart at hand is just being replaced, and the layer to come is not known yet."""
        gone = self.pair is not None and self.pair.lineart.parent is None
        written = gone and self.turns.written(document, self._sketch)
        return written and self.context.memory.lineart_in_use(document, self._sketch) is None

    @property
    def at_hand(self) -> tuple[Document, Pair] | None:
        """The sketch and lineart that the controls are for, with their document; None where there is none."""
        document, pair = self._document, self.pair
        there = document is not None and pair is not None and application.is_open(document)
        return (document, pair) if there else None  # type: ignore[return-value]

    def _undone(self, entry: str) -> None:
        self._staying.stepped()
        self._one_step.stepped(entry)
        self.live.stir()
        self.flatting.hints.stir()
        self.counting.stir()
        self._seen = None
        for delay in STEP_MS:
            self.context.loop.later(delay, lambda: None if self._closing else self.look())

    def _job_for_selection(self) -> Job:
        document, layer = selected()
        sketch = self.context.memory.sketch_for(document, layer)
        shown = self.pair is None or self.pair.sketch.identity == sketch.identity
        shown = shown and (self.pair is None or not self.pair.of_picture)
        settings = self.context.brushes.known(self.shown.defaults(document))
        settings = self._of_whole("", self.settings) if shown else settings
        return self._job(document, sketch, settings)

    def _job(self, document: Document, sketch: Layer, settings: InkSettings) -> Job:
        frames = self.frames if sketch.animated else None
        return Job(
            document,
            sketch.identity,
            sketch.name,
            settings if frames is None else replace(settings, by_colour=False),  # one lineart has them all
            keep_copy=self.keep_copy,
            frames=frames,
            selection=document.selection(),
            where=document.selected,
            unsuited=settings.auto and not self.context.memory.has_ink(document, sketch.identity),
        )

    def _work_ended(self) -> None:
        self._works_ended += 1
        self.look()
        if not self._jobs():
            self.preview.let_go()  # its run has drawn it, or was cancelled
        if self._document is not None and not self._follows():
            self.shown.show_applied()

    def _follows(self) -> bool:
        """Whether what is shown is still being applied to the lineart at hand."""
        if (
            self.pair is not None
            and self.pair.of_picture
            and self.queue.reading(self._document, self._sketch)
        ):
            return True
        drags = [drag for drag in self.turns.drags if drag.sketch == self._sketch]
        return bool(self._jobs()) or any(drag.document == self._document for drag in drags)

    def _target_at(self, document: Document, layer: Layer) -> Target:
        memory = self.context.memory
        sketch, pair = memory.sketch_for(document, layer), memory.pair_at(document, layer)
        self.pair = self.pair if pair is None and self._is_between(document) else pair
        if self.pair is None:
            self._sketch = sketch.identity
            self.context.corrections.look(document, None)
            return Target(sketch.name, animated=sketch.animated)
        self._sketch, lineart = self.pair.sketch.identity, self.pair.lineart
        memory.look_after(document, self._sketch)
        self.context.corrections.look(document, lineart)
        own, inside = self._sketch == sketch.identity, document.has_selection
        return Target(sketch.name, own, sketch.animated, lineart.name, inside, self.pair.of_picture)

    def _set_target(self, target: Target) -> None:
        if target != self.target:
            self.target = target
            self.target_changed.emit()
