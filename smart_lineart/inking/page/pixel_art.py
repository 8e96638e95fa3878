# SPDX-License-Identifier: GPL-3.0-or-later
"""Pixel art: a small picture whose every pixel was enlarged to a square block.

Its diagonals touch at corners only. Seen as the small picture it is, and enlarged smoothly, they join.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.page.sketch import Sketch

ROWS = 64  # of a page that are looked at at once
LARGEST = 64  # px per side of a block
FULL = (
    0.6  # of the places within a drawing where blocks meet, that show an edge: stairs do, rectangles do not
)
LEAST = 24  # places that show one, either way


def block_size(page: Sketch) -> int:
    """Px per side of the blocks that a page is made of; 1 where it is made of none."""
    height, width = page.size
    across = np.zeros(width, np.bool_)
    down = np.zeros(height, np.bool_)
    size, above = 0, None
    for top in range(0, height, ROWS):
        strip = page.read_luma(top, min(height, top + ROWS))
        across[1:] |= (strip[:, 1:] != strip[:, :-1]).any(axis=0)
        if above is not None:
            strip = np.concatenate([above, strip])
        down[top + (above is None) : top + len(strip) - (above is not None)] |= (strip[1:] != strip[:-1]).any(
            axis=1
        )
        above = strip[-1:].copy()
        places = np.concatenate([np.flatnonzero(across), np.flatnonzero(down[: top + len(strip)])])
        size = math.gcd(*places.tolist())
        if size == 1:
            return 1
    return size if 2 <= size <= LARGEST and _is_full(across, size) and _is_full(down, size) else 1


def _is_full(edges: NDArray[np.bool_], size: int) -> bool:
    places = np.flatnonzero(edges)
    return len(places) >= LEAST and len(places) * size >= FULL * (places[-1] - places[0])
