# SPDX-License-Identifier: GPL-3.0-or-later
"""Eyes as inkers draw them: a tapered black lash, an iris ring, a black pupil with its light left white."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from drawings.strokes import resample
from training.characters.curves import bezier, ellipse
from training.characters.head import Head
from training.characters.sheet import Black, Line
from training.roughen import Rng, normals

SMALL, MIDDLE = 115.0, 190.0  # px at 1400: heads lower than this have plainer eyes
MARGIN = 0.12  # of an eye's width, that its box is larger


@dataclass(frozen=True)
class Gaze:
    """How both eyes of a face are drawn; sizes are in half widths of an eye."""

    kind: str  # open, half, closed, dot
    fill: str  # ring, graded, solid, cells
    top: float  # height of the upper lid, and of the lower
    bottom: float
    iris: float
    tall: float
    look: tuple[float, float]
    slant: float
    lash: float
    spikes: int
    arc: int  # closed eyes: 1 as in a smile
    brow: str  # solid, line, outline
    anger: float
    dark: bool  # the iris is drawn darkly, and spotted

    @classmethod
    def random(cls, rng: Rng, style: str) -> Gaze:
        """Eyes of a style of drawing: shoujo, shounen, chibi, comic or cartoon."""
        top = {"shoujo": 0.92, "chibi": 1.0, "shounen": 0.62, "comic": 0.45, "cartoon": 0.7}[style]
        bottom = {"shoujo": 0.7, "chibi": 0.8, "shounen": 0.48, "comic": 0.32, "cartoon": 0.6}[style]
        high = rng.uniform(0.85, 1.2)
        kind = str(rng.choice(["open", "half", "closed"], p=[0.68, 0.13, 0.19]))
        sideways = rng.normal(0, 0.1) if rng.random() < 0.65 else rng.choice([-0.3, 0.3])
        return cls(
            kind="dot" if style == "cartoon" and rng.random() < 0.7 else kind,
            fill=str(rng.choice(["ring", "graded", "solid", "cells"], p=[0.34, 0.3, 0.22, 0.14])),
            top=top * (0.35 if kind == "half" else high),
            bottom=bottom * high,
            iris={"comic": 0.42, "shounen": 0.46}.get(style, 0.52),
            tall=rng.uniform(1.05, 1.5),
            look=(float(sideways), rng.normal(0, 0.04)),
            slant=rng.normal(0.04, 0.1),
            lash=rng.uniform(0.1, 0.34) * {"shoujo": 1.15, "comic": 0.7}.get(style, 0.95),
            spikes=int(rng.integers(0, 4)) + (style == "shoujo"),
            arc=int(rng.choice([-1, 1])),
            brow=str(rng.choice(["solid", "line", "outline"], p=[0.45, 0.35, 0.2])),
            anger=rng.normal(0, 0.06),
            dark=bool(rng.random() < 0.6),
        )

    def closed(self) -> Gaze:
        return replace(self, kind="closed")

    def upper(self, u: np.ndarray) -> np.ndarray:
        """Height of the upper lid at u, -1 the inner corner and 1 the outer."""
        shifted = np.clip((u + 0.12) / (1 + 0.12 * np.sign(u + 0.12)), -1, 1)
        return self.top * np.clip(1 - np.abs(shifted) ** 2.3, 0, 1) ** 0.75

    def lower(self, u: np.ndarray) -> np.ndarray:
        return -self.bottom * np.clip(1 - np.abs(np.clip(u, -1, 1)) ** 2.6, 0, 1) ** 0.7


class Eye:
    """One eye of a head, on `side` -1 or 1, at (x, y) of its face and half as wide as `width`."""

    def __init__(self, head: Head, gaze: Gaze, side: int, x: float, y: float, width: float):
        self.head, self.rng, self.gaze = head, head.rng, gaze
        self.side, self.x, self.y, self.width = side, x, y, width
        self.shine = -side * head.flip  # lights lie on one side in both eyes
        self.big = head.height > MIDDLE

    def at(self, u: ArrayLike, v: ArrayLike) -> np.ndarray:
        """Points of the head from those of the eye: u outwards, v up, in half widths."""
        u, v = np.broadcast_arrays(np.atleast_1d(np.asarray(u, float)), np.asarray(v, float))
        across = self.x + self.side * u * self.width * self.head.across
        return self.head.at(across, self.y - (v + self.gaze.slant * u) * self.width)

    def draw(self) -> None:
        sheet = self.head.sheet
        first = len(sheet.items)
        {"dot": self._dot, "closed": self._shut}.get(self.gaze.kind, self._open)()
        drawn = [item.points for item in sheet.items[first:] if isinstance(item, Line | Black)]
        points = np.vstack(drawn)
        pad = MARGIN * self.width * self.head.unit
        corners = np.vstack([points, points.min(0) - pad, points.max(0) + pad])
        sheet.eyes.append((len(sheet.items) - 1, corners))
        sheet.eye_faces.append(len(sheet.faces) - 1)
        self._brow()

    def _dot(self) -> None:
        rng = self.rng
        light = [self.at(*ellipse(-0.12, 0.3, 0.13, 0.16).T)] if self.big and rng.random() < 0.6 else []
        self.head.black(self.at(*ellipse(0, 0, 0.36, 0.5 * self.gaze.tall).T), light)
        if rng.random() < 0.4:
            u = np.linspace(-0.7, 0.7, 16)
            self.head.line(self.at(u, 0.85 + 0.2 * (1 - 2 * u**2)), care=0.6)

    def _shut(self) -> None:
        rng, gaze = self.rng, self.gaze
        u = np.linspace(-1, 1.1, 30)
        self._lash(u, gaze.arc * 0.4 * (1 - u**2) - 0.1, 0, flick=gaze.arc < 0)
        for number in range(int(rng.integers(0, 4)) if self.big else 0):
            a = 0.35 + 0.22 * number
            v = gaze.arc * 0.4 * (1 - a * a) - 0.12
            self.head.line(self.at([a, a + 0.16], [v, v - 0.24]), 0.8, 0.5)
        if rng.random() < 0.5:
            self.head.line(self.at(u[6:24], gaze.arc * 0.3 * (1 - u[6:24] ** 2) + 0.35), 0.7, 0.6)

    def _open(self) -> None:
        rng, gaze, head = self.rng, self.gaze, self.head
        self._iris()
        u = np.linspace(-1.02, 1.08, 40)
        spikes = gaze.spikes if head.height > SMALL else min(1, gaze.spikes)
        self._lash(u, gaze.upper(u), spikes, flick=True)
        under = np.linspace(rng.uniform(-0.4, 0.45), rng.uniform(0.85, 0.98), 20)
        head.line(self.at(under, gaze.lower(under)), 0.85, 0.6)
        if head.height < SMALL:
            return
        for _ in range(rng.integers(0, 4)):
            b = np.array([rng.uniform(0.35, 0.9)])
            low = gaze.lower(b)[0]
            ends = [low - 0.02, low - rng.uniform(0.14, 0.25)]
            head.line(self.at([b[0], 1.1 * b[0] + 0.1], ends), 0.75, 0.5)
        if rng.random() < 0.7:
            crease = np.linspace(rng.uniform(-0.75, -0.4), rng.uniform(0.5, 0.95), 20)
            high = gaze.upper(crease) * 0.95 + gaze.lash * 1.2 + 0.1
            head.line(self.at(crease, high), rng.uniform(0.5, 0.9), 0.6)

    def _inside(self, points: np.ndarray) -> np.ndarray:
        """Points (N, 2) of an eye, brought between its lids, in the head's units."""
        low, high = self.gaze.lower(points[:, 0]), self.gaze.upper(points[:, 0])
        return self.at(points[:, 0], np.clip(points[:, 1], low, high))

    def _iris(self) -> None:
        gaze, rng, head = self.gaze, self.rng, self.head
        share = 0.92 if gaze.kind == "open" else 1.2
        down = max(gaze.iris * gaze.tall, 0.5 * (gaze.top + gaze.bottom) * share)
        x, y = gaze.look[0], gaze.look[1] + 0.5 * (gaze.top - gaze.bottom) + 0.04

        def spot(dx: float, dy: float, across: float, tall: float) -> np.ndarray:
            own = ellipse(x + dx * gaze.iris, y + dy * down, across * gaze.iris, tall * down, count=30)
            return self._inside(own)

        lights = [spot(0.38 * self.shine, 0.42, 0.26, 0.24)]
        if self.big and rng.random() < 0.6:
            lights.append(spot(-0.34 * self.shine, -0.5, 0.16, 0.13))
        fill = gaze.fill
        if head.height < SMALL:
            fill = "solid" if fill in ("solid", "graded") else "ring"
        ring = ellipse(x, y, gaze.iris, down, count=70)
        pupil = spot(0, -0.05, 0.34, 0.36)
        if fill == "solid" and gaze.dark:
            head.black(
                self._inside(ring), lights if head.height > 75 else lights[:1], tone=rng.uniform(0.7, 1)
            )
            return
        if fill in ("solid", "graded") or rng.random() < 0.5:  # a grey iris stays open
            head.tone(self._inside(ring), rng.uniform(0.12, 0.55))
        self._ring(ring)
        if fill == "graded" and gaze.dark:
            head.black(self._upper_half(x, y, down), [*lights[:1], spot(0, -0.05, 0.42, 0.44)], tone=0.9)
        if fill == "cells":
            self._cells(x, y, down)
        head.black(pupil, lights[:1])
        for light in lights if self.big else []:
            head.line(light, 0.75, 0.4)

    def _ring(self, ring: np.ndarray) -> None:
        """The iris where no lid hides it."""
        gaze = self.gaze
        free = (ring[:, 1] <= gaze.upper(ring[:, 0])) & (ring[:, 1] >= gaze.lower(ring[:, 0]))
        if free.all():
            self.head.line(self.at(*ring.T), care=0.5)
            return
        start = int(np.argmax(~free))
        ring, free = np.roll(ring[:-1], -start, 0), np.roll(free[:-1], -start)
        cut = np.flatnonzero(np.diff(np.concatenate([[0], free.astype(int), [0]])))
        for a, b in zip(cut[::2], cut[1::2], strict=True):
            if b - a > 3:
                self.head.line(self.at(*ring[a:b].T), care=0.5)

    def _upper_half(self, x: float, y: float, down: float) -> np.ndarray:
        """The dark upper part of a graded iris, with a scalloped edge."""
        across = self.gaze.iris
        t = np.linspace(0, np.pi, 24)
        wave = 0.1 * np.cos(5 * t + self.rng.uniform(0, 3))
        low = np.column_stack([x + across * np.cos(t), y + (0.12 + wave) * down])
        return self._inside(np.vstack([low, ellipse(x, y, across, down, np.pi, 0, 24)]))

    def _cells(self, x: float, y: float, down: float) -> None:
        """Spokes from the pupil to the ring."""
        turns = np.linspace(0.2, 2 * np.pi, int(self.rng.integers(4, 7)), endpoint=False)
        for a in turns + self.rng.uniform(0, 1):
            along, bend = np.array([0.5, 0.75, 0.98]), np.array([0, 0.12, 0])
            u, v = x + self.gaze.iris * along * np.cos(a + bend), y + down * along * np.sin(a + bend)
            self.head.line(self._inside(np.column_stack([u, v])), 0.7, 0.4)

    def _lash(self, u: np.ndarray, v: np.ndarray, spikes: int, *, flick: bool) -> None:
        """The upper lash: one tapered black, with a flick and spikes at its outer end."""
        rng = self.rng
        path = resample(np.column_stack([u, v]), 0.05)
        t, up = np.linspace(0, 1, len(path)), normals(path)
        up = up if up[len(path) // 2, 1] > 0 else -up
        thick = self.gaze.lash * (0.35 + 0.65 * t**0.8) * np.clip((1.04 - t) * 7, 0.3, 1)
        high, low = path + up * thick[:, None], path - up * 0.25 * thick[:, None]
        ahead = path[-1] - path[-3]
        tip = path[-1] + ahead
        if flick:
            out = [rng.uniform(0.05, 0.2), rng.uniform(0.0, 0.16)]
            tip = path[-1] + ahead / np.hypot(*ahead) * 0.1 + out
        strokes = int(np.clip(self.gaze.lash * self.head.unit * self.width * 0.5, 2, 9))
        along = [self.at(*(path + up * thick[:, None] * f).T) for f in np.linspace(-0.2, 0.95, strokes)]
        self.head.black(self.at(*np.vstack([high, [tip], low[::-1]]).T), along=along)
        for number in range(spikes):  # lashes that stand out of the band, the outer ones longer
            j = int((0.93 - 0.13 * number - 0.03 * rng.random()) * len(path))
            end = high[j] + up[j] * rng.uniform(0.1, 0.26) + [rng.uniform(0.04, 0.16), 0]
            root = path[min(j + 3, len(path) - 1)]
            sides = [
                bezier([path[j - 3], high[j - 2], end], 10),
                bezier([end, high[j] + [0.02, -0.02], root], 10),
            ]
            stroke = self.at(*bezier([path[j], high[j], end], 10).T)
            self.head.black(self.at(*np.vstack(sides).T), along=[stroke], tone=0.85)

    def _brow(self) -> None:
        rng, gaze = self.rng, self.gaze
        u = np.linspace(-0.8, 1.1, 24)
        v = gaze.top + gaze.lash + rng.uniform(0.28, 0.5) + 0.16 * (1 - (u - 0.2) ** 2) + 3 * gaze.anger * u
        half = rng.uniform(0.05, 0.1) * np.sin(np.pi * np.clip((u + 1.0) / 2.2, 0, 1)) ** 0.5
        if gaze.brow == "line" or self.head.height < 90:
            self.head.line(self.at(u, v), care=0.6)
        elif gaze.brow == "solid":
            edge = self.at(np.concatenate([u, u[::-1]]), np.concatenate([v + half, (v - half)[::-1]]))
            self.head.black(edge, along=[self.at(u, v + f * half) for f in (-0.6, 0, 0.6)], tone=0.85)
        else:
            self.head.line(self.at(u, v + 1.3 * half), 0.9, 0.6)
            self.head.line(self.at(u, v - 1.3 * half), 0.9, 0.6)
