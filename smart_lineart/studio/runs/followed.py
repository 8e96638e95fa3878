# SPDX-License-Identifier: GPL-3.0-or-later
"""One layer that follows a slider: replaced once, and drawn into for as long as the drag lasts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, Protocol

from smart_lineart.inking import Base, Cancelled, FreshInk, Rect
from smart_lineart.inking.renewing.registration import HOME
from smart_lineart.krita_host import application
from smart_lineart.krita_host.document import Document
from smart_lineart.krita_host.layer import Layer
from smart_lineart.krita_host.lineart import LineartLayer
from smart_lineart.krita_host.refreshing import refresh_when_idle
from smart_lineart.studio.context import Context
from smart_lineart.studio.corrections import Kept
from smart_lineart.studio.engine import CachedFeatures
from smart_lineart.studio.language.i18n import tr
from smart_lineart.studio.settings import InkSettings
from smart_lineart.studio.steps import Work
from smart_lineart.studio.turns import Turns

from .finding import NotFound, find_base
from .pen import Pen, chosen_colour
from .plan import Draft
from .renewing import sentence_of_staying, sentence_of_steps
from .settling import WAIT_FOR_DOCUMENT_MS, WAIT_FOR_PEN_MS, stay_on


class Drag(Protocol):
    """What a layer follows: see `Follower`. `hue`: of the layer whose settings are wanted; `whole`: what all
    its steps are to be undone by; `final`: its last settings are wanted; `stopped`: nothing more is drawn.
    """

    context: Context
    turns: Turns
    item: CachedFeatures
    document: Document
    sketch: str
    hue: str
    whole: object
    selection: Any
    wanted: InkSettings | None
    final: bool
    stopped: bool


def word_of_change(before: InkSettings | None, now: InkSettings | None) -> str:
    """What undo says of a step that changes settings."""
    words = {
        "thickness": tr("Line thickness"),
        "weight": tr("Line weight"),
        "style": tr("Brush for the ink"),
        "detail": tr("Simplify ↔ Detail"),
        "faint": tr("Light lines"),
        "colour": tr("Ink colour"),
        "left_out": tr("Line colours"),
    }
    changed = [name for name in words if getattr(before, name, None) != getattr(now, name, None)]
    return words[changed[0]] if len(changed) == 1 else tr("Ink sketch")


class FollowedLayer:
    """The lineart of the sketch that a drag is of, or the layer of one of its colours."""

    def __init__(self, drag: Drag, hue: str):
        self._drag = drag
        self._hue = hue
        self._context = drag.context
        self._document = drag.document
        self._target: LineartLayer | None = None
        self._base: Base | None = None
        self._last: tuple[Pen, Draft] | None = None
        self.stays: Layer | None = None
        memory, sketch = drag.context.memory, drag.sketch
        self._whole = memory.settings_of(drag.document, sketch)
        self._own = memory.settings_of(drag.document, sketch, hue=hue) if hue != drag.hue else None

    @property
    def moved(self) -> bool:
        """Whether the lineart no longer lies over its sketch: a part alone doesn't tell where it belongs."""
        return self._base is not None and self._base.registration != HOME

    def have_target(self) -> Work:
        """Whether there is a layer to draw into.

        Raises NotFound where that is the one that the drag is of. Another layer of a colour then stays as it
        is, which is said, and holds up none of the others.
        """
        if self._target is not None and self._target.in_document:
            return True
        try:
            return (yield from self._renew())
        except NotFound as error:
            if self._hue == self._drag.hue:
                raise
            drag, context, document = self._drag, self._context, self._document
            self.stays = context.memory.lineart_in_use(document, drag.sketch, self._hue)
            if self.stays is not None:
                context.messages.say(sentence_of_staying(self.stays, error), of=document)
            return False

    def draw(self, wanted: InkSettings, region: Rect | None) -> Work:
        """Draw a part of the page, or all of it; whether it shows what is wanted, still."""
        if not (yield from self.have_target()):
            return False
        drag, base, target = self._drag, self._base, self._target
        assert base is not None
        assert target is not None
        settings = self._settings(wanted)
        values = self._values(settings)  # before Krita converts colours: the document may be closed there
        pen = Pen.of(chosen_colour(settings), target.layer.form, self._document, drag.selection)
        outdated = lambda: drag.stopped or (region is None and wanted != drag.wanted)  # noqa: E731
        merge = pen.merging(base, whole=region is None)
        draw = partial(
            self._context.engine.draw,
            drag.item,
            settings,
            part=region,
            cancelled=outdated,
            others=self._context.cache.all(self._document, drag.sketch, self._hue),
            hue=self._hue,
        )
        draft = yield self._context.render_worker.submit(partial(self._drawn, draw, values, merge))
        if draft is None or drag.stopped:
            return False
        for _ in target.write(pen.ink(draft)):
            yield
            if region is None and wanted != drag.wanted:
                break
        else:
            if region is None:
                self._last = pen, draft
        yield from refresh_when_idle(self._document, dragging=not drag.final)
        return wanted == drag.wanted

    def _settings(self, wanted: InkSettings) -> InkSettings:
        """What is wanted of the whole lineart, for this layer of it."""
        return wanted if self._own is None else wanted.for_layer_of_colour(self._whole, self._own)

    def _values(self, wanted: InkSettings) -> dict[str, Any] | None:
        """What is set for the selection that is not for the whole lineart; None without one."""
        if self._drag.selection is None:
            return None
        whole = self._context.memory.settings_of(self._document, self._drag.sketch, hue=self._hue)
        return {} if whole is None else wanted.apart_from(whole)

    @staticmethod
    def _drawn(
        draw: Callable[[], FreshInk], values: dict[str, Any] | None, merge: Callable[[FreshInk], Draft]
    ) -> Draft | None:
        """Draws on a worker's thread; None if it was outdated."""
        try:
            return merge(replace(draw(), values=values))
        except Cancelled:
            return None

    def _renew(self) -> Work:
        """The one undoable step of this drag; whether there is a layer to draw into now."""
        drag, context, document = self._drag, self._context, self._document
        memory, sketch, turns = context.memory, drag.sketch, drag.turns
        while not drag.stopped:
            shown = application.is_active(document)
            mine = shown and turns.take_lineart(drag, document, sketch)
            old = memory.lineart_in_use(document, sketch, self._hue)
            if old is None and (mine or not turns.written(document, sketch)):
                return False  # another may just have it between two layers
            if old is not None and mine:
                break
            yield WAIT_FOR_PEN_MS if shown else WAIT_FOR_DOCUMENT_MS
        else:
            return False
        if self._target is None:  # a run may have written the lineart until now, of a newer sketch
            drag.item = context.cache.get(document, sketch, drag.item.detail, drag.hue) or drag.item
        self._base = yield from find_base(memory, context.render_worker, document, old)
        steps = sentence_of_steps(old)
        active = document.active_layer()
        word = word_of_change(memory.settings_of(document, sketch, hue=drag.hue), drag.wanted)
        with context.undo_words.ours():
            self._target = target = yield from LineartLayer.renew(document, old, drag.selection)
        context.undo_words.note(document, target.layer, word, drag.whole, old.identity)
        if steps:
            context.messages.say(steps, of=document, so=lambda: target.in_document)
        memory.carry(document, old.identity, self._target.layer)
        if active is not None and active.identity != old.identity:
            yield from stay_on(document, active, self._target.layer)
        return True

    def remember(self, drawn: InkSettings) -> Work:
        """The drag has ended: take note of the ink that is in the layer now."""
        drag, context, document, target = self._drag, self._context, self._document, self._target
        if self.stays is not None and drag.selection is None:  # what is inked into its place follows
            context.memory.note_lineart(document, drag.sketch, self.stays, self._settings(drawn), self._hue)
        if target is None or self._last is None:
            return
        pen, draft = self._last
        plan = yield from pen.remember(draft, context.render_worker)
        if drag.stopped:
            return
        memory = context.memory
        memory.note_ink(document, target.layer, plan.record)
        drawn = self._settings(drawn.with_value("detail", drag.item.detail))  # the lines there are
        if plan.inside:
            drawn = memory.settings_of(document, drag.sketch, hue=self._hue) or drawn
        memory.note_lineart(document, drag.sketch, target.layer, drawn, self._hue)
        if self._hue == drag.hue:
            context.corrections.show(Kept.of(document, target.layer, plan.merge, plan.area))
