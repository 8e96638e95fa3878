# SPDX-License-Identifier: GPL-3.0-or-later
"""The lineart that a stroke drawing means: one curve a cluster, for training and measuring alike.

The truth that lineart is measured against is these lines, 4 px wide at any size. It is cut with the engine's
own thinning and graph; tests/drawings/expected/ holds what they must give, so no change of the engine moves
it unseen.
"""

from __future__ import annotations

import numpy as np

from drawings.one_curve import one_curve
from drawings.strokes import LONG_EDGE, Drawing, Patch, band_of, resample

TRUTH_WIDTH = 4
CALM = 12  # times that a traced line is smoothed over its next vertices: by 5 px at LONG_EDGE
STEP = 2.0  # px at LONG_EDGE: between those vertices


def draw_truth(drawing: Drawing) -> np.ndarray:
    """The intended lines, uint8 H x W: 0 ink, 255 paper."""
    truth = np.full(drawing.size, 255, np.uint8)
    for line in meant_lines(drawing, max(drawing.size)):
        points = line if len(line) > 1 else np.repeat(line, 2, axis=0)  # OpenCV draws no single point
        patch = Patch.around(points, TRUTH_WIDTH, drawing.size)
        page = np.ascontiguousarray(truth[patch.rows, patch.columns])
        patch.draw(points, TRUTH_WIDTH, page, value=0)
        truth[patch.rows, patch.columns] = page
    return truth


def meant_lines(drawing: Drawing, long_edge: float) -> list[np.ndarray]:
    """The lines, float64 (N, 2) in page px: a single pass as it is, and of several the curve that they mean.

    A dot has one vertex. `long_edge`: px, that islands and calm are measured by.
    """
    lines: list[np.ndarray] = []
    for passes in drawing.clusters().values():
        lines += passes if len(passes) == 1 else _meant(passes, drawing, long_edge)
    return lines


def _meant(passes: list[np.ndarray], drawing: Drawing, long_edge: float) -> list[np.ndarray]:
    patch, band = band_of(passes, drawing)
    corner = np.array([patch.columns.start, patch.rows.start], float)
    step = STEP * long_edge / LONG_EDGE
    return [_calmed(line + corner, step) for line in one_curve(band, long_edge)]


def _calmed(line: np.ndarray, step: float) -> np.ndarray:
    """A traced line, as calm as a hand draws it."""
    line = resample(line, step)
    for _ in range(CALM):
        line[1:-1] = 0.25 * (line[:-2] + line[2:]) + 0.5 * line[1:-1]
    return line
