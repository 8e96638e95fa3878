# SPDX-License-Identifier: GPL-3.0-or-later
"""A lineart's areas: found, coloured, and painted under the middle of its lines. See docs/flats.md."""

from __future__ import annotations

from smart_lineart.inking.areas.areas import Areas
from smart_lineart.inking.areas.carrying import carried_colours
from smart_lineart.inking.areas.colouring import PAPER, Colour, Colours, first_colours
from smart_lineart.inking.areas.finding import USUAL_OPENNESS, find_areas
from smart_lineart.inking.areas.hints import PAPER_HINT, with_hints
from smart_lineart.inking.areas.packing import DamagedAreas
from smart_lineart.inking.areas.painting import paint

__all__ = [
    "PAPER",
    "PAPER_HINT",
    "USUAL_OPENNESS",
    "Areas",
    "Colour",
    "Colours",
    "DamagedAreas",
    "carried_colours",
    "find_areas",
    "first_colours",
    "paint",
    "with_hints",
]
