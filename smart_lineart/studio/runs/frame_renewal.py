# SPDX-License-Identifier: GPL-3.0-or-later
"""Renews an animated lineart frame by frame: what the artist changed in each stays."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from smart_lineart.inking import Base, DamagedRecord, FreshInk, InkRecord, Rect
from smart_lineart.inking.renewing.regional import Values
from smart_lineart.krita_host.frames import FrameInk
from smart_lineart.krita_host.layer import Layer
from smart_lineart.krita_host.lineart import Ink
from smart_lineart.studio.context import Context
from smart_lineart.studio.language.i18n import tr
from smart_lineart.studio.settings import InkSettings
from smart_lineart.studio.steps import Work

from .finding import find_in, find_parts
from .jobs import Job
from .pen import Pen, chosen_colour, paints_of


@dataclass(frozen=True)
class InkedFrame:
    """A frame's ink as it is set for the whole lineart, and all of it as it is set for parts of that."""

    whole: FrameInk
    parts: tuple[tuple[Values, FrameInk], ...] = ()

    def fresh(self, settings: InkSettings) -> FreshInk:
        """Unpacked; `settings`: the whole lineart's."""

        def inside(values: Values, part: Rect) -> FreshInk | None:
            drawn = next((ink for own, ink in self.parts if own == values), None)
            if drawn is None:
                return None
            part = part.intersection(drawn.area)
            x, y = part.x - drawn.area.x, part.y - drawn.area.y
            coverage = drawn.unpack()[y : y + part.height, x : x + part.width]
            own = settings.with_values(values)
            return FreshInk(coverage, part, own.thickness, None, weight=own.weight)

        ink, weight = self.whole.unpack(), settings.weight
        return FreshInk(ink, self.whole.area, settings.thickness, None, inside=inside, weight=weight)


class FrameRenewal:
    """Tells what to write into each frame of a lineart; `old` is the one there is, if there is one; `older`
    one that stays beside the new one, which takes over what was set for parts.
    """

    def __init__(
        self,
        context: Context,
        job: Job,
        inked: dict[int, InkedFrame],
        *,
        old: Layer | None,
        older: Layer | None = None,
    ):
        self._context = context
        self._job = job
        self._old = old
        self._older = older if job.selection is None else None
        self._inked = inked
        self._records: dict[int, InkRecord] = {}
        self._is_of_part = job.selection is not None and old is not None
        self.left: list[int] = []

    def sentence(self) -> str:
        """Says which frames were left alone; "" where none was."""
        if not self.left:
            return ""
        frames = ", ".join(map(str, self.left))
        return tr(
            "Too much was changed in these frames to update them, so they stay as they are: {frames}.",
            frames=frames,
        )

    def ink_of(self, layer: Layer, time: int) -> Work:
        """The ink of a frame that is shown now, or None to leave it; `layer` takes the old one's place."""
        job = self._job
        frame = self._inked.get(time)
        base = yield from self._base(layer, time)
        if base is None:
            self.left.append(time)
            return None
        if frame is None and not base.record.tiles:
            return None
        fresh, worker = self._fresh(frame, base.record), self._context.ink_worker
        if self._older is not None:
            memory = self._context.memory
            base = yield from find_parts(memory, worker, job.document, self._older, fresh, time)
        pen = Pen.of(chosen_colour(job.settings), layer.form, job.document, job.selection)
        plan = yield from pen.plan(base, fresh, worker)
        self._records[time] = plan.record
        self._is_of_part = self._is_of_part and plan.inside
        return Ink(plan.merge.coverage, plan.area, pen.pixel, plan.merge, paints_of(plan.record, pen.form))

    def remember(self, layer: Layer) -> None:
        """Take note of the ink of all frames, which are about to become part of the document."""
        job, memory = self._job, self._context.memory
        whole = memory.settings_of(job.document, job.sketch)
        if self._old is not None:
            memory.carry(job.document, self._old.identity, layer)
        for time, record in self._records.items():
            memory.records.put(job.document, layer.identity, record, time)
        # What was set for a part is not the whole lineart's.
        settings = whole if self._is_of_part and whole is not None else job.settings
        memory.note_lineart(job.document, job.sketch, layer, settings)

    def _fresh(self, frame: InkedFrame | None, record: InkRecord) -> FreshInk:
        job, area = self._job, record.area
        if frame is None:
            blank = np.zeros((area.height, area.width), np.uint8)
            fresh = FreshInk(blank, area, job.settings.thickness, None, weight=job.settings.weight)
        else:
            fresh = frame.fresh(job.settings)
        whole = self._context.memory.settings_of(job.document, job.sketch)
        if job.selection is None or self._old is None or whole is None:
            return fresh
        return replace(fresh, values=job.settings.apart_from(whole))

    def _base(self, layer: Layer, time: int) -> Work:
        memory, worker = self._context.memory, self._context.ink_worker
        if self._old is None or not layer.bounds.width:
            return Base.blank()
        try:
            record = memory.records.get(self._job.document, self._old.identity, time)
            if record is None:
                return None
            return (yield from find_in(layer, record, memory, worker, self._job.document))
        except DamagedRecord:
            return None
