# SPDX-License-Identifier: GPL-3.0-or-later
"""Other colours for flats, as small pictures: what of it is done on a worker's thread. No Krita in here."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.areas import PALETTES, PAPER, Areas, Colour, Colours, Palette, variations
from smart_lineart.inking.arrays import Bytes
from smart_lineart.inking.renewing.flats import Ground
from smart_lineart.inking.renewing.flats_past import Past
from smart_lineart.inking.renewing.flats_placing import find_flats, usual_codes
from smart_lineart.inking.renewing.pixel_codes import CLEAR, PixelTable

from .flats_work import Strips

PROPOSALS = 6
SIDE = 112  # px, the longer one of a picture
INK, SHEET = 40, 255  # grey of lines and paper in it
MOST_SWATCHES = 12

NAMES = sorted(set(PALETTES) - {"calm"})
random.Random(0).shuffle(NAMES)


@dataclass(frozen=True)
class Ask:
    """What is asked for.

    Attributes:
        first: the number of the first proposal; they go on from there.
        palette: of a picture; None: ours, in turn.
        locked: colours that stay; None: those that the artist chose or hinted at.
    """

    first: int = 0
    palette: Palette | None = None
    locked: frozenset[Colour] | None = None


@dataclass(frozen=True)
class Looked:
    """Areas and the codes of the colours that a layer shows in them, by ids.

    Attributes:
        own: areas whose colour the artist chose or hinted at.
    """

    areas: Areas
    codes: dict[int, int]
    table: PixelTable
    own: frozenset[int]

    @property
    def used(self) -> list[int]:
        """The codes of all colours, without paper."""
        return sorted({code for one, code in self.codes.items() if one and code != CLEAR})


@dataclass(frozen=True)
class Proposed:
    """Proposals.

    Attributes:
        asked: for what.
        colours: of the flats as they are, those with most of the page first.
        locked: which of them stay.
        pictures: of the proposals, uint8 (height, width, 3), R, G, B.
        recoloured: the areas that each gives another colour, by ids.
    """

    asked: Ask
    colours: tuple[Colour, ...]
    locked: frozenset[Colour]
    pictures: tuple[Bytes, ...]
    recoloured: tuple[Colours, ...]


def looked_at(before: Areas, shown: Strips, table: PixelTable, past: Past | None) -> Looked | None:
    """What a layer shows in the areas that were written into it; None where those are not found there."""
    codes = shown.codes(table)
    placed = find_flats(before, codes)
    if placed is None:
        return None
    usual, areas = usual_codes(placed, codes), placed.moved()
    of = {one: int(usual[one]) for one in areas.ids.tolist()}
    own: frozenset[int] = frozenset()
    if past is not None:
        own = past.settle(Ground.blank(areas, of), table).chosen | frozenset(past.without)
    return Looked(areas, of, table, own)


def proposed(looked: Looked, srgb: dict[int, Colour], ask: Ask) -> Proposed:
    """Six proposals; `srgb`: the used codes' colours."""
    areas = looked.areas
    colours = {one: PAPER if code == CLEAR else srgb[code] for one, code in looked.codes.items()}
    sizes: dict[Colour, int] = {}
    for one, size in zip(areas.ids.tolist(), areas.sizes.tolist(), strict=True):
        sizes[colours[one]] = sizes.get(colours[one], 0) + size
    sizes.pop(PAPER, None)
    locked = ask.locked
    if locked is None:
        locked = frozenset(colours[one] for one in looked.own if one in colours)
        locked = frozenset() if locked >= set(sizes) else locked
    found = _varied(areas, colours, replace(ask, locked=locked))
    return Proposed(
        ask,
        tuple(sorted(sizes, key=lambda colour: (-sizes[colour], colour))[:MOST_SWATCHES]),
        locked & set(sizes),
        tuple(picture_of(areas, one) for one in found),
        tuple({area: new for area, new in one.items() if new != colours[area]} for one in found),
    )


def _varied(areas: Areas, colours: Colours, ask: Ask) -> list[Colours]:
    palettes = [ask.palette or PALETTES[NAMES[(ask.first + turn) % len(NAMES)]] for turn in range(PROPOSALS)]
    return variations(
        areas, colours, count=PROPOSALS, seed=ask.first, locked=ask.locked or (), palettes=palettes
    )


def picture_of(areas: Areas, colours: Colours) -> Bytes:
    """A small picture of areas in colours under their lines: uint8 (height, width, 3), R, G, B."""
    table = np.full((int(areas.ids[-1]) + 1 if len(areas) else 1, 3), SHEET, np.uint8)
    for one, colour in colours.items():
        if 0 < one < len(table) and colour != PAPER:
            table[one] = colour
    height, width = areas.shape
    scale = min(1.0, SIDE / max(height, width))
    tall, wide = max(1, round(height * scale)), max(1, round(width * scale))
    tall, wide = min(tall, areas.labels.shape[0]), min(wide, areas.labels.shape[1])
    shown = table[areas.labels]
    shown[areas.ink] = INK
    return np.rint(_mean(_mean(shown.astype(np.float32), tall, 0), wide, 1)).astype(np.uint8)


def _mean(picture: NDArray[np.float32], many: int, axis: int) -> NDArray[np.float32]:
    """Rows or columns gathered into `many` equal parts."""
    starts = np.arange(many) * picture.shape[axis] // many
    lengths = np.diff(np.append(starts, picture.shape[axis])).astype(np.float32)
    sums = np.add.reduceat(picture, starts, axis)
    return np.asarray(sums / (lengths[:, None, None] if axis == 0 else lengths[None, :, None]), np.float32)
