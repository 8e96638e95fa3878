# SPDX-License-Identifier: GPL-3.0-or-later
"""Paints figures, and says of every pixel what it is: line, an edge, shade, highlight or flat.

A border of two colours under a line is no edge; edges are `EDGE` px broad, lines as broad as drawn. What
cannot be told, such as where shade begins that falls off softly, is `UNSURE` and not learned.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from smart_lineart.inking.picture.classes import PictureClass
from training.colour.figures import FINE, Figure
from training.colour.palette import palette, with_tones
from training.colour.shapes import blobs, light_shape, shade_shape
from training.looks import grain, low_frequency
from training.roughen import Rng

UNSURE = 255
EDGE = 3.0  # px, how broad an edge is
COVERED = 0.4  # of a pixel, from which it is a line's or an edge's
BESIDE = 1.5  # px beside a line, where no edge is told from it
SOFT = 1.2, 4.0  # px of blur: below the first an edge is one, above the second there is none
VISIBLE = 0.07  # of full scale, by which a line differs from what lies below it, in one channel at least
MANNERS = {"flat": 0.08, "cel": 0.62, "soft": 0.14, "mixed": 0.16}
LINES = {"black": 0.44, "one": 0.2, "below": 0.22, "parts": 0.08, "light": 0.06}


@dataclass(frozen=True)
class Painted:
    """`picture` float32 (h, w, 3), 0 to 1; `truth` uint8 (h, w) of PictureClass or UNSURE."""

    picture: np.ndarray
    truth: np.ndarray


@dataclass
class _Tones:
    """Tones on the canvas: `which` uint8, their opacity float32 (n, n), and the blur of their edges in px."""

    which: np.ndarray
    opacity: np.ndarray
    blur: float


def paint(rng: Rng, figure: Figure, papers: list[np.ndarray]) -> Painted:
    """Colour a figure in a manner drawn at random."""
    colours = _coloured(rng, figure)
    table, seen = with_tones(rng, palette(rng, int(colours.max()) + 1))
    manner = str(rng.choice(list(MANNERS), p=list(MANNERS.values())))
    ground = figure.areas == 0
    tones = _toned(rng, figure, manner)
    if manner != "flat":
        tones.which = np.where(seen[colours, tones.which], tones.which, 0).astype(np.uint8)
    bare = rng.random() < 0.75
    if bare:
        tones.which[ground] = 0
    image = _filled(rng, table, colours, tones, papers)
    backed = bare and rng.random() < 0.5
    if backed:
        image = np.where(ground[..., None], _backdrop(rng, ground.shape, papers), image)
    if rng.random() < 0.15:
        image = _blushed(rng, image, figure.areas)
    image, line = _lined(rng, image, figure, papers)
    return Painted(_shrunk(image), _truth(colours, tones, line))


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


def _toned(rng: Rng, figure: Figure, manner: str) -> _Tones:
    """The tones of a figure before those are dropped that its colours do not show."""
    which, areas = np.zeros(figure.areas.shape, np.uint8), figure.areas
    if manner == "flat":
        return _Tones(which, np.ones(which.shape, np.float32), 0.0)
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
    return _Tones(which, opacity, blur)


def _filled(
    rng: Rng, table: np.ndarray, colours: np.ndarray, tones: _Tones, papers: list[np.ndarray]
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


def _backdrop(rng: Rng, shape: tuple[int, int], papers: list[np.ndarray]) -> np.ndarray:
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


def _blushed(rng: Rng, image: np.ndarray, areas: np.ndarray) -> np.ndarray:
    """Soft red spots on the figure's areas."""
    mask = np.zeros(areas.shape, np.float32)
    for _ in range(rng.integers(1, 4)):
        centre = tuple(int(c) for c in rng.integers(0, areas.shape[0], 2))
        axes = int(rng.integers(8, 40)), int(rng.integers(6, 24))
        cv2.ellipse(mask, centre, axes, float(rng.uniform(0, 180)), 0, 360, 1.0, -1)
    mask = cv2.GaussianBlur(mask, (0, 0), rng.uniform(5, 14)) * rng.uniform(0.2, 0.6)
    red = np.array([0.95, rng.uniform(0.3, 0.6), rng.uniform(0.3, 0.6)], np.float32)
    return image + (red - image) * mask[..., None]


def _lined(
    rng: Rng, image: np.ndarray, figure: Figure, papers: list[np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """The picture with its lines, and where they can be seen, bool (n, n)."""
    kind = str(rng.choice(list(LINES), p=list(LINES.values())))
    ink = np.empty_like(image)
    if kind == "black":
        ink[:] = rng.uniform(0, 0.12)
    elif kind == "one":
        ink[:] = palette(rng, 1)[0] * rng.uniform(0.15, 0.6)
    elif kind == "below":
        ink = cv2.blur(image, (9, 9)) * rng.uniform(0.2, 0.6)
    elif kind == "parts":
        inks = palette(rng, 3) * rng.uniform(0.1, 0.7)
        ink = inks[figure.areas % 3].astype(np.float32)
    else:
        dark = image.max(2) < 0.35
        ink = np.where(dark[..., None], rng.uniform(0.6, 1), rng.uniform(0, 0.15)).astype(np.float32)
    alpha = figure.line.astype(np.float32) / 255 * rng.uniform(0.75, 1.0)
    if rng.random() < 0.12:
        alpha = alpha * np.clip(1 + 0.2 * grain(rng, alpha.shape, papers), 0.3, 1.2).clip(0, 1)
    drawn = figure.line > 127
    differs = drawn & (np.abs(ink - image).max(2) * alpha > VISIBLE)
    size = 2 * round(figure.pen * 0.6) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    seen = drawn & (cv2.dilate(differs.astype(np.uint8), disc) > 0)
    return image + (ink - image) * np.clip(alpha, 0, 1)[..., None], seen


def _shrunk(image: np.ndarray) -> np.ndarray:
    tall, wide = image.shape[0] // FINE, image.shape[1] // FINE
    return cv2.resize(image, (wide, tall), interpolation=cv2.INTER_AREA)


def _borders(numbers: np.ndarray) -> np.ndarray:
    """Pixels whose right or lower neighbour has another number, and those neighbours, bool (n, n)."""
    out = np.zeros(numbers.shape, np.bool_)
    across, down = numbers[:, 1:] != numbers[:, :-1], numbers[1:] != numbers[:-1]
    out[:, 1:] |= across
    out[:, :-1] |= across
    out[1:] |= down
    out[:-1] |= down
    return out


def _truth(colours: np.ndarray, tones: _Tones, line: np.ndarray) -> np.ndarray:
    """What each pixel of the picture is, uint8 (h, w)."""
    broad = round(EDGE * FINE) - 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (broad | 1, broad | 1))
    gap = 2 * round(BESIDE * FINE) + 1
    free = cv2.dilate(line.astype(np.uint8), np.ones((gap, gap), np.uint8)) == 0
    which = tones.which
    between = _borders(colours)
    lit = _borders(which == 3) & ~between
    shaded = _borders(which) & ~between & ~lit
    half = slice(FINE // 2, None, FINE)
    truth = np.zeros((which.shape[0] // FINE, which.shape[1] // FINE), np.uint8)
    fill = which[half, half]
    truth[(fill == 1) | (fill == 2)] = PictureClass.SHADE
    truth[fill == 3] = PictureClass.HIGHLIGHT
    if tones.blur > SOFT[0]:
        near = int(2.4 * tones.blur) + 1
        zone = _borders(fill).astype(np.uint8)
        truth[cv2.dilate(zone, np.ones((2 * near + 1,) * 2, np.uint8)) > 0] = UNSURE
    for mask, name in (
        (shaded, PictureClass.SHADE_EDGE),
        (lit, PictureClass.HIGHLIGHT_EDGE),
        (between, PictureClass.COLOUR_EDGE),
    ):
        if name != PictureClass.COLOUR_EDGE and tones.blur > SOFT[0]:
            continue
        edge = cv2.dilate(mask.astype(np.uint8), disc) & free
        truth[_shrunk(edge.astype(np.float32)) >= COVERED] = name
    truth[_shrunk(line.astype(np.float32)) >= COVERED] = PictureClass.LINE
    return truth
