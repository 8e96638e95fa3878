# SPDX-License-Identifier: GPL-3.0-or-later
"""An area split between dabs of several colours, where it is narrow.

A watershed of the distance to lines (Meyer, "Topographic distance and watershed lines", 1994): from the dabs
on, what is deep is flooded first, so that floods meet in necks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.areas.areas import Areas
from smart_lineart.inking.areas.dabs import Dab
from smart_lineart.inking.areas.distance import distance_within
from smart_lineart.inking.areas.enlarging import labels_on_page
from smart_lineart.inking.areas.growing import grown
from smart_lineart.inking.arrays import Mask
from smart_lineart.inking.geometry import Rect
from smart_lineart.inking.raster.morphology import grow

MOST_PX = 120_000  # flooded: larger areas are reduced for it
LEVELS = 24
NECK = 0.7  # times as deep as a part is: where that meets what lies outside no deeper, is a neck


@dataclass(frozen=True)
class _Flood:
    """Parts of an area, reduced, 1 and up; how deep it is, and how deep where the last part and each met."""

    box: Rect
    parts: NDArray[np.int32]
    deep: NDArray[np.float32]
    met: dict[int, float]


def split(area: Mask, areas: Areas, groups: list[list[Dab]]) -> list[Mask]:
    """Masks (h, w) of an area's parts, one for each group of dabs."""
    flood = _flooded(area, areas, groups, rim=False)
    return _enlarged(area, flood, len(groups))


def split_from_rim(area: Mask, areas: Areas, groups: list[list[Dab]]) -> list[Mask]:
    """The same for the paper outside. What no neck parts from the page's edge is all of it."""
    flood = _flooded(area, areas, groups, rim=True)
    outside = len(groups) + 1
    for number in range(1, len(groups) + 1):
        part = flood.parts == number
        if not part.any():
            continue
        if flood.met.get(number, 0.0) >= NECK * flood.deep[part].max():
            flood.parts[flood.parts == outside] = number
    return _enlarged(area, flood, len(groups))


def _beside(mask: Mask) -> Mask:
    out = np.zeros_like(mask)
    out[:, 1:] |= mask[:, :-1]
    out[:, :-1] |= mask[:, 1:]
    out[1:] |= mask[:-1]
    out[:-1] |= mask[1:]
    return out


def _flooded(area: Mask, areas: Areas, groups: list[list[Dab]], *, rim: bool) -> _Flood:
    box = _box(area)
    here = slice(box.y, box.bottom), slice(box.x, box.right)
    factor = max(1.0, (box.width * box.height / MOST_PX) ** 0.5)
    tall, wide = max(1, round(box.height / factor)), max(1, round(box.width / factor))
    rows = (np.arange(tall) * 2 + 1) * box.height // (2 * tall)
    columns = (np.arange(wide) * 2 + 1) * box.width // (2 * wide)
    within = area[here][np.ix_(rows, columns)]
    lines = _reduced(areas.ink[here] & area[here] | _open(areas)[here], tall, wide)
    deep = distance_within(within & ~lines)
    seeds = np.zeros((tall, wide), np.int32)
    if rim:
        edge = np.zeros_like(within)
        edge[[0, -1]] = True
        edge[:, [0, -1]] = True
        seeds[edge & within] = len(groups) + 1
    for number, dabs in reversed(list(enumerate(groups, 1))):
        for dab in dabs:
            y, x = (dab.rows - box.y) * tall // box.height, (dab.columns - box.x) * wide // box.width
            seeds[y, x] = number
    within |= seeds > 0
    met: dict[int, float] = {}
    for level in np.linspace(1.0, 0.0, LEVELS, endpoint=False)[1:] * float(deep.max(initial=0)):
        seeds = grown(seeds, within & (deep >= level))
        beside = _beside(seeds == len(groups) + 1)
        for number in set(np.unique(seeds[beside]).tolist()) - {0, len(groups) + 1}:
            met.setdefault(number, float(level))
    return _Flood(box, grown(seeds, within), deep, met)


def _box(area: Mask) -> Rect:
    rows, columns = np.flatnonzero(area.any(1)), np.flatnonzero(area.any(0))
    return Rect(int(columns[0]), int(rows[0]), int(columns[-1] - columns[0] + 1), int(rows[-1] - rows[0] + 1))


def _reduced(mask: Mask, tall: int, wide: int) -> Mask:
    """A mask of thin lines, smaller: no line is lost."""
    y, x = np.nonzero(mask)
    out = np.zeros((tall, wide), np.bool_)
    out[y * tall // mask.shape[0], x * wide // mask.shape[1]] = True
    return out


def _open(areas: Areas) -> Mask:
    """Where areas could end and do not, as lines."""
    out: Mask = np.zeros(areas.labels.shape, np.bool_)
    for line in areas.open_seams:
        x, y = (line * np.array(areas.scale)).astype(np.intp).T
        kept = (x >= 0) & (y >= 0) & (x < out.shape[1]) & (y < out.shape[0])
        out[y[kept], x[kept]] = True
    return out


def _enlarged(area: Mask, flood: _Flood, count: int) -> list[Mask]:
    """Masks of the parts at working scale; what no flood reached is the largest's."""
    box = flood.box
    near = grown(flood.parts, grow(flood.parts > 0, 2))
    large = labels_on_page(near, (box.height, box.width), Rect(0, 0, box.width, box.height))
    parts = []
    for number in range(1, count + 1):
        mask = np.zeros_like(area)
        here = slice(box.y, box.bottom), slice(box.x, box.right)
        mask[here] = (large == number) & area[here]
        parts.append(mask)
    return parts
