# SPDX-License-Identifier: GPL-3.0-or-later
"""Pixels as bytes in a layer's colour space: a sketch's in grey, and ink as they have it.

Pure numpy. Every colour space of Krita keeps alpha as the last channel of a pixel.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smart_lineart.inking import LightStrokes, Rect
from smart_lineart.inking.page.sketch import LUMA_WEIGHTS

DEPTHS: dict[str, np.dtype] = {
    "U8": np.dtype(np.uint8),
    "U16": np.dtype("<u2"),
    "F16": np.dtype("<f2"),
    "F32": np.dtype("<f4"),
}
CHANNELS = {"RGBA": 4, "GRAYA": 2, "CMYKA": 5, "LABA": 4, "XYZA": 4, "YCbCrA": 4, "A": 1}

FAINT = 12  # of 255: coverage from which a pixel's colour is looked at
COLOURED = 16  # of 255 that channels lie apart, and that a pixel covers, where it is seen to have a colour
ROUNDING = 5  # of 255: by how much a colour of full coverage may have been rounded

LUMA_BGR = np.array(LUMA_WEIGHTS[::-1], np.float32)  # Krita's order of channels


@dataclass(frozen=True)
class PixelFormat:
    """How one pixel of a colour space lies in memory."""

    model: str
    depth: str
    profile: str

    @property
    def dtype(self) -> np.dtype:
        """The type of one channel."""
        return DEPTHS[self.depth]

    @property
    def channels(self) -> int:
        """Channels of one pixel, alpha included."""
        return CHANNELS[self.model]

    @property
    def pixel_size(self) -> int:
        """Bytes of one pixel."""
        return self.channels * self.dtype.itemsize

    def array(self, data: bytes, height: int, width: int) -> np.ndarray:
        """View bytes as (height, width, channels)."""
        return np.frombuffer(data, self.dtype).reshape(height, width, self.channels)


SRGB = PixelFormat("RGBA", "U8", "sRGB-elle-V2-srgbtrc.icc")


def grey_and_alpha(bgra: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Luma and alpha, both uint8 (h, w), of 8-bit sRGB pixels (h, w, 4) in the order B, G, R, A."""
    grey = np.empty(bgra.shape[:2], np.uint8)
    band = 64
    for top in range(0, bgra.shape[0], band):  # in bands: the float copy stays small
        part = bgra[top : top + band, :, :3].astype(np.float32) @ LUMA_BGR
        grey[top : top + band] = np.rint(part)
    return grey, np.ascontiguousarray(bgra[..., 3])


def has_colour(bgr: np.ndarray, alpha: np.ndarray) -> bool:
    """Whether any pixel, uint8 (h, w, 3) with alpha (h, w), is seen to be no grey."""
    apart = bgr.max(axis=2) - bgr.min(axis=2)
    return bool(((apart > COLOURED) & (alpha > COLOURED)).any())


def ink_pixels(coverage: np.ndarray, colour: np.ndarray, form: PixelFormat) -> np.ndarray:
    """Ink covering by `coverage`, in a layer's own colour space.

    `coverage` is uint8 (h, w); `colour` has the channels of one pixel, in `form`'s type, its alpha ignored,
    or of each pixel, (h, w, channels).
    Returns (h, w, channels). Where there is no ink all channels are zero, as Krita leaves unpainted pixels.
    """
    pixels = np.zeros((*coverage.shape, form.channels), form.dtype)
    inked = coverage > 0
    pixels[inked] = colour[inked] if colour.ndim > 1 else colour
    pixels[..., -1] = alpha_from_byte(coverage, form)
    return pixels


def alpha_from_byte(coverage: np.ndarray, form: PixelFormat) -> np.ndarray:
    """8-bit coverage as alpha of another depth; full coverage is exactly opaque."""
    if form.depth == "U8":
        return coverage
    if form.depth == "U16":
        return coverage.astype(np.uint16) * np.uint16(257)
    return (coverage.astype(np.float32) / 255).astype(form.dtype)


def alpha_to_byte(alpha: np.ndarray, form: PixelFormat) -> np.ndarray:
    """Alpha of any depth, (h, w), as 8-bit coverage; what `alpha_from_byte` gave comes back exactly."""
    if form.depth == "U8":
        return alpha
    if form.depth == "U16":
        return ((alpha.astype(np.uint32) + 128) // 257).astype(np.uint8)
    return np.rint(np.clip(np.nan_to_num(alpha.astype(np.float32)), 0, 1) * 255).astype(np.uint8)


def other_colour(
    pixels: np.ndarray, coverage: np.ndarray, colours: list[np.ndarray], form: PixelFormat
) -> np.ndarray:
    """Where pixels (h, w, channels) of `coverage`, uint8 (h, w), show none of the colours: bool (h, w).

    The paler a pixel, the coarser Krita keeps its colour when it composes or converts; hardly visible ones
    count as no other colour.
    """
    out = coverage >= FAINT
    rows, columns = np.nonzero(out)
    painted = pixels[rows, columns, :-1].astype(np.float32)
    span = np.float32(np.iinfo(form.dtype).max if form.dtype.kind == "u" else 1)
    if form.dtype.kind == "f" and form.model in {"CMYKA", "LABA"}:
        span = np.float32(100)
    leeway = span * np.float32(ROUNDING) / coverage[rows, columns].astype(np.float32)
    other = np.ones(len(rows), np.bool_)
    for colour in colours:
        other &= (np.abs(painted - colour[:-1].astype(np.float32)) > leeway[:, None]).any(axis=1)
    out[rows, columns] = other
    return out


def blend(old: np.ndarray, new: np.ndarray, weight: np.ndarray, form: PixelFormat) -> np.ndarray:
    """`new` where `weight` (uint8, a selection) is full, `old` where it is nothing; how much they cover is
    mixed between.

    Colours are not: one that no ink was made in would pass for the artist's.
    """
    if not weight.any():
        return old
    mixed = np.where((weight == 255)[..., None], new, old)
    soft = (weight > 0) & (weight < 255)
    if soft.any():
        mixed[soft] = _mix(old[soft], new[soft], weight[soft].astype(np.float32) / 255, form)
    return mixed


def _mix(old: np.ndarray, new: np.ndarray, share: np.ndarray, form: PixelFormat) -> np.ndarray:
    covered_a, covered_b = old[:, -1].astype(np.float32), new[:, -1].astype(np.float32)
    alpha = covered_a * (1 - share) + covered_b * share
    newer = ((share >= np.float32(0.5)) | (covered_a <= 0)) & (covered_b > 0)
    result = np.where(newer[:, None], new, old)
    result[:, -1] = (np.rint(alpha) if form.dtype.kind == "u" else alpha).astype(form.dtype)
    result[alpha <= 0] = 0
    return result


def lay_beneath(over: np.ndarray, coverage: np.ndarray, colour: np.ndarray, form: PixelFormat) -> np.ndarray:
    """Pixels (n, channels) composited over ink of a colour, (channels,) or (n, channels), covering by
    `coverage`, uint8 (n,).
    """
    span = np.float32(np.iinfo(form.dtype).max if form.dtype.kind == "u" else 1)
    top = over.astype(np.float32)
    alpha = top[:, -1] / span
    below = coverage.astype(np.float32) / 255 * (1 - alpha)
    total = alpha + below
    out = np.empty_like(top)
    share = (alpha / np.where(total > 0, total, 1))[:, None]
    out[:, :-1] = top[:, :-1] * share + colour[..., :-1].astype(np.float32) * (1 - share)
    out[:, -1] = total * span
    return (np.rint(out) if form.dtype.kind == "u" else out).astype(form.dtype)


class LayerSketch:
    """A layer's pixels as a sketch for the engine: 8-bit grey and alpha, over the paper that shows its lines.

    A layer that holds only light strokes on nothing would vanish over white paper; it is read over black.
    """

    def __init__(self, height: int, width: int):
        self.grey = np.full((height, width), 255, np.uint8)
        self.alpha = np.zeros((height, width), np.uint8)
        self.paper = 255
        self.colours: np.ndarray | None = None  # B, G, R as they are, (h, w, 3); None where all is grey
        self._strokes = LightStrokes((height, width))

    @property
    def size(self) -> tuple[int, int]:
        """(height, width) in pixels."""
        height, width = self.grey.shape
        return height, width

    @property
    def nbytes(self) -> int:
        """Memory held, in bytes."""
        colours = 0 if self.colours is None else self.colours.nbytes
        return self.grey.nbytes + self.alpha.nbytes + colours

    @property
    def in_colour(self) -> bool:
        """Whether it is painted in colours."""
        return self.colours is not None

    def changed_from(self, other: LayerSketch) -> Rect | None:
        """The rectangle in which it differs from another one, empty where in none; None if in all of it."""
        if self.size != other.size or self.paper != other.paper:
            return None
        apart = (self.grey != other.grey) | (self.alpha != other.alpha)
        if self.colours is not None or other.colours is not None:
            for channel in range(3):
                apart |= self._channel(channel) != other._channel(channel)
        rows, columns = np.flatnonzero(apart.any(axis=1)), np.flatnonzero(apart.any(axis=0))
        if not rows.size:
            return Rect(0, 0, 0, 0)
        x, y = int(columns[0]), int(rows[0])
        return Rect(x, y, int(columns[-1]) + 1 - x, int(rows[-1]) + 1 - y)

    def _channel(self, number: int) -> np.ndarray:
        return self.grey if self.colours is None else self.colours[..., number]

    def put(self, top: int, grey: np.ndarray, alpha: np.ndarray, bgr: np.ndarray | None = None) -> None:
        """Take in a strip of rows starting at `top`; each once. `bgr`: its colours, uint8 (h, w, 3)."""
        if bgr is not None and (self.colours is not None or has_colour(bgr, alpha)):
            if self.colours is None:  # what came before is grey, and so is the rest until it comes
                self.colours = np.repeat(self.grey[..., None], 3, axis=2)
            self.colours[top : top + len(bgr)] = bgr
        self.grey[top : top + len(grey)] = grey
        self.alpha[top : top + len(alpha)] = alpha
        self._strokes.see(top, grey, alpha)  # strip by strip: all of a page would hold up the window

    def finish(self) -> None:
        """Choose the paper once all rows are in."""
        self.paper = 0 if self._strokes.alone else 255

    @property
    def empty(self) -> bool:
        """Whether nothing is painted at all."""
        return not self.alpha.any()

    @property
    def blank(self) -> bool:
        """Whether the layer shows one flat tone: nothing to ink."""
        step = max(1, self.grey.shape[0] // 8)
        low, high = 255.0, 0.0
        for top in range(0, self.grey.shape[0], step):
            luma = self.read_luma(top, min(top + step, self.grey.shape[0]))
            low, high = min(low, float(luma.min())), max(high, float(luma.max()))
        return high - low < 2 / 255

    def read_luma(self, top: int, bottom: int) -> np.ndarray:
        """Luma of rows top..bottom over the paper, float32 (bottom - top, width), 0 black to 1 white."""
        grey = self.grey[top:bottom].astype(np.float32)
        alpha = self.alpha[top:bottom].astype(np.float32) * np.float32(1 / 255)
        return self._over_paper(grey, alpha)

    def read_colour(self, top: int, bottom: int) -> np.ndarray:
        """Red, green and blue of rows top..bottom over the paper, float32 (bottom - top, width, 3), 0 to
        1.
        """
        if self.colours is None:
            return np.repeat(self.read_luma(top, bottom)[..., None], 3, axis=2)
        colours = self.colours[top:bottom, :, ::-1].astype(np.float32)
        alpha = self.alpha[top:bottom].astype(np.float32) * np.float32(1 / 255)
        return self._over_paper(colours, alpha[..., None])

    def _over_paper(self, values: np.ndarray, alpha: np.ndarray) -> np.ndarray:
        values -= self.paper
        values *= alpha
        values += self.paper
        values *= np.float32(1 / 255)
        return values
