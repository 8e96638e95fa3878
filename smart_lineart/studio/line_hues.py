# SPDX-License-Identifier: GPL-3.0-or-later
"""Which colours a sketch is drawn in, and which of them are inked."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol

from smart_lineart.inking import Features
from smart_lineart.inking.errors import OutOfMemory
from smart_lineart.inking.faint import with_light
from smart_lineart.inking.features import USUAL_FAINT
from smart_lineart.inking.hues.lines import LineHues, find_hues
from smart_lineart.inking.hues.palette import Palette

from .language.i18n import tr
from .picture_kinds import is_kind
from .settings import InkSettings

NOTED = "hues"  # in what is noted of a sketch


class Known(Protocol):
    """What is known of a sketch since it was inked; see `engine.CachedFeatures`."""

    features: Features
    read: Any
    palette: Palette | None
    hues: LineHues | None
    looked: bool

    @property
    def kinds(self) -> dict[str, Features]:
        """What was found in a finished picture, by its kind."""


def with_asked_light(features: Features, settings: InkSettings) -> Features:
    """With lines that the network takes for none, where such may be drawn. Raises OutOfMemory."""
    lighter = settings.cut == "share" and settings.faint < USUAL_FAINT
    return with_light(features) if lighter else features


def lines_of(item: Known, settings: InkSettings, hue: str = "", *, every: bool = False) -> Features:
    """A sketch's lines that these settings may draw into its lineart, or into the layer of a `hue`: with
    light ones where they ask for such, and without the colours that they leave out, or have elsewhere, unless
    it is `every` line that may come there once. Of a sketch in one colour none is left out. Of a finished
    picture: what was found of a kind.

    On a worker's thread. Raises OutOfMemory.
    """
    if is_kind(hue):
        return item.kinds.get(hue, item.features)
    item.features = features = with_asked_light(item.features, settings)
    if not settings.left_out and not settings.by_colour and not hue:
        return features
    if item.palette is None and not item.looked:
        find_palette(item)
    palette, hues = item.palette, item.hues
    if palette is None or len(palette.hues) == 1 or item.read is None:
        return features
    if hues is None or (features.light is not None and hues.light is None):
        item.hues = hues = find_hues(item.read, features, palette)
    possible = [name for name in palette.names if hue in ("", name)]
    return hues.parts(features, possible if every else settings.inked(palette.names, hue))


def look_at_colours(item: Known, cancelled: Callable[[], bool]) -> None:
    """Find out which colours a sketch is drawn in, unless its lines have been looked at; where memory does
    not suffice, they stay unknown, and ink that asks for none of them comes all the same.

    On a worker's thread. Raises Cancelled.
    """
    if not item.looked:
        with suppress(OutOfMemory):
            find_palette(item, cancelled)


def find_palette(item: Known, cancelled: Callable[[], bool] | None = None) -> None:
    """Find out which colours a sketch is drawn in. Those that are known stay what they are, and new ones come
    after them; of a sketch in grey, or without lines, nothing is known.

    On a worker's thread. Raises OutOfMemory, Cancelled.
    """
    if item.read is None or not item.read.in_colour or not len(item.features.strokes):
        return
    found = find_hues(item.read, item.features, cancelled=cancelled)
    item.looked = True
    known = item.palette
    item.palette = found.palette if known is None else known.extended(found.palette)
    item.hues = found if item.palette == found.palette else None


def noted(notes: Any) -> Palette | None:
    """The colours that are noted of a sketch; None where none are."""
    return Palette.from_dict(notes.get(NOTED)) if isinstance(notes, dict) else None


def name_of(hue: str) -> str:
    """What the artist calls lines of a colour, or a kind of a finished picture's."""
    return {
        "line": tr("Lines"),
        "shade_edge": tr("Shade edges"),
        "highlight_edge": tr("Highlight edges"),
        "colour_edge": tr("Colour edges"),
        "shade": tr("Shade fills"),
        "highlight": tr("Highlight fills"),
        "dark": tr("Dark lines"),
        "red": tr("Red lines"),
        "orange": tr("Orange lines"),
        "yellow": tr("Yellow lines"),
        "green": tr("Green lines"),
        "cyan": tr("Cyan lines"),
        "blue": tr("Blue lines"),
        "purple": tr("Purple lines"),
        "pink": tr("Pink lines"),
        "brown": tr("Brown lines"),
    }[hue]
