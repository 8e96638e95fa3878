# SPDX-License-Identifier: GPL-3.0-or-later
"""What is dark in a sketch and no line: edges of pages and shadows, flat shade, smears, specks, dots."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from training.looks import low_frequency
from training.roughen import Rng
from training.scenes import Patch


def lead_astray(rng: Rng, patch: Patch) -> Patch:
    """The patch with something laid over its sketch that is not to be inked."""
    kinds = (_shadow_edge, _shade, _specks, _dots, _smear)
    kind = int(rng.integers(len(kinds) + 2))
    if kind >= len(kinds):
        return (_page_edge if kind == len(kinds) else _border)(rng, patch)
    dark = kinds[kind](rng, patch.sketch)
    return replace(patch, sketch=np.clip(dark, 0, 1).astype(np.float32))


def _side_of(rng: Rng, shape: tuple[int, int], bend: float) -> np.ndarray:
    """Signed distance (H, W) in px to a nearly straight edge through the patch."""
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    angle = rng.uniform(0, 2 * np.pi)
    away = (x - rng.uniform(0.1, 0.9) * shape[1]) * np.cos(angle)
    away += (y - rng.uniform(0.1, 0.9) * shape[0]) * np.sin(angle)
    return away + bend * low_frequency(rng, shape)


def _page_edge(rng: Rng, patch: Patch) -> Patch:
    """The sheet ends, and the drawing with it: beyond lies a desk or a lid, along the edge a thin shadow."""
    dark = patch.sketch
    away = _side_of(rng, dark.shape, rng.uniform(0, 1.5))
    desk = rng.uniform(0.0, 0.9) if rng.random() < 0.7 else 0.0
    beyond = np.clip(away / rng.uniform(0.5, 3) + 0.5, 0, 1)
    texture = desk * (1 + 0.1 * low_frequency(rng, dark.shape, int(rng.integers(3, 30))))
    rim = rng.uniform(0.1, 0.7) * np.exp(-0.5 * (away / rng.uniform(0.7, 4)) ** 2)
    dark = np.clip(np.maximum(dark * (1 - beyond) + beyond * texture, rim), 0, 1)
    on_sheet = (away < 0).astype(np.float32)
    return Patch(dark.astype(np.float32), patch.line * on_sheet, patch.solid * on_sheet)


def _border(rng: Rng, patch: Patch) -> Patch:
    """The picture ends in shade, and the blank paper that it is shown on begins: a step, and no line."""
    side, turns = patch.sketch.shape[0], int(rng.integers(4))
    away = np.arange(side, dtype=np.float32) - int(rng.uniform(0.05, 0.6) * side)  # px from the border
    inside = np.rot90(np.broadcast_to(away >= 0, patch.sketch.shape), turns).astype(np.float32)
    shade = np.exp(-np.maximum(away, 0) / np.exp(rng.uniform(np.log(4), np.log(400))))
    shade = np.rot90(np.broadcast_to(rng.uniform(0.05, 0.4) * shade, patch.sketch.shape), turns)
    dark = (1 - (1 - patch.sketch) * (1 - shade)) * inside
    return Patch(dark.astype(np.float32), patch.line * inside, patch.solid * inside)


def _shadow_edge(rng: Rng, dark: np.ndarray) -> np.ndarray:
    """A shadow falls on the page: a step, hard or soft, of which normalisation leaves a part or a ridge."""
    away = _side_of(rng, dark.shape, rng.uniform(0, 12))
    soft = np.exp(rng.uniform(np.log(1), np.log(30)))
    shadow = 1 / (1 + np.exp(-np.clip(away / soft, -30, 30)))
    if rng.random() < 0.5:
        shadow = shadow * np.exp(-np.maximum(away, 0) / rng.uniform(8, 60))
    return 1 - (1 - dark) * (1 - rng.uniform(0.1, 0.6) * shadow)


def _blob(rng: Rng, shape: tuple[int, int]) -> np.ndarray:
    """Bool (H, W): an area with a wandering edge."""
    field = low_frequency(rng, shape, int(rng.integers(3, 7)))
    return field > np.quantile(field, rng.uniform(0.4, 0.85))


def _shade(rng: Rng, dark: np.ndarray) -> np.ndarray:
    """Tone laid on skin or cloth, flat or in strokes side by side: it stays white."""
    area = cv2.GaussianBlur(_blob(rng, dark.shape).astype(np.float32), (0, 0), rng.uniform(0.5, 5))
    tone = rng.uniform(0.08, 0.35)
    if rng.random() < 0.5:
        y, x = np.mgrid[: dark.shape[0], : dark.shape[1]].astype(np.float32)
        angle, gap = rng.uniform(0, np.pi), rng.uniform(2.5, 6)
        across = x * np.cos(angle) + y * np.sin(angle) + 1.5 * low_frequency(rng, dark.shape, 6)
        area = area * np.clip(0.6 + 0.5 * np.cos(2 * np.pi * across / gap), 0, 1)
    return 1 - (1 - dark) * (1 - tone * area)


def _specks(rng: Rng, dark: np.ndarray) -> np.ndarray:
    """Dust, crumbs of rubber, splashes."""
    out = dark.copy()
    for _ in range(rng.integers(3, 40)):
        x, y = (int(v) for v in rng.integers(0, dark.shape[0], 2))
        axes = (int(rng.integers(0, 3)), int(rng.integers(0, 3)))
        cv2.ellipse(
            out, (x, y), axes, float(rng.uniform(0, 180)), 0, 360, rng.uniform(0.2, 0.9), -1, cv2.LINE_AA
        )
    return np.maximum(dark, cv2.GaussianBlur(out, (0, 0), 0.6))


def _dots(rng: Rng, dark: np.ndarray) -> np.ndarray:
    """Dotted or squared paper."""
    y, x = np.mgrid[: dark.shape[0], : dark.shape[1]].astype(np.float32)
    gap, angle = rng.uniform(12, 60), rng.normal(0, 0.05)
    u = (x * np.cos(angle) - y * np.sin(angle) + rng.uniform(0, gap)) % gap - gap / 2
    v = (x * np.sin(angle) + y * np.cos(angle) + rng.uniform(0, gap)) % gap - gap / 2
    width, tone = rng.uniform(0.5, 1.4), rng.uniform(0.1, 0.4)
    near = np.hypot(u, v) if rng.random() < 0.5 else np.minimum(np.abs(u), np.abs(v))
    return 1 - (1 - dark) * (1 - tone * np.exp(-0.5 * (near / width) ** 2))


def _smear(rng: Rng, dark: np.ndarray) -> np.ndarray:
    """A hand wiped over the drawing, or it was rubbed out and drawn again."""
    if rng.random() < 0.5:
        wiped = cv2.GaussianBlur(dark, (0, 0), rng.uniform(3, 14)) * rng.uniform(0.2, 0.8)
        return np.maximum(dark, np.roll(wiped, tuple(rng.integers(-12, 13, 2)), (0, 1)))
    ghost = np.roll(dark[:, ::-1] if rng.random() < 0.5 else dark, tuple(rng.integers(-60, 61, 2)), (0, 1))
    ghost = cv2.GaussianBlur(ghost, (0, 0), rng.uniform(0.7, 2)) * rng.uniform(0.08, 0.3)
    return np.maximum(dark, ghost)
