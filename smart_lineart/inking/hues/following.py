# SPDX-License-Identifier: GPL-3.0-or-later
"""Which pencil each vertex of a line was drawn with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.arrays import Floats
from smart_lineart.inking.hues.crossings import crossed
from smart_lineart.inking.hues.palette import DARK, FAINTEST, Palette

STRAY = (
    0.25  # of the plane of hues: who lies so far nearer to another hue speaks for that with all its weight
)
SEEN_WIDELY = 0.5  # weight of what is seen around a line beside that of the line's own
CHANGE = 6.0  # px at working scale that a change of pencil costs: shorter stretches are lines crossed
OVER = 0.3  # of what speaks against a hue where dark lies, that may be drawn over it
ACROSS = 0.3  # of what speaks against a hue where a line of another, that it looks like, goes across
FIRM = 0.12  # of the paper's light: fainter lines say less of their hue

Kinds = NDArray[np.uint8]


@dataclass(frozen=True)
class Look:
    """How vertices of lines look.

    Attributes:
        close: (N, 2), the hues they have themselves, see :func:`hue_plane`.
        wide: (N, 2), those of all that lies around them.
        amount: (N,), how much of the paper's light they take away.
        steps: (N,), how long each of them is, px at working scale.
    """

    close: Floats
    wide: Floats
    amount: Floats
    steps: Floats


def follow(look: Look, points: Floats, starts: NDArray[np.intp], palette: Palette) -> Kinds:
    """The hue of each vertex, uint8 (N,), as its number in the palette.

    Of all ways to go along a line from pencil to pencil the one that its vertices speak for, where each
    change costs something (Viterbi, IEEE Transactions on Information Theory 13, 1967): at a crossing the
    other line's colour does not part it. What crosses is known after a first look only, so there are two.

    Args:
        look: how the vertices look.
        points: (N, 2), where they lie, x and y in px at working scale.
        starts: (S + 1,): line s holds the vertices starts[s] to starts[s + 1].
        palette: the page's.
    """
    costs = away(look.close, palette)
    if palette.seen_widely:
        costs += np.float32(SEEN_WIDELY) * away(look.wide, palette.widely())
    costs -= costs.min(axis=1, keepdims=True)
    seems = costs.argmin(axis=1)
    np.minimum(costs / np.float32(STRAY), np.float32(1), out=costs)
    if DARK in palette.names:
        costs *= np.where(seems == palette.names.index(DARK), np.float32(OVER), np.float32(1))[:, None]
    sure = np.clip((look.amount - FAINTEST) / (FIRM - FAINTEST), 0, 1).astype(np.float32)
    costs *= (sure * look.steps)[:, None]
    kinds = _cheapest(costs, starts)
    across = crossed(points, starts, kinds, seems)
    costs *= np.where(across, np.float32(ACROSS), np.float32(1))[:, None]
    return _cheapest(costs, starts)


def away(plane: Floats, palette: Palette) -> Floats:
    """How far places in the plane of hues, (N, 2), lie from each hue: float32 (N, hues)."""
    return np.stack(
        [
            np.min([np.hypot(*(plane - np.asarray(one, np.float32)).T) for one in hue.centres], axis=0)
            for hue in palette.hues
        ],
        axis=1,
    ).astype(np.float32)


def nearest(plane: Floats, palette: Palette) -> Kinds:
    """The hue that places in the plane of hues, (N, 2), lie next to, uint8 (N,)."""
    return away(plane, palette).argmin(axis=1).astype(np.uint8)


def _cheapest(costs: Floats, starts: NDArray[np.intp]) -> Kinds:
    """The cheapest way through each line, all of them at once, the longest first."""
    lengths = np.diff(starts)
    order = np.argsort(-lengths, kind="stable")
    first, lengths = starts[:-1][order], lengths[order]
    hues = costs.shape[1]
    came = np.zeros(costs.shape, np.uint8)
    total = np.zeros((len(order), hues), np.float64)
    longest = int(lengths[0]) if len(lengths) else 0
    # How many lines are longer than so many vertices: those go on.
    going = np.searchsorted(-lengths, -np.arange(longest), side="left")
    for step in range(longest):
        many = going[step]
        at = first[:many] + step
        if step:
            best = total[:many].argmin(axis=1)
            change = total[np.arange(many), best][:, None] + CHANGE
            stays = total[:many] <= change
            came[at] = np.where(stays, np.arange(hues), best[:, None])
            total[:many] = np.where(stays, total[:many], change)
        total[:many] += costs[at]
    kinds = np.zeros(len(costs), np.uint8)
    now = total.argmin(axis=1).astype(np.uint8)
    for step in range(longest - 1, -1, -1):
        many = going[step]
        at = first[:many] + step
        kinds[at] = now[:many]
        now[:many] = came[at, now[:many]]
    return kinds
