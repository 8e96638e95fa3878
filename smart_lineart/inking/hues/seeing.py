# SPDX-License-Identifier: GPL-3.0-or-later
"""How lines look, closely and widely, and which pencils that tells of.

A picture may keep its colours more coarsely than its light, as nearly all JPEGs do. A thin line has little of
its own colour then: black on yellow paper stays yellowish, and blue that is nearly black is grey. Around the
line all of it is there. Seen so widely, neighbours mix; where colours are sharp, hues lie nearer together for
it, and where they are blurred farther apart: that tells which it is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import compress

import numpy as np

from smart_lineart.inking.arrays import Floats
from smart_lineart.inking.hues.colour import OnPaper, colour_along, colour_around, hue_plane, mean_colours
from smart_lineart.inking.hues.following import Kinds, Look, follow, nearest
from smart_lineart.inking.hues.palette import DARK, FAINTEST, TINTED, Centre, Hue, Palette, find_palette
from smart_lineart.inking.strokes import Strokes

ALONG, FAR_ALONG = 8, 30  # vertices before and after one whose hues count with its own
STEADY = 0.7  # of what looks most like a hue, that keeps to it along its lines where a pencil drew them
BLURRED = 1.05  # times as far apart as closely, that hues lie seen widely, from which colours are blurred


@dataclass(frozen=True)
class SeenLines:
    """Lines of a page, and how they look.

    Attributes:
        strokes: the lines.
        points: (N, 2), their vertices, x and y in px at working scale.
        look: how these look.
        colours: (N, 3), how much of the paper's red, green and blue they take away, 0..1.
        around: the same of all that lies around them.
        inverted: whether they are lighter than the paper.
    """

    strokes: Strokes
    points: Floats
    look: Look
    colours: Floats
    around: Floats
    inverted: bool

    @classmethod
    def of(cls, colours: OnPaper, strokes: Strokes, points: Floats, inverted: bool) -> SeenLines:
        """Look at lines, on what :func:`colour_on_paper` gives."""
        own, around = mean_colours(colour_along(colours, points)), colour_around(colours, points)
        close, wide = (hue_plane(seen, inverted=inverted) for seen in (own, around))
        look = Look(close, wide, own.max(axis=1, initial=0), _steps(points, strokes))
        return cls(strokes, points, look, own, around, inverted)

    def follow(self, palette: Palette) -> Kinds:
        """The hue of each vertex, uint8 (N,), as its number in the palette."""
        if len(palette.hues) == 1 or not len(self.strokes):
            return np.zeros(len(self.points), np.uint8)
        return follow(self.look, self.points, self.strokes.starts, palette)

    def palette(self) -> Palette:
        """The pencils that they were drawn with."""
        if not self._blurred():
            return self.found()
        return self._closely(self._as_seen_widely().found())

    def _blurred(self) -> bool:
        """Whether hues lie farther apart seen widely than closely."""
        known = self.look.amount >= FAINTEST
        weight = self.look.steps[known]
        if not weight.any():
            return False
        spread = []
        for plane in (self.look.close, self.look.wide):
            # Means of hues, not of colours: where a line is crossed the other's would count the more.
            calm = _along_means(plane, self.strokes, FAR_ALONG)[known]
            middle = np.average(calm, axis=0, weights=weight)
            spread.append(float(np.average(np.hypot(*(calm - middle).T), weights=weight)))
        return spread[1] > BLURRED * spread[0]

    def _as_seen_widely(self) -> SeenLines:
        """The same lines, as dark as they are, and as if their hues were those around them."""
        most = self.around.max(axis=1, keepdims=True)
        taken = self.around * (self.look.amount[:, None] / np.where(most > 0, most, np.inf))
        look = replace(self.look, close=self.look.wide)
        return replace(self, look=look, colours=np.asarray(taken, np.float32))

    def found(self) -> Palette:
        """Those of them that are told by how they look closely."""
        near, far = (_along_means(self.look.close, self.strokes, reach) for reach in (ALONG, FAR_ALONG))
        palette = find_palette(near, far, self.colours, self.look.steps, inverted=self.inverted)
        while (steadier := self._steadier(palette)) is not palette:
            palette = steadier
        return palette

    def _steadier(self, palette: Palette) -> Palette:
        """Without the place among hues that lines keep to the least, where that is so little that no pencil
        drew them; the same palette where there is none. Two pencils that run along each other look like a
        third one, here and there, and so does paper beneath a faint line.
        """
        if len(palette.hues) < 2:  # a page of one hue keeps it, however little of it there is
            return palette
        apart = palette.by_centres()
        names, many, steps = np.array(apart.names), len(apart.hues), self.look.steps
        near = nearest(self.look.close, apart)
        kept = names[near] == names[self.follow(apart)]
        total = np.bincount(near, steps, many)
        share = np.bincount(near[kept], steps[kept], many) / np.where(total > 0, total, 1.0)
        share[names == DARK] = 1
        least = int(share.argmin())
        return palette.without(apart.hues[least]) if share[least] < STEADY else palette

    def _closely(self, widely: Palette) -> Palette:
        """A palette of what is seen widely, with where its lines lie seen closely, too. A hue that cannot be
        told from dark there is none: paper and its grain have a colour.
        """
        every = [one for hue in widely.hues for one in hue.centres]
        near = nearest(self.look.wide, Palette(tuple(Hue("", (one,), (0, 0, 0)) for one in every)))
        sure = self.look.amount >= FAINTEST
        places = iter([_middle(self.look.close[sure & (near == number)]) for number in range(len(every))])
        closely = [[next(places) for _ in hue.centres] for hue in widely.hues]
        dark = [one for hue, own in zip(widely.hues, closely, strict=True) if hue.name == DARK for one in own]
        hues = []
        for hue, own in zip(widely.hues, closely, strict=True):
            told = [hue.name == DARK or all(math.dist(one, black) >= TINTED for black in dark) for one in own]
            if any(told):
                centres, wide = tuple(compress(own, told)), tuple(compress(hue.centres, told))
                hues.append(replace(hue, centres=centres, wide=wide))
        return Palette(tuple(hues))


def _middle(plane: Floats) -> Centre:
    """The middle of places in the plane of hues, (N, 2); that of black where there are none."""
    if not len(plane):
        return 0.0, 0.0
    x, y = np.median(plane, axis=0)
    return float(x), float(y)


def _steps(points: Floats, strokes: Strokes) -> Floats:
    """How long each vertex is: half of what lies before and after it."""
    apart = np.hypot(*np.diff(points, axis=0).T).astype(np.float32)
    apart[strokes.starts[1:-1] - 1] = 0  # from one stroke to the next
    steps = np.zeros(len(points), np.float32)
    steps[1:] += apart / 2
    steps[:-1] += apart / 2
    return steps


def _along_means(plane: Floats, strokes: Strokes, reach: int) -> Floats:
    """Means, (N, 2), of places in the plane of some vertices before and after each, of its own stroke."""
    sums = np.concatenate([np.zeros((1, 2)), np.cumsum(plane, axis=0, dtype=np.float64)])
    owner, every = strokes.owner(), np.arange(len(plane))
    first = np.maximum(every - reach, strokes.starts[owner])
    last = np.minimum(every + reach + 1, strokes.starts[owner + 1])
    return np.asarray((sums[last] - sums[first]) / (last - first)[:, None], np.float32)
