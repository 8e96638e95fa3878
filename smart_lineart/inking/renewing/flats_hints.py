# SPDX-License-Identifier: GPL-3.0-or-later
"""Colour hints over flats: what the dabs of a layer, in its own colours, make of areas."""

from __future__ import annotations

from typing import Any

import numpy as np

from smart_lineart.inking.areas import PAPER, PAPER_HINT, Areas, Colour, with_hints
from smart_lineart.inking.areas.dabs import OPAQUE
from smart_lineart.inking.geometry import Rect
from smart_lineart.inking.renewing.flats import Ground
from smart_lineart.inking.renewing.pixel_codes import CLEAR, Codes, Pixels, PixelTable


def as_dabs(pixels: Pixels) -> Pixels:
    """Pixels of hints (height, width, channels) without soft edges: opaque where they count, else clear.

    A soft brush leaves as many alphas as its depth has, and the colour is all that is asked of a dab.
    """
    span = _span(pixels.dtype)
    counts = pixels[..., -1] >= (OPAQUE - 0.5) * (span / 255)  # what is OPAQUE when rounded to a byte
    dabs = np.where(counts[..., None], pixels, np.zeros((), pixels.dtype))
    dabs[..., -1][counts] = span
    return dabs


def hinted(
    ground: Ground, hints: Codes, area: Rect, table: PixelTable, paper: int, *, spread: float = 0.0
) -> tuple[Areas, dict[int, int]]:
    """Areas and the codes of their colours as hints say.

    The engine takes colours as three bytes. A layer's may be of any kind, so it is given their codes, which
    it never mixes.

    Args:
        ground: the lineart's areas in the colours that they have without hints.
        hints: what the layer of hints shows, `as_dabs`, in codes of `table`, int32 (height, width).
        area: of the page that this is; beyond it there are none.
        table: of ground and hints; it grows.
        paper: the code of dabs that mean paper.
        spread: how far hints reach over lines into areas without one, 0 to 1.
    """
    picture = np.zeros((*ground.areas.shape, 4), np.uint8)
    picture[area.y : area.bottom, area.x : area.right] = _pictured(hints, table, paper)
    areas, colours = with_hints(
        ground.areas,
        picture,
        {one: _as_colour(code) for one, code in ground.colours.items()},
        spread=spread,
        chosen=ground.chosen,
    )
    return areas, {one: _as_code(colour) for one, colour in colours.items()}


def _pictured(hints: Codes, table: PixelTable, paper: int) -> np.ndarray:
    """Hints as RGBA, uint8 (height, width, 4), each colour as its code."""
    there = np.unique(hints)
    pixels = table.pixels[there].copy()
    span = _span(pixels.dtype)
    alpha = np.clip(pixels[:, -1].astype(np.float64) / span, 0, 1)
    pixels[:, -1] = span
    known: dict[bytes, int] = {}
    lookup = np.zeros((int(hints.max(initial=0)) + 1, 4), np.uint8)
    for code, pixel, covers in zip(there.tolist(), pixels, alpha.tolist(), strict=True):
        if code == CLEAR:
            continue
        key = pixel.tobytes()
        if key not in known:
            known[key] = table.code(pixel)
        opaque = known[key]
        lookup[code, :3] = PAPER_HINT if opaque == paper else _as_colour(opaque)
        lookup[code, 3] = round(covers * 255)
    return lookup[hints]


def _span(dtype: np.dtype[Any]) -> int:
    """What a channel has at most: alpha's, where it is opaque."""
    return int(np.iinfo(dtype).max) if dtype.kind == "u" else 1


def _as_colour(code: int) -> Colour:
    return PAPER if code == CLEAR else (code >> 16, code >> 8 & 255, code & 255)


def _as_code(colour: Colour) -> int:
    return CLEAR if colour == PAPER else colour[0] << 16 | colour[1] << 8 | colour[2]
