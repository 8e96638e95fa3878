# SPDX-License-Identifier: GPL-3.0-or-later
"""Spots of black beside broad lines: dots for eyes, noses, buttons, little broader than the pen."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from smart_lineart.inking.page.scale import stroke_width
from training.looks import grain
from training.roughen import Rng
from training.scenes import SUPERSAMPLE, Patch, beside_blacks

MOST = 6  # spots on a patch
BROADER = (1.8, 4.0)  # times as broad as the patch's strokes
LEAST, LARGEST = 6.0, 60.0  # px across: the engine fills none that is smaller
LIT = 14.0  # px across, from which a spot may have a light
TRIES = 12  # places that are tried for a spot
FIRM = 0.97  # of what is drawn, that is no darker than firm strokes


def with_spots(rng: Rng, patch: Patch) -> Patch:
    """The patch with a few black spots where little else is drawn: in the sketch, and as solids."""
    firm, width = pen(patch)
    if not 0.5 < width < LARGEST / BROADER[0]:
        return patch
    solid, laid = patch.solid.copy(), np.zeros_like(patch.sketch)
    tone = firm * rng.uniform(0.75, 1.05)
    for _ in range(int(rng.integers(1, MOST + 1))):
        across = float(np.clip(width * rng.uniform(*BROADER), LEAST, LARGEST))
        at = _free_place(rng, np.maximum(patch.line, solid), across)
        if at is not None:
            spot = _spot(rng, at, across, laid.shape)
            solid, laid = np.maximum(solid, spot), np.maximum(laid, spot * tone)
    return blackened(rng, patch, laid, solid)


def pen(patch: Patch) -> tuple[float, float]:
    """The darkness of a patch's firm strokes, and how wide they are in px: 0 where there are none."""
    drawn = patch.sketch[patch.line > 0.5]
    if not drawn.size:
        return 0.0, 0.0
    firm = float(np.quantile(drawn, FIRM))
    return firm, stroke_width(patch.sketch, firm)


def blackened(rng: Rng, patch: Patch, laid: np.ndarray, solid: np.ndarray) -> Patch:
    """The patch with blacks `laid` over it, grainy or not; `solid` is all that is solid then."""
    if rng.random() < 0.5:
        laid = laid * np.clip(1 + rng.uniform(0.05, 0.3) * grain(rng, laid.shape, []), 0, 1.2)
    laid = cv2.GaussianBlur(laid, (0, 0), rng.uniform(0.3, 1.0))
    sketch = 1 - (1 - patch.sketch) * (1 - np.clip(laid, 0, 1))
    return replace(
        patch,
        sketch=sketch.astype(np.float32),
        line=beside_blacks(patch.line, solid).astype(np.float32),
        solid=solid.astype(np.float32),
    )


def _spot(rng: Rng, at: tuple[float, float], across: float, shape: tuple[int, ...]) -> np.ndarray:
    """A round or oval spot whose edge a hand drew, float32 (H, W), 0 to 1; a large one may have a light."""
    turns = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    bumps = sum(rng.normal(0, 0.03) * np.cos(k * turns + rng.uniform(0, 6)) for k in (2, 3, 5))
    long, angle = rng.uniform(1.0, 1.7), rng.uniform(0, np.pi)
    x, y = 0.5 * across * long * np.cos(turns) * (1 + bumps), 0.5 * across * np.sin(turns) * (1 + bumps)
    edge = (
        np.column_stack([x * np.cos(angle) - y * np.sin(angle), x * np.sin(angle) + y * np.cos(angle)]) + at
    )
    fine = np.zeros((shape[0] * SUPERSAMPLE, shape[1] * SUPERSAMPLE), np.uint8)
    cv2.fillPoly(fine, [np.round(edge * SUPERSAMPLE).astype(np.int32)], 255, cv2.LINE_AA)
    if across >= LIT and rng.random() < 0.4:
        light = np.array(at) + rng.uniform(-0.15, 0.15, 2) * across
        size = round(rng.uniform(0.1, 0.2) * across * SUPERSAMPLE)
        cv2.circle(fine, tuple(np.round(light * SUPERSAMPLE).astype(int).tolist()), size, 0, -1, cv2.LINE_AA)
    return cv2.resize(fine, shape[::-1], interpolation=cv2.INTER_AREA).astype(np.float32) / 255


def _free_place(rng: Rng, taken: np.ndarray, across: float) -> tuple[float, float] | None:
    """The middle of a spot that touches little of what is `taken`; None where there is no room."""
    away = cv2.distanceTransform((taken < 0.5).astype(np.uint8), cv2.DIST_L2, 5)
    wanted = across * rng.uniform(0.45, 1.2)
    for _ in range(TRIES):
        x, y = rng.uniform(0, taken.shape[1] - 1, 2)
        if away[int(y), int(x)] >= wanted:
            return float(x), float(y)
    return None
