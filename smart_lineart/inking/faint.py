# SPDX-License-Identifier: GPL-3.0-or-later
"""What `faint` leaves out of a page's lines, told in shares of them that its calibration keeps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from smart_lineart.inking.errors import OutOfMemory
from smart_lineart.inking.features import DROPPED_AT_MOST, USUAL_FAINT, Features
from smart_lineart.inking.lines.levels import Levels
from smart_lineart.inking.lines.light import trace_light
from smart_lineart.inking.lines.standing import shares, usual_shares


def with_shares(features: Features) -> Features:
    """The same features whose calibration tells the shares of the usual lines."""
    known, strokes = features.calibration, features.strokes
    if known is None or known.firmest or strokes.standing is None:
        return features
    usual = strokes.strength >= DROPPED_AT_MOST * USUAL_FAINT
    firmest = usual_shares(strokes.standing[usual], np.diff(strokes.starts)[usual])
    return replace(features, calibration=replace(known, firmest=firmest))


def with_light(features: Features) -> Features:
    """The same features with lines that the network takes for none, such as construction, which are drawn
    where `faint` is less than the usual one.

    Takes 0.1 to 0.3 s, up to 1.4 s where hatching covers a page, and no network. Nothing is looked for where
    they are known, or where nothing was kept that they could be found from. Raises OutOfMemory.
    """
    known, seen = features.calibration, features.seen
    if features.light is not None or known is None or seen is None:
        return features
    strokes, (tall, wide) = features.strokes, seen.darkness.shape
    scale = wide / features.size[1], tall / features.size[0]
    levels = Levels(known.certain, known.usual)
    try:
        light = trace_light(seen.darkness, strokes, features.solid, scale, levels, known.rise)
    except MemoryError as error:
        raise OutOfMemory from error
    known = replace(known, rise=light.rise)
    if not known.lightest and strokes.standing is not None:
        every = strokes.select(strokes.strength < DROPPED_AT_MOST * USUAL_FAINT).followed_by(light.strokes)
        if len(every):
            assert every.standing is not None
            known = replace(known, lightest=shares(every.standing, np.diff(every.starts)))
    return replace(features, light=light.strokes, calibration=known)
