# SPDX-License-Identifier: GPL-3.0-or-later
"""Flats as pixels."""

from __future__ import annotations

import numpy as np

from smart_lineart.inking.areas.areas import Areas
from smart_lineart.inking.areas.colouring import PAPER, Colours
from smart_lineart.inking.arrays import Bytes
from smart_lineart.inking.geometry import Rect

STRIP = 1 << 20  # px painted at once


def paint(areas: Areas, colours: Colours, region: Rect | None = None) -> Bytes:
    """The flats of a region in page px, or of all of the page: uint8 (height, width, 4), RGBA.

    Each pixel is transparent paper or one opaque colour. Areas meet under the middle of the lines, so that
    no pixel between two coloured ones is left over.
    """
    region = region or Rect(0, 0, areas.shape[1], areas.shape[0])
    most = int(areas.ids[-1]) if len(areas) else 0
    table = np.zeros((most + 1, 4), np.uint8)
    for one, colour in colours.items():
        if 0 <= one <= most and colour != PAPER:
            table[one] = (*colour, 255)
    out = np.empty((region.height, region.width, 4), np.uint8)
    words, table32 = out.view(np.uint32)[..., 0], table.view(np.uint32)[:, 0]
    rows = max(1, STRIP // max(1, region.width))
    for top in range(0, region.height, rows):
        part = Rect(region.x, region.y + top, region.width, min(rows, region.height - top))
        words[top : top + part.height] = table32[areas.on_page(part)]
    return out
