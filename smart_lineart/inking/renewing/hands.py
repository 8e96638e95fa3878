# SPDX-License-Identifier: GPL-3.0-or-later
"""How a run drew its lines, the whole's and those of parts with settings of their own, and how far ink of the
same lines may lie apart when another run draws them otherwise.
"""

from __future__ import annotations

import itertools
import math
from typing import NamedTuple

WIDEST = 2.8  # times as wide as usual, and as thin, that lines may be as drawn
ROUNDING = 1e-9
DRIFT = 3  # px that the edge of a line may move when its sketch is touched up


class Hand(NamedTuple):
    """How lines were drawn: thickness in px, and line weight, 0 even to 1 as drawn."""

    thickness: float
    weight: float = 1.0


Hands = tuple[Hand, ...]
"""All that a lineart is drawn in; its lines may be in any of them."""


def thickest(hands: Hands) -> float:
    """The greatest thickness, px."""
    return max(hand.thickness for hand in hands)


def reach(before: Hands, now: Hands) -> int:
    """How far, in px, an artist's change can have a say over fresh ink."""
    return 2 * widening(before, now) + 4 * math.ceil(thickest(before)) + 16


def widening(before: Hands, now: Hands) -> int:
    """How far outside the ink there was, in px, fresh ink of the same lines may lie.

    Where something was set anew any line may have gone from any hand to any other; else each kept its own.
    """
    if set(before) == set(now):
        return DRIFT
    return max(_widening(*pair) for pair in itertools.product(before, now))


def _widening(before: Hand, now: Hand) -> int:
    widest = (before.thickness * WIDEST**before.weight, now.thickness * WIDEST**now.weight)
    thinnest = (before.thickness / WIDEST**before.weight, now.thickness / WIDEST**now.weight)
    most = max(after - earlier for earlier, after in (widest, thinnest))
    return math.ceil(max(0.0, most) / 2 - ROUNDING) + DRIFT
