# SPDX-License-Identifier: GPL-3.0-or-later
"""What another detail would give, while its slider is dragged: the ink of what is seen, laid over the canvas.

Another detail looks at the sketch anew, which takes seconds for a page. So the part that is seen is inked by
itself, from the sketch as it was read last, and shown beside the document, not in it: the run that follows
when the slider is let go makes the one undoable step, and may be cancelled.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from smart_lineart.inking import Cancelled, InkError, Rect
from smart_lineart.inking.arrays import Bytes, Luma
from smart_lineart.inking.renewing.regional import values_of
from smart_lineart.krita_host import application, colour, view
from smart_lineart.krita_host.document import Document, selected_over
from smart_lineart.studio.context import Context
from smart_lineart.studio.engine import CachedFeatures, Earlier
from smart_lineart.studio.settings import InkSettings
from smart_lineart.studio.signal import Signal
from smart_lineart.studio.steps import Pending, Work

from .pen import chosen_colour

SMALLEST_DETAIL = 1e-6
VEIL = 0.85  # of white: the ink there is shimmers through, so that it is seen to be a preview
BAND = 64  # rows that are coloured at once
MOST_PIXELS = 600_000  # of the working image that are looked at for a preview: a second or two


@dataclass(frozen=True)
class Shown:
    """Ink to lay over the canvas.

    Attributes:
        area: px of the image.
        coverage: uint8 (H, W) over the area.
        selected: how far each pixel would become so, uint8 (H, W); None: wholly.
        colour: "#rrggbb".
    """

    document: Document
    area: Rect
    coverage: Bytes
    selected: Bytes | None
    colour: str

    def pixels(self) -> Bytes:
        """The ink over a veil, where it would come: uint8 (H, W, 4), B, G, R, A, premultiplied."""
        red, green, blue = bytes.fromhex(self.colour[1:])
        ink = np.arange(256)[:, None] / 255
        paint = np.array([blue, green, red, 255])
        shades = np.rint(255 * VEIL * (1 - ink) + paint * ink).astype(np.uint8)
        out = np.empty((*self.coverage.shape, 4), np.uint8)
        for top in range(0, len(out), BAND):  # what NumPy needs beside the result stays small
            rows = slice(top, top + BAND)
            out[rows] = shades[self.coverage[rows]]
            if self.selected is not None:
                share = self.selected[rows, :, None].astype(np.uint16)
                out[rows] = (out[rows] * share + 127) // 255
        return out


class Part:
    """A part of a sketch as a sketch."""

    def __init__(self, whole: Any, part: Rect):
        self._whole, self._part = whole, part

    @property
    def size(self) -> tuple[int, int]:
        """(height, width) in px."""
        return self._part.height, self._part.width

    def read_luma(self, top: int, bottom: int) -> Luma:
        """Rows [top, bottom) of the part."""
        part = self._part
        rows = self._whole.read_luma(part.y + top, part.y + bottom)
        return rows[:, part.x : part.x + part.width]

    @property
    def in_colour(self) -> bool:
        """Whether the whole has colours."""
        return bool(self._whole.in_colour)

    def read_colour(self, top: int, bottom: int) -> Luma:
        """Red, green and blue of rows [top, bottom) of the part."""
        part = self._part
        rows = self._whole.read_colour(part.y + top, part.y + bottom)
        return rows[:, part.x : part.x + part.width]


class Preview:
    """Computes only the newest wish; `shown` is what lies over the canvas now."""

    def __init__(self, context: Context):
        self._context = context
        self.shown: Shown | None = None
        self.changed = Signal()
        self._wanted: tuple[CachedFeatures, InkSettings] | None = None
        self._at_work = self._held = False

    def want(self, item: CachedFeatures, settings: InkSettings) -> None:
        """Show these lines with another detail, as soon as that is computed."""
        if item.read is None or settings.detail == item.detail:
            self.stop()
            return
        self._wanted, self._held = (item, settings), False
        if not self._at_work:
            self._at_work = True
            self._context.work_on(item.document, self._work()).when_done(self._ended)

    def hold(self) -> None:
        """The slider is let go: compute no more; what is shown stays until its run has ended."""
        self._wanted, self._held = None, True

    def let_go(self) -> None:
        """No run goes on that makes what is shown: show nothing, unless the slider is still dragged."""
        if self._held:
            self.stop()

    def stop(self) -> None:
        """Show nothing."""
        self._wanted, self._held = None, False
        if self.shown is not None:
            self.shown = None
            self.changed.emit()

    def _ended(self) -> None:
        self._at_work = False

    def _work(self) -> Work:
        drawn = None
        while (wanted := self._wanted) is not None and wanted != drawn:
            shown = yield from self._draw(*wanted)
            if shown is not None and self._wanted == wanted:
                self.shown = shown
                self.changed.emit()
            drawn = wanted

    def _draw(self, item: CachedFeatures, settings: InkSettings) -> Work:
        document = item.document
        seen = view.visible_area(document) if application.is_active(document) else None
        area = seen.intersection(item.area) if seen is not None else None
        if area is None or not area.width or not area.height:
            return None
        area = _middle(area, _page_scale(item) * 2.0**settings.detail)
        selection, ink = document.selection(), colour.on_screen(chosen_colour(settings))
        task = partial(self._ink, item, settings, area)
        try:
            coverage = yield self._submit(task)
        except (Cancelled, InkError):  # the run tells what is wrong
            return None
        selected = yield from selected_over(selection, area)
        if selected is None:
            selected = self._as_the_whole(item, area)
        return Shown(document, area, coverage, selected, ink)

    def _as_the_whole(self, item: CachedFeatures, area: Rect) -> Bytes | None:
        """Where the whole lineart's detail counts, uint8 over the area; None: everywhere."""
        regions = self._context.memory.regions_of(item.document, item.sketch)
        own = [region.coverage(area) for region in regions if "detail" in values_of(region)]
        return 255 - np.maximum.reduce(own) if own else None

    def _submit(self, task: partial[Bytes]) -> Pending:
        return self._context.ink_worker.submit(task)

    def _ink(self, item: CachedFeatures, settings: InkSettings, area: Rect) -> Bytes:
        """On a worker's thread. Raises InkError."""
        engine, wanted = self._context.engine, (item, settings)
        outdated = lambda: self._wanted != wanted  # noqa: E731
        whole = area == item.area
        part = Rect(area.x - item.area.x, area.y - item.area.y, area.width, area.height)
        sketch = item.read if whole else Part(item.read, part)
        # What is known of the page by itself does not fit a part of it; how closely it is seen does.
        auto = _page_scale(item)
        earlier = Earlier(calibration=item.features.calibration if whole else None, auto_scale=auto)
        features = engine.prepare(sketch, _with_scale(settings), lambda _: None, outdated, earlier)
        known = CachedFeatures(
            item.document, item.sketch, features, area, settings.detail, auto, sketch, item.palette
        )
        every = replace(settings, by_colour=False)  # whatever layer it comes into
        return np.asarray(engine.draw(known, every, cancelled=outdated).coverage)


def _page_scale(item: CachedFeatures) -> float:
    """The scale in the slider's middle."""
    return float(item.auto_scale or item.features.scale / 2.0**item.detail)


def _middle(area: Rect, scale: float) -> Rect:
    """As much of an area as is inked in a moment, from its middle."""
    share = math.sqrt(min(1.0, MOST_PIXELS / (area.width * area.height * scale * scale)))
    width, height = math.ceil(area.width * share), math.ceil(area.height * share)
    return Rect(area.x + (area.width - width) // 2, area.y + (area.height - height) // 2, width, height)


def _with_scale(settings: InkSettings) -> InkSettings:
    """With a detail that takes the page's own scale in the middle, too: a part of it would find another."""
    return settings if settings.detail else replace(settings, detail=SMALLEST_DETAIL)
