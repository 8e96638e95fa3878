# SPDX-License-Identifier: GPL-3.0-or-later
"""Putting lineart into a document: a new layer, or new pixels for one that is there, each as one undoable step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from smart_lineart.inking import Rect

from . import application
from .document import ColourBench, Document, selection_strip
from .geometry import overlap, strips
from .layer import Layer
from .pixels import blend, ink_pixels

CONVERT = "convert_to_paint_layer"


@dataclass(frozen=True)
class Ink:
    """Coverage uint8 (h, w) over an area of the image, and the 8-bit sRGB colour to draw it in."""

    coverage: np.ndarray
    area: Rect
    colour: tuple[int, int, int]


class LineartLayer:
    """A layer that takes ink: inside the artist's selection if there is one, over what was there before.

    Krita keeps no undo for pixels written by a script into a layer of a document. `renew` therefore lets Krita
    itself put an identical copy in the layer's place, which is one undoable step, and writes into the copy alone.
    The layer the artist had is never written to: undo brings it back as it was.
    """

    def __init__(self, document: Document, layer: Layer, selection: Any | None, before: Layer | None):
        self.document = document
        self.layer = layer
        self._selection = selection
        self._before = before
        self._form = layer.form
        self._colours: dict[tuple[int, int, int], np.ndarray] = {}

    @classmethod
    def new(cls, document: Document, name: str, selection: Any | None = None) -> LineartLayer:
        """An empty layer in the document's colour space; `insert` makes it part of the document."""
        return cls(document, document.new_layer(name), selection, None)

    @classmethod
    def renew(cls, document: Document, layer: Layer, selection: Any | None = None) -> LineartLayer:
        """One undoable step that puts a copy of `layer` in its place, ready to take ink."""
        before = layer.copy()
        return cls(document, replace_by_copy(document, layer), selection, before)

    def insert(self, above: Layer) -> None:
        """Put the layer right above another one: one undoable step. The artist's own layer stays selected."""
        parent = above.parent
        if parent is None:
            raise LookupError("the sketch is no longer part of the document")
        active = self.document.active_layer()
        parent.raw.addChildNode(self.layer.raw, above.raw)
        if active is not None:
            self.document.activate(active)

    @property
    def in_document(self) -> bool:
        """Whether the layer is part of the document now (undo takes it out)."""
        return self.layer.parent is not None

    def write(self, ink: Ink, part: Rect | None = None) -> Iterator[None]:
        """Write ink, or the part of it inside `part`, in short steps."""
        colour = self._colour(ink.colour)
        for strip in strips(part or ink.area):
            self._write_strip(strip, ink, colour)
            yield

    def _write_strip(self, strip: Rect, ink: Ink, colour: np.ndarray) -> None:
        coverage = _cut(ink, strip)
        if self._before is None and not coverage.any():
            return
        pixels = ink_pixels(coverage, colour, self._form)
        if self._selection is not None:
            old = (np.zeros_like(pixels) if self._before is None else
                   self._form.array(self._before.own_pixels(strip), strip.height, strip.width))
            pixels = blend(old, pixels, selection_strip(self._selection, strip), self._form)
        self.layer.write(pixels.tobytes(), strip)

    def _colour(self, colour: tuple[int, int, int]) -> np.ndarray:
        if colour not in self._colours:
            with ColourBench() as bench:
                self._colours[colour] = bench.colour(*colour, self._form)
        return self._colours[colour]


def _cut(ink: Ink, rect: Rect) -> np.ndarray:
    """The coverage inside a rectangle, zero where it reaches beyond the ink's area."""
    shared = overlap(ink.area, rect)
    if shared == rect:
        return ink.coverage[rect.y - ink.area.y :, rect.x - ink.area.x :][: rect.height, : rect.width]
    part = np.zeros((rect.height, rect.width), np.uint8)
    if shared.width and shared.height:
        part[shared.y - rect.y :, shared.x - rect.x :][: shared.height, : shared.width] = (
            ink.coverage[shared.y - ink.area.y :, shared.x - ink.area.x :][: shared.height, : shared.width])
    return part


def replace_by_copy(document: Document, layer: Layer) -> Layer:
    """Put an identical copy in a layer's place, as one undoable step where Krita has a way; returns the copy.

    The way is "Convert to Paint Layer", which on a paint layer does just that. It works on the selected layer of the
    active document, and would flatten masks; layers with masks, styles or keyframes are added and removed instead,
    which is two steps.
    """
    active = document.active_layer()
    plain = layer.kind == "paintlayer" and not (layer.has_masks or layer.has_style or layer.animated)
    copy = _convert(document, layer) if plain and application.is_active(document) else None
    if copy is None:
        copy = layer.copy()
        parent = layer.parent
        if parent is None:
            raise LookupError("the lineart is no longer part of the document")
        parent.raw.addChildNode(copy.raw, layer.raw)
        layer.raw.remove()
    _keep_look(layer, copy)
    if active is not None:
        document.activate(copy if active.identity == layer.identity else active)
    return copy


def _convert(document: Document, layer: Layer) -> Layer | None:
    parent = layer.parent
    if parent is None:
        return None
    there = {child.uniqueId().toString() for child in parent.raw.childNodes()}
    locked = layer.raw.locked()
    if locked:
        layer.raw.setLocked(False)
    document.activate(layer)
    application.krita().action(CONVERT).trigger()
    if locked:
        layer.raw.setLocked(True)
    new = [child for child in parent.raw.childNodes() if child.uniqueId().toString() not in there]
    return Layer(new[0]) if len(new) == 1 else None


def _keep_look(source: Layer, target: Layer) -> None:
    """What Krita's conversion forgets."""
    target.raw.setColorLabel(source.raw.colorLabel())
    target.raw.setVisible(source.raw.visible())
    target.raw.setAlphaLocked(source.raw.alphaLocked())
    target.raw.setInheritAlpha(source.raw.inheritAlpha())
    target.raw.setLocked(source.raw.locked())
