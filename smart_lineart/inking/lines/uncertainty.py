# SPDX-License-Identifier: GPL-3.0-or-later
"""Zones where the network is in doubt, and what it says of them when it looks from farther away.

Where passes lie a little too far apart to be one line to the network, its line map is torn into strands. From
farther away the same passes are one line to it. So such zones are looked at a second time, and the second
answer is taken where it is surer and tidier, and loses little line.

Lengths are px at working scale unless said otherwise.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from smart_lineart.inking.arrays import Bytes, Floats, Mask
from smart_lineart.inking.geometry import Rect
from smart_lineart.inking.lines.graph import count_ends
from smart_lineart.inking.lines.holes import fill_holes
from smart_lineart.inking.lines.tracing import TracingTuning
from smart_lineart.inking.network.maps import MapTuning, Prediction
from smart_lineart.inking.ranges import tuned
from smart_lineart.inking.raster.components import find_runs, label_runs
from smart_lineart.inking.raster.morphology import close, spread
from smart_lineart.inking.raster.resampling import resize, resize_part
from smart_lineart.inking.raster.thinning import thin

CELL = 4  # px per side of the cells in which doubt is told
BAND = 16  # rows of cells worked at once
ROWS = 128  # of a page that are seen from farther away at once
NEIGHBOURHOOD = 3.0  # cells: standard deviation of the window in which it is summed up
MARGIN = 2  # cells around a zone that are looked at with it


@dataclass(frozen=True)
class UncertaintyTuning:
    """Where the network is in doubt, and when it looks again."""

    farther: float = tuned(0.75, 0.25, 1.0)  # times the working scale that the second look has
    # What darkness is multiplied by there, for thin lines pale when a page is shrunk.
    darker: float = tuned(1.12, 0.5, 2.0)
    faintest: float = tuned(0.1, 0.0, 1.0)  # probability from which a pixel tells of a line at all
    # Doubt from which the second look begins to count, and counts alone.
    low: float = tuned(0.45, 0.0, 0.49)
    high: float = tuned(0.55, 0.5, 1.0)
    in_doubt: float = tuned(0.48, 0.0, 1.0)  # of a zone's cells
    shows: float = tuned(0.15, 0.0, 1.0)  # weight of the second look from which a line of it may be seen
    counts: float = tuned(0.3, 0.0, 1.0)  # and from which a px lies in a zone
    tidier: int = tuned(3, 0, 1000)  # fewer ends and junctions that the second look must leave in a zone
    searching: float = tuned(0.05, 0.0, 1.0)  # of a page's line in zones, from which its hand was searching
    # Of a zone's line, by area, that must be left: what loses more may have been two lines.
    keeps: float = tuned(0.8, 0.0, 1.0)


class Zone(NamedTuple):
    """Cells in doubt that hang together: the first row and column, what the second look weighs, 0..1, and the
    doubt there.
    """

    top: int
    left: int
    weight: Floats
    doubt: Floats

    def rect(self, shape: tuple[int, int]) -> Rect:
        """The part of a page of this shape (H, W) that the zone and its margin lie on, in px."""
        tall, wide = self.weight.shape
        part = Rect(self.left * CELL, self.top * CELL, wide * CELL, tall * CELL)
        return part.intersection(Rect(0, 0, shape[1], shape[0]))


class Settled(NamedTuple):
    """What two looks together say of a page: its line map and darkness, uint8 (H, W).

    `verdicts` are whether the second look is the better in each zone, by a digest of what that depends on.
    """

    line: Bytes
    darkness: Bytes
    verdicts: dict[bytes, bool]


def doubt(line: Bytes, faintest: float = UncertaintyTuning().faintest) -> Floats:
    """How much in doubt the network is about the lines around each cell, 0 to 1, of its line map (H, W).

    That is the share of what it says which is neither paper nor line: 1 less the mean probability of lines,
    weighed by itself, where it is above the `faintest`.
    """
    tall, wide = (-(-side // CELL) for side in line.shape)
    sums = np.zeros((2, tall, wide), np.float32)
    for row in range(0, tall, BAND):
        part = line[row * CELL : (row + BAND) * CELL]
        strip = np.zeros((BAND * CELL, wide * CELL), np.float32)
        strip[: len(part), : line.shape[1]] = part
        strip /= np.float32(255)
        firm = strip * strip
        unsure = (strip - firm) * (strip > faintest)
        for total, values in zip(sums, (firm, unsure), strict=True):
            band = total[row : row + BAND]
            band[:] = _cell_means(values)[: len(band)]
    firm, unsure = (_blurred(total) for total in sums)
    return np.asarray(unsure / (firm + unsure + np.float32(1e-3)), np.float32)


def _cell_means(values: Floats) -> Floats:
    """Mean of each cell; the sides are multiples of CELL."""
    pixels = values.reshape(-1, CELL, values.shape[1] // CELL, CELL)
    # Column by column: a mean over two axes takes one step for each row of each cell.
    across = pixels[..., 0] + pixels[..., 1]
    for column in range(2, CELL):
        across += pixels[..., column]
    return np.asarray(across.sum(axis=1) / np.float32(CELL * CELL), np.float32)


def _blurred(image: Floats) -> Floats:
    """Convolved with a Gaussian of NEIGHBOURHOOD cells; nothing lies beyond the border."""
    reach = int(3 * NEIGHBOURHOOD)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / NEIGHBOURHOOD) ** 2).astype(np.float32)
    kernel /= kernel.sum()
    for _ in range(2):
        padded = np.pad(image, ((reach, reach), (0, 0)))
        total = np.zeros_like(image)
        for number, share in enumerate(kernel):
            total += share * padded[number : number + len(image)]
        image = np.ascontiguousarray(total.T)
    return image


def find_zones(line: Bytes, tuning: UncertaintyTuning = UncertaintyTuning()) -> list[Zone]:
    """The zones of a line map, uint8 (H, W), that the network is in doubt about."""
    doubtful = doubt(line, tuning.faintest)
    weight = np.clip((doubtful - tuning.low) / np.float32(tuning.high - tuning.low), 0.0, 1.0)
    runs = find_runs(spread(doubtful > tuning.in_doubt))
    if not len(runs.row):
        return []
    label = label_runs(runs, weight.shape[1])
    order = np.argsort(label, kind="stable")
    zones = []
    for members in np.split(order, np.flatnonzero(np.diff(label[order])) + 1):
        row, start, stop = runs.row[members], runs.start[members], runs.stop[members]
        top, left = max(0, int(row.min()) - MARGIN), max(0, int(start.min()) - MARGIN)
        crop = np.s_[top : row.max() + 1 + MARGIN, left : stop.max() + MARGIN]
        inside = np.zeros_like(weight[crop])
        for y, first, last in zip(row - top, start - left, stop - left, strict=True):
            inside[y, first:last] = 1.0
        zones.append(Zone(top, left, inside * weight[crop], doubtful[crop]))
    return zones


def is_searching(
    line: Bytes,
    zones: list[Zone],
    tuning: UncertaintyTuning = UncertaintyTuning(),
    maps: MapTuning = MapTuning(),
) -> bool:
    """Whether enough of a line map, uint8 (H, W), lies in its zones to look at the page again.

    Where little does, they are close details of a clean drawing rather than a searching hand's tries.
    """
    mask = line >= maps.least
    within = 0
    for zone in zones:
        part = zone.rect(line.shape)
        inside = _in_pixels(zone.weight, part) > tuning.counts
        within += int(np.count_nonzero(mask[part.y : part.bottom, part.x : part.right] & inside))
    return within > tuning.searching * int(np.count_nonzero(mask))


def page_from_afar(
    darkness: Bytes, zones: list[Zone], reach: int, tuning: UncertaintyTuning = UncertaintyTuning()
) -> Bytes:
    """The page as it is seen from farther away, blank but for the zones and `reach` px of that page around
    them.
    """
    tall, wide = (max(1, round(tuning.farther * side)) for side in darkness.shape)
    page = np.zeros((tall, wide), np.uint8)
    near = np.zeros((tall, wide), np.bool_)
    ratio = tall / darkness.shape[0], wide / darkness.shape[1]
    for zone in zones:
        part = zone.rect(darkness.shape)
        top, bottom = int(part.y * ratio[0]) - reach, int(part.bottom * ratio[0]) + reach + 1
        left, right = int(part.x * ratio[1]) - reach, int(part.right * ratio[1]) + reach + 1
        near[max(0, top) : max(0, bottom), max(0, left) : max(0, right)] = True
    for top in range(0, tall, ROWS):
        strip = near[top : top + ROWS]
        columns = np.flatnonzero(strip.any(axis=0))
        if not len(columns):
            continue
        part = Rect(int(columns[0]), top, int(columns[-1] - columns[0]) + 1, len(strip))
        crop = np.s_[part.y : part.bottom, part.x : part.right]
        seen = resize_part(darkness, page.shape, part) * np.float32(tuning.darker)
        np.rint(np.minimum(seen, 255, out=seen), out=page[crop], where=near[crop], casting="unsafe")
    return page


def settle(
    near: Bytes,
    darkness: Bytes,
    zones: list[Zone],
    from_afar: Prediction,
    known: dict[bytes, bool] | None = None,
    tuning: UncertaintyTuning = UncertaintyTuning(),
    tracing: TracingTuning = TracingTuning(),
) -> Settled:
    """What both looks together say of a page: the second look's in the zones where that is the better.

    The line map `near` and `darkness`, uint8 (H, W), are those of the first look, `from_afar` the second.
    Zones that are the same as earlier ones, by the verdicts `known` of those, are not judged again;
    `known` must come from the same numbers.
    """
    far, line, dark = from_afar.named.line, near.copy(), darkness.copy()
    known, verdicts = known or {}, {}
    cells = -(-darkness.shape[0] // CELL), -(-darkness.shape[1] // CELL)
    far_doubt = doubt(far, tuning.faintest)
    for zone in zones:
        part = zone.rect(darkness.shape)
        crop = np.s_[part.y : part.bottom, part.x : part.right]
        far_line = resize_part(far, darkness.shape, part)
        tall, wide = zone.weight.shape
        surer = resize_part(far_doubt, cells, Rect(zone.left, zone.top, wide, tall)) < zone.doubt
        weight = _in_pixels(zone.weight * surer, part)
        looks = near[crop], np.rint(far_line).astype(np.uint8), weight > tuning.counts
        key = _digest(*looks)
        verdicts[key] = known[key] if key in known else _is_better(*looks, tuning, tracing)
        if not verdicts[key]:
            continue
        # Both count in full where one takes over from the other, so that no line is torn there.
        near_line = line[crop] * np.minimum(1, 2 * (1 - weight))
        line[crop] = np.rint(np.maximum(near_line, far_line * np.minimum(1, 2 * weight)))
        other = np.rint(resize_part(from_afar.page, darkness.shape, part)).astype(np.uint8)
        np.maximum(dark[crop], other, out=dark[crop], where=weight > tuning.shows)
    return Settled(line, dark, verdicts)


def _digest(near: Bytes, far: Bytes, inside: Mask) -> bytes:
    """Stands for all that a verdict on a zone depends on."""
    told = hashlib.blake2b(repr(near.shape).encode(), digest_size=16)
    for pixels in (near, far, inside):
        told.update(np.ascontiguousarray(pixels).data)
    return told.digest()


def _in_pixels(weight: Floats, part: Rect) -> Floats:
    """A weight told for cells for each px of the part of the page that they lie on."""
    tall, wide = (CELL * side for side in weight.shape)
    return resize(weight, tall, wide)[: part.height, : part.width]


def _is_better(
    near: Bytes, far: Bytes, inside: Mask, tuning: UncertaintyTuning, tracing: TracingTuning
) -> bool:
    """Whether the line map from afar is tidier inside a zone, and loses little."""
    lines = [part >= tracing.maps.least for part in (near, far)]
    had, has = (int(np.count_nonzero(mask & inside)) for mask in lines)
    if has < tuning.keeps * had:
        return False
    before, after = (
        _nodes(fill_holes(close(mask), part, tracing.holes), inside)
        for mask, part in zip(lines, (near, far), strict=True)
    )
    return before - after >= tuning.tidier


def _nodes(mask: Mask, inside: Mask) -> int:
    """How many ends and junctions of a mask's skeleton lie inside."""
    places, count = count_ends(thin(mask))
    x, y = np.rint(places[(count > 0) & (count != 2)]).astype(np.intp).T
    return int(np.count_nonzero(inside[y, x]))
