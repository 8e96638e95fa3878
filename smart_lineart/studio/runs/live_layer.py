# SPDX-License-Identifier: GPL-3.0-or-later
"""The lineart that live runs write into, and how their ink goes with the artist's undo.

Krita keeps no undo of what scripts write. So live runs write without undo steps of their own, into a layer
that the artist has not painted on: undo takes back a stroke on the sketch, and the ink follows. Such a layer
is made ready before the next stroke. Where a stroke came first, its ink is a step; both are undone together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smart_lineart.inking import Base, LayerInk
from smart_lineart.inking.renewing.registration import HOME
from smart_lineart.krita_host import application, view
from smart_lineart.krita_host.document import Document
from smart_lineart.krita_host.layer import Layer
from smart_lineart.studio.engine import CachedFeatures
from smart_lineart.studio.steps import Work

TURN_MS, TURNS = 10, 100


@dataclass
class _Step:
    """Ink that came as an undo step after its strokes, `lineart` in the place of the layer `before`.

    `lines` are what it was drawn from; `back`: the strokes were taken back with it.
    """

    document: Document
    before: str
    lineart: Layer
    lines: CachedFeatures | None = None
    back: bool = False


class LiveLayer:
    """Of the sketch that is inked live."""

    def __init__(self) -> None:
        self._drawn, self._apart = False, False
        self._holds: tuple[str, LayerInk] | None = None
        self._shows: tuple[str, object] | None = None
        self._step: _Step | None = None

    def open(self, lineart: Layer, holds: LayerInk) -> None:
        """Live runs may go on writing into a layer, as long as it stays what it is now."""
        self._holds = lineart.identity, holds

    def may_write(self, lineart: Layer, now: LayerInk) -> bool:
        """Whether ink may be written into a layer without an undo step; `now`: what it holds."""
        return (
            self._holds is not None and self._holds[0] == lineart.identity and self._holds[1].covers_as(now)
        )

    def shows(self, lineart: Layer | None, lines: object) -> bool:
        """Whether the last live run left this layer as these lines ask for; None: the sketch is blank."""
        found = self._shows
        return (
            found is not None and lineart is not None and found[0] == lineart.identity and found[1] is lines
        )

    def painted(self, *, here: bool) -> None:
        """A stroke is being painted, on the sketch or elsewhere."""
        self._apart = self._apart or (self._drawn and not here)
        self._drawn = self._drawn or here

    def agree(self) -> None:
        """All that was drawn is inked."""
        self._drawn = self._apart = False

    def doubt(self) -> None:
        """The artist comes back to the sketch, and may have changed anything."""
        self._shows = None

    def settle(self, document: Document, lineart: Layer, lines: CachedFeatures | None) -> None:
        """A layer shows these lines now."""
        self._shows = lineart.identity, lines
        self.agree()
        step = self._step
        if step is not None and step.document == document:
            step.back = step.lineart.parent is None
            if step.lines is None and step.lineart.identity == lineart.identity:
                step.lines = lines

    def stepped(self, document: Document, before: Layer | None, lineart: Layer) -> None:
        """Ink came as an undo step: `lineart`, in the place of the layer `before`.

        Where the artist painted on another layer between stroke and ink, undo takes back the ink alone.
        """
        old = "" if before is None else before.identity
        self._step = None if self._apart else _Step(document, old, lineart)

    def go_on(self, document: Document, lineart: Layer | None, lines: CachedFeatures) -> Work:
        """The artist took back ink that came after its strokes, or brought the strokes back without it: one
        more undo or redo, so that what is drawn and what is inked agree again.
        """
        step, old = self._step, "" if lineart is None else lineart.identity
        if step is None or step.document != document or step.before != old or step.lineart.parent is not None:
            return
        if step.lines is None or not lines.same_sketch(step.lines):
            return
        yield from _until_idle(document)
        if application.can_redo() and application.is_active(document) and not view.painting():
            before = application.history()
            application.trigger("edit_redo" if step.back else "edit_undo")
            yield from _until_idle(document)
            if before != application.history():
                step.back = not step.back


def _until_idle(document: Document) -> Work:
    """Krita does nothing at an undo while it is at work, and is a while at work at one."""
    for _ in range(TURNS):
        yield TURN_MS
        if document.idle:
            return


def untouched(base: Base) -> bool:
    """Whether a lineart layer holds its ink and nothing else."""
    record, layer = base.record, base.layer
    if base.registration != HOME or not record.tiles:
        return False
    area = record.area.united(layer.area)
    alpha, touched = layer.over(area)
    return not touched.any() and bool(np.array_equal(alpha, record.coverage(area)))
