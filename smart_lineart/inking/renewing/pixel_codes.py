# SPDX-License-Identifier: GPL-3.0-or-later
"""A layer's pixels as numbers, one for each that is different: flats have few, in any colour space."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int32]
Pixels = NDArray[Any]  # (height, width, channels) as a layer has them, alpha last

CLEAR = 0
"""The code of every pixel that shows nothing."""


class PixelTable:
    """Which pixel each code stands for; grows with what is told. Pixels have `channels` of a `dtype`."""

    def __init__(self, channels: int, dtype: np.dtype[Any]):
        self._channels, self._dtype = channels, np.dtype(dtype)
        self._pixels: list[bytes] = [bytes(channels * self._dtype.itemsize)]
        self._code: dict[bytes, int] = {}

    def __len__(self) -> int:
        return len(self._pixels)

    def code(self, pixel: Pixels) -> int:
        """The code of one pixel, (channels,)."""
        return int(self.encode(pixel.reshape(1, 1, -1))[0, 0])

    def pixel(self, raw: bytes) -> Pixels:
        """A pixel of its bytes, (channels,)."""
        return np.frombuffer(raw, self._dtype)

    def encode(self, pixels: Pixels) -> Codes:
        """The codes of pixels (height, width, channels): int32 (height, width)."""
        flat = np.ascontiguousarray(pixels).reshape(-1, self._channels)
        if not len(flat):
            return np.zeros(pixels.shape[:2], np.int32)
        # A run of equal pixels stands for all of them. Bytes are compared, since nan differs from itself.
        raw = flat.view(f"u{self._dtype.itemsize}")
        starts = np.flatnonzero(np.append(True, (raw[1:] != raw[:-1]).any(axis=1)))
        found, number = np.unique(
            np.ascontiguousarray(raw[starts]).view(np.dtype((np.void, raw.itemsize * self._channels)))[:, 0],
            return_inverse=True,
        )
        packed, size = found.tobytes(), found.itemsize
        alpha = np.frombuffer(packed, self._dtype).reshape(-1, self._channels)[:, -1]
        known = np.array(
            [
                self._code_of(packed[at * size : at * size + size]) if seen else CLEAR
                for at, seen in enumerate((alpha > 0).tolist())
            ],
            np.int32,
        )
        lengths = np.diff(np.append(starts, len(flat)))
        return np.repeat(known[number], lengths).reshape(pixels.shape[:2])

    def _code_of(self, pixel: bytes) -> int:
        code = self._code.get(pixel)
        if code is None:
            code = self._code[pixel] = len(self._pixels)
            self._pixels.append(pixel)
        return code

    @property
    def pixels(self) -> Pixels:
        """The pixel of each code, (codes, channels)."""
        return np.frombuffer(b"".join(self._pixels), self._dtype).reshape(-1, self._channels)


def counted(*keys: NDArray[np.int32]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """How often each combination of values is there in arrays of one shape: the combinations (n, arrays),
    rising, and how many pixels each has.
    """
    mixed, sizes = keys[0].reshape(-1).astype(np.int64), [int(key.max(initial=0)) + 1 for key in keys]
    for key, size in zip(keys[1:], sizes[1:], strict=True):
        mixed = mixed * size + key.reshape(-1)
    starts = np.flatnonzero(np.append(np.ones(min(1, mixed.size), np.bool_), mixed[1:] != mixed[:-1]))
    lengths = np.diff(np.append(starts, mixed.size))
    found, number = np.unique(mixed[starts], return_inverse=True)
    many = np.bincount(number, lengths, len(found)).astype(np.int64)
    columns = []
    for size in sizes[:0:-1]:
        found, rest = np.divmod(found, size)
        columns.append(rest)
    return np.stack([found, *columns[::-1]], 1), many
