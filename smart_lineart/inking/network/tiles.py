# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a network over a page tile by tile, within a memory budget, as if it had seen the page at once.

Tiles start at multiples of the network's stride and see a halo of at least half its receptive field, so every
pixel comes out as it would from the whole page. The page lies on endless blank paper (darkness 0). It is
uint8, (H, W) of a sketch or (H, W, C) of a picture with as many channels as the network takes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.arrays import Bytes
from smart_lineart.inking.errors import Cancelled, OutOfMemory
from smart_lineart.inking.geometry import Rect
from smart_lineart.inking.network.maps import Prediction
from smart_lineart.inking.network.models import Model
from smart_lineart.inking.network.runtime import BYTES_PER_PIXEL, Network
from smart_lineart.said import Said

MOST_PIXELS = 3 << 19  # of a window, two fifths of it halo; larger ones save little more, for 30 MB and up
LEAST_PIXELS = 1 << 18
MIN_CORE = 128  # px: smaller tiles would be nearly all halo
SMALL_CORES = (1024, 512, 256, 128)  # px: of tiles tried where little is marked


@dataclass(frozen=True)
class TileShape:
    """Rows and columns of a tile's core (without halo), multiples of the stride."""

    rows: int
    columns: int


def _round_up(value: int, step: int) -> int:
    return -(-value // step) * step


def plan_tiles(height: int, width: int, *, stride: int, halo: int, max_pixels: int) -> TileShape:
    """The tiles that cover a page with the fewest pixels of windows (core and halo), none over max_pixels.

    They are all about as large, since a narrow rest would be nearly all halo. Where the budget leaves no
    room for cores of MIN_CORE, they have that size, whatever the budget.
    """
    best: tuple[int, TileShape] | None = None
    for across in range(1, max(1, width // MIN_CORE) + 1):
        columns = _round_up(-(-width // across), stride)
        most = (max_pixels // (columns + 2 * halo) - 2 * halo) // stride * stride
        if most < MIN_CORE:
            continue
        down = -(-height // most)
        rows = _round_up(-(-height // down), stride)
        pixels = (height + 2 * halo * down) * (width + 2 * halo * across)
        if best is None or pixels < best[0]:
            best = pixels, TileShape(rows, columns)
    if best is not None:
        return best[1]
    side = int(max_pixels**0.5 - 2 * halo) // stride * stride
    return TileShape(max(MIN_CORE, side), max(MIN_CORE, side))


def tile_rects(height: int, width: int, shape: TileShape) -> Iterator[Rect]:
    """Cores that cover the page, row by row; those at the right and bottom are cut off by the page."""
    for y in range(0, height, shape.rows):
        for x in range(0, width, shape.columns):
            yield Rect(x, y, min(shape.columns, width - x), min(shape.rows, height - y))


def window(page: Bytes, core: Rect, *, stride: int, halo: int) -> Bytes:
    """The core with its halo, blank beyond the page, sides multiples of the stride: uint8 (1, C, h, w)."""
    tall, wide = _round_up(core.height, stride) + 2 * halo, _round_up(core.width, stride) + 2 * halo
    planes = page[None] if page.ndim == 2 else np.moveaxis(page, 2, 0)
    out = np.zeros((1, len(planes), tall, wide), np.uint8)
    whole = Rect(0, 0, page.shape[1], page.shape[0])
    seen = Rect(core.x - halo, core.y - halo, wide, tall).intersection(whole)
    y, x = seen.y - core.y + halo, seen.x - core.x + halo
    part = planes[:, seen.y : seen.bottom, seen.x : seen.right]
    out[0, :, y : y + seen.height, x : x + seen.width] = part
    return out


def active_part(marked: NDArray[Any], core: Rect, *, stride: int, halo: int) -> Rect:
    """The part of a core that marked pixels (not 0) can reach through the network; empty when none can."""
    whole = Rect(0, 0, marked.shape[1], marked.shape[0])
    seen = Rect(core.x - halo, core.y - halo, core.width + 2 * halo, core.height + 2 * halo).intersection(
        whole
    )
    near = marked[seen.y : seen.bottom, seen.x : seen.right]
    rows = np.flatnonzero(near.any(axis=1))
    if not rows.size:
        return Rect(core.x, core.y, 0, 0)
    columns = np.flatnonzero(near[rows[0] : rows[-1] + 1].any(axis=0))
    x = (seen.x + int(columns[0]) - halo) // stride * stride
    y = (seen.y + int(rows[0]) - halo) // stride * stride
    right, bottom = seen.x + int(columns[-1]) + 1 + halo, seen.y + int(rows[-1]) + 1 + halo
    return Rect(x, y, right - x, bottom - y).intersection(core)


def active_parts(marked: NDArray[Any], shape: TileShape, *, stride: int, halo: int) -> list[Rect]:
    """The parts of a page that marked pixels can reach, at most one for each tile of this shape."""
    parts = (
        active_part(marked, core, stride=stride, halo=halo)
        for core in tile_rects(marked.shape[0], marked.shape[1], shape)
    )
    return [part for part in parts if part.width and part.height]


def window_pixels(parts: list[Rect], *, stride: int, halo: int) -> int:
    """Pixels that the network is run over for these parts."""
    return sum(
        (_round_up(part.width, stride) + 2 * halo) * (_round_up(part.height, stride) + 2 * halo)
        for part in parts
    )


def cheapest_parts(marked: NDArray[Any], *, stride: int, halo: int, max_pixels: int) -> list[Rect]:
    """The parts that marked pixels can reach, in whichever tiles run over the fewest pixels.

    The largest tiles are best where all of the page is marked, small ones where marks lie far apart.
    """
    height, width = marked.shape
    largest = plan_tiles(height, width, stride=stride, halo=halo, max_pixels=max_pixels)
    shapes = [largest]
    for side in SMALL_CORES:
        core = _round_up(side, stride)
        if (core + 2 * halo) ** 2 <= max_pixels and core < max(largest.rows, largest.columns):
            shapes.append(TileShape(min(core, largest.rows), min(core, largest.columns)))
    choices = [active_parts(marked, shape, stride=stride, halo=halo) for shape in shapes]
    whole = TileShape(_round_up(height, stride), _round_up(width, stride))
    together = active_parts(marked, whole, stride=stride, halo=halo)
    if window_pixels(together, stride=stride, halo=halo) <= max_pixels:
        choices.append(together)  # wherever it lies, no border of tiles runs through it
    return min(choices, key=lambda parts: window_pixels(parts, stride=stride, halo=halo))


def blank_response(network: Network, *, stride: int, halo: int, planes: int = 1) -> Bytes:
    """What the network says of blank paper: uint8 (channels, stride, stride), the same everywhere."""
    side = 2 * halo + stride
    out = network.run(np.zeros((1, planes, side, side), np.uint8))
    return out[0, :, halo : halo + stride, halo : halo + stride].copy()


def run_tiles(
    network: Network,
    page: Bytes,
    *,
    channels: int,
    stride: int,
    halo: int,
    max_pixels: int,
    earlier: Prediction | None = None,
    progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Bytes:
    """Darkness uint8 (H, W) or (H, W, C) -> maps uint8 (channels, H, W). Raises Cancelled between tiles.

    What is blank as far as the network can see is not run: it gets the network's answer to blank paper, which
    is the same. Nor is what it saw on an `earlier` page of this size.
    """
    known = earlier if earlier is not None and earlier.page.shape == page.shape else None
    marked = page if known is None else page != known.page
    planes = 1 if page.ndim == 2 else page.shape[2]
    if page.ndim == 3:
        marked = marked.any(axis=2)
    size = page.shape[:2]
    parts = cheapest_parts(marked, stride=stride, halo=halo, max_pixels=max_pixels)
    blank: Bytes | None = None
    if known is not None:
        out = known.maps.copy()
    else:
        out = np.empty((channels, *size), np.uint8)
        if sum(part.width * part.height for part in parts) < size[0] * size[1]:
            blank = blank_response(network, stride=stride, halo=halo, planes=planes)
            _fill(out, Rect(0, 0, size[1], size[0]), blank)
    for index, part in enumerate(parts):
        if cancelled is not None and cancelled():
            raise Cancelled
        seen = window(page, part, stride=stride, halo=halo)
        if seen.any():
            answer = network.run(seen)
            view = answer[0, :, halo : halo + part.height, halo : halo + part.width]
            out[:, part.y : part.bottom, part.x : part.right] = view
        else:  # erased
            if blank is None:
                blank = blank_response(network, stride=stride, halo=halo, planes=planes)
            _fill(out, part, blank)
        if progress is not None:
            progress((index + 1) / len(parts))
    return out


def run_within(
    network: Network,
    page: Bytes,
    *,
    room: int,
    notify: Callable[[Said], None],
    channels: int,
    stride: int,
    halo: int,
    earlier: Prediction | None = None,
    progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Bytes:
    """`run_tiles` with tiles that take `room` bytes; when memory runs out, again with smaller ones, as long
    as that helps, of which `notify` is told. Raises Cancelled, OutOfMemory.
    """
    pixels = int(np.clip(room // BYTES_PER_PIXEL, LEAST_PIXELS, MOST_PIXELS))
    while True:
        try:
            return run_tiles(
                network,
                page,
                channels=channels,
                stride=stride,
                halo=halo,
                max_pixels=pixels,
                earlier=earlier,
                progress=progress,
                cancelled=cancelled,
            )
        except (OutOfMemory, MemoryError):
            if pixels <= LEAST_PIXELS:
                raise
            pixels = max(LEAST_PIXELS, pixels // 4)
            network.release_memory()
            notify(Said("Memory ran short; inking goes on in smaller tiles."))


def halo_of(model: Model) -> int:
    """Px around a tile that a network sees with it: half its receptive field, in whole strides."""
    return _round_up(model.receptive_field // 2, model.stride)


def _fill(out: Bytes, part: Rect, blank: Bytes) -> None:
    """Put the answer to blank paper, which repeats with the stride, on a part that begins on the stride."""
    stride = blank.shape[1]
    tiled = np.tile(blank, (1, -(-part.height // stride), -(-part.width // stride)))
    out[:, part.y : part.bottom, part.x : part.right] = tiled[:, : part.height, : part.width]
