# SPDX-License-Identifier: GPL-3.0-or-later
"""What lies over and under a layer, as the canvas shows it."""

from __future__ import annotations

from collections.abc import Iterator

from smart_lineart.inking import Rect

from .document import Document
from .layer import Layer
from .lists import children
from .pixels import alpha_to_byte

OPAQUE = 255
ACROSS = 5  # places looked at along each side of the page


def over(layer: Layer) -> Iterator[Layer]:
    """Visible layers that are shown over one, in its group and over the groups it lies in; no masks."""
    return _beside(layer, after=True)


def paper_shows_nothing_beneath(document: Document, layer: Layer) -> bool:
    """Whether a layer covers places of the page under which there is nothing: where it fades, Krita shows
    its chequers.
    """
    if document.has_background:
        return False
    page = document.page
    beneath = list(_beside(layer, after=False))
    for row in range(ACROSS):
        for column in range(ACROSS):
            spot = Rect(
                (2 * column + 1) * page.width // (2 * ACROSS),
                (2 * row + 1) * page.height // (2 * ACROSS),
                1,
                1,
            )
            if _covers(layer, spot) and not any(_covers(one, spot) for one in beneath):
                return True
    return False


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
