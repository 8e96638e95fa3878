# SPDX-License-Identifier: GPL-3.0-or-later
"""What is found out about a page before the network runs, and the picture of it that the network is shown."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.arrays import Luma, Mask
from smart_lineart.inking.geometry import Rect
from smart_lineart.inking.page.calibration import Calibration
from smart_lineart.inking.page.dot_grid import dot_size, without_dots
from smart_lineart.inking.page.paper import (
    SURELY_DRAWN,
    firm_darkness,
    judge_paper,
    lighter_on_darker,
    network_darkness,
    smoothed,
    smoothing,
)
from smart_lineart.inking.page.pixel_art import block_size
from smart_lineart.inking.page.reading import read_reduced, reduced_rows, reduced_size
from smart_lineart.inking.page.scale import (
    ScaleTuning,
    auto_scales,
    extent,
    panel_side,
    panels_along,
    stroke_width,
)
from smart_lineart.inking.page.sheet import Sheet, find_sheet
from smart_lineart.inking.page.sketch import Sketch
from smart_lineart.inking.page.toned import Toned, find_toned
from smart_lineart.inking.raster.resampling import Reduced, resample_rows, rows_over

SURVEY_SIDE = (
    4096  # px: long side of the picture in which strokes are measured, and of its area's square root
)
CLOSER = 1.6  # times as closely as other small pictures pixel art is seen
DRAWN = 64  # darkness from which a pixel counts as drawn on

Size = tuple[int, int]


@dataclass(frozen=True)
class View:
    """A page as the network is shown it: luma uint16 and darkness uint8, both (h, w) at working scale.

    `calibration` is how it was seen, None for a blank page; where it is `fresh` its numbers about lines are
    still to be found. `solid`, bool (h, w) at working scale, is where areas are solid black, as far as that
    is known beforehand.
    """

    luma: Reduced
    darkness: NDArray[np.uint8]
    scale: float
    inverted: bool
    calibration: Calibration | None
    fresh: bool = True
    solid: Mask | None = None

    @classmethod
    def blank(cls, luma: Reduced, scale: float, inverted: bool = False) -> View:
        """A page with nothing on it."""
        return cls(luma, np.zeros(luma.shape, np.uint8), scale, inverted, None)


def working_size(size: Size, scale: float) -> Size:
    """(height, width) of the working image."""
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _survey_factor(size: Size) -> int:
    """By how much a page is reduced for its survey."""
    return math.ceil(max(panel_side(size), math.sqrt(size[0] * size[1])) / SURVEY_SIDE)


def _reading_factor(size: Size, scale: float, block: int) -> int:
    """By how much a page is reduced while it is read: no finer than strokes need it, or as fine as its
    scale; or by its blocks.
    """
    if block > 1:
        return block
    factor = _survey_factor(size)
    return factor if factor * scale <= 1.0 else max(1, math.floor(1 / scale))


def read_working(page: Sketch, scale: float, block: int) -> Reduced:
    """The page's luma at working scale, uint16, with all that surrounds its sheet.

    `block` is the side in px of the blocks that the page is made of, see :mod:`pixel_art`.
    """
    luma = np.empty(working_size(page.size, scale), np.uint16)
    read_rows(page, luma, scale, block, 0, len(luma))
    return luma


def reread_working(page: Sketch, luma: Reduced, scale: float, block: int, changed: Rect) -> Reduced:
    """The same, from its earlier `luma` where it has not `changed` (page px)."""
    factor = _reading_factor(page.size, scale, block)
    top, bottom = max(0, changed.y) // factor, -(-changed.bottom // factor)
    luma = luma.copy()
    read_rows(
        page, luma, scale, block, *rows_over(reduced_size(page.size, factor)[0], len(luma), top, bottom)
    )
    return luma


def read_rows(page: Sketch, luma: Reduced, scale: float, block: int, first: int, last: int) -> None:
    """Read rows [first, last) of the working image into `luma`, as :func:`read_working` reads all."""
    factor = _reading_factor(page.size, scale, block)
    resample_rows(reduced_rows(page, factor), reduced_size(page.size, factor), luma, first, last)


@dataclass(frozen=True)
class Survey:
    """What a page is before it is seen: the working scales that may suit it, the closest look first.

    With each its luma at that scale, where it is read already; none for a blank page. And its sheet, and
    the dark areas on it.
    """

    looks: list[tuple[float, Reduced | None]]
    sheet: Sheet | None = None
    toned: Toned | None = None
    block: int = 1


def survey(page: Sketch, largest: float, tuning: ScaleTuning) -> Survey:
    """Look at a page for the first time; luma comes at its scale or at the `largest` allowed."""
    block = block_size(page)
    factor = block if block > 1 else _survey_factor(page.size)
    reduced = read_reduced(page, factor)
    sheet, toned = what_lies_under(reduced)
    drawn_on, _ = _cleared(reduced, sheet, toned)
    relative = judge_paper(drawn_on).relative_darkness(drawn_on)
    del drawn_on
    firm = _firm(relative)
    if firm == 0.0:
        return Survey([], sheet, toned, block)
    if block > 1:  # the small picture that it was, of which every px is meant
        scales = [CLOSER / block * scale for scale in _scales(relative, firm, 1, tuning)]
    else:
        scales = _scales(relative, firm, factor, tuning)
    del relative
    looks = [
        (scale, _reduce_more(reduced, page.size, factor, block, min(scale, largest))) for scale in scales
    ]
    return Survey(looks, sheet, toned, block)


def _scales(relative: Luma, firm: float, factor: int, tuning: ScaleTuning) -> list[float]:
    """The working scales that suit a page reduced by a factor, from its relative darkness.

    Of a strip those in the middle of what suits its panels, each by itself.
    """
    found = []
    for panel in np.array_split(relative, panels_along(relative.shape), axis=int(np.argmax(relative.shape))):
        drawn = extent(panel, firm) * factor
        if drawn:
            width = stroke_width(panel, firm) * factor
            found.append(auto_scales(width, drawn, max(panel.shape) * factor, tuning))
    return [float(scale) for scale in np.median(found, axis=0)]


def _firm(relative: Luma) -> float:
    """Darkness of the page's firm lines, 0 if it is blank; where screentone covers it, that of its dots."""
    firm = firm_darkness(relative)
    if firm == 0.0:
        dark = relative[relative > SURELY_DRAWN]
        if dark.size and dot_size(network_darkness(relative, 1.0)):
            return float(np.percentile(dark, 90))
    return firm


def what_lies_under(luma: Reduced) -> tuple[Sheet | None, Toned | None]:
    """The sheet in a picture, and the dark areas on it, from the picture's luma at any resolution, uint16."""
    sheet = find_sheet(luma)
    return sheet, find_toned(luma if sheet is None else sheet.cleared(luma))


def _cleared(luma: Reduced, sheet: Sheet | None, toned: Toned | None) -> tuple[Reduced, Mask | None]:
    """A picture's luma with nothing but the lines on paper, and what is solid."""
    if sheet is not None:
        luma = sheet.cleared(luma)
    return (luma, None) if toned is None else toned.lifted(luma)


def _reduce_more(reduced: Reduced, size: Size, factor: int, block: int, scale: float) -> Reduced | None:
    """A page's luma at working scale from the survey's, None where the page has to be read for it."""
    if _reading_factor(size, scale, block) != factor:  # fine strokes: the page is read again less reduced
        return None
    luma = np.empty(working_size(size, scale), np.uint16)
    resample_rows(lambda top, bottom: reduced[top:bottom], reduced.shape, luma, 0, len(luma))
    return luma


def view_anew(luma: Reduced, size: Size, scale: float, detail: float | None, found: Survey) -> View:
    """See a page for the first time: everything about it that was not `found` yet is measured."""
    drawn_on, solid = _cleared(luma, found.sheet, found.toned)
    paper = judge_paper(drawn_on, side=round(panel_side(size)))
    relative = paper.relative_darkness(drawn_on)
    firm = _firm(relative)
    if firm == 0.0:
        return View.blank(luma, scale, paper.inverted)
    passes = smoothing(relative, firm)
    if passes:
        relative = smoothed(relative, passes)
        firm = firm_darkness(relative) or firm
    darkness = network_darkness(relative, firm)
    dot = dot_size(darkness)
    if dot:
        darkness = without_dots(darkness, dot)
    calibration = Calibration(
        detail,
        scale,
        paper.inverted,
        paper.darkest,
        firm,
        _share_drawn(darkness),
        certain=1.0,
        usual=0.0,
        sheet=found.sheet,
        toned=found.toned,
        smoothing=passes,
        block=found.block,
        dot=dot,
    )
    return View(luma, darkness, scale, paper.inverted, calibration, solid=solid)


def view_again(luma: Reduced, size: Size, calibration: Calibration) -> View | None:
    """See a page as it was seen before, or None when it has become another."""
    drawn_on, solid = _cleared(luma, calibration.sheet, calibration.toned)
    paper = judge_paper(
        drawn_on, side=round(panel_side(size)), inverted=calibration.inverted, darkest=calibration.darkest
    )
    relative = smoothed(paper.relative_darkness(drawn_on), calibration.smoothing)
    darkness = network_darkness(relative, calibration.firm)
    if calibration.dot:
        darkness = without_dots(darkness, calibration.dot)
    if not calibration.suits(
        inverted=lighter_on_darker(drawn_on),
        darkest=paper.darkest,
        firm=_firm(relative),
        drawn=_share_drawn(darkness),
    ):
        return None
    return View(luma, darkness, calibration.scale, paper.inverted, calibration, fresh=False, solid=solid)


def _share_drawn(darkness: NDArray[np.uint8]) -> float:
    return float(np.count_nonzero(darkness >= DRAWN) / darkness.size)
