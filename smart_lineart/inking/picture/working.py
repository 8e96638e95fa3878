# SPDX-License-Identifier: GPL-3.0-or-later
"""A finished picture at the size at which the network looks at it, taken in row by row."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.arrays import Bytes
from smart_lineart.inking.errors import BadSketch
from smart_lineart.inking.page.sketch import check_size
from smart_lineart.inking.raster.resampling import resample_rows, rows_under

LONGEST = 2000  # px: longer sides are seen smaller, so that lines are as broad as those learned from
SHORTEST = 700  # px: shorter longer sides are seen larger
LARGEST_SCALE = 2.0
PLANES = 3


def working_scale(size: tuple[int, int], most: float) -> float:
    """Working px per px of a picture of `size` (height, width), at most `most`."""
    longer = max(size)
    wanted = LONGEST / longer if longer > LONGEST else min(LARGEST_SCALE, max(1.0, SHORTEST / longer))
    return min(wanted, most)


def over_white(pixels: NDArray[np.uint8]) -> Bytes:
    """Pixels uint8 (h, w, 1 to 4), alpha straight, as red, green and blue over white: uint8 (h, w, 3)."""
    bands = pixels.shape[2]
    colours = pixels[..., :3] if bands >= 3 else np.repeat(pixels[..., :1], 3, axis=2)
    if bands in {1, 3}:
        return np.ascontiguousarray(colours)
    alpha = pixels[..., -1:].astype(np.uint16)
    return ((colours * alpha + 255 * (255 - alpha) + 127) // 255).astype(np.uint8)


class WorkingPicture:
    """Takes in the rows of a picture from top to bottom and keeps what the network is to see of it.

    What comes of it does not depend on how many rows are given at once.

    Args:
        size: (height, width) of the picture in px.
        scale: working px per px.

    Raises BadSketch for a size that no picture has.
    """

    def __init__(self, size: tuple[int, int], scale: float):
        check_size(*size)
        self._size = size
        tall, wide = (max(1, round(side * scale)) for side in size)
        self._out = np.zeros((PLANES, tall, wide), np.uint16)
        self._kept = np.zeros((0, size[1], PLANES), np.uint8)
        self._first = 0  # the row of the picture that the kept ones begin with
        self._done = 0

    def add(self, rows: Bytes) -> None:
        """Take the next rows, uint8 (n, width, 3)."""
        self._kept = np.concatenate([self._kept, rows]) if len(self._kept) else rows
        last, height = self._first + len(self._kept), self._size[0]
        tall = self._out.shape[1]
        ready = tall if last >= height else max(self._done, int(last * tall / height) - 3)
        while ready > self._done and rows_under(height, tall, self._done, ready)[1] > last:
            ready -= 1
        if ready <= self._done:
            return
        for plane, out in enumerate(self._out):

            def part(top: int, bottom: int, plane: int = plane) -> NDArray[np.uint16]:
                return self._kept[top - self._first : bottom - self._first, :, plane].astype(np.uint16)

            resample_rows(part, self._size, out, self._done, ready)
        self._done = ready
        needed = rows_under(height, tall, ready, tall)[0] if ready < tall else height
        if needed > self._first:
            self._kept = self._kept[needed - self._first :].copy()
            self._first = needed

    def whole(self) -> Bytes:
        """The picture once every row was given: uint8 (h, w, 3), what its colours lack of white."""
        assert self._done == self._out.shape[1], "rows are missing"
        return np.moveaxis(np.uint8(255) - self._out.astype(np.uint8), 0, 2).copy()


def working_picture(picture: NDArray[Any], scale: float) -> Bytes:
    """A picture uint8 (H, W, 1 to 4) at `scale`, as `WorkingPicture.whole` gives it. Raises BadSketch."""
    if picture.dtype != np.uint8 or picture.ndim != 3 or picture.shape[2] not in range(1, 5):
        raise BadSketch(
            "The sketch has the shape {shape}; an image of 1 to 4 channels is needed.", shape=picture.shape
        )
    working = WorkingPicture((picture.shape[0], picture.shape[1]), scale)
    rows = max(1, (1 << 20) // picture.shape[1])
    for top in range(0, picture.shape[0], rows):
        working.add(over_white(picture[top : top + rows]))
    return working.whole()
