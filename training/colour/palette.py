# SPDX-License-Identifier: GPL-3.0-or-later
"""Colours of a picture, and the shades and highlights that go with them."""

from __future__ import annotations

import colorsys

import numpy as np

from training.roughen import Rng

TONES = 4  # flat, shade, deep shade, highlight
SHOWS = 0.06  # of full scale, in one channel at least: tones closer to their colour are none
APART = 0.06  # by which a palette's colours differ in one channel at least
SHARES = {"skin": 0.16, "white": 0.12, "grey": 0.1, "dark": 0.17, "pale": 0.22, "full": 0.23}


def palette(rng: Rng, count: int) -> np.ndarray:
    """Colours (count, 3), 0 to 1, as figures are painted: skin, whites, darks, pale and full ones."""
    found: list[np.ndarray] = []
    near = rng.random()  # a hue that the picture's colours gather about
    spread = rng.uniform(0.05, 0.5)
    while len(found) < count:
        colour = _colour(rng, near, spread)
        if all(np.abs(colour - one).max() > APART for one in found) or rng.random() < 0.02:
            found.append(colour)
    return np.array(found)


def _colour(rng: Rng, near: float, spread: float) -> np.ndarray:
    kind = str(rng.choice(list(SHARES), p=list(SHARES.values())))
    hue = (near + spread * rng.normal()) % 1
    if kind == "skin":
        hue, full, value = rng.uniform(0.03, 0.1), rng.uniform(0.08, 0.6), rng.uniform(0.4, 1)
    elif kind == "white":
        full, value = rng.uniform(0, 0.08), rng.uniform(0.88, 1)
    elif kind == "grey":
        full, value = rng.uniform(0, 0.15), rng.uniform(0.2, 0.9)
    elif kind == "dark":
        full, value = rng.uniform(0, 0.9), rng.uniform(0.02, 0.3)
    elif kind == "pale":
        full, value = rng.uniform(0.1, 0.4), rng.uniform(0.6, 1)
    else:
        full, value = rng.uniform(0.4, 1), rng.uniform(0.35, 1)
    return np.array(colorsys.hsv_to_rgb(hue, full, value))


def with_tones(rng: Rng, colours: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Colours (N, 3) with their tones, (N, TONES, 3), and which of those can be seen, bool (N, TONES).

    Shades are tinted alike all over a picture, as by one light.
    """
    depth, tint = rng.uniform(0.45, 0.9), rng.normal(0, 0.06, 3)
    deeper, bright = rng.uniform(0.6, 0.85), rng.uniform(0.25, 1.0)
    warm = 1 - np.abs(rng.normal(0, 0.08, 3)) * (rng.random() < 0.7)
    table = np.empty((len(colours), TONES, 3))
    for number, colour in enumerate(colours):
        own = depth + rng.normal(0, 0.04)
        shade = colour * np.clip(own + tint, 0.2, 0.97)
        light = colour + (warm - colour) * np.clip(bright + rng.normal(0, 0.1), 0.12, 1)
        table[number] = colour, shade, shade * deeper, light
    table = table.clip(0, 1)
    seen = np.abs(table - table[:, :1]).max(2) > SHOWS
    seen[:, 0] = True
    seen[:, 2] &= np.abs(table[:, 2] - table[:, 1]).max(1) > SHOWS
    return table, seen
