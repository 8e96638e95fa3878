# SPDX-License-Identifier: GPL-3.0-or-later
"""How much of each pixel is ink, in a lineart as anybody drew it: on nothing, or on paper."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from smart_lineart.inking.arrays import Bytes
from smart_lineart.inking.page.light_strokes import LightStrokes

BAND = 256  # rows looked at in one go
LIGHT = 160  # of 255: luma of paper, at least
MOSTLY = 0.5  # share of what is painted that is paper, where ink lies on it
SHEET = 0.3  # share of the page that paper covers: ink alone covers less
PAPER_TONE, INK_TONE = 0.5, 0.01  # shares of the darkness on paper below which its tone and its ink's lie
LEAST_CONTRAST = 24  # of 255: between the two


class InkOnPage(NamedTuple):
    """`coverage` uint8 (height, width); `on_paper`: the lineart hides what lies beneath it."""

    coverage: Bytes
    on_paper: bool


def ink_of(grey: Bytes, alpha: Bytes) -> InkOnPage:
    """The ink of a picture, from its luma and alpha, uint8 (height, width) both.

    On nothing it is what is painted, in any colour, light ones too. On paper, white or toned, it is what is
    darker than that.
    """
    tones, painted = np.zeros(256, np.int64), 0
    strokes = LightStrokes((grey.shape[0], grey.shape[1]))
    for top in range(0, len(grey), BAND):
        part, there = grey[top : top + BAND], alpha[top : top + BAND] >= 128
        tones += np.bincount(part[there], minlength=256)
        painted += int(np.count_nonzero(there))
        strokes.see(top, part, alpha[top : top + BAND])
    light = int(tones[LIGHT:].sum())
    if strokes.alone or light < MOSTLY * painted or light < SHEET * grey.size:
        return InkOnPage(alpha, on_paper=False)
    below = np.cumsum(tones) / painted
    paper = int(np.searchsorted(below, PAPER_TONE))
    black = min(int(np.searchsorted(below, INK_TONE)), paper - LEAST_CONTRAST)
    dark = np.clip((paper - np.arange(256)) / (paper - black), 0, 1)
    return InkOnPage(
        np.rint(dark * 255).astype(np.uint8)[grey] * (alpha >= 128).view(np.uint8),
        on_paper=True,
    )
