# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a traced centreline run as a steady hand would draw it: wobble goes, corners and small turns stay.

A line is parted at its corners. Between them it is low-passed at several cutoffs, and every stretch takes the
boldest one that moves it by no more than that cutoff's tolerance: long curves become calm, small details keep
their shape. Lengths are px at working scale; vertices lie about 1 px apart.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.arrays import Bytes, Floats, Mask
from smart_lineart.inking.lines.nearby import MEETING, near_each
from smart_lineart.inking.lines.sampling import LINE_DEPTH, most_near, pixels_at
from smart_lineart.inking.ranges import tuned

WAVELENGTHS = (5.0, 14.0, 24.0, 42.0, 72.0)  # px: what is shorter goes, per level
TOLERANCES = (0.0, 0.55, 0.8, 1.0, 1.1)  # px: how far a level may move a line from the first one's
DRIFT = 0.25  # px that it may move a whole wavelength of a line to one side: a bend would lose its swing
ARM = 9  # px over which a line runs straight into a corner
TIP = 2  # px around a corner that thinning has rounded
CORNER = 1.0  # radians: turns from here on may be corners
NEAR = 5  # px: nearest part of the arms
AT_TIP = 0.72  # of the turn that happens within the nearest part; in a bend it is about half
CONCENTRATED = 4.0  # how much more a line turns at a corner than along its arms; an arc of a circle 3.1 times
SHARPENED = 2.5  # px that a rounded corner's tip may lie outside the line
ROOM_REACH = 5  # vertices to both sides over which room is averaged, twice
DRIFT_IN_ROOM = 0.15  # of the room that a line has
EASE = 9  # vertices over which one level passes into another, and a moved end into its line


@dataclass(frozen=True)
class FairingTuning:
    """How far a line may be from where it runs."""

    room_in_doubt: float = tuned(6.0, 0.0, 40.0)  # px, where it is hardly seen
    sure: float = tuned(0.7, 0.05, 1.0)  # probability from which there is no doubt


class Fairer:
    """Fairs lines as :func:`fair` does, but for those that an earlier Fairer had: they are `known`.

    `kept` are the lines that it faired, by a digest of what they were faired from; never changed, nor to be.
    """

    def __init__(self, known: dict[bytes, Floats] | None = None):
        self.kept: dict[bytes, Floats] = {}
        self._known = known or {}

    def fair(self, points: Floats, closed: bool, room: Floats) -> Floats:
        """A faired line (N, 2), the caller's own; `room` (N,) is not evened out yet."""
        told = hashlib.blake2b(repr((points.shape, points.dtype.str, closed)).encode(), digest_size=16)
        for values in (points, room):
            told.update(np.ascontiguousarray(values).data)
        key = told.digest()
        line = self._known.get(key)
        if line is None:
            line = fair(points, closed, even_out(room, closed))
        self.kept[key] = line
        return line.copy()


def fair(points: Floats, closed: bool, room: Floats | None = None) -> Floats:
    """A line's vertices (N, 2), about 1 px apart, moved to where a steady hand had put them.

    `room` (N,) is px that a vertex may be moved farther, for where the line runs is known less exactly there.
    The ends of open lines stay. `closed` lines end where they begin.
    """
    if len(points) < 4:
        return points
    line = np.asarray(points, np.float64)
    room = np.zeros(len(line), np.float32) if room is None else room
    corners = find_corners(line, closed)
    if not closed:
        return _fair_open(line, corners, room).astype(np.float32)
    ring, room = line[:-1], room[:-1]
    if not len(corners):
        ring = _calm(ring, room, ring=True)
    else:
        # Begin at a corner, so that no stretch runs over the ring's seam.
        first = int(corners[0])
        turned, room = np.roll(ring, -first, axis=0), np.roll(room, -first)
        turned = _fair_open(
            np.concatenate([turned, turned[:1]]), corners - first, np.concatenate([room, room[:1]])
        )
        ring = np.roll(turned[:-1], first, axis=0)
    return np.concatenate([ring, ring[:1]]).astype(np.float32)


def _fair_open(line: NDArray[np.float64], corners: NDArray[np.intp], room: Floats) -> NDArray[np.float64]:
    line = _sharpened(line, corners)
    cuts = np.unique(np.concatenate([[0], corners, [len(line) - 1]]))
    for first, last in pairwise(cuts):
        stretch = slice(first, last + 1)
        line[stretch] = _calm(line[stretch], room[stretch], ring=False)
    return line


def even_out(values: Floats, closed: bool) -> Floats:
    """Something measured along a line (N,), averaged over ROOM_REACH vertices to both sides, twice."""
    ring = np.asarray(values[:-1] if closed else values, np.float64)
    for _ in range(2):
        ring = _mean_around(ring, ROOM_REACH, closed)
    return np.asarray(np.concatenate([ring, ring[:1]]) if closed else ring, np.float32)


def rejoin(before: list[Floats], after: list[Floats], meets: NDArray[np.bool_]) -> None:
    """Take line ends along, in place, with the lines they met before those were faired.

    `before` and `after` hold the same lines (N, 2); `meets` (lines, 2) says which ends touch a line.
    """
    lengths = np.array([len(line) for line in before])
    owner = np.repeat(np.arange(len(before)), lengths)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    old, new = np.concatenate(before), np.concatenate(after)
    wanted = [(line, side) for line, side in zip(*np.nonzero(meets), strict=True)]
    if not wanted:
        return
    tips = np.array([starts[line + side] - side for line, side in wanted])
    near = near_each(old[tips], old, MEETING)
    for (line, side), tip, candidates in zip(wanted, tips, near, strict=True):
        others = candidates[(owner[candidates] != line) | (np.abs(candidates - tip) > EASE)]
        if not len(others):
            continue
        nearest = others[np.argmin(np.hypot(*(old[others] - old[tip]).T))]
        shift = (new[nearest] - old[nearest]) - (new[tip] - old[tip])
        count = min(EASE, lengths[line])
        ease = np.linspace(1.0, 0.0, count, endpoint=False, dtype=np.float32)[:, None]
        moved = after[line][::-1] if side else after[line]
        moved[:count] += ease * shift


def find_corners(line: NDArray[np.float64], closed: bool) -> NDArray[np.intp]:
    """Vertices of (N, 2) at which a line turns sharply between two straighter arms; no vertex twice."""
    count = len(line) - 1 if closed else len(line)
    arm = min(ARM, count // 3)
    if arm < 2 * TIP:
        return np.zeros(0, np.intp)
    line = _steadied(line, closed)
    at = np.arange(count) if closed else np.arange(arm, count - arm)
    turn = _turns(line[:count], at, (-arm, -TIP), (TIP, arm))
    # Few vertices get this far; only there is it asked whether the turn happens at the tip.
    at, turn = at[turn > CORNER], turn[turn > CORNER]
    middle = (arm + TIP) // 2
    along = np.maximum(
        _turns(line[:count], at, (-arm, -middle), (-middle, -TIP)),
        _turns(line[:count], at, (TIP, middle), (middle, arm)),
    )
    at_tip = _turns(line[:count], at, (-NEAR, -1), (1, NEAR))
    sharp = (turn > CONCENTRATED * along) & (at_tip > AT_TIP * turn)
    at = at[sharp]
    full = np.zeros(count)
    full[at] = (turn - along)[sharp]
    steps = np.arange(1, arm)
    before, after = (full[(at[:, None] + way * steps) % count] for way in (-1, 1))
    # Of equal ones the first stays.
    top = (full[at, None] > before) & (full[at, None] >= after)
    return at[top.all(axis=1)]


def _turns(
    line: NDArray[np.float64], at: NDArray[np.intp], one: tuple[int, int], two: tuple[int, int]
) -> NDArray[np.float64]:
    """How much a line turns around some vertices from one piece of it to another, in radians.

    Pieces are the vertices where they begin and end, told from the vertex in question.
    """
    a, b, c, d = (line[(at + offset) % len(line)] for offset in (*one, *two))
    return np.asarray(np.abs(_angle(b - a, d - c)))


def _steadied(line: NDArray[np.float64], closed: bool) -> NDArray[np.float64]:
    """A line without the steps of the pixel grid, its corners hardly rounded: binomial, 1.2 px wide."""
    for _ in range(3):
        middle = 0.5 * line[1:-1] + 0.25 * (line[:-2] + line[2:])
        seam = 0.5 * line[:1] + 0.25 * (line[-2:-1] + line[1:2])
        line = np.concatenate([seam, middle, seam] if closed else [line[:1], middle, line[-1:]])
    return line


def _angle(one: NDArray[np.float64], two: NDArray[np.float64]) -> NDArray[np.float64]:
    """Signed angles in radians from vectors (N, 2) to others."""
    cross = one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0]
    return np.asarray(np.arctan2(cross, (one * two).sum(1)))


def _sharpened(line: NDArray[np.float64], corners: NDArray[np.intp]) -> NDArray[np.float64]:
    """Corners moved to where their arms would meet: thinning cuts tips off."""
    out = line.copy()
    for corner in corners:
        before, after = corner - ARM, corner + ARM
        if before < 0 or after >= len(line):
            continue
        a, b = line[before], line[corner - TIP]
        c, d = line[after], line[corner + TIP]
        one, two = b - a, d - c
        across = one[0] * two[1] - one[1] * two[0]
        if abs(across) < 0.3 * float(np.hypot(*one) * np.hypot(*two)):
            continue
        far = ((c - a)[0] * two[1] - (c - a)[1] * two[0]) / across
        tip = a + far * one
        if np.hypot(*(tip - line[corner])) <= SHARPENED:
            out[corner] = tip
            for step in range(1, TIP + 1):
                out[corner - step] = tip + (b - tip) * step / TIP
                out[corner + step] = tip + (d - tip) * step / TIP
    return out


def _calm(line: NDArray[np.float64], room: Floats, ring: bool) -> NDArray[np.float64]:
    """A stretch without corners (N, 2), low-passed as boldly as its shape and `room` allow.

    Ends stay but on a ring.
    """
    count = len(line)
    if count < 4:
        return line
    levels = _low_passed(line, ring)
    chosen = np.zeros(count)
    allowed = np.ones(count, np.bool_)
    for level in range(1, len(WAVELENGTHS)):
        shift = levels[level] - levels[0]
        half = int(WAVELENGTHS[level] / 2)
        drift = _mean_around(shift, half, ring)
        moved = np.hypot(*shift.T) > TOLERANCES[level] + room
        moved |= np.hypot(*drift.T) > DRIFT + DRIFT_IN_ROOM * room
        allowed &= ~_widened(moved, half, ring)
        if not allowed.any():
            break
        chosen += allowed
    if not chosen.any():
        return levels[0]
    chosen = np.minimum(chosen, _mean_around(chosen, EASE, ring))
    chosen = _mean_around(chosen, EASE, ring)
    low = np.minimum(chosen.astype(np.intp), len(WAVELENGTHS) - 2)
    part = (chosen - low)[:, None]
    every = np.arange(count)
    return np.asarray((1 - part) * levels[low, every] + part * levels[low + 1, every])


def _low_passed(line: NDArray[np.float64], ring: bool) -> NDArray[np.float64]:
    """(levels, N, 2): the line at every cutoff. The gain is that of a smoothing spline (Whittaker 1923).

    An open line is laid out from its chord and reflected at its ends, so that they stay.
    """
    count = len(line)
    chord = 0.0 if ring else line[:1] + np.linspace(0.0, 1.0, count)[:, None] * (line[-1:] - line[:1])
    shape = line - chord
    wave = shape if ring else np.concatenate([shape, -shape[-2:0:-1]])
    frequency = np.fft.rfftfreq(len(wave))
    cutoffs = 1.0 / np.array(WAVELENGTHS)[:, None]
    gain = 1.0 / (1.0 + (frequency / cutoffs) ** 4)
    spectrum = np.fft.rfft(wave, axis=0)
    out = np.fft.irfft(gain[:, :, None] * spectrum, len(wave), axis=1)[:, :count]
    return np.asarray(out + chord)


def _widened(mask: Mask, reach: int, ring: bool) -> Mask:
    """A mask grown by `reach` vertices to both sides."""
    if not mask.any():
        return mask
    reach = min(reach, len(mask) - 1)
    blank = np.zeros(reach, np.bool_)
    return np.asarray(_sums_around(mask, reach, None if ring else (blank, blank)) > 0)


def _mean_around(values: NDArray[np.float64], reach: int, ring: bool) -> NDArray[np.float64]:
    """Mean of values (N, ...) over `reach` vertices to both sides."""
    reach = min(reach, len(values) - 1)
    ends = np.repeat(values[:1], reach, axis=0), np.repeat(values[-1:], reach, axis=0)
    return np.asarray(_sums_around(values, reach, None if ring else ends) / (2 * reach + 1))


def _sums_around(
    values: NDArray[Any], reach: int, beyond: tuple[NDArray[Any], NDArray[Any]] | None
) -> NDArray[Any]:
    """Sums of values (N, ...) over `reach` vertices to both sides; `beyond` is what a line goes on with, None
    for a ring.
    """
    before, after = (values[len(values) - reach :], values[:reach]) if beyond is None else beyond
    total = np.cumsum(np.concatenate([np.zeros_like(values[:1]), before, values, after]), axis=0)
    return np.asarray(total[2 * reach + 1 :] - total[: -2 * reach - 1])


def room_around(deep: Bytes, line: Bytes, at: NDArray[np.intp], tuning: FairingTuning) -> Floats:
    """How far each of (N, 2) vertices (x, y) may be from where its line runs, in px.

    That is less certain where the line map is wide, and where the network is unsure of a line.
    """
    spare = np.maximum(pixels_at(deep, at), LINE_DEPTH) - np.float32(LINE_DEPTH)
    doubt = np.maximum(0.0, 1.0 - most_near(line, at, 1) / np.float32(tuning.sure * 255))
    return np.asarray(spare + tuning.room_in_doubt * doubt, np.float32)
