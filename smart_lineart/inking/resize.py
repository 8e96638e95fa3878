# SPDX-License-Identifier: GPL-3.0-or-later
"""Resampling of single-channel images, in numpy alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.sketch import Luma, Sketch

STRIP_PIXELS = 1 << 21  # pixels of a page read at once: 8 MB of float32


def _shrink_axis(image: Luma, count: int, axis: int) -> Luma:
    """Area average along one axis: differences of the interpolated running sum, exact for any ratio."""
    length = image.shape[axis]
    edges = np.linspace(0.0, length, count + 1)
    low = np.minimum(edges.astype(np.intp), length - 1)
    part = (edges - low).astype(np.float32)
    part = part[:, None] if axis == 0 else part[None, :]
    total = np.zeros([s + 1 if a == axis else s for a, s in enumerate(image.shape)], np.float64)
    np.cumsum(image, axis=axis, out=total[1:] if axis == 0 else total[:, 1:])
    at_edges = np.take(total, low, axis) + part * np.take(image, low, axis)
    return np.asarray(np.diff(at_edges, axis=axis) * (count / length), np.float32)


def _grow_axis(image: Luma, count: int, axis: int) -> Luma:
    """Linear interpolation along one axis, pixel centres aligned."""
    length = image.shape[axis]
    at = np.clip((np.arange(count) + 0.5) * (length / count) - 0.5, 0, length - 1)
    low = np.minimum(at.astype(np.intp), max(length - 2, 0))
    high = np.minimum(low + 1, length - 1)
    part = (at - low).astype(np.float32)
    part = part[:, None] if axis == 0 else part[None, :]
    first: Luma = np.take(image, low, axis)
    first += part * (np.take(image, high, axis) - first)
    return first


def resize(image: Luma, height: int, width: int) -> Luma:
    """float32 (h, w) -> float32 (height, width): area average when shrinking, linear when growing."""
    for axis, count in ((0, height), (1, width)):
        if count < image.shape[axis]:
            image = _shrink_axis(image, count, axis)
        elif count > image.shape[axis]:
            image = _grow_axis(image, count, axis)
    return image


def read_reduced(sketch: Sketch, factor: int) -> NDArray[np.uint16]:
    """The whole page shrunk by an integer factor, as uint16 luma, read strip by strip.

    The last row and column of blocks may be partial; they average what there is.
    """
    height, width = sketch.size
    out = np.empty((-(-height // factor), -(-width // factor)), np.uint16)
    rows = max(1, STRIP_PIXELS // (width * factor))
    for first in range(0, out.shape[0], rows):
        last = min(out.shape[0], first + rows)
        strip = sketch.read_luma(first * factor, min(height, last * factor))
        if factor > 1:
            for axis in (0, 1):
                starts = np.arange(0, strip.shape[axis], factor)
                sizes = np.diff(np.append(starts, strip.shape[axis])).astype(np.float32)
                strip = np.add.reduceat(strip, starts, axis=axis)
                strip /= sizes[:, None] if axis == 0 else sizes[None, :]
        out[first:last] = np.rint(strip * np.float32(65535.0))
    return out
