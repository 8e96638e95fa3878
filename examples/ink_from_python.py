# SPDX-License-Identifier: GPL-3.0-or-later
"""Inks a sketch from Python: finds its lines once, draws them thin, bold, and again after an edit.

Usage: .venv/bin/python examples/ink_from_python.py [SKETCH [FOLDER]]

Writes NAME-thin.png, NAME-bold.png and NAME-edited.png, black ink on transparency, to FOLDER (default: here).
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from smart_lineart.inking import Inker

SKETCH = Path(__file__).parent / "fruit.png"


def save(ink: NDArray[np.uint8], path: Path) -> None:
    """Write coverage, uint8 (H, W): 0 no ink, 255 full ink, as black ink on transparency."""
    pixels = np.zeros((*ink.shape, 4), np.uint8)
    pixels[..., 3] = ink
    Image.fromarray(pixels).save(path)
    print(f"{path}: {np.count_nonzero(ink) / ink.size:.1%} of the page is inked")


def main() -> None:
    """Ink it in three ways."""
    source = Path(sys.argv[1]) if len(sys.argv) > 1 else SKETCH
    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else Path()
    sketch = np.array(Image.open(source).convert("RGB"))  # H x W x 3, uint8
    with Inker() as inker:
        # The expensive part, once: what the network says is followed into strokes.
        features = inker.prepare(sketch)
        height, width = features.size
        print(f"{len(features.strokes)} strokes on {width} x {height} px")
        # The cheap part, as often as you like: thickness in px, and a brush style.
        save(inker.render(features, thickness=2), folder / f"{source.stem}-thin.png")
        save(inker.render(features, thickness=8, style="brush"), folder / f"{source.stem}-bold.png")
        # After an edit the lines found before are given along: only what the edit can reach is run again.
        sketch[: height // 3, : width // 3] = 255
        edited = inker.prepare(sketch, previous=features)
        changed = edited.changed_from(features, thickness=2)
        print(f"the edit changed ink in {len(changed)} rectangles")
        save(inker.render(edited, thickness=2), folder / f"{source.stem}-edited.png")


if __name__ == "__main__":
    main()
