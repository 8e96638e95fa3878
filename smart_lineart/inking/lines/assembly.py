# SPDX-License-Identifier: GPL-3.0-or-later
"""Which lines stand, and their strokes on the page. Lengths are px at working scale."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.arrays import Floats
from smart_lineart.inking.strokes import Strokes

SPECK = 6.0  # shorter lines that touch nothing need a firm probability
SPECK_LINE = 0.8
SCRAP = 20.0  # so do these, but not as firm a one: scraps are left where passes were dropped
SCRAP_LINE = 0.7
DASH, DASH_LINE = 45.0, 0.5  # and longer ones that the network hardly sees


def _stands(length: int, alone: bool, sure: float) -> bool:
    """Whether a line of so many vertices is one: whether it touches none, and how probable it is, 0..1."""
    if length < SPECK and sure < SPECK_LINE:
        return False
    return not alone or sure >= (SCRAP_LINE if length < SCRAP else DASH_LINE if length < DASH else 0.0)


def assemble(
    points: list[Floats],
    widths: list[Floats],
    sure: list[Floats],
    firm: list[Floats],
    free: NDArray[np.bool_],
    scale: tuple[float, float],
) -> Strokes:
    """Drop specks and scraps, sum up strengths, and place everything on the page."""
    kept = [
        i for i, line in enumerate(points) if _stands(len(line), bool(free[i].all()), float(sure[i].mean()))
    ]
    return Strokes.from_lists(
        [np.asarray((points[i] + 0.5) / np.array(scale), np.float32) for i in kept],
        [widths[i] for i in kept],
        [min(1.0, float(np.median(firm[i]))) for i in kept],
        [(bool(free[i, 0]), bool(free[i, 1])) for i in kept],
    )
