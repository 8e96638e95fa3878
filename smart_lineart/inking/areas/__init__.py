# SPDX-License-Identifier: GPL-3.0-or-later
"""A lineart's areas: found, coloured, and painted under the middle of its lines. See docs/flats.md."""

from __future__ import annotations

from smart_lineart.inking.areas.areas import Areas
from smart_lineart.inking.areas.carrying import carried_colours
from smart_lineart.inking.areas.colouring import PAPER, Colours, first_colours, variations
from smart_lineart.inking.areas.finding import USUAL_OPENNESS, find_areas
from smart_lineart.inking.areas.hints import PAPER_HINT, with_hints
from smart_lineart.inking.areas.keeping import with_borders_kept
from smart_lineart.inking.areas.packing import DamagedAreas
from smart_lineart.inking.areas.painting import paint
from smart_lineart.inking.areas.palettes import PALETTES, Colour, Palette, palette_of

__all__ = [
    "PALETTES",
    "PAPER",
    "PAPER_HINT",
    "USUAL_OPENNESS",
    "Areas",
    "Colour",
    "Colours",
    "DamagedAreas",
    "Palette",
    "carried_colours",
    "find_areas",
    "first_colours",
    "paint",
    "palette_of",
    "variations",
    "with_borders_kept",
    "with_hints",
]
