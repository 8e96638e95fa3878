# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading a lineart layer as the artist left it: how much it covers, and where it shows another colour."""

from __future__ import annotations

import zlib
from collections.abc import Generator
from typing import Any

import numpy as np

from smart_lineart.inking import LayerInk, Rect

from .colour import convert, normalised
from .geometry import reach, strips
from .layer import Layer
from .pixels import PixelFormat, alpha_to_byte, other_colour

Note = dict[str, Any]


def note_colour(pixel: np.ndarray, form: PixelFormat) -> Note:
    """A pixel's colour, (channels,) in the type of `form`, to keep as JSON."""
    return {"space": [form.model, form.depth, form.profile], "pixel": pixel.tolist()}


def noted_colour(note: object, form: PixelFormat) -> np.ndarray | None:
    """A kept colour as a pixel of a layer, (channels,); None where the note makes no sense."""
    try:
        source = PixelFormat(*note["space"])  # type: ignore[index]
        pixel = np.array(note["pixel"][: source.channels], source.dtype)  # type: ignore[index]
        if pixel.shape != (source.channels,):
            return None
        return form.array(convert(pixel.tobytes(), 1, 1, source, form), 1, 1)[0, 0]
    except (KeyError, TypeError, ValueError, OverflowError):  # no such colour space among others
        return None


def components_of(note: object) -> dict[str, Any] | None:
    """A kept colour as Krita tells it: model, depth, profile, components; None where it makes no sense."""
    try:
        form = PixelFormat(*note["space"])  # type: ignore[index]
        pixel = np.array(note["pixel"][: form.channels], form.dtype)  # type: ignore[index]
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
    if pixel.shape != (form.channels,):
        return None
    components = normalised(pixel, form).tolist()
    return {"model": form.model, "depth": form.depth, "profile": form.profile, "components": components}


def read_lineart(layer: Layer, notes: list[Any], page: Rect) -> Generator[None, None, LayerInk]:
    """What a layer holds near the page, in short steps; `notes` tells the colours the ink was written in.

    Pass a copy where the artist may go on painting.
    """
    form, area = layer.form, layer.bounds.intersection(reach(page))
    colours = [colour for note in notes if (colour := noted_colour(note, form)) is not None]
    yield  # converting colours lets Krita handle events
    area = area if area.width > 0 and area.height > 0 else Rect(0, 0, 0, 0)
    alpha = np.zeros((area.height, area.width), np.uint8)
    touched = np.zeros(alpha.shape, np.bool_)
    checksum = 0
    for strip in strips(area):
        data = layer.own_pixels(strip)
        checksum = zlib.crc32(data, checksum)
        pixels = form.array(data, strip.height, strip.width)
        rows = slice(strip.y - area.y, strip.y - area.y + strip.height)
        alpha[rows] = alpha_to_byte(pixels[..., -1], form)
        touched[rows] = other_colour(pixels, alpha[rows], colours, form)
        yield
    return LayerInk(alpha, touched, area, checksum)
