# SPDX-License-Identifier: GPL-3.0-or-later
"""Flats in several layers, one a colour: which pixel belongs into which.

The layers are numbered from the bottom, from 1; 0 is none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.arrays import Mask
from smart_lineart.inking.renewing.flats import Flats, Ground
from smart_lineart.inking.renewing.flats_placing import added, page_of, strips_of, tabled
from smart_lineart.inking.renewing.pixel_codes import CLEAR, Codes, Pixels

Numbers = NDArray[np.uint16]


@dataclass(frozen=True)
class Shares:
    """What goes where.

    Attributes:
        codes: of each pixel of an area, int32 (height, width).
        parts: the number of the part that each belongs into, 0 for none, uint16 (height, width).
        changed: which of them are to be written, bool (height, width).
        pixels: of each code, (codes, channels).
        homes: the number of the part that each colour belongs into, by its code.
        shown_by: the number of the part that showed each pixel until now, 0 for none, uint16 (height, width);
            None where that is not known.
    """

    codes: np.ndarray
    parts: np.ndarray
    changed: np.ndarray
    pixels: np.ndarray
    homes: dict[int, int]
    shown_by: Numbers | None = None

    def of(self, rows: slice) -> Shares:
        """Of some rows."""
        return replace(self, codes=self.codes[rows], parts=self.parts[rows], changed=self.changed[rows])

    def in_part(self, number: int, was: np.ndarray) -> np.ndarray:
        """What a part that shows `was`, (height, width, channels), is to show: colours go out of it and into
        it. Strokes of the artist, also such as other parts hide, stay. What changes is never one of those,
        so that all of a colour goes, also out of a part that another colour is at home in.
        """
        mains = [self.pixels[code] for code, home in self.homes.items() if home == number]
        ours = was[..., -1] == 0
        for main in mains:
            ours |= (was == main).all(-1)
        if self.shown_by is not None:
            ours |= self.shown_by == number
        mine = (self.parts == number)[..., None]
        then = np.where(mine, self.pixels[self.codes], np.zeros((), was.dtype))
        return np.where((self.changed & ours)[..., None], then, was)


def homes_of(shown: Codes, numbers: Numbers) -> dict[int, int]:
    """The layer that shows most of each colour, by its code; of two the lower one.

    Args:
        shown: what all of them show together, in codes, (height, width).
        numbers: which of them shows it, (height, width).
    """
    tables = []
    for part in strips_of(page_of(shown.shape)):
        rows = slice(part.y, part.bottom)
        tables.append(tabled(shown[rows], numbers[rows].astype(np.int32)))
    code, number, many = added(tables).T
    order = np.lexsort((-number, many, code))  # of each colour the last one has most
    homes = dict(zip(code[order].tolist(), number[order].tolist(), strict=True))
    return {code: number for code, number in homes.items() if code != CLEAR and number}


def with_new(homes: dict[int, int], codes: Iterable[int], known: int) -> dict[int, int]:
    """Homes for colours without one, too: layers of their own after the `known` ones."""
    out = dict(homes)
    last = known
    for code in codes:
        if code != CLEAR and code not in out:
            last += 1
            out[code] = last
    return out


def shares_of(ground: Ground, flats: Flats, homes: dict[int, int], pixels: Pixels, *, anew: bool) -> Shares:
    """How layers share what flats show; `anew`: nothing of it is in them yet. Then the artist's strokes go
    where the colour of the area beneath them is.
    """
    codes, table = flats.codes, _table(homes, len(pixels))
    if not anew:
        return Shares(codes, table[codes], codes != ground.shown, pixels, homes)
    beneath = codes
    if ground.own.any():
        plain = replace(ground, own=np.zeros(ground.own.shape, np.bool_))
        beneath = np.where(ground.own, plain.flats(flats.areas, flats.colours).codes, codes)
    parts = table[beneath]
    parts[(parts == 0) & (codes != CLEAR)] = 1  # strokes on paper
    return Shares(codes, parts, np.ones(codes.shape, np.bool_), pixels, homes)


def patched(area_before: Codes, after: Codes, homes: dict[int, int], pixels: Pixels) -> Shares:
    """How layers share what becomes of a part of the page, (height, width) both."""
    changed: Mask = area_before != after
    return Shares(after, _table(homes, len(pixels))[after], changed, pixels, homes)


def _table(homes: dict[int, int], size: int) -> Numbers:
    table = np.zeros(size, np.uint16)
    for code, number in homes.items():
        table[code] = number
    return table
