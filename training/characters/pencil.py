# SPDX-License-Identifier: GPL-3.0-or-later
"""How a hand sketches a character: passes over its lines, and blacks that are only filled in somehow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np

from training.characters.curves import lengths
from training.characters.sheet import Black, Line, Loose, Sheet, Tone
from training.hands import RealHand
from training.looks import grain, hatching, low_frequency
from training.roughen import Hand, Pass, Rng, press, roughen
from training.scenes import SUPERSAMPLE, Canvas

REAL = 0.4  # share of pages whose lines are gone over as artists did, where such hands are given
CLEAN = 0.08  # share that is clean already
TOOTH = 0.5  # share drawn on paper whose grain shows in light strokes
PEN, SPREAD = 2.6, 0.5  # px at 1400: median width of pens, and the deviation of its logarithm
BROAD = 0.22  # share of pages of large heads drawn with a brush or a marker, so many times broader:
BROADER, BROADEST = (1.8, 3.5), 14.0  # px at most
FILLINGS = {"hatched": 0.4, "scribbled": 0.25, "marker": 0.2, "solid": 0.15}
SPARSE = 0.35  # share of thin blacks that are filled with fewer strokes, paper between them
UNDER = 30.0  # px: shorter lines are gone over twice at most
WANDERS = (
    120.0  # px: on shorter lines the passes of real hands, taken from longer ones, would lie too far off
)


@dataclass(frozen=True)
class Manner:
    """What one artist does on one page."""

    hand: Hand
    real: RealHand | None
    pen: float
    guides: float  # share of the guides that is drawn, and how dark
    guide_tone: float
    shading: float
    filling: str
    light: float  # 0: all lines alike; 1: minor ones as light as they may be
    black: float  # how dark blacks are filled, in the darkness of lines

    @classmethod
    def random(cls, rng: Rng, size: float, hands: list[RealHand], *, small: bool = False) -> Manner:
        clean = rng.random() < CLEAN
        hand = Hand.clean(rng, size) if clean else Hand.random(rng, size)
        real = hands[rng.integers(len(hands))] if hands and not clean and rng.random() < REAL else None
        pen, most = PEN * size / 1400 * np.exp(rng.normal(0, SPREAD)), 8.0
        if not small and rng.random() < BROAD:  # small figures would be blots
            pen, most = pen * rng.uniform(*BROADER), BROADEST
        return cls(
            hand=hand,
            real=real,
            pen=float(np.clip(pen, 1.0, most)),
            guides=0.0 if clean else float(rng.choice([0, 0.6, 1])),
            guide_tone=rng.uniform(0.15, 0.6) * hand.opacity[0],
            shading=0.0 if clean else float(rng.choice([0, 0.15, 0.4])),
            filling="solid" if clean else str(rng.choice(list(FILLINGS), p=list(FILLINGS.values()))),
            light=0.0 if clean else rng.random(),
            black=rng.uniform(0.75, 1.05),
        )


class Pencil:
    """Draws a settled sheet as its sketch, on a canvas as large as the page."""

    def __init__(
        self, sheet: Sheet, rng: Rng, hands: list[RealHand], papers: list[np.ndarray], *, small: bool = False
    ):
        self.sheet, self.rng, self.papers = sheet, rng, papers
        self.size = float(max(sheet.size))
        self.manner = Manner.random(rng, self.size, hands, small=small)
        self.canvas = Canvas(int(self.size))
        if rng.random() < TOOTH:
            self.canvas.tooth = rng.uniform(0.2, 0.7), grain(rng, self.canvas.fine.shape, papers)

    def draw(self) -> np.ndarray:
        """Darkness of the page, uint8 (H, W)."""
        for number, item in enumerate(self.sheet.items):
            if isinstance(item, Line):
                self._line(number, item.points, item.care, self._lightness(item.light))
            elif isinstance(item, Black):
                self._black(number, item)
            elif isinstance(item, Tone):
                self._tone(number, item)
            elif isinstance(item, Loose):
                self._loose(number, item)
        tall, wide = self.sheet.size
        return np.round(self.canvas.darkness()[:tall, :wide] * 255).astype(np.uint8)

    def _lightness(self, light: float) -> float:
        return 1 - self.manner.light * (1 - light)

    def _loose(self, number: int, item: Loose) -> None:
        rng, manner = self.rng, self.manner
        if item.guide:
            if rng.random() < manner.guides:
                careless = replace(manner.hand, single=0.7, gap=0.0)
                for one in self._passes(item.points, careless, None):
                    self.canvas.draw(replace(one, darkness=_spread(one, manner.guide_tone)), 0.8 * manner.pen)
        elif rng.random() < manner.shading:
            light = item.tone * manner.hand.opacity[1]
            for run in self.sheet.runs(number, item.points):
                for one in self._passes(run, replace(manner.hand, single=1.0), None):
                    self.canvas.draw(replace(one, darkness=_spread(one, light)), 0.8 * manner.pen)

    def _line(self, number: int, points: np.ndarray, care: float, strength: float) -> None:
        manner = self.manner
        pen = manner.pen * float(np.clip(care, 0.3, 1)) ** 1.2  # small figures are drawn with a sharp point
        hand = replace(
            manner.hand,
            more=manner.hand.more * care,
            spread=manner.hand.spread * care,
            overshoot=manner.hand.overshoot * care,
            gap=manner.hand.gap * care,
            wobble=manner.hand.wobble * care,
        )
        for run in self.sheet.runs(number, points):
            for one in self._passes(run, hand, manner.real if care > 0.3 else None):
                self.canvas.draw(one, pen, strength)

    def _passes(self, points: np.ndarray, hand: Hand, real: RealHand | None) -> Iterator[Pass]:
        line = np.column_stack([points, np.ones(len(points))])
        if len(line) < 2:
            return
        long = lengths(points)[-1]
        if long < UNDER:
            hand = replace(hand, more=min(hand.more, 0.5))
        if real is None or long < WANDERS:
            yield from roughen(self.rng, line, hand)
            return
        for one in real.passes_over(self.rng, line, self.size * hand.spread / self.manner.hand.spread):
            yield press(self.rng, one[:, :2], one[:, 2], hand)

    def _black(self, number: int, item: Black) -> None:
        """Blacks are filled in as they come: a thin one by strokes along it, a broad one by its filling."""
        rng, manner = self.rng, self.manner
        dark = float(np.clip(item.tone * manner.black, 0, 1))
        if item.along and manner.filling != "solid":
            across = item.along[0][len(item.along[0]) // 2] - item.along[-1][len(item.along[-1]) // 2]
            apart = float(np.hypot(*across)) / max(1, len(item.along) - 1)
            pen, strokes = rng.uniform(0.5, 0.9), item.along
            if rng.random() < SPARSE and len(strokes) > 3:
                strokes = strokes[:: 2 if len(strokes) % 2 else 3]
            for stroke in strokes:
                for run in self.sheet.runs(number, stroke) if rng.random() < 0.92 else []:
                    for one in self._passes(run, replace(manner.hand, single=1.0, spread=0.3), None):
                        self.canvas.draw(
                            one, max(pen * manner.pen, apart * rng.uniform(0.6, 1.1)), dark * 1.15
                        )
            return
        self._line(number, np.vstack([item.points, item.points[:1]]), item.care * 0.6, 0.9)
        place, mask = self.sheet.mask(number, [item.points, *item.holes])
        if mask.size:
            self._fill(place, mask, manner.filling, dark)

    def _tone(self, number: int, item: Tone) -> None:
        place, mask = self.sheet.mask(number, [item.points])
        if mask.size and self.rng.random() < 0.8:
            self._fill(place, mask, str(self.rng.choice(["hatched", "marker"], p=[0.75, 0.25])), item.tone)

    def _fill(self, place: tuple[slice, slice], mask: np.ndarray, filling: str, dark: float) -> None:
        """Darken an area as far as `dark`, in that of the hand's firmest strokes."""
        rng, firm = self.rng, self.manner.hand.opacity[1]
        if filling in ("hatched", "scribbled"):
            gap = max(1.2, self.manner.pen * rng.uniform(0.5, 1.0))
            laid = hatching(rng, mask.shape, gap, scribbled=filling == "scribbled")
            soft = cv2.GaussianBlur(mask, (0, 0), rng.uniform(0.4, 1.5)).astype(np.float32) / 255
            laid *= np.where(soft > rng.uniform(0.2, 0.6), 1, 0)
        else:
            laid = mask.astype(np.float32) / 255
            if filling == "marker":
                streaks = hatching(rng, mask.shape, rng.uniform(4, 12), scribbled=False)
                uneven = 1 + 0.12 * low_frequency(rng, mask.shape, int(rng.integers(2, 8)))
                laid *= np.clip((0.8 + 0.25 * streaks) * uneven, 0, 1.05)
        laid = cv2.resize(laid * (dark * firm), None, fx=SUPERSAMPLE, fy=SUPERSAMPLE)
        rows, columns = (slice(s.start * SUPERSAMPLE, s.stop * SUPERSAMPLE) for s in place)
        view = self.canvas.fine[rows, columns]
        view += (1 - view) * np.clip(laid[: view.shape[0], : view.shape[1]], 0, 1)


def _spread(one: Pass, tone: float) -> np.ndarray:
    """A pass's darkness, brought to a mean of `tone`."""
    return np.asarray(np.clip(one.darkness * (tone / max(float(one.darkness.mean()), 1e-3)), 0, 1))
