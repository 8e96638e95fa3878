# SPDX-License-Identifier: GPL-3.0-or-later
"""A head's frame: its style, how it is turned, and where a point of the face lies on it."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from training.characters.curves import Place
from training.characters.sheet import Frame, Sheet
from training.roughen import Rng

STYLES = {"shoujo": 0.34, "shounen": 0.28, "chibi": 0.12, "comic": 0.16, "cartoon": 0.1}
EYES = {"shoujo": 0.24, "shounen": 0.17, "chibi": 0.32, "comic": 0.06, "cartoon": 0.15}  # how far down
HAIR = {"short": 0.2, "bob": 0.2, "long": 0.24, "spiky": 0.16, "tails": 0.1, "pony": 0.1}
VIEWS = {"front": 0.38, "three": 0.5, "profile": 0.12}
TURNS = {"front": (0, 10), "three": (16, 36), "profile": (72, 84)}  # degrees
SMALLEST_PROFILE = 115.0  # px at 1400: a smaller profile's eye could not be read


def pick(rng: Rng, shares: dict[str, float]) -> str:
    return str(rng.choice(list(shares), p=np.array(list(shares.values())) / sum(shares.values())))


class Head(Frame):
    """A head `height` px high about `centre`: crown at y -1, chin at y 1, half as wide as `wide`."""

    def __init__(self, sheet: Sheet, rng: Rng, centre: Place, height: float, *, upright: float = 1.0):
        self.style, self.hair, self.view = pick(rng, STYLES), pick(rng, HAIR), pick(rng, VIEWS)
        if self.view == "profile" and height * 1400 / max(sheet.size) < SMALLEST_PROFILE:
            self.view = "three"
        self.profile = self.view == "profile"
        self.yaw = float(np.deg2rad(rng.uniform(*TURNS[self.view])))
        self.pitch = rng.normal(0, 0.25)
        lean = 0.0 if self.profile else float(np.deg2rad(rng.normal(0, 9))) * upright
        super().__init__(sheet, rng, centre, height / 2, angle=lean, flip=int(rng.choice([-1, 1])))
        self.wide = {"chibi": 0.88, "comic": 0.68}.get(self.style, 0.76) * rng.uniform(0.95, 1.05)
        self.eye_y = EYES[self.style] + rng.normal(0, 0.02)
        self.across = 1 / (1.25 * self.wide)  # of the face, from ear to ear, in a unit of the head

    def at(self, x: ArrayLike, y: ArrayLike) -> np.ndarray:
        """Points (..., 2) of the turned face: x from ear to ear, -1 to 1, y down."""
        turn, y = 1.25 * np.asarray(x, float) + self.yaw, np.asarray(y, float)
        narrow = self.wide * (1 - 0.42 * np.clip((y - 0.3) / 0.7, 0, 1) ** 1.5)
        nod = self.pitch * 0.22 * np.cos(turn) * (1 - np.clip(y, -1, 1) ** 2)
        return np.stack(np.broadcast_arrays(narrow * np.sin(turn), y + nod), -1)

    def near(self, x: float, y: float, points: ArrayLike) -> np.ndarray:
        """Points (N, 2) given in units of the head about (x, y) of the face."""
        own = np.asarray(points, float)
        return self.at(own[:, 0] / 1.25 + x, own[:, 1] + y)
