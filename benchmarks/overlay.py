# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of lineart with the places that an artist would still have to mend."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from drawings.fixes import KINDS, Place
from drawings.metrics import Lineart

COLOURS = dict(
    zip(
        KINDS,
        ((220, 0, 0), (0, 90, 255), (255, 140, 0), (160, 0, 200), (0, 160, 60)),
        strict=True,
    )
)
TRUTH = (120, 190, 255)
RADIUS = 0.009  # of the long edge
LEGEND = 0.02  # of the long edge: height of its letters


def draw(ink: Lineart, truth: Lineart, places: Sequence[Place]) -> Image.Image:
    """The lineart, RGB, with the middle of the truth's lines, a ring around each place, and a legend."""
    pixels = np.repeat((ink.grey * 255).astype(np.uint8)[..., None], 3, axis=2)
    pixels[truth.skeleton] = TRUTH
    picture = Image.fromarray(pixels)
    pen, long_edge = ImageDraw.Draw(picture), max(pixels.shape)
    radius = RADIUS * long_edge
    for place in places:
        box = (place.x - radius, place.y - radius, place.x + radius, place.y + radius)
        pen.ellipse(box, outline=COLOURS[place.kind], width=max(2, int(radius / 4)))
    _write_legend(pen, Counter(place.kind for place in places), LEGEND * long_edge)
    return picture


def _write_legend(pen: ImageDraw.ImageDraw, counts: Counter[str], size: float) -> None:
    font = ImageFont.load_default(size)
    x = size / 2
    for kind in KINDS:
        text = f"{kind} {counts[kind]}"
        pen.text((x, size / 4), text, fill=COLOURS[kind], font=font)
        x += pen.textlength(text, font=font) + size
