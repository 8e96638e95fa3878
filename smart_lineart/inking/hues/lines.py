# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines of a sketch by the pencil they were drawn with."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from smart_lineart.inking.arrays import Floats
from smart_lineart.inking.errors import OutOfMemory
from smart_lineart.inking.features import Features
from smart_lineart.inking.hues.colour import OnPaper, colour_on_paper, hue_plane
from smart_lineart.inking.hues.following import Kinds, nearest
from smart_lineart.inking.hues.palette import Palette
from smart_lineart.inking.hues.parting import parted, parted_solid, solid_kinds
from smart_lineart.inking.hues.seeing import SeenLines
from smart_lineart.inking.page.sketch import ColourSketch
from smart_lineart.inking.strokes import Strokes


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
        lines = self._lines(features.strokes)
        palette = known or lines.palette()
        lighter = None if light is None else self._lines(light).follow(palette)
        solid = features.solid
        kinds = None if solid is None else solid_kinds(solid, self._colours, partial(self._kinds, palette))
        return LineHues(palette, lines.follow(palette), lighter, kinds)

    def _lines(self, strokes: Strokes) -> SeenLines:
        return SeenLines.of(self._colours, strokes, strokes.points * self._scale, self._features.inverted)

    def _kinds(self, palette: Palette, sums: Floats) -> Kinds:
        """Hues of solid areas: those are as broad as what is seen widely."""
        seen = palette.widely() if palette.seen_widely else palette
        return nearest(hue_plane(sums, inverted=self._features.inverted), seen)
