# SPDX-License-Identifier: GPL-3.0-or-later
"""Lettering beside a drawing: notes, sound words, signs, drawn once and to be inked as they stand."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from smart_lineart.inking.raster.thinning import thin
from training.looks import grain
from training.roughen import Rng
from training.scenes import LINE_WIDTH, SUPERSAMPLE, Patch

FONTS = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, cv2.FONT_HERSHEY_COMPLEX)
LETTERS = "aabcdeeefghiijklmnnoopqrrssttuuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!?.,&"
HEIGHTS = (15.0, 40.0)  # px of a capital letter
WEIGHTS = (1, 4)  # in OpenCV's thicknesses
MOST_WORDS, MOST_LETTERS = 4, 8
TRIES = 8  # places that are tried for a word


@dataclass(frozen=True)
class Hand:
    """How words are written: OpenCV's font and thickness, a capital's height in px, degrees of turn."""

    font: int
    height: float
    weight: int
    angle: float

    def width(self, word: str) -> float:
        """How wide a word is, in px."""
        (wide, tall), _ = cv2.getTextSize(word, self.font, 1.0, self.weight)
        return wide * self.height / tall

    def write(
        self, word: str, at: tuple[float, float], shape: tuple[int, ...]
    ) -> tuple[np.ndarray, np.ndarray]:
        """A word that begins at a place, and its line map, both float32 (H, W), 0 to 1."""
        fine = np.zeros((shape[0] * SUPERSAMPLE, shape[1] * SUPERSAMPLE), np.uint8)
        origin = round(at[0] * SUPERSAMPLE), round(at[1] * SUPERSAMPLE)
        (_, tall), _ = cv2.getTextSize(word, self.font, 1.0, self.weight)
        scale = SUPERSAMPLE * self.height / tall
        cv2.putText(fine, word, origin, self.font, scale, 255, self.weight, cv2.LINE_AA)
        turn = cv2.getRotationMatrix2D(origin, self.angle, 1.0)
        fine = cv2.warpAffine(fine, turn, fine.shape[::-1], flags=cv2.INTER_LINEAR)
        middle = thin(fine > 127)[1:-1, 1:-1]
        disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (round(LINE_WIDTH * SUPERSAMPLE),) * 2)
        lines = cv2.dilate(middle.astype(np.uint8) * 255, disc)
        written, mapped = (
            cv2.resize(one, shape[::-1], interpolation=cv2.INTER_AREA) for one in (fine, lines)
        )
        return written.astype(np.float32) / 255, mapped.astype(np.float32) / 255


def with_lettering(rng: Rng, patch: Patch) -> Patch:
    """The patch with a few words where nothing else is drawn: in the sketch, and as lines to be inked."""
    line, laid = patch.line.copy(), np.zeros_like(patch.sketch)
    hand = Hand(
        font=FONTS[rng.integers(len(FONTS))],
        height=float(np.exp(rng.uniform(*np.log(HEIGHTS)))),
        weight=int(rng.integers(WEIGHTS[0], WEIGHTS[1] + 1)),
        angle=rng.normal(0, 8),
    )
    dark = rng.uniform(0.45, 1.0)
    for _ in range(int(rng.integers(1, MOST_WORDS + 1))):
        word = "".join(
            LETTERS[i] for i in rng.integers(len(LETTERS), size=int(rng.integers(1, MOST_LETTERS)))
        )
        at = _free_place(rng, np.maximum(line, patch.solid), hand.width(word), hand.height)
        if at is not None:
            written, lines = hand.write(word, at, laid.shape)
            line, laid = np.maximum(line, lines), np.maximum(laid, written * dark)
    if rng.random() < 0.5:
        laid = laid * np.clip(1 + rng.uniform(0.05, 0.4) * grain(rng, laid.shape, []), 0, 1.4)
    laid = cv2.GaussianBlur(laid, (0, 0), rng.uniform(0.25, 0.8))
    sketch = 1 - (1 - patch.sketch) * (1 - np.clip(laid, 0, 1))
    return replace(patch, sketch=sketch.astype(np.float32), line=line.astype(np.float32))


def _free_place(rng: Rng, taken: np.ndarray, wide: float, height: float) -> tuple[float, float] | None:
    """Where a word may begin, at its base line; None where there is no room."""
    side = len(taken)
    for _ in range(TRIES):
        x, y = rng.uniform(-0.3 * wide, side - 0.5 * wide), rng.uniform(0.6 * height, side + 0.2 * height)
        top, left = max(0, int(y - 1.4 * height)), max(0, int(x - 4))
        box = taken[top : int(y + 0.6 * height), left : int(x + wide + 4)]
        if box.size and not (box > 0).any():
            return float(x), float(y)
    return None
