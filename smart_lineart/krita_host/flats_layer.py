# SPDX-License-Identifier: GPL-3.0-or-later
"""A layer of flats: read, put under its lineart, and written anew, each as one undoable step."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from typing import Any

import numpy as np

from smart_lineart.inking import Rect

from .colour import convert
from .document import Document
from .geometry import strips
from .layer import Layer
from .lineart import replace_by_copy
from .lists import children
from .pixels import SRGB, PixelFormat

NORMAL, BEHIND, MULTIPLY = "normal", "behind", "multiply"


def read_pixels(
    layer: Layer, area: Rect, form: PixelFormat | None = None
) -> Generator[None, None, list[np.ndarray]]:
    """A layer's own pixels over an area, in strips from the top, (height, width, channels) each, in short
    steps; in another colour space where one is named. Pass a copy where the artist may go on painting.
    """
    own, found = layer.form, []
    form = form or own
    for strip in strips(area) if area.width else ():
        data = convert(layer.own_pixels(strip), strip.width, strip.height, own, form)
        found.append(form.array(data, strip.height, strip.width))
        yield
    return found


def pixels_of_colours(colours: Iterable[tuple[int, int, int]], form: PixelFormat) -> np.ndarray:
    """Opaque colours, sRGB 0 to 255 as R, G, B, as pixels of a layer, (n, channels).

    Krita converts them, and handles events meanwhile.
    """
    opaque = np.array([(*colour[::-1], 255) for colour in colours], np.uint8).reshape(-1, 4)
    if not len(opaque):
        return np.zeros((0, form.channels), form.dtype)
    return form.array(convert(opaque.tobytes(), len(opaque), 1, SRGB, form), 1, len(opaque))[0]


def colours_of_pixels(pixels: np.ndarray, form: PixelFormat) -> list[tuple[int, int, int]]:
    """Pixels of a layer, (n, channels), as sRGB 0 to 255, R, G, B, without their alpha.

    Krita converts them, and handles events meanwhile.
    """
    if not len(pixels):
        return []
    data = convert(np.ascontiguousarray(pixels).tobytes(), len(pixels), 1, form, SRGB)
    return [(red, green, blue) for blue, green, red, _ in SRGB.array(data, 1, len(pixels))[0].tolist()]


class FlatsLayer:
    """A layer of flats that is being written.

    Krita keeps no undo of what a script writes into a layer of a document. So a new one is filled before it
    is put in, and another is replaced by a copy, which is a step, and that is written into.
    """

    def __init__(self, layer: Layer, before: Layer | None):
        self.layer = layer
        self._before = before
        self._form = layer.form

    @classmethod
    def new(cls, document: Document, name: str) -> FlatsLayer:
        """A blank one in the document's colour space, not part of the document yet."""
        return cls(document.new_layer(name), None)

    @classmethod
    def renew(cls, document: Document, layer: Layer, before: Layer) -> Generator[int, None, FlatsLayer]:
        """One undoable step that puts a copy in a layer's place, ready to be written; yields milliseconds.

        `before`: a copy of it from when it was read. Raises NotRenewed.
        """
        return cls((yield from replace_by_copy(document, layer)), before)

    def write(self, codes: np.ndarray, pixels: np.ndarray) -> Iterator[None]:
        """Write the pixels, (codes, channels), that codes (height, width) of the page stand for, in short
        steps: those that change. What the artist has painted since it was read stays.
        """
        height, width = codes.shape
        for strip in strips(Rect(0, 0, width, height)):
            part = codes[strip.y : strip.bottom]
            if self._before is None:
                if part.any():
                    self.layer.write(pixels[part].tobytes(), strip)
            else:
                self._write_changes(strip, pixels[part])
            yield

    def _write_changes(self, strip: Rect, wanted: np.ndarray) -> None:
        assert self._before is not None
        old, now = (
            self._form.array(layer.own_pixels(strip), strip.height, strip.width)
            for layer in (self._before, self.layer)
        )
        wanted = np.where((wanted[..., -1:] == 0) & (old[..., -1:] == 0), old, wanted)
        changes = (wanted != old).any(axis=-1) & (now == old).all(axis=-1)
        if changes.any():
            self.layer.write(np.where(changes[..., None], wanted, now).tobytes(), strip)

    def shows(self, area: Rect, codes: np.ndarray, pixels: np.ndarray) -> Generator[None, None, bool]:
        """Whether the layer shows what codes (height, width) stand for in `pixels`, (codes, channels), all
        over an area; in short steps.
        """
        for strip in strips(area) if area.width else ():
            rows = slice(strip.y - area.y, strip.y - area.y + strip.height)
            wanted = pixels[codes[rows]]
            now = self._form.array(self.layer.own_pixels(strip), strip.height, strip.width)
            if not alike(now, wanted).all():
                return False
            yield
        return True

    def patch(self, area: Rect, before: np.ndarray, after: np.ndarray, pixels: np.ndarray) -> Iterator[None]:
        """Write what codes `after`, (height, width), stand for in `pixels`, (codes, channels), over an area,
        in short steps, where the layer still shows those of `before`. No undo step: only into a layer
        that `renew` or `new` gave, which the artist has not painted on since.
        """
        for strip in strips(area):
            rows = slice(strip.y - area.y, strip.y - area.y + strip.height)
            old, wanted = pixels[before[rows]], pixels[after[rows]]
            now = self._form.array(self.layer.own_pixels(strip), strip.height, strip.width)
            changes = alike(now, old) & (before[rows] != after[rows])
            if changes.any():
                self.layer.write(np.where(changes[..., None], wanted, now).tobytes(), strip)
            yield

    def insert_under(self, lineart: Layer, *, hides: bool) -> None:
        """Put the layer under a lineart, as it is seen: one undoable step. See `put_under`."""
        put_under(self.layer, lineart, hides=hides)


def put_under(flats: Layer, lineart: Layer, *, hides: bool) -> None:
    """Put flats under a lineart, as it is seen: one undoable step. Krita soon selects them.

    Krita lets scripts put nothing at the foot of a group: there they lie over the lineart and are blended
    behind it. Over one that `hides` what is beneath, they multiply: white paper takes the colours, and black
    ink stays. For either of these two Krita takes a step more, of which nothing is seen.
    """
    parent = lineart.parent
    if parent is None:
        raise LookupError("the lineart is no longer part of the document")
    hides = hides and lineart.raw.blendingMode() == NORMAL
    beneath = None if hides else _beneath(lineart, parent)
    flats.blend(MULTIPLY if hides else NORMAL if beneath is not None else BEHIND)
    parent.raw.addChildNode(flats.raw, lineart.raw if beneath is None else beneath)


def put_in_place(old: Layer, new: Layer) -> None:
    """Put other flats where some are, looking as those do: two undoable steps. Krita soon selects them."""
    parent = old.parent
    if parent is None:
        raise LookupError("the flats are no longer part of the document")
    new.blend(old.raw.blendingMode())
    new.set_opacity(old.opacity)
    new.set_visible(old.visible)
    for name in ("ColorLabel", "AlphaLocked", "InheritAlpha", "Locked"):
        getattr(new.raw, f"set{name}")(getattr(old.raw, name[0].lower() + name[1:])())
    parent.raw.addChildNode(new.raw, old.raw)
    old.raw.remove()


def put_hints_over(document: Document, flats: Layer, name: str) -> Layer:
    """A blank layer for colour hints, right above the flats: one undoable step. Krita soon selects it."""
    parent = flats.parent
    if parent is None:
        raise LookupError("the flats are no longer part of the document")
    hints = document.new_layer(name)
    parent.raw.addChildNode(hints.raw, flats.raw)
    return hints


def alike(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Where pixels (height, width, channels) show the same, bool (height, width)."""
    return (one == other).all(axis=-1) | ((one[..., -1] == 0) & (other[..., -1] == 0))


def _beneath(layer: Layer, parent: Layer) -> Any | None:
    """The sibling right under a layer, as Krita has it; None where there is none."""
    found = None
    for one in children(parent.raw):
        other = Layer(one)
        if other.identity == layer.identity:
            return found
        found = None if other.is_mask else one
    return None
