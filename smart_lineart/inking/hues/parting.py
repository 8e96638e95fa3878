# SPDX-License-Identifier: GPL-3.0-or-later
"""Strokes and solid areas of some hues alone."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from smart_lineart.inking.arrays import Bytes, Floats, Mask
from smart_lineart.inking.hues.colour import OnPaper
from smart_lineart.inking.hues.following import Kinds
from smart_lineart.inking.raster.components import find_runs, label_runs, paint
from smart_lineart.inking.raster.morphology import grow
from smart_lineart.inking.strokes import Strokes

CONTOUR = 128  # of a map of solid areas
EDGE = 3  # px at working scale around a solid area, that its map's slopes take


def parted(strokes: Strokes, kinds: Kinds, wanted: Mask) -> Strokes:
    """The parts of strokes whose vertices have a hue that is wanted, bool by its number.

    Parts that follow each other share the vertex at which the pencil changes: ink goes on through it. Both
    are as firm, and stand as long, as the stroke was, and none tapers where it was cut.
    """
    if not len(strokes):
        return strokes
    owner = strokes.owner()
    changes = np.flatnonzero((kinds[1:] != kinds[:-1]) & (owner[1:] == owner[:-1])) + 1
    starts = np.union1d(strokes.starts[:-1], changes)
    if not len(changes):
        return strokes.select(wanted[kinds[strokes.starts[:-1]]])
    stops = np.append(starts[1:], len(kinds))
    whose = owner[starts]
    begins, ends = np.isin(starts, strokes.starts[:-1]), np.isin(stops, strokes.starts[1:])
    # The vertex after a part is the first of the next one, and the last of both.
    stops = np.where(ends, stops, stops + 1)
    keep = wanted[kinds[starts]]
    starts, stops, whose = starts[keep], stops[keep], whose[keep]
    free = strokes.free[whose] & np.stack([begins[keep], ends[keep]], axis=1)
    lengths = stops - starts
    at = np.repeat(starts - np.cumsum(lengths) + lengths, lengths) + np.arange(int(lengths.sum()))
    return Strokes(
        strokes.points[at],
        strokes.width[at],
        strokes.strength[whose],
        np.concatenate([[0], np.cumsum(lengths)]).astype(np.intp),
        free,
        None if strokes.alone is None else strokes.alone[at],
        None if strokes.standing is None else strokes.standing[whose],
    )


def solid_kinds(solid: Bytes, colours: OnPaper, kind_of: Callable[[Floats], Kinds]) -> Kinds:
    """The hue of each px of solid areas, uint8 (h, w): each area has one, that of all its colour.

    `colours`, int8 (h, w, 3), is what :func:`colour_on_paper` gives; `kind_of` tells the hues of (N, 3)
    such.
    """
    kinds = np.zeros(solid.shape, np.uint8)
    runs = find_runs(solid >= CONTOUR)
    if not len(runs.row):
        return kinds
    label = label_runs(runs, solid.shape[1])
    total = np.zeros((len(label), 3), np.float32)
    for number in range(3):
        sums = np.zeros((solid.shape[0], solid.shape[1] + 1), np.int64)
        np.cumsum(colours[..., number], axis=1, out=sums[:, 1:])
        inside = sums[runs.row, runs.stop] - sums[runs.row, runs.start]
        total[:, number] = np.bincount(label, inside, len(label))
    chosen = kind_of(total)[label]
    for kind in np.unique(chosen[chosen > 0]):
        kinds[paint(runs, chosen == kind, solid.shape)] = kind
    return kinds


def parted_solid(solid: Bytes, kinds: Kinds, wanted: Mask) -> Bytes | None:
    """A map of solid areas with those alone whose hue is wanted, bool by its number; None where that is
    none.
    """
    inside = solid >= CONTOUR
    chosen = inside & wanted[kinds]
    if not chosen.any():
        return None
    if np.array_equal(chosen, inside):
        return solid
    return np.where(grow(chosen, EDGE) & ~(inside & ~chosen), solid, np.uint8(0))
