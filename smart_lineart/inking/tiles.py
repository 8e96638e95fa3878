# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a network over a page tile by tile, within a memory budget, as if it had seen the page at once.

Tiles start at multiples of the network's stride and see a halo of at least half its receptive field, so every
pixel comes out as it would from the whole page. The page lies on endless blank paper (darkness 0).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.errors import Cancelled
from smart_lineart.inking.geometry import Rect
from smart_lineart.inking.runtime import Network

Bytes = NDArray[np.uint8]
MIN_CORE = 128  # px: smaller tiles would be nearly all halo


@dataclass(frozen=True)
class TileShape:
    """Rows and columns of a tile's core (without halo), multiples of the stride."""

    rows: int
    columns: int


def _round_up(value: int, step: int) -> int:
    return -(-value // step) * step


def plan_tiles(height: int, width: int, *, stride: int, halo: int, max_pixels: int) -> TileShape:
    """The largest tiles whose window (core and halo) stays within max_pixels.

    Full-width strips come first: they overlap in one direction only. Where even the narrowest strip is too
    large, square tiles; never smaller than MIN_CORE, whatever the budget.
    """
    wide = _round_up(width, stride)
    rows = (max_pixels // (wide + 2 * halo) - 2 * halo) // stride * stride
    if rows >= MIN_CORE:
        return TileShape(min(rows, _round_up(height, stride)), wide)
    side = int(max_pixels**0.5 - 2 * halo) // stride * stride
    return TileShape(max(MIN_CORE, side), max(MIN_CORE, side))


def tile_rects(height: int, width: int, shape: TileShape) -> Iterator[Rect]:
    """Cores that cover the page, row by row; those at the right and bottom are cut off by the page."""
    for y in range(0, height, shape.rows):
        for x in range(0, width, shape.columns):
            yield Rect(x, y, min(shape.columns, width - x), min(shape.rows, height - y))


def window(page: Bytes, core: Rect, *, stride: int, halo: int) -> Bytes:
    """The core with its halo, blank beyond the page, sides multiples of the stride: uint8 (1, 1, h, w)."""
    tall, wide = _round_up(core.height, stride) + 2 * halo, _round_up(core.width, stride) + 2 * halo
    out = np.zeros((1, 1, tall, wide), np.uint8)
    whole = Rect(0, 0, page.shape[1], page.shape[0])
    seen = Rect(core.x - halo, core.y - halo, wide, tall).intersection(whole)
    y, x = seen.y - core.y + halo, seen.x - core.x + halo
    out[0, 0, y : y + seen.height, x : x + seen.width] = page[seen.y : seen.bottom, seen.x : seen.right]
    return out


def active_part(page: Bytes, core: Rect, *, stride: int, halo: int) -> Rect:
    """The part of a core that anything drawn can reach through the network; empty when nothing can."""
    whole = Rect(0, 0, page.shape[1], page.shape[0])
    seen = Rect(core.x - halo, core.y - halo, core.width + 2 * halo, core.height + 2 * halo).intersection(
        whole
    )
    drawn = page[seen.y : seen.bottom, seen.x : seen.right]
    rows = np.flatnonzero(drawn.any(axis=1))
    if not rows.size:
        return Rect(core.x, core.y, 0, 0)
    columns = np.flatnonzero(drawn[rows[0] : rows[-1] + 1].any(axis=0))
    x = (seen.x + int(columns[0]) - halo) // stride * stride
    y = (seen.y + int(rows[0]) - halo) // stride * stride
    right, bottom = seen.x + int(columns[-1]) + 1 + halo, seen.y + int(rows[-1]) + 1 + halo
    return Rect(x, y, right - x, bottom - y).intersection(core)


def blank_response(network: Network, *, stride: int, halo: int) -> Bytes:
    """What the network says of blank paper: uint8 (channels, stride, stride), the same everywhere."""
    side = 2 * halo + stride
    out = network.run(np.zeros((1, 1, side, side), np.uint8))
    return out[0, :, halo : halo + stride, halo : halo + stride].copy()


def run_tiles(
    network: Network,
    page: Bytes,
    *,
    channels: int,
    stride: int,
    halo: int,
    max_pixels: int,
    progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Bytes:
    """Darkness uint8 (H, W) -> geometry uint8 (channels, H, W). Raises Cancelled between tiles.

    What is blank as far as the network can see is not run: it gets the network's answer to blank paper, which
    is the same.
    """
    height, width = page.shape
    out = np.empty((channels, height, width), np.uint8)
    shape = plan_tiles(height, width, stride=stride, halo=halo, max_pixels=max_pixels)
    cores = list(tile_rects(height, width, shape))
    blank: Bytes | None = None
    for index, core in enumerate(cores):
        if cancelled is not None and cancelled():
            raise Cancelled
        part = active_part(page, core, stride=stride, halo=halo)
        if part.width * part.height < core.width * core.height:
            if blank is None:
                blank = blank_response(network, stride=stride, halo=halo)
            repeats = (1, -(-core.height // stride), -(-core.width // stride))
            out[:, core.y : core.bottom, core.x : core.right] = np.tile(blank, repeats)[
                :, : core.height, : core.width
            ]
        if part.width and part.height:
            answer = network.run(window(page, part, stride=stride, halo=halo))
            view = answer[0, :, halo : halo + part.height, halo : halo + part.width]
            out[:, part.y : part.bottom, part.x : part.right] = view
        if progress is not None:
            progress((index + 1) / len(cores))
    return out
