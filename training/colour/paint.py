# SPDX-License-Identifier: GPL-3.0-or-later
"""Paints figures as artists do, in cel and soft manners, and says of every pixel what it is."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from training.colour.figures import FINE, Figure
from training.colour.palette import palette, with_tones
from training.colour.shapes import blobs, light_shape, shade_shape
from training.colour.surfaces import airbrushed, backdrop, blushed, haired
from training.colour.truth import Layers, Tones, shrunk, truth_of
from training.looks import grain, low_frequency
from training.roughen import Rng

VISIBLE = 0.07  # of full scale, by which a line differs from what lies below it, in one channel at least
DRAWN = 90  # of 255, from which a pixel of the canvas is a line's
AS_INK = 0.12  # of full scale, within which a colour may be the ink's
MANNERS = {"flat": 0.07, "cel": 0.56, "soft": 0.2, "mixed": 0.17}
LINES = {"black": 0.36, "one": 0.2, "below": 0.18, "near": 0.12, "parts": 0.08, "light": 0.06}
BROKEN = 0.15  # share of the pictures whose lines are missing in places
HAIRED = 0.15  # share of those with hair or fur in many tones
DARKS = 0.2  # share of those with a colour as dark as ink


@dataclass(frozen=True)
class Painted:
    """`picture` float32 (h, w, 3), 0 to 1; `truth` uint8 (h, w) as `truth_of` gives it."""

    picture: np.ndarray
    truth: np.ndarray


def paint(rng: Rng, figure: Figure, papers: list[np.ndarray]) -> Painted:
    """Colour a figure in a manner drawn at random."""
    colours = _coloured(rng, figure)
    flat = palette(rng, int(colours.max()) + 1)
    if rng.random() < DARKS:
        flat[rng.integers(len(flat))] = rng.uniform(0, AS_INK, 3)
    table, seen = with_tones(rng, flat)
    manner = str(rng.choice(list(MANNERS), p=list(MANNERS.values())))
    ground = figure.areas == 0
    tones = _toned(rng, figure, manner)
    if manner != "flat":
        tones.which = np.where(seen[colours, tones.which], tones.which, 0).astype(np.uint8)
    bare = rng.random() < 0.75
    if bare:
        tones.which[ground] = 0
    image = _filled(rng, table, colours, tones, papers)
    image, textured = _surfaced(rng, image, figure, manner)
    if bare and rng.random() < 0.5:
        image = np.where(ground[..., None], backdrop(rng, ground.shape, papers), image)
        textured &= ~ground
    broken = _broken(rng, figure.line) if rng.random() < BROKEN else figure.line
    finished, line, inked = _lined(rng, image, figure, broken, papers)
    truth = truth_of(Layers(colours, flat, tones, image, line, inked, textured))
    return Painted(shrunk(finished), truth)


def _surfaced(rng: Rng, image: np.ndarray, figure: Figure, manner: str) -> tuple[np.ndarray, np.ndarray]:
    """The picture with airbrush, hair and blush, and where what is filled cannot be told any more."""
    textured = np.zeros(figure.areas.shape, np.bool_)
    if rng.random() < (0.7 if manner == "soft" else 0.12):
        image, textured = airbrushed(rng, image, figure.areas)
    if rng.random() < HAIRED:
        image, hair = haired(rng, image, figure.areas)
        textured = textured | hair
    if rng.random() < 0.15:
        image = blushed(rng, image, figure.areas)
    return image, textured


def _broken(rng: Rng, line: np.ndarray) -> np.ndarray:
    """Lines, uint8 (n, n), that are not drawn, or fade, in patches."""
    field = low_frequency(rng, line.shape, int(rng.integers(3, 9))) + rng.uniform(-0.6, 0.8)
    hard = rng.uniform(1.5, 40)
    return np.rint(line * np.clip(0.5 + hard * field, 0, 1)).astype(np.uint8)


def _coloured(rng: Rng, figure: Figure) -> np.ndarray:
    """Which of a few colours each pixel has, patterns without lines with it: int32 (n, n)."""
    count = int(rng.integers(3, 10))
    number = rng.integers(1, count, int(figure.areas.max()) + 1)
    number[0] = 0 if rng.random() < 0.7 else number[0]
    out = number[figure.areas]
    for area in figure.dark:
        if rng.random() < 0.7:
            out[figure.areas == area] = count
    for _ in range(rng.integers(0, 3) if rng.random() < 0.4 else 0):
        place = light_shape(rng, figure.areas) if rng.random() < 0.5 else blobs(rng, figure.areas)
        chosen = rng.random(int(figure.areas.max()) + 1) < 0.35
        out[place & chosen[figure.areas]] = int(rng.integers(1, count))
    return out


def _toned(rng: Rng, figure: Figure, manner: str) -> Tones:
    """The tones of a figure before those are dropped that its colours do not show."""
    which, areas = np.zeros(figure.areas.shape, np.uint8), figure.areas
    if manner == "flat":
        return Tones(which, np.ones(which.shape, np.float32), 0.0)
    most = int(areas.max()) + 1

    def laid(mask: np.ndarray, tone: int, share: float) -> None:
        which[mask & (rng.random(most) < share)[areas]] = tone

    for _ in range(rng.integers(1, 4)):
        laid(shade_shape(rng, areas), 1, rng.uniform(0.4, 1))
    if rng.random() < 0.2:
        laid(shade_shape(rng, areas) & (which == 1), 2, rng.uniform(0.4, 1))
    own = rng.random() < 0.8
    if own:
        which[figure.tones == 1] = 1
    for _ in range(rng.integers(0, 4)):
        laid(light_shape(rng, areas), 3, rng.uniform(0.3, 1))
    if own:
        which[figure.tones == 2] = 3
    which = cv2.medianBlur(which, 3)
    blur = 0.0 if manner == "cel" else float(np.exp(rng.uniform(np.log(0.6), np.log(18))))
    opacity = np.ones(which.shape, np.float32)
    if manner == "mixed":  # cel, with the soft brush over it
        soft = cv2.GaussianBlur(blobs(rng, areas).astype(np.float32), (0, 0), 2 * FINE + blur * FINE)
        opacity, blur = 1 - soft * rng.uniform(0.1, 0.5), 0.0
    return Tones(which, opacity, blur)


def _filled(
    rng: Rng, table: np.ndarray, colours: np.ndarray, tones: Tones, papers: list[np.ndarray]
) -> np.ndarray:
    """The picture before its lines, float32 (n, n, 3)."""
    table = table.astype(np.float32)
    image = table[colours, 0]
    if rng.random() < 0.3:  # a colour that goes over into another
        field = np.clip(0.5 + 0.5 * low_frequency(rng, colours.shape, 2), 0, 1)[..., None]
        one, other = rng.integers(len(table), size=2)
        strength = rng.uniform(0.1, 0.6)
        mixed = image + (table[other, 0] - image) * field * strength
        image = np.where((colours == one)[..., None], mixed, image)
    base = image
    for tone in (1, 2, 3):
        mask = (tones.which == tone).astype(np.float32)
        if tone == 2 or not mask.any():
            if not mask.any():
                continue
        elif tone == 1:
            mask = ((tones.which == 1) | (tones.which == 2)).astype(np.float32)
        if tones.blur:
            mask = cv2.GaussianBlur(mask, (0, 0), tones.blur * FINE)
        alpha = (mask * tones.opacity)[..., None]
        wanted = (
            base * (table[:, tone] / np.maximum(table[:, 0], 1e-3))[colours]
            if tone < 3
            else table[colours, 3]
        )
        image = image + (np.clip(wanted, 0, 1) - image) * alpha
    if rng.random() < 0.2:
        image = image * (1 + rng.uniform(0.02, 0.12) * low_frequency(rng, colours.shape, 3)[..., None])
    if rng.random() < 0.2:
        part = (colours == rng.integers(len(table))) | (rng.random() < 0.4)
        image = image * (1 + rng.uniform(0.01, 0.06) * (part * grain(rng, colours.shape, papers))[..., None])
    return np.clip(image, 0, 1).astype(np.float32)


def _lined(
    rng: Rng, image: np.ndarray, figure: Figure, line: np.ndarray, papers: list[np.ndarray]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The picture with its lines; where they can be seen, and where colours are the ink's, bool (n, n)."""
    ink = _ink(rng, image, figure)
    alpha = line.astype(np.float32) / 255 * rng.uniform(0.6, 1.0)
    if rng.random() < 0.15:
        alpha = cv2.GaussianBlur(alpha, (0, 0), rng.uniform(0.6, 1.6))
    if rng.random() < 0.12:
        alpha = alpha * np.clip(1 + 0.2 * grain(rng, alpha.shape, papers), 0.3, 1.2).clip(0, 1)
    drawn = line > DRAWN
    near = np.abs(ink - image).max(2)
    differs = drawn & (near * alpha > VISIBLE)
    size = 2 * round(figure.pen * 0.6) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    seen = drawn & (cv2.dilate(differs.astype(np.uint8), disc) > 0)
    return image + (ink - image) * np.clip(alpha, 0, 1)[..., None], seen, near < AS_INK


def _ink(rng: Rng, image: np.ndarray, figure: Figure) -> np.ndarray:
    """The colour of the lines, float32 (n, n, 3)."""
    kind = str(rng.choice(list(LINES), p=list(LINES.values())))
    ink = np.empty_like(image)
    if kind == "black":
        ink[:] = rng.uniform(0, 0.12)
    elif kind == "one":
        ink[:] = palette(rng, 1)[0] * rng.uniform(0.15, 0.7)
    elif kind == "below":
        ink = cv2.blur(image, (9, 9)) * rng.uniform(0.2, 0.6)
    elif kind == "near":  # hardly darker than what it bounds, of another hue
        size = round(2 * figure.pen) | 1
        ink = cv2.erode(image, np.ones((size, size), np.uint8))
        ink = np.clip(ink * (rng.uniform(0.5, 0.85) + rng.normal(0, 0.06, 3)), 0, 1).astype(np.float32)
    elif kind == "parts":
        inks = palette(rng, 3) * rng.uniform(0.1, 0.75)
        ink = inks[figure.areas % 3].astype(np.float32)
    else:
        dark = image.max(2) < 0.35
        ink = np.where(dark[..., None], rng.uniform(0.6, 1), rng.uniform(0, 0.15)).astype(np.float32)
    return ink
