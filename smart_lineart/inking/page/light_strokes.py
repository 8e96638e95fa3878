# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of light strokes on nothing: over white paper they would vanish, so they are read over black."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.arrays import Bytes

FIRM = 200  # of 255: coverage from which a pixel shows its colour
DARK = 128  # of 255: luma below which it is dark
MOST_DARK = 0.01
LEAST_NOTHING = 0.2
"""The part that is quite transparent in the rectangle around strokes; what covers more is a sheet."""
FEW = 0.05
"""Of the picture: so little paint is strokes, also where it fills its rectangle, as one level line does."""
MOST_SPREAD = (
    96  # of 255: of luma between the darkest and the lightest twentieth; a sheet has a drawing on it
)


class LightStrokes:
    """Tells whether a picture of `size` (height, width) is sparse on transparency, and hardly dark."""

    def __init__(self, size: tuple[int, int]) -> None:
        self._area = size[0] * size[1]
        self._columns = np.zeros(size[1], np.bool_)
        self._rows: list[int] = []  # the first and the last one painted
        self._painted = np.zeros(256, np.int64)  # pixels of each luma
        self._firm = np.zeros(256, np.int64)

    def see(self, top: int, grey: Bytes, alpha: Bytes) -> None:
        """Take in rows from `top` on, in any order: luma and coverage, uint8 (rows, width) both."""
        painted = alpha > 0
        rows = np.flatnonzero(painted.any(axis=1))
        if not rows.size:
            return
        ends = [*self._rows, top + int(rows[0]), top + int(rows[-1])]
        self._rows = [min(ends), max(ends)]
        self._columns |= painted.any(axis=0)
        self._painted += np.bincount(grey[painted], minlength=256)
        self._firm += np.bincount(grey[alpha > FIRM], minlength=256)

    @property
    def alone(self) -> bool:
        """Whether light strokes are all that was seen."""
        if not self._rows:
            return False
        columns = np.flatnonzero(self._columns)
        box = (self._rows[1] + 1 - self._rows[0]) * int(columns[-1] + 1 - columns[0])
        painted = int(self._painted.sum())
        if 1 - painted / box < LEAST_NOTHING and painted > FEW * self._area:
            return False
        lumas = self._firm if self._firm.any() else self._painted
        return float(lumas[:DARK].sum() / lumas.sum()) < MOST_DARK and _spread(lumas) <= MOST_SPREAD


def _spread(lumas: NDArray[np.int64]) -> int:
    """How far the darkest and the lightest twentieth lie apart."""
    below = np.cumsum(lumas) / lumas.sum()
    return int(np.searchsorted(below, 0.95) - np.searchsorted(below, 0.05))
