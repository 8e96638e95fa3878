# SPDX-License-Identifier: GPL-3.0-or-later
"""What was set for the part of a lineart that is selected."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import numpy as np

from smart_lineart.inking import DamagedRecord, InkRecord, Rect
from smart_lineart.inking.renewing.regional import HALF, Values, values_of
from smart_lineart.krita_host.document import selected_box, selection_strip

ROWS = 12  # of what is selected that are looked at
MOSTLY = 0.9  # of what is selected, that lies in one region


def values_at(regions: tuple[InkRecord, ...], selection: Any | None) -> Values:
    """What was set for what is selected, where nearly all of that lies in one region; {}: what is set for the
    whole. What is selected beyond the lineart's own area does not count.
    """
    if selection is None or not regions:
        return {}
    box = selected_box(selection).intersection(regions[0].area)
    if not box.width or not box.height:
        return {}
    tops = sorted({box.y + (2 * row + 1) * box.height // (2 * ROWS) for row in range(ROWS)})
    rows = [Rect(box.x, top, box.width, 1) for top in tops]
    chosen = np.concatenate([selection_strip(selection, row) for row in rows]) >= HALF
    with suppress(DamagedRecord):  # told when the lineart is next inked
        for region in regions:
            mine = np.concatenate([region.coverage(row) for row in rows]) > 0  # its edge is soft
            if chosen.any() and (mine & chosen).sum() >= MOSTLY * chosen.sum():
                return values_of(region)
    return {}
