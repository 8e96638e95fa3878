# SPDX-License-Identifier: GPL-3.0-or-later
"""Small holes in the line map that the network half takes for ink.

Passes that lie a little too far apart to be one line to the network leave a net in its line map: holes of
paper between them, with sides that it is unsure of, and never quite white. Filled, they thin to the line
between the passes. What is meant to stay open, such as a buckle or the slit of an eye, is white within and
sure all around.

Lengths are px at working scale.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smart_lineart.inking.arrays import Bytes, Mask
from smart_lineart.inking.ranges import tuned
from smart_lineart.inking.raster.components import Runs, find_runs, label_runs
from smart_lineart.inking.raster.morphology import grow

SIDES = 2  # px around a hole in which its sides lie


@dataclass(frozen=True)
class HoleTuning:
    """Which holes are none."""

    narrow: int = tuned(2, 1, 16)  # a hole that is farther across than twice this lies between two lines
    largest: int = tuned(1500, 0, 100_000)  # px of area
    half_seen: float = tuned(0.1, 0.0, 1.0)  # mean probability within, from which a hole may be ink
    sure_sides: float = tuned(0.6, 0.0, 1.0)  # middle probability along its sides, from which it is meant


def fill_holes(mask: Mask, line: Bytes, tuning: HoleTuning = HoleTuning()) -> Mask:
    """The mask of a line map, bool (H, W), with the holes filled that are none; `line` is uint8 (H, W)."""
    runs = find_runs(~mask)
    label = label_runs(runs, mask.shape[1])
    area = np.bincount(label, runs.stop - runs.start, minlength=len(label))
    at_edge = (runs.row == 0) | (runs.row == mask.shape[0] - 1)
    at_edge |= (runs.start == 0) | (runs.stop == mask.shape[1])
    small = area <= tuning.largest
    small[label[at_edge]] = False
    order = np.argsort(label, kind="stable")
    order = order[small[label[order]]]
    if not len(order):
        return mask
    filled = mask.copy()
    for members in np.split(order, np.flatnonzero(np.diff(label[order])) + 1):
        hole = Runs(runs.row[members], runs.start[members], runs.stop[members])
        if _is_ink(hole, mask, line, tuning):
            for row, start, stop in zip(*hole, strict=True):
                filled[row, start:stop] = True
    return filled


def _is_ink(hole: Runs, mask: Mask, line: Bytes, tuning: HoleTuning) -> bool:
    """Whether a hole is narrow, half seen as ink, and of unsure sides."""
    margin = tuning.narrow + 1
    top, left = max(0, int(hole.row.min()) - margin), max(0, int(hole.start.min()) - margin)
    crop = np.s_[top : hole.row.max() + margin + 1, left : hole.stop.max() + margin]
    paper = np.zeros(mask[crop].shape, np.bool_)
    for row, start, stop in zip(*hole, strict=True):
        paper[row - top, start - left : stop - left] = True
    probability = line[crop]
    if probability[paper].mean() < tuning.half_seen * 255 or not grow(~paper, tuning.narrow).all():
        return False
    sides = probability[grow(paper, SIDES) & ~paper]
    return bool(np.median(sides) < tuning.sure_sides * 255)
