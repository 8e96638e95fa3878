# SPDX-License-Identifier: GPL-3.0-or-later
"""What is painted of seams in one view: never more than is done at once, whatever a file holds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smart_lineart.inking.arrays import Floats

MOST_SEGMENTS = 1 << 15  # of a page that are looked at: a full A4 page has about a thousand
MOST_PAINTED, LONGEST_PAINTED = 4000, 100_000.0  # in one view, and their length in screen px
MOST_FINE, LONGEST_FINE = 2000, 20_000.0  # the same for dots and smooth edges, which take far longer


@dataclass(frozen=True)
class Marks:
    """What is painted of lines in one view: segments in page px, float32 (n, 4), x and y of both ends;
    `fine`: few enough for dots and smooth edges.
    """

    segments: Floats
    fine: bool


def segments_of(lines: tuple[Floats, ...]) -> Floats:
    """The segments of lines (m, 2), float32 (n, 4): those of as many as there are on a sound page."""
    found, many = [np.zeros((0, 4), np.float32)], 0
    for line in lines:
        if many >= MOST_SEGMENTS:
            break
        found.append(np.concatenate([line[:-1], line[1:]], axis=1))
        many += len(found[-1])
    return np.concatenate(found)[:MOST_SEGMENTS]


def marks_in(segments: Floats, view: tuple[float, float, float, float], zoom: float) -> Marks:
    """What of segments lies in a view of the page, as left, top, right and bottom tell, and no more than can
    be painted at once: a file may hold any.
    """
    seen = _cut(segments.astype(np.float64), view)
    lengths = np.hypot(seen[:, 2] - seen[:, 0], seen[:, 3] - seen[:, 1]) * zoom
    so_far = np.cumsum(lengths)
    few = min(MOST_PAINTED, int(np.searchsorted(so_far, LONGEST_PAINTED)))
    fine = len(seen) <= MOST_FINE and float(lengths.sum()) <= LONGEST_FINE
    return Marks(seen[:few].astype(np.float32), fine)


def _cut(segments: Floats, view: tuple[float, float, float, float]) -> Floats:
    """The parts of segments (n, 4) that lie in a rectangle, after Liang and Barsky."""
    start, way = segments[:, :2], segments[:, 2:] - segments[:, :2]
    low, high = np.array(view[:2]), np.array(view[2:])
    with np.errstate(divide="ignore", invalid="ignore"):
        one, other = (low - start) / way, (high - start) / way
    still, inside = way == 0, (start >= low) & (start <= high)
    enters = np.where(still, np.where(inside, 0.0, 2.0), np.fmin(one, other)).max(1, initial=0.0)
    leaves = np.where(still, 1.0, np.fmax(one, other)).min(1, initial=1.0)
    seen = enters < leaves
    start, way = start[seen], way[seen]
    ends = [start + way * at[seen][:, None] for at in (enters, leaves)]
    return np.concatenate(ends, axis=1)
