# SPDX-License-Identifier: GPL-3.0-or-later
"""What flats are read from and written to: one layer, or a group with one layer a colour."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import replace

from smart_lineart.inking import Rect
from smart_lineart.inking.renewing.flats_parts import Shares
from smart_lineart.krita_host.document import Document
from smart_lineart.krita_host.flats_group import (
    GROUP,
    FlatsGroup,
    holds_only,
    others_in,
    parts_of,
    read_parts,
    twins_in,
)
from smart_lineart.krita_host.flats_layer import FlatsLayer, colours_of_pixels, read_pixels
from smart_lineart.krita_host.geometry import strips
from smart_lineart.krita_host.layer import Layer
from smart_lineart.krita_host.lineart import renews_in_one_step
from smart_lineart.krita_host.pixels import PixelFormat
from smart_lineart.studio.language.i18n import tr
from smart_lineart.studio.steps import Work, Worker

from .flats_work import Made, Parts, Patch, Strips
from .renewing import sentence_of_steps
from .settling import stay_on, wait_for_pen

FlatsTarget = FlatsLayer | FlatsGroup


class Surface:
    """Flats as they were when this was made: `layers` are their paint layers, `before` copies of those.

    Attributes:
        old: the layer or the group.
        form: the colour space of its pixels.
    """

    def __init__(self, document: Document, old: Layer, ours: Container[str]):
        self.old, self._document = old, document
        self.grouped = old.kind == GROUP
        self.form = form_of(document, old)
        copy = old.copy()
        self.layers, self._before = [old], [copy]
        if self.grouped:
            twins = twins_in(copy, old)
            self.layers = parts_of(old, ours, self.form)
            self._before = [twins[one.identity] for one in self.layers]

    def read(self, page: Rect) -> Work:
        """What is shown over a page, `Strips`, and which layer shows it, `Parts`; in short steps."""
        if not self.grouped:
            return Strips(page, tuple((yield from read_pixels(self._before[0], page)))), Parts()
        pixels, numbers = yield from read_parts(self._before, page, self.form)
        return Strips(page, tuple(pixels)), Parts(len(self.layers), tuple(numbers))

    @property
    def others(self) -> list[Layer]:
        """What else lies in it now; a copy of a group has copies of that, with identities of their own."""
        return others_in(self.old, self.layers) if self.grouped else []

    @property
    def is_strange(self) -> bool:
        """Whether it is a group whose layers are all unknown: merged by the artist, perhaps, or their own."""
        return self.grouped and not self.layers and bool(self.others)

    @property
    def is_whole(self) -> bool:
        """Whether its layers are the same as then: the artist may have deleted one or moved it out."""
        if not self.grouped:
            return True
        now = parts_of(self.old, {one.identity for one in self.layers}, self.form)
        return [one.identity for one in now] == [one.identity for one in self.layers]

    @property
    def is_plain(self) -> bool:
        """Whether nothing but flats would be lost with it: no mask, and no layer of the artist's."""
        return holds_only(self.old, self.layers) if self.grouped else renews_in_one_step(self.old)

    @property
    def stays(self) -> bool:
        """Whether nobody has painted on it since. Looked at in one go, so that nobody paints meanwhile."""
        return all(
            before.own_pixels(strip) == now.own_pixels(strip)
            for before, now in zip(self._before, self.layers, strict=True)
            for strip in strips(before.bounds.united(now.bounds))
        )

    def renew(self, names: list[str]) -> Work:
        """Put a copy in its place, with blank layers more of these names in a group; yields milliseconds.
        Raises NotRenewed.
        """
        if not self.grouped:
            return (yield from FlatsLayer.renew(self._document, self.old, self._before[0]))
        return FlatsGroup.renew(self._document, self.old, self.layers, self._before, names)

    @property
    def sentence_of_steps(self) -> str:
        """Says so where that can't be undone at once."""
        if self.grouped:
            return tr('"{name}" is a group: undo twice to take the update back.', name=self.old.name)
        return sentence_of_steps(self.old)


def form_of(document: Document, flats: Layer) -> PixelFormat:
    """The colour space of the pixels of flats; new layers of a group have the document's."""
    return document.form if flats.kind == GROUP else flats.form


def new_target(document: Document, name: str, found: Made, form: PixelFormat) -> Work:
    """Flats that are not part of the document yet, and blank: a layer, or a group with one layer a colour."""
    if found.homes is None:
        return FlatsLayer.new(document, name)
    colours = yield from names_of_new(found, form)
    return FlatsGroup.new(document, name, colours)


def names_of_new(found: Made, form: PixelFormat) -> Work:
    """What layers for colours without one are called."""
    if found.homes is None or not found.homes.new:
        return []
    colours = colours_of_pixels(found.table.pixels[found.homes.new], form)
    yield  # converting colours lets Krita handle events
    return [f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in colours]


def with_blank_ones_reused(found: Made, names: list[str], parts: list[Layer]) -> tuple[Made, list[str]]:
    """New colours get parts of their name that are blank by now, which had them before; and the names of the
    parts that are still to come.
    """
    if found.homes is None or not names:
        return found, names
    blank = {part.name: number for number, part in enumerate(parts, 1) if not part.bounds.width}
    places = [blank.pop(name, None) for name in names]
    left = [name for name, place in zip(names, places, strict=True) if place is None]
    return replace(found, homes=found.homes.reusing(places)), left


def shares_for(worker: Worker, found: Made, *, anew: bool) -> Work:
    """How a group's layers share what was made; None where flats are one layer."""
    return None if found.homes is None else (yield worker.submit(lambda: found.shares(anew=anew)))


def writing(target: FlatsTarget, found: Made, shares: Shares | None) -> Iterator[None]:
    """Write all that was made, in short steps."""
    if isinstance(target, FlatsLayer):
        return target.write(found.flats.codes, found.table.pixels)
    assert shares is not None
    return target.write(shares)


def layers_of(target: FlatsTarget) -> tuple[str, ...]:
    """The identities of a group's layers with one colour each."""
    return tuple(one.identity for one in target.parts) if isinstance(target, FlatsGroup) else ()


def twin_of(target: FlatsTarget, layer: Layer) -> Layer:
    """What has taken a layer's place, where it lay in what was replaced; else the layer itself."""
    return target.twins.get(layer.identity, layer) if isinstance(target, FlatsGroup) else layer


def existing_target(document: Document, flats: Layer, layers: tuple[str, ...]) -> FlatsTarget | None:
    """Flats that are to be patched; None where `layers` are not those of the group any more."""
    if flats.kind != GROUP:
        return FlatsLayer(flats, None)
    parts = parts_of(flats, layers, document.form)
    same = tuple(one.identity for one in parts) == layers
    return FlatsGroup(document, flats, parts, []) if same else None


def write_patch(document: Document, target: FlatsTarget, patch: Patch) -> Work:
    """Write a part of the page, in short steps; returns what was made. Layers that are new in a
    group are a step each to undo.
    """
    pixels = patch.made.table.pixels
    if isinstance(target, FlatsLayer):
        yield from target.patch(patch.area, patch.before, patch.after, pixels)
        return patch.made
    names = yield from names_of_new(patch.made, document.form)
    yield from wait_for_pen()
    made, names = with_blank_ones_reused(patch.made, names, target.parts)
    patch = replace(patch, made=made)
    active = document.active_layer()
    fresh = yield from target.patch(patch.area, patch.before, patch.shares(), names)
    for part in fresh:
        # Krita soon selects the new layer; the artist's next stroke belongs where they are.
        yield from stay_on(document, active, part)
    return made
