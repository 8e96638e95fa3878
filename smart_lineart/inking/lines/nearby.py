# SPDX-License-Identifier: GPL-3.0-or-later
"""Which points of lines lie near others."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.arrays import Floats

MEETING = 1.6  # px within which the end of a line that meets another finds it


def near_each(
    places: Floats, points: Floats, reach: float, order: NDArray[np.intp] | None = None
) -> Iterator[NDArray[np.intp]]:
    """For each of (M, 2) places the indices of the points (N, 2) within `reach`, a square.

    `order` says which points are meant, sorted by x; None means all of them.
    """
    if order is None:
        order = by_x(points)
    sorted_x = points[order, 0]
    low = np.searchsorted(sorted_x, places[:, 0] - reach)
    high = np.searchsorted(sorted_x, places[:, 0] + reach)
    for place, first, last in zip(places, low, high, strict=True):
        some = order[first:last]
        yield some[np.abs(points[some, 1] - place[1]) <= reach]


def by_x(points: Floats) -> NDArray[np.intp]:
    """The order of points (N, 2) by x, for :func:`near_each`."""
    return np.argsort(points[:, 0], kind="stable")
