# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws gallery/NAME.webp: rough sketches beside their ink at three thicknesses and classical methods.

    python scripts/lineart_gallery.py [--front] [FOLDER ...]

FOLDERs hold stroke drawings (.json) besides those of the repository; they are drawn here in several looks.
Each picture shows whole pages above and crops at 1:1, where the page is busiest, below. Captions tell how
many places are left to mend where the intended lines are known. `--front` draws docs/gallery/NAME.webp
instead: a few of the repository's drawings, with less beside them and small enough for git.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from small_pictures import save_small

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import classical, sheet  # noqa: E402
from drawings.fixes import find_places  # noqa: E402
from drawings.metrics import Lineart  # noqa: E402
from drawings.strokes import LONG_EDGE  # noqa: E402
from drawings.subjects import Subject, load_subjects, read_image  # noqa: E402
from smart_lineart.inking import ArraySketch, Inker  # noqa: E402

OUT, FRONT_OUT = ROOT / "gallery", ROOT / "docs/gallery"
STROKES = (ROOT / "benchmarks/drawings", ROOT / "examples/strokes")
IMAGES = (ROOT / "examples/pepper.png", ROOT / "examples/skull-a4-300dpi.jpg")
# Characters by several artists, and where (x, y) the crop lies in which a face is seen.
CHARACTERS = {
    "afn_portrait.webp": (830, 500),
    "ankitan_figure.webp": (400, 60),
    "ankitan_panels.webp": (150, 520),
    "ankitan_portraits.webp": (90, 560),
    "carrot_frightened.webp": (0, 0),
    "carrot_lying.webp": (0, 0),
    "gopher_book.jpg": (100, 60),
    "gopher_surfing.jpg": (90, 0),
    "nylnook_frogs.jpg": (200, 720),
    "pepper_flying.webp": (20, 340),
    "pepper_running.webp": (220, 60),
    "revoy_broom.jpg": (760, 430),
    "revoy_machine.jpg": (640, 700),
}
FRONT = ("Bunny03", "coyote", "fruit", "lady", "pepper", "skull-a4-300dpi")
THICKNESSES, FRONT_THICKNESSES = (2.0, 4.0, 8.0), (4.0,)  # px at LONG_EDGE
METHODS, FRONT_METHODS = ("otsu", "adaptive", "xdog"), ("otsu", "xdog")
# What artists call them.
CAPTIONS = {"otsu": "a threshold (Otsu)", "adaptive": "a local threshold", "xdog": "an edge filter (XDoG)"}
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
    "fish": "graphite",
    "fruit": "plain",
    "giacometti": "plain",
    "hand1": "construction",
    "house": "plain",
    "lady": "photo",
    "mouse7c": "blue",
    "pig": "photo",
    "sheep": "brush",
}
CELL = 400  # px
LARGER = 1.3  # cells: a page that is no larger is shown once
TEXT = 22


def main() -> None:
    """Draw every picture."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", type=Path, nargs="*", metavar="FOLDER")
    parser.add_argument("--front", action="store_true", help="draw what the documents show")
    options = parser.parse_args()
    with Inker() as inker:
        for subject in subjects(STROKES if options.front else [*STROKES, *options.folders]):
            name = f"{subject.name.lower()}.webp"
            if not options.front:
                OUT.mkdir(exist_ok=True)
                picture(subject, inker, THICKNESSES, METHODS).save(OUT / name, quality=80, method=6)
                print((OUT / name).relative_to(ROOT))
            elif subject.name in FRONT:
                save_small(picture(subject, inker, FRONT_THICKNESSES, FRONT_METHODS), FRONT_OUT / name)
        for file, at in CHARACTERS.items():
            path = ROOT / "examples/characters" / file
            subject = Subject(path.stem, "image", read_image(path), None)
            thicknesses = FRONT_THICKNESSES if options.front else THICKNESSES
            drawn = picture(subject, inker, thicknesses, METHODS[:1], at)
            save_small(drawn, (FRONT_OUT if options.front else OUT) / f"{path.stem}.webp")


def subjects(folders: Sequence[Path]) -> Iterator[Subject]:
    """Each of the folders' stroke drawings once, in its look, and the sketches that have no strokes."""
    files = {file.stem: file for folder in folders for file in sorted(folder.glob("*.json"))}
    for name, file in files.items():
        if name in LOOK_OF:
            yield from load_subjects([file], [LOOK_OF[name]])
    for path in IMAGES:
        yield Subject(path.stem, "image", read_image(path), None)


def picture(
    subject: Subject,
    inker: Inker,
    thicknesses: Sequence[float],
    methods: Sequence[str],
    at: tuple[int, int] | None = None,
) -> Image.Image:
    """The sketch, our ink and the classical methods' lineart, whole and at 1:1: at (x, y) or where it is
    busiest.
    """
    sketch = subject.sketch
    height, width = sketch.shape[:2]
    unit = max(height, width) / LONG_EDGE
    luma = ArraySketch(sketch).read_luma(0, height)
    features = inker.prepare(sketch)
    linearts: dict[str, np.ndarray] = {}
    for thickness in thicknesses:
        ink = inker.render(features, thickness=thickness * unit)
        linearts[f"Smart Lineart, {thickness * unit:.3g} px"] = 255 - ink
    light = classical.dark_on_light(luma)
    linearts |= {CAPTIONS[method]: classical.METHODS[method](light) for method in methods}
    y, x = at[::-1] if at else busiest(1 - classical.normalise_background(light))
    cells = [(f"sketch ({subject.look}, {width} x {height} px)", sketch)]
    cells += [(caption + to_mend(lineart, subject.truth), lineart) for caption, lineart in linearts.items()]
    return compose([(caption, Image.fromarray(image).convert("RGB")) for caption, image in cells], x, y)


def to_mend(lineart: np.ndarray, truth: np.ndarray | None) -> str:
    """How many places an artist would still have to mend, for a caption; nothing where that is unknown."""
    if truth is None:
        return ""
    return f": {len(find_places(Lineart.of(lineart), Lineart.of(truth)))} places to mend"


def busiest(darkness: np.ndarray) -> tuple[int, int]:
    """Top left (y, x) of the crop with most drawn in it."""
    y, x = sheet.busiest_place((darkness > 0.35).astype(np.float32))
    return y, x


def compose(cells: list[tuple[str, Image.Image]], x: int, y: int) -> Image.Image:
    """Whole images above, captions, and below crops at (x, y) of pages that are much larger than a cell."""
    wholes, crops = [], []
    for _, image in cells:
        crops.append(image.crop((x, y, min(x + CELL, image.width), min(y + CELL, image.height))))
        whole = image.copy()
        whole.thumbnail((CELL, CELL), Image.Resampling.LANCZOS)
        wholes.append(whole)
    tall = max(whole.height for whole in wholes)
    below = CELL + 4 if max(cells[0][1].size) > LARGER * CELL else 0
    out = Image.new("RGB", (len(cells) * (CELL + 8) + 8, tall + TEXT + below + 12), (205, 205, 205))
    pen, font = ImageDraw.Draw(out), ImageFont.load_default(15)
    for column, ((caption, _), whole, crop) in enumerate(zip(cells, wholes, crops, strict=True)):
        left = 8 + column * (CELL + 8)
        out.paste(whole, (left, 8))
        pen.text((left, tall + 10), caption, fill="black", font=font)
        if below:
            out.paste(crop, (left, tall + TEXT + 12))
    return out


if __name__ == "__main__":
    main()
