# SPDX-License-Identifier: GPL-3.0-or-later
"""How wide a sketch's strokes are along its lines, told from what is drawn across them.

Across a line, darkness adds up to how much pencil was laid there: a firm touch is wide and dark, and where a
hand went over a line again there is more of it. Lengths are px at working scale.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.arrays import Bytes, Floats, Mask

Indices = NDArray[np.int32]

REACH = 12.0  # px to both sides of a line that are looked at
STEP = 0.5
PEAK = 2.0  # px to both sides within which a stroke is darkest
AT_LINE = 3.0  # px to both sides that belong to a line in any case: there its other passes are
EDGE = 0.5  # of its darkest: as far as it is no lighter, a stroke goes on
SOFT = 1.0  # px that its soft edge is wide beyond that
RISE = 0.08  # of its darkest, by which it gets darker again beyond a valley: there another pass lies
DRAWN = 30.0  # darkness from which there is a stroke: a line may run between passes that lie apart
ARM = 4  # vertices to both sides that tell where a line goes
ONWARD = 14  # vertices along a line that may lie near each other; farther ones are as another line's
ODD = 7  # vertices to both sides that outvote what is odd
CALM = (
    6,
    16,
)  # vertices to both sides over which widths are averaged twice, at a line's ends and far from them
FINE = 4096  # steps of a px in which that is done
CHUNK = 4096  # vertices worked at once: some 12 MB

_OFFSETS = np.arange(-REACH, REACH + STEP / 2, STEP, dtype=np.float32)
_MIDDLE = len(_OFFSETS) // 2


class _Lines(NamedTuple):
    """Lines laid end to end: vertices (N, 2), normals (N, 2), the line of each, and how many vertices it has
    around if it is closed, else a number beyond all (N,).
    """

    points: Floats
    normals: Floats
    owner: Indices
    around: Indices


class Widths(NamedTuple):
    """How wide the strokes behind some lines are: float32 (N,) for each line, in px of full darkness.

    Attributes:
        whole: all the passes that a line stands for.
        alone: the darkest of them, where passes lie so far apart that it can be told from the others.
    """

    whole: list[Floats]
    alone: list[Floats]


def stroke_widths(darkness: Bytes, lines: list[Floats], rings: list[bool]) -> Widths:
    """How wide the strokes behind some lines are.

    Args:
        darkness: uint8 (H, W) of the sketch.
        lines: float32 vertices (N, 2) about 1 px apart, whole numbers the middles of pixels.
        rings: which of them are closed.

    Where other lines cross or come near, what their strokes would add is left out. Widths change no faster
    than over some 30 px. 0 all along a line where too little tells: between passes, or amidst other lines.
    """
    if not lines:
        return Widths([], [])
    counts = [len(line) for line in lines]
    laid = _Lines(
        np.concatenate(lines).astype(np.float32),
        np.concatenate([_normals(line, ring) for line, ring in zip(lines, rings, strict=True)]),
        np.repeat(np.arange(len(lines), dtype=np.int32), counts),
        np.repeat([n - 1 if ring else 1 << 30 for n, ring in zip(counts, rings, strict=True)], counts).astype(
            np.int32
        ),
    )
    image, marks = np.pad(darkness, (0, 1), "edge"), _marks(laid.points, darkness.shape)
    measured = np.concatenate(
        [_across(image, marks, laid, slice(i, i + CHUNK)) for i in range(0, len(laid.points), CHUNK)], axis=1
    )
    cuts = np.cumsum(counts)[:-1]
    whole, alone = (
        [_along(part, ring) for part, ring in zip(np.split(one, cuts), rings, strict=True)]
        for one in measured
    )
    return Widths(whole, alone)


def _normals(line: Floats, ring: bool) -> Floats:
    """Unit normals (N, 2) of a line; zero where it goes nowhere."""
    every, last = np.arange(len(line)), len(line) - 1
    before, after = every - ARM, every + ARM
    ends = (before % last, after % last) if ring else (np.maximum(before, 0), np.minimum(after, last))
    way = line[ends[1]] - line[ends[0]]
    way = way / np.maximum(np.sqrt((way * way).sum(1)), 1e-6)[:, None]
    return np.stack([-way[:, 1], way[:, 0]], 1).astype(np.float32)


def _marks(points: Floats, shape: tuple[int, ...]) -> Indices:
    """Which vertex lies at a pixel, -1 for none: (H + 1, W + 1), with no gap in a line to slip through."""
    marks = np.full((shape[0] + 1, shape[1] + 1), -1, np.int32)
    at = np.rint(points).astype(np.intp)
    x, y = np.clip(at[:, 0], 0, shape[1] - 1), np.clip(at[:, 1], 0, shape[0] - 1)
    index = np.arange(len(points), dtype=np.int32)
    for down, right in ((0, 1), (1, 0), (0, 0)):
        marks[y + down, x + right] = index
    return marks


def _across(image: Bytes, marks: Indices, lines: _Lines, some: slice) -> Floats:
    """Darkness across the strokes at some vertices, and across the darkest pass of each, in px of full
    darkness (2, n); 0 where it is not theirs alone.
    """
    place = lines.points[some, None] + _OFFSETS[:, None] * lines.normals[some, None]
    most = np.array([image.shape[1] - 2, image.shape[0] - 2], np.float32)
    on_page = ((place > -0.5) & (place < most + np.float32(0.5))).all(2)
    place = np.clip(place, 0.0, most)
    profile = _sampled(image, place) * on_page
    around = round(PEAK / STEP)
    near = profile[:, _MIDDLE - around : _MIDDLE + around + 1]
    peak = near.max(1)
    darkest = near.argmax(1) + _MIDDLE - around
    stroke = _run(profile >= EDGE * peak[:, None], darkest)
    along = stroke[:, 0] | stroke[:, -1]  # no end within reach: this is the side of another line's stroke
    for _ in range(round(SOFT / STEP)):
        stroke[:, 1:-1] |= stroke[:, 2:] | stroke[:, :-2]
    stroke[:, np.abs(_OFFSETS) <= AT_LINE] = True
    shared = (stroke & _other_lines(marks, place, lines, some)).any(1)
    profile = profile * stroke
    amounts = np.stack([profile, profile * _one_pass(profile, darkest, RISE * peak)]).sum(2)
    return np.where((peak < DRAWN) | along | shared, np.float32(0.0), amounts * np.float32(STEP / 255))


def _one_pass(profile: Floats, darkest: NDArray[np.intp], rise: Floats) -> Mask:
    """From the `darkest` (n,) of each profile (n, M) as far as it does not rise again by `rise` (n,)."""
    column, last = np.arange(profile.shape[1]), profile.shape[1] - 1
    mine = np.zeros(profile.shape, np.bool_)
    for way, middle in ((1, darkest), (-1, last - darkest)):
        outwards, beyond = profile[:, ::way], column >= middle[:, None]
        valley = np.minimum.accumulate(np.where(beyond, outwards, np.float32(np.inf)), axis=1)
        risen = np.maximum.accumulate(np.where(beyond, outwards - valley, np.float32(0.0)), axis=1)
        mine |= (beyond & (risen < rise[:, None]))[:, ::way]
    return mine


def _other_lines(marks: Indices, place: Floats, lines: _Lines, some: slice) -> Mask:
    """Whether places (n, M, 2) across some vertices lie on a line that does not go on from there (n, M)."""
    at = np.rint(place).astype(np.intp)
    met = marks[at[..., 1], at[..., 0]]
    apart = np.abs(met - np.arange(some.start, some.start + len(met), dtype=np.int32)[:, None])
    apart = np.minimum(apart, np.abs(lines.around[some, None] - apart))
    return np.asarray((met >= 0) & ((lines.owner[met] != lines.owner[some, None]) | (apart > ONWARD)))


def _sampled(image: Bytes, place: Floats) -> Floats:
    """An image between its pixels, bilinear, at places (..., 2) that have pixels to their right and below."""
    corner = place.astype(np.intp)
    right, down = np.moveaxis(place - corner.astype(np.float32), -1, 0)
    x, y = corner[..., 0], corner[..., 1]
    upper = image[y, x] * (1 - right) + image[y, x + 1] * right
    lower = image[y + 1, x] * (1 - right) + image[y + 1, x + 1] * right
    return np.asarray(upper * (1 - down) + lower * down, np.float32)


def _run(mask: Mask, start: NDArray[np.intp]) -> Mask:
    """The run of each row of a mask (n, M) that holds its column `start` (n,)."""
    column = np.arange(mask.shape[1])
    before, after = column < start[:, None], column > start[:, None]
    first = np.where(before & ~mask, column, -1).max(1)
    last = np.where(after & ~mask, column, mask.shape[1]).min(1)
    return np.asarray((column > first[:, None]) & (column < last[:, None]))


def _known(measured: Floats, ring: bool) -> tuple[NDArray[np.intp], Floats]:
    """Vertices at which a line's width is known, and what it is there but for what is odd; none if few."""
    around = measured[:-1] if ring else measured
    known = np.flatnonzero(around)
    if len(known) < min(ODD, len(around) / 4):
        return known[:0], measured[:0]
    beyond = np.pad(around[known], ODD, "wrap" if ring else "edge")
    return known, np.median(np.lib.stride_tricks.sliding_window_view(beyond, 2 * ODD + 1), axis=1)


def _along(measured: Floats, ring: bool) -> Floats:
    """Widths measured along a line (N,), 0 where unknown, made whole and calm; 0 where too few are known."""
    known, values = _known(measured, ring)
    if not len(known):
        return np.zeros_like(measured)
    count = len(measured) - ring
    whole = np.interp(np.arange(count), known, values, period=count if ring else None)
    if ring:
        whole = np.pad(whole, 2 * CALM[1], "wrap")
    # Whole numbers add up exactly: a place comes out the same whatever lies farther off along the line.
    steps = np.rint(whole * FINE).astype(np.int64)
    every, last = np.arange(len(steps)), len(steps) - 1
    reach = np.clip(np.minimum(every, last - every), *CALM)
    low, high = np.maximum(every - reach, 0), np.minimum(every + reach, last) + 1
    for _ in range(2):
        total = np.concatenate([[0], np.cumsum(steps)])
        steps = (total[high] - total[low]) // (high - low)
    calm = (steps / FINE).astype(np.float32)
    if ring:
        calm = calm[2 * CALM[1] : -2 * CALM[1]]
        calm = np.concatenate([calm, calm[:1]])
    return calm
