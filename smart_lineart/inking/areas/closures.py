# SPDX-License-Identifier: GPL-3.0-or-later
"""Where lines would go on: from their ends to ends that face them, to lines ahead, to the page's edge.

All lengths are working px.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.areas.walls import Ends, Walls, along
from smart_lineart.inking.arrays import Floats, Mask

REACH = 0.08  # of the page's longer side that a gap may be long
AHEAD = np.cos(np.radians(42.5))  # how far to the side a line may lie that an end is led to
FACING = np.cos(np.radians(62.0))  # the same for another end
BEHIND = -0.2  # cosine: as far may an end that is very near
NEAR = 1.5  # usual line widths: very near
FAR = 0.13  # of the page's longer side that it may be long between ends that face each other well
STRAIGHT = 0.1  # turning up to which they do: 1 less the mean cosine
TURNING = 1.0  # how much longer a closure counts for turning
DOUBT = 1.5  # times the share that a gap has of itself and the shorter line, it is doubted; and for turning
ANGLES = np.radians(np.linspace(-98.0, 98.0, 29))
TIP = 1.5, 2.5  # px beyond the half width that what lies there is the line itself, ahead and to the side
LEAVING = 2.0  # px: as far beyond that it must be free
STEP = 0.75  # px between looks along a ray
LINE_PRICE = 1.25  # times as long as it is counts a closure that meets a line and no end
MOST_ENDS = 20000
CHUNK = 2048  # ends looked ahead from at once


@dataclass(frozen=True)
class Closure:
    """A line nobody drew: its pixels (n, 2), x and y, each once, and how far to doubt it, 0 to 1."""

    pixels: NDArray[np.intp]
    doubt: float


def find_closures(walls: Walls) -> list[Closure]:
    """Closures that do not cross, one from an end at most, cheapest first."""
    ends = walls.ends
    if not len(ends) or len(ends) > MOST_ENDS:
        return []
    reach = max(REACH * max(walls.ink.shape), 3 * walls.usual)
    candidates = [*_to_ends(ends, walls, reach), *_ahead(ends, walls, reach)]
    candidates.sort(key=lambda one: one[:3])
    used: set[int] = set()
    taken = np.zeros(walls.ink.shape, np.bool_)
    kept = []
    for _, a, b, path, doubt in candidates:
        both = [a] if b < 0 else [a, b]
        if not used.isdisjoint(both):
            continue
        pixels = _drawn(path, walls.ink.shape)
        if _crosses(pixels, taken, path[[0, -1]]):
            continue
        taken[pixels[:, 1], pixels[:, 0]] = True
        used.update(both)
        kept.append(Closure(pixels, doubt))
    return kept


def _drawn(path: Floats, shape: tuple[int, int]) -> NDArray[np.intp]:
    """The pixels of a path (n, 2), in order and each once."""
    at = np.rint(
        np.concatenate([along(path[:-1].astype(np.float64), path[1:].astype(np.float64)), path[-1:]])
    )
    at = np.clip(at.astype(np.intp), 0, (shape[1] - 1, shape[0] - 1))
    new = np.ones(len(at), np.bool_)
    new[1:] = (at[1:] != at[:-1]).any(1)
    return at[new]


def _crosses(pixels: NDArray[np.intp], taken: Mask, own: Floats) -> bool:
    """Whether a closure meets another one anywhere but where it springs from or stops."""
    at = pixels[taken[pixels[:, 1], pixels[:, 0]]]
    if not len(at):
        return False
    near = np.abs(at[:, None] - own[None]).max(2).min(1) <= 1.5
    return bool((~near).any())


Candidate = tuple[float, int, int, Floats, float]  # cost, ends (-1 is a line), path, doubt


def _to_ends(ends: Ends, walls: Walls, reach: float) -> list[Candidate]:
    """From ends to ends that face them, as Hermite curves that cross no ink."""
    found: list[Candidate] = []
    for a, b in _pairs(ends.places, max(reach, FAR * max(walls.ink.shape))):
        apart = ends.places[b] - ends.places[a]
        length = float(np.hypot(*apart))
        if length < 1.0:
            continue
        toward = apart / length
        one = float(ends.directions[a] @ toward)
        other = -float(ends.directions[b] @ toward)
        if length - ends.radii[a] - ends.radii[b] <= NEAR * walls.usual:
            if one < BEHIND or other < BEHIND:
                continue
        elif one < FACING or other < FACING:
            continue
        turn = 1.0 - (one + other) / 2
        if length > reach and turn > STRAIGHT:
            continue
        path = _hermite(ends.places[a], ends.directions[a], ends.places[b], -ends.directions[b], length)
        if _meets_ink(path, walls.ink, ends.radii[a] + 1.5, ends.radii[b] + 1.5):
            path = np.stack([ends.places[a], ends.places[b]])
            if _meets_ink(path, walls.ink, ends.radii[a] + 1.5, ends.radii[b] + 1.5):
                continue
        # Between long lines a gap is an oversight; between strokes as short as itself it may be meant.
        line = min(float(ends.lengths[a]), float(ends.lengths[b]))
        doubt = min(1.0, turn + DOUBT * length / (length + line))
        found.append((length * (1.0 + TURNING * turn), a, b, path, doubt))
    return found


def _pairs(places: Floats, reach: float) -> list[tuple[int, int]]:
    """Which places (n, 2) lie within reach of each other: (a, b), a below b."""
    cells: dict[tuple[int, int], list[int]] = {}
    columns = np.floor(places / reach).astype(int).tolist()
    for number, (x, y) in enumerate(columns):
        cells.setdefault((x, y), []).append(number)
    pairs = []
    for number, (x, y) in enumerate(columns):
        near = [
            other
            for dx in (-1, 0, 1)
            for dy in (-1, 0, 1)
            for other in cells.get((x + dx, y + dy), ())
            if other > number
        ]
        if near:
            apart = places[near] - places[number]
            close = np.hypot(*apart.T) <= reach
            pairs += [(number, other) for other, yes in zip(near, close.tolist(), strict=True) if yes]
    return pairs


def _hermite(start: Floats, leaving: Floats, stop: Floats, arriving: Floats, length: float) -> Floats:
    t = np.linspace(0.0, 1.0, max(3, round(length / 2)), dtype=np.float32)[:, None]
    bend = length * 0.8
    curve = (
        (2 * t**3 - 3 * t**2 + 1) * start
        + (t**3 - 2 * t**2 + t) * leaving * bend
        + (3 * t**2 - 2 * t**3) * stop
        + (t**3 - t**2) * arriving * bend
    )
    return np.asarray(curve, np.float32)


def _meets_ink(path: Floats, ink: Mask, from_start: float, from_stop: float) -> bool:
    """Whether a path meets ink farther than so much from its start and its stop."""
    at = np.rint(along(path[:-1].astype(np.float64), path[1:].astype(np.float64))).astype(np.intp)
    if (at < 0).any() or (at[:, 0] >= ink.shape[1]).any() or (at[:, 1] >= ink.shape[0]).any():
        return True
    between = np.hypot(*(at - path[0]).T) > from_start
    between &= np.hypot(*(at - path[-1]).T) > from_stop
    return bool(ink[at[between, 1], at[between, 0]].any())


def _ahead(ends: Ends, walls: Walls, reach: float) -> list[Candidate]:
    """From ends to the lines ahead of them, and to the page's edge."""
    found: list[Candidate] = []
    for first in range(0, len(ends), CHUNK):
        part = slice(first, first + CHUNK)
        found += _ahead_of(
            Ends(ends.places[part], ends.directions[part], ends.radii[part], ends.lengths[part]),
            walls,
            reach,
            first,
        )
    return found


def _ahead_of(ends: Ends, walls: Walls, reach: float, first: int) -> list[Candidate]:
    tall, wide = walls.ink.shape
    cos, sin = np.cos(ANGLES), np.sin(ANGLES)
    dx, dy = ends.directions[:, None, 0], ends.directions[:, None, 1]
    ways = np.stack([dx * cos - dy * sin, dx * sin + dy * cos], 2)  # (n, angles, 2)
    distance = np.arange(0.0, reach, STEP, dtype=np.float32)
    at = ends.places[:, None, None] + ways[:, :, None] * distance[:, None]
    x, y = np.rint(at[..., 0]).astype(np.intp), np.rint(at[..., 1]).astype(np.intp)
    beyond = (x < 0) | (y < 0) | (x >= wide) | (y >= tall)
    wall = beyond | walls.ink[np.clip(y, 0, tall - 1), np.clip(x, 0, wide - 1)]
    # Where a ray leaves the tip it was cast from: beside it, it may graze steps of the same line.
    tip = ends.radii[:, None] + np.where(cos >= AHEAD, *TIP)
    blocked = wall | (distance < tip[..., None])
    out = np.argmin(blocked, 2)  # the first look that is free
    left = ~np.take_along_axis(blocked, out[..., None], 2)[..., 0]
    left &= distance[out] <= tip + LEAVING
    later = wall & (np.arange(len(distance)) > out[..., None])
    hit = np.argmax(later, 2)
    left &= np.take_along_axis(later, hit[..., None], 2)[..., 0]
    left &= (cos >= AHEAD) | (distance[hit] <= ends.radii[:, None] + NEAR * walls.usual)
    cost = np.where(left, distance[hit] * (1.0 + TURNING * (1.0 - cos)) * LINE_PRICE, np.inf)
    best = cost.argmin(1)
    found = []
    for number in np.flatnonzero(np.isfinite(cost.min(1))).tolist():
        angle = best[number]
        far = distance[hit[number, angle]]
        stop = ends.places[number] + ways[number, angle] * far
        path = np.stack([ends.places[number], stop]).astype(np.float32)
        found.append((float(cost[number, angle]), first + number, -1, path, 1.0))
    return found
