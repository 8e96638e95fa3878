# SPDX-License-Identifier: GPL-3.0-or-later
"""What a finished picture's lines, edges and fills are called, as layers that are linearts of their own.

The names stand in documents, where those of colours of lines do, and must not change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from smart_lineart.inking import PictureClass
from smart_lineart.inking.picture.classes import DOUGA

LINE = "line"
KINDS = {
    LINE: PictureClass.LINE,
    "shade_edge": PictureClass.SHADE_EDGE,
    "highlight_edge": PictureClass.HIGHLIGHT_EDGE,
    "colour_edge": PictureClass.COLOUR_EDGE,
    "shade": PictureClass.SHADE,
    "highlight": PictureClass.HIGHLIGHT,
}
"""From the uppermost layer to the lowest."""

FILLS = ("shade", "highlight")
USUAL = (LINE,)
"""What is taken from a picture where nothing else was chosen."""


def is_kind(name: str) -> bool:
    """Whether a layer of this name holds what was found in a picture, rather than lines of a colour."""
    return name in KINDS


def kinds_of(names: Iterable[str]) -> tuple[str, ...]:
    """Those of some names that are kinds, in order."""
    wanted = set(names)
    return tuple(kind for kind in KINDS if kind in wanted)


def colour_of(kind: str) -> tuple[int, int, int]:
    """The red, green and blue of a kind in a douga."""
    red, green, blue = DOUGA[KINDS[kind]].tolist()
    return red, green, blue


@dataclass(frozen=True)
class PictureWish:
    """What to take from a picture.

    Attributes:
        kinds: of KINDS, those to make or renew.
        own_colour: whether lines on a new layer get the picture's own colour.
        recolour: whether those that are there are to have it, or none of their own, too.
        settings: how a layer is to be drawn from now on, by its kind; else as it is.
    """

    kinds: tuple[str, ...] = USUAL
    own_colour: bool = False
    recolour: bool = False
    settings: Mapping[str, Any] = field(default_factory=dict)

    def after(self, earlier: PictureWish) -> PictureWish:
        """Both in one, where the earlier has not been granted yet."""
        return PictureWish(
            kinds_of((*earlier.kinds, *self.kinds)),
            self.own_colour,
            self.recolour or earlier.recolour,
            {**earlier.settings, **self.settings},
        )
