# SPDX-License-Identifier: GPL-3.0-or-later
"""Lineart that follows a slider: the visible part first, then the page; one undoable step per drag.

The artist's corrections stay: all ink is merged into the layer as it was before the drag.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from smart_lineart.inking import Base, Cancelled, FreshInk, Rect
from smart_lineart.inking.renewing.registration import HOME
from smart_lineart.krita_host import application, view
from smart_lineart.krita_host.document import Selected
from smart_lineart.krita_host.lineart import LineartLayer
from smart_lineart.krita_host.refreshing import refresh_when_idle
from smart_lineart.krita_host.soft_selection import softened
from smart_lineart.studio.context import Context
from smart_lineart.studio.corrections import Kept
from smart_lineart.studio.engine import CachedFeatures
from smart_lineart.studio.language.i18n import tr
from smart_lineart.studio.settings import InkSettings
from smart_lineart.studio.steps import Pending, Work
from smart_lineart.studio.turns import Turns

from .finding import find_base
from .pen import Pen, chosen_colour
from .plan import Draft
from .renewing import sentence_of_steps
from .settling import WAIT_FOR_DOCUMENT_MS, WAIT_FOR_PEN_MS, stay_on


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


class Follower:
    """Redraws one lineart from its cached features for as long as a drag lasts, inside what is selected as it
    begins.
    """

    def __init__(self, context: Context, turns: Turns, item: CachedFeatures, where: Selected | None = None):
        self._context = context
        self._turns = turns
        self._item = item
        self.document = item.document
        self.sketch = item.sketch
        self.where = where
        self.over = False
        self._wanted: InkSettings | None = None
        self._final = False
        self._stopped = False
        self._news = Pending()
        self._target: LineartLayer | None = None
        self._base: Base | None = None
        self._selection = softened(item.document.selection(), item.document.page)
        self._last: tuple[Pen, Draft] | None = None

    def want(self, settings: InkSettings, *, final: bool) -> None:
        """The newest settings; older ones that weren't drawn yet are skipped. `final` ends the drag."""
        self._wanted, self._final = settings, final
        self._news.finish()

    def finish(self) -> None:
        """End the drag with the settings it has."""
        self._final = True
        self._news.finish()

    def stop(self) -> None:
        """End at once."""
        self._stopped = True
        self.finish()

    def run(self) -> Work:
        """Draw until the drag has ended and its last settings are on the whole page."""
        drawn: InkSettings | None = None
        try:
            while not self._stopped:
                if drawn == self._wanted:
                    if self._final:
                        break
                    yield self._news
                    self._news = Pending()
                    continue
                drawn = yield from self._draw(drawn)
        finally:
            self.over = True
        if drawn is not None and not self._stopped:
            yield from self._remember(drawn)

    def _draw(self, drawn: InkSettings | None) -> Work:
        """Draw the wanted settings; returns what the whole page shows now."""
        if not (yield from self._have_target()):
            return drawn
        wanted = self._wanted
        assert wanted is not None
        area = view.visible_area(self.document)
        visible = area.intersection(self._item.area) if area and not self._moved else None
        if visible and visible.width and visible.height and visible != self._item.area:
            yield from self._draw_part(wanted, visible)
        if wanted == self._wanted:
            complete = yield from self._draw_part(wanted, None)
            return wanted if complete else drawn
        return drawn

    def _have_target(self) -> Work:
        """Whether there is a layer to draw into."""
        if self._target is not None and self._target.in_document:
            return True
        renewed = yield from self._renew()
        self._stopped = self._stopped or not renewed
        return renewed

    def _draw_part(self, wanted: InkSettings, region: Rect | None) -> Work:
        if not (yield from self._have_target()):
            return False
        base, target = self._base, self._target
        assert base is not None
        assert target is not None
        values = self._values(wanted)  # before Krita converts colours: the document may be closed there
        pen = Pen.of(chosen_colour(wanted), target.layer.form, self.document, self._selection)
        outdated = lambda: self._stopped or (region is None and wanted != self._wanted)  # noqa: E731
        merge = pen.merging(base, whole=region is None)
        draw = partial(
            self._context.engine.draw,
            self._item,
            wanted,
            part=region,
            cancelled=outdated,
            others=self._context.cache.all(self.document, self.sketch),
        )
        draft = yield self._context.render_worker.submit(partial(self._drawn, draw, values, merge))
        if draft is None or self._stopped:
            return False
        for _ in target.write(pen.ink(draft)):
            yield
            if region is None and wanted != self._wanted:
                break
        else:
            if region is None:
                self._last = pen, draft
        yield from refresh_when_idle(self.document, dragging=not self._final)
        return wanted == self._wanted

    def _values(self, wanted: InkSettings) -> dict[str, Any] | None:
        """What is set for the selection that is not for the whole lineart; None without one."""
        if self._selection is None:
            return None
        whole = self._context.memory.settings_of(self.document, self.sketch)
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
        context, document = self._context, self.document
        memory = context.memory
        while not self._stopped:
            shown = application.is_active(document)
            mine = shown and self._turns.take_lineart(self, document, self.sketch)
            old = memory.lineart_in_use(document, self.sketch)
            if old is None and (mine or not self._turns.written(document, self.sketch)):
                return False  # another may just have it between two layers
            if old is not None and mine:
                break
            yield WAIT_FOR_PEN_MS if shown else WAIT_FOR_DOCUMENT_MS
        else:
            return False
        if self._target is None:  # a run may have written the lineart until now, of a newer sketch
            self._item = context.cache.get(document, self.sketch, self._item.detail) or self._item
        self._base = yield from find_base(memory, context.render_worker, document, old)
        steps = sentence_of_steps(old)
        active = document.active_layer()
        word = word_of_change(memory.settings_of(document, self.sketch), self._wanted)
        with context.undo_words.ours():
            self._target = target = yield from LineartLayer.renew(document, old, self._selection)
        context.undo_words.note(document, target.layer, word)
        if steps:
            context.messages.say(steps, of=document, so=lambda: target.in_document)
        memory.carry(document, old.identity, self._target.layer)
        if active is not None and active.identity != old.identity:
            yield from stay_on(document, active, self._target.layer)
        return True

    def _remember(self, drawn: InkSettings) -> Work:
        """The drag has ended: take note of the ink that is in the layer now."""
        context, document, target = self._context, self.document, self._target
        if target is None or self._last is None:
            return
        pen, draft = self._last
        plan = yield from pen.remember(draft, context.render_worker)
        if self._stopped:
            return
        context.memory.note_ink(document, target.layer, plan.record)
        drawn = drawn.with_value("detail", self._item.detail)  # a drag draws the lines there are
        if plan.inside:
            drawn = context.memory.settings_of(document, self.sketch) or drawn
        context.memory.note_lineart(document, self.sketch, target.layer, drawn)
        context.corrections.show(Kept.of(document, target.layer, plan.merge, plan.area))

    @property
    def _moved(self) -> bool:
        """Whether the lineart no longer lies over its sketch: a part alone doesn't tell where it belongs."""
        return self._base is not None and self._base.registration != HOME
