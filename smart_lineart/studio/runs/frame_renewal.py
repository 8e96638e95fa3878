# SPDX-License-Identifier: GPL-3.0-or-later
"""Renews an animated lineart frame by frame: what the artist changed in each stays."""

from __future__ import annotations

import numpy as np

from smart_lineart.inking import Base, DamagedRecord, FreshInk, InkRecord
from smart_lineart.krita_host.frames import FrameInk
from smart_lineart.krita_host.layer import Layer
from smart_lineart.studio.context import Context
from smart_lineart.studio.language.i18n import tr
from smart_lineart.studio.steps import Work

from .finding import find_in
from .jobs import Job
from .pen import Pen, chosen_colour


class FrameRenewal:
    """Tells what to write into each frame of a lineart; `old` is the one there is, if there is one."""

    def __init__(self, context: Context, job: Job, old: Layer | None, inked: dict[int, FrameInk]):
        self._context = context
        self._job = job
        self._old = old
        self._inked = inked
        self._records: dict[int, InkRecord] = {}
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
        pen = Pen.of(chosen_colour(job.settings), layer.form, job.document, job.selection)
        plan = yield from pen.plan(base, self._fresh(frame, base.record), self._context.ink_worker)
        self._records[time] = plan.record
        return pen.ink(plan)

    def remember(self, layer: Layer) -> None:
        """Take note of the ink of all frames, which are about to become part of the document."""
        job, memory = self._job, self._context.memory
        whole = memory.settings_of(job.document, job.sketch)
        if self._old is not None:
            memory.carry(job.document, self._old.identity, layer)
        for time, record in self._records.items():
            memory.records.put(job.document, layer.identity, record, time)
        # What was set for a part is not the whole lineart's.
        apart = job.selection is not None and self._old is not None
        settings = whole if apart and whole is not None else job.settings
        memory.note_lineart(job.document, job.sketch, layer, settings)

    def _fresh(self, frame: FrameInk | None, record: InkRecord) -> FreshInk:
        thickness, weight = self._job.settings.thickness, self._job.settings.weight
        if frame is not None:
            return FreshInk(frame.unpack(), frame.area, thickness, None, weight=weight)
        area = record.area
        blank = np.zeros((area.height, area.width), np.uint8)
        return FreshInk(blank, area, thickness, None, weight=weight)

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
