# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines of a sketch by the pencil they were drawn with."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

import numpy as np

from smart_lineart.inking.arrays import Floats
from smart_lineart.inking.errors import OutOfMemory
from smart_lineart.inking.features import Features
from smart_lineart.inking.hues.colour import OnPaper, colour_along, colour_on_paper, hue_plane, mean_colours
from smart_lineart.inking.hues.following import Kinds, follow, nearest
from smart_lineart.inking.hues.palette import DARK, Palette, find_palette
from smart_lineart.inking.hues.parting import parted, parted_solid, solid_kinds
from smart_lineart.inking.page.sketch import ColourSketch
from smart_lineart.inking.strokes import Strokes

ALONG, FAR_ALONG = 8, 30  # vertices before and after one whose hues count with its own
STEADY = 0.7  # of what looks most like a hue, that keeps to it along its lines where a pencil drew them


@dataclass(frozen=True)
class LineHues:
    """What the lines of a sketch were drawn with; made by :func:`find_hues`.

    Attributes:
        palette: the page's pencils; of one alone where nothing is to be told apart.
        strokes: uint8 (N,), the number in the palette of each vertex of the sketch's strokes.
        light: the same of its light lines, None where those are not known.
        solid: uint8 (h, w), the same of each px of its solid areas; None where there are none.
    """

    palette: Palette
    strokes: Kinds
    light: Kinds | None = None
    solid: Kinds | None = None

    def parts(self, features: Features, names: Collection[str]) -> Features:
        """The lines and solid areas of the hues named, of the features these were found for: to be drawn,
        written and compared as all of them are. The same features where that is all of them.
        """
        wanted = np.array([name in names for name in self.palette.names])
        if wanted.all():
            return features
        light, solid = features.light, features.solid
        if light is not None and self.light is not None:
            light = parted(light, self.light, wanted)
        if solid is not None and self.solid is not None:
            solid = parted_solid(solid, self.solid, wanted)
        return replace(
            features, strokes=parted(features.strokes, self.strokes, wanted), light=light, solid=solid
        )


def find_hues(
    sketch: ColourSketch,
    features: Features,
    known: Palette | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> LineHues:
    """Tell the lines of a sketch apart by their colour.

    Args:
        sketch: the one that `features` were found in, with its colours.
        features: its lines.
        known: the pencils of the page, where they were found before: an edit then changes hues near it only,
            and none gets another name.
        cancelled: asked while the page is read; where it says so, Cancelled is raised.

    Raises OutOfMemory, Cancelled, and what reading the sketch raises.
    """
    seen = features.calibration
    if seen is None:
        return LineHues(known or Palette.of_one(), np.zeros(len(features.strokes.points), np.uint8))
    try:
        return _Page(colour_on_paper(sketch, seen, cancelled), features).hues(known)
    except MemoryError as error:
        raise OutOfMemory from error


class _Page:
    """A page's colours at working scale, and the lines on it."""

    def __init__(self, colours: OnPaper, features: Features):
        self._colours, self._features = colours, features
        tall, wide, _ = colours.shape
        self._scale = np.array([wide / features.size[1], tall / features.size[0]], np.float32)

    def hues(self, known: Palette | None) -> LineHues:
        features, light = self._features, self._features.light
        colours, steps = self._along(features.strokes)
        palette = known or self._palette(features.strokes, colours, steps)
        strokes = self._follow(features.strokes, colours, steps, palette)
        lighter = None if light is None else self._follow(light, *self._along(light), palette)
        solid = features.solid
        kinds = (
            None
            if solid is None
            else solid_kinds(solid, self._colours, lambda sums: self._kinds(sums, palette))
        )
        return LineHues(palette, strokes, lighter, kinds)

    def _along(self, strokes: Strokes) -> tuple[Floats, Floats]:
        """The sums of colours along strokes, (N, 4), and the length of each vertex, (N,), px at working
        scale.
        """
        points = strokes.points * self._scale
        return colour_along(self._colours, points), _steps(points, strokes)

    def _palette(self, strokes: Strokes, colours: Floats, steps: Floats) -> Palette:
        means, inverted = mean_colours(colours), self._features.inverted
        # Means of hues, not of colours: where a line is crossed the other's would count the more.
        plane = hue_plane(means, inverted=inverted)
        near, far = (_along_means(plane, strokes, reach) for reach in (ALONG, FAR_ALONG))
        palette = find_palette(near, far, means, steps, inverted=inverted)
        while (steadier := self._steadier(strokes, colours, steps, palette)) is not palette:
            palette = steadier
        return palette

    def _steadier(self, strokes: Strokes, colours: Floats, steps: Floats, palette: Palette) -> Palette:
        """Without the place among hues that lines keep to the least, where that is so little that no pencil
        drew them; the same palette where there is none. Two pencils that run along each other look like a
        third one, here and there, and so does paper beneath a faint line.
        """
        apart = palette.by_centres()
        plane = hue_plane(mean_colours(colours), inverted=self._features.inverted)
        names, many = np.array(apart.names), len(apart.hues)
        near = nearest(plane, apart)
        kept = names[near] == names[self._follow(strokes, colours, steps, apart)]
        share = np.bincount(near[kept], steps[kept], many) / np.maximum(np.bincount(near, steps, many), 1)
        share[names == DARK] = 1
        least = int(share.argmin())
        return palette.without(apart.hues[least]) if share[least] < STEADY else palette

    def _follow(self, strokes: Strokes, colours: Floats, steps: Floats, palette: Palette) -> Kinds:
        if len(palette.hues) == 1 or not len(strokes):
            return np.zeros(len(strokes.points), np.uint8)
        means = mean_colours(colours)
        plane = hue_plane(means, inverted=self._features.inverted)
        return follow(plane, means.max(axis=1), steps, strokes.starts, palette)

    def _kinds(self, sums: Floats, palette: Palette) -> Kinds:
        return nearest(hue_plane(sums, inverted=self._features.inverted), palette)


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
