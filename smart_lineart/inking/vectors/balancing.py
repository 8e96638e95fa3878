# SPDX-License-Identifier: GPL-3.0-or-later
"""As few cubic curves along lines as stay within a tolerance, each about as far off its line as the others.

Laid one after the other, each as long as it can be, curves leave the last one of a line short, and all begin
where the one before happened to end. So a line is given a few too few at first; they are refined together,
the breaks between them are moved to where each is equally hard to lay, and as long as that does not fit there
is one more. The error of the best curve grows with the sixth power of its length, which tells how many are
wanted (de Boor, Hollig and Sabin, "High Accuracy Geometric Hermite Interpolation", 1987).
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from smart_lineart.inking.vectors.fitting import Curves, fit
from smart_lineart.inking.vectors.polylines import Doubles, Indices, Mask, Polylines
from smart_lineart.inking.vectors.refining import Chains, Points, Stretch, refine, value_at

STRIDE = 4  # vertices, from which to which a line's turns are told
EVEN = 0.02  # radians, for as many that run straight
ONE_CURVE = 1.8  # radians that a curve goes around, to begin with
POWER = 6.0
SURE = 0.7  # of a curve, that is left out of what seems wanted
TRIES = 12
EASIEST = 0.3  # of a curve that just fits, that any counts as hard to lay


@dataclass(frozen=True)
class _Laid:
    """Where curves of some lines begin and end: the lines (C,), and the breaks of each, in its vertices."""

    lines: Indices
    breaks: list[Doubles]

    @property
    def counts(self) -> Indices:
        return np.array([len(one) - 1 for one in self.breaks], np.intp)

    @property
    def starts(self) -> Indices:
        return np.concatenate([[0], np.cumsum(self.counts)]).astype(np.intp)

    def stretch(self, lines: Polylines) -> Stretch:
        """The same curve by curve."""
        return Stretch(
            np.repeat(lines.starts[self.lines], self.counts),
            np.concatenate([one[:-1] for one in self.breaks]),
            np.concatenate([one[1:] for one in self.breaks]),
        )


def fit_few(
    lines: Polylines, way: Doubles, tolerance: Doubles, loose: Mask, *, strict: bool = True
) -> Curves:
    """Lay curves along lines, within `tolerance` (L,) px of vertices, which run as `way` (N, 2) says.

    Where a line's beginning or end is `loose` (L, 2) it may turn a little from that. Unless it is `strict`,
    not all vertices of long curves are looked at.
    """
    laying = _Laying(lines, way, tolerance, loose, strict)
    if len(lines):
        laying.balanced()
        laying.one_by_one()
    return _gathered(laying.done, lines.starts)


class _Laying:
    """Lines that get curves, and `done`, those of lines that have them: control points, and breaks."""

    def __init__(self, lines: Polylines, way: Doubles, tolerance: Doubles, loose: Mask, strict: bool) -> None:
        self._lines, self._way = lines, way
        self._points, self._heading = (values[:, 0] + 1j * values[:, 1] for values in (lines.points, way))
        self._tolerance, self._loose, self._strict = tolerance, loose, strict
        self.done: dict[int, tuple[Points, Doubles]] = {}

    def balanced(self) -> None:
        """Give all lines curves that are equally hard to lay, but for those that this leads nowhere with."""
        laid = self._by_turns()
        for number in range(TRIES):
            far, good = self._try(laid, self._plain(laid))
            if good.all():
                break
            near = self._tolerance[laid.lines]
            laid = _more(laid, far, near, np.flatnonzero(~good), must=number % 2 == 1)

    def _by_turns(self) -> _Laid:
        """Breaks to begin with: after every turn by as much as one curve goes around with ease."""
        breaks = []
        for first, last in itertools.pairwise(self._lines.starts):
            heading = self._heading[first:last:STRIDE]
            turn = np.cumsum(np.abs(np.angle(heading[1:] * heading[:-1].conj())) + EVEN)
            turn = np.concatenate([[0.0], turn, turn[-1:] + EVEN] if len(turn) else [[0.0, EVEN]])
            place = np.minimum(np.arange(len(turn)) * float(STRIDE), last - 1.0 - first)
            count = 1 + int(turn[-1] / ONE_CURVE)
            breaks.append(np.interp(np.linspace(0.0, turn[-1], count + 1), turn, place))
        return _Laid(np.arange(len(self._lines)), breaks)

    def one_by_one(self) -> None:
        """Lay curves along what is left one after the other, each as long as it can be: such lines have a
        hard spot, around which curves would crowd.
        """
        left = np.array([line for line in range(len(self._lines)) if line not in self.done], np.intp)
        if not len(left):
            return
        curves = fit(self._lines, self._way, self._tolerance, left)
        laid = _breaks_of(curves, self._lines, left)
        control = curves.control[..., 0] + 1j * curves.control[..., 1]
        self._take(laid, control, np.ones(len(left), np.bool_))
        self._try(laid, control)  # where that succeeds, it is nearer

    def _try(self, laid: _Laid, control: Points) -> tuple[Doubles, Mask]:
        """Refine curves and take good lines': how far off each is (K,), and which lines' are good (C,)."""
        near = self._tolerance[laid.lines]
        chains = Chains(control, laid.starts, self._loose[laid.lines], near, self._strict)
        control, far = refine(self._points, laid.stretch(self._lines), chains)
        good = np.asarray(np.maximum.reduceat(far, laid.starts[:-1]) <= near)
        self._take(laid, control, good)
        return far, good

    def _take(self, laid: _Laid, control: Points, good: Mask) -> None:
        starts = laid.starts
        for place in np.flatnonzero(good):
            part = control[starts[place] : starts[place + 1]]
            self.done[int(laid.lines[place])] = part, laid.breaks[place]

    def _plain(self, laid: _Laid) -> Points:
        """Curves (K, 4) between breaks to begin with: as their lines run there, with handles of a third."""
        along = laid.stretch(self._lines)
        (begin, end), (leaving, arriving) = (
            [value_at(values, along.base, place) for place in (along.first, along.last)]
            for values in (self._points, self._heading)
        )
        third = np.abs(end - begin) / 3.0
        leaving, arriving = (one / np.maximum(np.abs(one), 1e-9) for one in (leaving, arriving))
        return np.stack([begin, begin + leaving * third, end - arriving * third, end], 1)


def _more(laid: _Laid, far: Doubles, tolerance: Doubles, some: Indices, *, must: bool) -> _Laid:
    """Other breaks for some lines, with more curves where they seem wanted, one more if they `must`."""
    starts, breaks = laid.starts, []
    for place in some:
        hard = (far[starts[place] : starts[place + 1]] / tolerance[place]) ** (1.0 / POWER)
        hard = np.concatenate([[0.0], np.cumsum(np.maximum(hard, EASIEST))])
        count = max(len(hard) - 1 + must, int(np.ceil(hard[-1] - SURE)))
        breaks.append(np.interp(np.linspace(0.0, hard[-1], count + 1), hard, laid.breaks[place]))
    return _Laid(laid.lines[some], breaks)


def _breaks_of(curves: Curves, lines: Polylines, which: Indices) -> _Laid:
    breaks = [
        np.append(0.0, curves.stop[curves.starts[line] : curves.starts[line + 1]] - lines.starts[line])
        for line in which
    ]
    return _Laid(which, breaks)


def _gathered(done: dict[int, tuple[Points, Doubles]], base: Indices) -> Curves:
    """All curves in the order of their lines, which begin at the vertices `base` (L + 1,)."""
    count = len(base) - 1
    if not count:
        return Curves(np.zeros((0, 4, 2)), np.zeros(0, np.intp), np.zeros(1, np.intp))
    control = np.concatenate([done[line][0] for line in range(count)])
    stop = np.concatenate([base[line] + np.rint(done[line][1][1:]) for line in range(count)])
    counts = [len(done[line][0]) for line in range(count)]
    starts = np.concatenate([[0], list(itertools.accumulate(counts))]).astype(np.intp)
    return Curves(np.stack([control.real, control.imag], 2), stop.astype(np.intp), starts)
