# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures to be coloured: their areas, their lines and, where a designer drew them, their shades.

Areas are what lines enclose, small gaps closed ("trapped"), or the shapes of vector art. All is drawn on a
canvas `FINE` times finer than the picture to be made.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np

from training.characters.draw import compose
from training.characters.head import pick
from training.colour.vector_art import Art, Piece
from training.corpus import Drawing
from training.roughen import Rng
from training.scenes import SHIFT, fixed

FINE = 2  # px of a figure's canvas for one of the picture
PENS = 3.2, 0.65, (1.0, 24.0)  # px: median width of lines, deviation of its logarithm, the limits
BROADEST = 16  # times as long as its lines are broad is a figure at least
SIZES = (220, 1500)  # px: longer side of a drawing of which a picture shows a part
ART_SIZES = (110, 700)  # px: of an icon, which has fewer lines
SMALL = 60  # px of the canvas: smaller areas are slivers between lines
CLOSED = (0, 1, 2, 3)  # px of the canvas: half of the gaps that are closed
MISSING = 0.3  # share of the figures of which some lines are not drawn
UNLINED = 0.15  # share of vector figures whose areas have no lines, and of areas in the others
KINDS = {"head": 0.4, "bust": 0.3, "figures": 0.14, "hands": 0.03, "animal": 0.08, "machine": 0.05}


@dataclass
class Figure:
    """A figure on a canvas (n, n).

    Attributes:
        areas: int32, which area a pixel lies in, below lines too; 0 may be the ground.
        line: uint8, how much of a pixel a line covers.
        tones: uint8, a designer's: 0 none, 1 shade, 2 highlight.
        dark: areas that are inked.
        pen: px of the canvas, how broad lines are.
    """

    areas: np.ndarray
    line: np.ndarray
    tones: np.ndarray
    pen: float
    dark: set[int] = field(default_factory=set)


def pen_width(rng: Rng, pens: tuple[float, float, tuple[float, float]] = PENS) -> float:
    """How broad a picture's lines are, in its px."""
    median, deviation, limits = pens
    return float(np.clip(np.exp(rng.normal(np.log(median), deviation)), *limits))


def placed(
    rng: Rng, size: float, centre: np.ndarray, side: int, wanted: float
) -> tuple[np.ndarray, np.ndarray]:
    """Matrix and offset that show a figure `size` px long as one of `wanted` px, turned a little."""
    scale, angle = wanted / size, rng.normal(0, 0.25)
    cos, sin = scale * np.cos(angle), scale * np.sin(angle)
    matrix = np.array([[cos, -sin], [sin, cos]])
    return matrix, side / 2 - matrix @ centre + rng.uniform(-0.35, 0.35, 2) * side


def from_drawing(rng: Rng, drawing: Drawing, side: int, sizes: tuple[float, float] = SIZES) -> Figure:
    """A part of `side` px of a line drawing, its areas trapped; some lines may be missing."""
    pen = pen_width(rng) * FINE
    line = drawing.strokes[rng.integers(len(drawing.strokes))]
    centre = line[rng.integers(len(line)), :2]
    wanted = max(float(np.exp(rng.uniform(*np.log(sizes)))), pen / FINE * BROADEST * 2)
    matrix, offset = placed(rng, drawing.size, centre, side, wanted)
    missing = rng.uniform(0.05, 0.6) if rng.random() < MISSING else 0.0
    walls, lines = (np.zeros((side * FINE, side * FINE), np.uint8) for _ in range(2))
    for stroke in drawing.strokes:
        points = stroke[:, :2] @ matrix.T + offset
        if (points.max(0) < -8).any() or (points.min(0) > side + 8).any():
            continue
        layers = (walls,) if rng.random() < missing else (walls, lines)
        draw_line(layers, points, pen * stroke[:, 2])
    solids = _solids(drawing, matrix, offset, side)
    areas = trapped(np.maximum(walls, solids), int(rng.choice(CLOSED)))
    dark = _inked(areas, solids, lines, pen)
    return Figure(areas, lines, np.zeros_like(lines), pen, dark)


def draw_line(layers: tuple[np.ndarray, ...], points: np.ndarray, widths: np.ndarray, run: int = 8) -> None:
    """Draw a line with points in px of the picture and widths in px of the canvas, on each of the layers."""
    at = fixed(points, FINE)
    for start in range(0, len(at) - 1, run):
        thick = max(1, round(float(widths[start : start + run + 1].mean())))
        for layer in layers:
            cv2.polylines(layer, [at[start : start + run + 1]], False, 255, thick, cv2.LINE_AA, SHIFT)


def _solids(drawing: Drawing, matrix: np.ndarray, offset: np.ndarray, side: int) -> np.ndarray:
    solid = np.zeros((side * FINE, side * FINE), np.uint8)
    for rings in drawing.solids:
        at = [fixed(ring @ matrix.T + offset, FINE) for ring in rings]
        cv2.fillPoly(solid, at, 255, cv2.LINE_AA, SHIFT)
    return solid


def _inked(areas: np.ndarray, solids: np.ndarray, lines: np.ndarray, pen: float) -> set[int]:
    """Broad blacks become areas, outlined by a line; narrow ones are lines."""
    if not solids.any():
        return set()
    filled = (solids > 127).astype(np.uint8)
    size = int(2.2 * pen) | 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    broad = cv2.dilate(cv2.morphologyEx(filled, cv2.MORPH_OPEN, disc), np.ones((3, 3), np.uint8)) & filled
    lines[(filled > 0) & (broad == 0)] = 255
    count, numbers = cv2.connectedComponents(broad)
    start = int(areas.max()) + 1
    areas[broad > 0] = numbers[broad > 0] + start
    outlines, _ = cv2.findContours(broad, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(lines, outlines, -1, 255, max(1, round(pen)))
    return set(range(start + 1, start + count))


def trapped(walls: np.ndarray, closing: int) -> np.ndarray:
    """The areas, int32, that walls (uint8, drawn) enclose, the largest that meets the border being 0."""
    closed = (walls > 90).astype(np.uint8)
    if closing:
        closed = cv2.dilate(closed, np.ones((2 * closing + 1,) * 2, np.uint8))
    _, numbers, stats, _ = cv2.connectedComponentsWithStats(1 - closed, connectivity=4)
    small = np.flatnonzero(stats[:, cv2.CC_STAT_AREA] < SMALL)
    numbers[np.isin(numbers, small)] = 0
    seeds = (numbers == 0).astype(np.uint8)
    if seeds.all():
        return np.zeros(walls.shape, np.int32)
    _, nearest = cv2.distanceTransformWithLabels(seeds, cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL)
    which = np.zeros(int(nearest.max()) + 1, np.int32)
    free = seeds == 0
    which[nearest[free]] = numbers[free]
    areas = which[nearest]
    border = np.concatenate([areas[0], areas[-1], areas[:, 0], areas[:, -1]])
    ground = int(np.bincount(border).argmax())
    areas[areas == ground] = 0
    return areas


def from_art(rng: Rng, art: Art, side: int) -> Figure:
    """A part of `side` px of vector art: its areas outlined, most of them, and its designer's shades."""
    pen = pen_width(rng) * FINE
    wanted = max(float(np.exp(rng.uniform(*np.log(ART_SIZES)))), pen / FINE * BROADEST)
    ring = art[rng.integers(len(art))].rings[0]
    matrix, offset = placed(rng, 1.0, ring[rng.integers(len(ring))], side, wanted)
    return outlined(rng, art, side, matrix, offset, pen)


def outlined(rng: Rng, art: Art, side: int, matrix: np.ndarray, offset: np.ndarray, pen: float) -> Figure:
    """Vector art placed on a picture of `side` px, outlined where it has no lines of its own."""
    n = side * FINE
    figure = Figure(np.zeros((n, n), np.int32), np.zeros((n, n), np.uint8), np.zeros((n, n), np.uint8), pen)
    unlined = rng.random() < UNLINED
    drawn = any(piece.kind == "line" for piece in art)
    for number, piece in enumerate(art, 1):
        bare = drawn or unlined or rng.random() < UNLINED
        draw_piece(figure, piece, number, matrix, offset, bare=bare)
    return figure


def draw_piece(
    figure: Figure, piece: Piece, number: int, matrix: np.ndarray, offset: np.ndarray, *, bare: bool
) -> None:
    """Lay a piece of vector art on a figure; an area that is not `bare` gets an outline."""
    at = [fixed(ring @ matrix.T + offset, FINE) for ring in piece.rings]
    pen = max(1, round(figure.pen))
    if piece.kind == "line":
        cv2.polylines(figure.line, at, False, 255, pen, cv2.LINE_AA, SHIFT)
        return
    mask = np.zeros(figure.line.shape, np.uint8)
    cv2.fillPoly(mask, at, 255, cv2.LINE_8, SHIFT)
    inside = mask > 0
    if piece.kind == "area":
        figure.areas[inside] = number
        figure.line[inside] = 0
        figure.tones[inside] = 0
        if not bare:
            cv2.polylines(figure.line, at, True, 255, pen, cv2.LINE_AA, SHIFT)
    else:
        figure.tones[inside] = 1 if piece.kind == "shade" else 2


def character(rng: Rng) -> Drawing:
    """A page with a character on it as a line drawing, its eyes and blacks with it."""
    sheet = compose(rng, pick(rng, KINDS))
    strokes = [np.column_stack([line, _taper(rng, len(line))]) for line in sheet.lines() if len(line) > 1]
    outlines, tree = cv2.findContours(
        (sheet.solid() > 127).astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE
    )
    solids: list[list[np.ndarray]] = []
    for number, outline in enumerate(outlines):
        ring = outline[:, 0].astype(np.float64)
        if tree[0, number, 3] < 0:
            solids.append([ring])
        elif solids:
            solids[-1].append(ring)
    return Drawing("character", float(max(sheet.size)), strokes, solids)


def _taper(rng: Rng, count: int) -> np.ndarray:
    """Relative widths (N,) of a stroke that gets thinner to its ends, or does not."""
    if rng.random() < 0.4:
        return np.ones(count)
    along = np.linspace(0, 1, count)
    return np.clip(rng.uniform(0.5, 0.9) + 1.2 * np.minimum(along, 1 - along), 0.4, 1.15)
