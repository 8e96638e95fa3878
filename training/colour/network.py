# SPDX-License-Identifier: GPL-3.0-or-later
"""The picture network: the sketch network's trunk, narrower, from three colours to seven classes."""

from __future__ import annotations

from smart_lineart.inking.picture.classes import PictureClass
from training.network import LineartNet

WIDTHS = (16, 32, 64, 128)
LIKELY = tuple(2.0 if name == PictureClass.FLAT else -1.0 for name in PictureClass)


def picture_net() -> LineartNet:
    """A network from how much red, green and blue lack of white, 0..1, to logits of each PictureClass."""
    return LineartNet(WIDTHS, channels=3, likely=LIKELY)
