# SPDX-License-Identifier: GPL-3.0-or-later
"""Grain: the tooth of the paper, as noise tied to the canvas.

A pixel's grain depends on its place on the page alone, so it does not crawl when a slider moves, and is the
same in every tile, region and run. It is measured in page pixels, made for pages of about 300 dpi, and does
not grow with the line, as paper doesn't either.

Two planes of filtered noise are added whose sides have no common divisor, so the sum repeats only after
their product: 249 344 px, or 63 040 px where it runs in streaks. What is summed are integers, so the noise
is the same on every machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

LEVELS = 64  # of noise, each as frequent as the others
PLAIN_SIDES = (512, 487)  # px
STREAK_SIDES = (320, 197)  # px: there are `DIRECTIONS` of each; multiples of them seldom come near each other
DIRECTIONS = 16  # of a half turn
STREAK = 2.5  # times as long as wide: from there on grain counts as streaks along the stroke
LONGEST = 40.0  # px: streaks
COARSEST = 12.0  # px: grain
CELL = 8  # px: planes are continued by so much, so that a cell never runs over their edge


@dataclass(frozen=True)
class Grain:
    """How grain looks: the distances, in page px, over which it loses half of its likeness to itself.

    Attributes:
        across: across the stroke; 0 is no grain at all.
        along: along the stroke; where it is much the same as `across`, grain has no direction.
    """

    across: float
    along: float

    @property
    def directed(self) -> bool:
        """Whether it runs in streaks along the stroke."""
        return self.along >= STREAK * self.across > 0


@dataclass(frozen=True)
class Planes:
    """Noise ready to be looked up.

    Attributes:
        sides: the planes' periods in px.
        flat: int16 each, (directions, side + CELL, side + CELL) raveled.
        level: uint8, LEVELS values by the sum of two samples.
        directions: 1, or DIRECTIONS of a half turn.
    """

    sides: tuple[int, int]
    flat: tuple[NDArray[np.int16], NDArray[np.int16]]
    level: NDArray[np.uint8]
    directions: int

    def base(self, which: int, x: NDArray[np.intp], y: NDArray[np.intp]) -> NDArray[np.intp]:
        """Where in `flat[which]` the cell begins whose corner lies at page px (x, y)."""
        side = self.sides[which]
        return (y % side) * (side + CELL) + x % side

    def within(self, which: int) -> NDArray[np.intp]:
        """(CELL * CELL,): what to add to `base` for each pixel of a cell, row by row."""
        steps = np.arange(CELL, dtype=np.intp)
        return (steps[:, None] * (self.sides[which] + CELL) + steps).ravel()

    def turn(self, which: int) -> int:
        """What to add to an index for the next direction."""
        return (self.sides[which] + CELL) ** 2


def white(x: NDArray[np.intp], y: NDArray[np.intp], seed: int = 0) -> NDArray[np.uint32]:
    """Hash of integer places: uint32, as good as random (the finaliser of MurmurHash3, Appleby 2011)."""
    value = x.astype(np.uint32) * np.uint32(0x9E3779B1) + np.uint32(seed * 0x27D4EB2F & 0xFFFFFFFF)
    value = value ^ (y.astype(np.uint32) * np.uint32(0x85EBCA77) + (value >> np.uint32(15)))
    value ^= value >> np.uint32(16)
    value *= np.uint32(0x85EBCA6B)
    value ^= value >> np.uint32(13)
    value *= np.uint32(0xC2B2AE35)
    value ^= value >> np.uint32(16)
    return value


def _blurred(plane: NDArray[np.int64], width: int) -> NDArray[np.int64]:
    """Twice the sum over a square of `width` px, on a plane that goes on at its edges."""
    for _ in range(2):
        for axis in (0, 1):
            plane = np.asarray(sum(np.roll(plane, step - width // 2, axis) for step in range(width)))
    return plane


def _drawn_out(plane: NDArray[np.int64], length: int, turn: int) -> NDArray[np.int64]:
    """The sum along a line of `length` px in direction `turn` of DIRECTIONS."""
    angle = np.pi * turn / DIRECTIONS
    dx, dy = float(np.cos(angle)), float(np.sin(angle))
    total = np.zeros_like(plane)
    for step in range(-(length // 2), length - length // 2):
        total += np.roll(plane, (round(step * dy), round(step * dx)), (0, 1))
    return total


def _evened(plane: NDArray[np.int64]) -> NDArray[np.int16]:
    """Scaled to a standard deviation of 64."""
    spread = plane - int(plane.mean())
    return np.asarray(np.clip(spread * (64.0 / max(float(spread.std()), 1.0)), -255, 255), np.int16)


@lru_cache(maxsize=8)
def _planes(blur: int, length: int) -> Planes:
    directions = DIRECTIONS if length else 1
    sides = STREAK_SIDES if length else PLAIN_SIDES
    flat, counts = [], []
    for which, side in enumerate(sides):
        y, x = np.indices((side, side))
        noise = _blurred((white(x, y, which + 1) >> np.uint32(20)).astype(np.int64), blur)
        made = [_evened(_drawn_out(noise, length, turn) if length else noise) for turn in range(directions)]
        flat.append(np.stack([np.pad(plane, (0, CELL), mode="wrap") for plane in made]).ravel())
        counts.append(np.bincount(np.stack(made).ravel() + np.int64(255), minlength=511).astype(float))
    together = np.cumsum(np.convolve(counts[0] / counts[0].sum(), counts[1] / counts[1].sum()))
    level = np.minimum(together * LEVELS, LEVELS - 1).astype(np.uint8)
    return Planes(sides, (flat[0], flat[1]), level, directions)


def planes_of(grain: Grain) -> Planes:
    """The planes for a grain; kept, for making them takes a tenth of a second."""
    across = min(max(grain.across, 0.5), COARSEST)
    # Twice the sum over `width` px loses half of its likeness after 0.68 times that width.
    blur = max(1, round(across / 0.68))
    length = round(2.0 * min(grain.along, LONGEST)) if grain.directed else 0
    return _planes(blur, length)


def levels_at(planes: Planes, x: NDArray[np.intp], y: NDArray[np.intp], turn: int = 0) -> NDArray[np.uint8]:
    """Noise at page places: uint8 below LEVELS, of the shape of x and y. Slower than cells, for any shape."""
    total: NDArray[np.int64] = np.full(np.broadcast(x, y).shape, 510, np.int64)
    for which in (0, 1):
        total += planes.flat[which][planes.base(which, x, y) + turn * planes.turn(which)]
    return planes.level[total]
