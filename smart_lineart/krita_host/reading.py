# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading any layer as a sketch, in steps short enough that the user interface never stalls."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from smart_lineart.inking import Rect

from .colour import convert
from .geometry import grown, strips
from .layer import Layer
from .pixels import SRGB, LayerSketch, PixelFormat, grey_and_alpha

MARGIN = 32
"""Pixels kept around what is painted, so that thick ink at its edge isn't cut."""


def sketch_area(layer: Layer) -> Rect:
    """Where a layer has pixels, with a margin; width 0 if it has none. May lie outside the canvas."""
    bounds = layer.bounds
    if bounds.width <= 0 or bounds.height <= 0:
        return Rect(0, 0, 0, 0)
    return grown(bounds, MARGIN)


def read_sketch(layer: Layer, area: Rect, time: int | None = None) -> Iterator[LayerSketch | None]:
    """Read a layer; yields None after every step and the finished sketch last.

    `time` names the keyframe to read; None reads what is shown now. A plain paint layer is read from a copy made
    at the first step, so the artist may go on painting on it.
    """
    take, form = _pixel_source(layer, time)
    sketch = LayerSketch(area.height, area.width)
    for strip in strips(area):
        data = convert(take(strip), strip.width, strip.height, form, SRGB)
        grey, alpha = grey_and_alpha(SRGB.array(data, strip.height, strip.width))
        sketch.put(strip.y - area.y, grey, alpha)
        yield None
    sketch.finish()
    yield sketch


def _pixel_source(layer: Layer, time: int | None) -> tuple[Callable[[Rect], bytes], PixelFormat]:
    if time is not None:
        return lambda rect: layer.pixels_at(rect, time), layer.form
    if layer.kind == "paintlayer" and not layer.has_masks:
        copy = layer.copy()
        return copy.own_pixels, copy.form
    return layer.shown_pixels, layer.form
