# SPDX-License-Identifier: GPL-3.0-or-later
"""Dabs of colour that say what is what."""

from __future__ import annotations

import numpy as np

from smart_lineart.inking.areas.areas import Areas
from smart_lineart.inking.areas.colouring import PAPER, Colour, Colours
from smart_lineart.inking.arrays import Bytes

PAPER_HINT: Colour = (255, 0, 255)
"""The colour of a dab that says: this is paper."""


def with_hints(areas: Areas, hints: Bytes, colours: Colours, *, spread: float = 0.0) -> tuple[Areas, Colours]:
    """Areas and colours as dabs of colour say, uint8 RGBA (H, W, 4): transparent where there is none."""
    del spread
    seen = hints[..., 3] >= 128
    labels = areas.on_page()[seen]
    packed = hints[seen][:, :3].astype(np.int64) @ np.array([65536, 256, 1])
    out = dict(colours)
    pairs, counts = np.unique(np.stack([labels, packed], 1), axis=0, return_counts=True)
    most: dict[int, int] = {}
    for (one, colour), count in zip(pairs.tolist(), counts.tolist(), strict=True):
        if one and count > most.get(one, 0):
            most[one] = count
            rgb = (colour >> 16, colour >> 8 & 255, colour & 255)
            out[one] = PAPER if rgb == PAPER_HINT else rgb
    return areas, out
