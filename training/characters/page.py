# SPDX-License-Identifier: GPL-3.0-or-later
"""A drawn page, and patches of it as the network may see it: close or from afar, turned a little."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import cv2
import numpy as np

from training.looks import finish
from training.roughen import Rng
from training.scenes import HATCH_SIDE, LINE_WIDTH, SHIFT, SUPERSAMPLE, Patch, beside_blacks, fixed

TURN = 0.2  # radians: standard deviation of how far a patch is turned
AT_EYES = 0.45  # share of the patches that lie about an eye
CROWDED = 0.7  # line map's density in a square of HATCH_SIDE px, over which nothing can be told apart
PAGES = 8  # that patches are cut from in turn
PATCHES = 10  # cut from a page before another takes its place


@dataclass(frozen=True)
class Page:
    """A page of about 1400 px, at which it would be seen at its own size.

    `darkness` (H, W) uint8: what was drawn, or, where it is `seen`, what is left of a scan or photo of it
    after paper normalisation. `lines` are the intended lines (N, 2), `solid` (H, W) uint8 is 255 in blacks,
    `eyes` are boxes (x0, y0, x1, y1). It may be looked at from `scales[0]` to `scales[1]` times its size.
    """

    darkness: np.ndarray
    lines: list[np.ndarray]
    solid: np.ndarray
    eyes: list[tuple[int, int, int, int]] = field(default_factory=list)
    seen: bool = False
    scales: tuple[float, float] = (0.6, 1.6)

    def patch(self, rng: Rng, side: int, papers: list[np.ndarray], noise: float = 1.0) -> Patch:
        """A patch of `side` px somewhere on the page, often about an eye."""
        scale = float(np.exp(rng.uniform(*np.log(self.scales))))
        angle = rng.normal(0, TURN)
        cos, sin = scale * np.cos(angle), scale * np.sin(angle)
        matrix = np.array([[cos, -sin], [sin, cos]])
        offset = side / 2 - matrix @ self._place(rng) + rng.uniform(-0.35, 0.35, 2) * side
        dark = _warped(self.darkness, matrix, offset, side)
        solid = _warped(self.solid, matrix, offset, side)
        line = line_map(self.lines, matrix, offset, side)
        if not self.seen:
            dark = finish(rng, dark, papers, noise)
        line = beside_blacks(line, solid)
        return Patch(np.clip(dark, 0, 1).astype(np.float32), line, solid)

    def _place(self, rng: Rng) -> np.ndarray:
        """A point (2,) to look at."""
        if self.eyes and rng.random() < AT_EYES:
            x0, y0, x1, y1 = self.eyes[rng.integers(len(self.eyes))]
            return np.array([(x0 + x1) / 2, (y0 + y1) / 2])
        if not self.lines:
            return rng.uniform((0, 0), self.darkness.shape[::-1])
        line = self.lines[rng.integers(len(self.lines))]
        return line[rng.integers(len(line))]


def line_map(lines: list[np.ndarray], matrix: np.ndarray, offset: np.ndarray, side: int) -> np.ndarray:
    """Line map (side, side) float32 0..1 of lines (N, 2) placed by a matrix and an offset."""
    fine = np.zeros((side * SUPERSAMPLE, side * SUPERSAMPLE), np.uint8)
    for line in lines:
        points = line @ matrix.T + offset
        if (points.max(0) >= -8).all() and (points.min(0) <= side + 8).all():
            at = fixed(points, SUPERSAMPLE)
            cv2.polylines(fine, [at], False, 255, round(LINE_WIDTH * SUPERSAMPLE), cv2.LINE_AA, SHIFT)
    return cv2.resize(fine, (side, side), interpolation=cv2.INTER_AREA).astype(np.float32) / 255


def _warped(image: np.ndarray, matrix: np.ndarray, offset: np.ndarray, side: int) -> np.ndarray:
    """A part of an uint8 image, placed by a matrix and an offset, as float32 0..1."""
    # Only what lies near the patch is worked on; where it shrinks, a blur first keeps thin strokes whole.
    inverse = np.linalg.inv(matrix)
    corners = (np.array([[0, 0], [side, 0], [0, side], [side, side]]) - offset) @ inverse.T
    low = np.maximum(np.floor(corners.min(0)).astype(int) - 6, 0)
    high = np.minimum(np.ceil(corners.max(0)).astype(int) + 6, image.shape[::-1])
    if (high <= low).any():
        return np.zeros((side, side), np.float32)
    part = image[low[1] : high[1], low[0] : high[0]].astype(np.float32) / 255
    scale = float(np.hypot(*matrix[:, 0]))
    if scale < 1:
        part = cv2.GaussianBlur(part, (0, 0), 0.45 * np.sqrt(1 / scale**2 - 1) + 0.01)
    # OpenCV counts from the pixels' middles, as offset and matrix do not.
    shift = matrix @ (low + 0.5) + offset - 0.5
    move = np.column_stack([matrix, shift])
    return cv2.warpAffine(part, move, (side, side), flags=cv2.INTER_LINEAR, borderValue=0)


def patches(
    rng: Rng, draw: Callable[[Rng], Page], side: int, papers: list[np.ndarray], noise: float = 1.0
) -> Iterator[Patch]:
    """Patches without end, of a few pages at a time, each of which `draw` makes anew."""
    pages = [draw(rng) for _ in range(PAGES)]
    while True:
        for _ in range(PATCHES):
            patch = pages[int(rng.integers(PAGES))].patch(rng, side, papers, noise)
            if cv2.blur(patch.line, (HATCH_SIDE, HATCH_SIDE)).max() <= CROWDED:
                yield patch
        pages[int(rng.integers(PAGES))] = draw(rng)
