# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws what was found: strokes at a thickness, in a style, with solid black."""

from __future__ import annotations

import numpy as np

from smart_lineart.inking.arrays import Bytes
from smart_lineart.inking.brushes.styles import Style, find_style
from smart_lineart.inking.drawing.fills import draw_solids
from smart_lineart.inking.drawing.textured import draw, fill
from smart_lineart.inking.errors import BadOption, OutOfMemory
from smart_lineart.inking.features import USUAL_FAINT, USUAL_WEIGHT, Features, check_brush
from smart_lineart.inking.geometry import Rect
from smart_lineart.inking.progress import Cancel


def render(
    features: Features,
    *,
    thickness: float = 4.0,
    style: str | Style = "pen",
    faint: float = USUAL_FAINT,
    weight: float = USUAL_WEIGHT,
    cut: str = "share",
    region: Rect | None = None,
    cancelled: Cancel | None = None,
) -> Bytes:
    """Draw lines; see :meth:`Inker.render`."""
    check_brush(thickness, faint, weight, cut)
    pen = find_style(style)
    whole = Rect(0, 0, features.size[1], features.size[0])
    part = whole if region is None else region
    if part.intersection(whole) != part or not part.width or not part.height:
        raise BadOption(
            "The region {region} does not lie on the page of {width} x {height} px.",
            region=tuple(part),
            width=whole.width,
            height=whole.height,
        )
    strokes = features.drawn_at(faint, weight, cut)
    try:
        ink = draw(strokes, part, thickness=thickness, style=pen, cancelled=cancelled)
        if features.solid is not None:
            area = np.zeros_like(ink)
            draw_solids(area, features.solid, part, features.size)
            np.maximum(ink, fill(area, part, pen), out=ink)
    except MemoryError as error:
        raise OutOfMemory from error
    return ink
