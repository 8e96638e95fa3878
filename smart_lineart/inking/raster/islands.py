# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts of a page where there is something to do: blank paper between them costs neither time nor memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from smart_lineart.inking.arrays import Mask
from smart_lineart.inking.raster.components import extents, find_runs, label_runs, paint
from smart_lineart.inking.raster.morphology import spread


class Island(NamedTuple):
    """A part of a page: `window`, its slices of rows and of columns, and what of that is its `own`, bool."""

    window: tuple[slice, slice]
    own: Mask


def find_islands(marked: Mask, reach: int) -> Iterator[Island]:
    """Parts of a page (H, W) that hold every marked pixel and at least `reach` px around it.

    Marked pixels that touch lie in one island. Where windows overlap so far that they are larger than the
    page, it is one island.
    """
    coarse = spread(_blocks(marked, reach))
    runs = find_runs(coarse)
    label = label_runs(runs, coarse.shape[1])
    if not len(label):
        return
    kept = np.unique(label)
    boxes = np.transpose([side[kept] for side in extents(runs, label)])
    if ((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])).sum() > coarse.size:
        yield Island((slice(0, marked.shape[0]), slice(0, marked.shape[1])), np.ones(marked.shape, np.bool_))
        return
    for one, (left, top, right, bottom) in zip(kept, boxes.tolist(), strict=True):
        part = paint(runs, label == one, coarse.shape)[top:bottom, left:right]
        rows = slice(top * reach, min(bottom * reach, marked.shape[0]))
        columns = slice(left * reach, min(right * reach, marked.shape[1]))
        own = part.repeat(reach, 0).repeat(reach, 1)[: rows.stop - rows.start, : columns.stop - columns.start]
        yield Island((rows, columns), own)


def _blocks(mask: Mask, side: int) -> Mask:
    """Whether there is a true pixel in each block of `side` px."""
    rows, columns = (np.arange(0, length, side) for length in mask.shape)
    if not mask.size:
        return np.zeros((len(rows), len(columns)), np.bool_)
    return np.asarray(np.logical_or.reduceat(np.logical_or.reduceat(mask, rows, 0), columns, 1), np.bool_)
