# SPDX-License-Identifier: GPL-3.0-or-later
"""Blacks far broader than the pen and longer than broad: strokes of a brush, bold words, scribbled masses.

Beside thin lines the network held such black for nothing at all: neither for a line nor for solid.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from training.lettering import FONTS, LETTERS
from training.roughen import Rng, smooth_noise
from training.scenes import SUPERSAMPLE, Patch, fixed
from training.spots import blackened, pen

MOST = 3  # blots on a patch
BROADER = (2.8, 7.0)  # times as broad as the patch's strokes
LEAST, LARGEST = 7.0, 40.0  # px across
COVERED = 0.04  # share of a blot that may lie on lines
TRIES = 8  # places that are tried for a blot
PACKED = (0.35, 0.6)  # px from one stroke of a scribble to the next, in strokes

Drawn = tuple[np.ndarray, np.ndarray]  # a blot as it is drawn, and what of that is solid, float32 (H, W)


def with_blots(rng: Rng, patch: Patch) -> Patch:
    """The patch with up to three blots where few lines are: in the sketch, and as solids."""
    firm, width = pen(patch)
    if not 0.5 < width < LARGEST / BROADER[0]:
        return patch
    solid, laid = patch.solid.copy(), np.zeros_like(patch.sketch)
    tone = firm * rng.uniform(0.75, 1.05)
    kind = KINDS[rng.integers(len(KINDS))]
    for _ in range(int(rng.integers(1, MOST + 1))):
        across = float(np.clip(width * rng.uniform(*BROADER), LEAST, LARGEST))
        blot = _placed(rng, kind, across, np.maximum(patch.line, solid))
        if blot is not None:
            laid, solid = np.maximum(laid, blot[0] * tone), np.maximum(solid, blot[1])
    return blackened(rng, patch, laid, solid)


def _placed(
    rng: Rng, kind: Callable[[Rng, float, int], Drawn], across: float, taken: np.ndarray
) -> Drawn | None:
    """A blot that covers little of what is `taken`; None where there is no room."""
    for _ in range(TRIES):
        drawn, solid = kind(rng, across, len(taken))
        shape = solid > 0.5
        if shape.any() and (taken[shape] > 0.5).mean() <= COVERED:
            return drawn, solid
    return None


def _brushed(rng: Rng, across: float, side: int) -> Drawn:
    """One stroke of a broad brush, pointed at its ends or not."""
    count = int(rng.integers(8, 40))
    heading = rng.uniform(0, 2 * np.pi) + rng.normal(0, 0.15) + np.cumsum(rng.normal(0, 0.12, count))
    steps = 0.25 * across * np.column_stack([np.cos(heading), np.sin(heading)])
    points = rng.uniform(0, side, 2) + np.cumsum(steps, 0)
    every = np.arange(count) / max(count - 1, 1)
    swell = np.ones(count)
    for end in (every, 1 - every):
        if rng.random() < 0.5:
            swell *= np.minimum(1, end / rng.uniform(0.1, 0.6))
    swell *= 1 + 0.12 * smooth_noise(rng, count, 5)
    fine = _fine(side)
    at, radius = fixed(points, SUPERSAMPLE), 0.5 * across * SUPERSAMPLE * swell
    for start, stop, one in zip(at[:-1], at[1:], radius, strict=False):
        cv2.line(fine, start.tolist(), stop.tolist(), 255, max(1, round(2 * one)), cv2.LINE_AA, 4)
    mask = _shrunk(fine, side)
    return mask, mask


def _lettered(rng: Rng, across: float, side: int) -> Drawn:
    """A word in bold letters: all of a letter is black, its stems are `across` px wide."""
    font = FONTS[int(rng.choice([0, 2]))]
    word = "".join(LETTERS[i] for i in rng.integers(len(LETTERS), size=int(rng.integers(1, 5))))
    stem = round(across * SUPERSAMPLE)
    (_, tall), _ = cv2.getTextSize(word, font, 1.0, 1)
    scale = rng.uniform(4.0, 8.0) * stem / tall
    origin = np.round(rng.uniform(-0.1, 0.9, 2) * side * SUPERSAMPLE).astype(int).tolist()
    fine = _fine(side)
    cv2.putText(fine, word, origin, font, scale, 255, stem, cv2.LINE_AA)
    turn = cv2.getRotationMatrix2D(origin, rng.normal(0, 10), 1.0)
    mask = _shrunk(cv2.warpAffine(fine, turn, fine.shape[::-1], flags=cv2.INTER_LINEAR), side)
    return mask, mask


def _scribbled(rng: Rng, across: float, side: int) -> Drawn:
    """A mass that is blacked to and fro; slits of white between the strokes are black all the same."""
    pen = across / rng.uniform(2.0, 4.0)
    length, angle = rng.uniform(1.5, 6.0) * across, rng.uniform(0, np.pi)
    along = np.array([np.cos(angle), np.sin(angle)])
    away = np.array([-along[1], along[0]])
    reach = 0.5 * across * rng.uniform(1.0, 2.0)
    turns = np.arange(0, length, pen * rng.uniform(*PACKED))
    ends = np.where(np.arange(len(turns)) % 2, 1.0, -1.0) * reach * (1 + rng.normal(0, 0.2, len(turns)))
    points = rng.uniform(0, side, 2) + turns[:, None] * along + ends[:, None] * away
    fine = _fine(side)
    width = max(1, round(pen * SUPERSAMPLE))
    cv2.polylines(fine, [fixed(points, SUPERSAMPLE)], False, 255, width, cv2.LINE_AA, 4)
    slit = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width))
    return _shrunk(fine, side), _shrunk(cv2.morphologyEx(fine, cv2.MORPH_CLOSE, slit), side)


KINDS = (_brushed, _lettered, _scribbled)


def _fine(side: int) -> np.ndarray:
    return np.zeros((side * SUPERSAMPLE, side * SUPERSAMPLE), np.uint8)


def _shrunk(fine: np.ndarray, side: int) -> np.ndarray:
    return cv2.resize(fine, (side, side), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
