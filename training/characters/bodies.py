# SPDX-License-Identifier: GPL-3.0-or-later
"""Necks, trunks, limbs and cloth with its folds, in a head's frame: chin at y 1, feet at about 8."""

from __future__ import annotations

import numpy as np

from training.characters.curves import Places, curve, ellipse
from training.characters.hands import Hand
from training.characters.head import Head

COLLARS = {"shirt": (0.42, 0.25), "sailor": (0.75, 0.5), "v": (0.6, 0.08), "hood": (0.35, 0.42)}  # deep, wide


class Body:
    """The body below a head."""

    def __init__(self, head: Head):
        self.head, self.rng = head, head.rng
        self.x = -0.1 * float(np.sin(head.yaw))
        self.neck = self.rng.uniform(0.2, 0.27)

    def bust(self) -> None:
        rng, head = self.rng, self.head
        shoulder = rng.uniform(0.85, 1.15)
        self._trunk(shoulder, shoulder * 0.95, 4.2)
        for side in (-1, 1):
            arm = [(side * shoulder * f, y) for f, y in ((0.72, 2.15), (0.74, 2.6), (0.7, 4.2))]
            head.line(curve(arm))
        if head.height > 200 and rng.random() < 0.35:
            side = int(rng.choice([-1, 1]))
            place = np.array([side * rng.uniform(0.75, 1.1), rng.uniform(1.25, 1.9)])
            tilt = rng.uniform(-0.5, 0.5)
            arm = np.array([(side * 0.1, 1.6), (side * 0.05, 0.8), (0, 0.2)]) + place
            head.band(curve(arm), np.array([0.26, 0.2, 0.15]))
            Hand(head, place, rng.uniform(0.85, 1.2), tilt, side).draw()

    def figure(self) -> None:
        """A whole standing figure."""
        rng = self.rng
        shoulder, legs = rng.uniform(0.75, 1.0), rng.uniform(3.0, 4.8)
        hip = 1.5 + rng.uniform(1.6, 2.4)
        black = bool(rng.random() < 0.15)
        for side in (-1, 1):
            self._leg(side, hip, legs, black=black)
        self._trunk(shoulder, shoulder * 0.62, hip)
        if rng.random() < 0.45:
            self._skirt(shoulder, hip)
        for side in (-1, 1):
            self._arm(side, shoulder)

    def _leg(self, side: int, hip: float, long: float, *, black: bool) -> None:
        head, foot = self.head, hip + long
        stance = 0.3 + self.rng.uniform(0, 0.12)
        path = curve([(side * 0.26, hip), (side * stance, hip + 0.5 * long), (side * 0.3, foot)])
        head.band(path, np.array([0.26, 0.2, 0.15]), ends="b")
        shoe = curve(
            [(side * 0.2, foot), (side * 0.45, foot), (side * 0.62, foot + 0.22), (side * 0.18, foot + 0.22)],
            closed=True,
        )
        head.white(shoe)
        head.filled(shoe, black=black)
        self._folds((side * stance, hip + 0.5 * long), 0.12, int(self.rng.integers(0, 3)))

    def _arm(self, side: int, shoulder: float) -> None:
        head, rng = self.head, self.rng
        elbow = np.array([side * (shoulder + rng.uniform(0.05, 0.35)), 2.4])
        wrist = elbow + np.array([side * rng.uniform(-0.55, 0.35), rng.uniform(-0.5, 0.8)])
        head.band(
            curve([(side * shoulder * 0.85, 1.65), elbow, wrist]), np.array([0.18, 0.15, 0.11]), ends="b"
        )
        away = wrist - elbow
        if head.height > 150:
            Hand(head, wrist + away * 0.12, 0.6, float(np.arctan2(away[0], -away[1])), side).draw()
            return
        head.ring(wrist[0], wrist[1] + 0.1, 0.13, 0.15)
        for x in (-0.05, 0.03):
            head.line(np.array([(x, 0.1), (x, 0.22)]) + wrist, 0.8, 0.5)

    def _skirt(self, shoulder: float, hip: float) -> None:
        head = self.head
        rim = [(-0.62, -0.35), (0.62, -0.35), (1.05, 0.6), (0, 0.75), (-1.05, 0.6)]
        shape = curve([(shoulder * u, hip + v) for u, v in rim], closed=True)
        head.white(shape)
        if self.rng.random() < 0.2:
            head.filled(shape)
            return
        head.line(shape)
        for t in np.linspace(-0.7, 0.7, 5):
            pleat = [(t * shoulder * 0.7, hip - 0.1), (t * shoulder * 1.1, hip + 0.55)]
            head.line(pleat, self.rng.uniform(0.6, 1), 0.8)

    def _trunk(self, shoulder: float, hip: float, bottom: float) -> None:
        """Neck, shoulders and trunk; the neck's lines end short of the chin."""
        head, rng, x, neck = self.head, self.rng, self.x, self.neck
        half = [
            (neck, 0.99), (neck * 1.02, 1.25), (neck + 0.12, 1.36), (shoulder * 0.85, 1.5), (shoulder, 1.68),
            (shoulder * 0.92 + 0.05, 2.1), (hip, bottom),
        ]  # fmt: skip
        left, right = (curve([(x + side * u, v) for u, v in half]) for side in (-1, 1))
        head.white(np.vstack([[(x - neck, 0.5)], left, right[::-1], [(x + neck, 0.5)]]))
        if rng.random() < 0.35:  # the chin's shadow on the neck, filled or shaded
            shadow = curve([(x - neck, 1.0), (x - 0.3 * neck, 1.16), (x + neck, 1.24), (x + neck, 0.9)])
            head.filled(shadow, black=bool(rng.random() < 0.35))
        head.line(left)
        head.line(right)
        self._collar(bottom)
        if rng.random() < 0.12:  # a choker
            rim = [(x - neck, 1.14), (x, 1.22), (x + neck, 1.14), (x + neck, 1.2), (x, 1.3), (x - neck, 1.2)]
            head.black(curve(rim, closed=True))
        for _ in range(int(rng.integers(2, 6))):
            y = rng.uniform(1.8, max(2.0, bottom - 0.5))
            self._folds((x + rng.uniform(-0.5, 0.5) * shoulder, y), 0.15, int(rng.integers(1, 3)))

    def _folds(self, place: tuple[float, float], size: float, count: int) -> None:
        """Folds of cloth: lines that begin firmly and fade, some with a shadow beside them."""
        rng, head = self.rng, self.head
        for _ in range(count):
            start = np.asarray(place) + rng.normal(0, 0.08, 2)
            away = np.array([rng.normal(0, 0.08), rng.normal(size * 1.1, 0.3 * size)])
            fold = curve([start, start + away + rng.normal(0, 0.03, 2), start + 2 * away])
            head.line(fold, rng.uniform(0.45, 1), 0.8)
            if rng.random() < 0.25:
                side = np.array([rng.choice([-1, 1]) * rng.uniform(0.03, 0.08), 0])
                wedge = np.vstack([fold, fold[::-1] + side * np.linspace(0, 1, len(fold))[:, None]])
                if rng.random() < 0.4:
                    head.black(wedge)
                else:
                    head.tone(wedge, rng.uniform(0.12, 0.35))

    def _collar(self, bottom: float) -> None:
        head, rng, x, neck = self.head, self.rng, self.x, self.neck
        kind = str(rng.choice(["crew", *COLLARS]))
        if kind == "crew":
            for out, up in ((0.1, 0.0), (0.14, 0.05)):
                rim: Places = [(x - neck - out, 1.33 + up), (x, 1.52 + 2 * up), (x + neck + out, 1.33 + up)]
                head.line(curve(rim))
            return
        deep, wide = COLLARS[kind]
        for side in (-1, 1):
            flap = [
                (neck, 1.22), (neck + wide, 1.42), (wide * 0.8, 1.3 + 1.05 * deep), (0, 1.28 + deep),
                (neck * 0.8, 1.4),
            ]  # fmt: skip
            head.shape(np.array([(x + side * u, v) for u, v in flap]))
        if kind == "sailor" or rng.random() < 0.3:
            black = bool(rng.random() < 0.35)
            for side in (-1, 1):
                bow = [(0, 1.3 + deep), (0.24, 1.22 + deep), (0.26, 1.42 + deep)]
                points = np.array([(x + side * u, v) for u, v in bow])
                head.white(points)
                head.filled(points, black=black)
        if kind == "shirt":
            for y in np.arange(1.45 + deep, min(bottom, 3.2), 0.28):
                head.line(ellipse(x + 0.05, y, 0.028, 0.028, count=14), care=0.4)
        if kind in ("shirt", "hood"):
            head.line([(x, 1.3 + deep), (x + 0.02, bottom)], rng.uniform(0.6, 1))
