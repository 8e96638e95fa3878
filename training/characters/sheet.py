# SPDX-License-Identifier: GPL-3.0-or-later
"""A drawing as items in the order in which they hide each other, and the truth of what shows."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np

from drawings.strokes import resample
from training.characters.curves import Places, ellipse, ribbon, widths
from training.roughen import Rng
from training.scenes import SHIFT, fixed

STEP = 2.0  # px between the vertices of what shows
HIDDEN, SHORTEST = 10.0, 12.0  # px: gaps shorter than this are closed, pieces shorter than this dropped
USUAL = 400.0  # px: height of a head, on a page of 1400 px, that is drawn with full width


@dataclass(frozen=True)
class Line:
    """A line to be inked: `light` is how hard the pencil presses, `care` how far passes stray."""

    points: np.ndarray
    light: float
    care: float


@dataclass(frozen=True)
class Black:
    """An area to be spotted, with holes left white; a thin one is filled by strokes `along` it."""

    points: np.ndarray
    holes: list[np.ndarray]
    tone: float
    along: list[np.ndarray]
    care: float


@dataclass(frozen=True)
class White:
    """A shape that hides what lies behind it."""

    points: np.ndarray


@dataclass(frozen=True)
class Loose:
    """A stroke of the sketch that is no line: a guide, or one that shades."""

    points: np.ndarray
    tone: float
    care: float
    guide: bool


@dataclass(frozen=True)
class Tone:
    """An area that the sketch shades and the ink leaves white."""

    points: np.ndarray
    tone: float


Item = Line | Black | White | Loose | Tone


@dataclass
class Sheet:
    """A page of `size` (height, width) px; eyes are boxes with the item and the vertices that show them."""

    size: tuple[int, int]
    items: list[Item] = field(default_factory=list)
    eyes: list[tuple[int, np.ndarray]] = field(default_factory=list)
    faces: list[np.ndarray] = field(default_factory=list)
    eye_faces: list[int] = field(default_factory=list)

    def settle(self) -> None:
        """Find out which item lies on top at every pixel."""
        self.top = np.full(self.size, -1, np.int32)
        for number, item in enumerate(self.items):
            if isinstance(item, White):
                shape = [np.round(item.points).astype(np.int32)]
                cv2.fillPoly(self.top, shape, number)
                cv2.polylines(self.top, shape, True, number, 3)  # no slivers of lines along its edge

    def shows(self, number: int, points: np.ndarray) -> np.ndarray:
        """Which of points (N, 2) of an item lie on the page and behind nothing: bool (N,)."""
        x, y = np.round(points[:, :2]).astype(int).T
        tall, wide = self.size
        inside = (x >= 0) & (y >= 0) & (x < wide) & (y < tall)
        return inside & (self.top[y.clip(0, tall - 1), x.clip(0, wide - 1)] <= number)

    def runs(self, number: int, points: np.ndarray) -> list[np.ndarray]:
        """Stretches of an item's polyline that show; they neither flicker nor crumble along an edge."""
        points = resample(points, STEP)
        if len(points) < 2:
            return []
        seen = self.shows(number, points)
        whole = len(points) * STEP
        for state, least in ((False, HIDDEN), (True, SHORTEST)):
            for a, b in _stretches(seen == state):
                inner = state or (a > 0 and b < len(points))
                if inner and (b - a) * STEP < min(least, 0.3 * whole):
                    seen[a:b] = not state
        return [points[a:b] for a, b in _stretches(seen) if b - a >= 2]

    def lines(self) -> list[np.ndarray]:
        """Middle lines (N, 2) of all that is to be inked but broad blacks."""
        found = []
        for number, item in enumerate(self.items):
            if isinstance(item, Line):
                found += self.runs(number, item.points)
            elif isinstance(item, Black) and item.along:
                found += self.runs(number, item.along[len(item.along) // 2])
        return found

    def solid(self) -> np.ndarray:
        """Blacks that show, uint8 (H, W), 255 inside."""
        out = np.zeros(self.size, np.uint8)
        for number, item in enumerate(self.items):
            if isinstance(item, Black):
                place, mask = self.mask(number, [item.points, *item.holes])
                np.maximum(out[place], mask, out=out[place])
        return out

    def mask(self, number: int, rings: list[np.ndarray]) -> tuple[tuple[slice, slice], np.ndarray]:
        """Where an item's area lies, holes left out, and what of it shows there, uint8."""
        low = np.maximum(np.floor(rings[0].min(0)).astype(int) - 1, 0)
        high = np.minimum(np.ceil(rings[0].max(0)).astype(int) + 2, self.size[::-1])
        place = (slice(low[1], max(low[1], high[1])), slice(low[0], max(low[0], high[0])))
        mask = np.zeros((place[0].stop - place[0].start, place[1].stop - place[1].start), np.uint8)
        if mask.size:
            for ring, value in zip(rings, [255, *[0] * len(rings)], strict=False):
                cv2.fillPoly(mask, [fixed(ring - low)], value, cv2.LINE_AA, SHIFT)
            mask[self.top[place] > number] = 0
        return place, mask

    def eye_boxes(self) -> list[tuple[tuple[int, int, int, int], int]]:
        """Boxes (x0, y0, x1, y1) of the eyes of which at least half shows, and which face's they are."""
        boxes = []
        for (number, points), face in zip(self.eyes, self.eye_faces, strict=True):
            if self.shows(number, points).mean() >= 0.5:
                boxes.append((self._box(points), face))
        return boxes

    def face_boxes(self) -> list[tuple[int, int, int, int]]:
        return [self._box(points) for points in self.faces]

    def _box(self, points: np.ndarray) -> tuple[int, int, int, int]:
        limit = np.array(self.size[::-1])
        (x0, y0), (x1, y1) = np.clip(points.min(0), 0, limit), np.clip(points.max(0), 0, limit)
        return int(x0), int(y0), int(x1), int(y1)


def _stretches(wanted: np.ndarray) -> list[tuple[int, int]]:
    """Start and stop of each run of True in a bool (N,)."""
    cut = np.flatnonzero(np.diff(np.concatenate([[0], wanted.astype(int), [0]])))
    return list(zip(cut[::2].tolist(), cut[1::2].tolist(), strict=True))


class Frame:
    """Something drawn about `centre` in units of `unit` px, turned by `angle`, mirrored where `flip` is -1.

    `height` is how high it is on a page of 1400 px: small things are drawn with fewer details, and closer.
    """

    def __init__(
        self, sheet: Sheet, rng: Rng, centre: Places, unit: float, *, angle: float = 0.0, flip: int = 1
    ):
        self.sheet, self.rng, self.unit, self.flip = sheet, rng, unit, flip
        self.centre = np.asarray(centre, float)
        self.height = 2 * unit * 1400 / max(sheet.size)
        self.care = float(np.clip((self.height / USUAL) ** 0.5, 0.35, 1.0))
        cos, sin = np.cos(angle), np.sin(angle)
        self._turn = np.array([[cos, sin], [-sin, cos]])

    def page(self, points: Places) -> np.ndarray:
        """Points in px of the page."""
        own = np.atleast_2d(np.asarray(points, float)) * [self.flip, 1]
        return own @ self._turn * self.unit + self.centre

    def line(self, points: Places, light: float = 1.0, care: float = 1.0) -> None:
        self.sheet.items.append(Line(self.page(points), light, care * self.care))

    def white(self, points: Places) -> None:
        self.sheet.items.append(White(self.page(points)))

    def shape(self, points: Places, light: float = 1.0, care: float = 1.0) -> None:
        """An outline that hides what lies behind it."""
        p = np.asarray(points, float)
        self.white(p)
        self.line(np.vstack([p, p[:1]]), light, care)

    def band(self, path: np.ndarray, half: np.ndarray, *, ends: str = "") -> None:
        """A shape about a path: both sides drawn, and what `ends` names of "a" and "b"."""
        left, right = ribbon_of(path, half)
        self.white(np.vstack([left, right[::-1]]))
        self.line(left)
        self.line(right)
        for name, at in (("a", 0), ("b", -1)):
            if name in ends:
                self.line([left[at], right[at]], care=0.6)

    def black(
        self,
        points: Places,
        holes: list[np.ndarray] | None = None,
        *,
        tone: float = 1.0,
        along: list[np.ndarray] | None = None,
    ) -> None:
        own = [self.page(hole) for hole in holes or []]
        strokes = [self.page(one) for one in along or []]
        self.sheet.items.append(Black(self.page(points), own, tone, strokes, self.care))

    def filled(
        self, points: Places, holes: list[np.ndarray] | None = None, *, black: bool | None = None
    ) -> None:
        """An outlined area that is filled darkly and spotted, or shaded and left white."""
        p = np.asarray(points, float)
        if self.rng.random() < 0.5 if black is None else black:
            self.black(p, holes, tone=self.rng.uniform(0.7, 1.0))
            return
        self.line(np.vstack([p, p[:1]]))
        for hole in holes or []:
            self.line(np.vstack([hole, hole[:1]]), 0.8)
        if self.rng.random() < 0.6:
            self.tone(p, self.rng.uniform(0.1, 0.4))

    def tone(self, points: Places, tone: float) -> None:
        self.sheet.items.append(Tone(self.page(points), tone))

    def guide(self, points: Places) -> None:
        self.sheet.items.append(Loose(self.page(points), 1.0, self.care, True))

    def shading(self, points: Places, tone: float) -> None:
        """A stroke that shades and is not inked."""
        self.sheet.items.append(Loose(self.page(points), tone, self.care, False))

    def ring(self, x: float, y: float, across: float, down: float, light: float = 1.0) -> None:
        self.shape(ellipse(x, y, across, down, count=24), light, 0.7)


def ribbon_of(path: np.ndarray, half: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Edges of a band whose half width goes through the numbers given."""
    return ribbon(path, widths(len(path), *half))
