# SPDX-License-Identifier: GPL-3.0-or-later
"""How far the page is shrunk before the network sees it: the paper's scale s, found or asked for.

The network merges strokes that lie within a few of its pixels and keeps what lies farther apart. So the scale
decides how much is merged: 1 keeps every detail, 0.25 merges boldly. A clean drawing is best seen closely, a
searching one from farther away. Which of them a page is shows when it is seen both ways: only where a line
was drawn in several passes does the closer look find more of it, is less sure of it, and leave some of what
is drawn beside it.
"""

from __future__ import annotations

import numpy as np

from smart_lineart.inking.arrays import Luma

INK = 0.4  # of the firm lines' darkness, from which a pixel counts as drawn
OUTLIERS = 0.002  # of what is drawn, at either side, that does not count for its extent
CLOSE, FAR = 1320, 920  # px at working scale that the drawing's longer side is brought to
USUAL_WIDTH = 4.0  # px that strokes of a drawing with CLOSE px are wide; finer ones are seen a bit closer,
BY_WIDTH = 0.2  # by this power
LEAST_WIDTH, MOST_WIDTH = 0.8, 11.0  # px at working scale that strokes should have
SMALL_PAGE = 800  # px: smaller pages are drawings shrunk already, so their details are near the pixel
MIN_SCALE, MAX_SCALE = 1 / 16, 2.5


def stroke_width(relative: Luma, firm: float) -> float:
    """Mean stroke width in px of relative darkness (H, W), from area over contour length.

    A stroke of width w and length L has the area w L and a contour of 2 L; on a grid, contours count 4 / pi
    too long on average over all directions.
    """
    ink = relative > np.float32(INK * firm)
    area = int(np.count_nonzero(ink))
    contour = int(np.count_nonzero(ink[1:] != ink[:-1])) + int(np.count_nonzero(ink[:, 1:] != ink[:, :-1]))
    return 2.0 * (4.0 / np.pi) * area / contour if contour else 0.0


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


def auto_scales(width: float, drawn: float, long_side: int) -> tuple[float, float]:
    """Working scales for a close look and one from afar, the first at least the second.

    `width` of the sketch's strokes, longer side `drawn` of what is drawn and `long_side` of the page, all in
    px at full resolution.
    """
    width, drawn = max(width, 0.5), max(drawn, 0.1 * long_side, 1.0)
    finer = float(np.clip((USUAL_WIDTH / (width * CLOSE / drawn)) ** BY_WIDTH, 1.0, 2.0))
    shrunk = max(1.0, SMALL_PAGE / long_side)
    low, high = max(MIN_SCALE, LEAST_WIDTH / width), min(MAX_SCALE, MOST_WIDTH / width)
    close_look, afar = (
        float(np.clip(np.clip(finer * side / drawn * shrunk, low, max(low, high)), MIN_SCALE, MAX_SCALE))
        for side in (CLOSE, FAR)
    )
    return close_look, afar


def scale_by_roughness(close_look: float, afar: float, rough: float) -> float:
    """The working scale at `rough` of the way from that of the close look to that of the one from afar."""
    return min(MAX_SCALE, close_look ** (1 - rough) * afar**rough)
