# SPDX-License-Identifier: GPL-3.0-or-later
"""Resampling of single-channel images, in numpy alone.

Every sample depends on the pixels under it alone, to the last bit: rows resampled again after a change come
out as they would with the whole page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.arrays import Luma
from smart_lineart.inking.geometry import Rect

Reduced = NDArray[np.uint16]
Samples = NDArray[np.float32] | NDArray[np.uint16] | NDArray[np.uint8]
Rows = Callable[[int, int], Reduced]

STRIP_PIXELS = 1 << 21  # pixels of a page read at once: 8 MB of float32
BLOCK_VALUES = 1 << 18  # of an image resampled at once: what stays in the processor's cache


def _overlaps(length: int, count: int, span: range) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """First pixel (n,) under each sample of `span`, and the shares (taps, n) of it and of those after it.

    Sample i of `count` covers the pixels i * length / count to (i + 1) * length / count.
    """
    edges = np.arange(span.start, span.stop + 1) * (length / count)
    low = edges[:-1].astype(np.intp)
    taps = int(length / count) + 2
    places = low + np.arange(taps)[:, None]
    shares = np.minimum(edges[1:], places + 1) - np.maximum(edges[:-1], places)
    shares[places >= length] = 0.0
    return low, np.asarray(np.maximum(shares, 0.0) * (count / length), np.float32)


def _shrink_axis(image: Samples, count: int, axis: int, length: int, span: range, offset: int = 0) -> Luma:
    """Area average along one axis of `length` px to `count`; only the samples in `span`.

    `image` may hold a part of the axis, from px `offset` on.
    """
    low, shares = _overlaps(length, count, span)
    low = low - offset
    last = image.shape[axis] - 1
    out = np.zeros((len(span), image.shape[1]) if axis == 0 else (image.shape[0], len(span)), np.float32)
    block = max(1, BLOCK_VALUES // image.shape[1 - axis])
    for first in range(0, len(span), block):
        part = slice(first, first + block)
        total = out[part] if axis == 0 else out[:, part]
        for tap, share in enumerate(shares[:, part]):
            if not share.any():
                continue
            at = np.minimum(low[part] + tap, last)
            total += np.take(image, at, axis) * (share[:, None] if axis == 0 else share)
    return out


def _grow_axis(image: Samples, count: int, axis: int, length: int, span: range, offset: int = 0) -> Luma:
    """Linear interpolation along one axis, pixel centres aligned; else as :func:`_shrink_axis`."""
    at = np.clip((np.arange(span.start, span.stop) + 0.5) * (length / count) - 0.5, 0, length - 1)
    low = np.minimum(at.astype(np.intp), max(length - 2, 0))
    high = np.minimum(low + 1, length - 1)
    part = (at - low).astype(np.float32)
    part = part[:, None] if axis == 0 else part[None, :]
    first = np.take(image, low - offset, axis).astype(np.float32)
    first += part * (np.take(image, high - offset, axis) - first)
    return first


def _resize_axis(image: Samples, count: int, axis: int, length: int, span: range, offset: int = 0) -> Samples:
    if count == length:
        part = slice(span.start - offset, span.stop - offset)
        return image[part] if axis == 0 else image[:, part]
    change = _shrink_axis if count < length else _grow_axis
    return change(image, count, axis, length, span, offset)


def resize_in_strips(image: Luma, height: int, width: int, rows: int) -> Iterator[tuple[int, Luma]]:
    """`resize`, `rows` rows at a time: (first row, float32 strip). Grows, or keeps, the number of rows."""
    wide = resize(image, min(height, image.shape[0]), width)
    for top in range(0, height, rows):
        span = range(top, min(height, top + rows))
        yield top, np.asarray(_resize_axis(wide, height, 0, len(wide), span), np.float32)


def resize(image: Samples, height: int, width: int) -> Luma:
    """(h, w) -> float32 (height, width), same unit: area average when shrinking, linear when growing."""
    for axis, count in ((0, height), (1, width)):
        image = _resize_axis(image, count, axis, image.shape[axis], range(count))
    return np.asarray(image, np.float32)


def resize_part(image: Samples, size: tuple[int, int], part: Rect) -> Luma:
    """The part of `resize(image, *size)` that lies in a rectangle."""
    lengths = image.shape
    for axis, span in enumerate((range(part.y, part.bottom), range(part.x, part.right))):
        first, last = rows_under(lengths[axis], size[axis], span.start, span.stop)
        under = image[first:last] if axis == 0 else image[:, first:last]
        image = _resize_axis(under, size[axis], axis, lengths[axis], span, first)
    return np.asarray(image, np.float32)


def rows_under(length: int, count: int, first: int, last: int) -> tuple[int, int]:
    """Rows of `length` that samples [first, last) of `count` are made from."""
    ratio = length / count
    slack = 1 if count <= length else 2
    return max(0, int(first * ratio) - slack), min(length, int(last * ratio) + 1 + slack)


def rows_over(length: int, count: int, top: int, bottom: int) -> tuple[int, int]:
    """Samples of `count` that depend on any of the rows [top, bottom) of `length`, and a few beside them."""
    ratio = count / length
    slack = 2 + int(ratio)
    return max(0, int(top * ratio) - slack), min(count, int(bottom * ratio) + 1 + slack)


def resample_rows(rows: Rows, size: tuple[int, int], out: Reduced, first: int, last: int) -> None:
    """Fill `out[first:last]`, uint16 (H, W): a page of `size` (height, width) resized to `out`'s shape.

    `rows(top, bottom)` gives the page's rows. They are asked for strip by strip; the last rows of a strip may
    be asked for again.
    """
    height, width = size
    tall, wide = out.shape
    step = max(1, int(STRIP_PIXELS // width * tall / height))
    for start in range(first, last, step):
        stop = min(last, start + step)
        top, bottom = rows_under(height, tall, start, stop)
        strip = _resize_axis(rows(top, bottom), tall, 0, height, range(start, stop), top)
        out[start:stop] = np.rint(_resize_axis(strip, wide, 1, width, range(wide)))
