# SPDX-License-Identifier: GPL-3.0-or-later
"""What is kept of a sketch between the expensive part and the drawing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.strokes import Strokes


@dataclass(frozen=True)
class Features:
    """A sketch's line geometry; made by ``Inker.prepare``, drawn by ``Inker.render``.

    Attributes:
        size: (height, width) of the page in px.
        scale: working px per page px.
        inverted: whether the sketch had light lines on dark paper.
        strokes: its lines, in page px.
        solid: uint8 (h, w) shapes of solid black at working scale, contour at 128, or None when there are
        none.
    """

    size: tuple[int, int]
    scale: float
    inverted: bool
    strokes: Strokes
    solid: NDArray[np.uint8] | None

    @property
    def nbytes(self) -> int:
        """Memory held, in bytes."""
        return self.strokes.nbytes + (0 if self.solid is None else self.solid.nbytes)
