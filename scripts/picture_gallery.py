# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws docs/gallery/pictures-N.webp: finished pictures beside the lines and edges that were found in them.

    python scripts/picture_gallery.py ../shared/sketches/licensed [--model DIR]

Four of each: the picture, its lines, lines and edges in a douga's colours, and all that is told apart. None
of them was learned from; benchmarks/marked_pictures.py measures them.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np
from flats_gallery import OUT, ROWS, stacked
from PIL import Image
from small_pictures import save_small

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.marked_pictures import MARKS, load  # noqa: E402
from smart_lineart.inking import PictureFeatures, PictureReader, Rect  # noqa: E402
from smart_lineart.inking.picture.classes import DOUGA, EDGES, PictureClass  # noqa: E402
from smart_lineart.inking.rendering import render  # noqa: E402

CELL = 330  # px
SHOWN = ("mel", "blis", "fable", "zero", "sachi", "sylvie", "reminisce", "shichimi")


def main() -> None:
    """Draw every picture."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pictures", type=Path, help="folder of licensed pictures, with clean/ and pairs/")
    parser.add_argument("--model", type=Path, help="model folder (default: lines)")
    arguments = parser.parse_args()
    marks = json.loads(MARKS.read_text(encoding="utf-8"))
    names = [next(name for name in marks if word in name) for word in SHOWN]
    with PictureReader(model=arguments.model, threads=1) as reader:
        rows = [row(reader, arguments.pictures / marks[name].get("folder", "clean") / name) for name in names]
    for number, first in enumerate(range(0, len(rows), ROWS), 1):
        save_small(stacked(rows[first : first + ROWS]), OUT / f"pictures-{number}.webp")


def row(reader: PictureReader, path: Path) -> list[Image.Image]:
    """A picture, its lines, these with its edges, and its douga, as large as a cell."""
    picture = load(path)
    found = reader.prepare(picture)
    lines = inked(found, (PictureClass.LINE,))
    edges = inked(found, EDGES[::-1])
    douga = np.concatenate(list(found.douga()))
    cells = [Image.fromarray(one) for one in (picture, lines, edges, douga)]
    for cell in cells:
        cell.thumbnail((CELL, CELL), Image.Resampling.LANCZOS)
    return cells


def inked(found: PictureFeatures, names: tuple[PictureClass, ...]) -> np.ndarray:
    """The strokes of some classes on white, each in its colour, uint8 (h, w, 3)."""
    height, width = found.size
    out = np.full((height, width, 3), 255, np.float32)
    for name in names:
        features = found.lines[name]
        thickness = (found.thickness or 2.0) if name == PictureClass.LINE else 1.5
        ink = render(
            features,
            thickness=thickness,
            style="pen",
            faint=0.0,
            weight=0.5,
            region=Rect(0, 0, width, height),
        )
        out += (DOUGA[name] - out) * (ink[..., None] / np.float32(255))
    return np.rint(out).astype(np.uint8)


if __name__ == "__main__":
    main()
