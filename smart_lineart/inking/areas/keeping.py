# SPDX-License-Identifier: GPL-3.0-or-later
"""Borders between colours that stay where their line was taken out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from itertools import count

import numpy as np

from smart_lineart.inking.areas.areas import Areas, Labels
from smart_lineart.inking.areas.carrying import overlaps
from smart_lineart.inking.arrays import Mask
from smart_lineart.inking.raster.morphology import grow

DRAWN = 0.5  # share of what was drawn of an area's outline that must still be, or it was erased itself
BESIDE = 4  # working px that a line may lie beside where it lay


def with_borders_kept(areas: Areas, before: Areas, colour_of: Callable[[int], object]) -> Areas:
    """Areas in which those of `before` live on that a line's going has opened to others, or to the paper, of
    another colour: their border stays, and counts as `ink` of the result, so that it stays the next time too.

    `before` lies as the page does now. `colour_of` tells the colour that an earlier area, or the paper, 0,
    has; only where it may matter.
    """
    if before.labels.shape != areas.labels.shape:
        return areas
    opened = _opened(areas.labels, before.labels)
    outlines = _outlines(areas, before) if opened else {}
    labels = areas.labels.copy()
    drawn: dict[int, float] = {}
    taken = set(areas.ids.tolist())
    for then, beside in opened:
        line, still, went = outlines.get(then, (0, 0, 0))
        if not went or still < DRAWN * line or colour_of(then) == colour_of(beside):
            continue
        one = then if then not in taken else next(free for free in count(1) if free not in taken)
        taken.add(one)
        labels[(before.labels == then) & (areas.labels == _now(areas.labels, before.labels, then))] = one
        drawn[one] = still / line
    if not drawn:
        return areas
    ink = areas.ink | _between(labels, areas.labels)
    return replace(areas, ink=ink).relabelled(labels, drawn)


def _opened(now: Labels, then: Labels) -> list[tuple[int, int]]:
    """Earlier areas most of which lies in an area of now that they do not make up alone, nor have they become
    another one; each with the largest of the others there, 0 for the paper.
    """
    table = overlaps(now, then).tolist()
    size_now: dict[int, int] = defaultdict(int)
    size_then: dict[int, int] = defaultdict(int)
    for one, other, shared in table:
        size_now[one] += shared
        size_then[other] += shared
    together: dict[int, list[int]] = defaultdict(list)
    for one, other, shared in table:
        if other and 2 * shared > size_then[other]:
            together[one].append(other)
    became: dict[int, set[int]] = defaultdict(set)
    for one, other, shared in table:
        if one and 2 * shared > size_now[one]:
            became[other].add(one)
    pairs = []
    for one, others in sorted(together.items()):
        largest = max(others, key=lambda other: (size_then[other], -other)) if one else 0
        pairs += [(other, largest) for other in others if other != largest and became[other] <= {one}]
    return pairs


def _now(now: Labels, then: Labels, other: int) -> int:
    ones, counts = np.unique(now[then == other], return_counts=True)
    return int(ones[counts.argmax()])


def _outlines(areas: Areas, before: Areas) -> dict[int, tuple[int, int, int]]:
    """Of each earlier area how much of its outline was drawn, how much of that still is, and how much of the
    rest lies within one area now; px of border.
    """
    near = grow(areas.ink, BESIDE)
    totals: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    now, then, old = areas.labels, before.labels, before.ink
    for first, second in (
        ((slice(None), slice(1, None)), (slice(None), slice(None, -1))),
        ((slice(1, None), slice(None)), (slice(None, -1), slice(None))),
    ):
        line = (then[first] != then[second]) & (old[first] | old[second])
        still = line & (near[first] | near[second])
        went = line & ~still & (now[first] == now[second])
        for side in (first, second):
            for kind, mask in enumerate((line, still, went)):
                for one, many in zip(*np.unique(then[side][mask], return_counts=True), strict=True):
                    totals[int(one)][kind] += int(many)
    return {one: (line, still, went) for one, (line, still, went) in totals.items()}


def _between(labels: Labels, before: Labels) -> Mask:
    """One px along borders of labels (h, w) that others do not have."""
    out: Mask = np.zeros(labels.shape, np.bool_)
    out[:, 1:] |= (labels[:, 1:] != labels[:, :-1]) & (before[:, 1:] == before[:, :-1])
    out[1:] |= (labels[1:] != labels[:-1]) & (before[1:] == before[:-1])
    return out
