# SPDX-License-Identifier: GPL-3.0-or-later
"""How far the page is shrunk before the network sees it: the paper's scale s, found or asked for.

The network merges strokes that lie within a few of its pixels and keeps what lies farther apart. So the scale
decides how much is merged: 1 keeps every detail, 0.25 merges boldly.
"""

from __future__ import annotations

import numpy as np

from smart_lineart.inking.sketch import Luma

STROKE_WIDTH = 1.95  # px at working scale that a sketch's strokes are brought to
LONG_SIDE = 910  # px at working scale of a page whose drawing fills it
SMALL_PAGE = 800  # px: smaller pages are drawings shrunk already, so their details are near the pixel
MIN_SCALE, MAX_SCALE = 1 / 16, 2.0


def stroke_width(relative: Luma, firm: float) -> float:
    """Mean stroke width in px of relative darkness (H, W), from area over contour length.

    A stroke of width w and length L has the area w L and a contour of 2 L; on a grid, contours count 4 / pi
    too long on average over all directions.
    """
    ink = relative > np.float32(0.4 * firm)
    area = int(np.count_nonzero(ink))
    contour = int(np.count_nonzero(ink[1:] != ink[:-1])) + int(np.count_nonzero(ink[:, 1:] != ink[:, :-1]))
    return 2.0 * (4.0 / np.pi) * area / contour if contour else 0.0


def auto_scale(width: float, long_side: int) -> float:
    """Working scale from the sketch's stroke width and the page's long side, both px at full resolution.

    Stroke width alone would blow up a drawing done with a fine pen, page size alone would drown the details
    of
    a dense page: their geometric mean serves both.
    """
    by_page = LONG_SIDE / long_side * max(1.0, SMALL_PAGE / long_side)
    by_stroke = STROKE_WIDTH / max(width, 0.5)
    scale = max(np.sqrt(by_page * by_stroke), 0.55 * by_page)
    return float(np.clip(scale, MIN_SCALE, MAX_SCALE))
