# SPDX-License-Identifier: GPL-3.0-or-later
"""Composes the layers of a pass-through group, which Krita only ever shows together with what lies beneath.

Such a group has no pixels of its own. So what its layers show is copied into a group that lets nothing
through, in a document of our own without a view, and Krita composes that one. The artist's document is only
read: its layers, its undo history and whether it counts as modified stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Any

from krita import Krita, Selection

from smart_lineart.inking import InkError, Rect

from . import application
from .document import Document
from .geometry import grown, reach, strips
from .layer import Layer
from .living import afterwards
from .outlived import outlived
from .pixels import PixelFormat
from .reading import pixel_source

try:
    from PyQt6.QtCore import QByteArray
except ImportError:
    from PyQt5.QtCore import QByteArray

TURN_MS = 5
OPAQUE = 255
PPI = 72.0  # nothing is measured in inches here
AT_ONCE = 2_000_000  # px that are copied in one step: 10 ms and less
STYLE_REACH = 300  # px beyond what is painted that shadows and glows are looked for

_benches: list[Document] = []


class NotComposed(InkError):
    """Krita did not make the document to compose in, or somebody closed it."""

    usual = 'The layers of the group could not be put together: turn off its "Pass Through" and try again.'


def as_shown(document: Document, layer: Layer) -> Generator[int, None, Layer]:
    """The layer to read a sketch from: itself, or what the layers of a pass-through group show together.

    The latter is a layer of the group's name in the document's colour space, and no part of the document.
    Yields milliseconds to wait. Raises NotComposed.
    """
    if not layer.passes_through:
        return layer
    flat = document.new_layer(layer.name)
    parts = _parts(layer)
    margin = STYLE_REACH if any(part.layer.has_style for part in parts) else 0
    area = grown(layer.bounds, margin).intersection(reach(document.page))
    if parts and area.width > 0 and area.height > 0:
        yield from _compose(parts, area, flat)
    return flat


def close_benches() -> None:
    """Krita is closing: let go of the documents that layers are being composed in."""
    while _benches:
        bench = _benches.pop()
        if application.is_open(bench):
            bench.raw.setModified(False)
            bench.raw.close()


@dataclass(frozen=True)
class _Part:
    """What is composed: a layer with its masks, as it was when the run began.

    Attributes:
        opacity: 0 to 255, of the layer and the pass-through groups around it.
        clipped: whether it shows only where something lies beneath it (inherit alpha).
        take: its pixels over a rectangle of the image, in `form`.
    """

    layer: Layer
    opacity: int
    clipped: bool
    take: Callable[[Rect], bytes]
    form: PixelFormat

    @property
    def is_filter(self) -> bool:
        """Whether it has no pixels, and changes those beneath it."""
        return self.layer.kind == "filterlayer"


def _parts(group: Layer) -> list[_Part]:
    """The layers in a group that can be seen, from the bottom.

    The lowest is clipped by what lies beneath the group, which is none of the sketch: it is taken whole.
    """
    parts: list[_Part] = []
    for layer, opacity, clipped in _shown_in(group, OPAQUE, clipped=False):
        take, form = pixel_source(layer, None)
        parts.append(_Part(layer, opacity, clipped and bool(parts), take, form))
    return parts


def _shown_in(group: Layer, opacity: int, *, clipped: bool) -> Iterator[tuple[Layer, int, bool]]:
    """Layers with their opacity, and whether they are clipped; pass-through groups hand on what is theirs."""
    for layer in group.seen_inside():
        own = round(layer.raw.opacity() * opacity / OPAQUE)
        inherits = clipped or bool(layer.raw.inheritAlpha())
        if layer.passes_through:
            yield from _shown_in(layer, own, clipped=inherits)
        else:
            yield layer, own, inherits


def _compose(parts: list[_Part], area: Rect, flat: Layer) -> Generator[int, None, None]:
    """Write into a layer what the parts show together over an area of the image.

    Krita composes all of them at one go, in which the window stands still: that is the shortest way, since
    it would stand still at every layer that was added by itself, too.
    """
    bench = _open_bench(area, flat.form)
    with afterwards(bench, lambda: _close(bench)):
        group = bench.raw.createGroupLayer("composed")
        for part in parts:
            group.addChildNode(
                (yield from (_filter if part.is_filter else _painted)(bench, part, area)), None
            )
        bench.raw.rootNode().addChildNode(group, None)
        yield from _settled(bench)
        bench.refresh()
        yield from _settled(bench)
        whole = Layer(group)
        for strip in strips(area, AT_ONCE):
            flat.write(whole.shown_pixels(_moved(strip, area)), strip)
            yield from _settled(bench)


def _open_bench(area: Rect, form: PixelFormat) -> Document:
    """A document without a view, as large as an area: beyond its canvas Krita composes nothing."""
    raw = Krita.instance().createDocument(
        area.width, area.height, "Smart Lineart", form.model, form.depth, form.profile, PPI
    )
    if raw is None:
        raise NotComposed
    raw.setBatchmode(True)
    bench = Document(raw)
    _benches[:] = [one for one in _benches if application.is_open(one)] + [bench]
    return bench


def _close(bench: Document) -> None:
    _benches.remove(bench)
    bench.raw.setModified(False)
    bench.raw.close()


def _settled(bench: Document) -> Generator[int, None, None]:
    """Let Krita compose, and others have their turn."""
    while True:
        yield TURN_MS
        if not application.is_open(bench):  # another plugin may close all there are
            raise NotComposed
        if bench.idle:
            return


def _moved(rect: Rect, area: Rect) -> Rect:
    """A rectangle of the image, counted from the corner of an area."""
    return Rect(rect.x - area.x, rect.y - area.y, rect.width, rect.height)


def _painted(bench: Document, part: _Part, area: Rect) -> Generator[int, None, Any]:
    """A plain layer that shows what a part does, not in the bench's tree yet."""
    raw, form = part.layer.raw, part.form
    copy = bench.new_layer(part.layer.name)
    if copy.form != form:
        with outlived():
            copy.raw.setColorSpace(form.model, form.depth, form.profile)
        yield from _settled(bench)
    for strip in strips(part.layer.bounds.intersection(area), AT_ONCE):
        copy.write(part.take(strip), _moved(strip, area))
        yield from _settled(bench)
    copy.raw.setOpacity(part.opacity)
    copy.raw.setBlendingMode(raw.blendingMode())
    copy.raw.setInheritAlpha(part.clipped)
    if part.layer.has_style:
        copy.raw.setLayerStyleFromAsl(raw.layerStyleToAsl())
    return copy.raw


def _filter(bench: Document, part: _Part, area: Rect) -> Generator[int, None, Any]:
    """The same filter over the same places, not in the bench's tree yet."""
    raw = part.layer.raw
    chosen = Selection()
    for strip in strips(area, AT_ONCE):
        there = _moved(strip, area)
        chosen.setPixelData(QByteArray(part.layer.own_pixels(strip)), *there)
        yield from _settled(bench)
    copy = bench.raw.createFilterLayer(part.layer.name, raw.filter(), chosen)
    copy.setOpacity(part.opacity)
    copy.setBlendingMode(raw.blendingMode())
    return copy
