# SPDX-License-Identifier: GPL-3.0-or-later
"""A lineart's strokes painted anew with the artist's own brush preset, into a layer of their own."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking import STYLES, BadStrip, Cancelled, Rect, Strip, Style, strip_from_picture
from smart_lineart.inking.brushes.strip_files import HEIGHT
from smart_lineart.inking.drawing.fills import draw_solids
from smart_lineart.inking.drawing.gestures import Gesture, gestures
from smart_lineart.inking.vectors.selecting import inside, solid_inside
from smart_lineart.krita_host import brush_marks, brushes, preset_settings
from smart_lineart.krita_host.colour import as_pixel
from smart_lineart.krita_host.document import Document, selected_over
from smart_lineart.krita_host.geometry import strips
from smart_lineart.krita_host.layer import Layer
from smart_lineart.krita_host.living import Gone, gone
from smart_lineart.krita_host.painting_window import PaintingWindow
from smart_lineart.krita_host.pixels import ink_pixels
from smart_lineart.studio.context import Context
from smart_lineart.studio.document import redrawn
from smart_lineart.studio.document.copies import free_name
from smart_lineart.studio.engine import CachedFeatures
from smart_lineart.studio.language.i18n import tr
from smart_lineart.studio.line_hues import lines_of
from smart_lineart.studio.settings import InkSettings
from smart_lineart.studio.steps import Work, start
from smart_lineart.studio.turns import Turns

from .at_hand import Source, lineart_at_hand, put_in, sources
from .jobs import Job, JobQueue, JobState
from .painting import Painting, safely
from .pen import chosen_colour
from .settling import stay_on, wait_for_pen

TURN_S = 0.03  # of processor time that strokes are sent for in one turn of the event loop
AT_MOST = 4.0  # times as long on the clock, where other programs want the processor
AT_ONCE = 25  # strokes that Krita may have to paint before more are sent
NEAR = 0.1  # of the thickness, by which lines may be broader or thinner before it is said
FINEST = 0.02  # of all strokes between two reports


@dataclass(frozen=True)
class _Plan:
    """What is painted: solid areas as coverage, uint8 (height, width) of `area`, and strokes in px of the
    page.
    """

    area: Rect
    strokes: list[Gesture]
    solid: NDArray[np.uint8] | None


@dataclass(frozen=True)
class _Redrawn:
    """A layer to come, what it was made of, what is on it, and how broad the brush paints."""

    source: Source
    layer: Layer
    plan: _Plan
    usual: brush_marks.Measured


_NO_MARK = object()


class Redraw:
    """What a click on "Redraw with my brush" does."""

    def __init__(self, context: Context, turns: Turns, queue: JobQueue, painting: Painting):
        self._context = context
        self._turns = turns
        self._queue = queue
        self._painting = painting

    def begin(self, settings: InkSettings, *, again: bool = False) -> None:
        """Redraw the lineart the artist is at with the chosen preset; `again`: with the one used last.

        Says what is missing. `settings` are the lineart's, as they are shown.
        """
        at_hand = lineart_at_hand(self._context)
        if at_hand is None:
            return
        document, pair = at_hand
        messages = self._context.messages
        name = redrawn.brush_of(document, pair.sketch.identity) if again else ""
        preset = brushes.preset_named(name) if name else brushes.current_preset()
        found = sources(self._context, document, pair, settings)
        if preset is None and name:
            messages.say(tr('The brush "{name}" is not in this Krita.', name=name), "error")
        elif preset is None:
            messages.say(tr("Open a document and choose a brush preset first."), "error")
        elif preset_settings.reads_canvas(preset.settings):
            messages.say(
                tr(
                    'The brush "{name}" works on what lies beneath it, so it cannot redraw lines. Choose '
                    "one that lays paint of its own.",
                    name=preset.name,
                ),
                "error",
                so=_chosen(preset.name),
            )
        elif any(one.pair.lineart.animated or one.pair.sketch.animated for one in found):
            messages.say(tr("An animation cannot be redrawn with a brush."), "error")
        elif self._turns.busy or self._painting.busy:
            messages.say(
                tr("Wait until the lineart is inked, then try again."),
                "error",
                so=lambda: self._turns.busy or self._painting.busy,
            )
        elif any(one.lines is None for one in found):
            messages.say(
                tr("The strokes are known only after inking. Click Ink again first."), "error", of=document
            )
        else:
            messages.say("")
            self._start(document, found, preset)

    def _start(self, document: Document, found: list[Source], preset: brushes.Preset) -> None:
        sketch, settings = found[0].pair.sketch, found[0].settings
        job = Job(document, sketch.identity, sketch.name, settings, keep_copy=True, state=JobState.writing)
        self._queue.add(job)

        def stopped() -> BaseException | None:
            return Cancelled() if job.cancelled else gone(document)

        def failed(error: BaseException) -> None:
            if isinstance(error, (Cancelled, Gone)) or job.cancelled:
                job.enter(JobState.cancelled)
                return
            job.enter(JobState.failed)
            self._context.messages.report(error, of=document)

        def ended() -> None:
            job.enter(JobState.finished)
            self._turns.given_up.emit()  # what waits in the queue could not begin before this had ended

        work = self._steps(job, found, preset)
        start(self._context.loop, work, stopped, failed).when_done(ended)

    def _steps(self, job: Job, found: list[Source], preset: brushes.Preset) -> Work:
        """Redraw all of them, and put what came in, in one step: several layers in a group."""
        document, sketch = job.document, found[0].pair.sketch
        made: list[_Redrawn] = []
        with self._turns.at_work(document, sketch.identity):
            for number, source in enumerate(found):
                part = number / len(found), 1 / len(found)
                with self._painting.window(document.page, document.form, document.ppi) as window:
                    one = yield from self._painted(window, job, source, preset, part)
                if one is _NO_MARK:
                    return
                made += [one] if one is not None else []
            if not made:
                self._context.messages.say(tr("There is no ink to redraw here."), of=document)
                return
            yield from wait_for_pen()
            if made[-1].source.pair.lineart.parent is None:  # undone meanwhile
                return
            job.commit()
            active = document.active_layer()
            name = free_name(document, tr("Redrawn: {name}", name=sketch.name))
            newcomer = put_in(document, name, [(one.layer, one.source) for one in made])
            for layer in (newcomer, *(one.layer for one in made)):
                self._context.memory.note_put_in(layer)
            redrawn.remember(document, sketch.identity, preset.name)
            yield from stay_on(document, active, newcomer)
        self._say_what_differs(document, made, preset)

    def _painted(
        self,
        window: PaintingWindow,
        job: Job,
        source: Source,
        preset: brushes.Preset,
        part: tuple[float, float],
    ) -> Work:
        """A layer to come, what is on it, and how broad the brush paints; None where that is nothing.

        `part`: where it begins, of all the work, and how much of that it is.
        """
        document, settings, lines = job.document, source.settings, source.lines
        assert lines is not None
        colour = chosen_colour(settings)
        yield from wait_for_pen()
        yield from safely(window, window.open(preset.raw, colour))
        mark = yield from safely(window, brush_marks.ramp(window))
        usual = yield from safely(window, brush_marks.size_for(window, settings.thickness))
        if not usual.width:
            self._say_no_mark(preset)
            return _NO_MARK
        off = yield from safely(window, brush_marks.beside(window, usual.size))
        selected = yield from selected_over(document.selection(), lines.area)
        styles = _style_of(mark), self._context.engine.find_style(settings.style)
        make = partial(_plan, lines, settings, styles, selected, source.pair.hue)
        plan = yield self._context.render_worker.submit(make)
        if not plan.strokes and plan.solid is None:
            return None
        plan = replace(plan, strokes=[gesture.moved(-off[0], -off[1]) for gesture in plan.strokes])
        yield from safely(window, self._paint(window, job, plan, usual.size, colour, part))
        layer = document.new_layer(free_name(document, tr("Redrawn: {name}", name=source.name)))
        yield from safely(window, _copied(window, layer, document.page))
        return _Redrawn(source, layer, plan, usual)

    def _paint(
        self,
        window: PaintingWindow,
        job: Job,
        plan: _Plan,
        size: float,
        colour: Any,
        part: tuple[float, float],
    ) -> Work:
        """Paint all of it; a turn of the event loop every few strokes, in which it may be cancelled."""
        window.clear()
        if plan.solid is not None:
            form = job.document.form
            pixel = as_pixel(colour, form)
            yield 0  # converting colours lets Krita handle events
            for strip in strips(plan.area):
                top = strip.y - plan.area.y
                window.fill(ink_pixels(plan.solid[top : top + strip.height], pixel, form).tobytes(), strip)
                yield 0
        done, waiting, told = 0, 0, 0.0
        while done < len(plan.strokes):
            with window.painting(size):
                begun, end = time.thread_time(), time.monotonic() + AT_MOST * TURN_S
                for gesture in plan.strokes[done : done + AT_ONCE]:
                    window.stroke(gesture.points, gesture.pressure)
                    done, waiting = done + 1, waiting + 1
                    if time.thread_time() - begun > TURN_S or time.monotonic() > end:
                        break
            yield 0
            share = done / len(plan.strokes)
            if share - told >= FINEST:
                told = share
                job.report(part[0] + part[1] * share)
            if waiting >= AT_ONCE:
                waiting = 0
                yield from window.settled()
        yield from window.settled()

    # -- what is said

    def _say_no_mark(self, preset: brushes.Preset) -> None:
        self._context.messages.say(
            tr('"{name}" leaves no usable line. Is it an eraser or a blending brush?', name=preset.name),
            "error",
            so=_chosen(preset.name),
        )

    def _say_what_differs(self, document: Document, made: list[_Redrawn], preset: brushes.Preset) -> None:
        told = []
        for one in made:
            name = one.layer.name
            corrected = self._context.corrections.of(document, one.source.pair.lineart.identity)
            if corrected is not None and corrected.places:
                told.append(
                    tr(
                        'Your corrections are not in "{name}": it has the strokes as they were inked.',
                        name=name,
                    )
                )
            if one.plan.solid is not None:
                told.append(tr('Solid areas in "{name}" are filled, not painted with your brush.', name=name))
        thickness, width = made[0].source.settings.thickness, made[0].usual.width
        if abs(width / thickness - 1) > NEAR:
            told.append(
                tr(
                    '"{name}" paints lines of {width} px: it comes no closer to {thickness} px.',
                    name=preset.name,
                    width=f"{width:.1f}",
                    thickness=f"{thickness:.1f}",
                )
            )
        if told:
            self._context.messages.say(" ".join(told), of=document)


def _chosen(name: str) -> Any:
    """Whether a preset is still the one that is chosen."""

    def now() -> bool:
        preset = brushes.current_preset()
        return preset is not None and preset.name == name

    return now


def _style_of(mark: NDArray[np.uint8]) -> Style:
    """The preset as a style, which tells how its pressure follows the lines; the pen where it cannot tell."""
    try:
        strip = Strip(mark) if mark.shape[0] == HEIGHT else strip_from_picture(mark)
    except BadStrip:
        return STYLES["pen"]
    return Style("", "", given=strip)


def _plan(
    lines: CachedFeatures,
    settings: InkSettings,
    styles: tuple[Style, Style],
    selected: NDArray[np.uint8] | None,
    hue: str,
) -> _Plan:
    """On a worker's thread. `styles`: the preset, and what the strokes are inked with."""
    style, ink = styles
    features = lines_of(lines, settings, hue)
    strokes, solid = features.drawn_at(settings.faint, settings.weight, settings.cut), features.solid
    if selected is not None:
        strokes = inside(strokes, selected)
        solid = None if solid is None else solid_inside(solid, selected)
    area = lines.area
    cover = None
    if solid is not None:
        cover = np.zeros((area.height, area.width), np.uint8)
        draw_solids(cover, solid, Rect(0, 0, area.width, area.height), features.size)
        cover = cover if cover.any() else None
    moved = strokes.shifted(float(area.x), float(area.y))
    return _Plan(area, gestures(moved, thickness=settings.thickness, style=style, ink=ink), cover)


def _copied(window: PaintingWindow, layer: Layer, page: Rect) -> Work:
    """Copy what is painted on the page into a layer that is not part of the document yet."""
    for strip in strips(page):
        layer.write(window.pixels(strip), strip)
        yield 0
