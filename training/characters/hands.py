# SPDX-License-Identifier: GPL-3.0-or-later
"""Hands: a wrist, a palm, four fingers and a thumb as tapered capsules, open or closed."""

from __future__ import annotations

import numpy as np

from training.characters.curves import Place, Places, curve, ribbon, turned, widths
from training.characters.sheet import Frame

FINGERS = (
    (0.17, 0.34, 0.3),
    (0.08, 0.45, 0.12),
    (-0.02, 0.47, -0.02),
    (-0.11, 0.42, -0.14),
)  # x, length, spread


class Hand:
    """A hand in a frame: wrist at `place`, its fingers upwards, turned, mirrored for `side` -1."""

    def __init__(self, frame: Frame, place: Place, size: float, angle: float, side: int):
        self.frame, self.rng = frame, frame.rng
        self._place, self._size, self._angle, self._side = np.asarray(place, float), size, angle, side

    def _at(self, points: Places) -> np.ndarray:
        own = np.asarray(points, float) * [self._side, 1]
        return self._place + turned(own, self._angle) * self._size

    def draw(self) -> None:
        curl = self.rng.uniform(0.45, 1.0)  # how far fingers are stretched
        fan = self.rng.uniform(0.3, 1.6)
        for x, long, spread in FINGERS:
            tall, bend = long * curl * self.rng.uniform(0.92, 1.05), spread * fan
            self._finger([(x, -0.02), (x + bend * 0.15, -tall * 0.5), (x + bend * 0.3 - 0.03, -tall)], 0.058)
        rim = [(0.22, 0), (-0.15, 0), (-0.2, 0.2), (-0.12, 0.34), (0.14, 0.34), (0.22, 0.2)]
        palm = curve(self._at(rim), closed=True)
        self.frame.white(palm)
        self.frame.line(palm[6:-30], care=0.7)
        self._finger([(-0.13, 0.25), (-0.27, 0.1), (-0.3, -0.1 * curl)], 0.075)
        if self.rng.random() < 0.5:
            self.frame.line(curve(self._at([(-0.1, 0.08), (0.02, 0.16), (0.04, 0.27)])), 0.7, 0.6)

    def _finger(self, points: Places, half: float) -> None:
        path = curve(self._at(points))
        size = self._size
        left, right = ribbon(path, widths(len(path), half, 0.85 * half, 0.52 * half) * size)
        ahead = path[-1] + (path[-1] - path[-4]) * 0.28
        outline = np.vstack([left, curve([left[-1], ahead, right[-1]], 6), right[::-1]])
        self.frame.white(outline)
        self.frame.line(outline, care=0.7)
        middle = len(left) // 2
        if self.frame.height * size > 60:  # a joint; a nail
            self.frame.line([left[middle], 0.6 * left[middle] + 0.4 * right[middle]], 0.7, 0.4)
            if self.rng.random() < 0.3:
                nail = curve(
                    [path[-8], 0.4 * left[-2] + 0.6 * ahead, path[-1], 0.4 * right[-2] + 0.6 * ahead]
                )
                self.frame.line(nail, 0.7, 0.4)
