# SPDX-License-Identifier: GPL-3.0-or-later
"""Dabs of colour that say what is what: they colour areas, join them and split them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.areas.areas import Areas
from smart_lineart.inking.areas.colouring import PAPER, Colours
from smart_lineart.inking.areas.dabs import Dab, find_dabs
from smart_lineart.inking.areas.palettes import Colour
from smart_lineart.inking.areas.splitting import split, split_from_rim
from smart_lineart.inking.areas.spreading import spread_colours
from smart_lineart.inking.arrays import Bytes
from smart_lineart.inking.errors import BadOption, BadSketch

PAPER_HINT: Colour = (255, 0, 255)
"""The colour of a dab that says: this is paper."""

MEANT = 0.2  # of a stroke's px that lie in an area it is meant for; the rest overshot
COVERED = 0.3  # or of the area's
OUTSIDE = 0.6  # of a stroke's px that lie on the paper outside, if that is meant


def with_hints(
    areas: Areas, hints: Bytes, colours: Colours, *, spread: float = 0.0, chosen: Container[int] = ()
) -> tuple[Areas, Colours]:
    """Areas and colours as dabs of colour say, uint8 RGBA (H, W, 4), transparent where there is none.

    A dab gives its area exactly its colour, `PAPER_HINT` none; a stroke over several joins them, and dabs of
    several colours in one split it where it is narrow. What has no hint takes the colour of an area with one
    over seams, and at a `spread` above 0 over lines too, from one area to the next: at 1 however far. Areas
    whose colour is `chosen` keep it, unless a dab lies in them. Ids of what no hint joins or splits stay.

    Raises BadOption, BadSketch.
    """
    if not 0.0 <= spread <= 1.0:
        raise BadOption("Spread must lie between 0 and 1, not {given}.", given=spread)
    if hints.shape != (*areas.shape, 4) or hints.dtype != np.uint8:
        raise BadSketch("Colour hints must be a picture with 8 bit as large as the lineart.")
    dabs = find_dabs(hints, areas)
    if not dabs:
        return areas, dict(colours)
    sizes = dict(zip(areas.ids.tolist(), areas.sizes.tolist(), strict=True))
    meant = [_meant(dab, areas, sizes) for dab in dabs]
    labels = _joined(areas.labels, meant)
    labels, given = _coloured(labels, areas, dabs, meant)
    changed = areas.relabelled(labels)
    known = set(changed.ids.tolist()) | {0}
    out = {one: colour for one, colour in colours.items() if one in known} | given
    return changed, spread_colours(changed, out, given, spread, chosen=chosen)


def _meant(dab: Dab, areas: Areas, sizes: dict[int, int]) -> list[int]:
    """Which areas a dab is meant for: those that much of it lies in, and not those it overshoots into.

    `sizes` are those of all areas, px of the page.
    """
    ones, counts = np.unique(areas.labels[dab.rows, dab.columns], return_counts=True)
    share = dict(zip(ones.tolist(), (counts / counts.sum()).tolist(), strict=True))
    if share.get(0, 0.0) >= OUTSIDE:
        return [0]
    per_px = areas.scale[0] * areas.scale[1]
    most = max((one for one in share if one), key=lambda one: (share[one], -one), default=0)
    return [
        one
        for one, count in zip(ones.tolist(), counts.tolist(), strict=True)
        if one == most or (one and (share[one] >= MEANT or count >= COVERED * sizes[one] * per_px))
    ]


def _joined(labels: NDArray[np.int32], meant: list[list[int]]) -> NDArray[np.int32]:
    """Labels in which areas that one dab is meant for are one, called as the lowest of them."""
    became: dict[int, int] = {}

    def root(one: int) -> int:
        while became.get(one, one) != one:
            one = became[one]
        return one

    for ones in meant:
        for other in ones[1:]:
            low, high = sorted((root(ones[0]), root(other)))
            became[high] = low
    if not became:
        return labels
    table = np.arange(int(labels.max()) + 1, dtype=np.int32)
    for one in became:
        table[one] = root(one)
    return table[labels]


def _coloured(
    labels: NDArray[np.int32], areas: Areas, dabs: list[Dab], meant: list[list[int]]
) -> tuple[NDArray[np.int32], Colours]:
    """Labels in which areas with dabs of several colours are split, and the colours that were given."""
    inside: dict[int, dict[Colour, list[Dab]]] = defaultdict(lambda: defaultdict(list))
    for dab, ones in zip(dabs, meant, strict=True):
        # Joined areas have one label, that of where the dab lies in any of them.
        within = np.isin(areas.labels[dab.rows, dab.columns], ones)
        own = labels[dab.rows[within], dab.columns[within]]
        part = Dab(dab.colour, dab.rows[within], dab.columns[within])
        inside[int(own[0])][dab.colour].append(part)
    given: Colours = {}
    labels = labels.copy()
    last = int(labels.max(initial=0))
    for one, of_colour in sorted(inside.items()):
        last, parts = _split_one(labels, areas, one, of_colour, last)
        given |= parts
    return labels, given


def _split_one(
    labels: NDArray[np.int32], areas: Areas, one: int, of_colour: dict[Colour, list[Dab]], last: int
) -> tuple[int, Colours]:
    """Colour one area, whose labels are changed where it is split; the last id in use, and what has which."""
    wanted = [(_colour(colour), dabs) for colour, dabs in of_colour.items()]
    if one == 0:
        parts = split_from_rim(labels == 0, areas, [dabs for _, dabs in wanted])
    elif len(wanted) == 1:
        return last, {one: wanted[0][0]}
    else:
        parts = split(labels == one, areas, [dabs for _, dabs in wanted])
    sizes = [int(part.sum()) for part in parts]
    given: Colours = {}
    stays = int(np.argmax(sizes)) if one else -1
    for number, (part, (colour, _)) in enumerate(zip(parts, wanted, strict=True)):
        if not sizes[number]:
            continue
        if number == stays or (one == 0 and part[labels == 0].all()):
            given[one] = colour
            continue
        if one == 0 and colour == PAPER:
            continue
        last += 1
        labels[part] = last
        given[last] = colour
    return last, given


def _colour(colour: Colour) -> Colour:
    return PAPER if colour == PAPER_HINT else colour
