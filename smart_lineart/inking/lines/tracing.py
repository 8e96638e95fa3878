# SPDX-License-Identifier: GPL-3.0-or-later
"""From the network's line map to strokes: the list of steps, each a module beside this one."""

from __future__ import annotations

import numpy as np

from smart_lineart.inking.arrays import Bytes
from smart_lineart.inking.lines.assembly import assemble
from smart_lineart.inking.lines.chains import is_ring, join_through_junctions
from smart_lineart.inking.lines.cycles import open_cycles, remove_frays, remove_rungs
from smart_lineart.inking.lines.fairing import Fairer, rejoin, room_around
from smart_lineart.inking.lines.gaps import close_gaps
from smart_lineart.inking.lines.graph import Graph, trace
from smart_lineart.inking.lines.holes import fill_holes
from smart_lineart.inking.lines.junctions import ease_junctions
from smart_lineart.inking.lines.lenses import merge_lenses
from smart_lineart.inking.lines.levels import Levels, fill_in_levels, relative_widths
from smart_lineart.inking.lines.redundant import without_redundant
from smart_lineart.inking.lines.sampling import most_near
from smart_lineart.inking.lines.spurs import prune_spurs
from smart_lineart.inking.lines.stroke_width import stroke_widths
from smart_lineart.inking.network.maps import LINE
from smart_lineart.inking.raster.morphology import close, depth
from smart_lineart.inking.raster.thinning import thin
from smart_lineart.inking.strokes import Strokes

BESIDE = 6  # px beside a line within which its passes lie
DEEPEST = 7  # px that it may lie deep where it stands for passes that lie apart


def _tidied(graph: Graph, line: Bytes, deep: Bytes) -> Graph:
    prune_spurs(graph, deep)
    merge_lenses(graph)
    remove_rungs(graph, line)
    open_cycles(graph, line)
    remove_frays(graph, line)
    prune_spurs(graph, deep)
    merge_lenses(graph)
    prune_spurs(graph, deep)
    close_gaps(graph, line)
    return graph


def trace_strokes(
    line: Bytes,
    darkness: Bytes,
    scale: tuple[float, float],
    levels: Levels | None = None,
    fairer: Fairer | None = None,
    drawn: Bytes | None = None,
) -> tuple[Strokes, Levels | None]:
    """Line map and the sketch's darkness, both uint8 (H, W) at working scale -> strokes on the page, and the
    levels they were judged by: those given, the page's own, or None where there is no line.

    `scale` is working px per page px in x and y. A `fairer` that knows an earlier page's lines saves time.
    `drawn`, uint8 (H, W), is the darkness that widths are told from, where that is another.
    """
    fairer = fairer or Fairer()
    mask = fill_holes(close(line >= LINE * 255), line)
    deep = depth(mask, DEEPEST)
    paths = without_redundant(join_through_junctions(_tidied(trace(thin(mask)), line, deep)), line)
    if not paths:
        return Strokes.empty(), levels
    found = [path.points for path in paths]
    rings = [is_ring(points) for points in found]
    free = np.array([path.free for path in paths])
    meets = ~free & ~np.array(rings)[:, None]
    found = ease_junctions(found, meets, rings, line)
    cuts = np.cumsum([len(points) for points in found])[:-1]
    at = np.rint(np.concatenate(found)).astype(np.intp)
    rooms = np.split(room_around(deep, line, at), cuts)
    faired = list(map(fairer.fair, found, rings, rooms))
    rejoin(found, faired, meets)
    # A line that stands for several passes may run between them, where the sketch is blank.
    firm = np.split(most_near(line, at, BESIDE) * most_near(darkness, at, BESIDE), cuts)
    sure = most_near(line, at, 1) / 255.0
    widths = stroke_widths(darkness if drawn is None else drawn, found, rings)
    levels = fill_in_levels(levels, firm, widths)
    widths = [relative_widths(one, levels.usual) for one in widths]
    firm = [one / np.float32(levels.certain) for one in firm]
    return assemble(faired, widths, np.split(sure, cuts), firm, free, scale), levels
