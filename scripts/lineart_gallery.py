# SPDX-License-Identifier: GPL-3.0-or-later
"""Make docs/gallery/NAME.webp: rough sketches beside their ink at three thicknesses and classical methods.

    python scripts/lineart_gallery.py STROKES IMAGES...

STROKES is a folder of stroke drawings (.json), drawn here in several looks; IMAGES are sketches as files.
Each picture shows whole pages above and crops at 1:1, where the page is busiest, below.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import classical, sheet  # noqa: E402
from drawings.strokes import LONG_EDGE  # noqa: E402
from drawings.subjects import Subject, load_subjects, read_image  # noqa: E402
from smart_lineart.inking import ArraySketch, Inker  # noqa: E402

OUT = ROOT / "docs/gallery"
THICKNESSES = (2.0, 4.0, 8.0)  # px at LONG_EDGE
METHODS = ("otsu", "adaptive", "xdog")
LOOK_OF = {
    "Bee01": "graphite",
    "Bee04": "plain",
    "Bunny03": "blue",
    "Bunny08fxd01c": "construction",
    "GOSmart06": "dark",
    "Pig02fxd01": "photo",
    "TriceratopsArtistC02fxd02": "graphite",
    "archi10c": "photo",
    "coyote": "graphite",
    "fruit": "plain",
    "giacometti": "plain",
    "hand1": "construction",
    "house": "plain",
    "lady": "photo",
    "mouse7c": "blue",
    "sheep": "brush",
}
CELL = 400  # px
TEXT = 22


def main() -> None:
    """Draw every picture."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("strokes", type=Path)
    parser.add_argument("images", type=Path, nargs="*")
    options = parser.parse_args()
    OUT.mkdir(parents=True, exist_ok=True)
    subjects = [
        next(iter(load_subjects([options.strokes / f"{name}.json"], [look])))
        for name, look in LOOK_OF.items()
    ]
    subjects += [Subject(path.stem, "image", read_image(path), None) for path in options.images]
    with Inker() as inker:
        for subject in subjects:
            path = OUT / f"{subject.name.lower()}.webp"
            picture(subject, inker).save(path, quality=80, method=6)
            print(path.relative_to(ROOT), path.stat().st_size // 1024, "kB")


def picture(subject: Subject, inker: Inker) -> Image.Image:
    """The sketch, our ink and the classical methods' lineart, whole and at 1:1."""
    sketch = subject.sketch
    height, width = sketch.shape[:2]
    unit = max(height, width) / LONG_EDGE
    luma = ArraySketch(sketch).read_luma(0, height)
    features = inker.prepare(sketch)
    cells: list[tuple[str, np.ndarray]] = [(f"sketch ({subject.look}, {width} x {height} px)", sketch)]
    for thickness in THICKNESSES:
        ink = inker.render(features, thickness=thickness * unit)
        cells.append((f"Smart Lineart, {thickness * unit:.3g} px", 255 - ink))
    light = classical.dark_on_light(luma)
    cells += [(method, classical.METHODS[method](light)) for method in METHODS]
    y, x = busiest(1 - classical.normalise_background(light))
    return compose([(caption, Image.fromarray(image).convert("RGB")) for caption, image in cells], x, y)


def busiest(darkness: np.ndarray) -> tuple[int, int]:
    """Top left (y, x) of the crop with most drawn in it."""
    y, x = sheet.busiest_place((darkness > 0.35).astype(np.float32))
    return y, x


def compose(cells: list[tuple[str, Image.Image]], x: int, y: int) -> Image.Image:
    """Whole images above, crops at (x, y) below, captions between."""
    wholes, crops = [], []
    for _, image in cells:
        crops.append(image.crop((x, y, min(x + CELL, image.width), min(y + CELL, image.height))))
        whole = image.copy()
        whole.thumbnail((CELL, CELL), Image.Resampling.LANCZOS)
        wholes.append(whole)
    tall = max(whole.height for whole in wholes)
    out = Image.new("RGB", (len(cells) * (CELL + 8) + 8, tall + TEXT + CELL + 16), (205, 205, 205))
    pen, font = ImageDraw.Draw(out), ImageFont.load_default(15)
    for column, ((caption, _), whole, crop) in enumerate(zip(cells, wholes, crops, strict=True)):
        left = 8 + column * (CELL + 8)
        out.paste(whole, (left, 8))
        pen.text((left, tall + 10), caption, fill="black", font=font)
        out.paste(crop, (left, tall + TEXT + 12))
    return out


if __name__ == "__main__":
    main()
