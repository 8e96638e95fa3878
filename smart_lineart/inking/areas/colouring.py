# SPDX-License-Identifier: GPL-3.0-or-later
"""Colours for areas that have none yet: calm, and different from their neighbours'."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.areas.areas import Areas, Labels

Colour = tuple[int, int, int]
Colours = dict[int, Colour]

PAPER: Colour = (-1, -1, -1)
"""The colour of an area that stays paper: transparent."""

APART = 12.0  # CIEDE2000 between neighbours, at least
CALM: tuple[Colour, ...] = tuple(
    (r, g, b)
    for r, g, b in (
        (222, 184, 160), (164, 196, 188), (214, 205, 164), (176, 170, 200), (201, 150, 142),
        (150, 174, 140), (228, 208, 196), (134, 158, 184), (190, 158, 120), (206, 176, 196),
        (170, 204, 214), (196, 198, 190), (150, 134, 128), (222, 196, 128), (128, 148, 146),
        (178, 132, 160),
    )
)  # fmt: skip


def first_colours(areas: Areas, *, seed: int = 0, palette: Sequence[Colour] | None = None) -> Colours:
    """A colour for each area, the same for the same seed; neighbours at least CIEDE2000 12 apart."""
    choice = list(palette or CALM)
    random.Random(seed).shuffle(choice)
    table = lab(np.array(choice))
    beside = neighbours(areas.labels)
    chosen: Colours = {}
    for number in np.argsort(-areas.sizes, kind="stable").tolist():
        one = int(areas.ids[number])
        near = [chosen[other] for other in beside.get(one, ()) if other in chosen]
        colour = choice[one % len(choice)]
        if near:
            apart = ciede2000(table[:, None], lab(np.array(near))[None]).min(1)
            order = [(one + k) % len(choice) for k in range(len(choice))]
            fits = [k for k in order if apart[k] >= APART]
            colour = choice[fits[0] if fits else int(np.argmax(apart))]
        chosen[one] = colour
    return chosen


def neighbours(labels: Labels) -> dict[int, set[int]]:
    """Which areas touch which; paper is none."""
    pairs = []
    for a, b in ((labels[:, 1:], labels[:, :-1]), (labels[1:], labels[:-1])):
        at = (a != b) & (a > 0) & (b > 0)
        pairs.append(np.stack([a[at], b[at]], 1))
    beside: dict[int, set[int]] = {}
    for a, b in np.unique(np.concatenate(pairs), axis=0).tolist():
        beside.setdefault(a, set()).add(b)
        beside.setdefault(b, set()).add(a)
    return beside


def lab(colours: NDArray[np.integer]) -> NDArray[np.float64]:
    """Colours in sRGB (..., 3), 0..255, as CIE L*a*b* (D65)."""
    linear = colours / 255.0
    linear = np.where(linear > 0.04045, ((linear + 0.055) / 1.055) ** 2.4, linear / 12.92)
    matrix = np.array(
        [
            [0.4124564, 0.3575761, 0.1804375],
            [0.2126729, 0.7151522, 0.0721750],
            [0.0193339, 0.1191920, 0.9503041],
        ]
    )
    xyz = linear @ matrix.T / np.array([0.95047, 1.0, 1.08883])
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.stack([116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], -1)


def ciede2000(first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.float64]:
    """Difference of L*a*b* colours (..., 3), as in Sharma, Wu and Dalal, "The CIEDE2000 Color-Difference
    Formula", 2005.
    """
    l1, a1, b1 = np.moveaxis(first, -1, 0)
    l2, a2, b2 = np.moveaxis(second, -1, 0)
    mean_c = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    g = 0.5 * (1 - np.sqrt(mean_c**7 / (mean_c**7 + 25.0**7)))
    a1, a2 = a1 * (1 + g), a2 * (1 + g)
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = np.degrees(np.arctan2(b1, a1)) % 360, np.degrees(np.arctan2(b2, a2)) % 360
    grey = c1 * c2 == 0
    turn = np.where(grey, 0.0, (h2 - h1 + 180) % 360 - 180)
    dl, dc = l2 - l1, c2 - c1
    dh = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2))
    mean_l, mean_c = (l1 + l2) / 2, (c1 + c2) / 2
    mean_h = np.where(grey, h1 + h2, (h1 + turn / 2) % 360)
    t = (
        1
        - 0.17 * np.cos(np.radians(mean_h - 30))
        + 0.24 * np.cos(np.radians(2 * mean_h))
        + 0.32 * np.cos(np.radians(3 * mean_h + 6))
        - 0.20 * np.cos(np.radians(4 * mean_h - 63))
    )
    sl = 1 + 0.015 * (mean_l - 50) ** 2 / np.sqrt(20 + (mean_l - 50) ** 2)
    sc, sh = 1 + 0.045 * mean_c, 1 + 0.015 * mean_c * t
    rc = 2 * np.sqrt(mean_c**7 / (mean_c**7 + 25.0**7))
    rt = -rc * np.sin(np.radians(60 * np.exp(-(((mean_h - 275) / 25) ** 2))))
    return np.asarray(np.sqrt((dl / sl) ** 2 + (dc / sc) ** 2 + (dh / sh) ** 2 + rt * (dc / sc) * (dh / sh)))
