# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines that the network takes for none, such as construction: traced from the sketch's darkness alone.

They are drawn for who asks for the lightest lines. Lengths are px at working scale.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.arrays import Bytes, Floats, Mask
from smart_lineart.inking.lines.chains import Polyline, is_ring, join_through_junctions
from smart_lineart.inking.lines.fairing import fair
from smart_lineart.inking.lines.gaps import GapTuning, close_gaps
from smart_lineart.inking.lines.graph import trace
from smart_lineart.inking.lines.levels import Levels, relative_widths
from smart_lineart.inking.lines.sampling import most_near, pixels_at
from smart_lineart.inking.lines.spurs import SpurTuning, prune_spurs
from smart_lineart.inking.lines.standing import standings
from smart_lineart.inking.lines.stroke_width import stroke_widths
from smart_lineart.inking.raster.components import find_runs, label_runs, paint
from smart_lineart.inking.raster.morphology import close, grow
from smart_lineart.inking.raster.thinning import thin
from smart_lineart.inking.raster.windows import over_squares
from smart_lineart.inking.strokes import Strokes

NARROW = 4  # px to both sides within which it gets lighter again beside a line
LEAST_RISE = 14  # of darkness, by which a line stands out from what surrounds it
MOST_SEEN = 0.06  # of the page that such lines may cover; where it is more, grain is among them
LEAST_AREA = 20  # px of them that hang together
LEAST_LENGTH = 24.0
SKETCHED = 8  # px beside a line that is known, which its passes cover
PASSES = 16  # px beside it within which another line is one more pass of it, if most of that is
BESIDE = 0.5  # of a line, that is most of it
ON_BLACK = 4  # px around solid black
BLACK = 64  # of a solid shape, from which there is some
ONWARD = 12  # px that a line goes on to meet another
ARM = 8  # vertices at its end that tell where it goes
UNSEEN = 0.3  # probability that a line has which the network takes for none: just less than of those it sees


class Light(NamedTuple):
    """Lines that the network takes for none, and `rise`, by how much of 255 each stands out at least."""

    strokes: Strokes
    rise: int


@dataclass(frozen=True)
class Known:
    """The lines of a page that are known already, at working scale.

    Attributes:
        lines: vertices (N, 2) of each.
        dark: float32 (S,), how dark they are; 1 are the page's firm lines.
        at: uint8 (H, W), 1 where they lie.
    """

    lines: list[Floats]
    dark: Floats
    at: Bytes

    @classmethod
    def of(cls, strokes: Strokes, scale: tuple[float, float], shape: tuple[int, int]) -> Known:
        """Strokes on the page, `scale` working px for each of its px, on a working image of `shape`."""
        points = strokes.points * np.array(scale, np.float32) - np.float32(0.5)
        at = np.zeros(shape, np.uint8)
        x, y = (
            np.clip(np.rint(values).astype(np.intp), 0, most - 1)
            for values, most in zip(points.T, shape[::-1], strict=True)
        )
        at[y, x] = 1
        return cls(np.split(points, strokes.starts[1:-1]), strokes.strength, at)


def trace_light(
    darkness: Bytes,
    strokes: Strokes,
    solid: Bytes | None,
    scale: tuple[float, float],
    levels: Levels,
    rise: int = 0,
) -> Light:
    """Trace what is drawn beside a page's strokes and is darker than what surrounds it.

    Args:
        darkness: uint8 (H, W) of the sketch at working scale.
        strokes: the page's, as they are known.
        solid: uint8 (h, w), its shapes of solid black, or None.
        scale: working px per page px in x and y.
        levels: what strengths and widths are told in.
        rise: see :class:`Light`; 0: to be found out.

    A line that runs along a known one is a pass of it, and none of its own.
    """
    known = Known.of(strokes, scale, (darkness.shape[0], darkness.shape[1]))
    free = ~grow(known.at > 0, SKETCHED)
    if solid is not None:
        free &= ~grow(solid >= BLACK, ON_BLACK)
    stands_out = _rising(darkness)
    rise = rise or _least_rise(stands_out, free)
    mask = _large(close((stands_out >= rise) & free))
    graph = trace(thin(mask))
    prune_spurs(graph, SpurTuning())
    close_gaps(graph, darkness, GapTuning())
    paths = [path for path in join_through_junctions(graph) if len(path.points) > LEAST_LENGTH]
    passes = grow(known.at > 0, PASSES).view(np.uint8)
    paths = [path for path in paths if pixels_at(passes, path.points).mean() <= BESIDE]
    if not paths:
        return Light(Strokes.empty(), rise)
    return Light(_placed(paths, known, darkness, scale, levels), rise)


def _rising(darkness: Bytes) -> Bytes:
    """By how much each pixel is darker than what surrounds narrow things there: a top hat (Meyer 1979)."""
    soft = _softened(darkness)
    under = over_squares(over_squares(soft, NARROW, np.minimum), NARROW, np.maximum)
    return np.asarray(soft - under)


def _softened(darkness: Bytes) -> Bytes:
    """Smoothed by (1 2 1) / 4 both ways."""
    soft: NDArray[np.uint16] = darkness.astype(np.uint16)
    for axis in (0, 1):
        lines = np.pad(soft, [(1, 1) if axis == own else (0, 0) for own in (0, 1)], "edge").swapaxes(0, axis)
        soft = np.asarray((lines[:-2] + 2 * lines[1:-1] + lines[2:] + 2) >> 2, np.uint16).swapaxes(0, axis)
    return soft.astype(np.uint8)


def _least_rise(stands_out: Bytes, free: Mask) -> int:
    """By how much lines stand out at least, so that the paper's grain is none."""
    counts = np.bincount(stands_out[free], minlength=256)
    darker = np.cumsum(counts[::-1])[::-1]
    few = np.flatnonzero(darker <= MOST_SEEN * stands_out.size)
    return int(max(LEAST_RISE, few[0] if len(few) else 255))


def _large(mask: Mask) -> Mask:
    """Only what hangs together over some px."""
    runs = find_runs(mask)
    if not len(runs.row):
        return mask
    label = label_runs(runs, mask.shape[1])
    area = np.bincount(label, runs.stop - runs.start, len(label))
    return paint(runs, area[label] >= LEAST_AREA, (mask.shape[0], mask.shape[1]))


def _placed(
    paths: list[Polyline], known: Known, darkness: Bytes, scale: tuple[float, float], levels: Levels
) -> Strokes:
    """Paths at working scale as strokes on the page, drawn on to what they nearly meet."""
    rings = [is_ring(path.points) for path in paths]
    free = np.array([path.free for path in paths])
    lines = [fair(path.points, ring) for path, ring in zip(paths, rings, strict=True)]
    for number, (line, ring) in enumerate(zip(lines, rings, strict=True)):
        if not ring:
            lines[number], free[number] = _drawn_on(line, free[number], known.at)
    widths = [
        relative_widths(one, levels.usual, bool(ends.all()))
        for one, ends in zip(stroke_widths(darkness, lines, rings).whole, free, strict=True)
    ]
    cuts = np.cumsum([len(line) for line in lines])[:-1]
    dark = np.split(most_near(darkness, np.rint(np.concatenate(lines)).astype(np.intp), 1), cuts)
    certain = np.float32(UNSEEN * 255 / levels.certain)
    firm = np.array([np.median(one) * certain for one in dark], np.float32)
    standing = standings(lines, rings, free, firm, (known.lines, known.dark))
    return Strokes.from_lists(
        [np.asarray((line + 0.5) / np.array(scale), np.float32) for line in lines],
        widths,
        [min(1.0, float(one)) for one in firm],
        [(bool(start), bool(end)) for start, end in free],
        None,
        [float(one) for one in standing],
    )


def _drawn_on(line: Floats, free: NDArray[np.bool_], known: Bytes) -> tuple[Floats, NDArray[np.bool_]]:
    """A line (N, 2), led on straight to the known line that it ends before; and which ends touch none."""
    free = free.copy()
    for end in (0, 1):
        line = line[::-1]  # its last vertex is the end that is looked at: first the start, then the end
        way = line[-1] - line[-min(ARM, len(line))]
        length = float(np.hypot(*way))
        if not free[end] or length < 1.0:
            continue
        steps = line[-1] + np.arange(1, ONWARD + 1)[:, None] * (way / np.float32(length))
        inside = ((steps > -0.5) & (steps < np.array(known.shape[::-1]) - 0.5)).all(1)
        met = np.flatnonzero((most_near(known, np.rint(steps).astype(np.intp), 1) > 0) & inside)
        if len(met):
            line = np.concatenate([line, steps[: met[0] + 1]]).astype(np.float32)
            free[end] = False
    return line, free
