# SPDX-License-Identifier: GPL-3.0-or-later
"""What is no area though lines close it: slivers between double lines, and specks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.areas.growing import grown
from smart_lineart.inking.areas.walls import Walls
from smart_lineart.inking.raster.morphology import depth

NARROW = 1.1  # usual line widths: as narrow everywhere, between the lines, is a sliver
SPECK = 1.5  # usual line widths: what is smaller than a square of that is nothing
MOST_AREAS = 20000  # the smallest beyond go to what surrounds them


def without_slivers(labels: NDArray[np.int32], walls: Walls) -> NDArray[np.int32]:
    """Labels (h, w) whose slivers and specks went, half and half, to what lies beside them."""
    most = int(labels.max())
    if not most:
        return labels
    free = np.where(walls.ink, 0, labels)
    deepest = int(np.ceil(NARROW * walls.usual / 2)) + 1
    size = np.bincount(free.reshape(-1), minlength=most + 1)
    wide = np.zeros(most + 1, np.bool_)
    wide[np.unique(free[depth_within(free, deepest) >= deepest])] = True
    gone = ~wide | (size < (SPECK * walls.usual) ** 2)
    gone[0] = False
    here = np.bincount(labels.reshape(-1), minlength=most + 1) > 0
    here &= ~gone
    if here[1:].sum() > MOST_AREAS:
        order = np.argsort(-np.where(here, size, 0)[1:], kind="stable") + 1
        gone[order[MOST_AREAS:]] = True
    if not gone.any():
        return labels
    kept = np.where(gone[labels], 0, labels + 1).astype(np.int32)
    return grown(kept) - 1


def depth_within(free: NDArray[np.int32], most: int) -> NDArray[np.uint8]:
    """How deep each pixel lies within its own area, px, at most `most`; labels (h, w) are 0 at lines."""
    same = np.ones(free.shape, np.bool_)
    same[:, 1:] &= free[:, 1:] == free[:, :-1]
    same[1:] &= free[1:] == free[:-1]
    return depth(same & (free > 0), most)
