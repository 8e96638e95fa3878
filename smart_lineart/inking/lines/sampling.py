# SPDX-License-Identifier: GPL-3.0-or-later
"""Values of images along lines, and vertices at even distances; lengths are px at working scale."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.arrays import Bytes, Floats
from smart_lineart.inking.lines.graph import Points

QUARTILE = 25  # percentile of the probabilities along a line: a weak stretch makes it weak
LINE_DEPTH = 2  # px that the middle of a line lies deep in the line map


def pixels_at(image: Bytes, points: Points | NDArray[np.intp]) -> Bytes:
    """The pixels of an image (H, W) nearest to (N, 2) points (x, y)."""
    at = np.rint(points).astype(np.intp)
    y = np.clip(at[:, 1], 0, image.shape[0] - 1)
    x = np.clip(at[:, 0], 0, image.shape[1] - 1)
    return np.asarray(image[y, x])


def confidence(points: Points, line: Bytes) -> float:
    """The line map along the weaker part of (N, 2) points, 0..1."""
    values = np.sort(pixels_at(line, points))
    # As numpy's percentile, which takes ten times as long about so few.
    place = QUARTILE / 100 * (len(values) - 1)
    low = int(place)
    one, two = int(values[low]), int(values[min(low + 1, len(values) - 1)])
    return (one + (two - one) * (place - low)) / 255.0


def resample(path: Points, count: int) -> Points:
    """`count` vertices at even distances along a path."""
    at = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(path, axis=0).T))])
    want = np.linspace(0.0, at[-1], count)
    return np.stack([np.interp(want, at, path[:, i]) for i in (0, 1)], 1).astype(np.float32)


def most_near(image: Bytes, at: NDArray[np.intp], reach: int) -> Floats:
    """Largest value within `reach` px (a square) of each of (N, 2) pixel positions (x, y), as float32."""
    best = np.zeros(len(at), np.uint8)
    steps = np.arange(-reach, reach + 1)[:, None]
    rows = np.clip(at[:, 1] + steps, 0, image.shape[0] - 1) * image.shape[1]
    columns = np.clip(at[:, 0] + steps, 0, image.shape[1] - 1)
    flat = image.reshape(-1)
    for row in rows:
        for column in columns:
            np.maximum(best, flat[row + column], out=best)
    return best.astype(np.float32)
