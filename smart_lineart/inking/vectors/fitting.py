# SPDX-License-Identifier: GPL-3.0-or-later
"""Cubic Bezier curves laid along polylines, as few as stay within a tolerance.

Every curve is fitted by least squares between two vertices, with the line's own directions there, and its
points are brought nearer to the vertices in between a few times: Schneider, "An Algorithm for Automatically
Fitting Digitized Curves", Graphics Gems, 1990. Where he halves a line until all parts fit, each curve here
goes as far as it can, so that there are fewer; all lines go on at once, a few lengths of each being tried
together; and where a curve ends within a line, its direction may turn a little from what three vertices say.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smart_lineart.inking.vectors.polylines import Doubles, Indices, Mask, Polylines, unit

SAMPLES = 32  # vertices of a stretch that its curve is held against
ROUNDS = 9  # times that the nearest points are looked for anew
FIRST_GUESS = 16  # vertices
SPREAD = (0.6, 1.1, 2.0)  # times the length that the last curve had, that are tried first
CLOSE = 0.04  # of its length, to which a curve's longest reach is found
SETTLING = 12  # more rounds for each curve in the end, so that it is not just near enough
STIFF = 2.0  # how much a curve's end is held in the line's own direction, against its samples
MOST_TURN = 0.2  # that it may be turned all the same
HOPELESS = (40.0, 20.0, 10.0, 6.0, 4.0, 3.0, 2.0, 1.5)  # times the tolerance, after so many rounds
SHORTEST = 0.05  # of its chord that a handle has at least

STEPS_PER_PX = 1 << 16
_AT = np.linspace(0.0, 1.0, SAMPLES + 2)[1:-1]


@dataclass(frozen=True)
class Curves:
    """Cubics laid along lines, end to end.

    Attributes:
        control: float64 (K, 4, 2), px: where each begins, its two handles, where it ends.
        stop: intp (K,), the vertex where it ends.
        starts: intp (L + 1,): line l has the curves starts[l] to starts[l + 1].
    """

    control: Doubles
    stop: Indices
    starts: Indices


@dataclass(frozen=True)
class _Stretches:
    """Stretches of lines that one curve each is fitted to: their samples (J, SAMPLES), told from the first
    vertex, that the first one is, how far along they lie; the last vertex (J,) and directions at both ends.
    """

    x: Doubles
    y: Doubles
    along: Doubles
    end: Doubles
    leaving: Doubles
    arriving: Doubles
    tolerance: Doubles
    free: Mask

    def select(self, keep: Mask) -> _Stretches:
        return _Stretches(
            self.x[keep],
            self.y[keep],
            self.along[keep],
            self.end[keep],
            self.leaving[keep],
            self.arriving[keep],
            self.tolerance[keep],
            self.free[keep],
        )


def fit(lines: Polylines, way: Doubles, tolerance: Doubles, which: Indices | None = None) -> Curves:
    """Lay curves along lines, within `tolerance` (L,) px of vertices, which run as `way` (N, 2) says.

    Those of `which` only, if it is given.
    """
    count = len(lines)
    steps = np.hypot(*np.diff(lines.points, axis=0, prepend=lines.points[:1]).T)
    # Whole steps add up exactly, so that a line's curves are the same whatever lines come before it.
    run = np.cumsum(np.rint(steps * STEPS_PER_PX)) / STEPS_PER_PX
    at, end = lines.starts[:-1].copy(), lines.starts[1:] - 1
    reached = np.ones(count, np.intp)  # the longest that fits, in vertices
    failed = end - at + 1  # the shortest that does not
    handles = np.zeros((count, 3))
    way = way.copy()
    guess = np.full(count, FIRST_GUESS, np.float64)
    done: list[tuple[Indices, Indices, Indices, Doubles]] = []
    _straight(lines, at, reached, handles, np.arange(count))
    active = np.arange(count) if which is None else which
    active = active[(at < end)[active]]
    asked = active
    while len(active):
        lengths = _lengths(reached[active], failed[active], (end - at)[active], guess[active])
        row, column = np.nonzero(lengths > 0)
        which = active[row]
        first, last = at[which], at[which] + lengths[row, column]
        free = last < end[which]
        found, good = _try(_stretches(lines.points, run, way, first, last, tolerance[which], free))
        _note(lengths, row, column, good, found, (reached, failed, handles), active)
        settled = failed[active] - reached[active] <= np.maximum(1, CLOSE * reached[active])
        finished = active[settled]
        stop = at[finished] + reached[finished]
        done.append((finished, at[finished], stop, handles[finished].copy()))
        way[stop] = _turned(way[stop], handles[finished])
        guess[finished] = np.maximum(reached[finished], 3)
        at[finished] = stop
        reached[finished], failed[finished] = 1, (end - at)[finished] + 1
        _straight(lines, at, reached, handles, finished[at[finished] < end[finished]])
        active = asked[(at < end)[asked]]
    return _gathered(lines, run, way, done)


def _lengths(reached: Indices, failed: Indices, left: Indices, guess: Doubles) -> Indices:
    """(A, tries): what lengths, in vertices, to try next; 0 where one would tell nothing new."""
    open_ended = failed > left
    around = np.rint(np.maximum(guess, 1.5 * reached)[:, None] * np.array(SPREAD))
    between = np.rint(reached[:, None] + (failed - reached)[:, None] * np.array([0.25, 0.5, 0.75]))
    out = np.where(open_ended[:, None], np.minimum(around, left[:, None]), between).astype(np.intp)
    out[(out <= reached[:, None]) | (out >= failed[:, None])] = 0
    out[:, 1:][out[:, 1:] == out[:, :-1]] = 0
    # There is always one to try, as long as any lies between what fits and what does not.
    none = ~out.any(1) & (failed - reached > 1)
    out[none, 0] = (reached[none] + failed[none]) // 2
    return out


def _note(
    lengths: Indices,
    row: Indices,
    column: Indices,
    good: Mask,
    found: Doubles,
    state: tuple[Indices, Indices, Doubles],
    active: Indices,
) -> None:
    """Take down, for each line, the longest that fitted and the shortest longer one that did not."""
    reached, failed, handles = state
    fits = np.zeros(lengths.shape, np.bool_)
    fits[row, column] = good
    pair = np.zeros((*lengths.shape, 3))
    pair[row, column] = found
    for tried in range(lengths.shape[1]):  # from the shortest to the longest
        length, ok = lengths[:, tried], fits[:, tried]
        better = ok & (length > reached[active])
        reached[active[better]] = length[better]
        handles[active[better]] = pair[better, tried]
    for tried in range(lengths.shape[1]):
        length, ok = lengths[:, tried], fits[:, tried]
        worse = (length > reached[active]) & ~ok & (length < failed[active])
        failed[active[worse]] = length[worse]


def _straight(lines: Polylines, at: Indices, reached: Indices, handles: Doubles, which: Indices) -> None:
    """Give lines what always fits: from one vertex to the next."""
    here = at[which]
    there = np.minimum(here + reached[which], len(lines.points) - 1)
    chord = np.hypot(*(lines.points[there] - lines.points[here]).T)
    handles[which] = np.stack([chord / 3.0, chord / 3.0, np.zeros(len(which))], 1)


def _stretches(
    points: Doubles, run: Doubles, way: Doubles, first: Indices, last: Indices, tolerance: Doubles, free: Mask
) -> _Stretches:
    index = np.rint(first[:, None] + (last - first)[:, None] * _AT).astype(np.intp)
    whole = run[last] - run[first]
    along = (run[index] - run[first][:, None]) / np.maximum(whole, 1e-9)[:, None]
    x = points[:, 0][index] - points[first, 0][:, None]
    y = points[:, 1][index] - points[first, 1][:, None]
    return _Stretches(x, y, along, points[last] - points[first], way[first], -way[last], tolerance, free)


def _try(stretches: _Stretches) -> tuple[Doubles, Mask]:
    """The handles (J, 3) that fit stretches best, see `_handles`, and whether they fit well enough (J,)."""
    count = len(stretches.end)
    handles, good = np.zeros((count, 3)), np.zeros(count, np.bool_)
    where = np.arange(count)
    left, t = stretches, stretches.along
    for round_ in range(ROUNDS):
        pair = _handles(left, t)
        t, off = _nearest(left, pair, t)
        fits = off <= left.tolerance
        handles[where[fits]], good[where[fits]] = pair[fits], True
        more = ~fits
        if round_ < len(HOPELESS):
            more &= off < HOPELESS[round_] * left.tolerance
        if not more.any():
            break
        where, left, t = where[more], left.select(more), t[more]
    return handles, good


def _handles(s: _Stretches, t: Doubles) -> Doubles:
    """Schneider's least squares, for samples that lie at `t` (J, SAMPLES): the handles' lengths, and how far
    the last one leans across its direction (J, 3).
    """
    u = 1.0 - t
    b1, b2 = 3.0 * t * u * u, 3.0 * t * t * u
    to_end = b2 + t * t * t
    rest_x, rest_y = s.x - s.end[:, :1] * to_end, s.y - s.end[:, 1:] * to_end
    c11, c22 = (b1 * b1).sum(1), (b2 * b2).sum(1)
    c12 = (b1 * b2).sum(1) * (s.leaving * s.arriving).sum(1)
    x1 = ((rest_x * s.leaving[:, :1] + rest_y * s.leaving[:, 1:]) * b1).sum(1)
    x2 = ((rest_x * s.arriving[:, :1] + rest_y * s.arriving[:, 1:]) * b2).sum(1)
    across = np.stack([-s.arriving[:, 1], s.arriving[:, 0]], 1)
    x3 = ((rest_x * across[:, :1] + rest_y * across[:, 1:]) * b2).sum(1)
    c13 = (b1 * b2).sum(1) * (s.leaving * across).sum(1)
    c33 = np.where(s.free, (1.0 + STIFF) * np.maximum(c22, 1e-12), np.inf)
    c11r, x1r = c11 - c13 * c13 / c33, x1 - c13 * x3 / c33
    det = c11r * c22 - c12 * c12
    safe = np.where(np.abs(det) > 1e-9, det, 1.0)
    one, two = (x1r * c22 - x2 * c12) / safe, (x2 * c11r - x1r * c12) / safe
    three = (x3 - c13 * one) / c33
    three = np.clip(three, -MOST_TURN * two, MOST_TURN * two)
    chord = np.hypot(s.end[:, 0], s.end[:, 1])
    span = np.maximum(np.hypot(s.x, s.y).max(1), chord)
    bad = (
        (np.abs(det) <= 1e-9) | (np.minimum(one, two) < SHORTEST * chord) | (np.maximum(one, two) > 2 * span)
    )
    plain = np.stack([chord / 3.0, chord / 3.0, np.zeros(len(chord))], 1)
    return np.where(bad[:, None], plain, np.stack([one, two, three], 1))


def _turned(way: Doubles, handles: Doubles) -> Doubles:
    """Directions (J, 2) at the ends of curves, turned as their last handles are."""
    share = handles[:, 2:] / np.maximum(handles[:, 1:2], 1e-12)
    return unit(way - share * np.stack([way[:, 1], -way[:, 0]], 1))


def _nearest(s: _Stretches, pair: Doubles, t: Doubles) -> tuple[Doubles, Doubles]:
    """One step of Newton's towards the curve's nearest points, and how far off the worst sample is (J,)."""
    across = np.stack([-s.arriving[:, 1], s.arriving[:, 0]], 1)
    a, b = s.leaving * pair[:, :1], s.end + s.arriving * pair[:, 1:2] + across * pair[:, 2:]
    (ax, ay), (bx, by), (ex, ey) = ((v[:, :1], v[:, 1:]) for v in (a, b, s.end))
    # As a power series: less to work out than with Bernstein's.
    c2x, c2y = 3.0 * bx - 6.0 * ax, 3.0 * by - 6.0 * ay
    c3x, c3y = ex + 3.0 * (ax - bx), ey + 3.0 * (ay - by)
    off_x = ((c3x * t + c2x) * t + 3.0 * ax) * t - s.x
    off_y = ((c3y * t + c2y) * t + 3.0 * ay) * t - s.y
    slope_x = (3.0 * c3x * t + 2.0 * c2x) * t + 3.0 * ax
    slope_y = (3.0 * c3y * t + 2.0 * c2y) * t + 3.0 * ay
    down = slope_x * slope_x + slope_y * slope_y
    up = off_x * slope_x + off_y * slope_y
    bend = off_x * (6.0 * c3x * t + 2.0 * c2x) + off_y * (6.0 * c3y * t + 2.0 * c2y)
    step = up / np.maximum(down + bend, 0.2 * down + 1e-12)
    nearer = np.clip(t - step, 0.0, 1.0)
    # What is left of the distance once the step is made: all across the curve, and the rest along it.
    speed = np.sqrt(down + 1e-12)
    across = (off_x * slope_y - off_y * slope_x) / speed
    along = up / speed - (t - nearer) * speed
    left = across * across + along * along
    still = down < 1e-8  # a curve that has shrunk to a point
    left[still] = (off_x * off_x + off_y * off_y)[still]
    return nearer, np.sqrt(left.max(1))


def _settled(stretches: _Stretches, handles: Doubles) -> Doubles:
    """Handles (J, 2) that fit, brought on to where the farthest sample is nearest."""
    best, nearest = handles, np.full(len(handles), np.inf)
    t, pair = stretches.along, handles
    for _ in range(SETTLING):
        pair = _handles(stretches, t)
        t, off = _nearest(stretches, pair, t)
        better = off < nearest
        best = np.where(better[:, None], pair, best)
        nearest = np.minimum(off, nearest)
    return best


def _gathered(
    lines: Polylines,
    run: Doubles,
    way: Doubles,
    done: list[tuple[Indices, Indices, Indices, Doubles]],
) -> Curves:
    """All curves in the order of their lines."""
    if not done:
        return Curves(np.zeros((0, 4, 2)), np.zeros(0, np.intp), np.zeros(len(lines) + 1, np.intp))
    line, first, last = (np.concatenate([part[k] for part in done]) for k in range(3))
    handles = np.concatenate([part[3] for part in done])
    order = np.lexsort((first, line))
    line, first, last, handles = line[order], first[order], last[order], handles[order]
    handles = _settled(
        _stretches(lines.points, run, way, first, last, np.zeros(len(first)), np.zeros(len(first), np.bool_)),
        handles,
    )
    p, q = lines.points[first], lines.points[last]
    control = np.stack([p, p + way[first] * handles[:, :1], q - way[last] * handles[:, 1:2], q], axis=1)
    starts = np.searchsorted(line, np.arange(len(lines) + 1)).astype(np.intp)
    return Curves(control, last, starts)
