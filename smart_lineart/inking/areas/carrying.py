# SPDX-License-Identifier: GPL-3.0-or-later
"""Ids and colours that stay when lines change."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.areas.areas import Areas, Labels
from smart_lineart.inking.areas.colouring import Colours, first_colours
from smart_lineart.inking.areas.packing import MOST_ID


def overlaps(labels: Labels, before: Labels) -> NDArray[np.int64]:
    """(n, 3): a label, an earlier label, and how many working px they share, paper too."""
    if before.shape != labels.shape:
        rows = (np.arange(labels.shape[0]) * 2 + 1) * before.shape[0] // (2 * labels.shape[0])
        columns = (np.arange(labels.shape[1]) * 2 + 1) * before.shape[1] // (2 * labels.shape[1])
        before = before[np.ix_(rows, columns)]
    both = labels.astype(np.int64) * (int(before.max()) + 1) + before
    pairs, shared = np.unique(both, return_counts=True)
    now, then = np.divmod(pairs, int(before.max()) + 1)
    return np.stack([now, then, shared], 1)


def with_ids_of(labels: Labels, before: Areas | None) -> Labels:
    """Labels numbered anew: what shares most with an earlier area is called as it was."""
    table = overlaps(labels, labels * 0 if before is None else before.labels)
    known: dict[int, int] = {0: 0}
    taken = {0}
    for now, then, _ in table[np.lexsort((table[:, 1], table[:, 0], -table[:, 2]))].tolist():
        if now not in known and then not in taken:
            known[now] = then
            taken.add(then)
    last = 0 if before is None or not len(before) else int(before.ids[-1])
    missing = [one for one in np.unique(table[:, 0]).tolist() if one not in known]
    if last + len(missing) > MOST_ID:
        last = 0
    fresh = last
    for one in missing:
        fresh += 1
        while fresh in taken:
            fresh += 1
        known[one] = fresh
        taken.add(fresh)
    lookup = np.zeros(int(labels.max()) + 1, np.int32)
    lookup[list(known)] = list(known.values())
    return lookup[labels]


def carried_colours(areas: Areas, before: Areas, colours_before: Colours) -> Colours:
    """Colours for areas found after lines changed: each has that of most of it; what is new, a new one."""
    most: dict[int, tuple[int, int]] = {}
    for now, then, shared in overlaps(areas.labels, before.labels).tolist():
        if shared > most.get(now, (0, 0))[0]:
            most[now] = shared, then
    carried = {one: colours_before[then] for one, (_, then) in most.items() if then in colours_before}
    return first_colours(areas, fixed=carried)
