# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether outlines show a stroke's ink, and outlines from its pixels for strokes of which they do not.

Edges beside the centreline are good as long as a line bends less tightly than the pen is wide. Where a line
curls up under a broad pen they cross each other in ways that the nonzero rule takes for holes or for ink.
"""

from __future__ import annotations

import numpy as np

from smart_lineart.inking.brushes.styles import Style
from smart_lineart.inking.drawing.solid import draw_solid
from smart_lineart.inking.geometry import Rect
from smart_lineart.inking.strokes import Strokes
from smart_lineart.inking.vectors.areas import contours, thinned
from smart_lineart.inking.vectors.polylines import Doubles, Mask

INSIDE = 0.8, 0.3  # of the radius from the centreline, less so many px, where there is ink
OUTSIDE = 1.1, 0.6  # times the radius, and px more, where there is none
PROBES = 64  # places along a line where both are asked for
FINE = 2  # samples to a px
MOST_SAMPLES = 1 << 24
APART = 1.0  # px between the vertices of a contour


def shows_ink(outlines: list[Doubles], points: Doubles, way: Doubles, radius: Doubles) -> bool:
    """Whether the nonzero rule fills, in closed polygons (m, 2), what a pen of `radius` (n,) leaves along
    `points` (n, 2), which run as `way` (n, 2) says, and nothing else near it.
    """
    probes = np.unique(np.linspace(0, len(points) - 1, PROBES).astype(np.intp))
    across = np.stack([-way[:, 1], way[:, 0]], 1)[probes]
    at, wide = points[probes], radius[probes][:, None]
    deep = np.maximum(INSIDE[0] * wide - INSIDE[1], 0.0)
    ink = np.concatenate([at, *(at + side * deep * across for side in (1, -1))])
    times, more = OUTSIDE
    paper = np.concatenate([at + side * (times * wide + more) * across for side in (1, -1)])
    apart = np.hypot(*(paper[:, None] - points[None]).transpose(2, 0, 1))
    spacing = float(np.hypot(*np.diff(points, axis=0).T).max(initial=0.0))
    paper = paper[(apart > radius + 0.5 * more + 0.5 * spacing).all(1)]
    return bool(filled(outlines, ink).all() and not filled(outlines, paper).any())


def filled(outlines: list[Doubles], at: Doubles) -> Mask:
    """(q,): whether points (q, 2) lie in closed polygons (m, 2) by the nonzero rule."""
    turns = np.zeros(len(at), np.intp)
    for polygon in outlines:
        a, b = polygon, np.roll(polygon, -1, axis=0)
        up, down = (
            (one[:, 1] <= at[:, None, 1]) & (two[:, 1] > at[:, None, 1]) for one, two in ((a, b), (b, a))
        )
        left = (b[:, 0] - a[:, 0]) * (at[:, None, 1] - a[:, 1]) - (at[:, None, 0] - a[:, 0]) * (
            b[:, 1] - a[:, 1]
        )
        turns += (up & (left > 0)).sum(1) - (down & (left < 0)).sum(1)
    return turns != 0


def traced(strokes: Strokes, number: int, thickness: float, style: Style) -> list[Doubles]:
    """Closed contours (n, 2) of one stroke as it is drawn, in px of the page, holes the other way round."""
    one = strokes.select(np.arange(len(strokes)) == number)
    reach = style.medium.reach * thickness + 2.0
    low = np.floor(one.points.min(0) - reach)
    wide, tall = np.ceil(one.points.max(0) + reach - low).astype(int).tolist()
    fine, wide, tall = _samples(wide, tall)
    moved = one.shifted(-float(low[0]), -float(low[1]))
    enlarged = Strokes(moved.points * np.float32(fine), moved.width, moved.strength, moved.starts, moved.free)
    region = Rect(0, 0, round(wide * fine), round(tall * fine))
    cover = draw_solid(enlarged, region, thickness=thickness * fine, style=style)
    loops = [loop for area in contours(cover, (tall, wide)) for loop in area]
    return [thinned(loop, APART) + low for loop in loops]


def _samples(wide: int, tall: int) -> tuple[float, int, int]:
    """Samples to a px, as many as there is room for, and width and height in px that they fit into."""
    fine = float(FINE)
    while wide * tall * fine * fine > MOST_SAMPLES:
        fine /= 2
    coarse = max(1, round(1 / fine))
    return fine, -(-wide // coarse) * coarse, -(-tall // coarse) * coarse
