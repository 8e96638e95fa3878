# SPDX-License-Identifier: GPL-3.0-or-later
"""What strengths and relative widths of a page's lines are told in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from smart_lineart.inking.arrays import Floats
from smart_lineart.inking.ranges import tuned

MOST_SWELL = 2.4  # times as wide as usual, and as thin, that lines never quite get
SHORT = 30  # vertices of lines that do not swell in full


@dataclass(frozen=True)
class LevelTuning:
    """What is firm on a page, and drawn."""

    firm: float = tuned(70.0, 0.0, 100.0)  # percentile of firmness that firm lines have
    usually_drawn: float = tuned(0.4, 0.0, 1.0)  # strength of lines that the usual `faint` keeps


class Levels(NamedTuple):
    """The page's firm lines and usual width, that strengths and relative widths are told in.

    `certain` is the line map times darkness along its firm lines; `usual` is how wide the strokes behind half
    of the lines that are drawn are at most, in px of full darkness, 0 where that is to be found out.
    """

    certain: float
    usual: float


def fill_in_levels(
    levels: Levels | None, firm: list[Floats], widths: list[Floats], tuning: LevelTuning
) -> Levels:
    """Fill in the levels that are not given, measured on these lines: firmness and width at every vertex."""
    if levels is not None:
        certain = levels.certain
    else:
        certain = float(np.percentile(np.concatenate(firm), tuning.firm)) or 1.0
    if levels is not None and levels.usual:
        return levels
    # Construction lines are not drawn, so they do not tell what is usual, unless nothing else does.
    least = tuning.usually_drawn * certain
    drawn = np.repeat([np.median(one) >= least for one in firm], [len(one) for one in firm])
    every = np.concatenate(widths)
    for known in (every[drawn & (every > 0)], every[every > 0]):
        if len(known):
            return Levels(certain, float(np.median(known)))
    return Levels(certain, 0.0)


def widths_alone(alone: Floats, widths: Floats) -> Floats:
    """Relative widths (N,) that are no larger for lines having been gone over: those of single passes,
    `alone`, but never more than all passes together have, `widths`, nor less than usual where those are not.
    """
    return np.minimum(widths, np.maximum(alone, np.minimum(widths, np.float32(1.0))))


def relative_widths(widths: Floats, usual: float, apart: bool = False) -> Floats:
    """Widths (N,) in the page's usual one; 1 where either is unknown.

    Up to about 1.5 times as wide and as thin they are as drawn; none is MOST_SWELL times as wide, nor as
    thin. Short lines that are not `apart` are hardly wider than usual: they lie in the ink of those that they
    spring from. A dot is as wide as it was drawn.
    """
    if not usual:
        return np.ones_like(widths)
    times = np.where(widths > 0, widths / np.float32(usual), np.float32(1.0))
    more = np.maximum(times, 1 / times) - 1
    more /= np.sqrt(1 + np.square(more / np.float32(MOST_SWELL - 1)))
    share = 1.0 if apart else min(1.0, len(widths) / SHORT)
    return np.where(times < 1, 1 / (1 + more), 1 + more * np.float32(share))
