# SPDX-License-Identifier: GPL-3.0-or-later
"""Ink as it is on a layer, whoever drew it, as vectors: its lines are followed as a sketch's are."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from smart_lineart.inking.arrays import Bytes
from smart_lineart.inking.lines.tracing import trace_strokes
from smart_lineart.inking.raster.components import find_runs
from smart_lineart.inking.raster.morphology import depth, grow
from smart_lineart.inking.strokes import Strokes
from smart_lineart.inking.vectors.making import make_vectors
from smart_lineart.inking.vectors.paths import Vectors

BLACK = 1.6  # times as deep as usual lines are, somewhere, that ink is an area and no line
INKED = 128
THINNEST = 1.0  # px
STYLE = "technical"  # what comes in wide is as wide as it is: no brush tapers it once more
BROADEST = 8.0  # px that lines may be wide where they are followed: broader ones are seen smaller
MOST_PIXELS = 16 << 20  # that are looked at at once: lines of a larger page are seen smaller
BAND = 256  # rows, of a page that may be large
SHARE = 0.75  # of the length of its runs in rows and columns that a line is wide, whichever way it goes
MARGIN = 4  # px of paper around the ink


def retrace(coverage: Bytes) -> Vectors:
    """Vectors of ink, uint8 coverage (height, width): lines as strokes, what is far broader as areas.

    Only where ink is pixels are looked at, and reduced so that usual lines are at most BROADEST px wide.
    """
    found = _box(coverage)
    if found is None:
        return make_vectors(Strokes.empty(), None, coverage.shape, thickness=THINNEST, style=STYLE)
    top, left, bottom, right = found
    ink = coverage[top:bottom, left:right]
    times = _times_smaller(ink)
    top, left = top // times * times, left // times * times  # so that areas lie in the page's own raster
    small = _smaller(coverage[top:bottom, left:right], times)
    strokes, levels = trace_strokes(small, small, (1.0 / times, 1.0 / times))
    usual = THINNEST if levels is None else max(THINNEST, levels.usual)
    blunt = Strokes(
        strokes.points, strokes.width, strokes.strength, strokes.starts, np.zeros_like(strokes.free)
    ).shifted(float(left), float(top))
    areas = _areas(small, usual)
    if areas is not None:
        rows, columns = (-(-side // times) for side in coverage.shape)
        page = np.zeros((rows, columns), np.uint8)
        page[top // times :, left // times :][: areas.shape[0], : areas.shape[1]] = areas
        areas = page
    size = tuple(-(-side // times) * times for side in coverage.shape)
    vectors = make_vectors(blunt, areas, size, thickness=usual * times, style=STYLE)
    return replace(vectors, size=coverage.shape)


def _box(coverage: Bytes) -> tuple[int, int, int, int] | None:
    """Top, left, bottom and right of all ink, with some paper around it; None where there is none."""
    rows, columns = np.flatnonzero(coverage.any(1)), np.flatnonzero(coverage.any(0))
    if not rows.size:
        return None
    height, width = coverage.shape
    return (
        max(int(rows[0]) - MARGIN, 0),
        max(int(columns[0]) - MARGIN, 0),
        min(int(rows[-1]) + 1 + MARGIN, height),
        min(int(columns[-1]) + 1 + MARGIN, width),
    )


def _times_smaller(ink: Bytes) -> int:
    """By how much ink is reduced, in whole px."""
    lengths = [
        (runs.stop - runs.start).astype(np.int32)
        for one in (ink, ink.T)
        for runs in (find_runs(one[at : at + BAND] >= INKED) for at in range(0, len(one), BAND))
    ]
    found = np.concatenate(lengths)
    broad = SHARE * float(np.median(found)) if found.size else THINNEST
    for_lines = math.ceil(broad / BROADEST)
    for_room = math.ceil(math.sqrt(ink.size / MOST_PIXELS))
    return max(1, for_lines, for_room)


def _smaller(ink: Bytes, times: int) -> Bytes:
    """Each of so many px by so many px as their mean; beyond the page is paper."""
    if times == 1:
        return np.ascontiguousarray(ink)
    rows, columns = (-(-side // times) for side in ink.shape)
    out = np.zeros((rows, columns), np.uint8)
    for row in range(0, rows, BAND):
        band = ink[row * times : (row + BAND) * times]
        padded = np.zeros((-(-len(band) // times) * times, columns * times), np.uint8)
        padded[: len(band), : band.shape[1]] = band
        blocks = padded.reshape(-1, times, columns, times)
        out[row : row + BAND] = np.rint(blocks.mean((1, 3), dtype=np.float32))
    return out


def _areas(coverage: Bytes, usual: float) -> Bytes | None:
    """What is ink and too broad for a line, as a map whose contour lies where the ink's does."""
    deep = math.ceil(BLACK * usual / 2) + 1
    core = depth(coverage >= INKED, deep) >= deep
    if not core.any():
        return None
    return np.where(grow(core, deep + 1), coverage, np.uint8(0))
