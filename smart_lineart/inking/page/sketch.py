# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the engine's pixels come from: a page that gives its luma row by row."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.arrays import Luma
from smart_lineart.inking.errors import BadSketch

# Krita's HSY' luma and Desaturate: BT.709 weights of red, green, blue on the encoded (not linearised) values.
LUMA_WEIGHTS = (0.2126, 0.7152, 0.0722)
MAX_SIDE = 1 << 17  # px; beyond this a page is a mistake and coordinates lose their sub-pixel part


class Sketch(Protocol):
    """A page that can be read in strips, so that large pages need not be in memory at once."""

    @property
    def size(self) -> tuple[int, int]:
        """(height, width) in px."""

    def read_luma(self, top: int, bottom: int) -> Luma:
        """Rows [top, bottom) as float32 (bottom - top, width): 0 black .. 1 white, over white paper."""


class ColourSketch(Sketch, Protocol):
    """A page that gives its colours, too."""

    def read_colour(self, top: int, bottom: int) -> Luma:
        """Rows [top, bottom) as float32 (bottom - top, width, 3): red, green and blue of sRGB, 0..1, over the
        paper that `read_luma` has.
        """


def colour(image: NDArray[Any]) -> Luma:
    """Red, green and blue of an image over white paper, float32 (H, W, 3), 0..1; takes what :func:`luma`
    takes.
    """
    if image.ndim == 2 or image.shape[2] <= 2:
        return np.repeat(luma(image)[..., None], 3, axis=2)
    alpha = image[..., 3:]
    return np.stack(
        [luma(np.concatenate([image[..., one : one + 1], alpha], axis=2)) for one in range(3)], axis=2
    )


def luma(image: NDArray[Any]) -> Luma:
    """HSY' luma of an image over white paper.

    Args:
        image: H x W or H x W x C, uint8, uint16 or float (0..1); C = 1 grey, 2 grey and alpha, 3 RGB, 4 RGB
        and
            alpha. Alpha is straight (not premultiplied).

    Returns:
        float32 (H, W) in 0..1. 16-bit and float input keep their precision. NaN counts as paper.
    """
    # Scaled plane by plane: a float copy of all channels would take four times the memory.
    scale = np.float32(1.0 / np.iinfo(image.dtype).max) if image.dtype.kind == "u" else np.float32(1.0)

    def plane(channel: int) -> Luma:
        return np.asarray(image[..., channel], np.float32) * scale

    if image.ndim == 2:
        out = np.asarray(image, np.float32) * scale
    elif image.shape[2] <= 2:
        out = plane(0)
    else:
        out = plane(0) * np.float32(LUMA_WEIGHTS[0])
        for channel in (1, 2):
            out += plane(channel) * np.float32(LUMA_WEIGHTS[channel])
    if image.ndim == 3 and image.shape[2] in (2, 4):
        out = np.float32(1.0) - plane(image.shape[2] - 1) * (np.float32(1.0) - out)
    if image.dtype.kind == "f":
        out = np.nan_to_num(out, copy=False, nan=1.0, posinf=1.0, neginf=0.0)
    return np.clip(out, 0.0, 1.0, out=out)


class ArraySketch:
    """A sketch held in an array; see :func:`luma` for the shapes and dtypes it takes."""

    def __init__(self, image: NDArray[Any]):
        image = np.asarray(image)
        if image.ndim not in (2, 3) or (image.ndim == 3 and image.shape[2] not in (1, 2, 3, 4)):
            raise BadSketch(
                "The sketch has the shape {shape}; an image of 1 to 4 channels is needed.", shape=image.shape
            )
        if image.dtype == np.bool_:
            image = image.astype(np.uint8) * np.uint8(255)
        if image.dtype.kind not in "uf" or image.dtype.itemsize > 8:
            raise BadSketch(
                "The sketch has values of type {dtype}; 8 or 16 bit or float is needed.", dtype=image.dtype
            )
        check_size(image.shape[0], image.shape[1])
        self._image = image

    @property
    def size(self) -> tuple[int, int]:
        """(height, width) in px."""
        return int(self._image.shape[0]), int(self._image.shape[1])

    def read_luma(self, top: int, bottom: int) -> Luma:
        """Rows [top, bottom) as float32, 0 black .. 1 white."""
        return luma(self._image[top:bottom])

    def read_colour(self, top: int, bottom: int) -> Luma:
        """Rows [top, bottom) as float32 red, green and blue, 0..1."""
        return colour(self._image[top:bottom])


def check_size(height: int, width: int) -> None:
    """Raise BadSketch for a page without pixels or with an absurd side."""
    if height < 1 or width < 1:
        raise BadSketch("The sketch has no pixels.")
    if max(height, width) > MAX_SIDE:
        raise BadSketch(
            "The sketch is {width} x {height} px; sides up to {most} px can be inked.",
            width=width,
            height=height,
            most=MAX_SIDE,
        )
