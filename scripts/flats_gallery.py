# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws docs/gallery/flats-N.webp: artists' sketches beside their ink and the flats beneath it.

    python scripts/flats_gallery.py [--cache FOLDER]

Straight from one click: no hints, usual openness, first colours. The drawings are those that
benchmarks/flat_points.py measures.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image
from small_pictures import save_small

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.flat_points import DRAWINGS, POINTS, inks  # noqa: E402
from smart_lineart.inking.areas import find_areas, first_colours, paint  # noqa: E402

OUT = ROOT / "docs/gallery"
CELL, MARGIN = 330, 6  # px
ROWS = 4  # drawings in a picture
GROUND = (205, 205, 205)


def main() -> None:
    """Draw every picture."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "flat-points")
    arguments = parser.parse_args()
    names = list(json.loads(POINTS.read_text(encoding="utf-8")))
    rows = [row(name, ink) for name, ink in inks(names, arguments.cache)]
    for number, first in enumerate(range(0, len(rows), ROWS), 1):
        save_small(stacked(rows[first : first + ROWS]), OUT / f"flats-{number}.webp")


def row(name: str, ink: np.ndarray) -> list[Image.Image]:
    """A sketch, its ink, and its flats under the ink, as large as a cell."""
    sketch = next(path for path in DRAWINGS.iterdir() if path.stem == name)
    areas = find_areas(ink)
    flats = paint(areas, first_colours(areas)).astype(np.float32)
    shown = 255 + (flats[..., :3] - 255) * (flats[..., 3:] / 255)
    lines = 1 - ink[..., None] / np.float32(255)
    pictures = [
        Image.open(sketch).convert("RGBA"),
        Image.fromarray(255 - ink).convert("RGBA"),
        Image.fromarray((shown * lines).astype(np.uint8)).convert("RGBA"),
    ]
    return [_cell(picture) for picture in pictures]


def _cell(picture: Image.Image) -> Image.Image:
    out = Image.new("RGBA", picture.size, "white")
    out.alpha_composite(picture)
    out.thumbnail((CELL, CELL), Image.Resampling.LANCZOS)
    return out.convert("RGB")


def stacked(rows: list[list[Image.Image]]) -> Image.Image:
    """Rows of cells as one picture."""
    heights = [row[0].height for row in rows]
    width = max(sum(cell.width + MARGIN for cell in row) for row in rows) + MARGIN
    out = Image.new("RGB", (width, sum(heights) + MARGIN * (len(rows) + 1)), GROUND)
    top = MARGIN
    for row, height in zip(rows, heights, strict=True):
        for column, cell in enumerate(row):
            out.paste(cell, (MARGIN + column * (width - MARGIN) // len(row), top))
        top += height + MARGIN
    return out


if __name__ == "__main__":
    main()
