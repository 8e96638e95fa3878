# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure how eyes and blacks of drawn characters come out.

DIR holds pages as `python -m training.characters` writes them: NAME-sketch.png, NAME-truth.png,
NAME-solid.png, white where the truth is spotted black, and NAME-boxes.json with the boxes of `faces` and
`eyes`, and for each eye its face (`eye_face`). Prints and writes the metrics of drawings/metrics.py, and

| metric    | definition                                                                             | ideal |
|-----------|----------------------------------------------------------------------------------------|-------|
| `eye_R`   | in the boxes of eyes: part of the truth's ink with ink within 3 permille of the face   | 1     |
| `eye_P`   | in the boxes of eyes: part of the ink that lies as near to the truth's                 | 1     |
| `black_R` | part of the spotted blacks that is ink                                                 | 1     |
| `black_P` | of ink broader than 1.8 lines, the part that lies on the truth's ink, within 1.5 px    | 1     |
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

if __package__ in (None, ""):  # run as a file: its folder is on the path, the repository is not
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from drawings.metrics import INK_BELOW, Lineart, distance_to, measure_lineart
from drawings.strokes import LONG_EDGE
from drawings.subjects import read_image
from smart_lineart.inking import Inker, InkError

METRICS = ("F", "P", "R", "L", "ends", "comp", "eye_R", "eye_P", "black_R", "black_P")
NEAR, LEAST = 0.003, 1.5  # of the face's height, and px: how far ink in an eye may lie off
AROUND = 12  # px that are looked at around an eye
BROAD = 1.8  # lines: what ink is broader than, to be a black
THICKNESS = 4.0  # px at LONG_EDGE

Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Character:
    """A page: `sketch`, `truth` uint8 (H, W), `solid` bool (H, W), boxes of faces and eyes, whose each is."""

    name: str
    sketch: np.ndarray
    truth: np.ndarray
    solid: np.ndarray
    faces: list[Box]
    eyes: list[Box]
    eye_face: list[int]

    @classmethod
    def load(cls, folder: Path, name: str) -> Character:
        """Raises ValueError or OSError for a page that is none."""
        boxes = json.loads((folder / f"{name}-boxes.json").read_text(encoding="utf-8"))
        sketch, truth, solid = (
            read_image(folder / f"{name}-{part}.png") for part in ("sketch", "truth", "solid")
        )
        faces, eyes = ([tuple(box) for box in boxes[part]] for part in ("faces", "eyes"))
        return cls(name, sketch, truth, solid > 127, faces, eyes, boxes["eye_face"])


def measure(ink: np.ndarray, page: Character) -> dict[str, float]:
    """The figures by METRICS of lineart uint8 (H, W), 0 ink; NaN where a page has nothing to measure."""
    figures = measure_lineart(Lineart.of(ink), Lineart.of(page.truth))
    drawn, wanted = ink < 255 * INK_BELOW, page.truth < 255 * INK_BELOW
    figures |= _eyes(drawn, wanted, page) | _blacks(drawn, wanted, page.solid)
    return {name: figures[name] for name in METRICS}


def _eyes(drawn: np.ndarray, wanted: np.ndarray, page: Character) -> dict[str, float]:
    found = np.zeros(4)
    for (x0, y0, x1, y1), face in zip(page.eyes, page.eye_face, strict=True):
        tolerance = max(LEAST, NEAR * (page.faces[face][3] - page.faces[face][1]))
        left, top = max(0, x0 - AROUND), max(0, y0 - AROUND)
        part = np.s_[top : y1 + AROUND, left : x1 + AROUND]
        box = np.s_[y0 - top : y1 - top, x0 - left : x1 - left]
        ink, truth = drawn[part], wanted[part]
        near_ink, near_truth = (distance_to(mask) <= tolerance for mask in (ink, truth))
        ink, truth = ink[box], truth[box]
        found += [(truth & near_ink[box]).sum(), truth.sum(), (ink & near_truth[box]).sum(), ink.sum()]
    return {"eye_R": _share(found[0], found[1]), "eye_P": _share(found[2], found[3])}


def _blacks(drawn: np.ndarray, wanted: np.ndarray, solid: np.ndarray) -> dict[str, float]:
    size = int(BROAD * THICKNESS * max(drawn.shape) / LONG_EDGE) | 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    broad = cv2.morphologyEx(drawn.astype(np.uint8), cv2.MORPH_OPEN, disc) > 0
    right = broad & (distance_to(wanted) <= LEAST)
    return {
        "black_R": _share((solid & drawn).sum(), solid.sum()),
        "black_P": _share(right.sum(), broad.sum()),
    }


def _share(part: float, whole: float) -> float:
    return float(part / whole) if whole else float("nan")


def median(figures: list[dict[str, float]]) -> dict[str, float]:
    """Per metric, of the pages that have something to measure; NaN where none has."""
    values = {name: np.array([one[name] for one in figures]) for name in METRICS}
    return {
        name: float(np.nanmedian(v)) if np.isfinite(v).any() else float("nan") for name, v in values.items()
    }


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="characters", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument(
        "--model", type=Path, help="folder of the model to ink with (default: the built-in one)"
    )
    parser.add_argument("--out", type=Path, help="folder for metrics.json and the inked pages")
    options = parser.parse_args(arguments)
    try:
        names = sorted(path.name.removesuffix("-boxes.json") for path in options.folder.glob("*-boxes.json"))
        if not names:
            raise ValueError(f"{options.folder} holds no pages (NAME-boxes.json)")
        with Inker(model=options.model) as inker:
            report = {name: _ink(inker, Character.load(options.folder, name), options.out) for name in names}
    except (ValueError, OSError, InkError) as error:
        print(f"characters: {error}", file=sys.stderr)
        return 2
    print(_row("median", median(list(report.values()))))
    if options.out:
        text = json.dumps({"median": median(list(report.values())), "pages": report}, indent=1)
        (options.out / "metrics.json").write_text(text + "\n", encoding="utf-8")
    return 0


def _ink(inker: Inker, page: Character, out: Path | None) -> dict[str, float]:
    ink = 255 - inker.ink(page.sketch, thickness=THICKNESS * max(page.truth.shape) / LONG_EDGE)
    if out:
        out.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(out / f"{page.name}.png"), ink)
    figures = measure(ink, page)
    print(_row(page.name, figures), flush=True)
    return figures


def _row(name: str, figures: dict[str, float]) -> str:
    return f"{name:<16}" + "  ".join(f"{metric} {figures[metric]:.3f}" for metric in METRICS)


if __name__ == "__main__":
    sys.exit(main())
