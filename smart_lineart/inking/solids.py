# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws solid black areas, such as pupils, from the network's map."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.geometry import Rect

Bytes = NDArray[np.uint8]
STRIP = 512  # rows drawn at once


def _along(start: int, stop: int, page: int, count: int) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Lower neighbours and fractions for linear interpolation of `count` samples at page px start..stop."""
    at = np.clip((np.arange(start, stop) + 0.5) * (count / page) - 0.5, 0, max(count - 1, 0))
    low = np.minimum(at.astype(np.intp), max(count - 2, 0))
    return low, (at - low).astype(np.float32)


def draw_solids(ink: Bytes, solid: Bytes, region: Rect, size: tuple[int, int]) -> None:
    """Add solid areas to coverage `ink` (uint8, the region's shape) in place.

    `solid` is uint8 (h, w) at working scale over a page of `size` (height, width). The contour at one half is
    interpolated, and sharpened so that its edge is one page px wide.
    """
    rows, columns = solid.shape
    # A step in the map is about one working pixel wide; on the page that is this many pixels.
    steepness = np.float32(max(1.0, size[0] / rows, size[1] / columns))
    low_x, part_x = _along(region.x, region.right, size[1], columns)
    high_x = np.minimum(low_x + 1, columns - 1)
    for first in range(region.y, region.bottom, STRIP):
        last = min(region.bottom, first + STRIP)
        low_y, part_y = _along(first, last, size[0], rows)
        if not (solid[low_y[0] : low_y[-1] + 2] > 127).any():
            continue
        band = solid[low_y].astype(np.float32)
        band += part_y[:, None] * (solid[np.minimum(low_y + 1, rows - 1)] - band)
        left = band[:, low_x]
        left += part_x[None, :] * (band[:, high_x] - left)
        cover = np.clip((left - 127.5) * steepness + 127.5, 0, 255).astype(np.uint8)
        target = ink[first - region.y : last - region.y]
        np.maximum(target, cover, out=target)
