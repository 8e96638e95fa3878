# SPDX-License-Identifier: GPL-3.0-or-later
"""Dotted paper and screentone: equal specks at equal distances are printed, not drawn.

Lengths are px at working scale.
"""

from __future__ import annotations

import numpy as np

from smart_lineart.inking.arrays import Bytes, Floats
from smart_lineart.inking.raster.components import extents, find_runs, label_runs

DARK = 32  # from which a px counts
LARGEST = 24  # px across of a dot
LEAST = 80  # dots of a grid
ALIKE = 2.0  # times that a dot may be larger or smaller than usual
MOSTLY = 0.8  # of all specks that are dots
EVEN = 0.12  # of the distance between neighbours, by which eight in ten differ,
HALF = 0.25  # px, and this: a dot's middle is known to half a px
TRIED = 400  # dots whose neighbours are looked for


def dot_size(darkness: Bytes) -> int:
    """How many px the dots of a page's paper usually have, of its darkness (H, W); 0: there is no grid."""
    specks = _Specks(darkness)
    area, middle = specks.area[specks.whole], specks.middle[specks.whole]
    if len(area) < LEAST:
        return 0
    usual = float(np.median(area))
    alike = (area >= usual / ALIKE) & (area <= usual * ALIKE)
    if alike.mean() < MOSTLY or alike.sum() < LEAST:
        return 0
    near = _nearest(middle[alike])
    low, apart, high = np.quantile(near, (0.1, 0.5, 0.9))
    return round(usual) if high - low <= EVEN * apart + HALF else 0


def without_dots(darkness: Bytes, size: int) -> Bytes:
    """A page's darkness (H, W) without the dots of its paper, which usually have so many px."""
    specks = _Specks(darkness)
    out = darkness.copy()
    # What is smaller than a dot is a part of one, cut off by the page's border or by the end of its tone.
    for number in np.flatnonzero(specks.area <= size * ALIKE):
        left, top, right, bottom = specks.box[number]
        # With the soft edge of it.
        part = np.s_[max(0, top - 2) : bottom + 2, max(0, left - 2) : right + 2]
        np.putmask(out[part], out[part] <= darkness[top:bottom, left:right].max(), 0)
    return out


class _Specks:
    """Small dark regions: `area` (N,) in px, `middle` (N, 2), `box` (N, 4) left, top, right, bottom.

    And which of them are `whole` (N,): the page's border cuts the others.
    """

    def __init__(self, darkness: Bytes) -> None:
        runs = find_runs(darkness >= DARK)
        label = label_runs(runs, darkness.shape[1])
        length = runs.stop - runs.start
        area = np.bincount(label, length, len(label))
        left, top, right, bottom = extents(runs, label)
        small = (area > 0) & (right - left <= LARGEST) & (bottom - top <= LARGEST)
        self.area = area[small]
        self.box = np.stack([left, top, right, bottom], axis=1)[small]
        low, high = self.box[:, :2].min(axis=1), self.box[:, 2:]
        self.whole = (low > 0) & (high < np.array(darkness.shape[::-1])).all(axis=1)
        self.middle: Floats = np.asarray((self.box[:, :2] + self.box[:, 2:]) / 2, np.float32)


def _nearest(points: Floats) -> Floats:
    """How far the nearest other point is from some of the points (N, 2)."""
    tried = points[:: max(1, len(points) // TRIED)]
    out = []
    for part in np.array_split(tried, max(1, len(tried) * len(points) // (1 << 20) + 1)):
        apart = np.hypot(*(part[:, None] - points[None]).transpose(2, 0, 1))
        apart[apart == 0] = np.inf
        out.append(apart.min(axis=1))
    return np.concatenate(out)
