# SPDX-License-Identifier: GPL-3.0-or-later
"""From ink to areas: the list of steps."""

from __future__ import annotations

import numpy as np

from smart_lineart.inking.areas.areas import Areas, Labels
from smart_lineart.inking.areas.carrying import with_ids_of
from smart_lineart.inking.arrays import Bytes, Mask
from smart_lineart.inking.errors import BadOption
from smart_lineart.inking.progress import Cancel, Progress, ignore, never, stop_if
from smart_lineart.inking.raster.components import find_runs, label_runs
from smart_lineart.inking.raster.resampling import resize
from smart_lineart.inking.raster.thinning import thin

USUAL_OPENNESS = 0.28
LONG_SIDE = 1600  # working px at most
INKED = 96


def find_areas(
    ink: Bytes,
    *,
    openness: float = USUAL_OPENNESS,
    before: Areas | None = None,
    report: Progress | None = None,
    cancelled: Cancel | None = None,
) -> Areas:
    """The areas of a lineart, uint8 coverage (H, W). Raises BadOption, Cancelled."""
    if not 0.0 <= openness <= 1.0:
        raise BadOption("Openness must lie between 0 and 1, not {given}.", given=openness)
    report, cancelled = report or ignore, cancelled or never
    height, width = ink.shape
    factor = min(1.0, LONG_SIDE / max(height, width))
    small = resize(ink, max(1, round(height * factor)), max(1, round(width * factor)))
    stop_if(cancelled)
    walls = thin(small >= INKED)[1:-1, 1:-1] > 0
    labels = _grown(_parts(~walls))
    return Areas.of((height, width), with_ids_of(labels, before), {})


def _parts(free: Mask) -> Labels:
    """4-connected regions numbered from 1; those at the page's edge are paper: 0, and walls are -1."""
    runs = find_runs(free)
    first = label_runs(runs, free.shape[1])
    names, number = np.unique(first, return_inverse=True)
    labels = np.full(free.shape, -1, np.int32)
    labels[free] = np.repeat(number + 1, runs.stop - runs.start)
    rim = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    outside = np.zeros(len(names) + 2, np.bool_)
    outside[rim[rim > 0]] = True
    labels[outside[np.maximum(labels, 0)]] = 0
    return labels


def _grown(labels: Labels) -> Labels:
    """Walls given to what lies beside them."""
    labels = labels.copy()
    if (labels < 0).all():
        return np.zeros_like(labels)
    while (labels < 0).any():
        framed = np.pad(labels, 1, constant_values=-1)
        beside = np.maximum.reduce([framed[1:-1, :-2], framed[1:-1, 2:], framed[:-2, 1:-1], framed[2:, 1:-1]])
        labels = np.where(labels < 0, beside, labels)
    return labels
