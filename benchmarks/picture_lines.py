# SPDX-License-Identifier: GPL-3.0-or-later
"""How well lines and edges are found in pictures: `picture_lines.py icons.json --model DIR`.

The figures are OpenMoji's (CC BY-SA 4.0, `npm pack @iconify-json/openmoji`), of which nothing was learned,
painted as training paints, so that the truth is known. Those kept aside are not among them. Lines and edges
are measured on the strokes that come of them: precision is the share of their length within 3 px of the
truth, recall the share of the truth's middle lines within 3 px of them. Classes are measured pixel by pixel.
Where it cannot be told what a pixel is, nothing is measured, and a stroke counts only where it cannot be.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from smart_lineart.inking import PictureFeatures, PictureReader, Strokes
from smart_lineart.inking.picture.classes import DOUGA, EDGES, PictureClass, douga_of
from smart_lineart.inking.raster.thinning import thin
from training.colour.figures import FINE, outlined, pen_width
from training.colour.looks import finished
from training.colour.paint import paint
from training.colour.truth import SETS, UNSURE
from training.colour.vector_art import load_art

SIDE = 480  # px of a picture
LONG = (260, 440)  # px: longer side of a figure on it
PENS = 2.7, 0.6, (1.0, 15.0)  # px: median width of lines, deviation of its logarithm, the limits
NEAR = 3.0  # px within which a line counts as found
SEED = 25
DARKER = 0.75  # of the paper's light, that the lines of a line drawing have at most


class Scores(NamedTuple):
    """What was measured on pictures, added up."""

    found: np.ndarray  # (classes,) length of strokes near the truth
    drawn: np.ndarray  # (classes,) length of strokes
    met: np.ndarray  # (classes,) px of the truth's middle lines near strokes
    wanted: np.ndarray  # (classes,) px of them
    pixels: np.ndarray  # (classes, classes) px by truth and answer

    def table(self) -> dict[str, float]:
        """Precision, recall and F of each of EDGES, accuracy and mean IoU of all classes; per cent."""
        out = {}
        for name in EDGES:
            precision = self.found[name] / max(self.drawn[name], 1)
            recall = self.met[name] / max(self.wanted[name], 1)
            both = max(precision + recall, 1e-9)
            short = name.name.lower()
            out |= {
                f"{short} P": precision,
                f"{short} R": recall,
                f"{short} F": 2 * precision * recall / both,
            }
        right = np.diag(self.pixels)
        union = self.pixels.sum(0) + self.pixels.sum(1) - right
        out |= {
            "accuracy": right.sum() / self.pixels.sum(),
            "mean IoU": float((right / union.clip(1)).mean()),
        }
        for name in PictureClass:
            out[f"{name.name.lower()} IoU"] = right[name] / max(union[name], 1)
        return {name: round(100 * float(value), 1) for name, value in out.items()}


def pictures(icons: Path, count: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Painted figures, uint8 (SIDE, SIDE, 3), with their truth, uint8 (SIDE, SIDE)."""
    rng = np.random.default_rng(SEED)
    for art in load_art(icons, count, SEED):
        points = np.concatenate([ring for piece in art for ring in piece.rings])
        low, high = points.min(0), points.max(0)
        scale = rng.uniform(*LONG) / (high - low).max()
        matrix = np.eye(2) * scale
        offset = SIDE / 2 - matrix @ ((low + high) / 2)
        figure = outlined(rng, art, SIDE, matrix, offset, pen_width(rng, PENS) * FINE)
        painted = paint(rng, figure, [])
        yield finished(rng, painted.picture), painted.truth


def measure(found: PictureFeatures, truth: np.ndarray) -> Scores:
    """Compare what was found with the truth, uint8 (H, W)."""
    count = len(PictureClass)
    near, drawn, met, wanted = (np.zeros(count) for _ in range(4))
    for name in EDGES:
        can_be = [UNSURE, *(value for value, names in SETS.items() if name in names)]
        known = distance(np.isin(truth, can_be)) > NEAR
        mine, strokes = truth == name, raster(found.lines[name].strokes, truth.shape)
        drawn[name] = (strokes & known).sum()
        near[name] = (strokes & known & (distance(mine) <= NEAR)).sum()
        middle = thin(mine)[1:-1, 1:-1]
        wanted[name] = middle.sum()
        met[name] = (middle & (distance(strokes) <= NEAR)).sum()
    answer = classes(found)
    known = truth < count
    pixels = np.bincount(truth[known].astype(int) * count + answer[known], minlength=count * count)
    return Scores(near, drawn, met, wanted, pixels.reshape(count, count))


def on_pair(reader: PictureReader, coloured: Path, lines: Path) -> dict[str, float]:
    """Precision, recall and F of lines, per cent, in a picture whose line drawing is known."""
    picture, drawn = (cv2.imread(str(path))[:, :, ::-1] for path in (coloured, lines))
    grey = drawn.astype(np.float32).mean(2)
    truth = grey < DARKER * cv2.GaussianBlur(grey, (0, 0), 30)
    answer = raster(reader.prepare(picture).lines[PictureClass.LINE].strokes, truth.shape)
    middle = thin(truth)[1:-1, 1:-1]
    precision = (answer & (distance(truth) <= NEAR)).sum() / max(answer.sum(), 1)
    recall = (middle & (distance(answer) <= NEAR)).sum() / max(middle.sum(), 1)
    both = 2 * precision * recall / max(precision + recall, 1e-9)
    return {name: round(100 * float(v), 1) for name, v in {"P": precision, "R": recall, "F": both}.items()}


def classes(found: PictureFeatures) -> np.ndarray:
    """The class of every pixel, uint8 (H, W)."""
    douga = np.concatenate(list(found.douga()))
    return np.abs(douga[..., None, :].astype(int) - DOUGA).sum(3).argmin(2)


def raster(strokes: Strokes, shape: tuple[int, int]) -> np.ndarray:
    out = np.zeros(shape, np.uint8)
    for stroke in strokes:
        cv2.polylines(
            out, [np.round((stroke.points - 0.5) * 16).astype(np.int32)], False, 1, 1, cv2.LINE_8, 4
        )
    return out > 0


def distance(mask: np.ndarray) -> np.ndarray:
    """Px from each pixel to the next of a mask."""
    if not mask.any():
        return np.full(mask.shape, np.inf)
    return cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 5)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("icons", type=Path, help="icons.json of OpenMoji in Iconify's form")
    parser.add_argument("--count", type=int, default=60, help="figures to measure on")
    parser.add_argument("--model", type=Path, required=True, help="model folder, see training.colour.export")
    parser.add_argument("--sheet", type=Path, help="write a picture of the first figures to look at")
    parser.add_argument("--pair", type=Path, nargs=2, help="a coloured picture and its line drawing")
    parser.add_argument("--json", type=Path, help="write the figures as JSON")
    args = parser.parse_args()
    total: Scores | None = None
    rows: list[np.ndarray] = []
    each: list[float] = []  # F of lines, figure by figure
    with PictureReader(model=args.model, threads=1) as reader:
        for picture, truth in pictures(args.icons, args.count):
            found = reader.prepare(picture)
            one = measure(found, truth)
            each += [one.table()["line F"]] * bool(one.wanted[PictureClass.LINE])
            total = one if total is None else Scores(*(a + b for a, b in zip(total, one, strict=True)))
            shown = np.where(truth < len(PictureClass), truth, 0).astype(np.uint8)
            rows.append(np.concatenate([picture, douga_of(shown), np.concatenate(list(found.douga()))], 1))
        if args.pair:
            print("pair", on_pair(reader, *args.pair))
    assert total is not None
    table = total.table() | {"line F, median figure": float(np.median(each))}
    for name, value in table.items():
        print(f"{name:22} {value:6.1f}")
    if args.json:
        args.json.write_text(json.dumps(table, indent=1) + "\n")
    if args.sheet:
        cv2.imwrite(str(args.sheet), np.concatenate(rows[:8])[:, :, ::-1])


if __name__ == "__main__":
    main()
