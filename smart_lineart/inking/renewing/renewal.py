# SPDX-License-Identifier: GPL-3.0-or-later
"""Renews a lineart: what was inked last, what its layer holds now and the fresh ink, over one area each.

The ink is looked for where it lies now, since the layer or the whole image may have been moved since.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from smart_lineart.inking.arrays import Bytes, Mask
from smart_lineart.inking.geometry import Rect
from smart_lineart.inking.renewing.edits import changed_by_artist
from smart_lineart.inking.renewing.hands import Hand, Hands
from smart_lineart.inking.renewing.merging import SEEN, Merge, merge
from smart_lineart.inking.renewing.new_lines import Lines
from smart_lineart.inking.renewing.record import AROUND, DamagedRecord, InkRecord, may_be_ink
from smart_lineart.inking.renewing.regional import Values, set_inside, values_of
from smart_lineart.inking.renewing.registration import (
    HOME,
    Landmarks,
    Registration,
    find_registration,
    find_scaled,
)

BARE = "bare"
"""In a record's notes: nothing of its ink was drawn, all is withheld: it is not to be found in its layer."""

MOST_SCALED = 64.0  # times that an image may have been made larger or smaller since it was inked


@dataclass(frozen=True)
class LayerInk:
    """What a lineart layer holds.

    Attributes:
        alpha: uint8 (H, W).
        touched: bool (H, W), where it shows another colour than any the ink was written in.
        area: where they lie in the image, px; it holds all that is painted.
        checksum: of all its pixels, with their colours.
    """

    alpha: Bytes
    touched: Mask
    area: Rect
    checksum: int = 0

    def same_as(self, other: LayerInk) -> bool:
        """Whether another one holds the same."""
        return self.covers_as(other) and np.array_equal(self.touched, other.touched)

    def covers_as(self, other: LayerInk) -> bool:
        """Whether another one covers the same, whatever its colours."""
        return self.area == other.area and np.array_equal(self.alpha, other.alpha)

    def untouched_since(self, other: LayerInk) -> bool:
        """Whether nobody has painted on it since it held another one, not even with alpha locked."""
        return self.covers_as(other) and self.checksum == other.checksum

    def over(self, area: Rect) -> tuple[Bytes, Mask]:
        """Alpha and touched pixels over another area; nothing where the layer does not reach."""
        return _over(self.alpha, self.area, area), _over(self.touched, self.area, area)


@dataclass(frozen=True)
class FreshInk:
    """Ink as the engine drew it.

    Attributes:
        coverage: uint8 (H, W).
        area: where it lies in the image, px.
        thickness: px.
        weight: of its lines, 0 even to 1 as drawn.
        lines: what it was drawn from, in px of the area.
        notes: what its record shall keep.
        values: of ink for a selection, what is set there that is not for the whole lineart; else None.
        inside: how a part, px of the image, looks with other values; None where its lines are not known.
        parts: how the lines of regions in it are drawn, in the order of the record's.
        every: the same ink with all lines of the sketch, those that are too light to be drawn among them;
            None where they are not known.
    """

    coverage: Bytes
    area: Rect
    thickness: float
    lines: Lines | None
    notes: dict[str, Any] = field(default_factory=dict)
    values: Values | None = None
    inside: Callable[[Values, Rect], FreshInk | None] | None = field(default=None, repr=False, compare=False)
    weight: float = 1.0
    parts: Hands = ()
    every: Callable[[], FreshInk] | None = field(default=None, repr=False, compare=False)

    @property
    def hand(self) -> Hand:
        """How its lines are drawn, those of regions apart."""
        return Hand(self.thickness, self.weight)

    def record(self) -> InkRecord:
        """All of it, remembered."""
        return self.record_of(self.coverage, self.area)

    def record_of(self, coverage: Bytes, area: Rect) -> InkRecord:
        """Some ink over an area, remembered as this one's."""
        return InkRecord.of(coverage, area, thickness=self.thickness, notes=self.notes, weight=self.weight)


@dataclass(frozen=True)
class Base:
    """A lineart layer as it is before it is renewed, and the ink it was made with, found in it."""

    record: InkRecord
    layer: LayerInk
    registration: Registration

    @classmethod
    def find(
        cls,
        record: InkRecord,
        layer: LayerInk,
        scale: tuple[float, float] = (1.0, 1.0),
        *,
        page: Rect | None = None,
        memory: int = 1 << 30,
    ) -> Base | None:
        """Find a record's ink in the layer; None where it is not there any more.

        `scale` tells how many px the image has now for each that it had, if it was scaled. A record comes
        from a file that others may have made: one too large for the `page`, px, and what the layer holds, or
        for `memory`, bytes, is damaged. Raises DamagedRecord.
        """
        room = layer.area if page is None else layer.area.united(page)
        if not may_be_ink(record.area, room, memory):
            raise DamagedRecord
        if not may_be_ink(record.scaled_area(*scale), room, memory):
            scale = (1.0, 1.0)
        if record.notes.get(BARE) and scale == (1.0, 1.0):
            return cls(record, layer, HOME)
        registration = find_registration(record, layer.alpha, layer.area)
        if registration is not None:
            return cls(registration.record(record), layer, registration)
        scaled = find_scaled(record, layer.alpha, layer.area, scale) if scale != (1.0, 1.0) else None
        return cls(scaled, layer, HOME) if scaled is not None else None

    @classmethod
    def find_on(cls, page: Rect, record: InkRecord, layer: LayerInk, memory: int) -> Base | None:
        """Find a record's ink in the layer of an image with this page, whatever was done to the image since
        the record's own notes were made; None where it is not there any more. Raises DamagedRecord.
        """
        scale = scale_since(record.notes.get("page"), page)
        base = cls.find(record, layer, scale, page=page, memory=memory)
        return None if base is None else base.cropped(page)

    def cropped(self, page: Rect) -> Base:
        """Without ink beyond the page where the layer holds none there: a crop of the image took it."""
        room = page.united(self.layer.area)
        around = Rect(room.x - AROUND, room.y - AROUND, room.width + 2 * AROUND, room.height + 2 * AROUND)
        record = self.record.within(around)
        if record is not self.record:
            return replace(self, record=record).cropped(page)
        area = record.area
        inside = area.intersection(page)
        if inside == area or not inside.width or not inside.height:
            return self
        beyond = self.layer.over(area)[0].copy()
        beyond[inside.y - area.y :, inside.x - area.x :][: inside.height, : inside.width] = 0
        if beyond.any():
            return self
        return replace(self, record=record.within(page))

    @classmethod
    def blank(cls) -> Base:
        """A layer that holds nothing, nor ever did."""
        nowhere = Rect(0, 0, 0, 0)
        nothing = np.zeros((0, 0), np.uint8)
        return cls(InkRecord(nowhere, 1.0), LayerInk(nothing, nothing > 0, nowhere), HOME)

    def place(self, fresh: FreshInk) -> FreshInk:
        """Fresh ink as it belongs into the layer: moved as that was, unless the sketch was moved with it; and
        regions as they were set.
        """
        away = self._is_away(fresh)
        return self._with_regions(self._carried(fresh) if away else fresh, fresh, away=away)

    def parts_for_new(self, record: InkRecord, fresh: FreshInk) -> Base:
        """What ink in a layer of its own takes over of this lineart: its regions alone, as they lie over the
        sketch. `record`: as it was remembered, before it was found in the layer.
        """
        there = record if self._is_away(fresh) else self.record
        blank = self.blank()
        return replace(blank, record=replace(blank.record, area=there.area, regions=there.regions))

    def _is_away(self, fresh: FreshInk) -> bool:
        """Whether the layer was moved, and the sketch was not."""
        if self.registration == HOME:
            return False
        marks = Landmarks(fresh.coverage, fresh.area)
        here, there = (marks.found(self.layer.alpha, self.layer.area, p) for p in (HOME, self.registration))
        return here < there

    def _with_regions(self, placed: FreshInk, fresh: FreshInk, *, away: bool) -> FreshInk:
        if fresh.values is not None or fresh.inside is None or not self.record.regions:
            return replace(placed, parts=()) if placed.parts else placed  # placed for another lineart before
        coverage, hands = placed.coverage.copy(), []
        for region in self.record.regions:
            hands.append(region.hand)
            part = region.reach.intersection(placed.area)
            if not part.width or not part.height:
                continue
            drawn = fresh.inside(values_of(region), fresh.area if away else part)
            if drawn is not None and away:
                drawn = self._carried(drawn)
            if drawn is None and not self.record.tiles:
                hands[-1] = placed.hand  # new, and its lines are not known: the next run finds them
                continue
            ink = self.record.coverage(part)  # as it is, where its lines are not known
            if drawn is not None:
                ink, hands[-1] = _over(drawn.coverage, drawn.area, part), drawn.hand
            share = region.coverage(part).astype(np.uint16)
            y, x = part.y - placed.area.y, part.x - placed.area.x
            there = coverage[y : y + part.height, x : x + part.width]
            there[...] = ((255 - share) * there + share * ink + 127) // 255
        return replace(placed, coverage=coverage, parts=tuple(hands))

    def _carried(self, fresh: FreshInk) -> FreshInk:
        """Moved as the layer was."""
        coverage, area = self.registration.coverage(fresh.coverage, fresh.area)
        lines = fresh.lines
        if lines is not None:
            placed = self.registration.strokes(lines.strokes.shifted(fresh.area.x, fresh.area.y))
            lines = replace(lines, strokes=placed.shifted(-area.x, -area.y))
        return replace(fresh, coverage=coverage, area=area, lines=lines)

    def merge(self, fresh: FreshInk, area: Rect, *, recolour: bool = False) -> Merge:
        """Merge fresh ink, as `place` gave it, into the layer, over an area (px of the image)."""
        alpha, touched = self.layer.over(area)
        lines = fresh.lines
        if lines is not None:
            moved = lines.strokes.shifted(fresh.area.x - area.x, fresh.area.y - area.y)
            lines = replace(lines, strokes=moved)
        return merge(
            self.record.coverage(area),
            alpha,
            _over(fresh.coverage, fresh.area, area),
            thickness=(self.record.thickness, fresh.thickness),
            weight=(self.record.weight, fresh.weight),
            parts=(self.record.parts, fresh.parts),
            exact=self.record.exact,
            touched=touched,
            recolour=recolour,
            lines=lines,
        )

    def with_withheld(self, fresh: FreshInk, area: Rect) -> FreshInk:
        """Fresh ink, as `place` gave it, as it is to be remembered: with what the artist erased of lines that
        are too light to be drawn now. They are then known to be erased once they are drawn again.
        """
        if fresh.every is None or not self._erased(area).any():
            return fresh
        every = self.place(replace(fresh.every(), values=fresh.values))
        ink, withheld = _over(every.coverage, every.area, area), self._staying_erased(every, area)
        drawn = _over(fresh.coverage, fresh.area, area)
        return replace(fresh, coverage=np.where(withheld, np.maximum(drawn, ink), drawn), area=area)

    def erased_too(self, other: Base, fresh: FreshInk) -> Base:
        """As if what the artist erased of lines in another lineart had been in this one and erased here: they
        go from that into this. `fresh`: those lines. Where this layer holds anything nothing is erased.
        """
        if self.registration != HOME or other.registration != HOME or not self.record.exact:
            return self
        placed = other.place(fresh)
        area = other.area(placed)
        if not other._erased(area).any():
            return self
        gone = other._staying_erased(placed, area)
        area = self.record.area.united(area)
        ink = np.where(_over(gone, other.area(placed), area), _over(placed.coverage, placed.area, area), 0)
        ink = np.where(self.layer.over(area)[0] <= SEEN, ink, 0)
        if not ink.any():
            return self
        old = self.record
        mixed = InkRecord.of(
            np.maximum(old.coverage(area), ink.astype(np.uint8)),
            area,
            thickness=old.thickness,
            notes=old.notes,
        )
        regions = tuple(region.over(area) for region in old.regions)
        return replace(self, record=replace(old, area=area, tiles=mixed.tiles, regions=regions))

    def _erased(self, area: Rect) -> Mask:
        """What the artist took away."""
        alpha, old = self.layer.over(area)[0], self.record.coverage(area)
        return (alpha < old) & changed_by_artist(old, alpha, exact=self.record.exact)

    def _staying_erased(self, placed: FreshInk, area: Rect) -> Mask:
        """Where ink, as `place` gave it, is not to be seen once it is merged: it was erased."""
        merged = self.merge(placed, area)
        return merged.overlay & (merged.apply(self.layer.over(area)[0]) <= SEEN)

    def area(self, fresh: FreshInk) -> Rect:
        """Where the last ink or the fresh ink lies."""
        return self.record.area.united(fresh.area)

    def remember(self, fresh: FreshInk, selected: Bytes | None, area: Rect) -> InkRecord:
        """What to remember once fresh ink was written; `selected`, uint8 over the area: into a part only."""
        if selected is None:
            record = fresh.record()
            hands = fresh.parts or self.record.parts  # none were drawn anew where none is to be seen
            there = [
                replace(region.over(record.area), thickness=hand.thickness, weight=hand.weight)
                for region, hand in zip(self.record.regions, hands, strict=True)
            ]
            return replace(record, regions=tuple(region for region in there if region.tiles))
        old, new = self.record.coverage(area), _over(fresh.coverage, fresh.area, area)
        if not self.record.exact:  # as Krita resampled it, but for what the artist changed
            alpha, _ = self.layer.over(area)
            old = np.where(changed_by_artist(old, alpha, exact=False), old, alpha)
        share = selected.astype(np.uint16)
        mixed = ((255 - share) * old + share * new + 127) // 255
        record = fresh.record_of(mixed.astype(np.uint8), area)
        regions = set_inside(self.record.regions, selected, area, fresh.values or {}, fresh.hand)
        whole = self.record.hand if fresh.values and self.record.tiles else fresh.hand
        return replace(record, regions=regions, thickness=whole.thickness, weight=whole.weight)


def scale_since(before: Any, page: Rect) -> tuple[float, float]:
    """How many px a page has now for each that it had `before`, as a note has it: across and down."""
    try:
        across, down = page.width / float(before[0]), page.height / float(before[1])
    except (ArithmeticError, LookupError, TypeError, ValueError):
        return 1.0, 1.0
    likely = all(1 / MOST_SCALED <= factor <= MOST_SCALED for factor in (across, down))
    return (across, down) if likely else (1.0, 1.0)


def _over(values: Any, source: Rect, target: Rect) -> Any:
    """An array over `source` as it lies over `target`, 0 beyond."""
    if source == target:
        return values
    out = np.zeros((target.height, target.width), values.dtype)
    shared = source.intersection(target)
    if shared.width and shared.height:
        y, x = shared.y - source.y, shared.x - source.x
        part = values[y : y + shared.height, x : x + shared.width]
        y, x = shared.y - target.y, shared.x - target.x
        out[y : y + shared.height, x : x + shared.width] = part
    return out
