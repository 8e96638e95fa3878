# SPDX-License-Identifier: GPL-3.0-or-later
"""How well lines are found in real pictures: `marked_pictures.py ../shared/sketches/licensed --model DIR`.

In openly licensed pictures it is marked which pixels are lines. Where lines are dark, a mark says how dark;
where they are coloured, by how much they are darker than what lies beside them; what that finds was looked at
by eye, and places where nobody can say what is a line (fur, black hair, patterns) are marked as open by hand.
Pictures of flat shapes without outlines are measured too: each line in those is one too many.

Precision is the share of the strokes' length within 3 px of a line, recall the share of the lines' middles
within 3 px of strokes, at the size at which the picture is 1000 px long.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.picture_lines import NEAR, distance, raster
from smart_lineart.inking import PictureFeatures, PictureReader
from smart_lineart.inking.picture.classes import PictureClass
from smart_lineart.inking.picture.working import over_white
from smart_lineart.inking.raster.thinning import thin

MARKS = Path(__file__).with_name("marked_pictures.json")
LONG = 1000  # px: longer side at which pictures are marked
LEAST = 25  # px: smaller pieces are not told
AROUND = 11  # px of a broad black's edge, of which nobody can say whether a line runs there
OPEN = 255


class Score(NamedTuple):
    """Lengths in px: of strokes, of those near lines, of lines, of those near strokes."""

    drawn: float
    right: float
    wanted: float
    met: float

    def __str__(self) -> str:
        if not self.wanted:
            return f"{self.drawn:7.0f} px of lines, where there are none"
        precision, recall = self.right / max(self.drawn, 1), self.met / self.wanted
        both = 2 * precision * recall / max(precision + recall, 1e-9)
        return f"P {100 * precision:5.1f}  R {100 * recall:5.1f}  F {100 * both:5.1f}"


def load(path: Path) -> np.ndarray:
    """A picture over white at the size at which it is marked, uint8 (h, w, 3)."""
    picture = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    order = [2, 1, 0, 3][: picture.shape[2]]
    picture = over_white(np.ascontiguousarray(picture[..., order]))
    longer = max(picture.shape[:2])
    if longer <= LONG:
        return picture
    return cv2.resize(picture, None, fx=LONG / longer, fy=LONG / longer, interpolation=cv2.INTER_AREA)


def marked(picture: np.ndarray, mark: dict[str, Any]) -> np.ndarray:
    """What is marked as a line (LINE) in a picture, uint8 (h, w); OPEN where it cannot be told."""
    truth = np.zeros(picture.shape[:2], np.uint8)
    if mark["rule"] == "none":
        return truth
    if mark["rule"] == "dark":
        lines = picture.max(2) < mark["level"]
    else:
        light = cv2.GaussianBlur(picture.max(2), (0, 0), 0.7)
        disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (mark["reach"],) * 2)
        lines = cv2.morphologyEx(light, cv2.MORPH_BLACKHAT, disc) > mark["level"]
    truth[lines] = PictureClass.LINE
    _, pieces, stats, _ = cv2.connectedComponentsWithStats(lines.astype(np.uint8), connectivity=8)
    truth[lines & (stats[pieces, cv2.CC_STAT_AREA] < mark.get("least", LEAST))] = OPEN
    if "broad" in mark:
        disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * mark["broad"] + 1,) * 2)
        broad = cv2.morphologyEx(lines.astype(np.uint8), cv2.MORPH_OPEN, disc)
        truth[cv2.dilate(broad, np.ones((AROUND, AROUND), np.uint8)) > 0] = OPEN
    for ring in mark.get("open", []):
        cv2.fillPoly(truth, [np.array(ring, np.int32)], OPEN)
    return truth


def compare(found: PictureFeatures, truth: np.ndarray) -> Score:
    """Compare the lines that were found with what is marked, uint8 (h, w)."""
    strokes = raster(found.lines[PictureClass.LINE].strokes, truth.shape)
    told = distance(truth == OPEN) > NEAR
    lines = truth == PictureClass.LINE
    middle = thin(lines)[1:-1, 1:-1] & told
    return Score(
        float((strokes & told).sum()),
        float((strokes & told & (distance(lines) <= NEAR)).sum()),
        float(middle.sum()),
        float((middle & (distance(strokes) <= NEAR)).sum()),
    )


def shown(picture: np.ndarray, truth: np.ndarray, found: PictureFeatures) -> np.ndarray:
    """The picture, what is marked (open: grey), and what was found, side by side, uint8 (h, 3 w, 3)."""
    marks = np.full(picture.shape, 255, np.uint8)
    marks[truth == OPEN] = 200
    marks[truth == PictureClass.LINE] = 0
    return np.concatenate([picture, marks, np.concatenate(list(found.douga()))], 1)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pictures", type=Path, help="folder of licensed pictures, with clean/ and pairs/")
    parser.add_argument("--model", type=Path, required=True, help="model folder, see training.colour.export")
    parser.add_argument("--sheets", type=Path, help="folder to write pictures to look at into")
    args = parser.parse_args()
    total = np.zeros(4)
    means = []
    with PictureReader(model=args.model, threads=1) as reader:
        for name, mark in json.loads(MARKS.read_text()).items():
            picture = load(args.pictures / mark.get("folder", "clean") / name)
            truth = marked(picture, mark)
            found = reader.prepare(picture)
            score = compare(found, truth)
            print(f"{name:32} {score}", flush=True)
            if score.wanted:
                total += score
                means.append(score)
            if args.sheets:
                sheet = shown(picture, truth, found)
                cv2.imwrite(str(args.sheets / f"{Path(name).stem}.png"), sheet[:, :, ::-1])
    print(f"{'all ' + str(len(means)) + ' with lines':32} {Score(*total)}")


if __name__ == "__main__":
    main()
