# SPDX-License-Identifier: GPL-3.0-or-later
"""Shade, fur and dark hair as strokes side by side over parts of a sketch: none of them is a line to ink."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np

from training.looks import grain, low_frequency
from training.roughen import Pass, Rng, smooth_noise
from training.scenes import Canvas, Patch

WALL = 0.3  # of the line or solid map, from which a pixel parts areas
GAPS = (3.2, 7.0)  # px between strokes: closer ones are a tone, or a black that is filled in
ROOM = (1.6, 4.0)  # the same in pens
LEAST_AREA = 300  # px: no shade in smaller areas
MOST_AREAS = 3
STEP = 3.0  # px between the points of a stroke
LEAST = 4  # points of the shortest stroke
ZIGZAG = 0.35  # share of the shades whose strokes go to and fro in one
CROSSED = 0.2  # share that is gone over in another direction
LEFT_OUT = 0.06  # share of the strokes


@dataclass(frozen=True)
class Shade:
    """How one area is shaded: px between strokes, radians, 1/px of bend, whether to and fro in one."""

    gap: float
    angle: float
    bend: float
    zigzag: bool

    def strokes(self, rng: Rng, area: np.ndarray) -> Iterator[np.ndarray]:
        """Strokes (N, 2) over a bool area (H, W), which they begin and end a little within or without."""
        rows, columns = np.nonzero(area)
        centre = np.array([columns.mean(), rows.mean()])
        along = np.array([np.cos(self.angle), np.sin(self.angle)])
        away = np.array([-along[1], along[0]])
        reach = float(np.hypot(np.ptp(rows), np.ptp(columns)))
        t = np.arange(-reach, reach, STEP)
        chain: list[np.ndarray] = []
        for s in np.arange(-reach, reach, self.gap):
            turn = t * rng.normal(0, 0.03)
            across = s + self.gap * rng.normal(0, 0.15) + self.bend * t**2 + turn
            path = centre + t[:, None] * along + across[:, None] * away
            path += 0.2 * np.column_stack([smooth_noise(rng, len(t), 5), smooth_noise(rng, len(t), 5)])
            runs = [_frayed(rng, run, along) for run in _within(path, area)]
            if not self.zigzag:
                yield from (run for run in runs if rng.random() >= LEFT_OUT)
                continue
            if chain and (not runs or len(chain) >= 12):
                yield np.vstack(chain)
                chain = []
            if runs:
                longest = max(runs, key=len)
                chain.append(longest[::-1] if len(chain) % 2 else longest)
        if chain:
            yield np.vstack(chain)


def with_hatching(rng: Rng, patch: Patch) -> Patch:
    """The patch with strokes side by side over one to three of its areas; what is to be inked stays."""
    canvas = Canvas(patch.sketch.shape[0])
    on_line = patch.sketch[patch.line > 0.5]
    firm = float(np.quantile(on_line, 0.7)) if len(on_line) else 0.7
    for area in _areas(rng, patch):
        pen, tone = rng.uniform(0.8, 3.2), firm * rng.uniform(0.3, 1.0)
        gap = float(np.clip(rng.uniform(*GAPS), *(pen * np.array(ROOM))))
        angle = rng.uniform(0, np.pi)
        for _ in range(2 if rng.random() < CROSSED else 1):
            shade = Shade(gap, angle, rng.normal(0, 0.003), rng.random() < ZIGZAG)
            for points in shade.strokes(rng, area):
                canvas.draw(_pressed(rng, points, tone), pen)
            angle += rng.uniform(0.5, 1.6)
    laid = _softened(rng, canvas.darkness()) * (patch.solid < WALL)
    return replace(patch, sketch=(1 - (1 - patch.sketch) * (1 - laid)).astype(np.float32))


def _softened(rng: Rng, laid: np.ndarray) -> np.ndarray:
    """As grainy and blurred as the lines may be, so that crispness does not tell shade from lines."""
    if rng.random() < 0.6:
        laid = laid * np.clip(1 + rng.uniform(0.05, 0.5) * grain(rng, laid.shape, []), 0, 1.6)
    if rng.random() < 0.5:
        laid = cv2.GaussianBlur(laid, (0, 0), rng.uniform(0.3, 1.1))
    return np.clip(laid, 0, 1)


def _areas(rng: Rng, patch: Patch) -> list[np.ndarray]:
    """Bool (H, W): areas between lines, or the part of one that lies in a blob or along its outline."""
    walls = np.maximum(patch.line, patch.solid) > WALL
    count, of, stats, _ = cv2.connectedComponentsWithStats((~walls).astype(np.uint8), connectivity=4)
    roomy = [i for i in range(1, count) if stats[i, cv2.CC_STAT_AREA] >= LEAST_AREA]
    areas = []
    for i in rng.permutation(roomy)[: int(rng.integers(1, MOST_AREAS + 1))]:
        area = of == i
        kind = rng.random()
        if kind < 0.5:
            field = low_frequency(rng, area.shape, int(rng.integers(3, 8)))
            area &= field > np.quantile(field, rng.uniform(0.3, 0.8))
        elif kind < 0.75:
            deep = cv2.distanceTransform((~walls).astype(np.uint8), cv2.DIST_L2, 3)
            area &= deep + 3 * low_frequency(rng, area.shape, 8) < rng.uniform(8, 40)
        if area.sum() >= LEAST_AREA:
            areas.append(area)
    return areas


def _within(path: np.ndarray, area: np.ndarray) -> list[np.ndarray]:
    """Parts (N, 2) of a path that lie in a bool area (H, W)."""
    x, y = np.round(path).astype(int).T
    on_page = (x >= 0) & (y >= 0) & (x < area.shape[1]) & (y < area.shape[0])
    inside = np.zeros(len(path) + 2, np.int8)
    inside[1:-1][on_page] = area[y[on_page], x[on_page]]
    starts, stops = (np.flatnonzero(np.diff(inside) == sign) for sign in (1, -1))
    return [path[a:b] for a, b in zip(starts, stops, strict=True) if b - a >= LEAST]


def _frayed(rng: Rng, run: np.ndarray, along: np.ndarray) -> np.ndarray:
    """A stroke (N, 2) that ends short of where it should, or beyond."""
    out = run.copy()
    out[0] -= along * rng.normal(0.5, 2.0)
    out[-1] += along * rng.normal(0.5, 2.5)
    return out


def _pressed(rng: Rng, points: np.ndarray, tone: float) -> Pass:
    count = len(points)
    every = np.arange(count)
    pressure = np.minimum(0.5 + 0.2 * np.minimum(every, every[::-1]), 1) * rng.uniform(0.75, 1.1)
    darkness = np.clip(tone * pressure * (1 + 0.1 * smooth_noise(rng, count, 8)), 0, 1)
    return Pass(points.astype(np.float32), np.sqrt(pressure), darkness)
