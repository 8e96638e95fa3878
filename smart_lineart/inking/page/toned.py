# SPDX-License-Identifier: GPL-3.0-or-later
"""Large areas filled in with a dark tone, such as a coat or hair: the lines on them are lines too.

Such an area would be taken for the paper, or hide its lines, and it decides how wide strokes seem to be. So
it is lifted: painted over with paper, on which its lines stay, as firm as the others, and its edge is a line.
One without lines, as black as lines are, is solid, and nothing of it is left to be seen.

An area is told by its width and by its edge, which is sharp where a shadow's is soft.
"""

from __future__ import annotations

import base64
import binascii
import math
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from smart_lineart.inking.arrays import Bytes, Luma, Mask
from smart_lineart.inking.geometry import Rect
from smart_lineart.inking.page.paper import QUIET, SPREAD, median
from smart_lineart.inking.page.scale import panel_side, panels_along
from smart_lineart.inking.page.sheet import border, edge_step
from smart_lineart.inking.raster.components import find_runs, label_runs, paint
from smart_lineart.inking.raster.morphology import depth
from smart_lineart.inking.raster.resampling import Reduced, resize, resize_part
from smart_lineart.inking.raster.windows import closed, continued, grown_by, median_of_three, over_squares

SIDE = 256  # px: long side of the picture in which areas are looked for, of each panel of a strip
LONGEST = 64 * SIDE  # px: a picture of so many panels is looked at
DARK = 0.6  # of the paper's luma, below which an area is dark
LEAST_SHARE = 0.02  # of a panel that an area takes
MOST_SHARE = 0.75  # of the picture that is dark
CORE = 8  # px of that picture from an area's edge to its middle, at least
WIDE_LIGHT = 0.03  # of the picture that is light and as wide, or the page is one of light lines on dark
LEAST_STEP = 0.25  # of luma along the edge of an area,
WEAKEST = 0.3  # but for this share of it
NEAR = 2  # px around an area within which its edge is found exactly
REACH = 5  # px of half the widest bundle of lines on an area
NARROW = 4  # px of that picture: what is up to twice as narrow is none of an area, nor strokes as most are
MOST_BORDER = 0.75  # of the picture's border that is dark: more is dark paper
LIGHTER = 0.2  # of luma that nothing on light paper is lighter than it
STROKE = 1 / 250  # of the page's long side: half the width of strokes that are none of an area
EDGE = 1 / 1200  # of the page's long side: half the width of the line along an edge
DARKEST = np.float32(1 / 255)  # of luma, added so that black is no darker than black
LEAST_CONTRAST = 0.06  # of an area's tone that lines on it are darker
GRAIN = 6.0  # median deviations of an area that its grain does not reach
LEAST_SEEN = 0.02  # of luma that lines are darker than their area: on black there is no room for any
LEAST_LINES = 0.002  # of an area, or nothing is drawn on it
BLACK = 0.71  # of firm lines' darkness, from which an area without lines is solid
LEAST_FIRM = 0.01  # relative darkness
USUAL_FIRM = 0.8  # darkness of firm lines where none are found outside
SOLID, LINED = 1, 2  # kinds of areas; each quarter of an octave of gain has a kind of its own
MOST_GAIN = 16.0
PAPER_SIDE = 32  # px: long side of the picture of the paper that is kept, of each panel of a strip
SAMPLE_SIDE = 1500  # px: longest side of the sample that statistics are taken of
STRIP = 256  # rows worked at once
MOST_PACKED = 1 << 18  # characters


@dataclass(frozen=True, eq=False)
class Toned:
    """Dark areas of a page.

    Attributes:
        kinds: uint8 (h, w), laid evenly over the page: 0 where none is, SOLID, or LINED and more.
        paper: uint8 (rows, columns), laid as evenly: luma of the paper that they are painted over with.
        firm: relative darkness of the page's firm lines, which the areas' edges get.
    """

    kinds: Bytes
    paper: Bytes
    firm: float

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Toned) and self.packed() == other.packed()

    def __hash__(self) -> int:
        return hash(self.packed())

    def lifted(self, luma: Reduced) -> tuple[Reduced, Mask]:
        """The page's luma at any resolution, uint16 (H, W), its areas as paper; and what is solid, bool."""
        out, solid = luma.copy(), np.zeros(luma.shape, np.bool_)
        ground = _Ground.under(luma, self.kinds > 0, self.paper * np.float32(1 / 255))
        edge = _edge(luma.shape)
        near = over_squares(self.kinds, NEAR, np.maximum)
        gains = np.exp2((np.maximum(near, LINED).astype(np.float32) - LINED) / 4)
        for part, around in _strips(luma.shape, near > 0):
            mask, ratio, paper = ground.at(luma, around)
            share = np.clip(1 - _spread_over(gains, luma.shape, around) * (1 - ratio), 0, 1)
            share[~mask] = 1
            at_edge = grown_by(mask, edge) & grown_by(~mask, edge)
            black = _spread_over(near, luma.shape, around) == SOLID
            share[black & (mask | at_edge)] = 1
            np.minimum(share, np.float32(1 - self.firm), out=share, where=at_edge & ~black)
            painted = np.rint(share * paper * 65535).astype(np.uint16)
            np.minimum(painted, luma[_within(around)], out=painted, where=~(mask | black))
            inner = _within(part, around)
            np.copyto(out[_within(part)], painted[inner], where=(mask | at_edge)[inner])
            solid[_within(part)] = (mask & black)[inner]
        return out, solid

    def packed(self) -> str:
        """As text, for a document; see :meth:`unpack`."""
        sizes = ":".join(f"{one.shape[0]}x{one.shape[1]}" for one in (self.kinds, self.paper))
        data = zlib.compress(self.kinds.tobytes() + self.paper.tobytes(), 9)
        return f"{sizes}:{self.firm:.4f}:{base64.b64encode(data).decode('ascii')}"

    @classmethod
    def unpack(cls, text: object) -> Toned | None:
        """What :meth:`packed` gave, or None where it is not sound."""
        if not isinstance(text, str) or len(text) > MOST_PACKED:
            return None
        try:
            *sizes, firm, packed = text.split(":")
            shape, papers = ((int(height), int(width)) for height, width in (one.split("x") for one in sizes))
            if not (_is_small(shape, SIDE) and _is_small(papers, PAPER_SIDE)):
                return None
            count, more = shape[0] * shape[1], papers[0] * papers[1]
            data = zlib.decompressobj().decompress(base64.b64decode(packed, validate=True), count + more)
        except (ValueError, binascii.Error, zlib.error):
            return None
        if len(data) != count + more or not LEAST_FIRM <= float(firm) <= 1.0:
            return None
        values = np.frombuffer(data, np.uint8)
        kinds, paper = values[:count].reshape(shape), values[count:].reshape(papers)
        sound = kinds.any() and kinds.max() <= _kind(MOST_GAIN)
        return cls(kinds, paper, float(firm)) if sound else None


def _is_small(shape: tuple[int, int], side: int) -> bool:
    """Whether a picture may be kept whose panels have so long a side at most."""
    return min(shape) > 0 and panel_side(shape) <= side + 1 and max(shape) <= LONGEST


def _kind(gain: float) -> int:
    """What areas are marked with whose lines are to become so many times as firm."""
    return LINED + math.floor(4 * math.log2(max(1.0, min(gain, MOST_GAIN))))


def find_toned(luma: Reduced) -> Toned | None:
    """The dark areas of a page, from its luma at any resolution, uint16; None where it has none."""
    shrink = max(1.0, panel_side(luma.shape) / SIDE)
    size = (max(1, round(luma.shape[0] / shrink)), max(1, round(luma.shape[1] / shrink)))
    if min(size) < 4 * CORE or max(size) > LONGEST:
        return None
    picture = resize(luma, *size) * np.float32(1 / 65535)
    areas = _areas(picture)
    if not areas:
        return None
    everywhere = np.logical_or.reduce(areas)
    paper = _paper(picture, everywhere)
    ground = _Ground.under(luma, everywhere, paper * np.float32(1 / 255))
    outside, inside = _samples(luma, ground, areas)
    firm = _lines(outside)[0] or USUAL_FIRM
    kinds = np.zeros(size, np.uint8)
    for area, values in zip(areas, inside, strict=True):
        own_firm, grain = _lines(values)
        depth = 1 - float(np.median(ground.tone[area])) / float(np.median(resize(ground.paper, *size)[area]))
        if own_firm * (1 - depth) >= LEAST_SEEN:
            kinds[area] = _kind(min(firm / own_firm, QUIET / max(grain, 1e-6)))
        else:
            kinds[area] = SOLID if depth >= BLACK * firm else LINED
    return Toned(kinds, paper, max(LEAST_FIRM, round(firm, 4)))


def _samples(luma: Reduced, ground: _Ground, areas: list[Mask]) -> tuple[Luma, list[Luma]]:
    """Darkness relative to the paper outside all areas, and to its own tone well within each, (N,)."""
    number = np.zeros(ground.near.shape, np.uint16)
    for index, area in enumerate(areas, 1):
        number[~grown_by(~area, NEAR)] = index
    step = -(-max(luma.shape) // SAMPLE_SIDE)
    sample = np.ascontiguousarray(luma[::step, ::step])
    outside: list[Luma] = []
    inside: list[list[Luma]] = [[] for _ in areas]
    for part, around in _strips(sample.shape):
        own = _within(part, around)
        mask, ratio, paper = (one[own] for one in ground.at(sample, around))
        which, near = (_spread_over(one, sample.shape, part) for one in (number, ground.near))
        for index in np.unique(which[mask]):
            if index:
                inside[index - 1].append(1 - ratio[mask & (which == index)])
        light = sample[_within(part)] / np.maximum(np.float32(65535) * paper, np.float32(1))
        outside.append(np.asarray(1 - light, np.float32)[~near])
    nothing = np.zeros(0, np.float32)
    return np.concatenate(outside), [np.concatenate([nothing, *values]) for values in inside]


def _lines(darkness: Luma) -> tuple[float, float]:
    """How dark the lines among relative darkness (N,) are, 0 where there are none; and its grain."""
    if not darkness.size:
        return 0.0, 0.0
    middle = np.float32(median(darkness))
    spread = median(np.abs(darkness - middle))
    lines = darkness[darkness > max(LEAST_CONTRAST, float(middle) + GRAIN * spread)]
    if lines.size < LEAST_LINES * darkness.size:
        return 0.0, SPREAD * spread
    return float(np.percentile(lines, 90)), SPREAD * spread


def _areas(picture: Luma) -> list[Mask]:
    """Wide dark areas of a small picture that have a sharp edge."""
    calm = median_of_three(closed(picture, 2))
    light = np.float32(np.percentile(calm, 95))
    dark = calm < DARK * light
    least = LEAST_SHARE * dark.size / panels_along(dark.shape)
    if (
        not least <= np.count_nonzero(dark) <= MOST_SHARE * dark.size
        or grown_by(dark, CORE).mean() > 1 - WIDE_LIGHT
    ):
        return []
    if border(dark) > MOST_BORDER or float(picture.max()) > light + LIGHTER:
        return []
    narrow = max(NARROW, _half_a_stroke(dark) + 1)
    dark = grown_by(~grown_by(~dark, narrow), narrow + 1) & dark
    runs = find_runs(dark)
    label = label_runs(runs, dark.shape[1])
    core = ~grown_by(~dark, CORE)
    found = []
    for number in np.flatnonzero(np.bincount(label, runs.stop - runs.start) >= least):
        area = paint(runs, label == number, dark.shape)
        if (area & core).any() and edge_step(1 - calm, area, WEAKEST) >= LEAST_STEP:
            found.append(area)
    return found


def _half_a_stroke(dark: Mask) -> int:
    """Half the width of a small picture's strokes, in the median along their middles; 0 for none."""
    deep = depth(dark, CORE)
    middles = deep[dark & (deep < CORE) & (deep >= over_squares(deep, 1, np.maximum))]
    return int(np.median(middles)) if middles.size else 0


@dataclass(frozen=True)
class _Ground:
    """What lies under a page's lines, in small pictures of it: `near` areas, their `tone`, `paper`'s luma."""

    near: Mask
    tone: Luma
    paper: Luma

    @classmethod
    def under(cls, luma: Reduced, areas: Mask, paper: Luma) -> _Ground:
        """Of a page's luma, whose areas lie roughly here."""
        picture = resize(luma, *areas.shape) * np.float32(1 / 65535)
        # A closing of what surely is of an area, and a little beyond: an edit is felt nowhere else.
        tone = np.where(grown_by(~areas, NEAR), np.float32(-1), picture)
        tone = over_squares(tone, REACH, np.maximum)
        tone = over_squares(np.where(tone >= 0, tone, np.float32(1)), REACH, np.minimum)
        return cls(grown_by(areas, NEAR), tone, paper)

    def at(self, luma: Reduced, part: Rect) -> tuple[Mask, Luma, Luma]:
        """Of a part: bool, what belongs to areas; their luma in that of their tone; and the paper's."""
        tone, paper = (resize_part(one, luma.shape, part) for one in (self.tone, self.paper))
        own = luma[_within(part)] * np.float32(1 / 65535)
        dark = (own < 0.5 * (tone + paper)) & _spread_over(self.near, luma.shape, part)
        reach = _reach(luma.shape)
        mask = dark & grown_by(~grown_by(~dark, reach), reach + 1)
        return mask, (own + DARKEST) / (tone + DARKEST), paper


def _paper(picture: Luma, areas: Mask) -> Bytes:
    """The paper of a small picture, also under its areas, uint8."""
    near = grown_by(areas, NEAR)
    paper = continued(closed(np.where(near, np.float32(1), picture), REACH), ~near)
    size = (math.ceil(side * PAPER_SIDE / panel_side(paper.shape)) for side in paper.shape)
    return np.asarray(np.rint(resize(paper, *size) * 255), np.uint8)


def _reach(size: tuple[int, int]) -> int:
    """Half the width in px of strokes on a page of `size`."""
    return max(1, round(STROKE * panel_side(size)))


def _edge(size: tuple[int, int]) -> int:
    """Half the width in px of the line along an edge."""
    return max(1, round(EDGE * panel_side(size)))


def _within(part: Rect, whole: Rect | None = None) -> tuple[slice, slice]:
    """A part of a page as an index, or of an array that holds a larger part of it."""
    left, top = (whole.x, whole.y) if whole is not None else (0, 0)
    return slice(part.y - top, part.bottom - top), slice(part.x - left, part.right - left)


def _spread_over(small: Any, size: tuple[int, int], part: Rect) -> Any:
    """What lies under a part of a page of `size` in a small picture of it."""
    down = (np.arange(part.y, part.bottom) * small.shape[0]) // size[0]
    across = (np.arange(part.x, part.right) * small.shape[1]) // size[1]
    return small[down][:, across]


def _strips(size: tuple[int, int], near: Mask | None = None) -> Iterator[tuple[Rect, Rect]]:
    """A page of `size` strip by strip, or what of it is `near` areas; with each what decides about it."""
    whole = Rect(0, 0, size[1], size[0])
    reach = 3 * _reach(size) + 2 * _edge(size) + 2
    for top in range(0, size[0], STRIP):
        part = _grown(Rect(0, top, size[1], STRIP), 0, whole)
        if near is not None:
            columns = _columns(near, size, _grown(part, reach, whole))
            # The line along an edge may lie a little beyond.
            part = _grown(columns, _edge(size) + 1, whole).intersection(part)
        if part.width:
            yield part, _grown(part, reach, whole)


def _columns(near: Mask, size: tuple[int, int], part: Rect) -> Rect:
    """The columns of a part of a page of `size` in which areas lie."""
    rows = near[part.y * len(near) // size[0] : -(-part.bottom * len(near) // size[0])]
    columns = np.flatnonzero(rows.any(axis=0))
    if not columns.size:
        return Rect(0, part.y, 0, 0)
    first, last = (int(one) * size[1] // near.shape[1] for one in (columns[0], columns[-1] + 1))
    return Rect(first, part.y, last + 1 - first, part.height)


def _grown(part: Rect, by: int, whole: Rect) -> Rect:
    """A rectangle with so much around it, as far as the page goes."""
    return Rect(part.x - by, part.y - by, part.width + 2 * by, part.height + 2 * by).intersection(whole)
