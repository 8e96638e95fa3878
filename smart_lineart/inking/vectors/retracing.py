# SPDX-License-Identifier: GPL-3.0-or-later
"""Ink as it is on a layer, whoever drew it, as vectors: its lines are followed as a sketch's are."""

from __future__ import annotations

import math

import numpy as np

from smart_lineart.inking.arrays import Bytes
from smart_lineart.inking.lines.tracing import trace_strokes
from smart_lineart.inking.raster.morphology import depth, grow
from smart_lineart.inking.strokes import Strokes
from smart_lineart.inking.vectors.making import make_vectors
from smart_lineart.inking.vectors.paths import Vectors

BLACK = 1.6  # times as deep as usual lines are, somewhere, that ink is an area and no line
INKED = 128
THINNEST = 1.0  # px
STYLE = "technical"  # what comes in wide is as wide as it is: no brush tapers it once more


def retrace(coverage: Bytes) -> Vectors:
    """Vectors of ink, uint8 coverage (height, width): lines as strokes, what is far broader as areas."""
    strokes, levels = trace_strokes(coverage, coverage, (1.0, 1.0))
    usual = THINNEST if levels is None else max(THINNEST, levels.usual)
    blunt = Strokes(
        strokes.points, strokes.width, strokes.strength, strokes.starts, np.zeros_like(strokes.free)
    )
    return make_vectors(blunt, _areas(coverage, usual), coverage.shape, thickness=usual, style=STYLE)


def _areas(coverage: Bytes, usual: float) -> Bytes | None:
    """What is ink and too broad for a line, as a map whose contour lies where the ink's does."""
    deep = math.ceil(BLACK * usual / 2) + 1
    core = depth(coverage >= INKED, deep) >= deep
    if not core.any():
        return None
    return np.where(grow(core, deep + 1), coverage, np.uint8(0))
