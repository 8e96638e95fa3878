# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes docs/images/pair-*.webp: a sketch of examples/ on the left, its ink on the right, equally broad.

The site lays one half over the other, with a handle between them. One of them, smaller, is in the manual.

Usage: python scripts/readme_picture.py [FOLDER]
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from small_pictures import save_small

from smart_lineart.inking import Inker

ROOT = Path(__file__).resolve().parent.parent
THICKNESS_SHARE = 320  # thicker than the command's own choice, for the picture is looked at small


@dataclass(frozen=True)
class Pair:
    """Which example, the part of it that is shown (left, top, right, bottom, as shares), its width in px."""

    example: str
    part: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)
    width: int = 600


PAIRS = {
    "skull": Pair("skull-a4-300dpi.jpg", (0.02, 0.12, 0.98, 0.88), 560),
    "lady": Pair("lady-photo.jpg", width=520),
    "pig": Pair("pig-blue-pencil.webp", width=640),
}

IN_MANUAL = ("skull", ROOT / "docs/manual/sketch-and-ink.jpg", 440)  # px: Krita's pane shows it whole


def picture(pair: Pair, inker: Inker) -> Image.Image:
    """Sketch and ink on white, side by side."""
    sketch = Image.open(ROOT / "examples" / pair.example).convert("RGB")
    coverage = inker.ink(np.asarray(sketch), thickness=max(sketch.size) / THICKNESS_SHARE)
    ink = Image.fromarray(255 - coverage).convert("RGB")
    box = tuple(round(share * size) for share, size in zip(pair.part, sketch.size * 2, strict=True))
    size = (pair.width, round(pair.width * (box[3] - box[1]) / (box[2] - box[0])))
    both = Image.new("RGB", (2 * size[0], size[1]))
    for place, image in enumerate((sketch, ink)):
        both.paste(image.crop(box).resize(size, Image.Resampling.LANCZOS), (place * size[0], 0))
    return both


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images"
    with Inker() as inker:
        for name, pair in PAIRS.items():
            both = picture(pair, inker)
            save_small(both, folder / f"pair-{name}.webp")
            if name == IN_MANUAL[0]:
                size = (IN_MANUAL[2], round(IN_MANUAL[2] * both.height / both.width))
                both.resize(size, Image.Resampling.LANCZOS).save(IN_MANUAL[1], quality=85, optimize=True)
