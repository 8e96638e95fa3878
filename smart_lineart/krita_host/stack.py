# SPDX-License-Identifier: GPL-3.0-or-later
"""What lies over and under a layer, as the canvas shows it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from smart_lineart.inking import Rect

from .colour import convert
from .document import Document
from .layer import Layer
from .lists import children
from .pixels import SRGB, alpha_to_byte

OPAQUE = 255
ACROSS = 7  # places looked at along each side of the page
WHITE = 255, 255, 255
SHEET = 0.25  # of those places: a layer that covers more of them with nothing beneath is no mere lines


def over(layer: Layer) -> Iterator[Layer]:
    """Visible layers that are shown over one, in its group and over the groups it lies in; no masks."""
    return _beside(layer, after=True)


def bare_paper(document: Document, layer: Layer) -> tuple[int, int, int] | None:
    """The colour, in sRGB, of a layer that is a sheet of paper under which there is nothing; None of another.

    Where such a layer fades, Krita shows its chequers. Krita may handle events meanwhile.
    """
    if document.has_background:
        return None
    beneath = list(_beside(layer, after=False))
    spots = _spots(document.page)
    bare = [spot for spot in spots if _covers(layer, spot) and not any(_covers(one, spot) for one in beneath)]
    if len(bare) <= SHEET * len(spots):
        return None
    if layer.passes_through:  # Krita has no pixels of it as a whole
        return WHITE
    pixels = convert(b"".join(map(layer.shown_pixels, bare)), len(bare), 1, layer.form, SRGB)
    blue, green, red, _ = np.median(np.frombuffer(pixels, np.uint8).reshape(-1, 4), axis=0).astype(int)
    return int(red), int(green), int(blue)


def _spots(page: Rect) -> list[Rect]:
    """Rectangles of one pixel, evenly over the page."""
    steps = range(1, 2 * ACROSS, 2)
    return [
        Rect(x * page.width // (2 * ACROSS), y * page.height // (2 * ACROSS), 1, 1)
        for y in steps
        for x in steps
    ]


def _beside(layer: Layer, *, after: bool) -> Iterator[Layer]:
    """The visible layers shown after it, or before."""
    for one in (layer, *layer.above()):
        parent = one.parent
        if parent is None:
            return
        siblings = [Layer(child) for child in children(parent.raw)]
        place = next((number for number, other in enumerate(siblings) if other.identity == one.identity), 0)
        for other in siblings[place + 1 :] if after else siblings[:place]:
            if other.visible and not other.is_mask:
                yield other


def _covers(layer: Layer, spot: Rect) -> bool:
    """Whether nothing can be seen through a layer at a place, a rectangle of one pixel."""
    if layer.passes_through:
        return any(_covers(one, spot) for one in layer.seen_inside())
    alpha = layer.form.array(layer.shown_pixels(spot), 1, 1)[..., -1]
    return layer.opacity == OPAQUE and bool(alpha_to_byte(alpha, layer.form) == OPAQUE)
