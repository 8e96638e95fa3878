# SPDX-License-Identifier: GPL-3.0-or-later
"""Clustered stroke drawings.

A stroke drawing is JSON: `pen_width`, and `strokes`, each with `points` (N x 2) in drawing units and a
`cluster`. Strokes of one cluster are passes over one intended line, as in StrokeStrip (Pagurek van Mossel et
al., SIGGRAPH 2021), whose study drawings have this form. What they mean is told by drawings/truth.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

LONG_EDGE = 1400
MARGIN = 40
SUBPIXEL_BITS = 4
"""OpenCV draws at 1/16 px."""


@dataclass(frozen=True)
class Stroke:
    """One pass of the pen. `points`: float64 (N, 2), x and y in page pixels."""

    cluster: int
    points: np.ndarray


@dataclass(frozen=True)
class Drawing:
    """Strokes on a page of `size` (height, width). `pen_width`: px. `scale`: px per drawing unit."""

    size: tuple[int, int]
    strokes: list[Stroke]
    pen_width: float
    scale: float

    def clusters(self) -> dict[int, list[np.ndarray]]:
        """The passes over each intended line, lines in the order in which they were begun."""
        passes: dict[int, list[np.ndarray]] = {}
        for stroke in self.strokes:
            passes.setdefault(stroke.cluster, []).append(stroke.points)
        return passes


@dataclass(frozen=True)
class Patch:
    """The part of a page around some points, drawn on its own: most strokes touch little of the page."""

    rows: slice
    columns: slice

    @classmethod
    def around(cls, points: np.ndarray, reach: float, size: tuple[int, int]) -> Patch:
        low = np.floor(points.min(0) - reach).astype(int)
        high = np.ceil(points.max(0) + reach).astype(int) + 1
        (left, top), (right, bottom) = np.maximum(low, 0), np.minimum(high, size[::-1])
        return cls(slice(int(top), int(bottom)), slice(int(left), int(right)))

    @property
    def size(self) -> tuple[int, int]:
        return self.rows.stop - self.rows.start, self.columns.stop - self.columns.start

    def draw(self, points: np.ndarray, width: int, out: np.ndarray, value: int = 255) -> None:
        """Draw a polyline given in page pixels, antialiased, onto `out`, uint8 of the patch's size."""
        fixed = np.round(points * (1 << SUBPIXEL_BITS)).astype(np.int32)
        fixed -= np.array([self.columns.start, self.rows.start], np.int32) << SUBPIXEL_BITS
        cv2.polylines(out, [fixed], False, value, width, cv2.LINE_AA, SUBPIXEL_BITS)

    def coverage(self, passes: Iterable[np.ndarray], width: int) -> np.ndarray:
        """What polylines cover of the patch, uint8."""
        covered = np.zeros(self.size, np.uint8)
        for points in passes:
            self.draw(points, width, covered)
        return covered


def load_drawing(path: Path, long_edge: int = LONG_EDGE, margin: int = MARGIN) -> Drawing:
    """A stroke drawing scaled to a page of `long_edge` px with `margin` px around.

    Raises ValueError for a file that is none.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        strokes = [(int(s["cluster"]), np.array(s["points"], float).reshape(-1, 2)) for s in data["strokes"]]
        pen_width = float(data["pen_width"])
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path} is not a stroke drawing: {error}") from error
    if not strokes or not all(len(points) for _, points in strokes):
        raise ValueError(f"{path} has no strokes, or one without points")
    points = np.concatenate([points for _, points in strokes])
    low, high = points.min(0), points.max(0)
    if not (high > low).any():
        raise ValueError(f"{path} has no extent")
    scale = float((long_edge - 2 * margin) / (high - low).max())
    width, height = np.ceil((high - low) * scale + 2 * margin).astype(int)
    placed = [Stroke(cluster, (points - low) * scale + margin) for cluster, points in strokes]
    return Drawing((int(height), int(width)), placed, pen_width * scale, scale)


def band_of(passes: list[np.ndarray], drawing: Drawing) -> tuple[Patch, np.ndarray]:
    """What several passes cover together, closed where they lie near each other: a bool patch of the page."""
    width = _band_width(drawing)
    span = int(6 * drawing.scale) | 1  # passes up to 6 drawing units apart belong to one band
    patch = Patch.around(np.concatenate(passes), width + 60, drawing.size)
    band = cv2.copyMakeBorder(patch.coverage(passes, width), 60, 60, 60, 60, cv2.BORDER_CONSTANT)
    band = cv2.morphologyEx(band, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (span, span)))
    return patch, band[60:-60, 60:-60] > 127


def _band_width(drawing: Drawing) -> int:
    """Px that a pass covers."""
    return max(3, int(drawing.pen_width * 2))


def resample(points: np.ndarray, step: float) -> np.ndarray:
    """Points (N, C) at even spacing `step` along the x, y arc length; both ends kept."""
    at = np.zeros(len(points))
    np.cumsum(np.hypot(*(points[1:, :2] - points[:-1, :2]).T), out=at[1:])
    if at[-1] < 1e-6:
        return points[:1]
    count = max(2, int(np.ceil(at[-1] / step)) + 1)
    want = np.arange(count) * (at[-1] / (count - 1))
    out = np.empty((count, points.shape[1]))
    for i in range(points.shape[1]):
        out[:, i] = np.interp(want, at, points[:, i])
    return out
