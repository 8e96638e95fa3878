# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole pages of sketches, to measure speed on."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from drawings.looks import draw_sketch
from drawings.strokes import LONG_EDGE, MARGIN, Drawing, Stroke, load_drawing

ROOT = Path(__file__).parent.parent
DRAWINGS = (ROOT / "benchmarks" / "drawings", ROOT / "examples" / "strokes")
A4 = {"a4-300": (3508, 2480), "a4-600": (7016, 4960)}
"""Height and width in px of A4 at 300 and 600 dpi."""
COLUMNS, ROWS = 3, 4


def draw_page(size: tuple[int, int], look: str = "graphite") -> np.ndarray:
    """A page of `size` (height, width) full of pencil sketches, three by four, uint8 RGB."""
    files = [file for folder in DRAWINGS for file in sorted(folder.glob("*.json"))]
    height, width = size[0] // ROWS, size[1] // COLUMNS
    strokes: list[Stroke] = []
    pen_width = scale = 0.0
    for place in range(COLUMNS * ROWS):
        row, column = divmod(place, COLUMNS)
        drawing = _fit(files[place % len(files)], height, width)
        corner = np.array([column * width, row * height])
        strokes += [Stroke(stroke.cluster, corner + stroke.points) for stroke in drawing.strokes]
        pen_width, scale = drawing.pen_width, drawing.scale
    return draw_sketch(Drawing(size, strokes, pen_width, scale), look, seed="page")


def _fit(file: Path, height: int, width: int) -> Drawing:
    """The drawing as large as it can be within height x width px."""
    usual = load_drawing(file).size
    scale = min(height / usual[0], width / usual[1])
    return load_drawing(file, long_edge=int(LONG_EDGE * scale), margin=int(MARGIN * scale))
