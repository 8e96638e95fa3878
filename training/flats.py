# SPDX-License-Identifier: GPL-3.0-or-later
"""Tone under the lines of a sketch: areas filled evenly, as where a sketch is coloured. It stays white."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from training.looks import low_frequency
from training.roughen import Rng
from training.scenes import Patch

WALL = 0.3  # of the line or solid map, from which a pixel parts areas
BARE = 0.35  # share of the areas that stay paper
DEEP = 0.4  # share of the tones that are deep: dark hair, cloth, a coloured iris
LIGHT_TONES, DEEP_TONES = (0.05, 0.35), (0.3, 0.65)  # darkness, in that of firm lines 0.8
SHADED = 0.3  # share of the patches on which a second, darker tone lies within the first
UNDER = 7  # px: how far a tone runs under the lines


def with_flats(rng: Rng, patch: Patch) -> Patch:
    """The patch with even tones laid under its sketch, area by area; what is to be inked stays the same."""
    shape = patch.sketch.shape
    walls = np.maximum(patch.line, patch.solid) > WALL
    _, area = cv2.connectedComponents((~walls).astype(np.uint8), connectivity=4)
    tones = _tones(rng, int(area.max()) + 1)
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
    return replace(patch, sketch=dark.astype(np.float32))


def _tones(rng: Rng, areas: int) -> np.ndarray:
    """The tone (N,) float32 of each area, of a few that the patch has; none for the lines, area 0."""
    few = int(rng.integers(1, 5))
    pots = np.where(rng.random(few) < DEEP, rng.uniform(*DEEP_TONES, few), rng.uniform(*LIGHT_TONES, few))
    tones = pots[rng.integers(few, size=areas)] * (rng.random(areas) >= BARE)
    tones[0] = 0
    return np.asarray(tones, np.float32)
