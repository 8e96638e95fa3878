# SPDX-License-Identifier: GPL-3.0-or-later
"""Small islands of paper in the line map that the network half takes for ink.

Passes that lie a little too far apart to be one line to the network leave a net in its line map: islands of
paper between them, with sides that it is unsure of, and never quite white. Filled, they thin to the line
between the passes. What is meant to stay open, such as a buckle or the slit of an eye, is white within and
sure all around.

Lengths are px at working scale.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.morphology import grow

Bytes = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Indices = NDArray[np.intp]

NARROW = 4  # an island that is farther across than twice this lies between two lines
LARGEST = 1500  # px of area
HALF_SEEN = 0.1  # mean probability within, from which an island may be ink
SURE_SIDES = 0.6  # middle probability along its sides, from which it is meant
SIDES = 2  # px around an island in which its sides lie


class Runs(NamedTuple):
    """Runs of true pixels in the rows of a mask: `row`, first column, and the one after the last."""

    row: Indices
    start: Indices
    stop: Indices


def fill_islands(mask: Mask, line: Bytes) -> Mask:
    """The mask of a line map, bool (H, W), with the islands filled that are none; `line` is uint8 (H, W)."""
    runs = find_runs(~mask)
    label = label_runs(runs, mask.shape[1])
    area = np.bincount(label, runs.stop - runs.start, minlength=len(label))
    at_edge = (runs.row == 0) | (runs.row == mask.shape[0] - 1)
    at_edge |= (runs.start == 0) | (runs.stop == mask.shape[1])
    small = area <= LARGEST
    small[label[at_edge]] = False
    order = np.argsort(label, kind="stable")
    order = order[small[label[order]]]
    if not len(order):
        return mask
    filled = mask.copy()
    for members in np.split(order, np.flatnonzero(np.diff(label[order])) + 1):
        island = Runs(runs.row[members], runs.start[members], runs.stop[members])
        if _is_ink(island, mask, line):
            for row, start, stop in zip(*island, strict=True):
                filled[row, start:stop] = True
    return filled


def _is_ink(island: Runs, mask: Mask, line: Bytes) -> bool:
    """Whether an island is narrow, half seen as ink, and of unsure sides."""
    margin = NARROW + 1
    top, left = max(0, int(island.row.min()) - margin), max(0, int(island.start.min()) - margin)
    crop = np.s_[top : island.row.max() + margin + 1, left : island.stop.max() + margin]
    paper = np.zeros(mask[crop].shape, np.bool_)
    for row, start, stop in zip(*island, strict=True):
        paper[row - top, start - left : stop - left] = True
    probability = line[crop]
    if probability[paper].mean() < HALF_SEEN * 255 or not grow(~paper, NARROW).all():
        return False
    sides = probability[grow(paper, SIDES) & ~paper]
    return bool(np.median(sides) < SURE_SIDES * 255)


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


def label_runs(runs: Runs, width: int) -> Indices:
    """For each run of a mask `width` px wide the number of the first run of its 4-connected region."""
    # Keys that grow along a row and from row to row, so that a run's neighbours below are found at once.
    first = runs.row * (width + 1) + runs.start
    last = runs.row * (width + 1) + runs.stop
    low = np.searchsorted(last, first + width + 1, side="right")
    high = np.searchsorted(first, last + width + 1, side="left")
    touching = np.maximum(high - low, 0)
    above = np.repeat(np.arange(len(first)), touching)
    below = np.arange(len(above)) - np.repeat(np.cumsum(touching) - touching - low, touching)
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
