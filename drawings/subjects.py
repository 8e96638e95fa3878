# SPDX-License-Identifier: GPL-3.0-or-later
"""What a folder offers to measure on: stroke drawings, pairs of sketch and truth, and lone sketches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import cv2
import numpy as np

from drawings.looks import draw_sketch
from drawings.metrics import Lineart
from drawings.strokes import load_drawing
from drawings.truth import draw_truth

IMAGES = {".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp"}
SKETCH, TRUTH = ".sketch.png", ".truth.png"


@dataclass(frozen=True)
class Subject:
    """A sketch, uint8 H x W or H x W x 3 or 4 (RGB, RGBA), and its truth, uint8 H x W, where one is known."""

    name: str
    look: str
    sketch: np.ndarray
    truth: np.ndarray | None


def find_files(folder: Path) -> list[Path]:
    """The stroke drawings and sketches of a folder, sorted. ValueError if it is none or holds neither."""
    if not folder.is_dir():
        raise ValueError(f"{folder} is not a folder")
    found = [
        path
        for path in sorted(folder.iterdir())
        if path.suffix.lower() == ".json" or (path.suffix.lower() in IMAGES and not path.name.endswith(TRUTH))
    ]
    if not found:
        raise ValueError(f"{folder} holds neither stroke drawings (.json) nor images")
    return found


def load_subjects(files: Sequence[Path], looks: Sequence[str]) -> Iterator[Subject]:
    """One subject after the other; the stroke drawings among them take the looks in turn."""
    turns = cycle(looks)
    for path in files:
        if path.suffix.lower() == ".json":
            yield _draw(path, next(turns))
        elif path.name.endswith(SKETCH):
            yield _load_pair(path)
        else:
            yield Subject(path.stem, "image", read_image(path), None)


def read_image(path: Path) -> np.ndarray:
    """An image file as uint8, H x W, H x W x 3 (RGB) or H x W x 4 (RGBA). ValueError if it is none."""
    image = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if image is None:
        raise ValueError(f"{path} is not a readable image")
    if image.dtype == np.uint16:
        image = (image // 257).astype(np.uint8)
    if image.ndim == 3:
        image = cv2.cvtColor(image, cv2.COLOR_BGRA2RGBA if image.shape[2] == 4 else cv2.COLOR_BGR2RGB)
    return image


def _draw(path: Path, look: str) -> Subject:
    drawing = load_drawing(path)
    return Subject(path.stem, look, draw_sketch(drawing, look, seed=path.stem), draw_truth(drawing))


def _load_pair(sketch: Path) -> Subject:
    name = sketch.name.removesuffix(SKETCH)
    truth_file = sketch.with_name(name + TRUTH)
    if not truth_file.exists():
        return Subject(name, "image", read_image(sketch), None)
    image, truth = read_image(sketch), cv2.imread(str(truth_file), cv2.IMREAD_GRAYSCALE)
    if truth is None or truth.shape != image.shape[:2]:
        raise ValueError(f"{truth_file} is not an image of the size of {sketch.name}")
    if not Lineart.of(truth).length:
        raise ValueError(f"{truth_file} has no ink")
    return Subject(name, "image", image, truth)
