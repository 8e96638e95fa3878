# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the areas of flats lie now: moved, turned, mirrored or scaled with their layer or page, or under a
lineart that was moved by itself; and which colours a layer shows in them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.areas import Areas
from smart_lineart.inking.arrays import Bytes, Floats, Mask
from smart_lineart.inking.geometry import Rect
from smart_lineart.inking.progress import Cancel, never, stop_if
from smart_lineart.inking.raster.morphology import grow
from smart_lineart.inking.renewing.pixel_codes import Codes, counted
from smart_lineart.inking.renewing.record import InkRecord
from smart_lineart.inking.renewing.registration import HOME, SURE, Registration, find_registration

Labels = NDArray[np.int32]

ROWS = 512  # of a page that are looked at in one go
STILL = 0.6  # share of a scaled page's areas that must show one colour each
DRAWN = 0.5  # share of the lines that lie where they lay, from which a lineart was edited and not moved
FOLLOWED = 0.7  # and that must lie where they were moved to
BESIDE = 2  # working px that a line may lie beside where it lay
COARSE = 4  # working px for which one stands where a move is looked for
POINTS = 4000  # of the lines that are looked for


@dataclass(frozen=True)
class Placed:
    """Areas as they lie on a page of `shape` (height, width) now: moved, turned and mirrored by whole px, or
    else scaled with their page.
    """

    areas: Areas
    shape: tuple[int, int]
    registration: Registration | None = HOME

    @property
    def at_home(self) -> bool:
        """Whether they lie as they lay."""
        return self.registration == HOME and self.shape == self.areas.shape

    def labels(self, part: Rect) -> Labels:
        """Ids over a part of the page, int32 (height, width); 0 where there was none."""
        if self.registration is None:
            return self._scaled(part)
        there = _before(self.registration, part)
        return self.registration.coverage(self.areas.on_page(there), there)[0]  # type: ignore[arg-type, return-value]

    def _scaled(self, part: Rect) -> Labels:
        tall, wide = self.areas.shape
        rows = (np.arange(part.y, part.bottom) * 2 + 1) * tall // (2 * self.shape[0])
        columns = (np.arange(part.x, part.right) * 2 + 1) * wide // (2 * self.shape[1])
        rows, columns = np.clip(rows, 0, tall - 1), np.clip(columns, 0, wide - 1)
        top, left = int(rows[0]), int(columns[0])
        there = Rect(left, top, int(columns[-1]) + 1 - left, int(rows[-1]) + 1 - top)
        return self.areas.on_page(there)[np.ix_(rows - top, columns - left)]

    def moved(self) -> Areas:
        """The same as areas of the page as it is now; their seams are lost where they moved."""
        if self.at_home:
            return self.areas
        height, width = self.shape
        tall, wide = self.areas.labels.shape
        factor = min(1.0, max(tall, wide) / max(height, width))
        # At working scale, or where each pixel of it lies.
        rows = _middles(height, max(1, round(height * factor)))
        columns = _middles(width, max(1, round(width * factor)))
        ink = replace(self, areas=replace(self.areas, labels=self.areas.ink.astype(np.int32)))
        labels = self.sampled(rows, columns)
        return self.areas.moved_to(labels, ink.sampled(rows, columns) > 0, self.shape)

    def sampled(self, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> Labels:
        """Ids at the crossings of some rows and columns of the page, rising both."""
        labels = np.empty((len(rows), len(columns)), np.int32)
        for part in strips_of(page_of(self.shape)):
            first, last = np.searchsorted(rows, (part.y, part.bottom))
            labels[first:last] = self.labels(part)[np.ix_(rows[first:last] - part.y, columns)]
        return labels


def find_flats(before: Areas, shown: Codes, cancelled: Cancel = never) -> Placed | None:
    """Where areas lie in a layer of flats that shows `shown` on the page now; None where they are not found.

    Raises Cancelled.
    """
    shape = shown.shape[0], shown.shape[1]
    page = Rect(0, 0, shape[1], shape[0])
    now = borders_of(shown)
    if not now.any():  # all of it was filled with one colour
        return Placed(before, shape) if before.shape == shape else None
    if before.shape == shape:
        there = _borders(Placed(before, shape))
        both = np.count_nonzero(there & now)
        if both >= SURE * np.count_nonzero(there):
            return Placed(before, shape)
    else:
        there = _borders(Placed(before, before.shape))
    stop_if(cancelled)
    record = InkRecord.of(_as_ink(there), Rect(0, 0, *there.shape[::-1]), thickness=1.0)
    registration = find_registration(record, _as_ink(now), page)
    if registration is not None:
        return Placed(before, shape, registration)
    stop_if(cancelled)
    scaled = Placed(before, shape, None)
    return scaled if before.shape != shape and _shows_areas(scaled, shown) else None


def follow_lineart(before: Placed, areas: Areas) -> Placed:
    """Where earlier areas lie under a lineart, of which these are the areas now: it may have been moved
    without its flats.
    """
    old, new = before.moved().ink, areas.ink
    if before.registration is None or old.shape != new.shape or not (old.any() and new.any()):
        return before
    near = grow(new, BESIDE)
    if np.count_nonzero(old & near) >= DRAWN * np.count_nonzero(old):
        return before
    down, right = _shift(old, new)
    rows, columns = np.nonzero(old)
    chosen = np.unique(np.linspace(0, len(rows) - 1, POINTS).astype(np.intp))
    rows, columns = rows[chosen], columns[chosen]
    tries = [
        (_found(near, rows + down + dy, columns + right + dx), dy, dx)
        for dy in range(-COARSE, COARSE + 1)
        for dx in range(-COARSE, COARSE + 1)
    ]
    share = max(one[0] for one in tries)
    best = [(dy, dx) for found, dy, dx in tries if found >= share - 0.01]
    if share < FOLLOWED:
        return before
    dy, dx = (round(float(np.mean(steps))) for steps in zip(*best, strict=True))
    x, y = areas.scale
    moved = replace(
        before.registration,
        x=before.registration.x + round((right + dx) / x),
        y=before.registration.y + round((down + dy) / y),
    )
    return replace(before, registration=moved)


def _found(near: Mask, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> float:
    inside = (rows >= 0) & (rows < near.shape[0]) & (columns >= 0) & (columns < near.shape[1])
    return float(near[rows[inside], columns[inside]].sum() / max(1, inside.sum())) if inside.any() else 0.0


def _shift(old: Mask, new: Mask) -> tuple[int, int]:
    """How far down and to the right one picture lies of another, by correlation, within COARSE px."""
    one, two = _reduced(old), _reduced(new)
    size = [1 << int(np.ceil(np.log2(2 * side))) for side in one.shape]
    peaks = np.fft.irfft2(np.fft.rfft2(two, size) * np.conj(np.fft.rfft2(one, size)), size)
    row, column = (int(value) for value in np.unravel_index(int(np.argmax(peaks)), peaks.shape))
    row, column = (at if at < side // 2 else at - side for at, side in zip((row, column), size, strict=True))
    return row * COARSE, column * COARSE


def _reduced(mask: Mask) -> Floats:
    """Sums of squares of COARSE px, less the mean of all."""
    rows, columns = (np.arange(0, side, COARSE) for side in mask.shape)
    sums = np.add.reduceat(np.add.reduceat(mask.astype(np.float32), rows, 0), columns, 1)
    return np.asarray(sums - sums.mean(), np.float32)


def strips_of(page: Rect) -> Iterator[Rect]:
    """A page cut into strips that are looked at one by one."""
    for top in range(page.y, page.bottom, ROWS):
        yield Rect(page.x, top, page.width, min(ROWS, page.bottom - top))


def usual_codes(placed: Placed, shown: Codes) -> Codes:
    """The code that most of each area shows, by its id, of paper too; of two the lower one."""
    most = int(placed.areas.ids[-1]) if len(placed.areas) else 0
    usual = np.zeros(most + 1, np.int32)
    table = added(
        [
            tabled(placed.labels(part), shown[part.y : part.bottom])
            for part in strips_of(page_of(placed.shape))
        ]
    )
    label, code, many = table.T
    order = np.lexsort((-code, many, label))  # of each area the last one has most
    usual[label[order]] = code[order]
    return usual


def tabled(*keys: Labels) -> NDArray[np.int64]:
    """(n, keys + 1): each combination of values, and how many px have it."""
    return np.column_stack(counted(*keys))


def added(tables: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    """Such tables of parts of a page as one of all of it."""
    whole = np.concatenate(tables)
    found, number = np.unique(whole[:, :-1], axis=0, return_inverse=True)
    total = np.bincount(number.reshape(-1), whole[:, -1], len(found)).astype(np.int64)
    return np.column_stack([found, total])


def page_of(shape: tuple[int, int]) -> Rect:
    """All of a page."""
    return Rect(0, 0, shape[1], shape[0])


def _before(registration: Registration, part: Rect) -> Rect:
    """Where a part of the page lay before."""
    x = np.array([part.x, part.right - 1]) - registration.x
    y = np.array([part.y, part.bottom - 1]) - registration.y
    for _ in range(registration.quarters):
        x, y = y, -1 - x
    if registration.mirrored:
        x = -1 - x
    return Rect(int(x.min()), int(y.min()), int(np.ptp(x)) + 1, int(np.ptp(y)) + 1)


def _middles(long: int, many: int) -> NDArray[np.intp]:
    """The px in which the middles of `many` equal parts of a side lie."""
    return (np.arange(many) * 2 + 1) * long // (2 * many)


def _borders(placed: Placed) -> Mask:
    """Where areas end, on both sides of it: bool (height, width) of the page."""
    height, width = placed.shape
    out = np.zeros(placed.shape, np.bool_)
    for part in strips_of(Rect(0, 0, width, height)):
        wide = Rect(0, part.y - 1, width, part.height + 2).intersection(Rect(0, 0, width, height))
        out[part.y : part.bottom] = borders_of(placed.labels(wide))[
            part.y - wide.y : part.y - wide.y + part.height
        ]
    return out


def borders_of(codes: Codes) -> Mask:
    """Pixels that differ from one of their four neighbours."""
    out = np.zeros(codes.shape, np.bool_)
    across, down = codes[:, 1:] != codes[:, :-1], codes[1:] != codes[:-1]
    out[:, 1:] |= across
    out[:, :-1] |= across
    out[1:] |= down
    out[:-1] |= down
    return out


def _as_ink(mask: Mask) -> Bytes:
    return mask.view(np.uint8) * np.uint8(255)


def _shows_areas(placed: Placed, shown: Codes) -> bool:
    """Whether a layer shows one colour in most of each of the areas."""
    usual = usual_codes(placed, shown)
    inside, right = 0, 0
    for part in strips_of(page_of(placed.shape)):
        labels = placed.labels(part)
        within = labels > 0
        inside += int(np.count_nonzero(within))
        right += int(np.count_nonzero(within & (usual[labels] == shown[part.y : part.bottom])))
    several = len(np.unique(usual)) > 1
    return several and inside > 0 and right >= STILL * inside
