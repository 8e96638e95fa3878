# SPDX-License-Identifier: GPL-3.0-or-later
"""Areas of a sketch filled: with even tone, as where it is coloured, which stays white; or with black."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from training.looks import grain, hatching, low_frequency
from training.roughen import Rng
from training.scenes import Patch, beside_blacks

WALL = 0.3  # of the line or solid map, from which a pixel parts areas
BARE = 0.35  # share of the areas that stay paper
DEEP = 0.4  # share of the tones that are deep: dark hair, cloth, a coloured iris
LIGHT_TONES, DEEP_TONES = (0.05, 0.35), (0.3, 0.65)  # darkness, in that of firm lines 0.8
SHADED = 0.3  # share of the patches on which a second, darker tone lies within the first
UNDER = 7  # px: how far a tone runs under the lines
BLACK = 0.35  # share of the patches that also have an area filled with black:
LEAST_BLACK, MOST_BLACK = 150, 0.3  # px, and of the patch, that it has
UNEVEN = 0.5  # share of the blacks that let paper through


def with_flats(rng: Rng, patch: Patch) -> Patch:
    """The patch with even tones laid under its sketch, area by area, and sometimes one area blacked.

    What is to be inked stays the same but for that.
    """
    shape = patch.sketch.shape
    walls = np.maximum(patch.line, patch.solid) > WALL
    count, area, stats, _ = cv2.connectedComponentsWithStats((~walls).astype(np.uint8), connectivity=4)
    tones = _tones(rng, count)
    laid = tones[area]
    laid = np.where(walls, cv2.dilate(laid, np.ones((UNDER, UNDER))), laid)
    laid = np.roll(laid, tuple(rng.integers(-2, 3, 2)), (0, 1))  # nobody fills to the pixel
    laid = cv2.GaussianBlur(laid, (0, 0), rng.uniform(0.3, 2.0))
    if rng.random() < SHADED:
        field = low_frequency(rng, shape, int(rng.integers(3, 7)))
        shade = (field > np.quantile(field, rng.uniform(0.4, 0.85))).astype(np.float32)
        shade = cv2.GaussianBlur(shade, (0, 0), rng.uniform(0.4, 3.0))
        laid = laid * (1 + rng.uniform(0.15, 0.5) * shade)
    if rng.random() < SHADED:
        laid = laid * (1 + 0.15 * low_frequency(rng, shape, int(rng.integers(2, 6))))
    dark = 1 - (1 - patch.sketch) * (1 - np.clip(laid, 0, max(DEEP_TONES) + 0.05))
    patch = replace(patch, sketch=dark.astype(np.float32))
    sizes = stats[1:, cv2.CC_STAT_AREA]
    fit = 1 + np.flatnonzero((sizes >= LEAST_BLACK) & (sizes <= MOST_BLACK * area.size))
    if len(fit) and rng.random() < BLACK:
        black = cv2.dilate((area == rng.choice(fit)).astype(np.float32), np.ones((5, 5)))
        if not (black * patch.solid).any():  # a light in a pupil stays white
            return _blacked(rng, patch, black)
    return patch


def _blacked(rng: Rng, patch: Patch, black: np.ndarray) -> Patch:
    """The patch with an area, 1 in (H, W) float32, filled with black."""
    filled = black * rng.uniform(0.75, 1.0)
    if rng.random() < UNEVEN:
        filled *= np.clip(1 + 0.2 * grain(rng, black.shape, []), 0.4, 1.1)
        filled *= hatching(rng, black.shape, rng.uniform(1.5, 5), scribbled=rng.random() < 0.5)
    filled = cv2.GaussianBlur(filled, (0, 0), rng.uniform(0.3, 1.0))
    solid = np.maximum(patch.solid, black)
    sketch = np.clip(np.maximum(patch.sketch, filled), 0, 1).astype(np.float32)
    return Patch(sketch, beside_blacks(patch.line, solid), solid)


def _tones(rng: Rng, areas: int) -> np.ndarray:
    """The tone (N,) float32 of each area, of a few that the patch has; none for the lines, area 0."""
    few = int(rng.integers(1, 5))
    pots = np.where(rng.random(few) < DEEP, rng.uniform(*DEEP_TONES, few), rng.uniform(*LIGHT_TONES, few))
    tones = pots[rng.integers(few, size=areas)] * (rng.random(areas) >= BARE)
    tones[0] = 0
    return np.asarray(tones, np.float32)
