# SPDX-License-Identifier: GPL-3.0-or-later
"""Brush styles: a name for the artist, and a strip that shows the brush's mark."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from smart_lineart.inking.arrays import Floats
from smart_lineart.inking.brushes.strips import USUAL, Medium, Strip
from smart_lineart.inking.errors import BadOption
from smart_lineart.said import Said

BRUSHES = Path(__file__).parent
LEAST = 0.2
"""Pressure of the thinnest lines away from their ends: a sketch's faintest line is still a line."""


@dataclass(frozen=True)
class Style:
    """A brush.

    Attributes:
        name: what the command line and saved settings call it.
        title, description: for the artist; what they called a brush of their own is plain text.
        given: its strip; None for a bundled one, which is read when first needed.
    """

    name: str
    title: Said | str
    description: Said | str = ""
    given: Strip | None = field(default=None, compare=False)

    @cached_property
    def strip(self) -> Strip:
        """The picture of its mark."""
        if self.given is not None:
            return self.given
        return Strip.from_bytes((BRUSHES / f"{self.name}.png").read_bytes(), self.name)

    @property
    def medium(self) -> Medium:
        """What drawing takes from the strip."""
        return self.strip.medium

    def pressure(self, width: Floats) -> Floats:
        """Relative widths (N,) as the sketch has them -> pressure, USUAL for a width of 1."""
        asked = np.asarray(np.clip(width * np.float32(USUAL), LEAST, 1.0), np.float32)
        return self.medium.at(self.medium.tempered, asked)


STYLES: dict[str, Style] = {
    style.name: style
    for style in (
        Style("pen", Said("Pen"), Said("A flexible pen: lines swell and taper gently, as drawn.")),
        Style("technical", Said("Technical pen"), Said("Every line equally wide, with round ends.")),
        Style("g-pen", Said("G-pen"), Said("A manga nib: strong swelling and pointed ends.")),
        Style("brush", Said("Brush pen"), Said("A soft brush: large swells and long points.")),
        Style(
            "pencil", Said("Pencil"), Said("Graphite on paper: soft grey lines that catch the paper's grain.")
        ),
        Style("charcoal", Said("Charcoal"), Said("A crumbling stick: coarse grain and broken edges.")),
        Style(
            "dry-brush",
            Said("Dry brush"),
            Said("Bristles with little ink: streaks along the stroke, ragged edges."),
        ),
        Style("marker", Said("Marker"), Said("A felt tip: flat, even tone, darker where lines cross.")),
    )
}


def style_names() -> list[str]:
    """Names that `render` takes, the default first."""
    return list(STYLES)


def find_style(style: str | Style) -> Style:
    """The style called so, or the style itself; raises BadOption, naming the ones there are."""
    if isinstance(style, Style):
        return style
    try:
        return STYLES[style]
    except KeyError:
        known = ", ".join(STYLES)
        raise BadOption(
            "There is no brush style called {name}; choose one of {names}.", name=repr(style), names=known
        ) from None
