# SPDX-License-Identifier: GPL-3.0-or-later
"""Thinning of a binary line map to one-pixel centrelines.

The parallel four-direction algorithm of Rosenfeld 1975 ("A characterization of parallel thinning algorithms",
section 4): 8-simple border pixels that are no line ends go, first all with background to the north, then
south, east, west, until nothing changes. It keeps connectivity and holes, and works on the list of ink
pixels, so its cost grows with the ink and not with the page.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# Bit k of a neighbourhood code is the k-th neighbour, counter-clockwise from east: (dy, dx).
NEIGHBOURS = ((0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1), (1, 0), (1, 1))


def _deletable() -> NDArray[np.bool_]:
    """For each of the 256 neighbourhoods: is the pixel 8-simple (Yokoi number 1) and not a line end?"""
    bits = (np.arange(256)[:, None] >> np.arange(8)) & 1
    empty = 1 - bits
    crossings = sum(
        empty[:, k] - empty[:, k] * empty[:, (k + 1) % 8] * empty[:, (k + 2) % 8] for k in (0, 2, 4, 6)
    )
    deletable: NDArray[np.bool_] = (crossings == 1) & (bits.sum(1) > 1)
    return deletable


DELETABLE = _deletable()
# The same for pixels with background to the north, south, east and west.
GOES = tuple(DELETABLE & ((np.arange(256) >> bit) & 1 == 0) for bit in (2, 6, 0, 4))


def offsets(width: int) -> NDArray[np.intp]:
    """Flat offsets of the eight neighbours in an image `width` px wide."""
    return np.array([dy * width + dx for dy, dx in NEIGHBOURS], np.intp)


def neighbour_codes(flat: NDArray[np.uint8], at: NDArray[np.intp], width: int) -> NDArray[np.uint8]:
    """Neighbourhood codes of the pixels at flat indices `at` of a 0/1 image; none may lie on the image's
    edge.
    """
    codes = np.zeros(at.size, np.uint8)
    for bit, offset in enumerate(offsets(width)):
        codes |= flat[at + offset] << np.uint8(bit)
    return codes


def thin(mask: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Thin a bool mask (H, W) -> uint8 0/1 (H + 2, W + 2): the skeleton in a frame of one empty pixel."""
    width = mask.shape[1] + 2
    framed = np.zeros((mask.shape[0] + 2, width), np.bool_)
    framed[1:-1, 1:-1] = mask
    skeleton = framed.view(np.uint8)
    flat = skeleton.reshape(-1)
    ink = np.flatnonzero(framed)  # of bools: several times as quick
    codes = np.zeros_like(flat)
    codes[ink] = neighbour_codes(flat, ink, width)
    steps: list[int] = offsets(width).tolist()
    changed = True
    while changed:
        changed = False
        for goes in GOES:
            gone = ink[goes[codes[ink]]]
            if gone.size:
                changed = True
                flat[gone] = 0
                for bit, step in enumerate(steps):  # no neighbours any more
                    codes[gone - step] &= np.uint8(255 - (1 << bit))
        ink = ink[flat[ink] != 0]
    return skeleton
