# SPDX-License-Identifier: GPL-3.0-or-later
"""Strokes of all kinds, and what is asked of their vectors."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pyvips

from smart_lineart.inking import Path, Rect, Strokes, Vectors
from smart_lineart.inking.brushes.styles import find_style
from smart_lineart.inking.drawing.textured import draw
from smart_lineart.inking.vectors.svg import outline_data

GRID = 64  # steps to a px on which vertices lie: adding whole px to them is exact


def random_strokes(seed: int, most: int = 10, side: int = 400) -> Strokes:
    """Up to `most` wavy, cornered, curling, closed and short strokes on a page of `side` px."""
    chance = np.random.default_rng(seed)
    points, widths, free = [], [], []
    for _ in range(int(chance.integers(1, most + 1))):
        count = int(chance.integers(2, 120))
        turn = np.cumsum(chance.normal(0, 0.02, count)) + chance.normal(0, 0.03)
        turn = np.clip(turn, -0.2, 0.2)
        kind = chance.integers(0, 4)
        if kind == 1:
            turn *= 0.2
            turn[chance.integers(0, count, 2)] += chance.uniform(-2.6, 2.6, 2)
        if kind == 2:
            count = max(count, 60)
            angle = np.linspace(0, 2 * np.pi, count)
            radius = chance.uniform(10, 40) * (1 + 0.3 * np.sin(angle * chance.integers(1, 4)))
            line = np.stack([np.cos(angle) * radius, np.sin(angle) * radius], 1)
        else:
            angle = chance.uniform(0, 6.3) + np.cumsum(turn)
            line = np.cumsum(np.stack([np.cos(angle), np.sin(angle)], 1) * chance.uniform(0.5, 2.5), 0)
        line = np.round((line - line.mean(0) + chance.uniform(0.2 * side, 0.8 * side, 2)) * GRID) / GRID
        width = np.clip(1 + np.cumsum(chance.normal(0, 0.01, count)), 0.4, 1.8)
        if kind == 2:
            line[-1], width[-1] = line[0], width[0]
        points.append(line.astype(np.float32))
        widths.append(width.astype(np.float32))
        free.append((bool(chance.random() < 0.5), bool(chance.random() < 0.5)))
    return Strokes.from_lists(points, widths, [1.0] * len(points), free)


def drawn(strokes: Strokes, size: tuple[int, int], thickness: float, style: str = "pen") -> np.ndarray:
    """The ink as pixels, uint8."""
    page = Rect(0, 0, size[1], size[0])
    return draw(strokes, page, thickness=thickness, style=find_style(style))


def rendered(vectors: Vectors) -> np.ndarray:
    """The outlines as librsvg fills them, uint8 coverage."""
    height, width = vectors.size
    every = [*(one.outline for one in vectors.strokes), *(one.outline for one in vectors.areas)]
    paths = "".join(f'<path d="{outline_data(outline)}"/>' for outline in every)
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}"><rect width="{width}" height="{height}" fill="none"/>{paths}</svg>'
    )
    return render_svg(svg.encode())


def render_svg(data: bytes, scale: float = 1.0) -> np.ndarray:
    """What librsvg makes of a file, uint8 coverage. The command, where it runs, has shut that off."""
    pyvips.operation_block_set("VipsForeignLoadSvg", False)
    try:
        return pyvips.Image.svgload_buffer(data, scale=scale).extract_band(3).numpy()
    finally:
        pyvips.operation_block_set("VipsForeignLoadSvg", True)


def likeness(one: np.ndarray, two: np.ndarray) -> float:
    """Intersection over union of two coverages, 0 to 1; a pixel counts as far as it is covered."""
    one, two = one.astype(float), two.astype(float)
    return float(np.minimum(one, two).sum() / np.maximum(one, two).sum())


def kinks(paths: Iterable[Path], least: float = 5.0, most: float = 30.0) -> list[float]:
    """Turns at nodes between `least` and `most` degrees: neither smooth nor corners."""
    found = []
    for path in paths:
        curves = path.curves
        leaving = [_way(curve) for curve in curves]
        arriving = [-_way(curve[::-1]) for curve in curves]
        pairs = list(zip(arriving[:-1], leaving[1:], strict=True))
        if path.closed:
            pairs.append((arriving[-1], leaving[0]))
        for a, b in pairs:
            turn = abs(np.degrees(np.arctan2(a[0] * b[1] - a[1] * b[0], a @ b)))
            if least < turn < most:
                found.append(float(turn))
    return found


def _way(curve: np.ndarray) -> np.ndarray:
    away = curve[1:] - curve[0]
    return away[int(np.argmax(np.hypot(*away.T) > 1e-9))]
