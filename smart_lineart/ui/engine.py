# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine as the docker uses it: made when first needed, with the artist's device and memory."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from smart_lineart.inking import (
    Cancelled,
    Features,
    Inker,
    ModelError,
    Rect,
    RuntimeMissing,
    Sketch,
    Style,
    why_not_isolated,
)
from smart_lineart.inking.styles import find_style

from .settings import InkSettings

MEGABYTE = 1 << 20
MIN_SCALE, MAX_SCALE = 1 / 16, 2.0
LEAST_MB, MOST_MB = 128, 16384


@dataclass(frozen=True)
class EngineOptions:
    """What the artist allows: which runtime and device, and how much memory a run may use, in MB."""

    runtime: str = "auto"
    device: str = "auto"
    memory: int = 1024

    @classmethod
    def from_dict(cls, values: object) -> EngineOptions:
        """Options from a file: what is missing, unknown or out of range keeps its default."""
        options = cls()
        if not isinstance(values, dict):
            return options
        runtime, device, memory = (values.get(name) for name in ("runtime", "device", "memory"))
        return cls(
            runtime if isinstance(runtime, str) else options.runtime,
            device if isinstance(device, str) else options.device,
            min(MOST_MB, max(LEAST_MB, memory)) if isinstance(memory, int) else options.memory,
        )


class Engine:
    """Prepares and renders, each on a worker's thread. The network is loaded at the first run."""

    def __init__(self, notify: Callable[[str], None], make: Callable[..., Inker] = Inker):
        self._notify = notify
        self._make = make
        self._inker: Inker | None = None
        self._made_for: EngineOptions | None = None
        self._lock = threading.Lock()
        self.options = EngineOptions()
        self.find_style: Callable[[str], Style] = find_style

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
        try:
            return self._prepare(sketch, settings, progress, cancelled, auto_scale)
        except (ModelError, RuntimeMissing):
            self.close()  # the artist may mend it meanwhile: the next run looks at model and runtime again
            raise

    def _prepare(
        self,
        sketch: Sketch,
        settings: InkSettings,
        progress: Callable[[float], None],
        cancelled: Callable[[], bool],
        auto_scale: float | None,
    ) -> Features:
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
            style=self.find_style(settings.style),
            faint=settings.faint,
            region=region,
            cancelled=cancelled,
        )

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
    """What is known of a sketch since it was inked."""

    document: Any
    sketch: str
    features: Features
    area: Rect
    detail: float
    auto_scale: float | None = None


class FeatureCache:
    """The features of the sketches inked last, so that sliders follow; the oldest go when it is full."""

    def __init__(self, limit: int = 768 * MEGABYTE):
        self._limit = limit
        self._items: list[CachedFeatures] = []

    def put(self, item: CachedFeatures) -> None:
        """Keep features, in place of older ones of the same sketch."""
        self._items = [old for old in self._items if not self._same(old, item.document, item.sketch)] + [item]
        while len(self._items) > 1 and sum(kept.features.nbytes for kept in self._items) > self._limit:
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
