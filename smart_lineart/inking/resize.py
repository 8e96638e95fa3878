# SPDX-License-Identifier: GPL-3.0-or-later
"""Resampling of single-channel images, in numpy alone."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.sketch import Luma, Sketch

STRIP_PIXELS = 1 << 21  # pixels of a page read at once: 8 MB of float32
BLOCK_VALUES = 1 << 19  # of running sums held at once: 4 MB of float64


def _shrink_axis(image: Luma | NDArray[np.uint16], count: int, axis: int) -> Luma:
    """Area average along one axis: differences of the interpolated running sum, exact for any ratio."""
    other = 1 - axis
    out = np.empty((count, image.shape[1]) if axis == 0 else (image.shape[0], count), np.float32)
    # Block by block across, because the running sums are float64.
    block = max(1, BLOCK_VALUES // image.shape[axis])
    for first in range(0, image.shape[other], block):
        part = slice(first, first + block)
        if axis == 0:
            out[:, part] = _shrink_rows(image[:, part], count)
        else:
            out[part] = _shrink_rows(image[part].T, count).T
    return out


def _shrink_rows(image: Luma | NDArray[np.uint16], count: int) -> Luma:
    length = image.shape[0]
    edges = np.linspace(0.0, length, count + 1)
    low = np.minimum(edges.astype(np.intp), length - 1)
    part = (edges - low).astype(np.float32)[:, None]
    total = np.zeros((length + 1, image.shape[1]), np.float64)
    np.cumsum(image, axis=0, out=total[1:])
    at_edges = total[low] + part * image[low]
    return np.asarray(np.diff(at_edges, axis=0) * (count / length), np.float32)


def _grow_axis(image: Luma | NDArray[np.uint16], count: int, axis: int, span: slice = slice(None)) -> Luma:
    """Linear interpolation along one axis, pixel centres aligned; only the samples in `span`."""
    length = image.shape[axis]
    at = np.clip((np.arange(count)[span] + 0.5) * (length / count) - 0.5, 0, length - 1)
    low = np.minimum(at.astype(np.intp), max(length - 2, 0))
    high = np.minimum(low + 1, length - 1)
    part = (at - low).astype(np.float32)
    part = part[:, None] if axis == 0 else part[None, :]
    first = np.take(image, low, axis).astype(np.float32)
    first += part * (np.take(image, high, axis) - first)
    return first


def resize_in_strips(image: Luma, height: int, width: int, rows: int) -> Iterator[tuple[int, Luma]]:
    """`resize`, `rows` rows at a time: (first row, float32 strip)."""
    wide = resize(image, min(height, image.shape[0]), width)
    for top in range(0, height, rows):
        yield top, _grow_axis(wide, height, 0, slice(top, min(height, top + rows)))


def resize(image: Luma | NDArray[np.uint16], height: int, width: int) -> Luma:
    """(h, w) -> float32 (height, width), same unit: area average when shrinking, linear when growing."""
    for axis, count in ((0, height), (1, width)):
        if count < image.shape[axis]:
            image = _shrink_axis(image, count, axis)
        elif count > image.shape[axis]:
            image = _grow_axis(image, count, axis)
    return np.asarray(image, np.float32)


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
