# SPDX-License-Identifier: GPL-3.0-or-later
"""What the numbers of a picture mean: which is black, which is white, and what shows through.

Files do not say. Floating point is mostly 0 to 1, but also 0 to 255 or -1 to 1; scanners put ten bits into
sixteen; strokes on nothing may be light. All of it is known once the picture has been seen: it is read by its
type's own range, and once more where that turns out to be wrong.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from smart_lineart.cli.files.picture import Picture
from smart_lineart.inking import ArraySketch, LightStrokes

WHITES = (100.0, *(float(2**bits - 1) for bits in (8, 10, 12, 14, 16)))
"""What floating point beyond 0 to 1 mostly has for white."""
DEPTHS = (1, 8, 10, 12, 14, 16, 24, 32)  # bits that whole numbers may have

SAMPLE = 1 << 18  # floating point values that are looked at
RARE = 0.001  # of them: the part at each end that may be overshoot, or no number at all
OVERSHOOT = 0.1  # by how much a value that is out of range may be a filter's doing
HIGHLIGHTS = 16.0  # white in pictures of 0 to 1 with bright lights has been seen up to here
MOST_PAPER = 1.5  # half the picture is brighter: then 1 is not its white
NO_VALUE = 1e9  # what is larger marks places without a value
SEEN_AT_ONCE = (
    1 << 19
)  # pixels; of larger pictures every second, third... one of a row and a column is looked at


@dataclass(frozen=True)
class Meaning:
    """How values become luma.

    Attributes:
        black, white: the colours' values.
        opaque: opacity's value where nothing shows through.
        paper: the luma of what lies behind, 1 or 0.
    """

    black: float
    white: float
    opaque: float
    paper: int = 1


def usual(sample: str) -> Meaning:
    """What values of a type mean if nothing speaks against it."""
    white = 1.0 if sample.startswith("float") else float(np.iinfo(sample).max)
    return Meaning(0.0, white, white)


def luma(pixels: NDArray[Any], meaning: Meaning) -> NDArray[np.float32]:
    """Luma, float32 (rows, width), of pixels (rows, width, bands)."""
    if meaning == usual(pixels.dtype.name):
        return ArraySketch(_scaled(pixels, meaning.black, meaning.white)).read_luma(0, len(pixels))
    bands = pixels.shape[2]
    colours = pixels[..., : bands - (bands in (2, 4))]
    over = ArraySketch(_scaled(colours, meaning.black, meaning.white)).read_luma(0, len(pixels))
    if bands in (2, 4):
        opacity = _scaled(pixels[..., -1], 0.0, meaning.opaque, plain=False)
        over = meaning.paper + np.nan_to_num(opacity) * (over - np.float32(meaning.paper))
    return over.astype(np.float32, copy=False)


def colour(pixels: NDArray[Any], meaning: Meaning) -> NDArray[np.uint8]:
    """Red, green and blue, uint8 (rows, width, 3) over the paper that `luma` has, of pixels of 3 or 4 bands;
    of 8 bits, and without opacity, a view of those.
    """
    if pixels.shape[2] == 3 and pixels.dtype == np.uint8 and meaning == usual("uint8"):
        return pixels
    over = np.clip(np.nan_to_num(_scaled(pixels[..., :3], meaning.black, meaning.white, plain=False)), 0, 1)
    if pixels.shape[2] == 4:
        opacity = np.nan_to_num(_scaled(pixels[..., 3:], 0.0, meaning.opaque, plain=False))
        over = meaning.paper + opacity * (over - np.float32(meaning.paper))
    return np.asarray(np.rint(over * np.float32(255)), np.uint8)


def _scaled(pixels: NDArray[Any], black: float, white: float, *, plain: bool = True) -> NDArray[Any]:
    """Float32 from 0 to 1; `plain`: whole values over all of their type may stay as they are."""
    if plain and pixels.dtype in (np.uint8, np.uint16) and (black, white) == (0, np.iinfo(pixels.dtype).max):
        return pixels
    values = (pixels - np.float32(black)) / np.float32(white - black) if black else pixels / np.float32(white)
    return values.astype(np.float32).clip(0, 1)


class Look:
    """Looks at a picture as it is read by one meaning, and tells whether another would be better."""

    def __init__(self, picture: Picture, read_as: Meaning) -> None:
        self._read_as = read_as
        self._usual = usual(picture.sample)
        self._alpha = picture.bands in (2, 4)
        self._colours = picture.bands - self._alpha
        values = picture.width * picture.height * self._colours
        self._step = _coprime(max(1, values // SAMPLE), picture.width * self._colours)
        self._every = 1 + math.isqrt(picture.width * picture.height // SEEN_AT_ONCE)
        self._some: list[NDArray[np.float64]] = []
        self._low = self._high = self._opaque = 0.0
        self._kind = np.dtype(picture.sample).kind
        # A range is looked for once; 8 bits are used as they are, however few of them.
        self._ranging = read_as == self._usual and picture.sample != "uint8"
        size = (-(-picture.height // self._every), -(-picture.width // self._every))
        self._strokes = LightStrokes(size) if self._alpha else None

    def see(self, top: int, pixels: NDArray[Any]) -> None:
        """Take in rows from `top` on, (rows, width, bands)."""
        if self._ranging:
            self._see_range(pixels[..., : self._colours])
        if self._strokes is not None:
            self._see_opacity(self._strokes, top, pixels)

    def better(self) -> Meaning | None:
        """What the values mean, now that all were seen; None where that is how they were read."""
        found = self._range() if self._ranging else self._read_as
        if found == self._read_as and self._strokes is not None and self._strokes.alone:
            found = replace(found, paper=0)
        return None if found == self._read_as else found

    def _range(self) -> Meaning:
        """By the range of values, which opacity shares: it tells it also where all colours are dark."""
        opaque = self._usual.opaque
        if self._kind == "f":
            values = np.concatenate(self._some)
            if not values.size:
                return self._usual
            if self._opaque > HIGHLIGHTS:
                opaque = _white_from(max(self._opaque, float(np.quantile(values, 1 - RARE))))
                return Meaning(0.0, opaque, opaque)
            return Meaning(*_real_range(values), opaque)
        black, white = _whole_range(self._low, max(self._high, self._opaque), opaque)
        return Meaning(black, white, opaque if black else white)

    def _see_range(self, colours: NDArray[Any]) -> None:
        if self._kind == "f":
            self._sample(colours)
        elif self._kind == "i" or self._high <= self._usual.white / 2:
            self._low = min(self._low, float(colours.min()))
            self._high = max(self._high, float(colours.max()))

    def _sample(self, colours: NDArray[Any]) -> None:
        values = colours.ravel()[:: self._step].astype(np.float64)
        self._some.append(values[np.abs(values) < NO_VALUE])  # no number is less than another either

    def _see_opacity(self, strokes: LightStrokes, top: int, pixels: NDArray[Any]) -> None:
        first = -top % self._every
        some = pixels[first :: self._every, :: self._every]
        if not some.size:
            return
        opacity = _scaled(some[..., -1], 0.0, self._read_as.opaque, plain=False)
        self._opaque = max(self._opaque, float(np.nan_to_num(some[..., -1].astype(np.float32)).max()))
        strokes.see(
            (top + first) // self._every,
            np.rint(luma(some[..., :-1], self._read_as) * 255).astype(np.uint8),
            np.ceil(np.nan_to_num(opacity) * 255).astype(np.uint8),
        )


def _real_range(values: NDArray[np.float64]) -> tuple[float, float]:
    """Black and white of floating point values."""
    low, middle, high = (float(value) for value in np.quantile(values, (RARE, 0.5, 1 - RARE)))
    if high > HIGHLIGHTS or middle > MOST_PAPER:
        white = _white_from(high)
        return (0.0, white) if low >= -OVERSHOOT else (low, high)
    if low < -OVERSHOOT and high <= 1 + OVERSHOOT:
        return low, high
    return 0.0, 1.0


def _white_from(high: float) -> float:
    """The white of values that reach up to `high`: one that is common, or that itself."""
    if high <= HIGHLIGHTS:
        return high
    return next((white for white in WHITES if high <= white * 1.01), high)


def _whole_range(low: float, high: float, most: float) -> tuple[float, float]:
    """Black and white of whole values that may use a part of their type's range, up to `most`, only."""
    white = min(most, next(float(2**bits - 1) for bits in DEPTHS if high < 2**bits))
    return (low, max(high, low + 1)) if low < -white / 100 else (0.0, white)


def _coprime(step: int, row: int) -> int:
    """A step that does not meet the same places in every row."""
    while step > 1 and math.gcd(step, row) > 1:
        step += 1
    return step
