# SPDX-License-Identifier: GPL-3.0-or-later
"""What an artist dabbed on a layer of colour hints: strokes of one colour."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.areas.areas import Areas
from smart_lineart.inking.areas.palettes import Colour
from smart_lineart.inking.arrays import Bytes
from smart_lineart.inking.raster.components import find_runs, label_runs
from smart_lineart.inking.raster.morphology import spread

OPAQUE = 128  # alpha from which a pixel is a hint: soft edges of brushes are none
MIXED = 0.08  # of a dab's px: colours with less come of soft brushes that run into each other
MOST_COLOURS = 256
BLOCK = 1 << 20  # px looked at once


@dataclass(frozen=True)
class Dab:
    """A stroke of one colour: its working px."""

    colour: Colour
    rows: NDArray[np.intp]
    columns: NDArray[np.intp]


def find_dabs(hints: Bytes, areas: Areas) -> list[Dab]:
    """The strokes of a picture of hints, uint8 RGBA (H, W, 4): connected, each of one colour."""
    colours = _at_working_scale(hints, areas)
    if not colours.any():
        return []
    dabs = []
    for colour in _unmixed(colours):
        mask = colours == colour
        # Strokes as thin as a pixel are connected over corners.
        wide = spread(mask)
        runs = find_runs(wide)
        number = np.repeat(label_runs(runs, mask.shape[1]), runs.stop - runs.start)
        at = np.flatnonzero(wide)
        own = mask.reshape(-1)[at]
        at, number = at[own], number[own]
        rgb = int(colour) - 1
        together = np.argsort(number, kind="stable")
        for part in np.split(at[together], np.flatnonzero(np.diff(number[together])) + 1):
            rows, columns = np.divmod(part, mask.shape[1])
            dabs.append(Dab((rgb >> 16, rgb >> 8 & 255, rgb & 255), rows, columns))
    return dabs


def _at_working_scale(hints: Bytes, areas: Areas) -> NDArray[np.int32]:
    """The colour of each working px, as a number above 0; 0 is none. Where several meet, one with most px."""
    tall, wide = areas.labels.shape
    cells, packed = [], []
    step = max(1, BLOCK // max(1, hints.shape[1]))
    for top in range(0, hints.shape[0], step):
        part = hints[top : top + step]
        y, x = np.nonzero(part[..., 3] >= OPAQUE)
        rgb = part[y, x, :3].astype(np.int64)
        packed.append((rgb[:, 0] << 16 | rgb[:, 1] << 8 | rgb[:, 2]) + 1)
        cells.append((y + top) * tall // areas.shape[0] * wide + x * wide // areas.shape[1])
    out = np.zeros(tall * wide, np.int32)
    both = np.concatenate(cells) << 25 | np.concatenate(packed)
    if both.size:
        pairs, counts = np.unique(both, return_counts=True)
        order = np.argsort(counts, kind="stable")  # what is written last stays
        out[pairs[order] >> 25] = pairs[order] & (1 << 25) - 1
    return out.reshape(tall, wide)


def _unmixed(colours: NDArray[np.int32]) -> NDArray[np.int32]:
    """The colours that were meant: each makes up enough of some dab, whatever else is mixed into that."""
    mask = colours > 0
    wide = spread(mask)
    runs = find_runs(wide)
    number = np.repeat(label_runs(runs, mask.shape[1]), runs.stop - runs.start)
    at = np.flatnonzero(wide)
    own = mask.reshape(-1)[at]
    number, colour = number[own], colours.reshape(-1)[at[own]]
    total = np.bincount(number)
    pairs, counts = np.unique(np.stack([number, colour]), axis=1, return_counts=True)
    meant = counts >= MIXED * total[pairs[0]]
    ones, where = np.unique(pairs[1][meant], return_inverse=True)
    share = np.bincount(where, counts[meant])
    return ones[np.argsort(-share, kind="stable")][:MOST_COLOURS].astype(np.int32)
