# SPDX-License-Identifier: GPL-3.0-or-later
"""The colours of the sketch at hand, and which of them the artist has inked."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .line_hues import noted

if TYPE_CHECKING:
    from .session import Session


class LineHue(NamedTuple):
    """A colour of lines: its name in the engine, itself in sRGB, and whether its lines are inked."""

    name: str
    colour: tuple[int, int, int]
    inked: bool


def hues_at_hand(session: Session) -> list[LineHue]:
    """The colours of the sketch at hand, and which are inked; none where it has one alone, or where they are
    not known.
    """
    if session.at_hand is None:
        return []
    document, pair = session.at_hand
    item = session.context.cache.get(document, pair.sketch.identity)
    palette = item.palette if item is not None else None
    if palette is None:
        palette = noted(session.context.memory.notes_of_ink(document, pair.sketch.identity))
    if palette is None or len(palette.hues) == 1:
        return []
    left = session.settings.left_out
    return [LineHue(hue.name, hue.colour, hue.name not in left) for hue in palette.hues]


def ink_hue(session: Session, name: str, *, on: bool) -> None:
    """Ink lines of a colour, or leave them out."""
    left = [one for one in session.settings.left_out if one != name]
    session.change("left_out", left if on else [*left, name], final=True)
