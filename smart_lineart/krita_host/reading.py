# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading any layer as a sketch, in steps short enough that the user interface never stalls."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from smart_lineart.inking import Rect

from .colour import convert
from .geometry import grown, reach, strips
from .layer import Layer
from .pixels import SRGB, LayerSketch, PixelFormat, grey_and_alpha

MARGIN = 32
"""Pixels kept around what is painted, so that thick ink at its edge isn't cut."""


ROUND = 128
"""Their area is made of such squares, so that a few more strokes seldom change it."""


def sketch_area(layer: Layer, page: Rect, before: Rect | None = None) -> Rect:
    """Where a layer has pixels near the page; width 0 if it has none. May lie outside the canvas.

    Strokes on nothing get a margin. Paper that fills its rectangle doesn't: its edge would look like a line.
    `before` is the area that was read last; strokes that fit into it still are read in it again, so that what
    did not change can be told.
    """
    bounds = layer.bounds.intersection(reach(page))
    if bounds.width <= 0 or bounds.height <= 0:
        return Rect(0, 0, 0, 0)
    if _is_paper(layer, bounds):
        return bounds
    wanted = grown(bounds, MARGIN)
    if before is not None and before.united(wanted) == before and _size(before) <= 4 * _size(wanted):
        return before
    left, top = wanted.x // ROUND * ROUND, wanted.y // ROUND * ROUND
    right, bottom = -(-wanted.right // ROUND) * ROUND, -(-wanted.bottom // ROUND) * ROUND
    return Rect(left, top, right - left, bottom - top)


def _size(area: Rect) -> int:
    return area.width * area.height


def _is_paper(layer: Layer, bounds: Rect) -> bool:
    """Whether most pixels along the edge are painted."""
    take, form = pixel_source(layer, None)
    x, y, width, height = bounds
    edges = (
        Rect(x, y, width, 1),
        Rect(x, y + height - 1, width, 1),
        Rect(x, y, 1, height),
        Rect(x + width - 1, y, 1, height),
    )
    alpha = np.concatenate(
        [form.array(take(edge), edge.height, edge.width)[..., -1].ravel() for edge in edges]
    )
    return bool((alpha > 0).mean() > 0.5)


def read_sketch(layer: Layer, area: Rect, time: int | None = None) -> Iterator[LayerSketch | None]:
    """Read a layer; yields None after every step and the finished sketch last.

    `time` names the keyframe to read; None reads what is shown now. A plain paint layer is read from a copy
    made at the first step, so the artist may go on painting on it.
    """
    take, form = pixel_source(layer, time)
    sketch = LayerSketch(area.height, area.width)
    for strip in strips(area):
        data = convert(take(strip), strip.width, strip.height, form, SRGB)
        pixels = SRGB.array(data, strip.height, strip.width)
        grey, alpha = grey_and_alpha(pixels)
        sketch.put(strip.y - area.y, grey, alpha, pixels[..., :3])
        yield None
    sketch.finish()
    yield sketch


def pixel_source(layer: Layer, time: int | None) -> tuple[Callable[[Rect], bytes], PixelFormat]:
    """What gives a layer's pixels over a rectangle, and their form; see `read_sketch`."""
    if time is not None:
        return lambda rect: layer.pixels_at(rect, time), layer.form
    if layer.kind == "paintlayer" and not layer.has_masks:
        copy = layer.copy()
        return copy.own_pixels, copy.form
    return layer.shown_pixels, layer.form
