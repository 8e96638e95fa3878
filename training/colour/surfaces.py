# SPDX-License-Identifier: GPL-3.0-or-later
"""What painters put on areas besides flat colours and tones: backgrounds, blush, airbrush, hair and fur."""

from __future__ import annotations

import cv2
import numpy as np

from training.colour.palette import palette
from training.colour.shapes import across, blobs
from training.looks import grain, low_frequency
from training.roughen import Rng

STRANDS = 2.0, 14.0  # px of the canvas from strand to strand


def backdrop(rng: Rng, shape: tuple[int, int], papers: list[np.ndarray]) -> np.ndarray:
    """A painted background: colours that run together, shapes out of focus, a brush's texture."""
    shades = palette(rng, 4).astype(np.float32)
    field = np.clip(0.5 + 0.4 * low_frequency(rng, shape, int(rng.integers(2, 6))), 0, 1)[..., None]
    image = shades[0] + (shades[1] - shades[0]) * field
    for colour in shades[2 : 2 + int(rng.integers(0, 3))]:
        mask = blobs(rng, np.zeros(shape, np.int32)).astype(np.float32)
        mask = cv2.GaussianBlur(mask, (0, 0), rng.uniform(6, 30))[..., None]
        image = image + (colour - image) * mask * rng.uniform(0.3, 1)
    if rng.random() < 0.5:
        image = image * (1 + rng.uniform(0.01, 0.08) * grain(rng, shape, papers)[..., None])
    return np.clip(image, 0, 1).astype(np.float32)


def blushed(rng: Rng, image: np.ndarray, areas: np.ndarray) -> np.ndarray:
    """Soft red spots on the figure's areas."""
    mask = np.zeros(areas.shape, np.float32)
    for _ in range(rng.integers(1, 4)):
        centre = tuple(int(c) for c in rng.integers(0, areas.shape[0], 2))
        axes = int(rng.integers(8, 40)), int(rng.integers(6, 24))
        cv2.ellipse(mask, centre, axes, float(rng.uniform(0, 180)), 0, 360, 1.0, -1)
    mask = cv2.GaussianBlur(mask, (0, 0), rng.uniform(5, 14)) * rng.uniform(0.2, 0.6)
    red = np.array([0.95, rng.uniform(0.3, 0.6), rng.uniform(0.3, 0.6)], np.float32)
    return image + (red - image) * mask[..., None]


def airbrushed(rng: Rng, image: np.ndarray, areas: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Wide soft shades and lights that stay within their areas, and where they show, bool (n, n)."""
    shown = np.zeros(areas.shape, np.bool_)
    for _ in range(rng.integers(1, 4)):
        field = np.clip(
            low_frequency(rng, areas.shape, int(rng.integers(2, 7))) + rng.uniform(-0.5, 0.5), 0, 1
        )
        chosen = rng.random(int(areas.max()) + 1) < rng.uniform(0.3, 1)
        push = rng.uniform(-0.5, 0.5, int(areas.max()) + 1)  # each area's own light comes from its own side
        alpha = np.clip(field + push[areas], 0, 1) * chosen[areas] * rng.uniform(0.15, 0.6)
        tint = palette(rng, 1)[0].astype(np.float32)
        if rng.random() < 0.65:
            wanted = image * (tint * 0.6 + 0.1)
        else:
            wanted = image + (1 - image) * (0.5 + 0.5 * tint)
        alpha = cv2.GaussianBlur(alpha.astype(np.float32), (0, 0), rng.uniform(0.6, 3))
        image = image + (wanted - image) * alpha[..., None]
        shown |= alpha > 0.08
    return image.astype(np.float32), shown


def haired(rng: Rng, image: np.ndarray, areas: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Hair and fur in many tones on a few areas, and where they lie, bool (n, n)."""
    count = int(areas.max()) + 1
    chosen = rng.random(count) < rng.uniform(0.1, 0.6)
    mask = chosen[areas]
    if not mask.any():
        return image, mask
    place, along = across(rng, areas.shape, rng.uniform(10, 90))
    strength, value = rng.uniform(0.06, 0.3), np.zeros(areas.shape, np.float32)
    for _ in range(rng.integers(1, 4)):
        pitch = float(np.exp(rng.uniform(*np.log(STRANDS))))
        number = np.floor(place / pitch + 0.4 * low_frequency(rng, areas.shape, 6)).astype(np.int64)
        length = rng.uniform(15, 200)
        part = np.floor(along / length + _hashed(number)).astype(np.int64)
        value += _hashed(number * 7919 + part * 104729) - 0.5
    if rng.random() < 0.7:
        value = cv2.GaussianBlur(value, (0, 0), rng.uniform(0.5, 3))
    levels = rng.integers(2, 6)
    if rng.random() < 0.3:
        value = np.round(value * levels) / levels
    tint = 1 - rng.uniform(0, 0.5, 3).astype(np.float32)
    shaded = image * (1 + strength * 2 * np.minimum(value, 0)[..., None] * tint)
    light = shaded + (1 - shaded) * strength * np.maximum(value, 0)[..., None]
    return np.where(mask[..., None], light, image).astype(np.float32), mask


def _hashed(numbers: np.ndarray) -> np.ndarray:
    """A random number for each whole number, float32, 0 to 1."""
    mixed = (numbers * 2654435761) & 0xFFFFFFFF
    mixed = ((mixed ^ (mixed >> 15)) * 2246822519) & 0xFFFFFFFF
    return ((mixed ^ (mixed >> 13)) & 0xFFFF).astype(np.float32) / 65535
