# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws solid black areas, such as pupils, from the network's map."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.arrays import Bytes, Mask
from smart_lineart.inking.geometry import Rect
from smart_lineart.inking.ranges import tuned
from smart_lineart.inking.raster.components import find_runs, label_runs, paint
from smart_lineart.inking.raster.islands import find_islands
from smart_lineart.inking.raster.morphology import depth, grow
from smart_lineart.inking.raster.windows import over_squares

STRIP = 512  # rows drawn at once
FAR = 16  # px from an area within which anything about it is decided; and three times how deep it must be
AROUND = 2  # px around an area that its contour is made of
LEAST_DEEP = 2  # px that any area is deep somewhere: 3 px wide
NEAR, LEAST_FALL = 4, 30  # px within which it is so much lighter than at an area's border, in the mean
COVERED = 0.5  # share of an evenly dark area that is solid, from which all of it is
EVEN = 0.9  # share of a solid area that is such black, from which it is not hatched
RAGGED = 1.6  # times as long as the network's that a contour as drawn is where it was scribbled
EDGE = np.float32(190.0)  # a contour's slope a working pixel
LEAST_SLOPE = np.float32(2.0)  # of a probability x 255 over two pixels, that it is a contour by

# What lies deeper in black than half the usual width of strokes, so many times, is no stroke. It is solid
# where the network holds it for that rather than for a line, and not only where it is sure of it.
DEEPER, LEAST_BROAD = 1.5, 4  # px at least
LEAST_AREA = 12  # px
AS_BLACK = 200  # mean darkness, nearly that of firm lines: no shading has it
HINT = 0.3  # mean probability of solid black
# So deep in px, black lies beside strokes as wide as any it knows: there it may hold it for nothing.
BROADEST, SILENT = 7, 0.1  # SILENT is the mean probability of a line, below which it tells of none


@dataclass(frozen=True)
class FillTuning:
    """Which areas are solid black."""

    solid: float = tuned(0.4, 0.0, 1.0)  # probability from which an area counts as solid black
    weak: float = tuned(0.2, 0.0, 1.0)  # the same where it is black rather than line
    drawn: int = tuned(110, 0, 255)  # mean darkness that it has; the page's firm lines have 210
    black: int = tuned(150, 0, 255)  # darkness of what is black by itself
    broad: float = tuned(1.5, 0.0, 5.0)  # times as broad as the page's strokes that it is somewhere


def _along(start: int, stop: int, page: int, count: int) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Lower neighbours and fractions for linear interpolation of `count` samples at page px start..stop."""
    at = np.clip((np.arange(start, stop) + 0.5) * (count / page) - 0.5, 0, max(count - 1, 0))
    low = np.minimum(at.astype(np.intp), max(count - 2, 0))
    return low, (at - low).astype(np.float32)


def solid_shapes(
    line: Bytes,
    probability: Bytes,
    darkness: Bytes,
    usual: float,
    tuning: FillTuning = FillTuning(),
    known: Mask | None = None,
) -> Bytes | None:
    """Find solid areas and give them a clean contour at 128, or None when there are none.

    All are uint8 (h, w) at working scale: the network's probabilities x 255 of lines and of black, whose
    contour is smoothed over a working pixel or two, and the sketch's darkness. An area is judged as a whole:
    a pupil may be hatched, but what is pale or has no edge is shade, and what is as narrow as strokes of
    `usual` px is a stroke. What is `known` to be solid, bool (h, w), is.
    """
    if known is not None:
        probability, darkness = (np.where(known, np.uint8(255), one) for one in (probability, darkness))
    deep = max(LEAST_DEEP, math.ceil(0.5 * tuning.broad * usual))
    broad = _broad(darkness > tuning.drawn, deep)
    likely = probability >= 255 * min(tuning.weak, tuning.solid)
    out = None
    for window, own in find_islands(likely | broad, FAR + 3 * deep):
        if not (likely[window] & own).any():
            continue
        part = _solid_within(line[window], probability[window], darkness[window], broad[window], deep, tuning)
        if part is not None and part[own].any():
            out = np.zeros(line.shape, np.uint8) if out is None else out
            np.copyto(out[window], part, where=own)
    return out


def _solid_within(
    line: Bytes, probability: Bytes, darkness: Bytes, broad: Mask, deep: int, tuning: FillTuning
) -> Bytes | None:
    """:func:`solid_shapes` of a part of the page (h, w), with what is `broad` there, see `_broad`."""
    probability = _raised(probability, line, tuning)
    found = contour(probability, tuning.solid) > 127
    solid = _drawn_on(found, darkness, tuning.drawn, deep)
    if not solid.any():
        return None
    apart = np.where(grow(solid, AROUND) & ~(found & ~solid), probability, np.uint8(0))
    return _as_drawn(contour(apart, tuning.solid), darkness, broad, tuning.drawn, deep)


def _broad(dark: Mask, deep: int) -> Mask:
    """What of a dark mask (H, W) belongs to places that are so deep somewhere, see `depth`."""
    return grow(depth(dark, deep) >= deep, deep) & dark


def _raised(probability: Bytes, line: Bytes, tuning: FillTuning) -> Bytes:
    """Probability of black (h, w), raised from `weak` to `solid` in areas that are black rather than `line`.

    Of a lash drawn in a few strokes the network says half one, half the other: either is ink, but neither
    would be drawn. Two thresholds, and what decides between them is an area, not a pixel (cf. Canny 1986).
    """
    areas = _Areas(contour(probability, tuning.weak) > 127)
    if tuning.weak >= tuning.solid or not len(areas):
        return probability
    rather = areas.select(areas.total(probability) > areas.total(line))
    told, meant = (255 * np.array([0, level, 1]) for level in (tuning.weak, tuning.solid))
    levels = np.interp(np.arange(256), told, meant).astype(np.uint8)
    return np.where(grow(rather, AROUND) & ~(areas.mask & ~rather), levels[probability], probability)


class _Areas:
    """The connected areas of a mask (H, W), and sums over each: (N,), with 0 for numbers that none has."""

    def __init__(self, mask: Mask):
        self.mask = mask
        self.runs = find_runs(mask)
        self.label = label_runs(self.runs, mask.shape[1])
        lengths = self.runs.stop - self.runs.start
        self._first = np.cumsum(lengths) - lengths  # of each run, among the mask's pixels

    def __len__(self) -> int:
        return len(self.label)

    def total(self, image: NDArray[Any]) -> NDArray[np.float64]:
        """Sums (N,) of an image (H, W) over the areas."""
        if not len(self):
            return np.zeros(0)
        inside = np.add.reduceat(image[self.mask], self._first, dtype=np.int64)
        return np.asarray(np.bincount(self.label, inside, len(self)), np.float64)

    def select(self, kept: NDArray[np.bool_]) -> Mask:
        """Those of the areas that are `kept` (N,), as a mask (H, W)."""
        return paint(self.runs, kept[self.label], self.mask.shape) if len(self) else self.mask


def _as_drawn(shapes: Bytes, darkness: Bytes, broad: Mask, least: int, deep: int) -> Bytes:
    """Shapes (h, w) with the sketch's own contour where it is blacked evenly, and `shapes` where it is
    hatched or scribbled: that has no edge of its own, and the network's is never as sharp as what was drawn.

    Black is what is darker than `least` and `broad`, see `_broad`, and mostly solid.
    """
    solid, dark = shapes > 127, darkness > least
    blots = _Areas(broad)
    black = blots.select(blots.total(solid) >= COVERED * blots.total(dark))
    for _ in range(deep):  # the corners that opening took
        black |= grow(black, 1) & dark
    areas = _Areas(solid)
    even = areas.total(dark & black) >= EVEN * areas.total(solid)
    hatched = areas.select(~even)
    reach = contour(np.where(grow(black, 1), np.uint8(255), np.uint8(0)), 0.5)
    drawn = np.minimum(contour(darkness, least / 255), reach)
    out = np.maximum(drawn, np.where(grow(hatched, AROUND) & ~(solid & ~hatched), shapes, np.uint8(0)))
    either = _Areas(solid | (out > 127))
    ragged = either.select(either.total(_edges(out > 127)) > RAGGED * either.total(_edges(solid)))
    return np.where(grow(ragged, AROUND) & ~(either.mask & ~ragged), shapes, out)


def _edges(mask: Mask) -> Bytes:
    """How many sides of each pixel (h, w) are the mask's edge: summed, its length."""
    framed = np.pad(mask, 1)
    count = np.zeros(mask.shape, np.uint8)
    for beside in (framed[:-2, 1:-1], framed[2:, 1:-1], framed[1:-1, :-2], framed[1:-1, 2:]):
        count += mask & ~beside
    return count


def contour(probability: Bytes, level: float) -> Bytes:
    """Probability smoothed over a working pixel or two, with `level` of it at 128: uint8 (h, w).

    It rises by EDGE a pixel across its contour, however slowly the probability does: a clean edge everywhere.
    """
    framed = np.pad(probability, 3)
    out = np.zeros(probability.shape, np.uint8)
    for first in range(0, len(out), STRIP):  # a float copy of a large map would not fit into the memory limit
        soft = framed[first : first + STRIP + 6].astype(np.float32)
        for _ in range(2):
            soft = (soft[:-2] + 2 * soft[1:-1] + soft[2:]) * np.float32(0.25)
            soft = (soft[:, :-2] + 2 * soft[:, 1:-1] + soft[:, 2:]) * np.float32(0.25)
        down, across = np.abs(soft[2:, 1:-1] - soft[:-2, 1:-1]), np.abs(soft[1:-1, 2:] - soft[1:-1, :-2])
        slope = np.maximum(np.maximum(down, across), LEAST_SLOPE) * np.float32(0.5)
        over = soft[1:-1, 1:-1] - np.float32(level * 255)
        out[first : first + STRIP] = np.clip(over / slope * EDGE + 128, 0, 255)
    return out


def _drawn_on(areas: Mask, darkness: Bytes, least: float, deep: int) -> Mask:
    """Those areas (H, W) that are so deep somewhere, see `depth`, as dark as `least` in the mean, and darker
    along their border than what is near.
    """
    every = _Areas(areas)
    depths = depth(areas, deep)
    border = depths == 1
    kept = every.total(darkness) >= least * every.total(areas)
    kept &= every.total(depths >= deep) > 0
    kept &= every.total(np.where(border, _fall(darkness), np.uint8(0))) >= LEAST_FALL * every.total(border)
    return every.select(kept)


def _fall(darkness: Bytes) -> Bytes:
    """How much darkness differs near each pixel: uint8 (h, w). A black has an edge, where shade has none."""
    # Both sides count: how far out on the paper a contour lies depends on its level.
    return over_squares(darkness, NEAR, np.maximum) - over_squares(darkness, NEAR, np.minimum)


def unclaimed_black(
    line: Bytes, solid: Bytes, darkness: Bytes, usual: float, tuning: FillTuning = FillTuning()
) -> Mask:
    """What is as black as strokes of `usual` width and wider, and solid to the network, if not surely so.

    All are (h, w) at working scale: its maps, and the sketch's darkness. Where strokes are wide, or seen
    closely, it does not tell well what is solid.
    """
    deep = max(LEAST_BROAD, math.ceil(0.5 * usual * DEEPER) + 1)
    black = darkness > tuning.black
    cores = _Areas(depth(black, deep) >= deep)
    if not len(cores):
        return cores.mask
    total = np.maximum(cores.total(cores.mask), 1)
    lines, hinted = (cores.total(image) / (255 * total) for image in (line, solid))
    kept = (hinted >= HINT) & (hinted > lines)
    if deep >= BROADEST:
        kept |= lines < SILENT
    kept &= (total >= LEAST_AREA) & (cores.total(darkness) >= AS_BLACK * total)
    core = cores.select(kept)
    return grow(core, deep) & black if core.any() else core


def draw_solids(ink: Bytes, shapes: Bytes, region: Rect, size: tuple[int, int]) -> None:
    """Add solid areas to coverage `ink` (uint8, the region's shape) in place.

    `shapes` is uint8 (h, w) at working scale over a page of `size` (height, width), see
    :func:`solid_shapes`. The contour at one half is interpolated, and sharpened so that its edge is one
    page px wide.
    """
    rows, columns = shapes.shape
    # The smoothed contour is about three working pixels wide; on the page that is this many pixels.
    steepness = np.float32(3.0 * max(1.0, size[0] / rows, size[1] / columns))
    low_x, part_x = _along(region.x, region.right, size[1], columns)
    high_x = np.minimum(low_x + 1, columns - 1)
    for first in range(region.y, region.bottom, STRIP):
        last = min(region.bottom, first + STRIP)
        low_y, part_y = _along(first, last, size[0], rows)
        if not (shapes[low_y[0] : low_y[-1] + 2] > 127).any():
            continue
        band = shapes[low_y].astype(np.float32)
        band += part_y[:, None] * (shapes[np.minimum(low_y + 1, rows - 1)] - band)
        left = band[:, low_x]
        left += part_x[None, :] * (band[:, high_x] - left)
        cover = np.clip((left - 127.5) * steepness + 127.5, 0, 255).astype(np.uint8)
        target = ink[first - region.y : last - region.y]
        np.maximum(target, cover, out=target)
