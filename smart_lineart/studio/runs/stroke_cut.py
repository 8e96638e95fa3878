# SPDX-License-Identifier: GPL-3.0-or-later
"""The stroke under the pen taken out of a lineart, or cut off where others cross it: as if it had been erased
by hand, so that it stays away when the sketch is inked again.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from smart_lineart.inking import Base, Merge, Rect, Strokes
from smart_lineart.inking.arrays import Bytes
from smart_lineart.inking.drawing.cutting import Place, cut, part_at, stroke_at
from smart_lineart.inking.features import AS_DRAWN
from smart_lineart.inking.raster.morphology import grow
from smart_lineart.inking.renewing.merging import WRITE
from smart_lineart.inking.renewing.registration import HOME
from smart_lineart.krita_host import view
from smart_lineart.krita_host.document import Document
from smart_lineart.studio.context import Context
from smart_lineart.studio.document.memory import Pair
from smart_lineart.studio.engine import CachedFeatures
from smart_lineart.studio.language.i18n import tr
from smart_lineart.studio.line_hues import lines_of
from smart_lineart.studio.settings import InkSettings
from smart_lineart.studio.steps import Work
from smart_lineart.studio.turns import Turns

from .at_hand import lineart_at_hand
from .finding import NotFound
from .plan import Plan
from .renewing import Renewer, sentence_of_steps

REACH = 8.0  # px of the screen between pen and line
BESIDE = 3  # px around a stroke where its ink may lie
TRIES = 50  # strokes under the pen that may be gone already
SEEN = 16  # of 255: ink from which a line is still there


class StrokeCut:
    """What the two actions do."""

    def __init__(self, context: Context, turns: Turns, renewer: Renewer):
        self._context = context
        self._turns = turns
        self._renewer = renewer

    def begin(self, settings: InkSettings, *, to_crossing: bool) -> None:
        """Take out the stroke under the pen; `to_crossing`: only as far as others cross it. Says what is
        missing. `settings` are the lineart's, as they are shown.
        """
        at_hand = lineart_at_hand(self._context)
        if at_hand is None:
            return
        document, pair = at_hand
        messages = self._context.messages
        lines = self._context.cache.get(document, pair.sketch.identity, settings.detail, pair.hue)
        spot, place = view.pen_on_page(document), view.canvas_place(document)
        if pair.lineart.animated or pair.sketch.animated:
            messages.say(tr("Strokes of an animation can be erased by hand only."), "error")
        elif self._turns.busy:
            messages.say(
                tr("Wait until the lineart is inked, then try again."), "error", so=lambda: self._turns.busy
            )
        elif lines is None:
            messages.say(
                tr("The strokes are known only after inking. Click Ink again first."), "error", of=document
            )
        elif spot is None or place is None:
            messages.say(
                tr(
                    "Hold the pen over a line on the canvas and press the shortcut. A turned or mirrored "
                    "canvas has to be straightened first."
                ),
                "error",
            )
        else:
            messages.say("")
            reach = REACH / place.zoom
            work = self._steps(document, pair, lines, settings, (*spot, reach), to_crossing=to_crossing)
            self._context.work_on(document, work)

    def _steps(
        self,
        document: Document,
        pair: Pair,
        lines: CachedFeatures,
        settings: InkSettings,
        spot: tuple[float, float, float],
        *,
        to_crossing: bool,
    ) -> Work:
        word = tr("Trim stroke") if to_crossing else tr("Remove stroke")
        steps = sentence_of_steps(pair.lineart)
        own = lines, settings, pair.hue
        erasing = partial(self._plan, own, spot, to_crossing=to_crossing)
        with self._turns.at_work(document, pair.sketch.identity):
            renewed = yield from self._renewer.erase(document, pair.lineart, erasing, word)
            if renewed is not None and renewed.changed:
                memory, sketch = self._context.memory, pair.sketch.identity
                whole = memory.settings_of(document, sketch, hue=pair.hue) or settings
                memory.note_lineart(document, sketch, renewed.layer, whole, pair.hue)
        if renewed is None or not renewed.changed:
            self._context.messages.say(tr("There is no stroke under the pen."), "error", of=document)
        elif steps:
            self._context.messages.say(steps, of=document, so=renewed.is_there)

    def _plan(
        self,
        own: tuple[CachedFeatures, InkSettings, str],
        spot: tuple[float, float, float],
        base: Base,
        *,
        to_crossing: bool,
    ) -> Plan | None:
        """On a worker's thread. Raises NotFound where the lineart was moved."""
        if base.registration != HOME:
            raise NotFound
        lines, settings, hue = own
        area, thickness = lines.area, settings.thickness
        features = lines_of(lines, settings, hue)
        strokes = features.drawn_at(settings.faint, settings.weight, settings.cut)
        x, y, reach = spot[0] - area.x, spot[1] - area.y, spot[2]
        alpha, _ = base.layer.over(area)
        place = _there(strokes, (x, y, reach), thickness, alpha)
        if place is None:
            return None
        count = int(strokes.starts[place.stroke + 1] - strokes.starts[place.stroke])
        first, last = part_at(strokes, place, thickness) if to_crossing else (0.0, count - 1.0)
        left, part = cut(strokes, place.stroke, first, last, thickness)
        region = self._around(part, lines, settings)
        # all that are given, as they are
        drawn = replace(settings, weight=AS_DRAWN, faint=0.0, cut="strength")
        with_it, without, alone = (
            self._context.engine.render(
                replace(features, strokes=some, light=None, solid=solid), drawn, region
            )
            for some, solid in ((strokes, features.solid), (left, features.solid), (part, None))
        )
        rows, columns = slice(region.y, region.bottom), slice(region.x, region.right)
        now = alpha[rows, columns]
        after = np.where(grow(alone > 0, BESIDE) & (with_it > without), np.minimum(now, without), now)
        action = (after != now) * np.uint8(WRITE)
        here = Rect(region.x + area.x, region.y + area.y, region.width, region.height)
        return Plan(Merge(action, after.astype(np.uint8), []), here, base.record, bool(action.any()))

    def _around(self, part: Strokes, lines: CachedFeatures, settings: InkSettings) -> Rect:
        """What the ink of a part of a stroke may reach, in px of the sketch's area."""
        style = self._context.engine.find_style(settings.style)
        reach = style.medium.reach * settings.thickness * max(1.0, float(part.width.max())) + BESIDE + 1
        low, high = np.floor(part.points.min(0) - reach), np.ceil(part.points.max(0) + reach)
        x, y = int(low[0]), int(low[1])
        found = Rect(x, y, int(high[0]) - x, int(high[1]) - y)
        return found.intersection(Rect(0, 0, lines.area.width, lines.area.height))


def _there(
    strokes: Strokes, spot: tuple[float, float, float], thickness: float, alpha: Bytes
) -> Place | None:
    """The place under the pen on a stroke that the artist has not erased there."""
    kept = np.arange(len(strokes))
    for _ in range(TRIES):
        place = stroke_at(strokes.select(np.isin(np.arange(len(strokes)), kept)), *spot, thickness)
        if place is None:
            return None
        number = int(kept[place.stroke])
        begin = int(strokes.starts[number])
        low = int(place.along)
        x, y = np.rint(strokes.points[begin + low] - 0.5).astype(int).tolist()
        around = alpha[max(y - 1, 0) : max(y + 2, 0), max(x - 1, 0) : max(x + 2, 0)]
        if around.size and around.max() >= SEEN:
            return Place(number, place.along)
        kept = kept[kept != number]
    return None
