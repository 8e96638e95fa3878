# SPDX-License-Identifier: GPL-3.0-or-later
"""Artists' over-sketched drawings as they are: every pass they drew, and the lines that they meant.

What hands laid along other drawings cannot show is learned from these: which of two lines that run beside
each other are one, where a searching outline ends, what is drawn over what.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from drawings.strokes import MARGIN, load_drawing
from drawings.truth import meant_lines
from training.corpus import Drawing
from training.hands import EVERY
from training.roughen import Rng

SIDE = 1400  # px: size at which the middle of several passes is found
WARP = 0.012  # of the drawing's size: how far a drawing is bent, each time anew
WAVES = 3  # bends that are laid over each other
SLOWEST, FASTEST = 0.5, 1.6  # of them across the drawing


@dataclass(frozen=True)
class RealSketch:
    """The lines that were meant, as a drawing, and the passes (N, 2) over them in its pixels."""

    drawing: Drawing
    passes: list[np.ndarray]

    def bent(self, rng: Rng) -> RealSketch:
        """The sketch as it would be on paper that is bent a little, lines and passes alike."""
        size = self.drawing.size
        waves = rng.uniform(SLOWEST, FASTEST, (WAVES, 2)) * rng.choice([-1.0, 1.0], (WAVES, 2))
        phase = rng.uniform(0, 2 * np.pi, WAVES)
        reach = rng.normal(0, WARP * size / WAVES**0.5, (WAVES, 2))

        def bend(points: np.ndarray) -> np.ndarray:
            turn = points[:, :2] @ waves.T * (2 * np.pi / size) + phase
            return np.concatenate([points[:, :2] + np.sin(turn) @ reach, points[:, 2:]], 1)

        strokes = [bend(line) for line in self.drawing.strokes]
        drawing = Drawing(self.drawing.name, size, strokes, self.drawing.solids)
        return RealSketch(drawing, [bend(one) for one in self.passes])


def load_sketches(folder: Path) -> list[RealSketch]:
    """Every other one of the stroke drawings (.json) in a folder: the same whose hands are taken.

    Raises FileNotFoundError when there are none, ValueError for a file that is not one.
    """
    sketches = [_load(path) for path in sorted(folder.glob("*.json"))[::EVERY]]
    if not sketches:
        raise FileNotFoundError(f"no stroke drawings in {folder}")
    return sketches


def _load(path: Path) -> RealSketch:
    drawing = load_drawing(path, long_edge=SIDE + 2 * MARGIN, margin=MARGIN)
    lines = [line for line in meant_lines(drawing, SIDE) if len(line) > 1]
    strokes = [np.column_stack([line, np.ones(len(line))]).astype(np.float32) for line in lines]
    passes = [stroke.points.astype(np.float32) for stroke in drawing.strokes if len(stroke.points) > 1]
    return RealSketch(Drawing(path.stem, float(SIDE), strokes, []), passes)
