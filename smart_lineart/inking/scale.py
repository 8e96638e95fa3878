# SPDX-License-Identifier: GPL-3.0-or-later
"""How far the page is shrunk before the network sees it: the paper's scale s, found or asked for.

The network merges strokes that lie within a few of its pixels and keeps what lies farther apart. So the scale
decides how much is merged: 1 keeps every detail, 0.25 merges boldly. A clean drawing is best seen closely, a
searching one from farther away. Which of them a page is shows when it is seen both ways: only where a line
was drawn in several passes does the closer look find more of it, is less sure of it, and leave some of what
is drawn beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.morphology import close, grow
from smart_lineart.inking.sketch import Luma
from smart_lineart.inking.thinning import thin

INK = 0.4  # of the firm lines' darkness, from which a pixel counts as drawn
OUTLIERS = 0.002  # of what is drawn, at either side, that does not count for its extent
CLOSE, FAR = 1320, 920  # px at working scale that the drawing's longer side is brought to
USUAL_WIDTH = 4.0  # px that strokes of a drawing with CLOSE px are wide; finer ones are seen a bit closer,
BY_WIDTH = 0.2  # by this power
LEAST_WIDTH, MOST_WIDTH = 0.8, 11.0  # px at working scale that strokes should have
SMALL_PAGE = 800  # px: smaller pages are drawings shrunk already, so their details are near the pixel
MIN_SCALE, MAX_SCALE = 1 / 16, 2.5
LINE = 0.35  # probability from which a pixel counts as line
FEW, MANY = 1.04, 1.09  # times as much line that a closer look finds in a drawing of few or of many passes
DRAWN = 105  # darkness, half that of firm lines, from which a pixel of a look counts as drawn
BESIDE = 6  # px at working scale from the middle of a line, beyond which what is drawn lies beside it
SURE, FAIRLY_SURE = 0.93, 0.88  # mean probability along the lines
AS_SURE = 0.025  # less of that is hardly less sure
LITTLE, SOME = 0.013, 0.04  # of what is drawn, beside all lines
ONE_PASS = 1.1  # times the lines' length that single passes are long
CLOSER, CLOSEST = -0.5, -1.0  # roughness of drawings with few second passes, or none


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


@dataclass(frozen=True, eq=False)
class Look:
    """What a look at a page finds: darkness and line probability as uint8 (H, W), at working scale."""

    darkness: NDArray[np.uint8]
    line: NDArray[np.uint8]

    @cached_property
    def centrelines(self) -> NDArray[np.bool_]:
        """Where lines run, one pixel wide: bool (H, W)."""
        return _skeleton(self.line >= LINE * 255)

    @property
    def length(self) -> float:
        """Length of its lines, in long sides of the page."""
        return float(np.count_nonzero(self.centrelines) / max(self.line.shape))

    @property
    def sureness(self) -> float:
        """Mean probability along its lines, 0 to 1."""
        return float(self.line[self.centrelines].mean() / 255)

    @property
    def beside(self) -> float:
        """Share of what is drawn that lies beside its lines."""
        drawn = self.darkness >= DRAWN
        missed = np.count_nonzero(drawn & ~grow(self.centrelines, BESIDE))
        return missed / max(1, int(np.count_nonzero(drawn)))

    @property
    def passes(self) -> float:
        """Length of what is drawn, thinned, in lengths of its lines."""
        return int(np.count_nonzero(_skeleton(self.darkness >= DRAWN))) / np.count_nonzero(self.centrelines)


def roughness(close_look: Look, afar: Look) -> float:
    """How rough a drawing is.

    1 where lines are many passes, so that the look from afar suits it, 0.5 where some are, 0 where there are
    no lines or the close look suits it, and below 0 where lines are one pass: even a closer look finds
    nothing but that line, and keeps those apart that run side by side.
    """
    if not close_look.length:
        return 0.0
    more = close_look.length / max(afar.length, 1e-6)
    rough = CLOSER if more < FEW else 0.5 if more < MANY else 1.0
    beside, sureness = close_look.beside, close_look.sureness
    as_sure = afar.length > 0.0 and sureness >= afar.sureness - AS_SURE
    at_lines = beside <= LITTLE and sureness >= FAIRLY_SURE
    if (at_lines or (as_sure and sureness >= SURE)) and close_look.passes <= ONE_PASS:
        return CLOSEST
    # Much more line, found with hardly more doubt and little beside it, is detail and no second passes.
    return 0.0 if rough == 1.0 and as_sure and beside <= SOME else rough


def scale_by_roughness(close_look: float, afar: float, rough: float) -> float:
    """The working scale at `rough` of the way from that of the close look to that of the one from afar."""
    return min(MAX_SCALE, close_look ** (1 - rough) * afar**rough)


def _skeleton(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return thin(close(mask))[1:-1, 1:-1].astype(np.bool_)
