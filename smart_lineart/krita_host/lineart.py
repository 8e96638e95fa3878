# SPDX-License-Identifier: GPL-3.0-or-later
"""Putting lineart into a document: a new layer, or new pixels for an old one, each as one undoable step."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from smart_lineart.inking import InkError, InkRecord, Merge, Rect
from smart_lineart.inking.renewing.merging import BENEATH, WRITE
from smart_lineart.inking.renewing.regional import HALF

from . import application
from .colour import as_pixel
from .document import Document, selection_strip
from .geometry import strips
from .layer import Layer
from .layer_box import show_soon
from .lists import children
from .living import afterwards
from .pen_down import strokes_stay_on
from .pixels import PixelFormat, alpha_to_byte, blend, ink_pixels, lay_beneath

CHANGING = WRITE | BENEATH
CONVERT = "convert_to_paint_layer"
CONVERT_MS, CONVERT_TURNS = 5, 1000


class NotRenewed(InkError):
    """Krita did not let the layer be replaced."""

    usual = (
        "Krita did not let the lineart be updated: finish what is under way, such as a transform, "
        "and try again."
    )


@dataclass(frozen=True)
class Ink:
    """Coverage uint8 (h, w) over an area of the image, and Krita's colour to draw it in (None: black), or
    the layer's own pixel of it.

    With a `merge` over the same area, it says what becomes of each pixel of the layer. `paints`: regions, as
    records of how far each pixel belongs to one, with the layer's own pixel of their colour.
    """

    coverage: np.ndarray
    area: Rect
    colour: Any | None
    merge: Merge | None = None
    paints: tuple[tuple[InkRecord, np.ndarray], ...] = ()

    def colours(self, colour: np.ndarray, strip: Rect) -> np.ndarray:
        """The colour of each pixel of a strip, (h, w, channels), or (channels,) where it is one."""
        for region, pixel in self.paints:
            if (mask := region.coverage(strip) >= HALF).any():
                colour = np.where(mask[..., None], pixel, colour)
        return colour


class LineartLayer:
    """A layer that takes ink: inside the artist's selection if there is one, over what was there before.

    Krita keeps no undo for pixels written by a script into a layer of a document. `renew` therefore lets
    Krita itself put an identical copy in the layer's place, which is one undoable step, and writes into the
    copy alone. The layer the artist had is never written to: undo brings it back as it was.
    """

    def __init__(self, document: Document, layer: Layer, selection: Any | None, before: Layer | None):
        self.document = document
        self.layer = layer
        self._selection = selection
        self._before = before
        self._form = layer.form

    @classmethod
    def new(cls, document: Document, name: str, selection: Any | None = None) -> LineartLayer:
        """An empty layer in the document's colour space; `insert` makes it part of the document."""
        return cls(document, document.new_layer(name), selection, None)

    @classmethod
    def renew(
        cls, document: Document, layer: Layer, selection: Any | None = None
    ) -> Generator[int, None, LineartLayer]:
        """One undoable step that puts a copy of `layer` in its place, ready for ink; yields milliseconds."""
        before = layer.copy()
        copy = yield from replace_by_copy(document, layer)
        return cls(document, copy, selection, before)

    @classmethod
    def reopen(cls, document: Document, layer: Layer) -> LineartLayer:
        """Go on writing into a layer that `renew` gave, in the same undoable step.

        Only while the artist has not painted on it: Krita's undo of their strokes knows nothing of ours.
        """
        return cls(document, layer, None, layer.copy())

    def insert(self, above: Layer) -> None:
        """Put the layer right above another one: one undoable step. Krita soon selects it."""
        parent = above.parent
        if parent is None:
            raise LookupError("the sketch is no longer part of the document")
        parent.raw.addChildNode(self.layer.raw, above.raw)

    @property
    def in_document(self) -> bool:
        """Whether the layer is part of the document now (undo takes it out)."""
        return self.layer.parent is not None

    def write(self, ink: Ink, *, once: bool = False) -> Iterator[None]:
        """Write ink in short steps; where it is not merged it takes the place of what was there.

        `once`: nothing else was written since `renew`. Then only what changes is written, and what the artist
        has painted meanwhile stays.
        """
        colour = ink.colour if isinstance(ink.colour, np.ndarray) else as_pixel(ink.colour, self._form)
        for strip in strips(ink.area):
            if self._needed(ink, strip, once=once):
                self._write_strip(strip, ink, colour, once=once)
                yield

    def _needed(self, ink: Ink, strip: Rect, *, once: bool) -> bool:
        rows = slice(strip.y - ink.area.y, strip.y - ink.area.y + strip.height)
        if self._before is None:
            return bool(ink.coverage[rows].any())
        return not once or ink.merge is None or bool((ink.merge.action[rows] & CHANGING).any())

    def _write_strip(self, strip: Rect, ink: Ink, colour: np.ndarray, *, once: bool) -> None:
        rows = slice(strip.y - ink.area.y, strip.y - ink.area.y + strip.height)
        colour = ink.colours(colour, strip)
        pixels = ink_pixels(ink.coverage[rows], colour, self._form)
        old = np.zeros_like(pixels)
        if self._before is not None:
            old = self._form.array(self._before.own_pixels(strip), strip.height, strip.width)
        if ink.merge is not None:
            pixels = _merged(old, pixels, ink.merge.action[rows], colour, self._form)
        if self._selection is not None:
            pixels = blend(old, pixels, selection_strip(self._selection, strip), self._form)
        if once and self._before is not None:
            now = self._form.array(self.layer.own_pixels(strip), strip.height, strip.width)
            late = (now != old).any(axis=-1)
            pixels = np.where(late[..., None], now, pixels)
        self.layer.write(pixels.tobytes(), strip)


def _merged(
    old: np.ndarray, ink: np.ndarray, action: np.ndarray, colour: np.ndarray, form: PixelFormat
) -> np.ndarray:
    """Pixels of a layer, (h, w, channels), with what a merge's actions, uint8 (h, w), ask for; `colour`:
    (channels,) or (h, w, channels).
    """
    pixels = np.where((action & WRITE > 0)[..., None], ink, old)
    under = action & BENEATH > 0
    if under.any():
        below = colour[under] if colour.ndim > 1 else colour
        pixels[under] = lay_beneath(old[under], alpha_to_byte(ink[under][:, -1], form), below, form)
    return pixels


def replace_by_copy(document: Document, layer: Layer) -> Generator[int, None, Layer]:
    """Put an identical copy in a layer's place, as one undoable step where Krita has a way; returns the copy.

    The way is "Convert to Paint Layer", which on a paint layer does just that. It works on the selected layer
    of the active document, and would flatten masks; layers with masks, styles or keyframes are added and
    removed instead, which is two steps. Krita soon selects the copy. Yields milliseconds to wait.
    """
    parent = layer.parent
    if parent is None:
        raise NotRenewed
    if renews_in_one_step(layer):
        copy = yield from _convert(document, layer, parent)
    else:
        copy = layer.copy()
        parent.raw.addChildNode(copy.raw, layer.raw)
        layer.raw.remove()
    _keep_look(layer, copy)
    return copy


def renews_in_one_step(layer: Layer) -> bool:
    """Whether Krita has a way to replace this layer as one undoable step.

    Scripts can't join undoable steps. Of the actions that are one step by themselves and replace a layer,
    "Convert to Paint Layer" and the merging ones flatten masks and styles and keep the frame shown alone;
    duplicating and removing keep all, but are never joined (KisNodeJugglerCompressed joins only steps of one
    name).
    """
    return layer.kind == "paintlayer" and not (layer.has_masks or layer.has_style or layer.animated)


def _convert(document: Document, layer: Layer, parent: Layer) -> Generator[int, None, Layer]:
    there = _by_identity(parent)
    locked = layer.raw.locked()
    if locked:
        layer.raw.setLocked(False)
    with afterwards(document, lambda: layer.raw.setLocked(locked)):
        # Krita converts what is selected in the document in front, whichever that is.
        if not application.is_active(document):
            raise NotRenewed
        here = document.active_layer()
        home = None if here is None or here.identity == layer.identity else here
        document.activate(layer)
        application.trigger(CONVERT)
        # A stroke that comes down meanwhile belongs where the artist is. They may have closed it just now.
        if home is not None and application.is_open(document):
            document.activate(home)
        is_copy = lambda one: one.identity not in there and one.name == layer.name  # noqa: E731
        with strokes_stay_on(document, home, is_copy):
            for _ in range(CONVERT_TURNS):  # Krita does it when what it has begun before is done
                yield CONVERT_MS
                now = _by_identity(parent)
                # The artist may add layers meanwhile, or convert another.
                copies = [one for one in now.values() if is_copy(one)]
                if copies and layer.identity not in now:
                    return copies[0]
    raise NotRenewed


def _by_identity(parent: Layer) -> dict[str, Layer]:
    layers = [Layer(child) for child in children(parent.raw)]
    return {layer.identity: layer for layer in layers}


def _keep_look(source: Layer, target: Layer) -> None:
    """What Krita's conversion forgets. Only differences are set: the layer box doesn't know the copy yet."""
    for name in ("colorLabel", "visible", "alphaLocked", "inheritAlpha", "locked"):
        value = getattr(source.raw, name)()
        if getattr(target.raw, name)() != value:
            getattr(target.raw, "set" + name[0].upper() + name[1:])(value)
            show_soon()
