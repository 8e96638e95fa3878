# SPDX-License-Identifier: GPL-3.0-or-later
"""Flats in a group with one layer a colour: read as one picture, and written colour by colour.

The layers that are ours are its *parts*, at any depth, numbered from the bottom, from 1. The artist may put
layers of their own among them, and groups around them; those are neither read nor written.
"""

from __future__ import annotations

from collections.abc import Container, Generator, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from smart_lineart.inking import Rect
from smart_lineart.inking.renewing.flats_parts import Shares

from .document import Document
from .flats_layer import alike, put_under
from .geometry import strips
from .layer import Layer
from .lineart import NotRenewed
from .lists import children
from .pixels import PixelFormat

GROUP = "grouplayer"


def parts_of(group: Layer, ours: Container[str], form: PixelFormat) -> list[Layer]:
    """The parts of a group in a colour space: layers that are known to be ours. Any other is the artist's."""
    known = [one for one in _inside(group) if one.identity in ours and one.kind == "paintlayer"]
    return [one for one in known if one.form == form and not one.animated]


def others_in(group: Layer, parts: list[Layer]) -> list[Layer]:
    """The layers and masks in a group that are no parts of it, at any depth."""
    ours = {one.identity for one in parts}
    return [one for one in _inside(group) if one.identity not in ours]


def twins_in(copy: Layer, group: Layer) -> dict[str, Layer]:
    """The layers of a copy of a group that was just made, by the identities of the layers they are of."""
    return dict(zip((one.identity for one in _inside(group)), _inside(copy), strict=True))


def holds_only(group: Layer, parts: list[Layer]) -> bool:
    """Whether a group shows its parts as they are, and nothing else, such as a layer style of its own."""
    plain = all(
        one.opacity == 255 and one.visible and one.raw.blendingMode() == "normal" and not one.has_style
        for one in parts
    )
    plain = plain and not group.has_style
    return plain and [one.identity for one in _inside(group)] == [one.identity for one in parts]


def read_parts(
    parts: list[Layer], page: Rect, form: PixelFormat
) -> Generator[None, None, tuple[list[np.ndarray], list[np.ndarray]]]:
    """What parts show over a page, each over those below, in strips from the top and in short steps.

    Returns pixels, (height, width, channels), and the number of the part that they are of, uint16 (height,
    width), 0 for none.
    """
    boxes, pixels, numbers = [one.bounds for one in parts], [], []
    for strip in strips(page):
        shown = np.zeros((strip.height, strip.width, form.channels), form.dtype)
        number_of = np.zeros((strip.height, strip.width), np.uint16)
        for number, (part, box) in enumerate(zip(parts, boxes, strict=True), 1):
            here = box.intersection(strip)
            if not (here.width and here.height):
                continue
            own = form.array(part.own_pixels(here), here.height, here.width)
            at = (
                slice(here.y - strip.y, here.bottom - strip.y),
                slice(here.x - strip.x, here.right - strip.x),
            )
            seen = own[..., -1] > 0
            shown[at][seen] = _over(own[seen], shown[at][seen])
            number_of[at][seen] = number
            yield
        pixels.append(shown)
        numbers.append(number_of)
        yield
    return pixels, numbers


class FlatsGroup:
    """A group of flats that is being written. `before`: copies of its parts from when they were read.

    Attributes:
        layer: the group; parts: those of its layers that are ours.
        twins: its layers by the identities of those that they were put in the place of.
    """

    def __init__(self, document: Document, layer: Layer, parts: list[Layer], before: list[Layer]):
        self.layer, self.parts, self.twins = layer, parts, dict[str, Layer]()
        self._document, self._before = document, before
        self._form = document.form

    @classmethod
    def new(cls, document: Document, name: str, names: list[str]) -> FlatsGroup:
        """One with a blank part of each name, the first at the bottom; not part of the document yet."""
        parts = [document.new_layer(one) for one in names]
        return cls(document, document.new_group(name, parts), parts, [])

    @classmethod
    def renew(
        cls, document: Document, layer: Layer, parts: list[Layer], before: list[Layer], names: list[str]
    ) -> FlatsGroup:
        """Put a copy in a group's place, with blank parts more of these names, ready to be written: two
        undoable steps, since Krita has no way to replace a group in one. Raises NotRenewed.

        Krita takes a step more for each part that comes, before those two; nothing is seen of it.
        """
        parent = layer.parent
        if parent is None:
            raise NotRenewed
        copy = layer.copy()
        twins = twins_in(copy, layer)
        made = cls(document, copy, [twins[one.identity] for one in parts], before)
        made.twins = twins
        for name in names:
            made.add(name)
        parent.raw.addChildNode(copy.raw, layer.raw)
        layer.raw.remove()
        return made

    def add(self, name: str) -> Layer:
        """A blank part more, over the others; a step to undo, of which nothing is seen where the group is not
        part of the document.
        """
        part = self._document.new_layer(name)
        self.put(part)
        return part

    def put(self, part: Layer) -> None:
        """The same for one that is filled already."""
        ours = {one.identity for one in self.parts}
        there = children(self.layer.raw)
        over = there[-1] if there else None
        for child in there:
            one = Layer(child)
            if one.identity in ours or any(inner.identity in ours for inner in _inside(one)):
                over = child
        self.layer.raw.addChildNode(part.raw, over)
        self.parts.append(part)

    def write(self, shares: Shares) -> Iterator[None]:
        """Write all of the page, in short steps. What the artist has painted since it was read stays."""
        height, width = shares.codes.shape
        for strip in strips(Rect(0, 0, width, height)):
            here = shares.of(slice(strip.y, strip.bottom))
            if not here.changed.any():
                continue
            (_, (shown_by, *_)) = yield from read_parts(self._before, strip, self._form)
            late = np.zeros(here.changed.shape, np.bool_)
            for old, part in zip(self._before, self.parts, strict=False):
                late |= self._differ(old, part, strip)
                yield
            here = replace(here, changed=here.changed & ~late, shown_by=shown_by)
            for number, part in enumerate(self.parts, 1):
                self._write_part(number, part, strip, here)
                yield

    def _write_part(self, number: int, part: Layer, strip: Rect, shares: Shares) -> None:
        was = self._form.array(part.own_pixels(strip), strip.height, strip.width)
        then = shares.in_part(number, was)
        if not alike(was, then).all():
            part.write(then.tobytes(), strip)

    def _differ(self, old: Layer, part: Layer, strip: Rect) -> np.ndarray:
        one, other = old.own_pixels(strip), part.own_pixels(strip)
        if one == other:
            return np.zeros((strip.height, strip.width), np.bool_)
        was, now = (self._form.array(data, strip.height, strip.width) for data in (one, other))
        return np.asarray((was != now).any(-1))

    def shows(self, area: Rect, codes: np.ndarray, pixels: np.ndarray) -> Generator[None, None, bool]:
        """Whether the parts show what codes (height, width) stand for in `pixels`, (codes, channels), all
        over an area; in short steps.
        """
        for strip in strips(area) if area.width else ():
            rows = slice(strip.y - area.y, strip.y - area.y + strip.height)
            ((now,), _) = yield from read_parts(self.parts, strip, self._form)
            if not alike(now, pixels[codes[rows]]).all():
                return False
            yield
        return True

    def patch(
        self, area: Rect, before: np.ndarray, shares: Shares, names: list[str]
    ) -> Generator[None, None, list[Layer]]:
        """Write `shares` over an area, whose codes (height, width) were `before`, in short steps, where that
        is shown still; returns the parts that are new, with these names.

        No undo step, but for a part that is new: what lies under that stays, so that undo shows it again.
        """
        known = list(self.parts)
        fresh = [self._filled(len(known) + 1 + at, name, area, shares) for at, name in enumerate(names)]
        for part in fresh:
            self.put(part)
        for strip in strips(area):
            rows = slice(strip.y - area.y, strip.y - area.y + strip.height)
            here = shares.of(rows)
            ((now, *_), (shown_by, *_)) = yield from read_parts(known, strip, self._form)
            same = alike(now, shares.pixels[before[rows]])
            changed = here.changed & same & (here.parts <= len(known))
            here = replace(here, changed=changed, shown_by=shown_by)
            for number, part in enumerate(known, 1) if here.changed.any() else ():
                self._write_part(number, part, strip, here)
                yield
        return fresh

    def _filled(self, number: int, name: str, area: Rect, shares: Shares) -> Layer:
        """A new part with what belongs into it, before it is put in: undo and redo keep that."""
        part = self._document.new_layer(name)
        for strip in strips(area):
            rows = slice(strip.y - area.y, strip.y - area.y + strip.height)
            self._write_part(number, part, strip, shares.of(rows))
        return part

    def insert_under(self, lineart: Layer, *, hides: bool) -> None:
        """Put the group under a lineart, as it is seen: one undoable step. See `flats_layer.put_under`."""
        put_under(self.layer, lineart, hides=hides)


def _over(upper: np.ndarray, lower: np.ndarray) -> np.ndarray:
    """Pixels (n, channels) as they show over others: colours weigh as much as is seen of them."""
    full = np.iinfo(upper.dtype).max if upper.dtype.kind == "u" else 1.0
    soft = (upper[:, -1] < full) & (lower[:, -1] > 0)
    if not soft.any():
        return upper
    out = upper.copy()
    one, other = upper[soft].astype(np.float64), lower[soft].astype(np.float64)
    share = one[:, -1:] / full
    rest = other[:, -1:] / full * (1.0 - share)
    mixed = np.empty_like(one)
    mixed[:, :-1] = (one[:, :-1] * share + other[:, :-1] * rest) / (share + rest)
    mixed[:, -1:] = (share + rest) * full
    out[soft] = np.rint(mixed) if upper.dtype.kind == "u" else mixed
    return out


def _inside(group: Layer) -> list[Layer]:
    """All layers and masks in a group, from the bottom, groups before their children."""
    found: list[Layer] = []
    waiting: list[Any] = children(group.raw)
    while waiting:
        node = waiting.pop(0)
        found.append(Layer(node))
        waiting = children(node) + waiting
    return found
