# SPDX-License-Identifier: GPL-3.0-or-later
"""Keyframes: reading them one by one, and a lineart layer with the same ones."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any

import numpy as np

from smart_lineart.inking import Rect

from . import view
from .document import Document
from .geometry import reach
from .layer import Layer
from .lineart import Ink, LineartLayer
from .living import afterwards

TURN_MS, TURNS = 5, 40
LONGEST = 100_000  # frames of a clip that are looked at: an hour


@dataclass(frozen=True)
class FrameInk:
    """One frame's coverage, packed: ink is mostly nothing, and a clip has many frames."""

    data: bytes
    area: Rect
    empty: bool = False

    @classmethod
    def pack(cls, coverage: np.ndarray, area: Rect) -> FrameInk:
        """Pack coverage uint8 (h, w)."""
        data = zlib.compress(np.ascontiguousarray(coverage).tobytes(), 1)
        return cls(data, area, not coverage.any())

    def unpack(self) -> np.ndarray:
        """Coverage uint8 (h, w)."""
        return np.frombuffer(zlib.decompress(self.data), np.uint8).reshape(self.area.height, self.area.width)


def key_times(document: Document, layer: Layer) -> list[int]:
    """When keyframes of a layer start."""
    first, last = document.clip
    first, last = max(min(0, first), -LONGEST), min(max(last, document.length), LONGEST)
    return [time for time in range(first, last + 1) if layer.has_frame(time)]


def shown_frame(document: Document, layer: Layer) -> int | None:
    """When the keyframe of a layer that is shown now starts; None of a layer without keyframes."""
    if not layer.animated:
        return None
    return max((time for time in key_times(document, layer) if time <= document.time), default=0)


def frame_area(document: Document, layer: Layer, _time: int) -> Rect:
    """Where to read a frame: Krita tells bounds only of the frame shown, so the whole page and those."""
    return document.page.united(layer.bounds.intersection(reach(document.page)))


def show(document: Document, time: int) -> Generator[int, None, None]:
    """Show a frame once nobody is painting, and wait until Krita does; yields milliseconds.

    Not by `Document.waitForDone`, which lets Krita handle events: the document may be closed in one.
    """
    while True:
        while view.painting() or not document.idle:
            yield TURN_MS
        if document.time == time:
            return
        document.show_time(time)
        for _ in range(TURNS):
            yield TURN_MS
            if document.time == time:
                break


def make_frames(
    document: Document,
    sketch: Layer,
    old: Layer | None,
    name: str,
    times: list[int],
    ink_of: Callable[[Layer, int], Generator[Any, Any, Ink | None]],
    selection: Any,
) -> Generator[Any, Any, Layer]:
    """Put frames of ink into a layer with the sketch's keyframes, which is no part of the document yet.

    The layer is made from a copy of the sketch (or of the lineart there is), so its keyframes are the same;
    frames that weren't asked for stay as they were, or blank in a new layer. Krita writes only into the frame
    shown, so every frame is shown once; then the artist's own is shown again, also where the work is stopped.

    `ink_of` tells, in steps, what to write into the layer at a time while that frame is shown; None: nothing.
    """
    copy = (old or sketch).copy()
    copy.raw.setName(old.name if old else name)
    if old is None:
        copy.make_plain()
    shown = document.time
    ours = set(times)
    with afterwards(document, lambda: document.show_time(shown)):
        for time in key_times(document, copy):
            if old is not None and time not in ours:
                continue
            yield from show(document, time)
            if old is None:
                area = frame_area(document, copy, time)
                copy.write(bytes(area.width * area.height * copy.form.pixel_size), area)
            ink = (yield from ink_of(copy, time)) if time in ours else None
            if ink is not None:
                yield from _write(document, copy, time, ink, selection, fresh=old is None)
            yield
    return copy


def _write(
    document: Document, copy: Layer, time: int, ink: Ink, selection: Any, *, fresh: bool
) -> Generator[Any, None, None]:
    """Write ink into the frame at a time, whatever frames the artist goes to meanwhile."""
    yield from show(document, time)
    target = LineartLayer(document, copy, selection, None if fresh else copy.copy())
    for _ in target.write(ink):
        yield
        yield from show(document, time)


def put_frames(document: Document, sketch: Layer, old: Layer | None, copy: Layer) -> None:
    """Put a layer that `make_frames` gave in the old one's place, or right above the sketch."""
    target = LineartLayer(document, copy, None, None)
    if old is not None and old.parent is not None:
        target.insert(old)
        old.raw.remove()
    else:
        target.insert(sketch)
