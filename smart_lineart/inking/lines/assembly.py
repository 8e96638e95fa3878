# SPDX-License-Identifier: GPL-3.0-or-later
"""Which lines stand, and their strokes on the page. Lengths are px at working scale."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.arrays import Floats
from smart_lineart.inking.ranges import tuned
from smart_lineart.inking.strokes import Strokes


@dataclass(frozen=True)
class AssemblyTuning:
    """Which lines stand."""

    speck: float = tuned(6.0, 0.0, 400.0)  # shorter lines that touch nothing need a firm probability
    speck_line: float = tuned(0.8, 0.0, 1.0)
    # So do these, but not as firm a one: scraps are left where passes were dropped.
    scrap: float = tuned(20.0, 0.0, 400.0)
    scrap_line: float = tuned(0.7, 0.0, 1.0)
    dash: float = tuned(45.0, 0.0, 400.0)  # and longer ones that the network hardly sees
    dash_line: float = tuned(0.5, 0.0, 1.0)


def _stands(length: int, alone: bool, sure: float, tuning: AssemblyTuning) -> bool:
    """Whether a line of so many vertices is one: whether it touches none, and how probable it is, 0..1."""
    if length < tuning.speck and sure < tuning.speck_line:
        return False
    least = tuning.scrap_line if length < tuning.scrap else tuning.dash_line if length < tuning.dash else 0.0
    return not alone or sure >= least


def assemble(
    points: list[Floats],
    widths: tuple[list[Floats], list[Floats]],
    sure: list[Floats],
    firm: Floats,
    standing: Floats,
    free: NDArray[np.bool_],
    scale: tuple[float, float],
    tuning: AssemblyTuning,
) -> Strokes:
    """Drop specks and scraps, and place everything on the page.

    `widths`: those of all passes, and those of single ones; `firm` and `standing`, float32 (S,): how dark the
    lines are, and how long they stand.
    """
    kept = [
        i
        for i, line in enumerate(points)
        if _stands(len(line), bool(free[i].all()), float(sure[i].mean()), tuning)
    ]
    return Strokes.from_lists(
        [np.asarray((points[i] + 0.5) / np.array(scale), np.float32) for i in kept],
        [widths[0][i] for i in kept],
        [min(1.0, float(firm[i])) for i in kept],
        [(bool(free[i, 0]), bool(free[i, 1])) for i in kept],
        [widths[1][i] for i in kept],
        [float(standing[i]) for i in kept],
    )
