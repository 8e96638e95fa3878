# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds where ink lies now: after its layer was moved, mirrored or turned, or the image cropped.

Landmarks, pairs of neighbouring pixels on the ink's contours, are compared exactly: they all match where the
ink lies, and hardly any a single pixel beside it. Where to look comes from a correlation of both pictures,
reduced.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.arrays import Bytes
from smart_lineart.inking.geometry import Rect
from smart_lineart.inking.renewing.edits import TOLERANCE, changed_by_artist
from smart_lineart.inking.renewing.record import InkRecord
from smart_lineart.inking.strokes import Strokes

Indices = NDArray[np.intp]

STEP = 40  # of coverage between neighbours: a contour
LANDMARKS = 3000
SURE = 0.6  # share of landmarks from which ink lies where it was, without looking elsewhere
ENOUGH = 0.4  # and from which it is believed to lie elsewhere
LEAST = 0.15  # where it was, below this it is not there any more
COARSE = 384  # px: long side of the reduced pictures
MOST_REDUCED = 12  # times, where the pictures are not larger than twice that
PEAKS = 4  # places of the correlation that are looked at closely
STRIP = 256  # rows looked at in one go


@dataclass(frozen=True)
class Registration:
    """How ink lies: mirrored left to right about x = 0, turned clockwise about (0, 0), then moved (px)."""

    mirrored: bool = False
    quarters: int = 0
    x: int = 0
    y: int = 0

    def pixels(self, x: Indices, y: Indices) -> tuple[Indices, Indices]:
        """Where pixels (x, y) lie now."""
        if self.mirrored:
            x = -1 - x
        for _ in range(self.quarters):
            x, y = -1 - y, x
        return x + self.x, y + self.y

    def record(self, record: InkRecord) -> InkRecord:
        """The record's ink as it lies now."""
        if self.mirrored:
            record = record.mirrored(0)
        return record.turned(self.quarters, 0, 0).moved(self.x, self.y)

    def coverage(self, coverage: Bytes, area: Rect) -> tuple[Bytes, Rect]:
        """Ink uint8 (h, w) over an area, as it lies now, and the area it lies over."""
        x, y = self.pixels(np.array([area.x, area.right - 1]), np.array([area.y, area.bottom - 1]))
        out = np.rot90(coverage[:, ::-1] if self.mirrored else coverage, -self.quarters)
        return np.ascontiguousarray(out), Rect(int(x.min()), int(y.min()), out.shape[1], out.shape[0])

    def strokes(self, strokes: Strokes) -> Strokes:
        """Strokes as they lie now."""
        x, y = strokes.points.T
        if self.mirrored:
            x = -x
        for _ in range(self.quarters):
            x, y = -y, x
        moved = np.stack([x + np.float32(self.x), y + np.float32(self.y)], 1)
        return replace(strokes, points=np.asarray(moved, np.float32))


HOME = Registration()
WAYS = [Registration(mirrored, quarters) for mirrored in (False, True) for quarters in range(4)]


class Landmarks:
    """Pairs of neighbouring pixels on the contours of ink: `first` and `second` (2, N), their `values`."""

    def __init__(self, coverage: Bytes, area: Rect):
        counts = [_count_contours(coverage), _count_contours(coverage.T)]
        across = int(counts[0].sum())
        self.count = across + int(counts[1].sum())
        chosen = np.unique(np.linspace(0, max(0, self.count - 1), LANDMARKS).astype(np.intp))[: self.count]
        y, x = _chosen_contours(coverage, counts[0], chosen[chosen < across])
        more_x, more_y = _chosen_contours(coverage.T, counts[1], chosen[chosen >= across] - across)
        step = (np.arange(len(chosen)) < len(y)).astype(np.intp)
        y, x = np.concatenate([y, more_y]), np.concatenate([x, more_x])
        self._values = coverage[y, x].astype(np.int16), coverage[y + 1 - step, x + step].astype(np.int16)
        self._first = x + area.x, y + area.y
        self._second = x + area.x + step, y + area.y + 1 - step

    def found(self, current: Bytes, area: Rect, registration: Registration) -> float:
        """Share of the landmarks that a picture uint8 (h, w) over an area shows, were they placed so."""
        if not self._values[0].size:
            return 0.0
        seen = np.ones(self._values[0].size, np.bool_)
        for pixels, values in zip((self._first, self._second), self._values, strict=True):
            x, y = registration.pixels(*pixels)
            x, y = x - area.x, y - area.y
            inside = (x >= 0) & (x < area.width) & (y >= 0) & (y < area.height)
            there = np.zeros(len(x), np.int16)
            there[inside] = current[y[inside], x[inside]]
            seen &= np.abs(there - values) <= TOLERANCE
        return float(seen.mean())


def find_registration(record: InkRecord, current: Bytes, area: Rect) -> Registration | None:
    """Where the ink of a record lies in a layer now; None where it is not found.

    `current` is the layer's alpha, uint8, over `area`, which holds all that is painted. Much of the ink may
    be gone and much painted beside it. Raises DamagedRecord.
    """
    old = record.coverage()
    marks, now = Landmarks(old, record.area), Landmarks(current, area)
    if not marks.count or not now.count:
        return HOME
    # Landmarks that were erased or cut off are missing anywhere; what is left should all be found.
    left = min(1.0, now.count / marks.count)
    home = marks.found(current, area, HOME) / left
    if home >= SURE:
        return HOME
    best, found = HOME, home
    for way in WAYS:
        for place in _candidates(way, old, record.area, current, area):
            share = marks.found(current, area, place) / left
            if share > found:
                best, found = place, share
    if best == HOME or found < max(ENOUGH, home + 0.1):
        return HOME if home >= LEAST else None
    return best


def find_scaled(
    record: InkRecord, current: Bytes, area: Rect, scale: tuple[float, float]
) -> InkRecord | None:
    """The record scaled as its image was, if the layer still shows its ink there; see `find_registration`."""
    scaled = record.scaled(*scale)
    part = scaled.area.intersection(area)
    if not part.width or not part.height:
        return None
    ink = scaled.coverage(part)
    now = current[part.y - area.y : part.bottom - area.y, part.x - area.x : part.right - area.x]
    inked, painted = ink >= 128, int((current >= 128).sum())
    left = min(int((scaled.coverage() >= 128).sum()), painted)
    kept = inked & (now >= 128) & ~changed_by_artist(ink, now, exact=False)
    return scaled if left and int(kept.sum()) >= SURE * left else None


def _contours(coverage: Bytes) -> Iterator[NDArray[np.bool_]]:
    """Where pixels differ from the next one in their row, in strips of STRIP rows: pages are large."""
    for top in range(0, len(coverage), STRIP):
        here, there = coverage[top : top + STRIP, :-1], coverage[top : top + STRIP, 1:]
        yield np.maximum(here, there) - np.minimum(here, there) > STEP


def _count_contours(coverage: Bytes) -> Indices:
    """How many there are in each strip."""
    return np.array([np.count_nonzero(strip) for strip in _contours(coverage)], np.intp)


def _chosen_contours(coverage: Bytes, counts: Indices, chosen: Indices) -> tuple[Indices, Indices]:
    """(rows, columns) of those with the numbers `chosen`, rising, counted row by row."""
    rows, columns = [np.zeros(0, np.intp)], [np.zeros(0, np.intp)]
    ends = np.cumsum(counts)
    for number, strip in enumerate(_contours(coverage)):
        first = ends[number] - counts[number]
        here = chosen[(chosen >= first) & (chosen < ends[number])] - first
        if here.size:
            at = np.nonzero(strip)
            rows.append(at[0][here] + number * STRIP)
            columns.append(at[1][here])
    return np.concatenate(rows), np.concatenate(columns)


def _candidates(
    way: Registration, old: Bytes, old_area: Rect, current: Bytes, area: Rect
) -> Iterator[Registration]:
    """Placements, turned and mirrored in one way, in which two pictures may lie over each other."""
    ink, place = way.coverage(old, old_area)
    long = max(*ink.shape, *current.shape)
    # Every place within it is tried, and the correlation of larger pictures takes memory.
    factor = max(min(-(-long // COARSE), MOST_REDUCED), -(-long // (2 * COARSE)))
    one, two = _reduced(ink, factor), _reduced(current, factor)
    size = [1 << int(np.ceil(np.log2(a + b))) for a, b in zip(one.shape, two.shape, strict=True)]
    spectrum = np.fft.rfft2(two, size) * np.conj(np.fft.rfft2(one, size))
    peaks = np.fft.irfft2(spectrum, size)
    marks = Landmarks(ink, place)
    for _ in range(PEAKS):
        row, column = (int(value) for value in np.unravel_index(int(np.argmax(peaks)), peaks.shape))
        peaks[max(0, row - 1) : row + 2, max(0, column - 1) : column + 2] = -np.inf
        down = (row if row < size[0] // 2 else row - size[0]) * factor + area.y - place.y
        right = (column if column < size[1] // 2 else column - size[1]) * factor + area.x - place.x
        best = max(
            (marks.found(current, area, Registration(x=x, y=y)), x, y)
            for y in range(down - factor, down + factor + 1)
            for x in range(right - factor, right + factor + 1)
        )
        yield replace(way, x=best[1], y=best[2])
        if best[0] >= SURE:
            return


def _reduced(image: Bytes, factor: int) -> NDArray[np.float32]:
    """Mean of squares of `factor` px, less the mean of all."""
    height, width = (-(-side // factor) for side in image.shape)
    out = np.zeros((height, width), np.float32)
    starts = np.arange(0, image.shape[1], factor)
    for row in range(height):
        strip = image[row * factor : (row + 1) * factor].sum(axis=0, dtype=np.uint32)
        out[row] = np.add.reduceat(strip, starts)
    return np.asarray(out - out.mean(), np.float32)
