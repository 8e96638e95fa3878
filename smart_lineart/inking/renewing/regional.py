# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts of a lineart for which something else was set than for the whole of it, such as another thickness.

What is set for the whole later is set for them, too, but for that. A region is a record like the ink's, of
how far each pixel belongs to it; its notes tell what was set, in words that only whoever draws the ink knows.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from smart_lineart.inking.arrays import Bytes
from smart_lineart.inking.geometry import Rect
from smart_lineart.inking.renewing.hands import Hand
from smart_lineart.inking.renewing.record import MOST_REGIONS, InkRecord

Values = dict[str, Any]
HALF = 128  # a pixel belongs to what it belongs to so far


def values_of(region: InkRecord) -> Values:
    """What was set for a region."""
    values = region.notes.get("set")
    return values if isinstance(values, dict) else {}


def set_inside(
    regions: tuple[InkRecord, ...], selected: Bytes, area: Rect, values: Values, hand: Hand
) -> tuple[InkRecord, ...]:
    """The regions once these values were set where it is `selected`, uint8 (H, W) over the area; none at all:
    there it is as for the whole. `hand`: how the ink there is drawn.
    """
    found, mine = [], selected
    for region in regions:
        mask = region.coverage(area)
        if values_of(region) == values:
            mine = np.maximum(mine, mask)
            continue
        left = np.minimum(mask, 255 - selected)
        if (left >= HALF).any():
            found.append(_region(left, area, values_of(region), region.hand))
    if values and (mine >= HALF).any():
        found.append(_region(mine, area, values, hand))
    return tuple(found[-MOST_REGIONS:])


def _region(mask: Bytes, area: Rect, values: Values, hand: Hand) -> InkRecord:
    return InkRecord.of(mask, area, thickness=hand.thickness, weight=hand.weight, notes={"set": values})
