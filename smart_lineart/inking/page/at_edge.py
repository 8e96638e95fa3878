# SPDX-License-Identifier: GPL-3.0-or-later
"""What lies on a sheet of paper but is not drawn on it: the gutter of a book, and fingers that hold it.

A gutter is a soft dark band that runs all across. A finger comes in from the edge, is wide and of one soft
tone between paper and lines, and has no line around it.

Lengths are px of the small picture in which sheets are looked for.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from smart_lineart.inking.arrays import Luma, Mask
from smart_lineart.inking.raster.components import extents, find_runs, label_runs, paint
from smart_lineart.inking.raster.windows import closed, grown_by, median_of_three

MOSTLY = 0.6  # of the paper's luma that the middle of a sheet has
SHADE, DEEP = 0.85, 0.5  # of the paper's luma
ACROSS = 0.9  # of the sheet's height or width that a gutter runs along
MOST_BAND = 0.15  # of the sheet's width that it covers,
MOST_TILT = 0.3  # and from its one side to the other where it leans
LEAST_BAND = 3.0  # px that it is wide
SOFT = 2.2  # times as wide where it is only shaded as where it is deep
LEAST_FINGER = 4  # px from its edge to its middle
MOST_FINGERS = 0.08  # of the picture that a finger covers
LIGHTEST, DARKEST = 0.85, 0.3  # of the paper's luma that it has
LINES = 0.12  # of luma that a line is darker than what is beside it
OUTLINED = 0.25  # of its edge, from which it is drawn
AROUND = 2  # px around it that belong to its shadow


def not_drawn(picture: Luma, sheet: Mask) -> Mask:
    """What on a sheet, bool (h, w) both, is not drawn on it, from a small picture's luma, 0 to 1."""
    middle, paper = (np.float32(value) for value in np.percentile(picture[sheet], (50, 90)))
    out = np.zeros_like(sheet)
    if middle < MOSTLY * paper:  # light lines on dark paper, or too little of it to tell
        return out
    for region in _regions((picture < SHADE * paper) & sheet):
        if _is_gutter(picture, region, sheet, paper):
            out |= grown_by(region, AROUND)
    calm = median_of_three(closed(picture, 2))
    lines = closed(picture, 2) - picture > LINES
    rim = ~grown_by(sheet, 1) | _frame(sheet)
    for region in _regions((calm < LIGHTEST * paper) & sheet & ~out):
        if (region & grown_by(rim, 1)).any() and _is_finger(calm, region, lines, paper):
            out |= grown_by(region, AROUND)
    return out


def _regions(mask: Mask) -> Iterator[Mask]:
    """The regions of a mask that are not tiny."""
    runs = find_runs(mask)
    if not len(runs.row):
        return
    label = label_runs(runs, mask.shape[1])
    area = np.bincount(label, runs.stop - runs.start, len(label))
    left, top, right, bottom = extents(runs, label)
    least = 2 * LEAST_FINGER
    for number in np.flatnonzero((area >= least * least) & (np.maximum(right - left, bottom - top) >= least)):
        yield paint(runs, label == number, mask.shape)


def _frame(sheet: Mask) -> Mask:
    """The pixels at the picture's border."""
    out = np.ones_like(sheet)
    out[1:-1, 1:-1] = False
    return out


def _is_gutter(picture: Luma, region: Mask, sheet: Mask, paper: np.float32) -> bool:
    for axis in (0, 1):
        along, whole = (int(np.count_nonzero(mask.any(axis=axis))) for mask in (region, sheet))
        across = int(np.count_nonzero(sheet.any(axis=1 - axis)))
        band = region.sum() / max(1, along)
        # A frame runs all across, too, but not as one band.
        straight = np.count_nonzero(region.any(axis=1 - axis)) <= MOST_TILT * across
        if along >= ACROSS * whole and LEAST_BAND <= band <= MOST_BAND * across and straight:
            deep = region & (picture < DEEP * paper)
            runs_along = np.count_nonzero(deep.any(axis=axis)) >= ACROSS * along
            return bool(runs_along and region.sum() >= SOFT * deep.sum())
    return False


def _is_finger(calm: Luma, region: Mask, lines: Mask, paper: np.float32) -> bool:
    core = ~grown_by(~region, LEAST_FINGER)
    if not core.any() or region.mean() > MOST_FINGERS:
        return False
    if not DARKEST * paper <= np.median(calm[core]) <= LIGHTEST * paper:
        return False
    edge = grown_by(region, 1) & ~region
    near = grown_by(lines, 1)
    return bool((near & edge).sum() < OUTLINED * max(1, edge.sum()) and not (lines & core).any())
