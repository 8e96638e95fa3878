# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws sketches in every bundled style, and in three brushes held out from all design.

Usage: python scripts/brush_gallery.py [--blind FOLDER]

Writes gallery/brushes.webp with three sketches, and docs/gallery/brushes.webp with less of two. The brushes
held out are the first random ones that training never sees (training/brushes.py). `--blind` writes
FOLDER/blind.png instead, in which letters in a new random order stand for the brushes, and FOLDER/key.json,
which says what they are.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import string
import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from small_pictures import save_small

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY))

from smart_lineart.inking import STYLES, ArraySketch, Inker, Rect, Style  # noqa: E402 (the path is set now)
from training.brushes import brushes  # noqa: E402

SKETCHES = {  # file: (thickness px, left, top of the crop, shown at its own size)
    "pepper.png": (4.0, 20, 20),
    "fruit.png": (7.0, 170, 210),
    "pig-blue-pencil.webp": (14.0, 330, 290),
}
CELL = 380, 250  # px
IN_DOCUMENTS, SMALL_CELL = (0, 2), (300, 190)  # which of the sketches, and how much of each
LABEL, GAP = 176, 4
STRIP = 160, 40


def held_out() -> list[Style]:
    """Three brushes that nothing was designed or trained with."""
    found = itertools.islice(brushes(held_out=True), 3)
    return [Style(f"held-out-{n}", f"Held out {n}", given=brush.strip) for n, brush in enumerate(found, 1)]


def inked(styles: list[Style]) -> list[list[Image.Image]]:
    """A row of crops for each style."""
    rows: list[list[Image.Image]] = [[] for _ in styles]
    with Inker() as inker:
        for name, (thickness, left, top) in SKETCHES.items():
            picture = np.asarray(Image.open(REPOSITORY / "examples" / name).convert("RGB"))
            features = inker.prepare(ArraySketch(picture))
            for row, style in zip(rows, styles, strict=True):
                region = Rect(left, top, *CELL)
                ink = inker.render(features, thickness=thickness, style=style, region=region)
                row.append(Image.fromarray(255 - ink))
    return rows


def sketches() -> list[Image.Image]:
    """The crops' sketches."""
    return [
        Image.open(REPOSITORY / "examples" / name)
        .convert("L")
        .crop((left, top, left + CELL[0], top + CELL[1]))
        for name, (_, left, top) in SKETCHES.items()
    ]


def sheet(labels: list[tuple[str, Image.Image | None]], rows: list[list[Image.Image]]) -> Image.Image:
    """One row per label, with its picture under it."""
    width, height = rows[0][0].size
    wide, tall = LABEL + len(rows[0]) * (width + GAP), len(rows) * (height + GAP)
    page = Image.new("L", (wide, tall), 255)
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(18)
    for number, ((label, strip), row) in enumerate(zip(labels, rows, strict=True)):
        y = number * (height + GAP)
        pen.line((0, y + height + 1, wide, y + height + 1), fill=190)
        pen.text((6, y + 8), label, fill=0, font=font)
        if strip is not None:
            page.paste(strip.resize(STRIP, Image.Resampling.LANCZOS), (6, y + 44))
        for column, cell in enumerate(row):
            page.paste(cell, (LABEL + column * (width + GAP), y))
    return page


def main() -> None:
    """Draw the gallery, or a blind sheet."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--blind", type=Path, metavar="FOLDER")
    blind = parser.parse_args().blind
    styles = [*STYLES.values(), *held_out()]
    if blind is not None:
        random.SystemRandom().shuffle(styles)
        letters = list(string.ascii_uppercase[: len(styles)])
        blind.mkdir(parents=True, exist_ok=True)
        sheet([(letter, None) for letter in letters], inked(styles)).save(blind / "blind.png")
        key = {letter: str(style.title) for letter, style in zip(letters, styles, strict=True)}
        (blind / "key.json").write_text(json.dumps(key, indent=1) + "\n", encoding="utf-8")
        return
    labels = [("Sketch", None), *((str(s.title), Image.fromarray(s.strip.pixels)) for s in styles)]
    rows = [sketches(), *inked(styles)]
    whole = REPOSITORY / "gallery" / "brushes.webp"
    whole.parent.mkdir(exist_ok=True)
    sheet(labels, rows).save(whole, quality=82, method=6)
    less = [[row[column].crop((0, 0, *SMALL_CELL)) for column in IN_DOCUMENTS] for row in rows]
    save_small(sheet(labels, less), REPOSITORY / "docs" / "gallery" / "brushes.webp")


if __name__ == "__main__":
    main()
