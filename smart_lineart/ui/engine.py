# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine as the docker uses it: made when first needed, with the artist's device and memory."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from smart_lineart.inking import (
    STYLES,
    Cancelled,
    Features,
    FreshInk,
    Inker,
    Lines,
    Rect,
    Sketch,
    why_not_isolated,
)
from smart_lineart.inking.inker import drawn_strokes
from smart_lineart.inking.renewal import shifted

from .settings import InkSettings

MEGABYTE = 1 << 20
MIN_SCALE, MAX_SCALE = 1 / 16, 2.0


@dataclass(frozen=True)
class EngineOptions:
    """What the artist allows: which runtime and device, and how much memory a run may use, in MB."""

    runtime: str = "auto"
    device: str = "auto"
    memory: int = 1024


class Engine:
    """Prepares and renders, each on a worker's thread. The network is loaded at the first run."""

    def __init__(self, notify: Callable[[str], None], make: Callable[..., Inker] = Inker):
        self._notify = notify
        self._make = make
        self._inker: Inker | None = None
        self._made_for: EngineOptions | None = None
        self._lock = threading.Lock()
        self.options = EngineOptions()

    def prepare(
        self,
        sketch: Sketch,
        settings: InkSettings,
        progress: Callable[[float], None],
        cancelled: Callable[[], bool],
        auto_scale: float | None = None,
    ) -> Features:
        """Read the sketch's lines. Raises InkError.

        `auto_scale` is the scale that follows the sketch, if it is known; the artist's detail is relative to
        it.
        """
        inker = self.inker(self.options)
        if not settings.detail:
            return inker.prepare(sketch, progress=progress, cancelled=cancelled)
        if auto_scale is None:
            auto_scale = inker.prepare(
                sketch, progress=lambda done: progress(done / 2), cancelled=cancelled
            ).scale
        scale = min(MAX_SCALE, max(MIN_SCALE, auto_scale * 2.0**settings.detail))
        return inker.prepare(sketch, detail=scale, progress=progress, cancelled=cancelled)

    def render(
        self,
        features: Features,
        settings: InkSettings,
        region: Rect | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> np.ndarray:
        """Coverage of the region or page."""
        inker = self.inker(self._made_for or self.options)
        return inker.render(
            features,
            thickness=settings.thickness,
            style=settings.style,
            faint=settings.faint,
            region=region,
            cancelled=cancelled,
        )

    def draw(
        self,
        features: Features,
        area: Rect,
        settings: InkSettings,
        *,
        part: Rect | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> FreshInk:
        """Ink of a sketch that lies over `area` of the image, or of the `part` of it (px of the image)."""
        part = part or area
        region = Rect(part.x - area.x, part.y - area.y, part.width, part.height)
        coverage = self.render(features, settings, region, cancelled)
        strokes = shifted(drawn_strokes(features, settings.faint), -region.x, -region.y)
        lines = Lines(strokes, settings.thickness, STYLES[settings.style])
        return FreshInk(coverage, part, settings.thickness, lines)

    def inker(self, options: EngineOptions) -> Inker:
        """The engine for these options."""
        with self._lock:
            if self._inker is None or self._made_for != options:
                if self._inker is not None:
                    self._inker.close()
                self._inker = self._make(
                    runtime=options.runtime,
                    device=options.device,
                    memory_limit=options.memory * MEGABYTE,
                    notify=self._notify,
                    isolated=True,
                )
                self._made_for = options
            return self._inker

    def describe(self) -> str:
        """The runtime and device really used, or "" before the first run."""
        inker = self._inker
        if inker is None:
            return ""
        place = "in a process of its own" if inker.isolated else "in Krita's process"
        tried = "".join(f"; {python}: {reason}" for python, reason in why_not_isolated().items())
        return f"{inker.runtime_name}, {inker.device_name}, {place}{tried}"

    def close(self) -> None:
        """Let go of the network and its memory."""
        with self._lock:
            if self._inker is not None:
                self._inker.close()
            self._inker, self._made_for = None, None


@dataclass(eq=False)
class CachedFeatures:
    """What is known of a sketch since it was inked; `read` is the `LayerSketch` it was then."""

    document: Any
    sketch: str
    features: Features
    area: Rect
    detail: float
    auto_scale: float | None = None
    read: Any = None

    @property
    def nbytes(self) -> int:
        """Memory held, in bytes."""
        return self.features.nbytes + (0 if self.read is None else self.read.nbytes)


class FeatureCache:
    """The features of the sketches inked last, so that sliders follow; the oldest go when it is full."""

    def __init__(self, limit: int = 768 * MEGABYTE):
        self._limit = limit
        self._items: list[CachedFeatures] = []

    def put(self, item: CachedFeatures) -> None:
        """Keep features, in place of older ones of the same sketch."""
        self._items = [old for old in self._items if not self._same(old, item.document, item.sketch)] + [item]
        while len(self._items) > 1 and sum(kept.nbytes for kept in self._items) > self._limit:
            self._items.pop(0)

    def get(self, document: Any, sketch: str) -> CachedFeatures | None:
        """The features of a sketch, if they are kept."""
        found = next((item for item in self._items if self._same(item, document, sketch)), None)
        if found is not None:
            self._items.remove(found)
            self._items.append(found)
        return found

    def keep_only(self, wanted: Callable[[Any], bool]) -> None:
        """Forget documents that aren't wanted any more."""
        self._items = [item for item in self._items if wanted(item.document)]

    @staticmethod
    def _same(item: CachedFeatures, document: Any, sketch: str) -> bool:
        return item.sketch == sketch and bool(item.document == document)


__all__ = ["CachedFeatures", "Cancelled", "Engine", "EngineOptions", "FeatureCache"]
