# SPDX-License-Identifier: GPL-3.0-or-later
"""A piece of the page, as the last run, the artist and the new run left it."""

from __future__ import annotations

from dataclasses import dataclass

from smart_lineart.inking.arrays import Bytes, Mask


@dataclass(frozen=True)
class Piece:
    """A piece of the page, all arrays (H, W).

    Attributes:
        old, current, new: uint8 coverage: the last run's ink, the layer now, the fresh ink.
        apart: pixels that the artist changed.
        coloured: those of them that show another colour than the ink's.
        allowed: the fresh ink without the lines that the artist's own stand for.
        fresh: the ink of lines alone that have come new into the sketch.
    """

    old: Bytes
    current: Bytes
    new: Bytes
    apart: Mask
    coloured: Mask
    allowed: Bytes
    fresh: Bytes
