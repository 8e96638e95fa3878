# SPDX-License-Identifier: GPL-3.0-or-later
"""What a pixel of a finished picture is, after the schema of Kugler (TU Wien 2020) for animation drawings.

A *douga* is the drawing that an animation frame was painted from: lines in black, and the edges of shade,
highlight and colour each in a colour of its own.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from smart_lineart.inking.arrays import Bytes


class PictureClass(IntEnum):
    """The channels of a picture network's answer, in this order."""

    FLAT = 0
    LINE = 1
    SHADE_EDGE = 2
    HIGHLIGHT_EDGE = 3
    COLOUR_EDGE = 4
    SHADE = 5
    HIGHLIGHT = 6


EDGES = (PictureClass.LINE, PictureClass.SHADE_EDGE, PictureClass.HIGHLIGHT_EDGE, PictureClass.COLOUR_EDGE)
"""The classes that are traced into strokes."""

DOUGA = np.array(
    [
        (0xFF, 0xFF, 0xFF),
        (0x00, 0x00, 0x00),
        (0x00, 0x00, 0xFF),
        (0xFF, 0x00, 0x00),
        (0x00, 0xFF, 0x00),
        (0x80, 0x40, 0xFF),
        (0xFF, 0xFF, 0x00),
    ],
    np.uint8,
)
"""The colour of each class in a douga, uint8 (classes, 3)."""


def douga_of(classes: Bytes) -> Bytes:
    """The douga of a picture's classes, uint8 (H, W): uint8 (H, W, 3), each pixel in its class's colour."""
    return np.ascontiguousarray(DOUGA[classes])
