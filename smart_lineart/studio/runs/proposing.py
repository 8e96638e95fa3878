# SPDX-License-Identifier: GPL-3.0-or-later
"""Other colours for flats, as the artist looks through them and takes one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from smart_lineart.inking.areas import Colour, Palette, palette_of
from smart_lineart.krita_host import application
from smart_lineart.krita_host.colour import convert
from smart_lineart.krita_host.composing import as_shown
from smart_lineart.krita_host.document import Document
from smart_lineart.krita_host.geometry import strips
from smart_lineart.krita_host.layer import Layer
from smart_lineart.krita_host.pixels import SRGB
from smart_lineart.krita_host.reading import pixel_source
from smart_lineart.studio.context import Context
from smart_lineart.studio.language.i18n import tr
from smart_lineart.studio.settings import InkSettings
from smart_lineart.studio.signal import Signal
from smart_lineart.studio.steps import Work

from .jobs import FlatsWish, Job, JobState
from .proposed import PROPOSALS, Ask, Proposed

ENOUGH = 1 << 16  # px of a layer, evenly chosen, whose colours are taken

AtHand = Callable[[], "tuple[Document, str, Layer] | None"]


class Proposing:
    """The proposals for one lineart's flats that are shown now, if any are."""

    def __init__(self, context: Context, at_hand: AtHand, add: Callable[[Job], None]):
        self._context, self._at_hand, self._add = context, at_hand, add
        self._of: tuple[Document, str, str] | None = None
        self._ask = Ask()
        self.shown: Proposed | None = None
        self.changed = Signal()

    def begin(self) -> None:
        """Propose colours for the flats at hand. Says what is missing."""
        at_hand, messages = self._at_hand(), self._context.messages
        if at_hand is None or self._context.flats.in_use(*at_hand[:2]) is None:
            messages.say(tr("There are no flats here yet. Click Flats first."), "error")
            return
        document, of, lineart = at_hand
        messages.say("")
        self._of, self._ask = (document, of, lineart.name), Ask()
        self._propose()

    def more(self) -> None:
        """The next six."""
        self._go_on(Ask(self._ask.first + PROPOSALS, self._ask.palette, self._locked()))

    def lock(self, colour: Colour, *, on: bool) -> None:
        """Have a colour of the flats stay as it is, or no longer."""
        locked = self._locked() or frozenset()
        locked = locked | {colour} if on else locked - {colour}
        self._go_on(Ask(self._ask.first, self._ask.palette, locked))

    def take(self, number: int) -> None:
        """Give the flats the colours of a proposal, from 0."""
        if self.shown is None or self._of is None or number >= len(self.shown.recoloured):
            return
        wish = FlatsWish(recolour=self.shown.recoloured[number])
        self._send(wish, and_then=self._propose)

    def from_layer(self) -> None:
        """Take the palette of the layer that is selected now."""
        document = self._of[0] if self._of is not None else None
        layer = document.active_layer() if document is not None else None
        if document is None or layer is None or not application.is_active(document):
            return
        if layer.is_mask:
            said = tr('"{name}" has no colours to take.', name=layer.name)
            self._context.messages.say(said, "error")
        else:
            self._context.work_on(document, self._read_palette(document, layer))

    def look(self) -> None:
        """The document of the proposals may have been closed or left."""
        if self._of is not None and not application.is_active(self._of[0]):
            self.close()

    def close(self) -> None:
        """Show none any more."""
        self._of = self.shown = None
        self.changed.emit()

    def _locked(self) -> frozenset[Colour] | None:
        """As asked for last, which may not be shown yet."""
        return self._ask.locked if self._ask.locked is not None or self.shown is None else self.shown.locked

    def _go_on(self, ask: Ask) -> None:
        self._ask = ask
        self._propose()

    def _propose(self) -> None:
        self._send(FlatsWish(propose=self._ask))

    def _send(self, wish: FlatsWish, and_then: Callable[[], None] = lambda: None) -> None:
        if self._of is None or not application.is_open(self._of[0]):
            return
        document, of, name = self._of
        job = Job(document, of, name, InkSettings(), flats=wish)
        self._listen(job, and_then)
        self._add(job)

    def _listen(self, job: Job, and_then: Callable[[], None]) -> None:
        job.changed.connect(lambda: self._ended(job, and_then))

    def _ended(self, job: Job, and_then: Callable[[], None]) -> None:
        if job.state is JobState.cancelled and job.done_by is not None:
            self._listen(job.done_by, and_then)
        if job.state is not JobState.finished or self._of is None:
            return
        if job.document != self._of[0] or job.sketch != self._of[1]:
            return
        if job.proposed is not None and job.proposed.asked == self._ask:
            self.shown = job.proposed
            self.changed.emit()
        and_then()

    def _read_palette(self, document: Document, layer: Layer) -> Work:
        name = layer.name
        shown = yield from as_shown(document, layer)
        take, form = pixel_source(shown, None)
        area = shown.bounds.intersection(document.page)
        step = max(1, round((area.width * area.height / ENOUGH) ** 0.5))
        found = []
        for strip in strips(area) if area.width and area.height else ():
            data = convert(take(strip), strip.width, strip.height, form, SRGB)
            pixels = SRGB.array(data, strip.height, strip.width)[::step, ::step]
            found.append(pixels[..., [2, 1, 0, 3]].reshape(-1, 1, 4))
            yield
        seen = [one for one in found if (one[..., 3] >= 128).any()]
        if not seen:
            self._context.messages.say(tr('"{name}" has no colours to take.', name=name), "error")
            return
        palette: Palette = yield self._context.render_worker.submit(
            partial(palette_of, np.ascontiguousarray(np.concatenate(seen)))
        )
        if self._of is not None and self._of[0] == document:
            self._go_on(Ask(0, palette, self._locked()))
