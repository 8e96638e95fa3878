# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine as the docker uses it: made when first needed, with the artist's device and memory."""

from __future__ import annotations

import contextlib
import ctypes
import math
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from smart_lineart.inking import (
    Calibration,
    Cancelled,
    Features,
    FreshInk,
    Inker,
    Lines,
    ModelError,
    PictureReader,
    Rect,
    RuntimeMissing,
    Sketch,
    Style,
    why_not_isolated,
)
from smart_lineart.inking.brushes.styles import find_style
from smart_lineart.inking.hues.lines import LineHues
from smart_lineart.inking.hues.palette import Palette
from smart_lineart.inking.page.scale import MAX_SCALE, MIN_SCALE
from smart_lineart.inking.strokes import Strokes
from smart_lineart.said import Said

from .line_hues import NOTED, lines_of, noted
from .picture_kinds import is_kind
from .picture_reading import FoundInPicture, find_in
from .settings import InkSettings

MEGABYTE = 1 << 20
DETAILS = 4  # of one sketch, whose features are kept
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


@dataclass(frozen=True)
class Earlier:
    """What is known of a sketch from before.

    Attributes:
        features: of an earlier state of it, over the same area.
        calibration: how it was seen then.
        changed: where alone it has changed since, px of the sketch; None if that is not known.
        auto_scale: the scale that follows the sketch; the artist's detail is relative to it.
    """

    features: Features | None = None
    calibration: Calibration | None = None
    changed: Rect | None = None
    auto_scale: float | None = None


class Engine:
    """Prepares and renders, each on a worker's thread. The network is loaded at the first run."""

    def __init__(
        self,
        notify: Callable[[Said], None],
        make: Callable[..., Inker] = Inker,
        make_reader: Callable[..., PictureReader] = PictureReader,
    ):
        self._notify = notify
        self._make, self._make_reader = make, make_reader
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
        earlier: Earlier | None = None,
    ) -> Features:
        """Read the sketch's lines; what is known of it from before makes that quick. Raises InkError."""
        try:
            return self._prepare(sketch, settings, progress, cancelled, earlier or Earlier())
        except (ModelError, RuntimeMissing):
            self.close()  # the artist may mend it meanwhile: the next run looks at model and runtime again
            raise

    def _prepare(
        self,
        sketch: Sketch,
        settings: InkSettings,
        progress: Callable[[float], None],
        cancelled: Callable[[], bool],
        earlier: Earlier,
    ) -> Features:
        inker = self.inker(self.options)
        scale, auto_scale = None, earlier.auto_scale
        if settings.detail:
            if auto_scale is None:
                auto_scale = inker.find_scale(
                    sketch, progress=lambda done: progress(done / 2), cancelled=cancelled
                )
            scale = min(MAX_SCALE, max(MIN_SCALE, auto_scale * 2.0**settings.detail))
        return inker.prepare(
            sketch,
            detail=scale,
            previous=earlier.features,
            calibration=earlier.calibration,
            changed=earlier.changed,
            progress=progress,
            cancelled=cancelled,
        )

    def read_picture(
        self, picture: Any, progress: Callable[[float], None], cancelled: Callable[[], bool]
    ) -> FoundInPicture:
        """Find lines, edges and fills in a finished picture, a `LayerSketch`. Raises InkError.

        Its network has a process of its own for as long as that takes, and the sketches' none meanwhile, so
        that both together need no more memory than one.
        """
        if self._inker is not None:
            self._inker.release_memory()
        with self._make_reader(**self._wishes(self.options)) as reader:
            return find_in(reader, picture, progress, cancelled)

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
            weight=settings.weight,
            cut=settings.cut,
            region=region,
            cancelled=cancelled,
        )

    def draw(
        self,
        item: CachedFeatures,
        settings: InkSettings,
        *,
        part: Rect | None = None,
        cancelled: Callable[[], bool] | None = None,
        others: Mapping[float, CachedFeatures] | None = None,
        hue: str = "",
    ) -> FreshInk:
        """Ink of a sketch, or of the `part` of it (px of the image).

        `others`: its lines with other details, for regions that have one of their own. `hue`: what goes into
        the layer of this colour, as `lines_of` tells.
        """
        known = {**(others or {}), item.detail: item}

        def drawn(faint: float | None, cancelled: Callable[[], bool] | None) -> FreshInk:
            def inside(values: dict[str, Any], part: Rect) -> FreshInk | None:
                own = settings.with_values(values)
                lines = known.get(own.detail)
                part = Rect(0, 0, 0, 0) if lines is None else part.intersection(lines.area)
                if lines is None or not part.width or not part.height:
                    return None
                return self._drawn(lines, own, part, cancelled, hue, faint)

            return replace(self._drawn(item, settings, part, cancelled, hue, faint), inside=inside)

        return replace(drawn(None, cancelled), every=lambda: drawn(0.0, None))

    def _drawn(
        self,
        item: CachedFeatures,
        settings: InkSettings,
        part: Rect | None,
        cancelled: Callable[[], bool] | None,
        hue: str,
        faint: float | None,
    ) -> FreshInk:
        """`faint`: in the place of that of the settings, to draw every line there is; else None."""
        settings = settings if faint is None else settings.with_value("faint", faint)
        features, area = lines_of(item, settings, hue, every=faint is not None), item.area
        part = part or area
        region = Rect(part.x - area.x, part.y - area.y, part.width, part.height)
        coverage = self.render(features, settings, region, cancelled)
        strokes = features.drawn_at(settings.faint, settings.weight, settings.cut)
        strokes = strokes.shifted(-region.x, -region.y)
        lines = Lines(strokes, settings.thickness, self.find_style(settings.style))
        notes = {"sketch": item.notes()}
        return FreshInk(coverage, part, settings.thickness, lines, notes, weight=settings.weight)

    def inker(self, options: EngineOptions) -> Inker:
        """The engine for these options."""
        with self._lock:
            if self._inker is None or self._made_for != options:
                if self._inker is not None:
                    self._inker.close()
                self._inker = self._make(**self._wishes(options))
                self._made_for = options
            return self._inker

    def _wishes(self, options: EngineOptions) -> dict[str, Any]:
        return {
            "runtime": options.runtime,
            "device": options.device,
            "memory_limit": options.memory * MEGABYTE,
            "notify": self._notify,
            "isolated": True,
        }

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
    """What is known of a sketch since it was inked, or of a finished picture since lines were taken from it;
    `read` is the `LayerSketch` it was then.

    `palette`: the colours that its lines have, once they were looked for; `hues`: which line has which;
    `looked`: whether these very lines were looked at: while drawing goes on live, the colours stay as known.
    `picture`: what was found in a picture, whose lines are then `features`, too.
    """

    document: Any
    sketch: str
    features: Features
    area: Rect
    detail: float
    auto_scale: float | None = None
    read: Any = None
    palette: Palette | None = None
    hues: LineHues | None = None
    looked: bool = False
    picture: FoundInPicture | None = None

    @property
    def kinds(self) -> dict[str, Features]:
        """What was found in a picture, by its kind; nothing of a sketch."""
        return self.picture.kinds if self.picture is not None else {}

    @property
    def nbytes(self) -> int:
        """Memory held, in bytes."""
        parts = [self.features, *self.kinds.values()]
        return sum(one.nbytes for one in parts) + (0 if self.read is None else self.read.nbytes)

    @cached_property
    def extent(self) -> float:
        """How far its lines reach, px."""
        return float(self.features.strokes.extent)

    def notes(self) -> dict[str, Any]:
        """What lets the sketch be seen the same way when its file is opened again, as plain values."""
        calibration = self.features.calibration
        return {
            "area": list(self.area),
            "detail": self.detail,
            "extent": self.extent,
            "auto_scale": self.auto_scale,
            "calibration": calibration.to_dict() if calibration is not None else None,
            **({} if self.palette is None else {NOTED: self.palette.to_dict()}),
        }

    @classmethod
    def from_notes(cls, document: Any, sketch: str, notes: Any) -> CachedFeatures | None:
        """A sketch whose lines are not known, only how it was seen; None of notes that make no sense."""
        try:
            area = Rect(*(int(value) for value in notes["area"]))
            detail = float(notes["detail"])
            auto = None if notes["auto_scale"] is None else float(notes["auto_scale"])
            if auto is not None and not MIN_SCALE <= auto <= MAX_SCALE:
                return None
            calibration = Calibration.from_dict(notes["calibration"])
        except (ArithmeticError, LookupError, TypeError, ValueError):
            return None
        scale = calibration.scale if calibration is not None else 1.0
        lines = Features(
            (area.height, area.width),
            scale,
            inverted=False,
            strokes=Strokes.empty(),
            solid=None,
            calibration=calibration,
        )
        return cls(document, sketch, lines, area, detail, auto, palette=noted(notes))


def noted_extent(notes: Any) -> float | None:
    """How far a sketch's lines reach, px, as `CachedFeatures.notes` told it; None if that is not known."""
    extent = notes.get("extent") if isinstance(notes, dict) else None
    if isinstance(extent, bool) or not isinstance(extent, (int, float)):
        return None
    return float(extent) if 0 <= extent < math.inf else None


class FeatureCache:
    """The features of the sketches inked last, so that sliders follow; the oldest go when it is full."""

    def __init__(self, limit: int = 768 * MEGABYTE):
        self._limit = limit
        self._items: list[CachedFeatures] = []

    def put(self, item: CachedFeatures) -> None:
        """Keep features, in place of older ones of the same sketch and detail."""
        of_picture = item.picture is not None
        same = [old for old in self._items if self._same(old, item.document, item.sketch, of_picture)]
        gone = [old for old in same if old.detail == item.detail] or same[: 1 - DETAILS]
        self._items = [old for old in self._items if old not in gone] + [item]
        while len(self._items) > 1 and sum(kept.nbytes for kept in self._items) > self._limit:
            self._items.pop(0)

    def all(self, document: Any, sketch: str, hue: str = "") -> dict[float, CachedFeatures]:
        """The features of a sketch by their detail."""
        of_picture = is_kind(hue)
        return {item.detail: item for item in self._items if self._same(item, document, sketch, of_picture)}

    def get(
        self, document: Any, sketch: str, detail: float | None = None, hue: str = ""
    ) -> CachedFeatures | None:
        """The features of a sketch, if they are kept: those used last, or those of a detail. Where the `hue`
        is a kind of a finished picture's, what was found in that.
        """
        of_picture = is_kind(hue)
        same = (item for item in reversed(self._items) if self._same(item, document, sketch, of_picture))
        found = next((item for item in same if detail is None or item.detail == detail), None)
        if found is not None:
            self._items.remove(found)
            self._items.append(found)
        return found

    def keep_only(self, wanted: Callable[[Any], bool]) -> None:
        """Forget documents that aren't wanted any more."""
        kept = [item for item in self._items if wanted(item.document)]
        if len(kept) < len(self._items):
            self._items = kept
            _give_back_memory()

    @staticmethod
    def _same(item: CachedFeatures, document: Any, sketch: str, of_picture: bool) -> bool:
        same = item.sketch == sketch and bool(item.document == document)
        return same and (item.picture is not None) == of_picture


def _give_back_memory() -> None:
    """Hand what was freed back to the system: glibc keeps it for the process otherwise."""
    with contextlib.suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)


__all__ = ["CachedFeatures", "Cancelled", "Engine", "EngineOptions", "FeatureCache"]
