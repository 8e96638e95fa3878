# SPDX-License-Identifier: GPL-3.0-or-later
"""What about a whole page decides how its ink looks: found once, and kept while the sketch is worked on.

Taken anew at every change, the page's firmest line or mean stroke width would move a little, and all the ink
with it. With a calibration kept, an edit changes ink near it only.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Any

from smart_lineart.inking.page.dot_grid import LARGEST as MOST_DOT
from smart_lineart.inking.page.paper import LEAST_PAPER, MOST_PASSES, network_gain
from smart_lineart.inking.page.pixel_art import LARGEST
from smart_lineart.inking.page.scale import MAX_SCALE, MIN_SCALE
from smart_lineart.inking.page.sheet import Sheet
from smart_lineart.inking.page.toned import Toned

MOST_GAIN = 1.5  # times that firm lines, or the paper, may get firmer or fainter before all is measured anew
MOST_DRAWN = 3.0  # times that there may be more drawn on the page, or less
LEAST_USUAL = 1 / 64  # px of full darkness: no stroke that is seen at all is thinner
LEAST_DRAWN = 0.002  # of the page: less than this more or less drawn is never a reason


@dataclass(frozen=True)
class Calibration:
    """How a page is seen.

    Attributes:
        detail: the detail asked for, or None where it followed the sketch.
        scale: working px per page px.
        inverted: whether lines are lighter than the paper.
        darkest: luma below which no part of the paper is taken to be.
        firm: relative darkness of the page's firm lines.
        drawn: share of the page that is drawn on.
        certain: the network's answer times darkness along the page's firm lines, 0 to 65025: strength 1.
        usual: how wide its strokes usually are, in px of full darkness: relative width 1; 0: to be found out.
        searching: whether places that the network is in doubt about are looked at again from farther away.
        smoothing: how many times the page is smoothed, so that faint lines stand out from the paper's grain.
        block: px per side of the blocks that it is made of; 1: of none.
        dot: px that the dots of its paper usually have; 0: it has none.
        sheet: where the sheet of paper lies in the picture; None where it fills it.
        toned: where dark areas lie on it; None where none do.
        firmest: what its lines stand by, at even shares of their length, see :mod:`standing`; (): to be found
            out.
        lightest: the same of its lighter lines, those that only its darkness tells among them.
        rise: by how much of 255 these stand out from what surrounds them, at least; 0: to be found out.
    """

    detail: float | None
    scale: float
    inverted: bool
    darkest: float
    firm: float
    drawn: float
    certain: float
    usual: float
    searching: bool = False
    smoothing: int = 0
    block: int = 1
    dot: int = 0
    sheet: Sheet | None = None
    toned: Toned | None = None
    firmest: tuple[float, ...] = ()
    lightest: tuple[float, ...] = ()
    rise: int = 0

    def suits(self, *, inverted: bool, darkest: float, firm: float, drawn: float) -> bool:
        """Whether a page on which this is measured now may still be seen so."""
        gains = network_gain(firm) / network_gain(self.firm)
        more = abs(drawn - self.drawn) > LEAST_DRAWN and not _near(drawn, self.drawn, MOST_DRAWN)
        return (
            inverted == self.inverted
            and _near(gains, 1.0, MOST_GAIN)
            and _near(darkest, self.darkest, MOST_GAIN)
            and not more
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values, as JSON keeps them; see :meth:`from_dict`."""
        plain = {one.name: getattr(self, one.name) for one in fields(self)}
        for name in _PACKED:
            plain[name] = plain[name].packed() if plain[name] is not None else None
        return plain

    @classmethod
    def from_dict(cls, values: Any) -> Calibration | None:
        """What :meth:`to_dict` gave, now or in an earlier version, or None where it is not sound."""
        if not isinstance(values, dict):
            return None
        values = {**_LATER, **values}
        if not _unpack(values):
            return None
        if "usual" not in values and "middle" in values:  # widths were the network's once, in other units
            del values["middle"]
            values["usual"] = 0.0
        if set(values) != {field.name for field in fields(cls)}:
            return None
        others = (*_SWITCHES, *_PACKED, *_SHARES)
        numbers = {name: value for name, value in values.items() if name not in others}
        if numbers["detail"] is None:
            del numbers["detail"]
        if not all(isinstance(values[name], bool) for name in _SWITCHES):
            return None
        if not all(map(_is_number, numbers.values())):
            return None
        known = values["usual"] == 0.0 or float(values["usual"]) >= LEAST_USUAL
        within = known and all(
            low <= float(numbers.get(name, low)) <= high for name, (low, high) in _BOUNDS.items()
        )
        return cls(**values) if within and all(isinstance(values[name], int) for name in _WHOLE) else None


_PACKED: dict[str, type[Sheet | Toned]] = {"sheet": Sheet, "toned": Toned}
_SHARES = ("firmest", "lightest")
_LATER = {
    "searching": False,
    "smoothing": 0,
    "block": 1,
    "dot": 0,
    "sheet": None,
    "toned": None,
    "firmest": (),
    "lightest": (),
    "rise": 0,
}
"""What earlier versions did not tell, as they took it to be."""

_WHOLE = ("smoothing", "block", "dot", "rise")
_SWITCHES = ("inverted", "searching")
_BOUNDS = {
    "detail": (MIN_SCALE, MAX_SCALE),
    "scale": (MIN_SCALE, MAX_SCALE),
    "darkest": (LEAST_PAPER, 1.0),
    "firm": (1e-4, 1.0),
    "drawn": (0.0, 1.0),
    "certain": (1.0, 255.0**2),
    "usual": (0.0, 100.0),
    "smoothing": (0, MOST_PASSES),
    "block": (1, LARGEST),
    "dot": (0, MOST_DOT**2),
    "rise": (0, 255),
}
MOST_SHARES, MOST_STANDING = 100, 1e6


def _unpack(values: dict[str, Any]) -> bool:
    """Make of values in a file what a calibration has; whether they are sound."""
    for name, kind in _PACKED.items():
        if values[name] is not None:
            values[name] = kind.unpack(values[name])
            if values[name] is None:
                return False
    for name in _SHARES:
        values[name] = _shares(values[name])
        if values[name] is None:
            return False
    return True


def _shares(values: Any) -> tuple[float, ...] | None:
    """Standings from a file: none of them less than the one before; None where they are not sound."""
    if not isinstance(values, list | tuple) or len(values) > MOST_SHARES or not all(map(_is_number, values)):
        return None
    if any(not 0 <= value <= MOST_STANDING for value in values):
        return None
    found = tuple(map(float, values))
    return found if all(one <= two for one, two in pairwise(found)) else None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _near(one: float, two: float, times: float) -> bool:
    """Whether neither of two positive numbers is more than `times` the other."""
    return max(one, two) <= times * max(min(one, two), 1e-9)
