# SPDX-License-Identifier: GPL-3.0-or-later
"""What runs of flats have done on a worker's thread: no Krita in here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from smart_lineart.inking import InkRecord, Rect, Strokes
from smart_lineart.inking.areas import (
    PAPER_HINT,
    Areas,
    Colour,
    Colours,
    find_areas,
    first_colours,
)
from smart_lineart.inking.areas.ink import InkOnPage
from smart_lineart.inking.progress import Cancel, Progress
from smart_lineart.inking.renewing.flats import Flats, Ground, ground_of
from smart_lineart.inking.renewing.flats_hints import as_dabs, hinted
from smart_lineart.inking.renewing.flats_parts import Shares, homes_of, patched, shares_of, with_new
from smart_lineart.inking.renewing.flats_past import Past
from smart_lineart.inking.renewing.flats_placing import find_flats, follow_lineart
from smart_lineart.inking.renewing.pixel_codes import CLEAR, Codes, PixelTable
from smart_lineart.studio.engine import CachedFeatures
from smart_lineart.studio.line_hues import lines_of
from smart_lineart.studio.settings import InkSettings


@dataclass(frozen=True)
class Strips:
    """What a layer shows over a part of the page, in strips from the top, (height, width, channels) each."""

    area: Rect
    pixels: tuple[np.ndarray, ...] = ()

    def codes(self, table: PixelTable) -> Codes:
        """Of the area, int32 (height, width)."""
        if not self.pixels:
            return np.zeros((self.area.height, self.area.width), np.int32)
        return np.concatenate([table.encode(strip) for strip in self.pixels])

    def dabs(self, table: PixelTable) -> Codes:
        """Of the area as hints, int32 (height, width)."""
        return Strips(self.area, tuple(as_dabs(strip) for strip in self.pixels)).codes(table)


@dataclass(frozen=True)
class Parts:
    """Layers with one colour each: how many there are, and in strips from the top which of them shows each
    pixel, uint16 (height, width), 0 none.
    """

    count: int = 0
    numbers: tuple[np.ndarray, ...] = ()


@dataclass(frozen=True)
class Homes:
    """The number of the layer that each colour belongs into, by its code; those after the `known` are new."""

    known: int
    of: dict[int, int]

    @property
    def new(self) -> list[int]:
        """The codes of colours that have no layer yet, in the order of those to come."""
        return sorted((code for code, home in self.of.items() if home > self.known), key=self.of.__getitem__)

    def reusing(self, places: list[int | None]) -> Homes:
        """The same where some of the `new` colours, in their order, get a known layer that is blank now."""
        of, last = dict(self.of), self.known
        for code, place in zip(self.new, places, strict=True):
            last += place is None
            of[code] = last if place is None else place
        return Homes(self.known, of)


@dataclass(frozen=True)
class Question:
    """What flats are wanted.

    Attributes:
        ink: the lineart's; strokes: in page px, where the ink is theirs alone.
        openness: how open an outline may be.
        channels: of the layer's pixels, of a `dtype`; srgb: whether those are bytes of sRGB.
        hints: what the layer of hints shows; None: there is none.
        before: what was last written into the layer of flats; None: it is a new one.
        shown: what that layer shows.
        past: the colours as they were last written; None: nothing is known of that.
        spread: how far hints go on over lines, 0 to 1.
        parts: of a group with one layer a colour; None: flats are one layer.
    """

    ink: InkOnPage
    strokes: Strokes | None
    openness: float
    channels: int
    dtype: np.dtype[Any]
    srgb: bool
    hints: Strips | None = None
    before: Areas | None = None
    shown: Strips | None = None
    past: Past | None = None
    spread: float = 0.0
    parts: Parts | None = None


@dataclass(frozen=True)
class Draft:
    """Flats before new colours, sRGB by areas, are known as pixels of the layer."""

    ground: Ground
    table: PixelTable
    fresh: Colours
    hints: Strips | None
    spread: float = 0.0
    homes: Homes | None = None

    @property
    def wanted(self) -> list[Colour]:
        """The colours whose pixels are needed."""
        return [PAPER_HINT, *sorted(set(self.fresh.values()))]


@dataclass(frozen=True)
class Made:
    """Flats, what they are painted over, and the pixels that codes stand for; `packed`: the areas, `past`:
    their colours. `homes`: where flats have one layer a colour; `layers`: which.
    """

    ground: Ground
    flats: Flats
    table: PixelTable
    paper: int
    packed: bytes
    past: bytes
    homes: Homes | None = None
    layers: tuple[str, ...] = ()

    @classmethod
    def of(
        cls, ground: Ground, flats: Flats, table: PixelTable, paper: int, homes: Homes | None = None
    ) -> Made:
        """With what a document keeps of them."""
        past = Past.of(ground, flats, table).pack()
        if homes is not None:
            codes = dict.fromkeys(code for _, code in sorted(flats.colours.items()))
            homes = Homes(homes.known, with_new(homes.of, codes, homes.known))
        return cls(ground, flats, table, paper, flats.areas.pack(), past, homes)

    def written(self, layers: tuple[str, ...] = ()) -> Made:
        """Once a layer shows them, or `layers` with one colour each."""
        homes = self.homes
        if homes is not None:
            there = {code: home for code, home in homes.of.items() if home <= len(layers)}
            homes = Homes(len(layers), there)
        ground = replace(self.ground, shown=self.flats.codes)
        return replace(self, ground=ground, homes=homes, layers=layers)

    def shares(self, *, anew: bool = False) -> Shares:
        """How layers with one colour each share them; `anew`: all of them are new."""
        assert self.homes is not None
        return shares_of(self.ground, self.flats, self.homes.of, self.table.pixels, anew=anew)


def drafted(question: Question, report: Progress, cancelled: Cancel) -> Draft | None:
    """Flats as they are wanted; None where `before` is not found in its layer."""
    table = PixelTable(question.channels, question.dtype)
    placed = shown = None
    if question.shown is not None:
        shown = question.shown.codes(table)
        if shown.any():  # else all was wiped away: begin anew
            placed = None if question.before is None else find_flats(question.before, shown, cancelled)
            if placed is None:
                return None
    find = partial(
        find_areas,
        question.ink.coverage,
        openness=question.openness,
        strokes=question.strokes,
        report=report,
        cancelled=cancelled,
    )
    areas = find(before=None if placed is None else placed.moved())
    ground = Ground.blank(areas, {})
    if placed is not None and shown is not None:
        drawn = follow_lineart(placed, areas)
        if drawn != placed:
            areas = find(before=drawn.moved())
        ground = ground_of(areas, placed, shown, table.pixels, cancelled, drawn)
        past = question.past
        chosen = frozenset(ground.colours) - {0}
        ground = replace(ground, chosen=chosen) if past is None else past.settle(ground, table)
    fresh, parts, homes = _fresh(ground, table, srgb=question.srgb), question.parts, None
    if parts is not None:
        there = homes_of(shown, np.concatenate(parts.numbers)) if shown is not None and parts.count else {}
        homes = Homes(parts.count, there)
    return Draft(ground, table, fresh, question.hints, question.spread, homes)


def _fresh(ground: Ground, table: PixelTable, *, srgb: bool) -> Colours:
    """Colours for areas without one; apart from those around them, where their colours can be told."""
    missing = [one for one in ground.areas.ids.tolist() if one not in ground.colours]
    if not missing:
        return {}
    fixed: Colours = {}
    for one, code in ground.colours.items() if srgb else ():
        if one and code != CLEAR:
            blue, green, red, _ = table.pixels[code].tolist()
            fixed[one] = red, green, blue
    found = first_colours(ground.areas, fixed=fixed)
    return {one: found[one] for one in missing}


def recoloured(draft: Draft, colours: Colours) -> Draft:
    """A draft in which some areas, by their ids, have other colours; what the artist painted stays."""
    known = set(draft.ground.areas.ids.tolist())
    fresh = {one: colour for one, colour in colours.items() if one in known}
    stay = {one: code for one, code in draft.ground.colours.items() if one not in fresh}
    return replace(draft, ground=replace(draft.ground, colours=stay), fresh=draft.fresh | fresh)


def made(draft: Draft, pixels: np.ndarray) -> Made:
    """A draft with its new colours; `pixels`, (colours, channels), are what it wants."""
    codes = [draft.table.code(pixel) for pixel in pixels]
    code_of = dict(zip(draft.wanted, codes, strict=True))
    fresh = {one: code_of[colour] for one, colour in draft.fresh.items()}
    ground = replace(draft.ground, colours=draft.ground.colours | fresh)
    paper, hints = code_of[PAPER_HINT], draft.hints
    dabs = None if hints is None else hints.dabs(draft.table)
    if hints is None or dabs is None or not dabs.any():
        flats = ground.flats()
    else:
        flats = ground.flats(*hinted(ground, dabs, hints.area, draft.table, paper, spread=draft.spread))
    return Made.of(ground, flats, draft.table, paper, draft.homes)


@dataclass(frozen=True)
class Patch:
    """A part of the page in which flats change: codes (height, width) before and after, and all of them."""

    area: Rect
    before: Codes
    after: Codes
    made: Made

    def shares(self) -> Shares:
        """How layers with one colour each share it."""
        assert self.made.homes is not None
        return patched(self.before, self.after, self.made.homes.of, self.made.table.pixels)


def with_other_hints(made: Made, hints: Strips, spread: float = 0.0) -> Patch:
    """What becomes of flats that are as they were written, with other hints; `made` is of no use after it."""
    table, ground = made.table, made.ground
    dabs = hints.dabs(table)
    areas, colours = ground.areas, ground.colours
    if dabs.any():
        areas, colours = hinted(ground, dabs, hints.area, table, made.paper, spread=spread)
    part, codes = ground.change(made.flats, areas, colours)
    shown, here = made.flats.codes, (slice(part.y, part.bottom), slice(part.x, part.right))
    before = shown[here].copy()
    shown[here] = codes
    flats = Flats(areas, colours, shown, changes=bool(part.width))
    return Patch(part, before, codes, Made.of(ground, flats, table, made.paper, made.homes))


def strokes_as_inked(
    lines: CachedFeatures, settings: InkSettings, record: InkRecord, coverage: Any, hue: str = ""
) -> Strokes | None:
    """A sketch's strokes in page px, or of a picture's those of a kind (`hue`), where the lineart, inked with
    these settings, shows just their ink: uint8 coverage (height, width). Raises OutOfMemory.
    """
    page = Rect(0, 0, coverage.shape[1], coverage.shape[0])
    if record.regions or not np.array_equal(record.coverage(page), coverage):
        return None
    strokes = lines_of(lines, settings, hue).drawn_at(settings.faint, cut=settings.cut)
    return strokes.shifted(float(lines.area.x), float(lines.area.y))
