# SPDX-License-Identifier: GPL-3.0-or-later
"""A stamping brush, as painting programs have it: dabs of a tip along a path, with pressure.

Slow and faithful where the head is quick. Strips are painted with it (the bundled ones, and those made from a
preset's settings where Krita cannot paint by itself), and what the head draws is judged against it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.brushes.grain import LEVELS, Grain, levels_at, planes_of, white
from smart_lineart.inking.brushes.strip_files import HEIGHT, WIDTH
from smart_lineart.inking.brushes.strips import Strip

Floats = NDArray[np.float64]
Points = NDArray[np.float64]
_FULLEST = 56.0  # px: diameter at 100 % pressure on a strip


@dataclass(frozen=True)
class Stamp:
    """A stamping brush's settings.

    Attributes:
        hardness: 0 a soft ball, 1 a disc.
        spacing: distance of dabs, in diameters.
        least_size, size_power: size at pressure p is least + (1 - least) p ** power.
        least_opacity, opacity_power, opacity: the same for opacity, times `opacity`.
        grain: distance in px over which the paper's tooth changes; 0 smooth paper.
        depth: how much of the ink the tooth takes away, 0 to 1; less under pressure.
        crumble: how sharply it does so: 0 shades, 1 leaves bare paper.
        bristles: hairs across the tip; 0 a closed tip.
        dryness: 0 to 1, how many of the hairs run out of ink.
        scatter: how far dabs stray across the path, in diameters.
        build_up: whether dabs add up (an airbrush) or a stroke never exceeds its opacity.
        seed: of the hairs and the scatter.
    """

    hardness: float = 1.0
    spacing: float = 0.05
    least_size: float = 0.0
    size_power: float = 1.0
    least_opacity: float = 1.0
    opacity_power: float = 1.0
    opacity: float = 1.0
    grain: float = 0.0
    depth: float = 0.0
    crumble: float = 0.5
    bristles: int = 0
    dryness: float = 0.5
    scatter: float = 0.0
    build_up: bool = False
    seed: int = 0

    def size(self, pressure: Floats) -> Floats:
        """Diameter by pressure, 1 at full pressure."""
        return np.asarray(self.least_size + (1 - self.least_size) * pressure**self.size_power)

    def strength(self, pressure: Floats) -> Floats:
        """Opacity by pressure."""
        grown = self.least_opacity + (1 - self.least_opacity) * pressure**self.opacity_power
        return np.asarray(self.opacity * grown)


def paint(
    stamp: Stamp,
    path: Points,
    pressure: Floats,
    diameter: float,
    size: tuple[int, int],
    origin: tuple[int, int] = (0, 0),
) -> Floats:
    """One stroke of a stamp.

    Args:
        stamp: the brush.
        path: (N, 2) px, x and y on the picture.
        pressure: (N,) 0 to 1.
        diameter: px at full pressure.
        size: (height, width) of the picture.
        origin: the picture's place on the page, to which the paper's grain is tied.

    Returns:
        Ink 0 to 1, float64 (height, width).
    """
    ink = np.zeros(size)
    rng = np.random.default_rng(stamp.seed)
    hairs = _Hairs(stamp, rng) if stamp.bristles else None
    for place, press, along, normal in _dabs(stamp, path, pressure, diameter):
        across = float(stamp.size(np.array(press))) * diameter
        stray = rng.normal() * stamp.scatter * across if stamp.scatter else 0.0
        x, y = place + stray * normal
        reach = across / 2 + 1.5
        rows = slice(max(0, int(y - reach)), min(size[0], int(y + reach) + 2))
        columns = slice(max(0, int(x - reach)), min(size[1], int(x + reach) + 2))
        if rows.start >= rows.stop or columns.start >= columns.stop:
            continue
        dy = (np.arange(rows.start, rows.stop) + 0.5 - y)[:, None]
        dx = (np.arange(columns.start, columns.stop) + 0.5 - x)[None, :]
        dab = _tip(stamp, np.hypot(dx, dy), across / 2)
        if hairs is not None:
            dab = dab * hairs.at((dx * normal[0] + dy * normal[1]) / max(across / 2, 0.5), along, press)
        dab = dab * float(stamp.strength(np.array(press)))
        if stamp.grain:
            dab = _on_paper(stamp, dab, press, rows, columns, origin)
        old = ink[rows, columns]
        ink[rows, columns] = old + dab * (1 - old) if stamp.build_up else np.maximum(old, dab)
    return ink


def _dabs(
    stamp: Stamp, path: Points, pressure: Floats, diameter: float
) -> list[tuple[Points, float, float, Points]]:
    """Place, pressure, distance along the path and normal of each dab."""
    steps = np.hypot(*np.diff(path, axis=0).T)
    run = np.concatenate([[0.0], np.cumsum(steps)])
    dabs, at = [], 0.0
    while at <= run[-1]:
        place = np.array([np.interp(at, run, path[:, 0]), np.interp(at, run, path[:, 1])])
        press = float(np.interp(at, run, pressure))
        leg = min(int(np.searchsorted(run, at, "right")), len(path) - 1)
        ahead = path[leg] - path[leg - 1]
        ahead = ahead / max(float(np.hypot(*ahead)), 1e-9)
        dabs.append((place, press, at, np.array([-ahead[1], ahead[0]])))
        at += max(0.35, stamp.spacing * float(stamp.size(np.array(press))) * diameter)
    return dabs


def _tip(stamp: Stamp, distance: Floats, radius: float) -> Floats:
    """A dab, with an edge of one pixel at least."""
    fall = max((1 - stamp.hardness) * radius, 0.5)
    ramp = np.clip((radius + 0.5 - distance) / (fall + 0.5), 0.0, 1.0)
    return np.asarray(min(1.0, 2 * radius) * (ramp * ramp * (3 - 2 * ramp) if stamp.hardness < 0.9 else ramp))


def _on_paper(
    stamp: Stamp, dab: Floats, press: float, rows: slice, columns: slice, origin: tuple[int, int]
) -> Floats:
    """A dab as the paper takes it: its hollows stay bare until the pressure reaches them."""
    planes = planes_of(Grain(stamp.grain, stamp.grain))
    y, x = np.indices((rows.stop - rows.start, columns.stop - columns.start))
    tooth = levels_at(planes, x + columns.start + origin[0], y + rows.start + origin[1]) / (LEVELS - 1.0)
    hollow = stamp.depth * (1.25 - 0.6 * press) * tooth
    shaded = np.clip(dab - hollow * dab.max(initial=0.0), 0.0, 1.0)
    sharp = np.clip((shaded / max(float(dab.max(initial=0.0)), 1e-6) - 0.25) * 4.0, 0.0, 1.0) * dab
    return np.asarray((1 - stamp.crumble) * shaded + stamp.crumble * sharp)


class _Hairs:
    """The hairs of a brush: where they are across the tip, and how their ink comes and goes."""

    def __init__(self, stamp: Stamp, rng: np.random.Generator):
        self.stamp = stamp
        self.places = np.linspace(-1.0, 1.0, stamp.bristles) + rng.normal(
            0, 0.5 / stamp.bristles, stamp.bristles
        )
        self.thirst = rng.random(stamp.bristles)
        self.seed = int(rng.integers(1 << 30))

    def at(self, across: Floats, along: float, press: float) -> Floats:
        """Ink of the hairs at places across the tip (-1 to 1), `along` px down the stroke."""
        count = self.stamp.bristles
        number = np.arange(count, dtype=np.intp)
        step, part = divmod(along / 14.0, 1.0)
        here = white(number, np.full(count, int(step)), self.seed) / 2.0**32
        there = white(number, np.full(count, int(step) + 1), self.seed) / 2.0**32
        flow = here + part * (there - here)
        full = (
            press * 1.25
            + 0.6
            - self.stamp.dryness * (0.7 * self.thirst + 0.9 * flow + 0.35 * np.abs(self.places))
        )
        wet = np.clip(full * 4.0 - 1.0, 0.0, 1.0)
        slot = np.clip((across + 1) / 2 * (count - 1), 0, count - 1)
        low = np.minimum(slot.astype(np.intp), count - 2)
        return np.asarray(wet[low] + (slot - low) * (wet[low + 1] - wet[low]))


def strip_of(stamp: Stamp) -> Strip:
    """The strip of a stamp: one stroke from left to right while the pressure grows. Raises BadStrip."""
    # Pressure is 0 half a brush before the edge and goes on beyond it, so that every column is a passing
    # stroke and none a cap.
    x = np.arange(-40.0, WIDTH + 40.0)
    pressure = np.clip(x / (WIDTH - 1.0), 0.0, 1.0)
    path = np.stack([x, np.full_like(x, HEIGHT / 2)], 1)
    ink = paint(stamp, path, pressure, _FULLEST, (HEIGHT, WIDTH))
    return Strip(np.asarray(np.rint(255 * (1 - np.clip(ink, 0, 1))), np.uint8))
