# SPDX-License-Identifier: GPL-3.0-or-later
"""Binary morphology with a 3 x 3 square, in numpy alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.arrays import Mask


def spread(mask: Mask) -> Mask:
    """Dilation: every pixel of the 3 x 3 around a true pixel."""
    wide = mask.copy()
    wide[:, 1:] |= mask[:, :-1]
    wide[:, :-1] |= mask[:, 1:]
    tall = wide.copy()
    tall[1:] |= wide[:-1]
    tall[:-1] |= wide[1:]
    return tall


def close(mask: Mask) -> Mask:
    """Closing: fills slits and holes up to two pixels wide."""
    padded = np.pad(mask, 2)
    closed: Mask = ~spread(~spread(padded))
    return closed[2:-2, 2:-2]


def cross(mask: Mask) -> Mask:
    """Dilation with a plus: every true pixel and its four neighbours."""
    out = mask.copy()
    out[:, 1:] |= mask[:, :-1]
    out[:, :-1] |= mask[:, 1:]
    out[1:] |= mask[:-1]
    out[:-1] |= mask[1:]
    return out


def grow(mask: Mask, radius: int) -> Mask:
    """Dilation with an octagon of about this radius."""
    for turn in range(radius):
        mask = spread(mask) if turn % 3 == 1 else cross(mask)
    return mask


def depth(mask: Mask, most: int) -> NDArray[np.uint8]:
    """How deep every pixel lies within a mask (H, W): 0 outside, 1 at the border, up to `most`.

    Beyond the page is not outside. The cost grows with the mask and not with the page.
    """
    width = mask.shape[1] + 2
    framed = np.full((mask.shape[0] + 2, width), most, np.uint8)
    framed[1:-1, 1:-1] = mask
    flat = framed.reshape(-1)
    row, column = np.divmod(np.flatnonzero(mask), mask.shape[1])
    within = (row + 1) * width + column + 1
    beside, at_corners = (-width, -1, 1, width), (-width - 1, 1 - width, width - 1, width + 1)
    for level in range(1, most):
        inner = np.ones(len(within), np.bool_)
        for step in beside + at_corners if level % 3 == 2 else beside:
            inner &= flat[within + step] >= level
        within = within[inner]
        flat[within] += 1
    return framed[1:-1, 1:-1]
