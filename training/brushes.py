# SPDX-License-Identifier: GPL-3.0-or-later
"""Random brushes and what they paint: the truth that heads with a brush strip learn from and are judged by.

Patches of scenes are inked with the stamping brush (`inking/brushes/stamping.py`), each with a brush of
its own. Brushes are told apart by number: those divisible by HELD_OUT are kept from training.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from smart_lineart.inking import BadStrip, Strip, Style
from smart_lineart.inking.brushes.grain import LEVELS, Grain, levels_at, planes_of
from smart_lineart.inking.brushes.stamping import Stamp, paint, strip_of
from smart_lineart.inking.brushes.strips import USUAL
from smart_lineart.inking.drawing.solid import pressure_along
from smart_lineart.inking.strokes import Strokes
from training.scenes import MARGIN, Patch, Scenes

HELD_OUT = 8
FULLEST = 56.0  # px: a strip's brush at 100 % pressure
LEAST_PX, MOST_PX = 2.5, 18.0  # thickness
GRAINS = (1.0, 2.0, 4.0)  # px: what a painting head is given of the canvas


@dataclass(frozen=True)
class Brush:
    """A random stamp, its strip, and its diameter at 100 % pressure for a usual line of 1 px."""

    stamp: Stamp
    strip: Strip
    diameter: float

    @property
    def style(self) -> Style:
        return Style("random", "Random", given=self.strip)


def random_stamp(rng: np.random.Generator) -> Stamp:
    """Tip, hardness, spacing, grain, hairs, size and opacity curves at random."""
    hard = rng.random() < 0.45
    grainy, hairy = rng.random() < 0.5, rng.random() < 0.2
    return Stamp(
        hardness=1.0 if hard else float(rng.uniform(0.1, 0.95)),
        spacing=float(rng.uniform(0.05, 0.15)),
        least_size=float(rng.choice([0.0, rng.uniform(0.0, 1.0)])),
        size_power=float(np.exp(rng.uniform(-0.6, 0.6))),
        least_opacity=float(rng.choice([1.0, rng.uniform(0.2, 1.0)])),
        opacity=float(rng.choice([1.0, rng.uniform(0.5, 1.0)])),
        opacity_power=float(np.exp(rng.uniform(-0.5, 0.5))),
        grain=float(rng.uniform(0.8, 4.0)) if grainy else 0.0,
        depth=float(rng.uniform(0.3, 0.85)),
        crumble=float(rng.random()),
        bristles=int(rng.integers(8, 30)) if hairy else 0,
        dryness=float(rng.uniform(0.4, 1.0)),
        scatter=float(rng.choice([0.0, rng.uniform(0.0, 0.06)])),
        seed=int(rng.integers(1 << 16)),
    )


def brush_of(stamp: Stamp) -> Brush:
    """The stamp with its strip. Raises BadStrip where it leaves no usable mark."""
    strip = strip_of(stamp)
    ink = 1 - strip.pixels.astype(np.float64) / 255
    middle = round(USUAL * (ink.shape[1] - 1))
    profile = ink[:, middle - 10 : middle + 11].mean(1)
    wide = float((profile > 0.5 * np.sort(profile)[-4:].mean()).sum())
    return Brush(stamp, strip, FULLEST / max(wide, 1.0))


def brushes(held_out: bool, seed: int = 0) -> Iterator[Brush]:
    """An endless supply, either for training or of those held out."""
    number = seed * 10_000
    while True:
        number += 1
        if (number % HELD_OUT == 0) != held_out:
            continue
        try:
            yield brush_of(random_stamp(np.random.default_rng(number)))
        except BadStrip:
            continue


def stamped(
    brush: Brush, strokes: Strokes, thickness: float, side: int, origin: tuple[int, int] = (0, 0)
) -> np.ndarray:
    """Ink 0..1 (side, side) of strokes stamped at `thickness` px, pressed as the engine would press.

    `origin` is where the canvas of these strokes lies on the page whose grain it has.
    """
    ink = np.zeros((side, side))
    pressure = pressure_along(strokes, thickness, brush.style).astype(np.float64)
    for number, (first, last) in enumerate(zip(strokes.starts[:-1], strokes.starts[1:], strict=True)):
        stamp = dataclasses.replace(brush.stamp, seed=brush.stamp.seed + number)
        path = strokes.points[first:last].astype(np.float64)
        layer = paint(stamp, path, pressure[first:last], brush.diameter * thickness, (side, side), origin)
        ink = ink + layer - ink * layer
    return ink


def canvas_grain(side: int, origin: tuple[int, int] = (0, 0)) -> np.ndarray:
    """float32 (len(GRAINS), side, side), 0..1: the canvas from `origin` (x, y) on."""
    y, x = np.indices((side, side))
    x, y = x + origin[0], y + origin[1]
    return np.stack([levels_at(planes_of(Grain(g, g)), x, y) / np.float32(LEVELS - 1) for g in GRAINS])


@dataclass(frozen=True)
class Example:
    """A sketch (side, side) 0..1 darkness, and how a brush inks it: strokes and ink 0..1 as seen there."""

    sketch: np.ndarray
    ink: np.ndarray
    strokes: Strokes
    brush: Brush
    thickness: float
    origin: tuple[int, int]


class Examples(Scenes):
    """Patches, each inked with a random brush at a random thickness."""

    def __init__(self, data: Path, side: int, seed: int, held_out: bool, thickness: float = 0.0):
        super().__init__(data, side, seed)
        self._brushes = brushes(held_out, seed)
        self._thickness = thickness
        self._lines: list[np.ndarray] = []

    def truth(self, lines: list[np.ndarray], whole: int) -> np.ndarray:
        self._lines = lines
        return super().truth(lines, whole)

    def examples(self) -> Iterator[Example]:
        """Patches without solid black, which are no matter of brushes."""
        for patch in self:
            if not patch.solid.any() and self._lines:
                yield self._inked(patch)

    def _inked(self, patch: Patch) -> Example:
        brush = next(self._brushes)
        spread = self.rng.uniform(math.log(LEAST_PX), math.log(MOST_PX))
        thickness = self._thickness or float(np.exp(spread))
        # Corpora call pixel centres whole numbers; the engine, corners.
        points = [(line[:, :2] - MARGIN + 0.5).astype(np.float32) for line in self._lines]
        widths = [line[:, 2].astype(np.float32) for line in self._lines]
        strokes = Strokes.from_lists(points, widths, [1.0] * len(points))
        x, y = (int(place) for place in self.rng.integers(0, 30_000, 2))
        ink = stamped(brush, strokes, thickness, self.side, (x, y))
        return Example(patch.sketch, ink, strokes, brush, thickness, (x, y))
