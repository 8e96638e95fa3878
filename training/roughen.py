# SPDX-License-Identifier: GPL-3.0-or-later
"""One intended line becomes several sketchy passes.

The pair is built backwards as in Simo-Serra et al. 2016, section 4.1 (inverse dataset reconstruction), but by
program: the clean line is the truth and the passes are made from it. The numbers follow over-sketched
drawings by artists: passes per line median 2, upper quartile 5, a third drawn once; gap between passes median
0.18 % of the drawing's size, 90th percentile 0.5 %; stroke length median 8.6 % of the size.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from drawings.strokes import resample

Rng = np.random.Generator

SEARCHING = 0.17  # share of hands that look for their line with many wide passes
LOOSE = 0.2  # share of hands that draw a line a few times over, each time whole and well beside the last
WIDEST = 0.12  # of a line's length: a short line's passes lie closer


@dataclass(frozen=True)
class Pass:
    """One pencil stroke: (N, 2) points in px, (N,) relative width and (N,) darkness 0..1."""

    points: np.ndarray
    width: np.ndarray
    darkness: np.ndarray


@dataclass(frozen=True)
class Hand:
    """How one artist sketches; drawn anew for every patch."""

    single: float  # share of lines drawn in one pass
    more: float  # mean number of further passes
    spread: float  # standard deviation of a pass from its line, px
    section: float  # median stroke length, px
    overshoot: float  # mean overshoot, px
    gap: float  # mean gap left between one stroke and the next along a line drawn once, px
    wobble: float  # amplitude of the hand's tremor, px
    taper: float  # length over which pressure rises and falls, px
    opacity: tuple[float, float]  # range of a pass's darkness

    @classmethod
    def clean(cls, rng: Rng, size: float) -> Hand:
        """A hand that inks: every line in one firm stroke."""
        return cls(1.0, 0, 0.0, 1e9, 0.0, 0.0, 0.15 * rng.random(), size * 0.02 * rng.random(), (0.8, 1.0))

    @classmethod
    def random(cls, rng: Rng, size: float) -> Hand:
        """A hand for a drawing of `size` px (its longer side)."""
        low = rng.uniform(0.3, 0.75)
        opacity = (low, rng.uniform(low + 0.15, 1.0) if low < 0.85 else 1.0)
        usual = cls(
            single=float(np.clip(rng.normal(0.3, 0.22), 0, 1)),
            more=rng.gamma(1.6, 1.6),
            spread=size * 0.0022 * float(np.exp(rng.normal(0, 0.75))),
            section=size * 0.12 * float(np.exp(rng.normal(0, 0.5))),
            overshoot=size * 0.006 * rng.gamma(1.0),
            gap=size * 0.004 * rng.gamma(1.0) if rng.random() < 0.3 else 0.0,
            wobble=size * 0.0003 * rng.gamma(1.2),
            taper=size * rng.uniform(0.002, 0.03),
            opacity=opacity,
        )
        kind = rng.random()
        if kind < SEARCHING:
            wide = size * 0.0022 * float(np.exp(rng.normal(0.8, 0.6)))
            return replace(usual, single=usual.single * 0.3, more=usual.more + 2, spread=wide)
        if kind < SEARCHING + LOOSE:
            wide = size * 0.0022 * float(np.exp(rng.normal(1.1, 0.5)))
            long = size * 0.5 * float(np.exp(rng.normal(0, 0.5)))
            return replace(usual, single=usual.single * 0.5, more=0.5, spread=wide, section=long)
        return usual


def normals(points: np.ndarray) -> np.ndarray:
    """Unit normals (N, 2) of a polyline, from central differences."""
    tangent = np.empty((len(points), 2))
    tangent[1:-1] = 0.5 * (points[2:, :2] - points[:-2, :2])
    tangent[0], tangent[-1] = points[1, :2] - points[0, :2], points[-1, :2] - points[-2, :2]
    tangent /= np.maximum(np.hypot(tangent[:, 0], tangent[:, 1]), 1e-6)[:, None]
    return np.stack([-tangent[:, 1], tangent[:, 0]], 1)


def smooth_noise(rng: Rng, count: int, period: float) -> np.ndarray:
    """(count,) noise of unit variance that changes over about `period` samples."""
    knots = max(2, int(np.ceil(count / max(period, 1.0))) + 2)
    values = rng.normal(size=knots)
    at = np.arange(count) * ((knots - 1) / max(1, count - 1))
    left = np.minimum(at.astype(np.intp), knots - 2)
    return values[left] + (at - left) * (values[left + 1] - values[left])


def _sections(rng: Rng, length: float, hand: Hand) -> list[tuple[float, float]]:
    """Stretches of arc length that together cover a line, overlapping as an artist's strokes do."""
    if length < hand.section * 1.4:
        return [(0.0, length)]
    out, start = [], 0.0
    while start < length:
        stroke = hand.section * float(np.exp(rng.normal(0.2, 0.4)))
        out.append((start, min(length, start + stroke)))
        start += stroke + rng.exponential(hand.gap) if hand.gap else stroke * rng.uniform(0.7, 0.97)
    return out


def _extra(rng: Rng, length: float, hand: Hand) -> tuple[float, float]:
    span = min(length, hand.section * float(np.exp(rng.normal(0, 0.5)))) * rng.uniform(0.5, 1.0)
    start = rng.uniform(-0.05, 1.05) * (length - span)
    return max(0.0, start), min(length, start + span)


def _pass(
    rng: Rng, line: np.ndarray, step: float, part: tuple[float, float], offset: np.ndarray, hand: Hand
) -> Pass:
    """The part of a resampled line (N, 3), moved by `offset` (N,) along its normals."""
    first = min(int(part[0] / step), len(line) - 2)
    last = max(first + 2, min(len(line), int(part[1] / step) + 2))
    piece = line[first:last]
    count = len(piece)
    side = normals(piece) if count > 2 else np.zeros((count, 2))
    tremor = hand.wobble * (smooth_noise(rng, count, 6 / step) + 0.6 * smooth_noise(rng, count, 16 / step))
    points = piece[:, :2] + side * (offset[first:last] + tremor)[:, None]
    points = _overshoot(rng, points, hand)
    width = np.interp(np.linspace(0, 1, len(points)), np.linspace(0, 1, count), piece[:, 2])
    return press(rng, points, width, hand, step)


def press(rng: Rng, points: np.ndarray, width: np.ndarray, hand: Hand, step: float = 2.0) -> Pass:
    """A pass along points (N, 2) about `step` px apart with a hand's pressure; `width` (N,) of its line."""
    count = len(points)
    every = np.arange(count)
    run = np.minimum(every, every[::-1]) * (0.65 * step / max(hand.taper, 1e-3))
    pressure = np.minimum(0.35 + run, 1)
    pressure *= np.minimum(np.maximum(1 + 0.15 * smooth_noise(rng, count, 40 / step), 0.5), 1.3)
    darkness = rng.uniform(*hand.opacity) * np.minimum(pressure, 1) * width**0.3
    return Pass(points.astype(np.float32), width**0.7 * np.sqrt(pressure), np.minimum(darkness, 1))


def _overshoot(rng: Rng, points: np.ndarray, hand: Hand) -> np.ndarray:
    if hand.overshoot <= 0 or len(points) < 4:
        return points
    reach = min(3, len(points) - 1)
    for end in (0, -1):
        if rng.random() < 0.5:
            inner = points[reach] if end == 0 else points[-1 - reach]
            direction = points[end] - inner
            far = points[end] + direction / max(np.hypot(*direction), 1e-3) * rng.exponential(hand.overshoot)
            points = np.vstack([far, points]) if end == 0 else np.vstack([points, far])
    return points


def _begun_anywhere(rng: Rng, line: np.ndarray) -> np.ndarray:
    """A closed line may begin at any of its vertices; others begin where they begin."""
    if len(line) < 8 or np.hypot(*(line[0, :2] - line[-1, :2])) > 1.0:
        return line
    start = int(rng.integers(len(line) - 1))
    return np.concatenate([line[start:], line[1 : start + 1]])


def roughen(rng: Rng, line: np.ndarray, hand: Hand, step: float = 2.0) -> list[Pass]:
    """Sketch one line: (N, 3) vertices in px with relative width -> passes.

    A lone pass keeps to its line, so that the truth is what the eye sees; several passes scatter around it
    with their mean taken out, for the same reason.
    """
    line = resample(_begun_anywhere(rng, line), step)
    count = len(line)
    if count < 2:
        return []
    length = (count - 1) * step
    parts = _sections(rng, length, hand)
    if rng.random() >= hand.single:
        parts += [_extra(rng, length, hand) for _ in range(min(12, 1 + rng.poisson(hand.more)))]
    offsets = np.zeros((len(parts), count))
    if len(parts) > 1:
        spread = min(hand.spread, WIDEST * length)
        period = max(8.0, hand.section / step / 2)
        for i in range(len(parts)):
            offsets[i] = spread * (0.75 * rng.normal() + 0.55 * smooth_noise(rng, count, period))
        cover = np.zeros_like(offsets)
        for row, (a, b) in zip(cover, parts, strict=True):
            row[int(a / step) : int(b / step) + 2] = 1
        mean = (offsets * cover).sum(0) / np.maximum(cover.sum(0), 1)
        kernel = np.ones(min(count, 15)) / min(count, 15)
        offsets -= np.convolve(mean, kernel, "same")[:count]
    return [_pass(rng, line, step, part, offset, hand) for part, offset in zip(parts, offsets, strict=True)]
