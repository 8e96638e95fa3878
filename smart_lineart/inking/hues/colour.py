# SPDX-License-Identifier: GPL-3.0-or-later
"""The colour that lies on the paper: at working scale, and along lines.

A line is thin, faint or soft, and its pixels are paper as much as pencil. What all of them share is by how
much they take away of the paper's red, green and blue, relative to each other: so much is told of each, as
luma's darkness is, and only the three's shares are the line's hue. The paper's own tone and the light on it
are gone with that, wherever they lie.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.arrays import Floats, Luma
from smart_lineart.inking.errors import Cancelled
from smart_lineart.inking.page.calibration import Calibration
from smart_lineart.inking.page.paper import judge_paper
from smart_lineart.inking.page.scale import panel_side
from smart_lineart.inking.page.sketch import ColourSketch
from smart_lineart.inking.page.survey import read_rows, working_size
from smart_lineart.inking.raster.resampling import Reduced

REACH = 2  # px at working scale from a line's middle in which its pencil is looked for
NEAR = 0.7  # px: deviation of the weight that nearer pixels have
WIDE = 5  # px around a line's middle in which all that lies there is looked at, where colours are blurred
GRAIN = 0.02  # darkness of paper that is not told from none
ALL = 127
BLOCK, BLOCK_STEP = 64, 2  # px: side of the blocks whose paper is looked at, and between px that are
MOST_BARE = 3  # of ALL, that paper differs from what it is taken to be
CHUNK = 1 << 15  # vertices looked at together
STRIP_PIXELS = 1 << 20  # of a page, read at once

OnPaper = NDArray[np.int8]


class _Rows:
    """A page's rows, those read last at hand."""

    def __init__(self, sketch: ColourSketch):
        self._sketch = sketch
        self._at = (-1, -1)
        self._held: Luma = np.zeros((0, 0, 3), np.float32)

    @property
    def size(self) -> tuple[int, int]:
        return self._sketch.size

    def read(self, top: int, bottom: int) -> Luma:
        if self._at != (top, bottom):
            self._at, self._held = (top, bottom), self._sketch.read_colour(top, bottom)
        return self._held


class _Channel:
    """One of a page's colours as the luma of a sketch."""

    def __init__(self, rows: _Rows, number: int):
        self._rows, self._number = rows, number

    @property
    def size(self) -> tuple[int, int]:
        return self._rows.size

    def read_luma(self, top: int, bottom: int) -> Luma:
        return np.ascontiguousarray(self._rows.read(top, bottom)[..., self._number])


def _read_working(
    sketch: ColourSketch, seen: Calibration, cancelled: Callable[[], bool] | None
) -> list[Reduced]:
    """Red, green and blue of a page at working scale, uint16 (h, w) each. Each strip of it is read once."""
    tall, wide = working_size(sketch.size, seen.scale)
    planes = [np.empty((tall, wide), np.uint16) for _ in range(3)]
    rows = _Rows(sketch)
    step = max(1, int(STRIP_PIXELS / sketch.size[1] * seen.scale))
    for first in range(0, tall, step):
        if cancelled is not None and cancelled():
            raise Cancelled
        for number, plane in enumerate(planes):
            last = min(tall, first + step)
            read_rows(_Channel(rows, number), plane, seen.scale, seen.block, first, last)
    return planes


def colour_on_paper(
    sketch: ColourSketch, seen: Calibration, cancelled: Callable[[], bool] | None = None
) -> OnPaper:
    """By how much less than the paper each px of a page has of red, green and blue: int8 (h, w, 3) at working
    scale, `ALL` where nothing is left. On dark paper it is by how much more.

    What is lighter than the paper is less than 0: were it 0, noise would add up to a colour. `cancelled` is
    asked at each strip that is read; raises Cancelled.
    """
    found = []
    planes = _read_working(sketch, seen, cancelled)[::-1]
    while planes:
        luma = planes.pop()
        if seen.sheet is not None:
            luma = seen.sheet.cleared(luma)
        paper = judge_paper(
            luma, side=round(panel_side(sketch.size)), inverted=seen.inverted, darkest=seen.darkest
        )
        relative = paper.relative_darkness(luma)
        relative *= np.float32(ALL)
        found.append(np.clip(np.rint(relative, out=relative), -ALL, ALL, out=relative).astype(np.int8))
    return np.stack(found, axis=-1)


def colour_along(colours: OnPaper, points: Floats) -> Floats:
    """What lies at points (N, 2), x and y in working px, of what :func:`colour_on_paper` gives: float32 (N,
    4), sums of red, green and blue, 1 each where nothing of the paper is left, and of the pixels' weights.

    Pixels near a point count the more the nearer and, squared, the darker they are: a line is seldom drawn
    just where its middle is.
    """
    out = np.zeros((len(points), 4), np.float32)
    for first in range(0, len(points), CHUNK):
        out[first : first + CHUNK] = _along(colours, points[first : first + CHUNK])
    return out


def _along(colours: OnPaper, points: Floats) -> Floats:
    tall, wide, _ = colours.shape
    at = np.floor(points).astype(np.intp)
    flat = colours.reshape(-1, 3)
    total = np.zeros((len(points), 4), np.float32)
    for down in range(-REACH, REACH + 1):
        y = at[:, 1] + down
        row = np.clip(y, 0, tall - 1) * wide
        for across in range(-REACH, REACH + 1):
            x = at[:, 0] + across
            dark = flat[row + np.clip(x, 0, wide - 1)].astype(np.float32)
            dark *= np.float32(1 / ALL)
            away = (x + np.float32(0.5) - points[:, 0]) ** 2 + (y + np.float32(0.5) - points[:, 1]) ** 2
            weight = np.maximum(dark.mean(axis=1) - np.float32(GRAIN), 0) ** 2
            weight *= np.exp(away.astype(np.float32) * np.float32(-0.5 / NEAR**2))
            dark *= weight[:, None]
            total[:, :3] += dark
            total[:, 3] += weight
    return total


def colour_around(colours: OnPaper, points: Floats) -> Floats:
    """What lies in squares around points (N, 2), x and y in working px, of what :func:`colour_on_paper`
    gives: its mean red, green and blue, float32 (N, 3).

    All of a square counts alike: a picture's colours are often kept more coarsely than its light (JPEG with
    4:2:0, ITU-T T.81), so that a thin line's lie beside it. Their sum is kept. What bare paper has near by is
    taken away: it is little, and much of a square is paper.
    """
    tall, wide, _ = colours.shape
    at = np.floor(points).astype(np.intp)
    left, right = (np.clip(at[:, 0] + by, 0, wide) for by in (-WIDE, WIDE + 1))
    top, bottom = (np.clip(at[:, 1] + by, 0, tall) for by in (-WIDE, WIDE + 1))
    row, column = (at[:, 1].clip(0, tall - 1) // BLOCK, at[:, 0].clip(0, wide - 1) // BLOCK)
    many = np.maximum((right - left) * (bottom - top), 1)
    sums = np.zeros((tall + 1, wide + 1), np.int32)
    out = np.empty((len(points), 3), np.float32)
    for number in range(3):
        np.cumsum(np.ascontiguousarray(colours[..., number]), axis=1, dtype=np.int32, out=sums[1:, 1:])
        np.cumsum(sums, axis=0, out=sums)
        inside = sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left]
        out[:, number] = (inside / many - _bare(colours[..., number])[row, column]) / ALL
    return out


def _bare(plane: NDArray[np.int8]) -> Floats:
    """What most of each block of a plane has, (rows, columns), where that may be paper."""
    some = plane[::BLOCK_STEP, ::BLOCK_STEP]
    side = BLOCK // BLOCK_STEP
    rows, columns = (-(-length // side) for length in some.shape)
    padded = np.pad(some, ((0, rows * side - some.shape[0]), (0, columns * side - some.shape[1])), "edge")
    blocks = padded.reshape(rows, side, columns, side).swapaxes(1, 2).reshape(rows, columns, side * side)
    middle = np.partition(blocks, side * side // 2, axis=2)[..., side * side // 2]
    return np.asarray(middle.clip(-MOST_BARE, MOST_BARE), np.float32)


def mean_colours(sums: Floats) -> Floats:
    """Mean red, green and blue, (N, 3), of sums as :func:`colour_along` gives them; 0 where nothing lies."""
    weight = sums[:, 3:]
    return np.asarray(sums[:, :3] / np.where(weight > 0, weight, 1), np.float32)


def hue_plane(colours: Floats, *, inverted: bool) -> Floats:
    """Hue and saturation of what was taken of red, green and blue, (N, 3), in a plane: float32 (N, 2).

    Black lies at (0, 0), pure colours about 1 from it: red at (1, 0), and on counterclockwise yellow, green,
    blue (the hexagon of HSV: Smith, Color gamut transform pairs, SIGGRAPH 1978). `inverted`: light was added.
    """
    most = colours.max(axis=1, keepdims=True)
    share = colours / np.where(most > 0, most, 1)
    x = share[:, 0] - 0.5 * (share[:, 1] + share[:, 2])
    y = np.float32(np.sqrt(0.75)) * (share[:, 1] - share[:, 2])
    plane = np.stack([x, y], axis=1).astype(np.float32)
    return plane if inverted else -plane
