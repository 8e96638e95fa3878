# SPDX-License-Identifier: GPL-3.0-or-later
"""Write pages of characters to measure on: `python -m training.characters OUT COUNT [FIRST_SEED]`.

Each page as NAME-sketch.png, -truth.png, -solid.png and -boxes.json, see benchmarks/characters.py.
Training draws its seeds at random from many more: these pages are not among those it saw.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import cv2
import numpy as np

from training.characters.draw import KINDS, compose
from training.characters.head import pick
from training.characters.pencil import Pencil
from training.characters.sheet import Sheet
from training.characters.sight import digitised
from training.scenes import SHIFT, fixed

LINE = 4  # px: width of the truth's lines


def truth_of(sheet: Sheet) -> np.ndarray:
    """Line art uint8 (H, W) of a settled sheet, 0 ink."""
    out = np.full(sheet.size, 255, np.uint8)
    for line in sheet.lines():
        cv2.polylines(out, [fixed(line)], False, 0, LINE, cv2.LINE_AA, SHIFT)
    return np.minimum(out, 255 - sheet.solid())


def write_page(folder: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    kind = pick(rng, KINDS)
    sheet = compose(rng, kind)
    dark = Pencil(sheet, rng, [], []).draw().astype(np.float32) / 255
    sketch = np.round(np.clip(digitised(rng, dark, []), 0, 1) * 255).astype(np.uint8)
    eyes = sheet.eye_boxes()
    boxes = {
        "faces": sheet.face_boxes(),
        "eyes": [box for box, _ in eyes],
        "eye_face": [face for _, face in eyes],
    }
    name = f"{seed:05d}-{kind}"
    for part, image in (("sketch", sketch), ("truth", truth_of(sheet)), ("solid", sheet.solid())):
        cv2.imwrite(str(folder / f"{name}-{part}.png"), image)
    (folder / f"{name}-boxes.json").write_text(json.dumps(boxes) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("count", type=int)
    parser.add_argument("first", type=int, nargs="?", default=0)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    for seed in range(args.first, args.first + args.count):
        write_page(args.out, seed)


if __name__ == "__main__":
    main()
