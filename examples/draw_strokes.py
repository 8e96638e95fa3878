# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws the stroke drawings in examples/strokes/ as the sketches that `make ink` inks.

Usage: python -m examples.draw_strokes [FOLDER]      (default: examples/)
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image

from drawings.looks import draw_sketch
from drawings.strokes import Drawing, Stroke, load_drawing

HERE = Path(__file__).parent
A4_300 = (3508, 2480)


@dataclass(frozen=True)
class Example:
    """A stroke drawing, the look it gets, and the page (height, width) and file it becomes."""

    strokes: str
    look: str
    page: tuple[int, int]
    file: str
    dpi: int


EXAMPLES = (
    Example("coyote", "graphite", A4_300, "skull-a4-300dpi.jpg", 300),
    Example("fruit", "construction", (720, 1000), "fruit.png", 96),
    Example("lady", "photo", (2400, 1800), "lady-photo.jpg", 240),
    Example("pig", "blue", (1240, 1654), "pig-blue-pencil.webp", 150),
)


def draw(example: Example) -> Image.Image:
    """The example's sketch, RGB or grey."""
    drawing = _on_page(HERE / "strokes" / f"{example.strokes}.json", example.page)
    return Image.fromarray(draw_sketch(drawing, example.look, example.strokes))


def _on_page(path: Path, page: tuple[int, int]) -> Drawing:
    """The drawing in the middle of the page, as large as a margin allows."""
    loaded = load_drawing(path, max(page), max(page) // 15)
    fit = min(1.0, *(side / taken for side, taken in zip(page, loaded.size, strict=True)))
    corner = (np.array(page[::-1]) - fit * np.array(loaded.size[::-1])) / 2
    strokes = [Stroke(stroke.cluster, stroke.points * fit + corner) for stroke in loaded.strokes]
    return replace(loaded, size=page, strokes=strokes, pen_width=loaded.pen_width * fit)


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    for example in EXAMPLES:
        target = folder / example.file
        draw(example).save(target, quality=82, dpi=(example.dpi, example.dpi), optimize=True)
        print(f"{target}: {target.stat().st_size / 1e6:.2f} MB")
