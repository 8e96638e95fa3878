# SPDX-License-Identifier: GPL-3.0-or-later
"""Hair as locks, whose lines run from tip to root and simply stop; hats, ribbons, ears on top."""

from __future__ import annotations

import numpy as np

from training.characters.curves import Places, bezier, curve, drift, ellipse, ribbon
from training.characters.head import Head, pick

BLACK = 0.12  # share of heads whose hair is filled in and spotted
BACK = {  # how far down the hair behind reaches
    "short": (0.75, 1.0), "spiky": (0.6, 0.95), "bob": (1.0, 1.3), "long": (1.9, 3.0), "tails": (0.7, 0.9),
    "pony": (0.6, 0.8),
}  # fmt: skip
ORNAMENTS = {"none": 0.44, "ribbon": 0.18, "beanie": 0.12, "band": 0.08, "ears": 0.08, "pin": 0.1}


class Hair:
    """The hair of one head: what hangs behind, then what falls over the face."""

    def __init__(self, head: Head):
        self.head, self.rng = head, head.rng
        self.turn = float(np.sin(head.yaw))
        self.black = bool(self.rng.random() < BLACK and head.height > 90)
        self.shaded = self.rng.uniform(0.12, 0.35)  # how dark strokes are that only shade it
        self.volume = self.rng.uniform(0.06, 0.16)

    def lock(
        self,
        path: Places,
        half: float,
        reach: tuple[float, float] = (0.55, 0.95),
        inner: float = 0.85,
        count: int = 36,
    ) -> None:
        """A tapered lock from root to tip; its edges are drawn for `reach` of its length, from the tip."""
        head, rng = self.head, self.rng
        middle = bezier(path, count)
        t = np.linspace(0, 1, count)
        left, right = ribbon(middle, half * np.minimum(1, 0.45 + 1.6 * t) * np.clip(1 - t**3.2, 0, 1))
        edge = np.vstack([left, right[::-1]])
        head.white(edge)
        if self.black:
            self._filled(middle, left, right, edge)
            return
        for side in (left, right):
            head.line(side[int((1 - rng.uniform(*reach)) * count) :], rng.uniform(0.75, 1.0))
        while rng.random() < inner:
            across, (start, stop) = rng.uniform(-0.5, 0.5), sorted(rng.integers(2, count - 2, 2).tolist())
            if stop - start > 5:
                strand = middle + (left - middle) * across
                head.line(strand[start:stop], rng.uniform(0.45, 0.9), 0.7)
            inner -= 0.35
        self._shading(middle, left)

    def _filled(self, middle: np.ndarray, left: np.ndarray, right: np.ndarray, edge: np.ndarray) -> None:
        """A black lock, sometimes with a band of light across it."""
        rng, count = self.rng, len(middle)
        lights = []
        if rng.random() < 0.4:
            a = int(count * rng.uniform(0.2, 0.5))
            b = min(count - 4, a + int(count * rng.uniform(0.08, 0.2)))
            inner = (middle + (side - middle) * 0.75 for side in (left, right))
            one, other = (side[a:b] for side in inner)
            lights = [np.vstack([one, other[::-1]])]
        self.head.black(edge, lights, tone=rng.uniform(0.7, 1))
        for side in (left, right):
            self.head.line(side)

    def _shading(self, middle: np.ndarray, left: np.ndarray) -> None:
        """Light strokes of the sketch along the lock, from its root or its tip."""
        rng, count = self.rng, len(middle)
        if self.head.height < 160:
            return
        root = rng.random() < 0.5
        for across in rng.uniform(-0.9, 0.9, int(rng.integers(2, 8))):
            stop = int(count * rng.uniform(0.2, 0.55))
            strand = middle + (left - middle) * across
            self.head.shading(strand[1:stop] if root else strand[count - stop :], self.shaded)

    def behind(self) -> None:
        head, rng, wide, turn = self.head, self.rng, self.head.wide, self.turn
        across = np.linspace(-1.1, 0.1 if head.profile else 1.0, int(rng.integers(5, 9)))
        wave = rng.normal(0, 0.06)
        for x in across[np.argsort(-np.abs(np.linspace(-1, 1, len(across))))]:
            tip = (wide * x * rng.uniform(1.0, 1.35) - 0.25 * turn, rng.uniform(*BACK[head.hair]))
            side = wide * x * 1.2 + wave - 0.2 * turn
            path = [(wide * x * 0.6 - 0.15 * turn, -0.7), (wide * x * 1.12 - 0.15 * turn, -0.1)]
            self.lock([*path, (side, 0.4 + 0.3 * (tip[1] - 0.6)), tip], 0.22, (0.7, 1.0))
        if head.hair in ("tails", "pony"):
            for side in (-1, 1) if head.hair == "tails" and not head.profile else (-1,):
                self._tail(side)

    def _tail(self, side: int) -> None:
        rng = self.rng
        x, y = side * self.head.wide * 1.05 - 0.2 * self.turn, rng.uniform(-0.6, -0.3)
        long = rng.uniform(1.2, 2.4)
        for number in range(4):
            out, tip = (
                0.4 + 0.1 * number,
                (x + side * (0.15 + 0.13 * number), y + long * rng.uniform(0.85, 1.1)),
            )
            self.lock(
                [(x, y), (x + side * 0.35, y + 0.1), (x + side * out, y + 0.5 * long), tip], 0.15, (0.8, 1)
            )

    def before(self) -> None:
        """The cap, spikes, side locks, and the fringe over forehead, brows and the tops of the eyes."""
        head, rng, wide = self.head, self.rng, self.head.wide
        x, across = -0.13 * self.turn, wide * 1.08 + 0.5 * self.volume
        hairline = head.eye_y - rng.uniform(0.42, 0.62)
        self._cap(x, across, hairline)
        if head.hair == "spiky":
            self._spikes(x, across)
        for side in (-1, 1):
            if rng.random() < 0.85 and not (side > 0 and head.yaw > 1):
                self._side_locks(side)
        self._fringe(x, across)
        if rng.random() < 0.25:
            top = -1 - self.volume
            tip = (x + 0.3 * rng.choice([-1, 1]), top - 0.25)
            self.lock([(x, top), (x + 0.1, top - 0.2), tip], 0.035, (0.9, 1), 0)

    def _cap(self, x: float, across: float, hairline: float) -> None:
        head, rng, wide = self.head, self.rng, self.head.wide
        cap = ellipse(x, -0.2, across, 0.8 + self.volume, np.pi * 1.02, 2 * np.pi - 0.02, 60)
        t = np.linspace(0.98, -1, 16)
        line = head.at(t, hairline - 0.25 + 0.3 * t**2)
        if head.profile:
            line = np.array(
                [(wide * 0.8, hairline), (wide * 0.35, hairline - 0.1), (wide * 0.2, -0.05), (-0.1, 0.1)]
            )
        head.white(np.vstack([cap, line]))
        if self.black:
            head.black(np.vstack([cap, line]), tone=0.9)
        start, stop = int(rng.uniform(0, 3)), 60 - int(rng.uniform(0, 3))
        wobble = np.column_stack([drift(rng, 60, 5), drift(rng, 60, 5)]) * 0.008
        head.line((cap + wobble)[start:stop])

    def _spikes(self, x: float, across: float) -> None:
        rng = self.rng
        for a in rng.permutation(np.linspace(np.pi, 2 * np.pi, 9)) + rng.normal(0, 0.06, 9):
            out = np.array([np.cos(a), np.sin(a)]) * [across, 0.8 + self.volume]
            root, swing = np.array([x, -0.2]), np.array([0.16, 0.05]) * rng.normal(0, 1)
            tip = root + out * rng.uniform(1.15, 1.4) + swing
            self.lock([root + out * 0.55, root + out * 0.9, tip], 0.17, (0.35, 0.7), 0.3)

    def _side_locks(self, side: int) -> None:
        """Locks that hang before the ears."""
        head, rng = self.head, self.rng
        long = rng.uniform(0.3, 0.9) + 0.9 * (head.hair in ("long", "tails") and rng.random() < 0.7)
        x = 0.12 if head.profile else float(head.at(side * 0.95, 0)[0])
        for number in range(int(rng.integers(1, 3))):
            tip = (x * rng.uniform(0.8, 1.1), 0.35 + long * rng.uniform(0.7, 1))
            middle = (x * 1.06 + side * 0.04 * number, 0.3)
            path = [(x * 0.75, -0.75), (x * 1.1 + side * 0.05, -0.25), middle, tip]
            self.lock(path, rng.uniform(0.1, 0.15), (0.6, 0.95))

    def _fringe(self, x: float, across: float) -> None:
        head, rng, wide = self.head, self.rng, self.head.wide
        many = head.height > 160
        count = int(rng.integers(4, 9) if many else rng.integers(3, 6))
        part, sweep = rng.uniform(-0.5, 0.5), rng.normal(0, 0.14)
        deep = rng.uniform(-0.36, 0.0 if many else -0.2)
        places = np.linspace(-0.92, 0.92, count) + rng.normal(0, 0.05, count)
        for place in places[np.argsort(-np.abs(places - part))]:
            if 1.25 * place + head.yaw > 1.5:
                continue
            low = head.eye_y + deep + rng.normal(0, 0.09) + 0.25 * (place - part) ** 2
            tip = head.at(np.clip(place + sweep, -1, 1), low)
            out = np.clip(wide * (part * 0.5 + place * 0.35) / across, -0.9, 0.9)
            root = np.array([x + across * out, -0.2 - (0.8 + self.volume) * 0.84 * np.sqrt(1 - out**2)])
            middle = np.array([x * 0.5 + (root[0] + head.at(place, 0)[0] * 1.6) / 2.2, -0.55])
            half = rng.uniform(0.8, 1.15) * 0.8 * wide / count + 0.03
            path = [root, middle, (middle + tip) / 2 + [0.05 * place, -0.02], tip]
            self.lock(path, half, (0.4, 0.95), 1.0 if many else 0.2)

    def ornament(self) -> None:
        kind = pick(self.rng, ORNAMENTS)
        if kind != "none":
            getattr(self, f"_{kind}")(-0.13 * self.turn)

    def _ribbon(self, x: float) -> None:
        head, rng = self.head, self.rng
        knot, size = np.array([rng.choice([-1, 1]) * head.wide * 0.8 + x, -0.72]), rng.uniform(0.16, 0.26)
        black = rng.random() < 0.25
        for side in (-1, 1):
            rim = [
                (0, -0.04),
                (side * size, -size * 0.7),
                (side * size * 1.25, -0.1 * size),
                (side * size, size * 0.6),
            ]
            loop = knot + curve([*rim, (0, 0.04)])
            head.white(loop)
            head.filled(loop, black=black)
            if not black:
                head.line(knot + np.array([(side * 0.05, 0), (side * size * 0.7, -0.02)]), 0.8, 0.6)
        head.ring(*knot, 0.05, 0.06)

    def _beanie(self, x: float) -> None:
        head, wide = self.head, self.head.wide
        dome = [(-1.2, -0.42), (-1.1, -0.9), (0, -1.28), (1.1, -0.9), (1.15, -0.42)]
        top = curve([(x + wide * u, v) for u, v in dome])
        rim = curve([(x + wide * 1.15, -0.42), (x, -0.55), (x - wide * 1.2, -0.42)])
        head.shape(np.vstack([top, rim]))
        head.line(rim - [0, 0.2])
        for t in np.linspace(-0.95, 0.95, 9):
            bulge = 0.1 * (1 - t * t)
            ends = [(x + wide * 1.15 * t, -0.46 - bulge), (x + wide * 1.12 * t, -0.62 - bulge)]
            head.line(ends, self.rng.uniform(0.6, 1), 0.6)

    def _band(self, x: float) -> None:
        t = np.linspace(-1, 1, 30)
        upper = np.column_stack([x + self.head.wide * 1.12 * t, -0.62 - 0.42 * (1 - t**2) ** 0.6])
        band = np.vstack([upper, (upper + np.array([0, 0.11]))[::-1]])
        self.head.white(band)
        self.head.filled(band, black=bool(self.rng.random() < 0.3))

    def _ears(self, x: float) -> None:
        """A cat's."""
        wide = self.head.wide
        for side in (-1, 1):
            rim = [(0.95, -0.7), (1.1, -1.3), (0.35, -1.02)]
            self.head.shape(curve([(x + side * wide * u, v) for u, v in rim], 10))
            self.head.line([(x + side * wide * 0.85, -0.85), (x + side * wide * 0.98, -1.12)], 0.8, 0.6)

    def _pin(self, x: float) -> None:
        place = np.array([x + self.rng.choice([-1, 1]) * self.head.wide * 0.6, -0.32])
        for side in (1, -1):
            self.head.line(place + np.array([(-0.1, -0.04 * side), (0.1, 0.04 * side)]), care=0.5)
