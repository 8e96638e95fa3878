# SPDX-License-Identifier: GPL-3.0-or-later
"""Marks of the artist's brush preset, painted where nobody sees them: what it looks like, how large it has to
be for a line of some width, and how far beside its way it paints.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking import Rect
from smart_lineart.inking.brushes.strip_files import HEIGHT, WIDTH

from .painting_window import LEAST, PaintingWindow

Bytes = NDArray[np.uint8]

FULLEST = 56.0  # px: how broad a mark shall be at 100 % pressure
FITTING = 44, 62  # px: what is near enough
TRIES = 3
BEFORE = 80  # px to the left of a mark, for the brush's first half
TALL = 384  # px: room for marks that come out larger than their brush's size
FAINTEST = 8

BROAD = 12.0  # px: lines from which on their pixels tell how broad they are
SMALLEST, LARGEST = 0.5, 1000.0  # px: sizes that Krita's brushes may have
CLOSE = 0.04  # of the width asked for: near enough
WIDTH_TRIES = 7
FROM, TO, POINTS = 40.0, 440.0, 41  # px: where a line begins and ends that is measured
MEASURED = 100, 400  # px: of it
REPEATED = 3  # times
DRIFT = 7.0  # px: across its way, so that every part of a pixel counts


@dataclass(frozen=True)
class Measured:
    """A brush's size in px that leaves lines of so many px at half pressure; 0 where it leaves none."""

    size: float
    width: float


def ramp(window: PaintingWindow) -> Generator[int, None, Bytes]:
    """One stroke from left to right while the pressure goes from 0 to 100 %: uint8 (H, 256), 0 ink, 255
    paper, a column for each pressure. H is 64 where the mark fits.
    """
    size, ink = FULLEST, np.zeros((TALL, WIDTH), np.uint8)
    columns = np.linspace(0.0, WIDTH - 1.0, POINTS)
    points = np.column_stack([BEFORE + columns, np.full(columns.size, TALL / 2)])
    for _ in range(TRIES):
        window.clear()
        with window.painting(size):
            window.stroke(points, columns / (WIDTH - 1))
        yield from window.settled()
        ink = window.alpha(Rect(BEFORE, 0, WIDTH, TALL))
        tall = int(np.count_nonzero(ink.max(1) > FAINTEST))
        if not tall or FITTING[0] <= tall <= FITTING[1]:
            break
        size = min(LARGEST, max(1.0, size * FULLEST / tall))
    return in_the_middle(255 - ink)


def size_for(window: PaintingWindow, thickness: float) -> Generator[int, None, Measured]:
    """The brush's size that leaves lines of `thickness` px at half pressure, found by painting them.

    Thin lines are compared with a broad one of the same brush: no pixel of a thin pale line tells whether it
    is thin or pale.
    """
    if thickness >= BROAD:
        return (yield from _fitted(window, thickness, thickness, width_of))
    broad = yield from _fitted(window, BROAD, BROAD, width_of)
    if not broad.width:
        return broad
    ink = yield from _line(window, broad.size)
    dark = float(ink.sum()) / broad.width

    def width(ink: Bytes) -> float:
        return float(ink.sum()) / max(dark, 1e-9)

    return (yield from _fitted(window, thickness, broad.size * thickness / BROAD, width))


def _fitted(
    window: PaintingWindow, thickness: float, size: float, measure: Callable[[Bytes], float]
) -> Generator[int, None, Measured]:
    best = Measured(size, 0.0)
    for _ in range(WIDTH_TRIES):
        width = measure((yield from _line(window, size)))
        if width and (not best.width or abs(width - thickness) < abs(best.width - thickness)):
            best = Measured(size, width)
        if width and abs(width / thickness - 1) <= CLOSE:
            break
        factor = thickness / width if width else 2.0
        size = min(LARGEST, max(SMALLEST, size * min(4.0, max(0.25, factor))))
    return best


def _line(window: PaintingWindow, size: float) -> Generator[int, None, Bytes]:
    """The middle of a level line at half pressure, uint8 (height, width)."""
    columns = np.linspace(FROM, TO, POINTS)
    window.clear()
    with window.painting(size):
        window.stroke(
            np.column_stack([columns, np.full(columns.size, LEAST / 2)]), np.full(columns.size, 0.5)
        )
    yield from window.settled()
    return window.alpha(Rect(MEASURED[0], 0, MEASURED[1] - MEASURED[0], LEAST))


def beside(window: PaintingWindow, size: float) -> Generator[int, None, tuple[float, float]]:
    """How far, x and y in px, marks of a brush of some size lie from where they are painted.

    Krita lays some brushes on whole pixels, and some tips have their middle elsewhere.
    """
    right = yield from _beside(window, size, upright=True)
    down = yield from _beside(window, size, upright=False)
    return right, down


def _beside(window: PaintingWindow, size: float, *, upright: bool) -> Generator[int, None, float]:
    """The same across one line, painted a few times: hairs lie elsewhere each time."""
    along = np.linspace(FROM, TO, POINTS)
    across = LEAST / 2 + DRIFT * (along - FROM) / (TO - FROM)
    line = np.column_stack([across, along] if upright else [along, across])
    window.clear()
    with window.painting(size):
        for _ in range(REPEATED):
            window.stroke(line, np.full(along.size, 0.5))
    yield from window.settled()
    first, count = MEASURED[0], MEASURED[1] - MEASURED[0]
    ink = window.alpha(Rect(0, first, LEAST, count) if upright else Rect(first, 0, count, LEAST))
    return off_the_way(ink.T if upright else ink, along, across)


def off_the_way(ink: Bytes, along: NDArray[np.float64], across: NDArray[np.float64]) -> float:
    """How far down, in px, the middle of a mark lies from a line through points (n,), in the columns that are
    MEASURED: uint8 (height, their count).
    """
    columns = ink.astype(np.float64)
    weight = columns.sum(0)
    rows = np.arange(len(ink)) + 0.5
    middle = (columns * rows[:, None]).sum(0) / np.maximum(weight, 1e-9)
    asked = np.interp(np.arange(*MEASURED) + 0.5, along, across)
    return float(((middle - asked) * weight).sum() / max(float(weight.sum()), 1e-9))


def width_of(ink: Bytes) -> float:
    """How broad in px a level line is, uint8 (height, width): where its ink, along it in the mean, is half as
    dark as in its middle. 0 where there is none.
    """
    profile = ink.astype(np.float64).mean(1)
    most = float(profile.max(initial=0.0))
    if most < FAINTEST / 4:
        return 0.0
    above = np.flatnonzero(profile >= most / 2)
    top, bottom = int(above[0]), int(above[-1])
    padded = np.concatenate([[0.0], profile, [0.0]])
    return bottom - top + 1 - _short(padded, top + 1, -1, most) - _short(padded, bottom + 1, 1, most)


def _short(profile: NDArray[np.float64], at: int, way: int, most: float) -> float:
    """How far inside half a pixel beyond its last row the line falls to half; below 0 where outside."""
    inner, outer = profile[at], profile[at + way]
    return 0.5 - float((inner - most / 2) / max(inner - outer, 1e-9))


def in_the_middle(mark: Bytes) -> Bytes:
    """HEIGHT rows around the mark's own middle, or all rows of a mark that is higher."""
    ink = 255.0 - mark
    rows = np.flatnonzero(ink.max(1) > FAINTEST)
    if not rows.size or np.ptp(rows) >= HEIGHT:
        return mark
    weight = ink.sum(1)
    middle = round(float((weight * np.arange(len(weight))).sum() / weight.sum()) + 0.5)
    top = min(max(middle - HEIGHT // 2, int(rows[-1]) + 1 - HEIGHT), int(rows[0]))
    top = min(max(top, 0), len(mark) - HEIGHT)  # a mark may lie far from its stroke
    return np.ascontiguousarray(mark[top : top + HEIGHT])
