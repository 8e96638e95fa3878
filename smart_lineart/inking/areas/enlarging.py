# SPDX-License-Identifier: GPL-3.0-or-later
"""Labels at working scale, drawn at page scale with calm borders."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.geometry import Rect

STRIP = 1 << 20  # px drawn at once


def labels_on_page(labels: NDArray[np.int32], shape: tuple[int, int], region: Rect) -> NDArray[np.int32]:
    """Labels (h, w) of a page of `shape`, as int32 (region.height, region.width).

    Between the centres of four working px the label with most weight wins, bilinearly: borders run
    diagonally where pixels would make stairs. Of equal ones the lower label wins.
    """
    out = np.zeros((region.height, region.width), np.int32)
    inside = region.intersection(Rect(0, 0, shape[1], shape[0]))
    if not (inside.width and inside.height):
        return out
    rows = max(1, STRIP // inside.width)
    left = inside.x - region.x
    for top in range(inside.y, inside.bottom, rows):
        tall = min(rows, inside.bottom - top)
        at = top - region.y
        out[at : at + tall, left : left + inside.width] = _strip(
            labels, shape, Rect(inside.x, top, inside.width, tall)
        )
    return out


def _along(first: int, count: int, page: int, working: int) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """For page px the working px before them and how far they lie beyond its centre, 0 to 1."""
    place = np.clip((np.arange(first, first + count) + 0.5) * (working / page) - 0.5, 0, working - 1)
    low = np.minimum(place.astype(np.intp), max(working - 2, 0))
    return low, place - low


def _strip(labels: NDArray[np.int32], shape: tuple[int, int], part: Rect) -> NDArray[np.int32]:
    if labels.shape == shape:
        return labels[part.y : part.bottom, part.x : part.right]
    rows, down = _along(part.y, part.height, shape[0], labels.shape[0])
    columns, across = _along(part.x, part.width, shape[1], labels.shape[1])
    below, beside = min(1, labels.shape[0] - 1), min(1, labels.shape[1] - 1)
    top, bottom = rows[0], rows[-1] + below + 1
    piece = labels[top:bottom]
    corners = [
        piece[dy : len(piece) - below + dy, dx : labels.shape[1] - beside + dx]
        for dy in (0, below)
        for dx in (0, beside)
    ]
    mixed = (corners[0] != corners[1]) | (corners[0] != corners[2]) | (corners[0] != corners[3])
    grid = np.ix_(rows - top, columns)
    out = corners[0][grid]
    y, x = np.nonzero(mixed[grid])
    cell = rows[y] - top, columns[x]
    four = np.stack([corner[cell] for corner in corners])
    weights = np.stack(
        [
            (1 - down[y]) * (1 - across[x]),
            (1 - down[y]) * across[x],
            down[y] * (1 - across[x]),
            down[y] * across[x],
        ]
    )
    totals = np.stack([np.where(four == one, weights, 0.0).sum(0) for one in four])
    most = totals.max(0)
    best = np.where(totals >= most - 1e-9, four, np.iinfo(np.int32).max)
    out[y, x] = best.min(0)
    return out
