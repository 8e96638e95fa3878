# SPDX-License-Identifier: GPL-3.0-or-later
"""Shapes of shade and light on a figure, as painters lay them: masks, bool (n, n)."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from training.looks import low_frequency
from training.roughen import Rng

SHADES = {"slid": 0.36, "blobs": 0.2, "wave": 0.2, "cast": 0.24}
LIGHTS = {"streaks": 0.28, "spots": 0.24, "ring": 0.2, "rim": 0.16, "slid": 0.12}
Shaper = Callable[[Rng, np.ndarray], np.ndarray]


def shade_shape(rng: Rng, areas: np.ndarray) -> np.ndarray:
    """One shape of shade on areas, int32 (n, n)."""
    return _drawn(rng, areas, SHADES)


def light_shape(rng: Rng, areas: np.ndarray) -> np.ndarray:
    """One shape of highlight on areas, int32 (n, n)."""
    return _drawn(rng, areas, LIGHTS)


def _drawn(rng: Rng, areas: np.ndarray, shares: dict[str, float]) -> np.ndarray:
    kind = str(rng.choice(list(shares), p=list(shares.values())))
    mask = _SHAPERS[kind](rng, areas).astype(np.uint8)
    return np.asarray(cv2.medianBlur(mask, int(rng.choice([3, 5, 7]))) > 0)


def _moved(image: np.ndarray, move: np.ndarray) -> np.ndarray:
    matrix = np.array([[1, 0, move[0]], [0, 1, move[1]]], np.float64)
    return cv2.warpAffine(
        image, matrix, image.shape[::-1], flags=cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE
    )


def _step(rng: Rng, low: float, high: float) -> np.ndarray:
    angle = rng.uniform(0, 2 * np.pi)
    return np.array([np.cos(angle), np.sin(angle)]) * np.exp(rng.uniform(np.log(low), np.log(high)))


def slid(rng: Rng, areas: np.ndarray) -> np.ndarray:
    """What of each area its own shape leaves free when slid aside: shade along one side of all."""
    labels = areas.astype(np.float32)
    return np.asarray(labels != _moved(labels, _step(rng, 6, 60)))


def blobs(rng: Rng, areas: np.ndarray) -> np.ndarray:
    """Soft-cornered patches."""
    field = low_frequency(rng, areas.shape, int(rng.integers(3, 11)))
    return np.asarray(field > rng.uniform(-0.3, 0.8))


def across(rng: Rng, shape: tuple[int, int], bend: float) -> tuple[np.ndarray, np.ndarray]:
    """Coordinates across and along a bent band, in px."""
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    angle = rng.uniform(0, 2 * np.pi)
    along = x * np.cos(angle) + y * np.sin(angle)
    aside = -x * np.sin(angle) + y * np.cos(angle)
    return aside + bend * low_frequency(rng, shape, int(rng.integers(3, 6))), along


def _teeth(rng: Rng, along: np.ndarray) -> np.ndarray:
    """A zigzag along a line, 0 to 1, as light ends on strands of hair; 0 for an even edge."""
    if rng.random() < 0.5:
        return np.zeros_like(along)
    pitch = rng.uniform(8, 50)
    phase = along / pitch % 1
    return np.abs(phase - rng.uniform(0.3, 0.7))


def wave(rng: Rng, areas: np.ndarray) -> np.ndarray:
    """All on one side of a bent or toothed line."""
    aside, along = across(rng, areas.shape, rng.uniform(5, 60))
    aside += _teeth(rng, along) * rng.uniform(10, 90)
    return np.asarray(aside > rng.choice(aside.ravel()))


def cast(rng: Rng, areas: np.ndarray) -> np.ndarray:
    """The shadow that one area throws on the others."""
    number = areas[rng.integers(areas.shape[0]), rng.integers(areas.shape[1])]
    own = (areas == number).astype(np.uint8)
    shadow = _moved(own, _step(rng, 6, 50))
    if rng.random() < 0.3:
        size = int(rng.integers(3, 15)) | 1
        shadow = cv2.dilate(shadow, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))
    return (shadow > 0) & (own == 0)


def streaks(rng: Rng, areas: np.ndarray) -> np.ndarray:
    """A few tapered strokes side by side."""
    mask = np.zeros(areas.shape, np.uint8)
    n = areas.shape[0]
    for _ in range(rng.integers(1, 4)):
        place, way = rng.uniform(0, n, 2), _step(rng, 16, 110)
        side = np.array([-way[1], way[0]]) / np.hypot(*way)
        for _ in range(rng.integers(1, 5)):
            broad, bend = rng.uniform(2, 9), rng.normal(0, 0.12) * np.hypot(*way)
            along = np.linspace(-0.5, 0.5, 12)[:, None]
            middle = place + along * way * rng.uniform(0.5, 1) + (0.25 - along**2) * 4 * bend * side
            half = broad * np.sqrt(np.clip(1 - 4 * along**2, 0, 1)) * side
            ring = np.vstack([middle + half, (middle - half)[::-1]])
            cv2.fillPoly(mask, [np.round(ring).astype(np.int32)], 1)
            place = place + side * broad * rng.uniform(2.5, 6)
    return mask > 0


def spots(rng: Rng, areas: np.ndarray) -> np.ndarray:
    """Round and oval spots, as in eyes and on things that shine."""
    mask = np.zeros(areas.shape, np.uint8)
    for _ in range(rng.integers(2, 12)):
        long = float(np.exp(rng.uniform(np.log(3), np.log(26))))
        axes = max(1, round(long)), max(1, round(long * rng.uniform(0.4, 1)))
        centre = tuple(int(c) for c in rng.integers(0, areas.shape[0], 2))
        cv2.ellipse(mask, centre, axes, float(rng.uniform(0, 180)), 0, 360, 1, -1)
    return mask > 0


def ring(rng: Rng, areas: np.ndarray) -> np.ndarray:
    """A toothed band, as shines about a head of hair."""
    aside, along = across(rng, areas.shape, rng.uniform(10, 60))
    aside = aside - rng.choice(aside.ravel())
    teeth, broad = rng.uniform(0, 30), rng.uniform(3, 18)
    return np.asarray((aside + teeth * _teeth(rng, along) > 0) & (aside < broad + teeth * _teeth(rng, along)))


def rim(rng: Rng, areas: np.ndarray) -> np.ndarray:
    """Light along the figure's outline, on a part of it."""
    figure = (areas != 0).astype(np.uint8)
    depth = cv2.distanceTransform(figure, cv2.DIST_L2, 3)
    return (depth < rng.uniform(5, 18)) & (figure > 0) & blobs(rng, areas)


_SHAPERS: dict[str, Shaper] = {
    "slid": slid,
    "blobs": blobs,
    "wave": wave,
    "cast": cast,
    "streaks": streaks,
    "spots": spots,
    "ring": ring,
    "rim": rim,
}
