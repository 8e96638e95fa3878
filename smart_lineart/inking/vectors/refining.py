# SPDX-License-Identifier: GPL-3.0-or-later
"""Curves along lines brought nearer to them all together, so that fewer are enough.

Where each curve is fitted by itself it begins on a vertex, the way that three vertices say, and what is off
there stays off. Here the nodes between curves move across the line and turn, with the handles on both sides,
to where the squares of all samples' distances are least: Gauss and Newton's method, on the distance across
the curve alone (tangent distance minimization: Wang, Pottmann and Liu, "Fitting B-Spline Curves to Point
Clouds by Curvature-Based Squared Distance Minimization", 2006). Points are complex numbers, x + iy.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.vectors.polylines import Doubles, Indices, Mask

Points = NDArray[np.complex128]

SAMPLES = 24  # vertices along a curve
ROUNDS = 8
STRICTER = 2  # the round from which samples count the more the farther off they are
DAMPED = 1e-3  # of the diagonal, that is added to it
HELD = 0.1  # px^2 to a radian^2 that a chain's end turns by, over all samples of its curve
FIXED = 1e9
BAD = 1e6
MOST_TURN = 0.5  # radians from where a curve begins to be refined
MOST_MOVE = 0.5  # px in a round
SHORTEST, LONGEST = 0.15, 2.0  # of its chord, that a handle may be
_AT = (np.arange(SAMPLES) + 0.5) / SAMPLES
_BETWEEN = np.arange(1, SAMPLES) / SAMPLES  # where it is looked in the end


@dataclass(frozen=True)
class Chains:
    """Curves that go on smoothly into each other.

    Attributes:
        control: complex128 (K, 4), px.
        starts: intp (C + 1,): chain c has the curves starts[c] to starts[c + 1].
        loose: bool (C, 2), whether a chain may turn at its beginning and at its end.
        near: float64 (C,), px: what is no farther off its line is near enough.
        strict: whether every other place is looked at, too, in the end.
    """

    control: Points
    starts: Indices
    loose: Mask
    near: Doubles
    strict: bool = True

    @cached_property
    def way(self) -> Points:
        """(K, 2): which way each curve runs where it begins and where it ends."""
        return _ways(self.control)


@dataclass(frozen=True)
class Stretch:
    """What curves are laid along.

    Attributes:
        base: intp (K,), the first vertex of the line that each curve is laid along.
        first, last: float64 (K,), the places on that line where it begins and ends, in vertices from there:
        told so, they are the same whatever lines come before.
    """

    base: Indices
    first: Doubles
    last: Doubles

    def samples(self, points: Points, at: Doubles) -> Points:
        """(K, S): vertices `at` (S,) 0 to 1 along each, and its ends where it has no others."""
        first, last = self.first[:, None], self.last[:, None]
        return value_at(
            points, self.base[:, None], np.clip(np.rint(first + (last - first) * at), first, last)
        )


def value_at(values: Points, base: Indices, place: Doubles) -> Points:
    """What is known at vertices (N,), at places between them, told from the vertices `base`."""
    low = np.floor(place).astype(np.intp)
    part = place - low
    one, two = values[base + low], values[np.minimum(base + low + 1, len(values) - 1)]
    return np.asarray(one * (1.0 - part) + two * part)


def refine(points: Points, stretch: Stretch, chains: Chains) -> tuple[Points, Doubles]:
    """Chains' curves nearer to their lines, (K, 4), and how far off the farthest sample of each is, (K,) px.

    They are laid along stretches of `points` (N,). The ends of chains stay where they are.
    """
    samples = stretch.samples(points, _AT)
    control = best = chains.control
    t = places = np.repeat(_AT[None], len(control), 0)
    nearest, least = np.full(len(control), np.inf), np.full(len(chains.loose), np.inf)
    for round_ in range(ROUNDS + 1):
        t, away, across = _nearer(control, samples, t)
        far, off = np.abs(away).max(1), _dot(away, across)
        farthest = _farthest(far, chains)
        amount = np.add.reduceat(np.abs(off).sum(1), chains.starts[:-1])
        score = np.where(farthest <= chains.near, amount, BAD + farthest)
        better = np.repeat(score < least, np.diff(chains.starts))
        least = np.minimum(score, least)
        best, nearest = np.where(better[:, None], control, best), np.where(better, far, nearest)
        places = np.where(better[:, None], t, places)
        if round_ < ROUNDS:
            weight = 1.0 if round_ < STRICTER else 0.2 + (off / np.maximum(far, 1e-9)[:, None]) ** 2
            control = _step(control, t, off, across, weight, chains)
    if not chains.strict:
        return best, nearest
    between = 0.5 * (places[:, 1:] + places[:, :-1])
    _, away, _ = _nearer(best, stretch.samples(points, _BETWEEN), between)
    return best, np.maximum(nearest, np.abs(away).max(1))


def _farthest(far: Doubles, chains: Chains) -> Doubles:
    """(C,): the largest value of each chain's curves."""
    return np.asarray(np.maximum.reduceat(far, chains.starts[:-1]))


def _dot(one: Points, two: Points) -> Doubles:
    return np.asarray(one.real * two.real + one.imag * two.imag)


def _ways(control: Points) -> Points:
    """(K, 2): which way curves run where they begin and where they end."""
    handles = np.stack([control[:, 1] - control[:, 0], control[:, 3] - control[:, 2]], 1)
    return np.asarray(handles / np.maximum(np.abs(handles), 1e-9))


def _nearer(control: Points, samples: Points, t: Doubles) -> tuple[Doubles, Points, Points]:
    """Where on its curve each sample's nearest point is (K, S), the way there from the sample, and which way
    is across the curve.
    """
    a, b, c, d = (control[:, i, None] for i in range(4))
    c1, c2, c3 = 3.0 * (b - a), 3.0 * (c - 2.0 * b + a), d - a + 3.0 * (b - c)
    for step in range(3):
        away = ((c3 * t + c2) * t + c1) * t + a - samples
        slope = (3.0 * c3 * t + 2.0 * c2) * t + c1
        if step < 2:
            down = _dot(slope, slope)
            bend = _dot(away, 6.0 * c3 * t + 2.0 * c2)
            t = np.clip(t - _dot(away, slope) / np.maximum(down + bend, 0.2 * down + 1e-12), 0.0, 1.0)
    across = 1j * slope / np.maximum(np.abs(slope), 1e-9)
    return t, away, across


def _step(
    control: Points, t: Doubles, off: Doubles, across: Points, weight: Doubles | float, chains: Chains
) -> Points:
    """The curves after one step of Gauss and Newton's: what each sample's distance tells of the place and
    direction of both nodes and of the length of both handles.
    """
    handles = np.abs(np.stack([control[:, 1] - control[:, 0], control[:, 3] - control[:, 2]], 1))
    way = _ways(control)
    u = 1.0 - t
    basis = u * u * u, 3.0 * u * u * t, 3.0 * u * t * t, t * t * t
    left = [_dot(across, 1j * way[:, i, None]) for i in (0, 1)]
    ahead = [_dot(across, way[:, i, None]) for i in (0, 1)]
    moves = np.stack(
        [
            (basis[0] + basis[1]) * left[0],
            basis[1] * handles[:, :1] * left[0],
            (basis[2] + basis[3]) * left[1],
            -basis[2] * handles[:, 1:] * left[1],
            basis[1] * ahead[0],
            -basis[2] * ahead[1],
        ],
        axis=1,
    )
    weighted = moves * np.reshape(weight, (-1, 1, np.shape(weight)[-1] if np.ndim(weight) else 1))
    square = weighted @ moves.transpose(0, 2, 1)
    right = -(weighted @ off[..., None])[..., 0]
    square[:, range(6), range(6)] = square[:, range(6), range(6)] * (1.0 + DAMPED) + 1e-9
    # The handles matter to their own curve only, so nodes are solved first, without them.
    inner = np.linalg.solve(square[:, 4:, 4:], np.concatenate([square[:, 4:, :4], right[:, 4:, None]], 2))
    nodes = _nodes(
        square[:, :4, :4] - square[:, :4, 4:] @ inner[..., :4],
        right[:, :4] - (square[:, :4, 4:] @ inner[..., 4:])[..., 0],
        chains,
    )
    longer = inner[..., 4] - (inner[..., :4] @ nodes[..., None])[..., 0]
    place = control[:, [0, 3]] + 1j * way * np.clip(nodes[:, [0, 2]], -MOST_MOVE, MOST_MOVE)
    usual = chains.way
    turned = np.angle(way * usual.conj()) + nodes[:, [1, 3]]
    way = usual * np.exp(1j * np.clip(turned, -MOST_TURN, MOST_TURN))
    chord = np.abs(place[:, 1] - place[:, 0])[:, None]
    handles = np.clip(handles + longer, SHORTEST * chord, LONGEST * chord)
    return np.stack(
        [
            place[:, 0],
            place[:, 0] + way[:, 0] * handles[:, 0],
            place[:, 1] - way[:, 1] * handles[:, 1],
            place[:, 1],
        ],
        axis=1,
    )


def _nodes(square: Doubles, right: Doubles, chains: Chains) -> Doubles:
    """How far the nodes of each curve move and turn (K, 4), from each one's equations (K, 4, 4) and (K, 4).

    A node has one place and one direction for the curves on both sides of it.
    """
    out = np.zeros_like(right)
    counts = np.diff(chains.starts)
    for count in np.unique(counts):
        some = np.flatnonzero(counts == count)
        curves = chains.starts[some][:, None] + np.arange(count)
        size = 2 * count + 2
        whole, told = np.zeros((len(some), size, size)), np.zeros((len(some), size))
        spots = 2 * np.arange(count)[:, None] + np.arange(4)
        for side in (slice(0, None, 2), slice(1, None, 2)):  # curves side by side share a node
            at = spots[side]
            whole[:, at[:, :, None], at[:, None, :]] += square[curves[:, side]]
            told[:, at] += right[curves[:, side]]
        whole[:, [0, -2], [0, -2]] += FIXED
        whole[:, [1, -1], [1, -1]] += np.where(chains.loose[some], HELD, FIXED)
        solved = np.linalg.solve(whole, told[..., None])[..., 0]
        solved[:, [0, -2]] = 0.0
        out[curves] = solved[:, spots]
    return out
