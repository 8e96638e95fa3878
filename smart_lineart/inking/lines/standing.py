# SPDX-License-Identifier: GPL-3.0-or-later
"""How long each line stands while lines are left out, the lightest first.

A line stands by how dark it is, and by where it lies: one that goes on from darker lines, or closes a shape
with them, stays longer than one that lies alone. Which of them a setting keeps is told in shares of the
page's own lines, by length, so that each step of the setting leaves out about as much as any other, on every
page.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.arrays import Floats
from smart_lineart.inking.lines.nearby import MEETING, by_x, near_each

USUAL = 0.5
"""The `faint` at which lines are drawn that the network is sure of and no lighter ones."""

LIGHTER = 0.49
"""The `faint` at which the firmest of the lighter ones comes."""

LEFT = 0.1  # of the length of the usual lines, that is left at the greatest `faint`
STEPS = 21  # places between the lightest and the darkest lines whose standing is kept
WITH_NEIGHBOURS = 0.5  # of the way to a firmer line's standing, that a line between two of them gets
CLOSED = 0.25  # of the way to that of firm lines, that a ring gets
SHORT = 12.0  # px of a line that touches nothing, at which it stands half as long,
AS_DIRT = 0.4  # if it is no darker than this: of those that are, many are a nose or a mouth


def standings(
    lines: list[Floats],
    rings: list[bool],
    free: NDArray[np.bool_],
    firm: Floats,
    others: tuple[list[Floats], Floats] = ([], np.zeros(0, np.float32)),
) -> Floats:
    """How long each of some lines stands: float32 (S,), in the firmness of the page's firm lines.

    Args:
        lines: vertices (N, 2) at working scale.
        rings: which of them are closed.
        free: bool (S, 2), whether a line's start and end touch nothing.
        firm: float32 (S,), how dark they are; 1 are the page's firm lines.
        others: more lines that they may touch, and how dark those are.
    """
    if not lines:
        return np.zeros(0, np.float32)
    every, darkness = lines + others[0], np.concatenate([firm, others[1]])
    owner = np.repeat(np.arange(len(every)), [len(line) for line in every])
    points = np.concatenate(every)
    ends = np.array([line[[0, -1]] for line in lines], np.float32).reshape(-1, 2)
    beside = near_each(ends, points, MEETING, by_x(points))
    met = np.array([_firmest(darkness, owner[some], at // 2) for at, some in enumerate(beside)], np.float32)
    pull = np.where(free, np.float32(0.0), np.maximum(met.reshape(-1, 2) - firm[:, None], 0)).sum(1)
    out = firm + np.float32(WITH_NEIGHBOURS / 2) * pull
    closed, alone = np.array(rings), free.all(1) & (firm < AS_DIRT)
    out += np.float32(CLOSED) * np.maximum(1 - out, 0) * closed
    lengths = np.array([len(line) for line in lines], np.float32)
    out[alone & ~closed] *= (lengths / (lengths + np.float32(SHORT)))[alone & ~closed]
    return np.asarray(out, np.float32)


def amounts(widths: list[Floats]) -> Floats:
    """What relative widths, (N,) for each line, add to how dark it looks: float32 (S,)."""
    return np.sqrt(np.array([np.median(one) for one in widths], np.float32))


def _firmest(darkness: Floats, near: NDArray[np.intp], own: int) -> float:
    """How dark the darkest line near an end is that is not its own; 0 where there is none."""
    others = near[near != own]
    return float(darkness[others].max()) if len(others) else 0.0


def shares(standing: Floats, lengths: NDArray[np.intp], most: float = 1.0) -> tuple[float, ...]:
    """What lines at even shares of the length of all of them stand by, the lightest first, up to the share
    `most`; () where there are none.
    """
    if not len(standing):
        return ()
    order = np.argsort(standing, kind="stable")
    laid = np.cumsum(lengths[order])
    at = np.searchsorted(laid, np.linspace(0.0, most, STEPS) * laid[-1])
    return tuple(float(value) for value in standing[order][np.minimum(at, len(order) - 1)])


def usual_shares(standing: Floats, lengths: NDArray[np.intp]) -> tuple[float, ...]:
    """The :func:`shares` of lines that are usually drawn, as far as `faint` leaves them out."""
    return shares(standing, lengths, 1 - LEFT)


def limits(
    standing: Floats, usual: NDArray[np.bool_], firmest: tuple[float, ...], lightest: tuple[float, ...]
) -> NDArray[np.float64]:
    """The `faint` up to which each line is drawn: float64 (S,).

    Args:
        standing: float32 (S,), see :func:`standings`.
        usual: bool (S,), which of them are drawn at the usual `faint`.
        firmest: the :func:`usual_shares` of the page's lines that are.
        lightest: the :func:`shares` of its lighter ones; (): not known.
    """
    out = np.full(len(standing), USUAL)
    if firmest:
        out = _told_in(standing, firmest, USUAL, 1.0)
    lighter = _told_in(standing, lightest, 0.0, LIGHTER) if lightest else np.zeros(len(standing))
    return np.where(usual, out, lighter)


def _told_in(standing: Floats, known: tuple[float, ...], low: float, high: float) -> NDArray[np.float64]:
    """Standings as places between the lightest, `low`, and the darkest of the known ones, `high`."""
    return np.asarray(np.interp(standing, known, np.linspace(low, high, len(known))))
