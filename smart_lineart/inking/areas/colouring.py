# SPDX-License-Identifier: GPL-3.0-or-later
"""Colours for areas that have none yet: calm, and different from their neighbours'."""

from __future__ import annotations

import random
from collections.abc import Container, Sequence

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.areas.areas import Areas, Labels
from smart_lineart.inking.areas.palettes import PALETTES, Colour, Palette

Colours = dict[int, Colour]

PAPER: Colour = (-1, -1, -1)
"""The colour of an area that stays paper: transparent."""

APART = 12.0  # CIEDE2000 between neighbours, at least
TINTS = (0.82, 1.16, 0.68, 1.32)  # times as light, if no colour of a palette is apart from all around
FINE = 9  # levels of red, green and blue among which one is sought in the end


def first_colours(
    areas: Areas,
    *,
    seed: int = 0,
    palette: Palette | Sequence[Colour] | None = None,
    fixed: Colours | None = None,
) -> Colours:
    """A colour for each area, the same for the same seed; neighbours are at least CIEDE2000 12 apart.

    Each colour of a palette comes to its share of what is coloured, as nearly as neighbours allow. Areas that
    are `fixed` have that colour already.
    """
    chosen = _as_palette(palette or PALETTES["calm"])
    return _arranged(
        dict(zip(areas.ids.tolist(), areas.sizes.tolist(), strict=True)),
        neighbours(areas.labels),
        chosen,
        seed,
        fixed,
    )


def variations(
    areas: Areas,
    colours: Colours,
    *,
    count: int = 6,
    seed: int = 0,
    locked: Container[Colour] = (),
    palettes: Sequence[Palette] | None = None,
) -> list[Colours]:
    """Proposals: the same groups of areas in other palettes, the same ones for the same seed.

    What has one colour stays of one colour; `locked` colours and paper stay. `palettes` are taken in turn,
    one that comes again with other shares; without them ours are drawn by lot. This arranges colours: it does
    not know what is skin or sky.
    """
    sizes = dict(zip(areas.ids.tolist(), areas.sizes.tolist(), strict=True))
    groups: dict[Colour, list[int]] = {}
    for one, colour in sorted(colours.items()):
        if one in sizes:
            groups.setdefault(colour, []).append(one)
    number = {one: k for k, members in enumerate(groups.values()) for one in members}
    beside: dict[int, set[int]] = {}
    for one, near in neighbours(areas.labels).items():
        for other in near:
            if one in number and other in number and number[one] != number[other]:
                beside.setdefault(number[one], set()).add(number[other])
    weight = {k: sum(sizes[one] for one in members) for k, members in enumerate(groups.values())}
    fixed = {k: colour for k, colour in enumerate(groups) if colour == PAPER or colour in locked}
    if palettes is None:
        names = sorted(set(PALETTES) - {"calm"})
        random.Random(seed).shuffle(names)
        palettes = [PALETTES[name] for name in names]
    out = []
    for turn in range(count):
        palette = palettes[turn % len(palettes)]
        if palette in palettes[: turn % len(palettes)] or turn >= len(palettes):
            palette = _otherwise(palette, seed + turn)
        found = _arranged(weight, beside, palette, seed + turn, fixed)
        out.append(colours | {one: found[k] for one, k in number.items()})
    return out


def _otherwise(palette: Palette, seed: int) -> Palette:
    """The same colours with each other's shares."""
    shares = list(palette.shares)
    random.Random(seed).shuffle(shares)
    return palette._replace(shares=tuple(shares))


def _as_palette(palette: Palette | Sequence[Colour]) -> Palette:
    if isinstance(palette, Palette):
        return palette
    return Palette(tuple(palette), (1.0 / len(palette),) * len(palette))


def _arranged(
    sizes: dict[int, int],
    beside: dict[int, set[int]],
    palette: Palette,
    seed: int,
    fixed: dict[int, Colour] | None = None,
) -> Colours:
    """A colour for each of what has a size, the largest first: what most of is still wanted and fits."""
    draw = random.Random(seed)
    order = list(range(len(palette.colours)))
    draw.shuffle(order)
    table = _Choice([palette.colours[k] for k in order])
    wanted = np.array([palette.shares[k] for k in order]) * max(1, sum(sizes.values()))
    out: dict[int, Colour] = dict(fixed or {})
    at = {one: table.number(colour) for one, colour in out.items() if colour != PAPER}
    for one in sorted(sizes, key=lambda key: (-sizes[key], key)):
        if one in out:
            continue
        near = sorted({at[other] for other in beside.get(one, ()) if other in at})
        fits = table.apart_from(near)[: len(order)]
        if fits.any():
            choice = int(np.where(fits, wanted, -np.inf).argmax())
            wanted[choice] -= sizes[one]
        else:
            choice = table.another(near, int(wanted.argmax()))
        at[one], out[one] = choice, table.colours[choice]
    return out


class _Choice:
    """Colours to choose from, and how far each is from each."""

    def __init__(self, colours: list[Colour]):
        self.colours: list[Colour] = []
        self._lab = np.zeros((0, 3))
        self._far = np.zeros((0, 0))
        for colour in colours:
            self._add(colour)

    def number(self, colour: Colour) -> int:
        """Of a colour, which is taken in if it is new; only those given first are chosen unasked."""
        return self.colours.index(colour) if colour in self.colours else self._add(colour)

    def apart_from(self, near: list[int]) -> NDArray[np.bool_]:
        """(n,): which are far enough from some."""
        if not near:
            return np.ones(len(self.colours), np.bool_)
        return np.asarray(self._far[:, near].min(1) >= APART)

    def another(self, near: list[int], like: int) -> int:
        """One that is far enough from some: a tint of `like`, or whatever there is."""
        r, g, b = self.colours[like]
        tints = [(min(255, round(r * t)), min(255, round(g * t)), min(255, round(b * t))) for t in TINTS]
        steps = np.linspace(40, 240, FINE).astype(int).tolist()
        for some in (tints, [(x, y, z) for x in steps for y in steps for z in steps]):
            far = ciede2000(lab(np.array(some))[:, None], self._lab[near][None]).min(1)
            if far.max() >= APART or some is not tints:
                fits = far >= APART
                return self.number(some[int(fits.argmax() if some is tints else far.argmax())])
        raise AssertionError

    def _add(self, colour: Colour) -> int:
        one = lab(np.array(colour))
        far = ciede2000(self._lab, one[None]) if self.colours else np.zeros(0)
        count = len(self.colours)
        grown = np.zeros((count + 1, count + 1))
        grown[:count, :count] = self._far
        grown[count, :count] = grown[:count, count] = far
        self._far, self._lab = grown, np.concatenate([self._lab, one[None]])
        self.colours.append(colour)
        return count


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
