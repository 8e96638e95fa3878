# SPDX-License-Identifier: GPL-3.0-or-later
"""Leads passes smoothly into the line that they run beside.

Where a pass comes too near to its neighbour for the network to tell them apart, thinning joins the two by a
hook: straight across, then round a corner and along. A hand lets such lines run into each other.

Lengths are px at working scale, and lines have vertices about 1 px apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from smart_lineart.inking.arrays import Bytes, Floats, Mask
from smart_lineart.inking.lines.nearby import MEETING, near_each
from smart_lineart.inking.lines.sampling import confidence
from smart_lineart.inking.ranges import tuned

ACROSS = 20  # longest way across
REACH = 7  # px over which a line's direction is taken
BESIDE = 0.85  # cosine from which two lines run beside each other
BACK, ON = 1.0, 2.0  # times their distance, that the new way begins before the hook and ends behind it
RUNS_ON = 5  # px that a line runs on to both sides of where another meets it
WINDOW = 45  # px of it that are looked at


@dataclass(frozen=True)
class JunctionTuning:
    """Which joints are hooks."""

    # Px apart that a hook holds two lines.
    nearest: float = tuned(2.5, 2.3, 20.0)
    farthest: float = tuned(12.0, 0.0, 40.0)
    steep: float = tuned(0.6, 0.0, 3.0)  # px apart per px of way, at least
    unsure: float = tuned(0.6, 0.0, 1.0)  # probability of the way across below which it is in doubt


class Hook(NamedTuple):
    """`corner` of a path whose first vertex meets `main` at its vertex `at`.

    Behind its corner the path runs beside it, `apart` px from it, forwards (`sense` 1) or back (-1).
    """

    main: Floats
    at: int
    corner: int
    apart: float
    sense: int


def ease_junctions(
    lines: list[Floats],
    meets: Mask,
    rings: list[bool],
    probability: Bytes,
    tuning: JunctionTuning = JunctionTuning(),
) -> list[Floats]:
    """Lines (N, 2) with their hooks led smoothly into the lines they meet.

    `meets` (lines, 2) says which starts and ends touch a line, `probability` is the line map, uint8 (H, W).
    """
    owner = np.repeat(np.arange(len(lines)), [len(line) for line in lines])
    starts = np.concatenate([[0], np.cumsum([len(line) for line in lines])])
    every = np.concatenate(lines)
    wanted = np.argwhere(meets)
    if not len(wanted):
        return lines
    tips = every[starts[wanted.sum(axis=1)] - wanted[:, 1]]
    eased = list(lines)
    for (line, end), tip, near in zip(wanted, tips, near_each(tips, every, MEETING), strict=True):
        others = near[owner[near] != line]
        others = others[np.argsort(np.hypot(*(every[others] - tip).T), kind="stable")]
        places = [(owner[o], o - starts[owner[o]]) for o in others]
        through = [(o, at) for o, at in places if rings[o] or _runs_on(at, len(lines[o]))]
        if not through:
            continue
        main, at = through[0]
        path = lines[line][::-1] if end else lines[line]
        hook = _find_hook(path, lines[main], int(at), tuning)
        if hook is None or confidence(path[1 : hook.corner], probability) >= tuning.unsure:
            continue
        way, used = _way_in(path, hook)
        rest = eased[line][::-1] if end else eased[line]
        rest = np.concatenate([way, rest[used + 1 :]])
        eased[line] = rest[::-1] if end else rest
    return eased


def _runs_on(at: int, count: int) -> bool:
    return RUNS_ON <= at < count - RUNS_ON


def _find_hook(path: Floats, main: Floats, at: int, tuning: JunctionTuning) -> Hook | None:
    """The hook with which a path begins at a vertex of another line, if it does."""
    count = min(ACROSS, len(path) - REACH - 1)
    if count < REACH:
        return None
    window = main[max(0, at - WINDOW) : at + WINDOW + 1]
    away = np.hypot(*(path[:count, None] - window[None]).transpose(2, 0, 1))
    nearest = away.argmin(axis=1)
    half = REACH // 2 + 1
    along = window[np.minimum(nearest + half, len(window) - 1)] - window[np.maximum(nearest - half, 0)]
    onward = path[REACH : REACH + count] - path[:count]
    sizes = np.hypot(*along.T) * np.hypot(*onward.T)
    cosine = (along * onward).sum(axis=1) / np.maximum(sizes, 1e-6)
    away = away[np.arange(count), nearest]
    beside = np.flatnonzero((np.abs(cosine) > BESIDE) & (away >= tuning.nearest))
    if not len(beside):
        return None
    corner = int(beside[0])
    apart = float(away[corner])
    if apart > tuning.farthest or apart < tuning.steep * corner:
        return None
    return Hook(main, at, corner, apart, 1 if cosine[corner] > 0 else -1)


def _way_in(path: Floats, hook: Hook) -> tuple[Floats, int]:
    """A smooth way from the main line into the path (a cubic Hermite curve), and the vertex it ends at."""
    main, sense = hook.main, hook.sense
    start = int(np.clip(hook.at - sense * round(BACK * hook.apart), 2, len(main) - 3))
    stop = min(hook.corner + round(ON * hook.apart), len(path) // 2)
    a, b = main[start], path[stop]
    length = float(np.hypot(*(b - a)))
    leave = sense * _unit(main[start + 2] - main[start - 2]) * length
    arrive = _unit(path[min(stop + 3, len(path) - 1)] - path[stop - 3]) * length
    t = np.linspace(0.0, 1.0, max(3, round(length) + 1))[:, None]
    curve = (1 + 2 * t) * (1 - t) ** 2 * a + t * (1 - t) ** 2 * leave
    curve += t * t * (3 - 2 * t) * b + t * t * (t - 1) * arrive
    return curve.astype(np.float32), stop


def _unit(vector: Floats) -> Floats:
    return np.asarray(vector / max(float(np.hypot(*vector)), 1e-6), np.float32)
