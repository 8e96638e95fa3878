# SPDX-License-Identifier: GPL-3.0-or-later
"""A lineart's strokes, or what its layer shows, copied into a vector layer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from smart_lineart.inking import Rect, Vectors
from smart_lineart.inking.features import AS_DRAWN
from smart_lineart.inking.vectors.retracing import retrace
from smart_lineart.inking.vectors.selecting import SELECTED, inside, solid_inside
from smart_lineart.inking.vectors.svg import outline_data
from smart_lineart.krita_host.colour import on_screen
from smart_lineart.krita_host.document import Document, selected_over
from smart_lineart.krita_host.layer import Layer
from smart_lineart.krita_host.retouched import read_lineart
from smart_lineart.krita_host.vector_layer import VectorLayer
from smart_lineart.studio.context import Context
from smart_lineart.studio.document.copies import free_name
from smart_lineart.studio.document.memory import Pair
from smart_lineart.studio.engine import CachedFeatures
from smart_lineart.studio.language.i18n import tr
from smart_lineart.studio.line_hues import lines_of
from smart_lineart.studio.settings import InkSettings
from smart_lineart.studio.steps import Work
from smart_lineart.studio.turns import Turns

from .at_hand import Source, lineart_at_hand, put_in, sources
from .pen import chosen_colour
from .settling import stay_on, wait_for_pen


@dataclass(frozen=True)
class _Copy:
    """A vector layer to come, and what it was made of. `textured`: its brush has a texture."""

    source: Source
    layer: Layer
    textured: bool


class VectorCopy:
    """What a click on "Copy as vector layer" does."""

    def __init__(self, context: Context, turns: Turns):
        self._context = context
        self._turns = turns

    def begin(self, settings: InkSettings, *, as_shown: bool) -> None:
        """Copy the lineart the artist is at; `as_shown`: with their corrections, traced from its pixels.

        Says what is missing. `settings` are the lineart's, as they are shown.
        """
        messages = self._context.messages
        at_hand = lineart_at_hand(self._context)
        if at_hand is None:
            return
        document, pair = at_hand
        found = sources(self._context, document, pair, settings)
        if any(one.pair.lineart.animated or one.pair.sketch.animated for one in found):
            messages.say(
                tr("An animation cannot be copied as vectors: vector layers have no frames."), "error"
            )
        elif self._turns.busy:
            messages.say(
                tr("Wait until the lineart is inked, then try again."), "error", so=lambda: self._turns.busy
            )
        elif not as_shown and any(one.lines is None for one in found):
            messages.say(
                tr(
                    "The strokes are known only after inking. Click Ink again first, or copy the layer with "
                    "your corrections."
                ),
                "error",
            )
        else:
            messages.say("")
            self._context.work_on(document, self._steps(document, found, as_shown=as_shown))

    def _strokes(self, document: Document, source: Source) -> Work:
        """The `Vectors` of the lines as inked, inside the selection if there is one, and where they lie."""
        lines, settings = source.lines, source.settings
        assert lines is not None
        selected = yield from selected_over(document.selection(), lines.area)
        style = self._context.brushes.find(settings.style)
        make = partial(_vectors_of, lines, settings, style, selected, source.pair.hue)
        return (yield self._context.render_worker.submit(make)), lines.area

    def _traced(self, document: Document, pair: Pair) -> Work:
        """The `Vectors` of what the layer shows."""
        ink = yield from read_lineart(pair.lineart.copy(), [], document.page)
        selected = yield from selected_over(document.selection(), ink.area)
        coverage = ink.alpha if selected is None else np.where(selected >= SELECTED, ink.alpha, np.uint8(0))
        return (yield self._context.render_worker.submit(partial(retrace, coverage))), ink.area

    def _steps(self, document: Document, found: list[Source], *, as_shown: bool) -> Work:
        """Copy all of them, and put the copies in, in one step: of several in a group."""
        messages, first = self._context.messages, found[0].pair
        copies: list[_Copy] = []
        with self._turns.at_work(document, first.sketch.identity):
            for source in found:
                copy = yield from self._copied(document, source, as_shown=as_shown)
                copies += [copy] if copy is not None else []
            if not copies:
                messages.say(tr("There is no ink to copy here."), "error", of=document)
                return
            yield from wait_for_pen()
            if copies[-1].source.pair.lineart.parent is None:  # undone meanwhile
                return
            active = document.active_layer()
            name = free_name(document, tr("Vectors: {name}", name=first.sketch.name))
            newcomer = put_in(document, name, [(copy.layer, copy.source) for copy in copies])
            for layer in (newcomer, *(copy.layer for copy in copies)):
                self._context.memory.note_put_in(layer)
            yield from stay_on(document, active, newcomer)
        self._say_what_differs(document, copies, as_shown=as_shown)

    def _copied(self, document: Document, source: Source, *, as_shown: bool) -> Work:
        """A layer with the vectors of a lineart, which is no part of the document yet; None of one without
        ink.
        """
        making = self._traced(document, source.pair) if as_shown else self._strokes(document, source)
        vectors, area = yield from making
        shapes = yield self._context.render_worker.submit(partial(_shapes, vectors, area))
        if not shapes:
            return None
        colour = on_screen(chosen_colour(source.settings))
        yield  # converting colours lets Krita handle events
        target = VectorLayer(document, free_name(document, tr("Vectors: {name}", name=source.name)))
        yield from target.add(shapes, colour)
        return _Copy(source, target.layer, textured=vectors.textured)

    def _say_what_differs(self, document: Document, copies: list[_Copy], *, as_shown: bool) -> None:
        if as_shown:
            return
        said = []
        for copy in copies:
            name = copy.layer.name
            corrected = self._context.corrections.of(document, copy.source.pair.lineart.identity)
            if corrected is not None and corrected.places:
                said.append(_without_corrections(name))
            elif copy.textured:
                said.append(tr('"{name}" has outlines only: vectors show no texture of a brush.', name=name))
        if said:
            self._context.messages.say(" ".join(said), of=document)


def _without_corrections(name: str) -> str:
    return tr(
        'Your corrections are not in "{name}": it has the strokes as they were inked. To have '
        "them, use Copy as vector layer, with corrections.",
        name=name,
    )


def _vectors_of(
    lines: CachedFeatures, settings: InkSettings, style: Any, selected: np.ndarray | None, hue: str
) -> Vectors:
    """On a worker's thread."""
    features = lines_of(lines, settings, hue)
    faint, weight, cut = settings.faint, settings.weight, settings.cut
    if selected is not None:
        strokes = features.drawn_at(faint, weight, cut)
        faint, weight, cut = 0.0, AS_DRAWN, "strength"  # all that are left, as they are
        features = replace(
            features,
            strokes=inside(strokes, selected),
            light=None,
            solid=None if features.solid is None else solid_inside(features.solid, selected),
        )
    return features.vectors(settings.thickness, style, faint=faint, weight=weight, cut=cut)


def _shapes(vectors: Vectors, area: Rect) -> list[str]:
    """Every area and stroke as an element of SVG in px of the document. On a worker's thread."""
    moved = f'transform="translate({area.x} {area.y})" ' if area.x or area.y else ""
    outlines = [(area.id, area.outline) for area in vectors.areas]
    outlines += [(stroke.id, stroke.outline) for stroke in vectors.strokes]
    return [f'<path id="{id_}" {moved}d="{outline_data(outline)}"/>' for id_, outline in outlines]
