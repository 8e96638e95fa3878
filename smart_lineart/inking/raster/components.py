# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs of pixels, and the connected regions that they make up, in numpy alone."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.arrays import Mask

Indices = NDArray[np.intp]


class Runs(NamedTuple):
    """Runs of true pixels in the rows of a mask: `row`, first column, and the one after the last."""

    row: Indices
    start: Indices
    stop: Indices


def find_runs(mask: Mask) -> Runs:
    """The runs of a mask (H, W), row by row from left to right."""
    width = mask.shape[1] + 2
    framed = np.zeros((mask.shape[0], width), np.bool_)
    framed[:, 1:-1] = mask
    flat = framed.reshape(-1)
    # Every row begins and ends with a blank, so that starts and stops take turns.
    changes = np.flatnonzero(flat[1:] != flat[:-1])
    row, start = np.divmod(changes[::2], width)
    return Runs(row, start, changes[1::2] % width)


def label_runs(runs: Runs, width: int, kinds: NDArray[np.integer] | None = None) -> Indices:
    """For each run of a mask `width` px wide the number of the first run of its 4-connected region.

    `kinds`: of each run; only those of one kind are connected.
    """
    # Keys that grow along a row and from row to row, so that a run's neighbours below are found at once.
    first = runs.row * (width + 1) + runs.start
    last = runs.row * (width + 1) + runs.stop
    low = np.searchsorted(last, first + width + 1, side="right")
    high = np.searchsorted(first, last + width + 1, side="left")
    touching = np.maximum(high - low, 0)
    above = np.repeat(np.arange(len(first)), touching)
    below = np.arange(len(above)) - np.repeat(np.cumsum(touching) - touching - low, touching)
    if kinds is not None:
        alike = kinds[above] == kinds[below]
        above, below = above[alike], below[alike]
    label = np.arange(len(first))
    while True:
        least = np.minimum(label[above], label[below])
        before = label.copy()
        # Hooking and pointer jumping (Shiloach and Vishkin 1982): few rounds, whatever the shape.
        for ends in (label[above], label[below], above, below):
            np.minimum.at(label, ends, least)
        label = label[label]
        if np.array_equal(label, before):
            return label


def paint(runs: Runs, chosen: NDArray[np.bool_], shape: tuple[int, int]) -> Mask:
    """The mask of `shape` that some of a mask's runs make up."""
    steps = np.zeros((shape[0], shape[1] + 1), np.int8)
    for at, step in ((runs.start, 1), (runs.stop, -1)):  # no two runs of a row touch
        steps[runs.row[chosen], at[chosen]] = step
    return np.asarray(steps.cumsum(axis=1, dtype=np.int8)[:, :-1], np.bool_)


def extents(runs: Runs, label: Indices) -> tuple[Indices, Indices, Indices, Indices]:
    """Left, top, right and bottom (N,) of the region of each label; for what is none, left exceeds right."""
    count = len(label)
    left, top = (
        np.full(count, np.iinfo(np.int32).max, np.intp),
        np.full(count, np.iinfo(np.int32).max, np.intp),
    )
    right, bottom = np.zeros(count, np.intp), np.zeros(count, np.intp)
    np.minimum.at(left, label, runs.start)
    np.minimum.at(top, label, runs.row)
    np.maximum.at(right, label, runs.stop)
    np.maximum.at(bottom, label, runs.row + 1)
    return left, top, right, bottom
