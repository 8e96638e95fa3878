# SPDX-License-Identifier: GPL-3.0-or-later
"""Labels that grow into what has none, all at the same pace: they meet in the middle."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.arrays import Mask
from smart_lineart.inking.raster.morphology import spread


def grown(labels: NDArray[np.int32], into: Mask | None = None) -> NDArray[np.int32]:
    """Labels (h, w) grown into what is 0, or only into the part of it that is `into`.

    By steps to the sides and, every third time, over corners too: so far an octagon is nearly round.
    """
    tall, wide = labels.shape
    width = wide + 2
    framed = np.full((tall + 2, width), -1, np.int32)
    framed[1:-1, 1:-1] = labels
    if into is not None:
        framed[1:-1, 1:-1][(labels == 0) & ~into] = -1
    flat = framed.reshape(-1)
    beside, corners = (-width, -1, 1, width), (-width - 1, 1 - width, width - 1, width + 1)
    # Only what lies beside a blank pixel can grow.
    front = np.flatnonzero((framed > 0) & spread(framed == 0))
    place = np.empty(flat.shape, np.int32)
    turn = 0
    while len(front):
        turn += 1
        steps = beside + corners if turn % 3 == 0 else beside
        at = np.concatenate([front + step for step in steps])
        to = np.tile(flat[front], len(steps))
        free = flat[at] == 0
        at, to = at[free], to[free]
        order = np.argsort(-to, kind="stable")
        at, to = at[order], to[order]
        flat[at] = to  # of labels that come at once the lowest, as the last, stays
        place[at] = np.arange(len(at))
        new = at[place[at] == np.arange(len(at))]  # each once
        front = np.concatenate([new, _stuck(flat, front, corners)])
    out = framed[1:-1, 1:-1].copy()
    out[out < 0] = 0
    return out


def _stuck(flat: NDArray[np.int32], front: NDArray[np.intp], corners: tuple[int, ...]) -> NDArray[np.intp]:
    """Those of a front that can go on over a corner alone."""
    open_ = np.zeros(len(front), np.bool_)
    for step in corners:
        open_ |= flat[front + step] == 0
    return front[open_]
