# SPDX-License-Identifier: GPL-3.0-or-later
"""Merge and remember: what fresh ink makes of a lineart layer, and the record that is kept of it.

Arrays in, arrays out, on a worker's thread: nothing here knows Krita.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np

from smart_lineart.inking import Base, FreshInk, InkError, InkRecord, Merge, Rect
from smart_lineart.inking.arrays import Bytes
from smart_lineart.inking.renewing.merging import BENEATH, WRITE
from smart_lineart.inking.renewing.renewal import BARE


@dataclass(frozen=True)
class Plan:
    """What becomes of a lineart layer.

    Attributes:
        merge: what to do with every pixel of the area.
        area: px of the image.
        record: to remember once it is done.
        changes: whether any pixel becomes another.
        inside: whether it is for a part of the page, so that its settings are not the whole lineart's.
    """

    merge: Merge
    area: Rect
    record: InkRecord
    changes: bool
    inside: bool = False


@dataclass(frozen=True)
class Draft:
    """Fresh ink merged into a lineart. A drag draws one at each step, and remembers its last one alone."""

    base: Base
    fresh: FreshInk
    area: Rect
    merge: Merge

    def plan(self, selected: Bytes | None, page: Rect) -> Plan:
        """With its record; `selected`, uint8 (H, W) over the area: how far each pixel is written."""
        inside, fresh = selected is not None and not _covers(selected, self.area, page), self.fresh
        if not inside and fresh.values:
            fresh = replace(fresh, values={})  # all is selected: they are the whole's
        changing = (self.merge.action & (WRITE | BENEATH)) > 0
        if selected is not None:
            changing &= selected > 0
        if selected is None and not fresh.coverage.any():
            fresh = replace(fresh, notes={**fresh.notes, BARE: True})
        with suppress(InkError):  # without room for that, what is drawn is remembered
            fresh = self.base.with_withheld(fresh, self.area)
        record = self.base.remember(fresh, selected, self.area)
        return Plan(self.merge, self.area, record, bool(changing.any()), inside)


def _covers(selected: Bytes, area: Rect, page: Rect) -> bool:
    """Whether all of the page that lies in an area is selected."""
    part = area.intersection(page)
    y, x = part.y - area.y, part.x - area.x
    return bool((selected[y : y + part.height, x : x + part.width] == 255).all())


def draft(base: Base, fresh: FreshInk, *, recolour: bool = False, whole: bool = True) -> Draft:
    """Put fresh ink where it belongs in a lineart, and merge it over all the ink there was and will be.

    `recolour`: it has another colour than the layer's. Not `whole`: over the fresh ink's own area alone.
    """
    fresh = base.place(fresh)
    area = base.area(fresh) if whole else fresh.area
    return Draft(base, fresh, area, base.merge(fresh, area, recolour=recolour))


def found_corrections(base: Base) -> Draft:
    """The ink that is remembered once more: what is kept are the artist's corrections as they are now."""
    record = base.record
    coverage, (thickness, weight) = record.coverage(), record.hand
    ink = FreshInk(coverage, record.area, thickness, None, weight=weight, parts=record.parts)
    return Draft(base, ink, record.area, base.merge(ink, record.area))


def record_of_new(parts: Base, fresh: FreshInk, selected: Bytes | None) -> InkRecord:
    """What to remember of ink in a layer of its own, placed by the `parts` that it takes over; `selected` as
    for `Draft.plan`, over the ink's area.
    """
    return parts.remember(fresh, selected, fresh.area)


def plan_ink_again(base: Base, selected: Bytes) -> Plan:
    """The ink that is remembered in place of what is there; `selected`, uint8 (H, W), over its area."""
    area, ink = base.record.area, base.record.coverage()
    alpha, touched = base.layer.over(area)
    action = ((ink != alpha) | touched) * np.uint8(WRITE)
    return Plan(Merge(action, ink, []), area, base.record, bool(action[selected > 0].any()))
