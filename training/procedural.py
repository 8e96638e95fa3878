# SPDX-License-Identifier: GPL-3.0-or-later
"""Drawings made by program: what clean sources have too little of.

Locks of hair (lines that lie close and must stay apart), eyes with pupils, ruled boxes and true ellipses,
each hiding what lies behind it, so that T-junctions are exact.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from training.corpus import Drawing

Rng = np.random.Generator
SIZE = 800.0  # px: the longer side of a drawing
STEP = 3.0  # px between vertices


def _bezier(points: np.ndarray) -> np.ndarray:
    """Cubic Bezier curve (4, 2) -> (N, 2) vertices."""
    count = max(4, int(np.hypot(*np.diff(points, axis=0).T).sum() / STEP))
    t = np.linspace(0, 1, count)[:, None]
    a, b, c, d = points
    return (1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t**2 * c + t**3 * d


def _arc(centre: np.ndarray, axes: np.ndarray, start: float, sweep: float, turn: float) -> np.ndarray:
    count = max(8, int(abs(sweep) * axes.max() / STEP))
    at = start + np.linspace(0, sweep, count)
    cos, sin = np.cos(turn), np.sin(turn)
    return centre + (np.stack([np.cos(at), np.sin(at)], 1) * axes) @ np.array([[cos, sin], [-sin, cos]])


def _tapered(rng: Rng, line: np.ndarray, start: float, stop: float) -> np.ndarray:
    """Adds relative widths that swell from `start` over a middle of about 1 to `stop`."""
    middle = float(np.exp(rng.normal(0, 0.2)))
    width = np.interp(np.linspace(0, 1, len(line)), [0, 0.3, 0.7, 1], [start, middle, middle, stop])
    return np.column_stack([line, width])


class _Page:
    """Strokes so far; a new shape hides what lies behind it."""

    def __init__(self) -> None:
        self.strokes: list[np.ndarray] = []
        self.solids: list[list[np.ndarray]] = []

    def hide(self, outline: np.ndarray) -> None:
        mask = np.zeros((int(SIZE), int(SIZE)), np.uint8)
        cv2.fillPoly(mask, [np.round(outline).astype(np.int32)], 1)
        kept = []
        for stroke in self.strokes:
            at = np.clip(np.round(stroke[:, :2]).astype(int), 0, int(SIZE) - 1)
            seen = mask[at[:, 1], at[:, 0]] == 0
            cuts = np.flatnonzero(np.diff(seen.astype(int))) + 1
            kept += [
                part
                for part, shown in zip(np.split(stroke, cuts), np.split(seen, cuts), strict=True)
                if shown[0] and len(part) > 1
            ]
        self.strokes = kept
        self.solids = [rings for rings in self.solids if not mask[tuple(_middle(rings[0]))]]

    def add(self, *strokes: np.ndarray) -> None:
        self.strokes += [stroke.astype(np.float32) for stroke in strokes if len(stroke) > 1]


def _middle(ring: np.ndarray) -> np.ndarray:
    return np.clip(np.round(ring.mean(0)).astype(int), 0, int(SIZE) - 1)[::-1]


def _hair(rng: Rng, page: _Page) -> None:
    """A lock: curves from near one root, side by side, some meeting at the tip."""
    root, reach = rng.uniform(0.1, 0.9, 2) * SIZE, rng.uniform(0.12, 0.45) * SIZE
    angle, bend = rng.uniform(0, 2 * np.pi), rng.normal(0, 0.5)
    along = np.array([np.cos(angle), np.sin(angle)])
    across = np.array([-along[1], along[0]])
    gap = rng.uniform(0.01, 0.035) * SIZE
    count = int(rng.integers(2, 9))
    spread = rng.uniform(0.0, 1.6)
    for i in range(count):
        side = (i - count / 2 + rng.normal(0, 0.15)) * gap
        far = reach * rng.uniform(0.6, 1.1)
        line = _bezier(
            np.stack(
                [
                    root + across * side,
                    root + across * (side * 1.2 + bend * 0.3 * far) + along * far * 0.35,
                    root + across * (side * (1 + spread) / 2 + bend * 0.6 * far) + along * far * 0.7,
                    root + across * (side * spread + bend * 0.5 * far) + along * far,
                ]
            )
        )
        page.add(_tapered(rng, line, rng.uniform(0.4, 1), rng.uniform(0.25, 0.8)))


def _eye(rng: Rng, page: _Page) -> None:
    centre, wide = rng.uniform(0.15, 0.85, 2) * SIZE, rng.uniform(0.012, 0.09) * SIZE
    turn, open_ = rng.normal(0, 0.25), rng.uniform(0.3, 0.9)
    lids = np.array([wide, wide * open_])
    upper, lower = _arc(centre, lids, np.pi, np.pi, turn), _arc(centre, lids * [1, 0.8], np.pi, -np.pi, turn)
    page.hide(np.vstack([upper, lower[::-1]]))
    iris = wide * open_ * rng.uniform(0.5, 0.85)
    at = centre + rng.normal(0, 0.15, 2) * wide
    kind = rng.random()
    page.add(_tapered(rng, upper, 0.6, 0.6))
    if rng.random() < 0.75:
        page.add(_tapered(rng, lower, 0.4, 0.4))
    if kind < 0.7:
        page.add(_tapered(rng, _arc(at, np.array([iris, iris]), rng.uniform(0, 6), 2 * np.pi, 0), 1, 1))
    if kind > 0.35:
        pupil = iris * rng.uniform(0.3, 0.75)
        page.solids.append([_arc(at, np.array([pupil, pupil]), 0, 2 * np.pi, 0).astype(np.float32)])
    if rng.random() < 0.5:
        fold = centre - [0, wide * rng.uniform(0.4, 0.8)]
        page.add(
            _tapered(rng, _arc(fold, lids * rng.uniform(0.9, 1.2), np.pi * 1.15, np.pi * 0.7, turn), 0.4, 0.3)
        )


def _box(rng: Rng, page: _Page) -> None:
    """A box in parallel perspective: ruled lines at any angle."""
    corner = rng.uniform(0.2, 0.8, 2) * SIZE
    angle = rng.uniform(0, 2 * np.pi)
    sides = [
        np.array([np.cos(a), np.sin(a)]) * rng.uniform(0.05, 0.3) * SIZE
        for a in (angle, angle + rng.uniform(0.5, 2.2), angle + rng.uniform(2.4, 3.8))
    ]
    a, b, c = sides
    faces = [(corner, a, b), (corner, b, c), (corner, c, a)]
    outline = np.stack([corner + a, corner + a + b, corner + b, corner + b + c, corner + c, corner + c + a])
    page.hide(outline)
    edges = {tuple(np.round(p, 3)) + tuple(np.round(q, 3)): (p, q) for p, q in _edges(faces)}
    for p, q in edges.values():
        line = np.linspace(p, q, max(2, int(np.hypot(*(q - p)) / STEP)))
        page.add(_tapered(rng, line, 1, 1))


def _edges(faces: list[tuple[np.ndarray, np.ndarray, np.ndarray]]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Each face's four edges, each edge with its smaller end first so that shared ones fall together."""
    out = []
    for corner, a, b in faces:
        ring = [corner, corner + a, corner + a + b, corner + b]
        for p, q in zip(ring, ring[1:] + ring[:1], strict=True):
            out.append((p, q) if tuple(p) < tuple(q) else (q, p))
    return out


def _ellipse(rng: Rng, page: _Page) -> None:
    axes = rng.uniform(0.02, 0.25) * SIZE * np.array([1, rng.uniform(0.3, 1)])
    line = _arc(rng.uniform(0.15, 0.85, 2) * SIZE, axes, rng.uniform(0, 6), 2 * np.pi, rng.uniform(0, np.pi))
    page.hide(line)
    page.add(_tapered(rng, line, 1, 1))


def _curve(rng: Rng, page: _Page) -> None:
    start, angle = rng.uniform(0, 1, 2) * SIZE, rng.uniform(0, 2 * np.pi)
    points, at = [start], start
    for _ in range(3):
        angle += rng.normal(0, 0.7)
        at = at + np.array([np.cos(angle), np.sin(angle)]) * rng.uniform(0.03, 0.2) * SIZE
        points.append(at)
    page.add(_tapered(rng, _bezier(np.stack(points)), rng.uniform(0.3, 1), rng.uniform(0.3, 1)))


def _blob(rng: Rng, page: _Page) -> None:
    """A closed soft outline, as of a sleeve or a cloud, with a few folds that start at its edge."""
    centre, radius = rng.uniform(0.15, 0.85, 2) * SIZE, rng.uniform(0.04, 0.22) * SIZE
    at = np.linspace(0, 2 * np.pi, max(16, int(6.3 * radius / STEP)))
    waves = sum(rng.normal(0, 0.12 / k) * np.cos(k * at + rng.uniform(0, 6)) for k in range(2, 6))
    line = centre + np.stack([np.cos(at), np.sin(at)], 1) * (radius * (1 + waves))[:, None]
    page.hide(line)
    page.add(_tapered(rng, line, 1, 1))
    for _ in range(rng.integers(0, 4)):
        edge = line[rng.integers(len(line))]
        bend = rng.normal(0, 0.2, (2, 2)) * radius
        inner = edge + (centre - edge) * rng.uniform(0.3, 0.9)
        fold = np.stack([edge, edge * 0.7 + inner * 0.3 + bend[0], edge * 0.3 + inner * 0.7 + bend[1], inner])
        page.add(_tapered(rng, _bezier(fold), 0.9, 0.3))


SHAPES: tuple[tuple[Callable[[Rng, _Page], None], float], ...] = (
    (_hair, 0.28),
    (_eye, 0.2),
    (_box, 0.1),
    (_ellipse, 0.1),
    (_curve, 0.16),
    (_blob, 0.16),
)


def draw(rng: Rng) -> Drawing:
    """A drawing of 8 to 40 shapes, SIZE px, none of it dense."""
    page = _Page()
    kinds = [shape for shape, _ in SHAPES]
    shares = [share for _, share in SHAPES]
    for pick in rng.choice(len(kinds), size=int(rng.integers(8, 41)), p=shares):
        kinds[pick](rng, page)
    if not page.strokes:
        _curve(rng, page)
    return Drawing("procedural", SIZE, page.strokes, page.solids)
