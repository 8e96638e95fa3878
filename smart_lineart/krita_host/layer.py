# SPDX-License-Identifier: GPL-3.0-or-later
"""A layer or mask of a Krita document."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from typing import Any

from smart_lineart.inking import Rect

from .layer_box import show_soon
from .lists import children
from .pixels import PixelFormat

try:
    from PyQt6.QtCore import QByteArray
except ImportError:
    from PyQt5.QtCore import QByteArray

MASKS = frozenset({"transparencymask", "filtermask", "transformmask", "selectionmask", "colorizemask"})


class Layer:
    """One layer. Its identity is the same after the file was saved and opened again."""

    def __init__(self, raw: Any):
        self.raw = raw

    @property
    def identity(self) -> str:
        """The layer's UUID."""
        return str(self.raw.uniqueId().toString())

    @property
    def name(self) -> str:
        """What the artist calls it."""
        return str(self.raw.name())

    def rename(self, name: str) -> None:
        """Call it something else; not undoable."""
        self.raw.setName(name)
        show_soon()

    @property
    def kind(self) -> str:
        """Krita's name for its kind: paintlayer, grouplayer, vectorlayer, ..."""
        return str(self.raw.type())

    @property
    def is_mask(self) -> bool:
        """Whether it is a mask, which belongs to the layer above it in the tree."""
        return self.kind in MASKS

    @property
    def passes_through(self) -> bool:
        """Whether it is a group that Krita never composes by itself, see `composing`."""
        return self.kind == "grouplayer" and bool(self.raw.passThroughMode())

    @property
    def parent(self) -> Layer | None:
        """The group it lies in; None if it isn't part of a document."""
        node = self.raw.parentNode()
        return None if node is None or not node.type() else Layer(node)

    def above(self) -> Iterator[Layer]:
        """The layer it is a mask of and the groups it lies in, from the nearest."""
        layer = self.parent
        while layer is not None:
            yield layer
            layer = layer.parent

    @property
    def has_masks(self) -> bool:
        """Whether masks hang on it."""
        return any(Layer(child).is_mask for child in children(self.raw))

    @property
    def has_style(self) -> bool:
        """Whether it has a layer style (drop shadow, outline, ...)."""
        return bool(self.raw.layerStyleToAsl())

    @property
    def visible(self) -> bool:
        """Whether its own eye is open."""
        return bool(self.raw.visible())

    def set_visible(self, visible: bool) -> None:
        """Open or close its eye; not undoable, and shown once the document is refreshed."""
        self.raw.setVisible(visible)
        show_soon()

    @property
    def opacity(self) -> int:
        """Its own opacity, 0 to 255, in the frame shown."""
        return int(self.raw.opacity())

    def set_opacity(self, opacity: int) -> None:
        """Let it show more or less; not undoable, and shown once the document is refreshed.

        A layer whose opacity is animated gets a keyframe of it.
        """
        self.raw.setOpacity(opacity)
        show_soon()

    @property
    def form(self) -> PixelFormat:
        """The layer's own colour space."""
        return PixelFormat(self.raw.colorModel(), self.raw.colorDepth(), self.raw.colorProfile())

    @property
    def bounds(self) -> Rect:
        """The smallest rectangle around what is painted, in image coordinates; may lie outside the canvas."""
        if self.passes_through:  # since 5.3 Krita leaves out what lies in another such group
            inside = [layer.bounds for layer in self.seen_inside() if layer.kind != "filterlayer"]
            return reduce(Rect.united, inside, Rect(0, 0, 0, 0))
        rect = self.raw.bounds()
        return Rect(rect.x(), rect.y(), rect.width(), rect.height())

    def inside(self) -> list[Layer]:
        """The layers of a group, from the bottom."""
        layers = [Layer(child) for child in children(self.raw)]
        return [layer for layer in layers if not layer.is_mask]

    def seen_inside(self) -> list[Layer]:
        """The layers of a group that are not hidden, from the bottom."""
        return [layer for layer in self.inside() if layer.visible]

    # -- pixels

    def copy(self) -> Layer:
        """A copy that isn't part of the document; shares its pixels until one of them changes."""
        return Layer(self.raw.duplicate())

    def own_pixels(self, rect: Rect) -> bytes:
        """The pixels painted on the layer itself."""
        return bytes(self.raw.pixelData(rect.x, rect.y, rect.width, rect.height))

    def shown_pixels(self, rect: Rect) -> bytes:
        """What the layer shows with its masks and children, without its own opacity and style."""
        return bytes(self.raw.projectionPixelData(rect.x, rect.y, rect.width, rect.height))

    def pixels_at(self, rect: Rect, time: int) -> bytes:
        """The pixels of the keyframe shown at a time, of an animated layer."""
        return bytes(self.raw.pixelDataAtTime(rect.x, rect.y, rect.width, rect.height, time))

    def write(self, data: bytes, rect: Rect) -> None:
        """Put pixels into the layer. Not undoable on a layer that is part of a document."""
        self.raw.setPixelData(QByteArray(data), rect.x, rect.y, rect.width, rect.height)

    def blend(self, mode: str) -> None:
        """Show it over others in one of Krita's ways.

        A step to undo where it was shown in another, also for a layer that is not part of the document.
        """
        if self.raw.blendingMode() != mode:
            self.raw.setBlendingMode(mode)

    def make_plain(self) -> None:
        """Normal blending, opaque, visible, unlocked; hardly undoable, so for layers outside the document."""
        self.blend("normal")
        self.raw.setOpacity(255)
        self.raw.setVisible(True)
        self.raw.setLocked(False)
        self.raw.setColorLabel(0)

    # -- frames

    @property
    def animated(self) -> bool:
        """Whether it has keyframes."""
        return bool(self.raw.animated())

    def has_frame(self, time: int) -> bool:
        """Whether a keyframe starts at this time."""
        return bool(self.raw.hasKeyframeAtTime(time))
