# SPDX-License-Identifier: GPL-3.0-or-later
"""What the artist does with flats."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from smart_lineart.inking import Rect
from smart_lineart.inking.areas import Areas, DamagedAreas
from smart_lineart.krita_host import application, view
from smart_lineart.krita_host.document import Document
from smart_lineart.krita_host.flats_group import GROUP
from smart_lineart.krita_host.layer import Layer
from smart_lineart.studio.context import Context
from smart_lineart.studio.document.flats import FlatsNote, owner_of
from smart_lineart.studio.language.i18n import tr
from smart_lineart.studio.settings import InkSettings
from smart_lineart.studio.steps import Work

from .hints import Hints
from .jobs import FlatsWish, Job
from .proposing import Proposing
from .runner import Runner
from .seams import SeamsAtHand
from .sketch import nothing_selected


class Flatting:
    """Of the lineart that the artist is at, whoever drew it."""

    def __init__(self, context: Context, runner: Runner, look: Callable[[], None], busy: Callable[[], bool]):
        self._context = context
        self._runner = runner
        self._look = look
        self.hints = Hints(context.loop, context.flats, busy, self.follow)
        self.proposing = Proposing(context, self.lineart_at_hand, runner.add)
        self.seams = SeamsAtHand(context.flats, self.lineart_at_hand)

    def begin(self, *, hints: bool = False) -> None:
        """Put flats under the lineart at hand, or renew them; `hints`: and a layer for colour hints over
        them. Says what is missing.
        """
        self._add(FlatsWish(hints=hints))

    @property
    def openness(self) -> float:
        """How open an outline may be, 0 to 1, for the lineart at hand."""
        return self._note().openness

    def set_openness(self, openness: float) -> None:
        """Have an outline that is open so far enclose an area; flats that are there follow."""
        self._settle(FlatsWish(openness), openness=openness)

    @property
    def spread(self) -> float:
        """How far hints go on over lines, 0 to 1, for the lineart at hand."""
        return self._note().spread

    def set_spread(self, spread: float) -> None:
        """Have hints go on so far to areas without one; flats that are there follow."""
        self._settle(FlatsWish(spread=spread), spread=spread)

    @property
    def layered(self) -> bool:
        """Whether the flats of the lineart at hand are a group with one layer a colour, or will be."""
        at_hand = self.lineart_at_hand()
        if at_hand is None:
            return False
        wishes = self._runner.wishes(*at_hand[:2])
        wished = [wish.layered for wish in wishes if wish.layered is not None]
        if wished:
            return wished[-1]
        flats = self._context.flats.in_use(*at_hand[:2])  # which undo may have brought back
        return self._note().layered if flats is None else flats.kind == GROUP

    def set_layered(self, layered: bool) -> None:
        """Have flats in a group with one layer a colour, or in one layer; those that are there follow."""
        self._settle(FlatsWish(layered=layered), layered=layered)

    def _note(self) -> FlatsNote:
        at_hand = self.lineart_at_hand()
        return FlatsNote("") if at_hand is None else self._context.flats.note_of(*at_hand[:2])

    def _settle(self, wish: FlatsWish, **values: float | bool) -> None:
        """Note values for the lineart at hand, and have its flats follow."""
        at_hand = self.lineart_at_hand()
        if at_hand is None:
            return
        document, of, _ = at_hand
        memory = self._context.flats
        memory.save(document, replace(memory.note_of(document, of), **values))  # type: ignore[arg-type]
        if memory.in_use(document, of) is not None:
            self._add(wish)

    def select(self, how: str = "new") -> None:
        """Select the area under the cursor; "add" it to what is selected, or "subtract" it from that."""
        self._look()
        messages, at_hand = self._context.messages, self.lineart_at_hand()
        if at_hand is None:
            return
        document, of, _ = at_hand
        flats, spot = self._context.flats.in_use(document, of), view.under_cursor(document)
        try:
            areas = None if flats is None else self._context.flats.areas_in(document, flats.identity)
        except DamagedAreas as error:
            messages.report(error)
            return
        if areas is None or areas.shape != (document.page.height, document.page.width):
            messages.say(tr("There are no flats here yet. Click Flats first."), "error")
        elif spot is None:
            messages.say(
                tr("Point at an area and press this action's shortcut. The canvas must not be turned."),
                "error",
            )
        else:
            messages.say("")
            self._context.work_on(document, self._select(document, areas, spot, how))

    def _select(self, document: Document, areas: Areas, spot: tuple[int, int], how: str) -> Work:
        one = int(areas.on_page(Rect(*spot, 1, 1))[0, 0])
        box = document.page if not one else areas.boxes[areas.ids.tolist().index(one)]
        mask = yield self._context.render_worker.submit(lambda: _as_mask(areas, one, box))
        document.select(mask, box, how)

    def follow(self, document: Document, of: str) -> None:
        """The artist has painted colour hints."""
        self._runner.add(Job(document, of, tr("Flats"), InkSettings(), live=True, flats=FlatsWish()))

    def _add(self, wish: FlatsWish) -> None:
        self._look()
        messages, at_hand = self._context.messages, self.lineart_at_hand()
        if at_hand is None:
            messages.say(
                tr("Open a document and select the layer with your lineart first."),
                "error",
                so=nothing_selected,
            )
            return
        document, of, lineart = at_hand
        messages.say("")
        self._context.flats.look_after(document, of)
        self._runner.add(Job(document, of, lineart.name, InkSettings(), flats=wish))

    def lineart_at_hand(self) -> tuple[Document, str, Layer] | None:
        """The document in front, whose flats belong together (the sketch's identity, or the lineart's where
        it has none), and the lineart that the layer selected in it belongs to.
        """
        document = application.active_document()
        layer = document.active_layer() if document is not None else None
        if document is None or layer is None:
            return None
        memory = self._context.memory
        lineage = [layer, *layer.above()]
        owner = next((of for one in lineage if (of := owner_of(document, one.identity))), "")
        drawing = memory.drawing_of(document, owner)
        lineart = drawing.lineart if drawing is not None else document.layer(owner)
        if lineart is not None:
            return document, owner, lineart
        pair = memory.pair_at(document, layer)
        if pair is not None:
            return document, pair.sketch.identity, pair.lineart
        parent = layer.parent
        layer = parent if layer.is_mask and parent is not None else layer
        return document, layer.identity, layer


def _as_mask(areas: Areas, one: int, box: Rect) -> np.ndarray:
    """Where an area lies in a box, uint8 (height, width): 255, and 0 elsewhere. On a worker's thread."""
    return (areas.on_page(box) == one) * np.uint8(255)
