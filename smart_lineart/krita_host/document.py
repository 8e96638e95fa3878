# SPDX-License-Identifier: GPL-3.0-or-later
"""A Krita document: its size, layers, selection, frames, and the notes kept in its file."""

from __future__ import annotations

import zlib
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from krita import Selection

from smart_lineart.inking import Rect

from .geometry import strips
from .layer import Layer
from .lists import children
from .outlived import outlived
from .pixels import PixelFormat

try:
    from PyQt6.QtCore import QByteArray
    from PyQt6.QtGui import QColor
except ImportError:
    from PyQt5.QtCore import QByteArray
    from PyQt5.QtGui import QColor

OPAQUE = 255
LONGEST_NOTE = 4 << 20  # bytes of a note that are looked at
BAND = 256  # rows of a selection that are read at once
LOOKED_AT = 100  # rows of a selection that tell its shape: 1 ms for A4 at 600 dpi, where all take 180
MOST_DATA = 1 << 30  # bytes of anything else


@dataclass(frozen=True)
class Selected:
    """What the artist has selected. Two are equal where they are the same part of the page, all but what is
    less than a hundredth of it high.

    Attributes:
        box: the smallest rectangle around it, px.
        shape: a checksum of rows of it.
    """

    box: Rect
    shape: int

    @classmethod
    def of(cls, selection: Any) -> Selected:
        """Krita's, of which something is selected."""
        box = selected_box(selection)
        many = min(LOOKED_AT, box.height)
        tops = [box.y + (2 * number + 1) * box.height // (2 * many) for number in range(many)]
        shape = 0
        for top in tops:
            shape = zlib.crc32(bytes(selection.pixelData(box.x, top, box.width, 1)), shape)
        return cls(box, shape)


class Document:
    """One open document. Two objects are equal when they stand for the same open document."""

    def __init__(self, raw: Any):
        self.raw = raw

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Document) and bool(self.raw == other.raw)

    __hash__ = None  # type: ignore[assignment]  # identity lies in Krita, not in this object

    @property
    def name(self) -> str:
        """What the artist calls it."""
        return str(self.raw.name() or self.raw.fileName())

    @property
    def page(self) -> Rect:
        """The canvas."""
        return Rect(0, 0, self.raw.width(), self.raw.height())

    @property
    def ppi(self) -> float:
        """Pixels per inch."""
        return float(self.raw.resolution())

    @property
    def form(self) -> PixelFormat:
        """The document's own colour space."""
        return PixelFormat(self.raw.colorModel(), self.raw.colorDepth(), self.raw.colorProfile())

    @property
    def has_background(self) -> bool:
        """Whether a colour lies under all layers, so that Krita's chequers are never seen."""
        return self.background[-1] == OPAQUE

    @property
    def background(self) -> tuple[int, int, int, int]:
        """The colour under all layers: red, green, blue, alpha, 0 to 255 each."""
        return self.raw.backgroundColor().getRgb()

    def set_background(self, colour: tuple[int, int, int, int]) -> None:
        """Put a colour under all layers, and show it; not undoable.

        Krita composes the whole page, and handles events, in which the document may be closed.
        """
        with outlived():
            self.raw.setBackgroundColor(QColor(*colour))

    # -- layers

    def active_layer(self) -> Layer | None:
        """The layer the artist has selected; None right after opening, until Krita has settled.

        Since 5.3 Krita handles events first, in which the document may be closed.
        """
        with outlived():
            node = self.raw.activeNode()
        return None if node is None else Layer(node)

    def activate(self, layer: Layer) -> None:
        """Make a layer the selected one. Since 5.3 Krita handles events then, as in `active_layer`."""
        with outlived():
            self.raw.setActiveNode(layer.raw)

    def layers(self) -> Iterator[Layer]:
        """Every layer and mask, from the bottom, groups before their children."""
        waiting = children(self.raw.rootNode())
        while waiting:
            node = waiting.pop(0)
            yield Layer(node)
            waiting = children(node) + waiting

    def layer(self, identity: str) -> Layer | None:
        """The layer with this identity, if it is in the document now."""
        if not identity:
            return None
        return next((layer for layer in self.layers() if layer.identity == identity), None)

    def new_layer(self, name: str) -> Layer:
        """A paint layer in the document's colour space, not yet part of the document."""
        return Layer(self.raw.createNode(name, "paintlayer"))

    def new_group(self, name: str, layers: Iterable[Layer]) -> Layer:
        """A group of new layers, the first at the bottom; none of them is part of the document yet."""
        group = self.raw.createGroupLayer(name)
        # Not one by one: Krita takes a step to undo for each, of which nothing is seen.
        group.setChildNodes([layer.raw for layer in layers])
        return Layer(group)

    def insert(self, layer: Layer, above: Layer) -> None:
        """Put a new layer right above another one: one undoable step. Krita soon selects it."""
        parent = above.parent
        if parent is None:
            raise LookupError("the layer below is no longer part of the document")
        parent.raw.addChildNode(layer.raw, above.raw)

    def refresh(self) -> None:
        """Show pixels written into a layer that is part of the document already, at once.

        Krita composes the whole page meanwhile, after what it was composing already: see `refreshing`. It
        handles events then, in which the document may be closed.
        """
        with outlived():
            self.raw.refreshProjection()

    @property
    def idle(self) -> bool:
        """Whether Krita has composed all that was changed."""
        if not self.raw.tryBarrierLock():
            return False
        self.raw.unlock()
        return True

    # -- selection

    @property
    def selected(self) -> Selected | None:
        """What the artist has selected, to compare; None where that is nothing."""
        selection = self._selection()
        return None if selection is None else Selected.of(selection)

    @property
    def has_selection(self) -> bool:
        """Whether the artist has selected anything."""
        return self._selection() is not None

    def selection(self) -> Any | None:
        """The artist's selection as it is now (a copy), or None."""
        selection = self._selection()
        return None if selection is None else selection.duplicate()

    def select(self, mask: np.ndarray, area: Rect, how: str = "new") -> None:
        """Select what a mask, uint8 (height, width), shows of an area; "add" it to what is selected, or
        "subtract" it from that.
        """
        chosen, there = Selection(), self.selection()
        chosen.setPixelData(QByteArray(mask.tobytes()), area.x, area.y, area.width, area.height)
        if how == "add" and there is not None:
            there.add(chosen)
            chosen = there
        elif how == "subtract":
            if there is None:
                return
            there.subtract(chosen)
            chosen = there
        self.raw.setSelection(chosen)

    def _selection(self) -> Any | None:
        selection = self.raw.selection()
        if selection is None or selection.width() == 0 or selection.height() == 0:
            return None
        return selection

    # -- frames

    @property
    def time(self) -> int:
        """The frame shown."""
        return int(self.raw.currentTime())

    def moment_of(self, layer: Layer) -> int | None:
        """The frame shown, which tells of a layer with keyframes; None of another."""
        return self.time if layer.animated else None

    def show_time(self, time: int) -> None:
        """Show another frame soon; see `frames.show`."""
        self.raw.setCurrentTime(time)

    @property
    def clip(self) -> tuple[int, int]:
        """First and last frame of the clip."""
        return int(self.raw.fullClipRangeStartTime()), int(self.raw.fullClipRangeEndTime())

    @property
    def length(self) -> int:
        """How many frames the animation has."""
        return int(self.raw.animationLength())

    # -- notes in the file

    def note(self, key: str) -> str:
        """A text kept in the document, saved with it; "" if there is none."""
        data = self.data(key, LONGEST_NOTE)  # whoever made the file may have put in anything
        return (data or b"").decode("utf-8", "replace")

    def set_note(self, key: str, title: str, text: str) -> None:
        """Keep a text in the document; it is saved with the .kra file."""
        self.set_data(key, title, text.encode("utf-8"))

    def data_keys(self) -> list[str]:
        """The keys of all that is kept in the document, by whomever."""
        return [str(key) for key in self.raw.annotationTypes()]

    def data(self, key: str, most: int = MOST_DATA) -> bytes | None:
        """Bytes kept in the document, saved with it, the first `most` of them; None if there are none."""
        return bytes(self.raw.annotation(key).left(most)) if key in self.raw.annotationTypes() else None

    def set_data(self, key: str, title: str, data: bytes) -> None:
        """Keep bytes in the document; they are saved with the .kra file."""
        self.raw.setAnnotation(key, title, QByteArray(data))

    def remove_data(self, key: str) -> None:
        """Forget what was kept."""
        self.raw.removeAnnotation(key)


def selected_over(selection: Any | None, area: Rect) -> Generator[None, None, np.ndarray | None]:
    """How far each pixel of an area is selected, uint8 (height, width), read in short steps; None without a
    selection.
    """
    if selection is None:
        return None
    out = np.zeros((area.height, area.width), np.uint8)
    for band in strips(selected_box(selection).intersection(area), most_rows=BAND):
        top, left = band.y - area.y, band.x - area.x
        out[top : top + band.height, left : left + band.width] = selection_strip(selection, band)
        yield
    return out


def selected_box(selection: Any) -> Rect:
    """The smallest rectangle around all that is selected."""
    return Rect(selection.x(), selection.y(), selection.width(), selection.height())


def selection_strip(selection: Any, rect: Rect) -> np.ndarray:
    """How far each pixel of a rectangle is selected, uint8 (height, width)."""
    data = bytes(selection.pixelData(rect.x, rect.y, rect.width, rect.height))
    return np.frombuffer(data, np.uint8).reshape(rect.height, rect.width)
