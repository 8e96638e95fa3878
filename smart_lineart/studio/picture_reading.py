# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a finished picture's layer for the network, and keeps what was found in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from smart_lineart.inking import Features, PictureFeatures, PictureReader
from smart_lineart.inking.picture.working import WorkingPicture, over_white
from smart_lineart.inking.progress import stop_if

from .picture_kinds import FILLS, KINDS

ROWS_PX = 1 << 20  # of the picture that are looked at together


@dataclass(frozen=True)
class FoundInPicture:
    """What was found in a picture.

    Attributes:
        kinds: by its name, see `picture_kinds`, what can be drawn of each kind.
        thickness: how broad the picture's own lines are, px; None where it has none.
        colour: the red, green and blue of most of them; None where it has none.
    """

    kinds: dict[str, Features]
    thickness: float | None
    colour: tuple[int, int, int] | None

    @classmethod
    def of(cls, found: PictureFeatures) -> FoundInPicture:
        """What the reader has found, without its maps: those take 7 bytes a working px."""
        kinds = {name: found.area(one) if name in FILLS else found.lines[one] for name, one in KINDS.items()}
        return cls(kinds, found.thickness, found.colour)


def find_in(
    reader: PictureReader, picture: Any, progress: Callable[[float], None], cancelled: Callable[[], bool]
) -> FoundInPicture:
    """Find what a picture, a `LayerSketch`, shows. On a worker's thread. Raises what `PictureReader` does."""
    height, width = picture.size
    working = WorkingPicture((height, width), reader.scale((height, width)))
    rows = max(1, ROWS_PX // width)
    for top in range(0, height, rows):
        stop_if(cancelled)
        working.add(rows_of(picture, top, min(height, top + rows)))
    found = reader.find(working.whole(), (height, width), progress=progress, cancelled=cancelled)
    return FoundInPicture.of(found)


def rows_of(picture: Any, top: int, bottom: int) -> np.ndarray:
    """Red, green and blue of rows of a `LayerSketch` over white, uint8 (bottom - top, width, 3)."""
    rows = slice(top, bottom)
    alpha = picture.alpha[rows, :, None]
    if picture.colours is None:
        return over_white(np.concatenate([picture.grey[rows, :, None], alpha], axis=2))
    return over_white(np.concatenate([picture.colours[rows, :, ::-1], alpha], axis=2))
