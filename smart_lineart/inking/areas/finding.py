# SPDX-License-Identifier: GPL-3.0-or-later
"""From ink to areas: the list of steps.

As in "A Fast and Efficient Semi-guided Algorithm for Flat Coloring Line-arts" (Fourey, Tschumperlé and Revoy
2018), gaps are closed between the ends of lines. Which closures stand is told by the areas they make.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.areas.areas import Areas, Labels, measured
from smart_lineart.inking.areas.carrying import with_ids_of
from smart_lineart.inking.areas.closures import Closure, find_closures
from smart_lineart.inking.areas.growing import grown
from smart_lineart.inking.areas.hatching import with_strips_joined
from smart_lineart.inking.areas.slivers import without_slivers
from smart_lineart.inking.areas.standing import Outlines, settle
from smart_lineart.inking.areas.walls import Walls, walls_of_ink, walls_of_strokes
from smart_lineart.inking.arrays import Bytes, Floats, Mask
from smart_lineart.inking.errors import BadOption, BadSketch
from smart_lineart.inking.progress import Cancel, Progress, ignore, never, stop_if
from smart_lineart.inking.raster.components import find_runs, label_runs
from smart_lineart.inking.strokes import Strokes

USUAL_OPENNESS = 0.28
"""How much of an outline may be missing."""

EDGE_OUTSIDE = 0.4  # of a box around an area that lies on the page's edge, from which it is paper outside


def find_areas(
    ink: Bytes,
    *,
    openness: float = USUAL_OPENNESS,
    before: Areas | None = None,
    strokes: Strokes | None = None,
    report: Progress | None = None,
    cancelled: Cancel | None = None,
) -> Areas:
    """The areas of a lineart, uint8 coverage (H, W), 255 where it is ink.

    An area stands when no more than `openness` of its outline is missing: a gap counts as far as it is to be
    doubted that its line goes on. Those that share most with an area of `before` have its id. Where the ink
    is that of `strokes`, in page px, give them: then areas do not depend on how thick they are drawn.

    Raises BadSketch, BadOption, Cancelled.
    """
    if not 0.0 <= openness <= 1.0:
        raise BadOption("Openness must lie between 0 and 1, not {given}.", given=openness)
    if ink.ndim != 2 or not ink.size or ink.dtype != np.uint8:
        raise BadSketch("A lineart's ink must be a picture of one channel with 8 bit.")
    report, cancelled = report or ignore, cancelled or never
    walls = walls_of_ink(ink) if strokes is None else walls_of_strokes(strokes, ink.shape)
    report(0.4)
    stop_if(cancelled)
    closures = find_closures(walls)
    report(0.6)
    stop_if(cancelled)
    found = _settled(walls, closures, openness)
    report(0.9)
    stop_if(cancelled)
    areas = _as_areas(found, walls, closures, ink.shape, before)
    report(1.0)
    return areas


def _settled(walls: Walls, closures: list[Closure], openness: float) -> Labels:
    """Labels (h, w), 0 the paper outside, of the areas that stand."""
    which = _numbered(closures, walls.ink.shape)
    free = ~walls.ink & (which == 0)
    labels = _parts(free)
    if not labels.any():
        return labels
    labels = grown(labels)
    outlines = Outlines(labels, walls.ink, which, [one.doubt for one in closures])
    outside = _outside(labels)
    areas = [one for one in range(1, int(labels.max()) + 1) if one not in outside]
    paper = min(outside) if outside else 0
    for one in outside - {paper}:
        outlines.join(paper, one)
    became = settle(outlines, areas, paper, openness)
    table = np.zeros(int(labels.max()) + 1, np.int32)
    for one, root in became.items():
        table[one] = 0 if root == paper else root
    for one in outside:
        table[one] = 0
    return with_strips_joined(without_slivers(table[labels], walls), walls)


def _numbered(closures: list[Closure], shape: tuple[int, int]) -> NDArray[np.int32]:
    """Each pixel's closure, its number plus 1, or 0."""
    out = np.zeros(shape, np.int32)
    for number, closure in reversed(list(enumerate(closures))):
        out[closure.pixels[:, 1], closure.pixels[:, 0]] = number + 1
    return out


def _parts(free: Mask) -> Labels:
    """The 4-connected regions of a mask (h, w), numbered from 1; 0 is none."""
    runs = find_runs(free)
    _, number = np.unique(label_runs(runs, free.shape[1]), return_inverse=True)
    labels = np.zeros(free.shape, np.int32)
    labels[free] = np.repeat(number + 1, runs.stop - runs.start)
    return labels


def _outside(labels: Labels) -> set[int]:
    """Which areas are paper outside: what has most of the page's edge, and what has much of it for its size.

    For the size a box around it counts: the paper beside a figure borders on all its folds.
    """
    rim = np.concatenate([labels[0], labels[-1], labels[1:-1, 0], labels[1:-1, -1]])
    ones, counts = np.unique(rim[rim > 0], return_counts=True)
    outside = {int(ones[counts.argmax()])} if len(ones) else set()
    ids, boxes, _ = measured(labels, labels.shape)
    around = {one: 2 * (box.width + box.height) for one, box in zip(ids.tolist(), boxes, strict=True)}
    for one, count in zip(ones.tolist(), counts.tolist(), strict=True):
        if count >= EDGE_OUTSIDE * around[one]:
            outside.add(one)
    return outside


def _as_areas(
    labels: Labels, walls: Walls, closures: list[Closure], shape: tuple[int, int], before: Areas | None
) -> Areas:
    labels = with_ids_of(labels, before)
    which = _numbered(closures, labels.shape)
    outlines = Outlines(labels, walls.ink, which, [one.doubt for one in closures])
    drawn = {one: outlines.drawn(one) for one in np.unique(labels).tolist() if one}
    standing = {number for between in outlines.open.values() for one in between.values() for number in one}
    scale = np.array([shape[1] / labels.shape[1], shape[0] / labels.shape[0]])
    seams: tuple[list[Floats], list[Floats]] = ([], [])
    for number, closure in enumerate(closures):
        ends = closure.pixels[
            np.unique(np.append(np.arange(0, len(closure.pixels), 4), len(closure.pixels) - 1))
        ]
        line = ((ends + 0.5) * scale).astype(np.float32)
        seams[number + 1 not in standing].append(line)
    return Areas.of(shape, labels, walls.ink, drawn, tuple(seams[0]), tuple(seams[1]))
