# SPDX-License-Identifier: GPL-3.0-or-later
"""Colours that go on from areas with a hint to areas without."""

from __future__ import annotations

import heapq
from collections.abc import Container

import numpy as np

from smart_lineart.inking.areas.areas import Areas
from smart_lineart.inking.areas.colouring import Colours, neighbours
from smart_lineart.inking.areas.walls import along
from smart_lineart.inking.arrays import Floats

SEAM = 0.05  # how much farther away what lies beyond a seam counts, times its distance


def spread_colours(
    areas: Areas, colours: Colours, given: Colours, spread: float, *, chosen: Container[int] = ()
) -> Colours:
    """Colours in which areas without one of those `given` have the nearest area's that has: over seams, and
    as far over lines as `spread` of the page's diagonal. What is `chosen` keeps its colour, and none goes
    through it.
    """
    open_ = _over_seams(areas)
    beside = neighbours(areas.labels) if spread > 0 else open_
    middles = {
        one: np.array([box.x + box.width / 2, box.y + box.height / 2])
        for one, box in zip(areas.ids.tolist(), areas.boxes, strict=True)
    }
    diagonal = float(np.hypot(*areas.shape))
    nearest = {one: 0.0 for one in given if one}
    colour_of = {one: given[one] for one in nearest}
    heap = [(0.0, 0.0, one) for one in sorted(nearest)]
    while heap:
        far, over_lines, one = heapq.heappop(heap)
        if far > nearest[one]:
            continue
        through = open_.get(one, set())
        for other in sorted(beside.get(one, set()) | through):
            step = float(np.hypot(*(middles[one] - middles[other]))) / diagonal
            crossed = over_lines if other in through else over_lines + step
            total = far + (SEAM * step if other in through else step)
            if other in given or other in chosen or crossed > spread or total >= nearest.get(other, np.inf):
                continue
            nearest[other], colour_of[other] = total, colour_of[one]
            heapq.heappush(heap, (total, crossed, other))
    return colours | colour_of


def _over_seams(areas: Areas) -> dict[int, set[int]]:
    """Which areas touch which where there is no line."""
    beside: dict[int, set[int]] = {}
    for line in areas.seams:
        for a, b in _sides(line, areas):
            beside.setdefault(a, set()).add(b)
            beside.setdefault(b, set()).add(a)
    return beside


def _sides(line: Floats, areas: Areas) -> set[tuple[int, int]]:
    """Pairs of areas on both sides of a seam, where it is not under a line."""
    at = line.astype(np.float64) * areas.scale
    if len(at) < 2:
        return set()
    middle = np.rint(along(at[:-1], at[1:]) - 0.5).astype(np.intp)
    tall, wide = areas.labels.shape
    middle = np.clip(middle, 0, (wide - 1, tall - 1))
    middle = middle[~areas.ink[middle[:, 1], middle[:, 0]]]
    pairs = set()
    for dx, dy in ((2, 0), (0, 2), (1, 1), (1, -1)):
        step = np.array([dx, dy])
        one = np.clip(middle + step, 0, (wide - 1, tall - 1))
        other = np.clip(middle - step, 0, (wide - 1, tall - 1))
        a, b = areas.labels[one[:, 1], one[:, 0]], areas.labels[other[:, 1], other[:, 0]]
        differ = (a != b) & (a > 0) & (b > 0)
        pairs |= set(zip(a[differ].tolist(), b[differ].tolist(), strict=True))
    return pairs
