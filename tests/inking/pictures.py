# SPDX-License-Identifier: GPL-3.0-or-later
"""Sketches, line maps and strokes that tests draw, and how they measure what came out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage  # type: ignore[import-untyped]
from skimage import morphology

from smart_lineart.inking.strokes import Strokes

Bytes = NDArray[np.uint8]
Floats = NDArray[np.floating[Any]]

FINER = 4  # subpixels per side that lines are drawn with
EIGHT = np.ones((3, 3), np.int_)  # neighbours that hold ink together; background hangs together by four


def ring(x: float, y: float, radius: float, step: float = 1.0) -> Floats:
    """Vertices (N, 2) of a closed circle about `step` px apart; the last is the first."""
    angle = np.linspace(0.0, 2.0 * np.pi, max(9, round(2.0 * np.pi * radius / step)) + 1)
    points = np.stack([x + radius * np.cos(angle), y + radius * np.sin(angle)], 1)
    points[-1] = points[0]
    return points


def straight(start: tuple[float, float], stop: tuple[float, float], step: float = 1.0) -> Floats:
    """Vertices (N, 2) of a straight line about `step` px apart."""
    count = max(2, round(float(np.hypot(stop[0] - start[0], stop[1] - start[1])) / step) + 1)
    return np.linspace(start, stop, count)


def wave(start: float, stop: float, y: float, height: float, period: float) -> Floats:
    """Vertices (N, 2) of a sine curve about a horizontal line."""
    x = np.arange(start, stop + 0.5)
    return np.stack([x, y + height * np.sin(2.0 * np.pi * x / period)], 1)


def strokes_of(
    *paths: Floats,
    width: float | Floats = 1.0,
    strength: float = 1.0,
    offset: tuple[float, float] = (0.0, 0.0),
) -> Strokes:
    """Strokes along paths, all as wide and as firm; a width array belongs to a single path's vertices."""
    points = [np.asarray(path + np.array(offset), np.float32) for path in paths]
    widths = [np.broadcast_to(np.asarray(width, np.float32), len(path)).copy() for path in paths]
    return Strokes.from_lists(points, widths, [strength] * len(paths))


def paths_of(strokes: Strokes) -> list[NDArray[np.float32]]:
    """The polylines (N, 2) of strokes."""
    return np.split(strokes.points, strokes.starts[1:-1]) if len(strokes) else []


def line_map(size: tuple[int, int], *paths: Floats, thickness: float = 3.0, value: int = 255) -> Bytes:
    """Antialiased lines on uint8 (h, w); a vertex at (3, 5) lies on the centre of that pixel."""
    # OpenCV's own antialiasing makes lines two or three pixels wider than asked for.
    large = np.zeros((size[0] * FINER, size[1] * FINER), np.uint8)
    for path in paths:
        points = np.rint(((np.asarray(path) + 0.5) * FINER - 0.5) * 16).astype(np.int32)
        cv2.polylines(
            large, [points], isClosed=False, color=value, thickness=round(thickness * FINER), shift=4
        )
    return np.asarray(cv2.resize(large, size[::-1], interpolation=cv2.INTER_AREA), np.uint8)


def sketch_page(size: tuple[int, int] = (240, 320), ink: int = 50, paper: int = 244) -> Bytes:
    """A small sketch: a ring and a wavy line, spread over the page."""
    height, width = size
    radius = 0.25 * height
    lines = line_map(
        size,
        ring(0.3 * width, 0.42 * height, radius),
        wave(0.08 * width, 0.92 * width, 0.85 * height, 0.06 * height, 0.45 * width),
        value=255,
    ).astype(np.float32)
    return np.asarray(np.rint(paper + (ink - paper) * lines / 255.0), np.uint8)


def count_parts(mask: NDArray[np.bool_]) -> tuple[int, int]:
    """(8-connected parts of ink, 4-connected holes in it)."""
    framed = np.pad(mask, 1)
    return int(ndimage.label(framed, EIGHT)[1]), int(ndimage.label(~framed)[1]) - 1


def measured_widths(ink: Bytes) -> NDArray[np.float64]:
    """Line widths in px along the skeleton: twice the distance to the contour of one half.

    Measured on the picture enlarged, where the steps of the distance transform are small. What is near a
    line's end is left out.
    """
    size = (ink.shape[1] * FINER, ink.shape[0] * FINER)
    mask = cv2.resize(ink, size, interpolation=cv2.INTER_LINEAR) > 127
    distance = ndimage.distance_transform_edt(mask)
    skeleton: NDArray[np.bool_] = morphology.skeletonize(mask)  # type: ignore[no-untyped-call]
    neighbours = ndimage.convolve(skeleton.astype(np.int_), EIGHT, mode="constant") - 1
    around_ends = ndimage.distance_transform_edt(~(skeleton & (neighbours <= 1))) < distance.max() + FINER
    # Distances run to pixel centres, so a width of an odd number of pixels comes out one too large.
    return np.asarray((2.0 * distance[skeleton & ~around_ends] - 0.5) / FINER)


def distance_to(points: Floats, path: Floats) -> NDArray[np.float64]:
    """Distance (N,) of points from a polyline."""
    a, b = np.asarray(path[:-1], np.float64), np.asarray(path[1:], np.float64)
    d = b - a
    square = np.maximum((d * d).sum(1), 1e-12)
    best = np.full(len(points), np.inf)
    for start, along, length in zip(a, d, square, strict=True):
        part = np.clip(((points - start) @ along) / length, 0.0, 1.0)
        best = np.minimum(best, np.hypot(*(points - start - part[:, None] * along).T))
    return best


def nearly_same_ink(one: Bytes, two: Bytes, slack: int = 1) -> float:
    """Share of either picture's ink that lies within `slack` px of the other's: 1 when both show the same."""
    a, b = one > 127, two > 127
    if not a.any() or not b.any():
        return float(a.any() == b.any())
    wide_a, wide_b = (ndimage.binary_dilation(mask, EIGHT, iterations=slack) for mask in (a, b))
    return float(min((a & wide_b).sum() / a.sum(), (b & wide_a).sum() / b.sum()))


@dataclass
class MadeSketch:
    """A page that is never in memory at once: `draw(top, bottom)` makes rows as float32 luma on demand."""

    size: tuple[int, int]
    draw: Callable[[int, int], NDArray[np.float32]]
    reads: list[tuple[int, int]] = field(default_factory=list)

    def read_luma(self, top: int, bottom: int) -> NDArray[np.float32]:
        self.reads.append((top, bottom))
        return self.draw(top, bottom)


@dataclass
class SeenNetwork:
    """A stand-in for the trunk that says of every pixel what it sees within `reach` px, exactly.

    Integer arithmetic, so nothing but what it is given can change an answer. It betrays every mistake around
    it: near a tile's border it answers otherwise than inside, as a network padded with zeros does, and it
    answers blank paper differently at each place of its stride.
    """

    reach: int
    stride: int
    channels: int = 2
    runs: list[tuple[int, int]] = field(default_factory=list)
    most_pixels: int | None = None
    failure: Callable[[], Exception] = MemoryError
    released: int = 0
    runtime_name: str = "openvino"
    device_name: str = "cpu"
    closed: bool = False

    def run(self, tile: Bytes) -> Bytes:
        height, width = tile.shape[2:]
        if height % self.stride or width % self.stride:
            raise ValueError(f"tile of {height} x {width}")
        self.runs.append((height, width))
        if self.most_pixels is not None and height * width > self.most_pixels:
            raise self.failure()
        # Plus one: blank paper counts too, so that a tile's border shows as in a network padded with zeros.
        mixed = sum(np.uint32(4 * index + 1) * plane for index, plane in enumerate(tile[0].astype(np.uint32)))
        padded = np.pad(mixed + np.uint32(1), self.reach)
        seen = np.zeros((height, width), np.uint32)
        for index, (dy, dx) in enumerate(self._taps()):
            y, x = self.reach + dy, self.reach + dx
            seen += np.uint32(2 * index + 3) * padded[y : y + height, x : x + width]
        phase = np.arange(height)[:, None] % self.stride * 7 + np.arange(width) % self.stride
        answers = [(seen * np.uint32(channel + 1) + phase) % 251 for channel in range(self.channels)]
        return np.stack(answers).astype(np.uint8)[None]

    def release_memory(self) -> None:
        self.released += 1

    def close(self) -> None:
        self.closed = True

    def _taps(self) -> Iterable[tuple[int, int]]:
        r = self.reach
        near = [(dy, dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1)] if r else [(0, 0)]
        return [*near, (-r, -r), (-r, r), (r, -r), (r, r), (-r, 0), (r, 0), (0, -r), (0, r)]
