# SPDX-License-Identifier: GPL-3.0-or-later
"""From the network's line map to strokes: the list of steps, each a module beside this one."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from smart_lineart.inking.arrays import Bytes
from smart_lineart.inking.lines.assembly import AssemblyTuning, assemble
from smart_lineart.inking.lines.chains import Polyline, is_ring, join_through_junctions
from smart_lineart.inking.lines.fairing import Fairer, FairingTuning, rejoin, room_around
from smart_lineart.inking.lines.gaps import GapTuning, close_gaps
from smart_lineart.inking.lines.graph import Graph, trace
from smart_lineart.inking.lines.holes import HoleTuning, fill_holes
from smart_lineart.inking.lines.junctions import JunctionTuning, ease_junctions
from smart_lineart.inking.lines.levels import (
    Levels,
    LevelTuning,
    fill_in_levels,
    relative_widths,
    widths_alone,
)
from smart_lineart.inking.lines.redundant import RedundantTuning, without_redundant
from smart_lineart.inking.lines.sampling import most_near
from smart_lineart.inking.lines.spurs import DrawnTuning, SpurTuning, prune_spurs, put_back
from smart_lineart.inking.lines.standing import amounts, standings
from smart_lineart.inking.lines.stroke_width import stroke_widths
from smart_lineart.inking.network.maps import MapTuning
from smart_lineart.inking.raster.morphology import close, depth
from smart_lineart.inking.raster.thinning import thin
from smart_lineart.inking.strokes import Strokes

BESIDE = 6  # px beside a line within which its passes lie
DEEPEST = 7  # px that it may lie deep where it stands for passes that lie apart


@dataclass(frozen=True)
class TracingTuning:
    """The numbers of every step."""

    maps: MapTuning = field(default_factory=MapTuning)
    holes: HoleTuning = field(default_factory=HoleTuning)
    spurs: SpurTuning = field(default_factory=SpurTuning)
    drawn: DrawnTuning = field(default_factory=DrawnTuning)
    gaps: GapTuning = field(default_factory=GapTuning)
    redundant: RedundantTuning = field(default_factory=RedundantTuning)
    junctions: JunctionTuning = field(default_factory=JunctionTuning)
    fairing: FairingTuning = field(default_factory=FairingTuning)
    levels: LevelTuning = field(default_factory=LevelTuning)
    assembly: AssemblyTuning = field(default_factory=AssemblyTuning)


def _paths(graph: Graph, line: Bytes, deep: Bytes, tuning: TracingTuning) -> list[Polyline]:
    """The lines of a skeleton, without what thinning and passes side by side leave in it."""
    branches = prune_spurs(graph, tuning.spurs, deep)
    close_gaps(graph, line, tuning.gaps)
    paths = without_redundant(join_through_junctions(graph), line, tuning.redundant)
    return put_back(paths, branches, line, tuning.drawn)


def trace_strokes(
    line: Bytes,
    darkness: Bytes,
    scale: tuple[float, float],
    levels: Levels | None = None,
    fairer: Fairer | None = None,
    drawn: Bytes | None = None,
    tuning: TracingTuning = TracingTuning(),
) -> tuple[Strokes, Levels | None]:
    """Line map and the sketch's darkness, both uint8 (H, W) at working scale -> strokes on the page, and the
    levels they were judged by: those given, the page's own, or None where there is no line.

    `scale` is working px per page px in x and y. A `fairer` that knows an earlier page's lines saves time.
    `drawn`, uint8 (H, W), is the darkness that widths are told from, where that is another.
    """
    fairer = fairer or Fairer()
    mask = fill_holes(close(line >= tuning.maps.least), line, tuning.holes)
    deep = depth(mask, DEEPEST)
    paths = _paths(trace(thin(mask)), line, deep, tuning)
    if not paths:
        return Strokes.empty(), levels
    found = [path.points for path in paths]
    rings = [is_ring(points) for points in found]
    free = np.array([path.free for path in paths])
    meets = ~free & ~np.array(rings)[:, None]
    found = ease_junctions(found, meets, rings, line, tuning.junctions)
    cuts = np.cumsum([len(points) for points in found])[:-1]
    at = np.rint(np.concatenate(found)).astype(np.intp)
    rooms = np.split(room_around(deep, line, at, tuning.fairing), cuts)
    faired = list(map(fairer.fair, found, rings, rooms))
    rejoin(found, faired, meets)
    # A line that stands for several passes may run between them, where the sketch is blank.
    firm = np.split(most_near(line, at, BESIDE) * most_near(darkness, at, BESIDE), cuts)
    sure = most_near(line, at, 1) / 255.0
    measured = stroke_widths(darkness if drawn is None else drawn, found, rings)
    levels = fill_in_levels(levels, firm, measured.whole, tuning.levels)
    apart = [bool(start and end) for start, end in free]
    widths, alone = (
        [relative_widths(one, levels.usual, dot) for one, dot in zip(some, apart, strict=True)]
        for some in measured
    )
    alone = list(map(widths_alone, alone, widths))
    dark = np.array([np.median(one / np.float32(levels.certain)) for one in firm], np.float32)
    standing = standings(faired, rings, free, dark * amounts(widths))
    strokes = assemble(
        faired, (widths, alone), np.split(sure, cuts), dark, standing, free, scale, tuning.assembly
    )
    return strokes, levels
