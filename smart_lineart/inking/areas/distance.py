# SPDX-License-Identifier: GPL-3.0-or-later
"""Distance to the border of a mask, in numpy alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.arrays import Mask

FARTHEST = 192  # px: what is deeper counts as that deep


def distance_within(mask: Mask) -> NDArray[np.float32]:
    """How far each true pixel (h, w) lies from the nearest false one, px, at most 192; beyond the page is
    neither.

    Exact: distances along columns first, then the least over offsets along rows (Felzenszwalb and
    Huttenlocher, "Distance Transforms of Sampled Functions", 2012, with the short reach's plain minimum).
    """
    far = float(FARTHEST)
    column = np.where(mask, np.float32(far), np.float32(0))
    for rows in (range(1, len(mask)), range(len(mask) - 2, -1, -1)):
        step = 1 if rows.step > 0 else -1
        for row in rows:
            np.minimum(column[row], column[row - step] + 1, out=column[row])
    squared = column * column
    out = squared.copy()
    reach = min(FARTHEST, mask.shape[1] - 1)
    for offset in range(1, reach + 1):
        cost = np.float32(offset * offset)
        np.minimum(out[:, offset:], squared[:, :-offset] + cost, out=out[:, offset:])
        np.minimum(out[:, :-offset], squared[:, offset:] + cost, out=out[:, :-offset])
        if cost >= out.max():
            break
    return np.sqrt(np.minimum(out, far * far))
