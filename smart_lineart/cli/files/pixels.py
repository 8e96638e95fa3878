# SPDX-License-Identifier: GPL-3.0-or-later
"""A picture's colours as pixels: of colour hints, and of what a palette is taken from."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from smart_lineart.cli.files.picture import Picture

Pixels = NDArray[np.uint8]

_UPRIGHT = {  # EXIF's orientations: whether rows and columns change places, and which then run backwards
    1: (False, 1, 1),
    2: (False, 1, -1),
    3: (False, -1, -1),
    4: (False, -1, 1),
    5: (True, 1, 1),
    6: (True, 1, -1),
    7: (True, -1, -1),
    8: (True, -1, 1),
}


def upright_size(picture: Picture) -> tuple[int, int]:
    """Its (height, width) once it is upright."""
    size = picture.height, picture.width
    return size[::-1] if _UPRIGHT.get(picture.orientation, _UPRIGHT[1])[0] else size


def rgba(picture: Picture, most: int | None = None) -> Pixels:
    """A picture upright, uint8 RGBA (H, W, 4), straight alpha; of a larger one than `most` px every second,
    third... pixel. Its numbers are taken as they are, whatever its profile. Raises FileError.
    """
    step = 1 if most is None else max(1, math.ceil(math.sqrt(picture.height * picture.width / most)))
    out = np.empty((-(-picture.height // step), -(-picture.width // step), 4), np.uint8)
    top = 0
    for rows in _rows(picture):
        first = -top % step
        part = _bytes(rows[first::step, ::step])
        at = (top + first) // step
        out[at : at + len(part)] = _with_all_bands(part)
        top += len(rows)
    return upright(out, picture)


def rgba_strips(picture: Picture) -> Iterator[Pixels]:
    """A picture's rows from top to bottom as they lie in the file, uint8 RGBA (n, W, 4). Raises FileError."""
    for rows in _rows(picture):
        yield _with_all_bands(_bytes(rows))


def upright(pixels: Pixels, picture: Picture) -> Pixels:
    """Pixels (h, w, C) that lie as in a picture's file, turned as it is to be seen."""
    turned, down, across = _UPRIGHT.get(picture.orientation, _UPRIGHT[1])
    if turned:
        pixels = pixels.transpose(1, 0, 2)
    return np.ascontiguousarray(pixels[::down, ::across])


def _rows(picture: Picture) -> Iterator[NDArray[Any]]:
    with np.errstate(all="ignore"):  # a file may hold what is no number
        for strip in picture.strips:
            yield np.frombuffer(strip, picture.sample).reshape(-1, picture.width, picture.bands)


def _bytes(values: NDArray[Any]) -> Pixels:
    """Values of any type as bytes: floating point is 0 to 1, whole numbers are what their type holds."""
    if values.dtype == np.uint8:
        return values
    white = 1.0 if values.dtype.kind == "f" else float(np.iinfo(values.dtype).max)
    return np.rint(np.clip(np.nan_to_num(values / white), 0.0, 1.0) * 255).astype(np.uint8)


def _with_all_bands(pixels: Pixels) -> Pixels:
    """Grey as red, green and blue; opaque where nothing is told."""
    out = np.full((*pixels.shape[:2], 4), 255, np.uint8)
    bands = pixels.shape[2]
    out[..., :3] = pixels[..., :3] if bands >= 3 else pixels[..., :1]
    if bands in {2, 4}:
        out[..., 3] = pixels[..., -1]
    return out
