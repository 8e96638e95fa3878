# SPDX-License-Identifier: GPL-3.0-or-later
"""Strips between parallel lines that lie close: what hatching, or hair, parts is one area."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.areas.slivers import depth_within
from smart_lineart.inking.areas.walls import Walls

BROADEST = 4.0  # usual line widths that a strip is broad, between its lines
LONG = 4.0  # times as long as it is broad
BESIDE = 0.5  # of the shorter strip's length, along which two lie side by side
FEWEST = 4  # strips in a row: fewer may be a strap, or fingers


def with_strips_joined(labels: NDArray[np.int32], walls: Walls) -> NDArray[np.int32]:
    """Labels (h, w) in which strips that lie side by side, four or more of them, are one area."""
    most, levels = int(labels.max()), _deep(walls) + 2
    if most < FEWEST:
        return labels
    free = np.where(walls.ink, 0, labels)
    deep = free * levels + depth_within(free, levels - 1)
    many = np.bincount(deep.reshape(-1), minlength=(most + 1) * levels).reshape(most + 1, levels)
    size = many.sum(1).astype(np.float64)
    deepest = levels - 1 - np.argmax(many[:, ::-1] > 0, 1)
    broad = 2.0 * deepest - 1.0
    length = size / np.maximum(broad, 1.0)
    strip = (size > 0) & (deepest <= _deep(walls)) & (length >= LONG * broad)
    strip[0] = False
    if strip.sum() < FEWEST:
        return labels
    became = np.arange(most + 1, dtype=np.int32)
    for one, other, shared in _borders(np.where(strip[labels], labels, 0)):
        if shared >= BESIDE * min(length[one], length[other]):
            low, high = sorted((int(became[one]), int(became[other])))
            became[became == high] = low
    row = np.bincount(became[strip], minlength=most + 1)
    table = np.where(strip & (row[became] >= FEWEST), became, np.arange(most + 1, dtype=np.int32))
    return np.asarray(table[labels], np.int32)


def _deep(walls: Walls) -> int:
    return int(np.ceil(BROADEST * walls.usual / 2))


def _borders(labels: NDArray[np.int32]) -> list[tuple[int, int, int]]:
    """(one, other, how long) of borders between labels above 0; px along the longer of both directions."""
    found: dict[tuple[int, int], int] = {}
    for a, b in ((labels[:, 1:], labels[:, :-1]), (labels[1:], labels[:-1])):
        at = (a != b) & (a > 0) & (b > 0)
        pairs = np.stack([np.minimum(a[at], b[at]), np.maximum(a[at], b[at])], 1)
        for (low, high), shared in zip(*np.unique(pairs, axis=0, return_counts=True), strict=True):
            pair = int(low), int(high)
            found[pair] = max(found.get(pair, 0), int(shared))
    return [(low, high, shared) for (low, high), shared in sorted(found.items())]
