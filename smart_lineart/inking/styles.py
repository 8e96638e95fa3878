# SPDX-License-Identifier: GPL-3.0-or-later
"""Brush styles: how a pen answers to the pressure that the sketch's lines carry."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smart_lineart.inking.errors import BadOption
from smart_lineart.inking.strokes import Floats


@dataclass(frozen=True)
class Style:
    """A pen.

    Attributes:
        name: what the command line and saved settings call it.
        title, description: for the artist.
        swell: exponent on the relative width: 0 draws every line alike, 1 as the sketch swells, more
        exaggerates.
        narrowest, widest: bounds of the relative width.
        taper: length over which free ends run to a point, in thicknesses; 0 leaves them round.
    """

    name: str
    title: str
    description: str
    swell: float
    narrowest: float
    widest: float
    taper: float

    def radii_factor(self, width: Floats) -> Floats:
        """Relative widths (N,) as the sketch has them -> as this pen draws them."""
        return np.asarray(np.clip(width**self.swell, self.narrowest, self.widest), np.float32)


STYLES: dict[str, Style] = {
    style.name: style
    for style in (
        Style("pen", "Pen", "A flexible pen: lines swell and taper gently, as drawn.", 0.7, 0.45, 1.7, 1.5),
        Style("technical", "Technical pen", "Every line equally wide, with round ends.", 0.0, 1.0, 1.0, 0.0),
        Style("g-pen", "G-pen", "A manga nib: strong swelling and pointed ends.", 1.4, 0.3, 2.2, 5.0),
        Style("brush", "Brush pen", "A soft brush: large swells and long points.", 2.0, 0.2, 2.8, 9.0),
    )
}


def style_names() -> list[str]:
    """Names that `render` takes, the default first."""
    return list(STYLES)


def find_style(name: str) -> Style:
    """The style called `name`; raises BadOption, naming the ones there are."""
    try:
        return STYLES[name]
    except KeyError:
        known = ", ".join(STYLES)
        raise BadOption(f"There is no brush style called {name!r}; choose one of {known}.") from None
