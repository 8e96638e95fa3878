# SPDX-License-Identifier: GPL-3.0-or-later
"""How far the page is shrunk before the network sees it: the paper's scale s, found or asked for.

The network merges strokes that lie within a few of its pixels and keeps what lies farther apart. So the scale
decides how much is merged: 1 keeps every detail, 0.25 merges boldly. A clean drawing is best seen closely, a
searching one from farther away. Which of them a page is tells `roughness`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from smart_lineart.inking.arrays import Luma, Mask
from smart_lineart.inking.ranges import tuned
from smart_lineart.inking.raster.morphology import depth
from smart_lineart.inking.raster.windows import grown_by

STRIP = 3.5  # times as long as it is wide, from which a page is a strip of panels
PANEL = 1.3  # times as long as the strip is wide, that a panel of it is
INK = 0.4  # of the firm lines' darkness, from which a pixel counts as drawn
BLACK = 1.5  # mean widths, half of which strokes are deep, that blacks are deep somewhere
COARSE = 2.5  # px that strokes are wide at least where blacks are looked for, to save time
LEAST_STROKES = 0.1  # of the page's contours, that strokes must have to be told from blacks
SETTLED = 0.97  # of a width, from which the next one is the same
OUTLIERS = 0.002  # of what is drawn, at either side, that does not count for its extent
MIN_SCALE, MAX_SCALE = 1 / 16, 2.5


@dataclass(frozen=True)
class ScaleTuning:
    """The sizes at which a network knows drawings best."""

    # Px at working scale that the drawing's longer side is brought to, seen closely and from afar.
    close: int = tuned(1320, 200, 4000)
    far: int = tuned(920, 200, 4000)
    usual_width: float = tuned(4.0, 0.5, 20.0)  # px that strokes of a drawing with `close` px are wide;
    by_width: float = tuned(0.2, 0.0, 1.0)  # finer ones are seen a bit closer, by this power
    # Px at working scale that strokes should have.
    least_width: float = tuned(0.8, 0.1, 5.0)
    most_width: float = tuned(10.0, 2.0, 50.0)
    # Px: smaller pages are drawings shrunk already, so their details are near the pixel.
    small_page: int = tuned(800, 0, 4000)


def panels_along(size: tuple[int, int]) -> int:
    """How many panels a page of this size (height, width) is a strip of; 1 for any other page."""
    ratio = max(size) / max(1, min(size))
    return round(ratio / PANEL) if ratio > STRIP else 1


def panel_side(size: tuple[int, int]) -> float:
    """The longer side in px of a page, of a strip that of one of its panels: what sizes follow."""
    return max(min(size), max(size) / panels_along(size))


def stroke_width(relative: Luma, firm: float) -> float:
    """Mean stroke width in px of relative darkness (H, W), from area over contour length; blacks left out.

    A stroke of width w and length L has the area w L and a contour of 2 L; on a grid, contours count 4 / pi
    too long on average over all directions. What is far broader than that is black hair or a shadow, and
    would make every stroke of the page seem as broad as brushes draw.
    """
    ink = relative > np.float32(INK * firm)
    whole = contour = _contour(ink)
    width = _mean_width(ink, contour)
    while width:
        coarser = max(1, int(width / COARSE))
        coarse = ink[::coarser, ::coarser]
        deep = math.ceil(BLACK * width / coarser)
        blacks = depth(coarse, deep) >= deep
        if not blacks.any():
            break
        strokes = coarse & ~grown_by(blacks, deep + 1)
        contour = _contour(strokes)
        without = coarser * _mean_width(strokes, contour)
        if coarser * contour < LEAST_STROKES * whole or without > SETTLED * width:
            break
        width = without
    return width


def _contour(ink: Mask) -> int:
    """Length in px of what parts ink (H, W) from paper, counted along the grid."""
    return int(np.count_nonzero(ink[1:] != ink[:-1])) + int(np.count_nonzero(ink[:, 1:] != ink[:, :-1]))


def _mean_width(ink: Mask, contour: int) -> float:
    return 2.0 * (4.0 / np.pi) * int(np.count_nonzero(ink)) / contour if contour else 0.0


def extent(relative: Luma, firm: float) -> float:
    """Longer side in px of what is drawn in relative darkness (H, W); 0 if there is nothing."""
    ink = relative > np.float32(INK * firm)
    sides = []
    for axis in (0, 1):
        total = np.cumsum(np.count_nonzero(ink, axis=axis))
        if not total[-1]:
            return 0.0
        first, last = np.searchsorted(total, [OUTLIERS * total[-1], (1 - OUTLIERS) * total[-1]])
        sides.append(float(last - first + 1))
    return max(sides)


def auto_scales(width: float, drawn: float, long_side: int, tuning: ScaleTuning) -> tuple[float, float]:
    """Working scales for a close look and one from afar, the first at least the second.

    `width` of the sketch's strokes, longer side `drawn` of what is drawn and `long_side` of the page, all in
    px at full resolution.
    """
    width, drawn = max(width, 0.5), max(drawn, 0.1 * long_side, 1.0)
    finer = float(np.clip((tuning.usual_width / (width * tuning.close / drawn)) ** tuning.by_width, 1.0, 2.0))
    shrunk = max(1.0, tuning.small_page / long_side)
    low, high = max(MIN_SCALE, tuning.least_width / width), min(MAX_SCALE, tuning.most_width / width)
    close_look, afar = (
        float(np.clip(np.clip(finer * side / drawn * shrunk, low, max(low, high)), MIN_SCALE, MAX_SCALE))
        for side in (tuning.close, tuning.far)
    )
    return close_look, afar


def scale_by_roughness(close_look: float, afar: float, rough: float) -> float:
    """The working scale at `rough` of the way from that of the close look to that of the one from afar."""
    return min(MAX_SCALE, close_look ** (1 - rough) * afar**rough)
