# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a page reduced by an integer factor, strip by strip."""

from __future__ import annotations

import numpy as np

from smart_lineart.inking.page.sketch import Sketch
from smart_lineart.inking.raster.resampling import STRIP_PIXELS, Reduced, Rows


def reduced_size(size: tuple[int, int], factor: int) -> tuple[int, int]:
    """(height, width) of a page shrunk by an integer factor."""
    return -(-size[0] // factor), -(-size[1] // factor)


def reduced_rows(sketch: Sketch, factor: int) -> Rows:
    """The page shrunk by an integer factor, as a function that reads rows [top, bottom) of it, uint16 luma.

    The last row and column of blocks may be partial; they average what there is.
    """
    height = sketch.size[0]

    def read(top: int, bottom: int) -> Reduced:
        strip = sketch.read_luma(top * factor, min(height, bottom * factor))
        if factor > 1:
            for axis in (0, 1):
                starts = np.arange(0, strip.shape[axis], factor)
                sizes = np.diff(np.append(starts, strip.shape[axis])).astype(np.float32)
                strip = np.add.reduceat(strip, starts, axis=axis)
                strip /= sizes[:, None] if axis == 0 else sizes[None, :]
        return np.asarray(np.rint(strip * np.float32(65535.0)), np.uint16)

    return read


def read_reduced(sketch: Sketch, factor: int) -> Reduced:
    """The whole page shrunk by an integer factor, as uint16 luma, read strip by strip."""
    tall, wide = reduced_size(sketch.size, factor)
    out = np.empty((tall, wide), np.uint16)
    rows = max(1, STRIP_PIXELS // (sketch.size[1] * factor))
    read = reduced_rows(sketch, factor)
    for first in range(0, tall, rows):
        last = min(tall, first + rows)
        out[first:last] = read(first, last)
    return out
