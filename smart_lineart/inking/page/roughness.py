# SPDX-License-Identifier: GPL-3.0-or-later
"""How rough a drawing is: whether its lines are one pass of the hand each, or many.

A clean drawing is best seen closely, a searching one from farther away. Which of them a page is shows when it
is seen both ways: only where a line was drawn in several passes does the closer look find more of it, and is
what was drawn longer than the lines found in it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.network.maps import MapTuning
from smart_lineart.inking.ranges import tuned
from smart_lineart.inking.raster.morphology import close, grow
from smart_lineart.inking.raster.thinning import thin

SOLID = 102  # probability x 255 from which black is solid
RIM = 2  # px around it that are its edge


@dataclass(frozen=True)
class RoughnessTuning:
    """What tells how rough a drawing is."""

    # Times as much line that a closer look finds where passes lie apart.
    more: float = tuned(1.04, 0.0, 100.0)
    drawn: int = tuned(105, 1, 255)  # darkness, half that of firm lines, from which a pixel counts as drawn
    # Px at working scale from the middle of a line, beyond which what is drawn lies beside it.
    beside: int = tuned(6, 1, 32)
    little: float = tuned(0.035, 0.0, 1.0)  # of what is drawn, beside all lines
    one_pass: float = tuned(1.05, 0.0, 100.0)  # times the lines' length that single passes are long
    # Roughness of drawings whose passes do not lie apart.
    closer: float = tuned(-0.5, -2.0, 0.0)


@dataclass(frozen=True, eq=False)
class Observation:
    """What a look finds at working scale: darkness, probability of a line and of black, each uint8 (H, W)."""

    darkness: NDArray[np.uint8]
    line: NDArray[np.uint8]
    solid: NDArray[np.uint8]
    tuning: RoughnessTuning = field(default_factory=RoughnessTuning)
    maps: MapTuning = field(default_factory=MapTuning)

    @cached_property
    def centrelines(self) -> NDArray[np.bool_]:
        """Where lines run, one pixel wide: bool (H, W)."""
        return _skeleton(self.line >= self.maps.least)

    @property
    def length(self) -> float:
        """Length of its lines, in long sides of the page."""
        return float(np.count_nonzero(self.centrelines) / max(self.line.shape))

    @property
    def beside(self) -> float:
        """Share of what is drawn that lies beside its lines; what is solid black is neither."""
        drawn = (self.darkness >= self.tuning.drawn) & ~grow(self.solid >= SOLID, RIM)
        missed = np.count_nonzero(drawn & ~grow(self.centrelines, self.tuning.beside))
        return missed / max(1, int(np.count_nonzero(drawn)))

    @property
    def passes(self) -> float:
        """Length of what is drawn, thinned, in lengths of its lines."""
        return int(np.count_nonzero(_skeleton(self.darkness >= self.tuning.drawn))) / np.count_nonzero(
            self.centrelines
        )


def roughness(
    close_look: Observation, afar: Observation, tuning: RoughnessTuning = RoughnessTuning()
) -> float:
    """How rough a drawing is.

    1 where lines are several passes, so that the look from afar suits it, 0 where there are no lines or the
    close look suits it, and below 0 where lines are one pass: even a closer look finds nothing but that line,
    and keeps those apart that run side by side.
    """
    if not close_look.length:
        return 0.0
    if close_look.length < tuning.more * afar.length:
        return tuning.closer
    if close_look.passes > tuning.one_pass:
        return 1.0
    # Single passes: what more of them is found from close by is detail, and what lies beside them shade.
    return tuning.closer if close_look.beside <= tuning.little else 0.0


def needs_no_far_look(close_look: Observation, tuning: RoughnessTuning = RoughnessTuning()) -> bool:
    """Whether the close look alone tells that an even closer one suits, whatever one from afar would find:
    where lines are one pass, with next to nothing beside them.
    """
    return (
        bool(close_look.length)
        and close_look.passes <= tuning.one_pass
        and close_look.beside <= tuning.little
    )


def _skeleton(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return thin(close(mask))[1:-1, 1:-1].astype(np.bool_)
