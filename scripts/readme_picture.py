# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes docs/images/readme.webp: example sketches on the left, the engine's ink of them on the right.

Usage: python scripts/readme_picture.py [FILE]
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from PIL import Image
from small_pictures import save_small

from smart_lineart.inking import Inker

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ("pepper.png", "pig-blue-pencil.webp")
CELL = (700, 520)  # px: width and height that each picture has to fit into
GAP = 16
THICKNESS_SHARE = 320  # thicker than the command's own choice, for the picture is looked at small


def pair(name: str, inker: Inker) -> tuple[Image.Image, Image.Image]:
    """A sketch and its ink on white, both as large as a cell takes them."""
    sketch = Image.open(ROOT / "examples" / name).convert("RGB")
    coverage = inker.ink(np.asarray(sketch), thickness=max(sketch.size) / THICKNESS_SHARE)
    ink = Image.fromarray(255 - coverage).convert("RGB")
    scale = min(CELL[0] / sketch.width, CELL[1] / sketch.height)
    size = (round(sketch.width * scale), round(sketch.height * scale))
    return sketch.resize(size, Image.Resampling.LANCZOS), ink.resize(size, Image.Resampling.LANCZOS)


def compose() -> Image.Image:
    """All pairs, one below the other."""
    with Inker() as inker:
        pairs = [pair(name, inker) for name in EXAMPLES]
    height = sum(sketch.height for sketch, _ in pairs) + GAP * (len(pairs) - 1)
    picture = Image.new("RGB", (2 * CELL[0] + GAP, height), "white")
    top = 0
    for sketch, ink in pairs:
        inset = (CELL[0] - sketch.width) // 2
        picture.paste(sketch, (inset, top))
        picture.paste(ink, (CELL[0] + GAP + inset, top))
        top += sketch.height + GAP
    return picture


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images" / "readme.webp"
    save_small(compose(), target)
