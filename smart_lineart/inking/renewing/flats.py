# SPDX-License-Identifier: GPL-3.0-or-later
"""Flats renewed on their layer: every area in the colour that the layer shows in most of it, and what the
artist painted over areas left as it is.

Nothing but the areas is remembered of what was written. An artist recolours with any tool, so the colour of
an area is asked of the layer itself; and what differs from it there is theirs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.areas import Areas, with_borders_kept
from smart_lineart.inking.arrays import Mask
from smart_lineart.inking.geometry import Rect
from smart_lineart.inking.progress import Cancel, never, stop_if
from smart_lineart.inking.raster.components import Runs, label_runs
from smart_lineart.inking.raster.morphology import cross
from smart_lineart.inking.renewing.flats_placing import (
    Placed,
    added,
    borders_of,
    page_of,
    strips_of,
    tabled,
    usual_codes,
)
from smart_lineart.inking.renewing.pixel_codes import CLEAR, Codes, Pixels

Labels = NDArray[np.int32]

RIM = 3  # px beside a border in which a tool leaves mixed colours, such as one that scales or fills softly
ROUNDED = 2 / 255  # by how much such a mixture may lie beside the colours that it is of
MARGIN = 2  # working px beyond what changes: borders are drawn calmer than they are kept


@dataclass(frozen=True)
class Flats:
    """What a layer of flats shall show.

    Attributes:
        areas: of the lineart.
        colours: the code of each, by its id, and of the paper around them.
        codes: of each pixel of the page, int32 (height, width).
        changes: whether any is another than the layer shows.
    """

    areas: Areas
    colours: dict[int, int]
    codes: Codes
    changes: bool


@dataclass(frozen=True)
class Ground:
    """What flats are painted over.

    Attributes:
        areas: of the lineart.
        colours: the code of each that has one, by its id, and of the paper around them.
        shown: what the layer shows, int32 (height, width).
        own: which of it the artist painted or erased, bool (height, width).
        chosen: areas, by their ids, whose colour is the artist's own: hints do not spread into those.
    """

    areas: Areas
    colours: dict[int, int]
    shown: Codes
    own: Mask
    chosen: frozenset[int] = frozenset()

    @classmethod
    def blank(cls, areas: Areas, colours: dict[int, int]) -> Ground:
        """Of a new layer."""
        return cls(areas, colours, np.zeros(areas.shape, np.int32), np.zeros(areas.shape, np.bool_))

    def flats(self, areas: Areas | None = None, colours: dict[int, int] | None = None) -> Flats:
        """Flats of all of the page, in areas and colours of one's own where they are given."""
        areas, colours = areas or self.areas, self.colours if colours is None else colours
        page = page_of(self.shown.shape)
        out = np.empty_like(self.shown)
        for part in strips_of(page):
            out[part.y : part.bottom] = self._part(areas, colours, part)
        return Flats(areas, colours, out, not np.array_equal(out, self.shown))

    def change(self, before: Flats, areas: Areas, colours: dict[int, int]) -> tuple[Rect, Codes]:
        """What becomes of flats with other areas of the same lineart, or other colours: the part of the page
        that changes, empty where none does, and its codes (height, width).
        """
        was = _lookup(before.areas, before.colours)[before.areas.labels]
        rows, columns = (
            np.flatnonzero((was != _lookup(areas, colours)[areas.labels]).any(axis)) for axis in (1, 0)
        )
        if not rows.size:
            return Rect(0, 0, 0, 0), np.zeros((0, 0), np.int32)
        x, y = areas.scale
        left, top = int((columns[0] - MARGIN) / x), int((rows[0] - MARGIN) / y)
        right, bottom = int((columns[-1] + 1 + MARGIN) / x) + 1, int((rows[-1] + 1 + MARGIN) / y) + 1
        part = Rect(left, top, right - left, bottom - top).intersection(page_of(areas.shape))
        return part, self._part(areas, colours, part)

    def _part(self, areas: Areas, colours: dict[int, int], part: Rect) -> Codes:
        here = slice(part.y, part.bottom), slice(part.x, part.right)
        wanted = _lookup(areas, colours)[areas.on_page(part)]
        return np.where(self.own[here], self.shown[here], wanted)


def ground_of(
    areas: Areas,
    before: Placed,
    shown: Codes,
    pixels: Pixels,
    cancelled: Cancel = never,
    drawn: Placed | None = None,
) -> Ground:
    """What the lineart's areas are painted over, in the colours that a layer shows them in; those that are
    new have none. Borders between colours stay where their line was taken out.

    Args:
        areas: of the lineart as it is.
        before: those that were last written into the layer, as they lie in it.
        shown: what the layer shows, in codes, int32 (height, width).
        pixels: of each code, (codes, channels).
        cancelled: asked now and then whether to stop.
        drawn: the same areas as they lie under the lineart, where that was moved by itself.

    Raises Cancelled.
    """
    usual = usual_codes(before, shown)
    stop_if(cancelled)
    own = _own(before, shown, usual, pixels)
    stop_if(cancelled)
    drawn = drawn or before
    areas = with_borders_kept(areas, drawn.moved(), lambda one: int(usual[one]))
    return Ground(areas, _carried(areas, drawn, shown, usual, own), shown, own)


# -- what a layer shows in them


def _own(placed: Placed, shown: Codes, usual: Codes, pixels: Pixels) -> Mask:
    """What the artist painted over areas, or erased: bool (height, width)."""
    page = page_of(placed.shape)
    own = np.empty(placed.shape, np.bool_)
    deep = np.empty(placed.shape, np.bool_)
    for part in strips_of(page):
        wide = Rect(0, part.y - RIM, page.width, part.height + 2 * RIM).intersection(page)
        labels = placed.labels(wide)
        rows = slice(part.y - wide.y, part.y - wide.y + part.height)
        own[part.y : part.bottom] = usual[labels[rows]] != shown[part.y : part.bottom]
        deep[part.y : part.bottom] = ~_near_border(labels)[rows]
    return _without_rims(own, deep, placed, shown, usual, pixels)


def _near_border(labels: Labels) -> Mask:
    """What lies within RIM px of a border, along rows and columns."""
    near = borders_of(labels)
    for _ in range(RIM - 1):
        near = cross(near)
    return near


def _without_rims(own: Mask, deep: Mask, placed: Placed, shown: Codes, usual: Codes, pixels: Pixels) -> Mask:
    """Without the mixed colours that tools leave along borders: parts that lie wholly beside one, in colours
    between those that meet there.

    A scaled page has such all along every border, so that they hang together with what the artist painted:
    there a part is what shows one colour.
    """
    parts = _Parts.of(own, shown if placed.registration is None else own.astype(np.int32))
    goes_deep = parts.having(deep)
    row, column = np.nonzero(parts.mask(~goes_deep))
    if not row.size:
        return own
    odd = ~_between(row, column, placed, shown, usual, pixels)
    strange = np.zeros(own.shape, np.bool_)
    strange[row[odd], column[odd]] = True
    return parts.mask(goes_deep | parts.having(strange))


@dataclass(frozen=True)
class _Parts:
    """The 4-connected parts of a mask that have one code each, by runs of pixels in rows; `name` is the
    number of a part's first run.
    """

    shape: tuple[int, int]
    runs: Runs
    name: NDArray[np.intp]

    @classmethod
    def of(cls, mask: Mask, codes: Codes) -> _Parts:
        """Those of a mask, (height, width) both."""
        width = mask.shape[1]
        keyed = np.where(mask, codes, -1).reshape(-1)
        breaks = np.append(True, keyed[1:] != keyed[:-1])
        breaks[::width] = True
        starts = np.flatnonzero(breaks)
        stops = np.append(starts[1:], keyed.size)
        kept = keyed[starts] >= 0
        starts, stops = starts[kept], stops[kept]
        row = starts // width
        runs = Runs(row, starts - row * width, stops - row * width)
        return cls((mask.shape[0], width), runs, label_runs(runs, width, keyed[starts]))

    def having(self, mask: Mask) -> Mask:
        """Which parts, by name, have a pixel of a mask."""
        total = np.zeros((self.shape[0], self.shape[1] + 1), np.int32)
        np.cumsum(mask, 1, dtype=np.int32, out=total[:, 1:])
        row, start, stop = self.runs
        out = np.zeros(len(self.name), np.bool_)
        out[self.name[total[row, stop] > total[row, start]]] = True
        return out

    def mask(self, chosen: Mask) -> Mask:
        """The mask that parts of some names make up."""
        steps = np.zeros((self.shape[0], self.shape[1] + 1), np.int8)
        here = chosen[self.name]
        for at, step in ((self.runs.start, 1), (self.runs.stop, -1)):
            np.add.at(steps, (self.runs.row[here], at[here]), step)
        return np.asarray(steps.cumsum(axis=1, dtype=np.int8)[:, :-1], np.bool_)


def _between(
    row: NDArray[np.intp],
    column: NDArray[np.intp],
    placed: Placed,
    shown: Codes,
    usual: Codes,
    pixels: Pixels,
) -> Mask:
    """Which pixels (n,) have a colour between those of the areas around them."""
    values = pixels.astype(np.float32)
    span = np.float32(np.iinfo(pixels.dtype).max if pixels.dtype.kind == "u" else 1)
    leeway = span * np.float32(ROUNDED)
    page, out = page_of(placed.shape), np.zeros(len(row), np.bool_)
    for part in strips_of(page):
        first, last = np.searchsorted(row, (part.y, part.bottom))
        if first == last:
            continue
        wide = Rect(0, part.y - RIM, page.width, part.height + 2 * RIM).intersection(page)
        meets = usual[placed.labels(wide)]
        y, x = row[first:last] - wide.y, column[first:last]
        low = np.full((len(y), values.shape[1]), np.inf, np.float32)
        high = -low
        for down in range(-RIM, RIM + 1):
            for right in range(-RIM, RIM + 1):
                at_y = np.clip(y + down, 0, wide.height - 1)
                colour = values[meets[at_y, np.clip(x + right, 0, page.width - 1)]]
                np.minimum(low, colour, out=low)
                np.maximum(high, colour, out=high)
        here = values[shown[row[first:last], column[first:last]]]
        out[first:last] = ((here >= low - leeway) & (here <= high + leeway)).all(axis=1)
    return out


# -- colours for the areas there are now


def _carried(areas: Areas, drawn: Placed, shown: Codes, usual: Codes, own: Mask) -> dict[int, int]:
    """Codes by areas, of the paper around them too; none of those that had none before."""
    tables = []
    for part in strips_of(page_of(areas.shape)):
        rows = slice(part.y, part.bottom)
        painted = np.where(own[rows], shown[rows] + 1, 0).astype(np.int32)
        tables.append(tabled(areas.on_page(part), drawn.labels(part), painted))
    whole = added(tables)
    then_size = _sums(whole[:, 1], whole[:, 3])
    codes = {0: int(usual[0])}
    ends = np.searchsorted(whole[:, 0], [areas.ids, areas.ids + 1])
    for now, first, last in zip(areas.ids.tolist(), *ends.tolist(), strict=True):
        here = whole[first:last]
        then = _ancestor(_sums(here[:, 1], here[:, 3]), then_size)
        if then:
            codes[now] = int(usual[then])
            continue
        colours = _sums(here[:, 2], here[:, 3])
        most = max(colours, key=lambda one: (colours[one], -one), default=0)
        mostly = 2 * colours.get(most, 0) > sum(colours.values())
        code = most - 1 if most and mostly else int(usual[0])
        if code != CLEAR:
            codes[now] = code
    return codes


def _sums(keys: NDArray[np.int64], values: NDArray[np.int64]) -> dict[int, int]:
    found, number = np.unique(keys, return_inverse=True)
    total = np.bincount(number.reshape(-1), values, len(found)).astype(np.int64)
    return dict(zip(found.tolist(), total.tolist(), strict=True))


def _ancestor(shared: dict[int, int], then_size: dict[int, int]) -> int:
    """The earlier area that one comes of, by the px they share: what most of it was, or what most of whose px
    it has; 0 where it was paper.
    """
    then = max(shared, key=lambda one: (shared[one], -one), default=0)
    if then:
        return then
    others = [one for one in shared if one and 2 * shared[one] > then_size[one]]
    return max(others, key=lambda one: (shared[one], -one), default=0)


def _lookup(areas: Areas, codes: dict[int, int]) -> Codes:
    lookup = np.zeros((int(areas.ids[-1]) if len(areas) else 0) + 1, np.int32)
    for one, code in codes.items():
        lookup[one] = code
    return lookup
