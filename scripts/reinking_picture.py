# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes docs/images/reinking.png: a sketch is inked, corrected, changed and inked again, step by step.

The engine does what the docker does; eraser and pen of the artist are drawn here.

Usage: python scripts/reinking_picture.py [FILE]
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from smart_lineart.inking import STYLES, Base, Features, FreshInk, Inker, LayerInk, Lines, Rect

ROOT = Path(__file__).resolve().parent.parent
PART = (80, 0, 1600, 1160)  # px: what the picture shows of the example
SHOWN = 440  # px: width of a step
THICKNESS = 9.0
FAINT = 0.5
GAP = 12
FINER = 2
TINT = (225, 60, 50)

Path_ = list[tuple[float, float]]
ERASED: list[Path_] = [[(835, 395), (880, 412), (905, 395)], [(450, 690), (560, 750), (760, 750), (890, 680)]]
DRAWN: list[Path_] = [
    [(830, 400), (862, 376), (905, 378), (930, 404)],
    [(880, 384), (872, 398), (880, 412), (890, 398), (880, 384)],
    [(1262, 610), (1310, 590), (1340, 560)],
    [(1266, 660), (1330, 650), (1370, 622)],
    [(1284, 720), (1340, 716), (1384, 694)],
]
HAT: list[Path_] = [
    [(640, 206), (690, 110), (745, 22)],
    [(745, 22), (800, 104), (862, 196)],
    [(640, 206), (700, 228), (790, 222), (862, 196)],
    [(690, 112), (745, 130), (798, 108)],
]


def curve(image: Image.Image, path: Path_, width: float, shade: int) -> None:
    """A smooth stroke with round ends."""
    points = np.array(path, float)
    along = np.linspace(0, len(points) - 1, 80 * len(points))
    spots = [np.interp(along, range(len(points)), axis) for axis in points.T]
    soft = [np.convolve(np.pad(axis, 20, mode="edge"), np.ones(41) / 41, "valid") for axis in spots]
    draw = ImageDraw.Draw(image)
    for x, y in zip(*soft, strict=True):
        draw.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=shade)


def drawn_finely(page: np.ndarray, paths: list[Path_], width: float, shade: int) -> np.ndarray:
    """The page with strokes on it, antialiased."""
    image = Image.fromarray(page)
    fine = image.resize((image.width * FINER, image.height * FINER), Image.Resampling.NEAREST)
    for path in paths:
        curve(fine, [(x * FINER, y * FINER) for x, y in path], width * FINER, shade)
    return np.asarray(fine.resize(image.size, Image.Resampling.BOX))


def ink(inker: Inker, features: Features) -> FreshInk:
    """The ink of a sketch."""
    coverage = inker.render(features, thickness=THICKNESS, faint=FAINT)
    lines = Lines(features.drawn_at(FAINT), THICKNESS, STYLES["pen"])
    return FreshInk(coverage, Rect(0, 0, coverage.shape[1], coverage.shape[0]), THICKNESS, lines)


def steps() -> list[np.ndarray]:
    """The pictures, grey or RGB."""
    sketch = np.asarray(Image.open(ROOT / "examples/pig-blue-pencil.webp").convert("L"))
    with Inker() as inker:
        features = inker.prepare(sketch)
        first = ink(inker, features)
        layer = drawn_finely(first.coverage, ERASED, 80, 0)
        layer = drawn_finely(layer, DRAWN, THICKNESS, 255)
        changed = drawn_finely(sketch, HAT, 7, 120)
        fresh = ink(inker, inker.prepare(changed, previous=features))
    base = Base.find(first.record(), LayerInk(layer, np.zeros(layer.shape, np.bool_), first.area))
    if base is None:
        raise SystemExit("the ink was not found in the corrected layer")
    merge = base.merge(fresh, first.area)
    result = Image.fromarray(255 - merge.apply(layer)).convert("RGB")
    marks = ImageDraw.Draw(result)
    for place in merge.kept:
        marks.rounded_rectangle((place.x, place.y, place.right, place.bottom), 8, outline=TINT, width=6)
    print(f"{merge.places} corrections kept")
    return [sketch, 255 - first.coverage, 255 - layer, changed, np.asarray(result)]


def compose() -> Image.Image:
    """All steps in a row."""
    parts = [Image.fromarray(step).convert("RGB").crop(PART) for step in steps()]
    width, height = SHOWN, SHOWN * parts[0].height // parts[0].width
    picture = Image.new("RGB", (len(parts) * (width + GAP) - GAP, height), "white")
    for number, part in enumerate(parts):
        picture.paste(part.resize((width, height), Image.Resampling.LANCZOS), (number * (width + GAP), 0))
    return picture


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images" / "reinking.png"
    compose().quantize(64).save(target, optimize=True)
    print(f"{target}: {target.stat().st_size / 1e3:.0f} kB")
