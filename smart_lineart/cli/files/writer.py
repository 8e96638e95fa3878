# SPDX-License-Identifier: GPL-3.0-or-later
"""What a lineart file is made from, and what makes one.

A file format is one `Writer`, entered in `output.WRITERS` under its ending; nothing else knows of formats.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking import Strokes, Style


@dataclass(frozen=True)
class Lineart:
    """A lineart as a writer is given it, as geometry and as pixels; it takes what its format is made of.

    Attributes:
        size: (height, width) of the page in px.
        dpi: across and down, where the sketch names them.
        icc: the sketch's colour profile, if it has one.
        thickness: of the lines, in px of the page.
        style: the brush's, by name or itself.
        colour: of the ink, 8 bits each of sRGB's red, green and blue.
        white: whether it lies on white paper, instead of on nothing.
        strokes: its lines that are drawn, in px of the page, as wide as they are drawn.
        solid: uint8 (h, w), its shapes of solid black with their contour at 128, or None.
        scale: px of `solid` in a px of the page.
        strips: its coverage from top to bottom, uint8 (rows, width), once, each drawn when it is asked for.
            Raises Interrupted, InkError.
    """

    size: tuple[int, int]
    dpi: tuple[float, float] | None
    icc: bytes | None
    thickness: float
    style: str | Style
    colour: tuple[int, int, int]
    white: bool
    strokes: Strokes
    solid: NDArray[np.uint8] | None
    scale: float
    strips: Iterator[NDArray[np.uint8]]


class Writer(Protocol):
    """Writes one kind of file."""

    def __call__(self, file: BinaryIO, lineart: Lineart, progress: Callable[[float], None]) -> None:
        """Write a lineart into a file that is opened for it, and becomes the target when this returns.

        Whatever it raises leaves the target as it was, so it need neither flush nor close nor tidy up.
        `progress` is told which part is done, 0 to 1. Raises OSError, and what drawing the lineart raises.
        """
