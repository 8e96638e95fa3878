# SPDX-License-Identifier: GPL-3.0-or-later
"""Stroke drawings as sketches in several looks, from grey pen to a photograph of a pencil drawing.

Every look draws the same strokes at the same place, so that one truth serves all, and is the same for the
same seed. Lengths are given in px of a page of 1400 px and grow with the page.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from drawings.strokes import LONG_EDGE, Drawing, Patch

WHITE = (1.0, 1.0, 1.0)
CREAM = (0.96, 0.93, 0.85)
GRAPHITE = (0.20, 0.20, 0.22)
BLUE_PENCIL = (0.33, 0.53, 0.86)
SLATE = (0.13, 0.15, 0.18)
CHALK = (0.88, 0.90, 0.86)

Rng = np.random.Generator


@dataclass(frozen=True)
class Pen:
    """A drawing tool. Each stroke draws its own width and opacity from the ranges (low, high).

    `width`: of the drawing's pen. `thinnest`: px. `taper`: part of a stroke over which it fades in and out.
    `waver`: how much pressure varies along a stroke. `tooth`: how much of the paper's grain shows, 0 none.
    """

    width: tuple[float, float] = (0.55, 0.55)
    opacity: tuple[float, float] = (0.6, 0.6)
    thinnest: float = 1.0
    thickest: float = 6.0
    taper: float = 0.0
    waver: float = 0.0
    tooth: float = 0.0


PENCIL = Pen(width=(0.5, 0.8), opacity=(0.35, 0.8), thinnest=2.0, taper=0.12, waver=0.25, tooth=0.6)
BLUE = Pen(width=(0.5, 0.8), opacity=(0.4, 0.9), thinnest=2.2, taper=0.1, waver=0.2, tooth=0.45)
BRUSH = Pen(width=(0.3, 0.45), opacity=(0.15, 0.4), thinnest=1.2, thickest=2.0, taper=0.2, waver=0.2)
CHALK_STICK = Pen(width=(0.55, 0.7), opacity=(0.5, 0.9), thinnest=2.0, taper=0.05, waver=0.1, tooth=0.4)
CONSTRUCTION = Pen(width=(0.4, 0.6), opacity=(0.10, 0.24), thinnest=1.5, taper=0.1, waver=0.3, tooth=0.5)


def draw_sketch(drawing: Drawing, look: str, seed: str) -> np.ndarray:
    """The drawing in a look named in LOOKS: uint8, H x W or H x W x 3 (RGB).

    `seed`: the same for the same sketch, such as the drawing's name.
    """
    return LOOKS[look](drawing, np.random.default_rng(zlib.crc32(f"{seed}/{look}".encode())))


def plain(drawing: Drawing, _rng: Rng) -> np.ndarray:
    """An even grey pen on white, darker where strokes cross."""
    laid = np.zeros(drawing.size)
    width = max(1, round(drawing.pen_width * 0.55))
    for stroke in drawing.strokes:
        patch = Patch.around(stroke.points, width + 2, drawing.size)
        page = laid[patch.rows, patch.columns]
        page[:] = 1 - (1 - page) * (1 - 0.6 * patch.coverage([stroke.points], width) / 255)
    return ((1 - laid) * 255).astype(np.uint8)


def graphite(drawing: Drawing, rng: Rng) -> np.ndarray:
    """A pencil under varying pressure on rough cream paper, scanned."""
    return _digitise(_pencil_on_paper(drawing, rng), rng, blur=0.6, noise=0.012)


def blue_pencil(drawing: Drawing, rng: Rng) -> np.ndarray:
    """Non-photo blue on white: coloured and of little contrast."""
    return _digitise(
        _colour(_lay(drawing, _points(drawing), BLUE, rng), BLUE_PENCIL, WHITE), rng, noise=0.006
    )


def thin_brush(drawing: Drawing, rng: Rng) -> np.ndarray:
    """A thin digital brush of low opacity: single passes are hardly there, repeated ones build up."""
    return _digitise(1 - _lay(drawing, _points(drawing), BRUSH, rng), rng)


def photo(drawing: Drawing, rng: Rng) -> np.ndarray:
    """The pencil drawing photographed: uneven warm light, a soft shadow, blur, noise and JPEG."""
    lit = _pencil_on_paper(drawing, rng) * _uneven_light(drawing.size, rng)[..., None] * (1.0, 0.96, 0.88)
    image = _digitise(lit.astype(np.float32), rng, blur=0.9, noise=0.02)
    encoded = cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 75])[1]
    return np.ascontiguousarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR)[..., ::-1])


def light_on_dark(drawing: Drawing, rng: Rng) -> np.ndarray:
    """Chalk on slate."""
    return _digitise(
        _colour(_lay(drawing, _points(drawing), CHALK_STICK, rng), CHALK, SLATE), rng, blur=0.5, noise=0.01
    )


def construction(drawing: Drawing, rng: Rng) -> np.ndarray:
    """A grey pencil over faint construction lines, which belong to no intended line."""
    scaffold = _lay(drawing, _construction_lines(drawing, rng), CONSTRUCTION, rng)
    strokes = _lay(drawing, _points(drawing), PENCIL, rng)
    return _digitise(1 - (1 - (1 - scaffold) * (1 - strokes)) * 0.85, rng, blur=0.5, noise=0.006)


LOOKS: dict[str, Callable[[Drawing, Rng], np.ndarray]] = {
    "plain": plain,
    "graphite": graphite,
    "blue": blue_pencil,
    "brush": thin_brush,
    "photo": photo,
    "dark": light_on_dark,
    "construction": construction,
}


def _pencil_on_paper(drawing: Drawing, rng: Rng) -> np.ndarray:
    """Graphite on cream paper with its mottling, float32 RGB."""
    laid = _lay(drawing, _points(drawing), PENCIL, rng)
    mottled = 1 + 0.012 * _grain(drawing.size, rng, 12.0) + 0.012 * _grain(drawing.size, rng, 1.5)
    return _colour(laid, GRAPHITE, CREAM) * mottled[..., None]


def _points(drawing: Drawing) -> list[np.ndarray]:
    return [stroke.points for stroke in drawing.strokes]


def _lay(drawing: Drawing, lines: list[np.ndarray], pen: Pen, rng: Rng) -> np.ndarray:
    """How much of the tool's colour lies on the page after all lines, float32 0..1."""
    unit = max(drawing.size) / LONG_EDGE
    bare = np.ones(drawing.size, np.float32)
    grain = _grain(drawing.size, rng, 0.9 * unit)
    for points in lines:
        width = np.clip(drawing.pen_width * rng.uniform(*pen.width), pen.thinnest * unit, pen.thickest * unit)
        patch = Patch.around(points, width + 4, drawing.size)
        laid = _stroke(points, float(width), pen, patch, rng)
        if pen.tooth:
            # A light touch meets only the paper's hills, a firm one fills its valleys too.
            laid *= np.clip(1 + pen.tooth * (0.5 * grain[patch.rows, patch.columns] + laid - 0.6), 0, 1)
        bare[patch.rows, patch.columns] *= 1 - laid
    return 1 - bare


def _stroke(points: np.ndarray, width: float, pen: Pen, patch: Patch, rng: Rng) -> np.ndarray:
    """One stroke on its patch, float32 0..1, with the pen's pressure in both width and opacity."""
    fine = 2  # the patch is drawn twice as large: widths come in whole pixels
    path = _resample(points, step=max(2.0, width))
    pressure = _pressure(len(path), pen, rng)
    opacity = 255 * rng.uniform(*pen.opacity) * pressure
    widths = np.maximum(1, np.round(fine * width * (0.6 + 0.4 * pressure))).astype(int)
    canvas = np.zeros((patch.size[0] * fine, patch.size[1] * fine), np.uint8)
    fixed = np.round((path - (patch.columns.start, patch.rows.start) + 0.5) * fine * 16 - 8).astype(int)
    for i in range(len(fixed) - 1):
        cv2.line(canvas, fixed[i].tolist(), fixed[i + 1].tolist(), opacity[i], int(widths[i]), cv2.LINE_AA, 4)
    return cv2.resize(canvas, patch.size[::-1], interpolation=cv2.INTER_AREA).astype(np.float32) / 255


def _resample(points: np.ndarray, step: float) -> np.ndarray:
    """The polyline with vertices about `step` px apart, float64 (N >= 2, 2)."""
    along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    at = np.linspace(0, along[-1], max(2, round(along[-1] / step)))
    return np.stack([np.interp(at, along, points[:, axis]) for axis in (0, 1)], axis=1)


def _pressure(count: int, pen: Pen, rng: Rng) -> np.ndarray:
    """Pressure at `count` places along a stroke, 0..1."""
    t = np.linspace(0, 1, count)
    swing = np.interp(t, np.linspace(0, 1, 6), rng.uniform(-1, 1, 6))
    from_end = np.minimum(t, 1 - t) / pen.taper if pen.taper else np.ones(count)
    return np.clip((1 - pen.waver * (0.5 + 0.5 * swing)) * np.clip(0.25 + 0.75 * from_end, 0, 1), 0, 1)


def _construction_lines(drawing: Drawing, rng: Rng) -> list[np.ndarray]:
    """Ellipses and boxes around parts of the drawing, axes through them, and lines to a vanishing point."""
    lines: list[np.ndarray] = []
    clusters = [np.concatenate(passes) for passes in drawing.clusters().values()]
    for _ in range(4):
        chosen = rng.choice(len(clusters), size=min(len(clusters), int(rng.integers(1, 5))), replace=False)
        part = np.concatenate([clusters[i] for i in chosen])
        centre, half = (part.max(0) + part.min(0)) / 2, (part.max(0) - part.min(0)) / 2
        for _ in range(int(rng.integers(1, 4))):
            shifted = centre + rng.normal(0, 3, 2)
            lines.append(shifted + half * rng.uniform(0.95, 1.1) * _circle(rng))
        lines.append(centre + np.outer(rng.uniform(1.1, 1.4) * np.array([-1, 1]), half * (1, 0.02)))
        lines.append(centre + np.outer(rng.uniform(1.1, 1.4) * np.array([-1, 1]), half * (0.02, 1)))
        if rng.random() < 0.5:
            lines += [centre + half * side for side in _box_sides()]
    size = np.array(drawing.size[::-1])
    vanishing = size * rng.uniform(0.2, 0.8, 2)
    for angle in rng.uniform(0, 2 * np.pi, 3):
        away = np.array([np.cos(angle), np.sin(angle)]) * size.max()
        lines.append(vanishing + np.outer([0.05, rng.uniform(0.3, 0.8)], away))
    return [part for line in lines for part in _parts_on_page(_resample(line, 8.0), size)]


def _parts_on_page(points: np.ndarray, size: np.ndarray) -> list[np.ndarray]:
    """The runs of vertices that lie on a page of `size` (width, height)."""
    on_page = ((points >= 0) & (points < size)).all(1)
    runs = np.split(np.arange(len(points)), np.flatnonzero(np.diff(on_page)) + 1)
    return [points[run] for run in runs if len(run) > 1 and on_page[run[0]]]


def _circle(rng: Rng) -> np.ndarray:
    """Somewhat more than once around the unit circle, begun anywhere, float64 (N, 2)."""
    angle = rng.uniform(0, 2 * np.pi) + np.linspace(0, rng.uniform(1.9, 2.3) * np.pi, 60)
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)


def _box_sides() -> list[np.ndarray]:
    """The sides of the square from -1 to 1, each drawn past its corners."""
    reach = 1.15
    across = [np.array([[-reach, y], [reach, y]]) for y in (-1, 1)]
    return across + [side[:, ::-1] for side in across]


def _uneven_light(size: tuple[int, int], rng: Rng) -> np.ndarray:
    """Light on a page near a lamp, with a soft shadow falling over a corner, float32 0.35..1."""
    y, x = np.mgrid[0 : size[0], 0 : size[1]].astype(np.float32) / max(size)
    lamp = rng.uniform(-0.2, 1.2, 2)
    light = 1 / (1 + 0.55 * ((x - lamp[0]) ** 2 + (y - lamp[1]) ** 2))
    angle, offset = rng.uniform(0, 2 * np.pi), rng.uniform(0.1, 0.3)
    past_edge = (
        (x - size[1] / max(size) / 2) * np.cos(angle) + (y - size[0] / max(size) / 2) * np.sin(angle) - offset
    )
    light *= 1 - 0.3 / (1 + np.exp(-past_edge / 0.03))
    return np.clip(light / light.max(), 0.35, 1).astype(np.float32)


def _grain(size: tuple[int, int], rng: Rng, scale: float) -> np.ndarray:
    """Smooth noise of unit variance whose bumps are about `scale` px wide, float32."""
    noise = cv2.GaussianBlur(rng.standard_normal(size, np.float32), (0, 0), scale)
    return noise / noise.std()


def _colour(
    laid: np.ndarray, ink: tuple[float, float, float], paper: tuple[float, float, float]
) -> np.ndarray:
    """H x W of laid colour as float32 RGB."""
    return (np.array(paper) + laid[..., None] * (np.array(ink) - np.array(paper))).astype(np.float32)


def _digitise(image: np.ndarray, rng: Rng, *, blur: float = 0.0, noise: float = 0.0) -> np.ndarray:
    """What a scanner or camera makes of a float image, uint8."""
    if blur:
        image = cv2.GaussianBlur(image, (0, 0), blur)
    if noise:
        image = image + noise * rng.standard_normal(image.shape, np.float32)
    return np.round(np.clip(image, 0, 1) * 255).astype(np.uint8)
