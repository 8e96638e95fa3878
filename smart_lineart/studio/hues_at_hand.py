# SPDX-License-Identifier: GPL-3.0-or-later
"""The colours of the sketch at hand, which of them the artist has inked, and into which layers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .language.i18n import tr
from .line_hues import noted

if TYPE_CHECKING:
    from .session import Session


class LineHue(NamedTuple):
    """A colour of lines: its name in the engine, itself in sRGB, whether its lines are inked, and whether
    that is into a layer of their own, None where there is no choice.
    """

    name: str
    colour: tuple[int, int, int]
    inked: bool
    apart: bool | None = None


def hues_at_hand(session: Session) -> list[LineHue]:
    """The colours of the sketch at hand, and which are inked; none where it has one alone, or where they are
    not known.
    """
    if session.at_hand is None or session.at_hand[1].of_picture:
        return []
    document, pair = session.at_hand
    item = session.context.cache.get(document, pair.sketch.identity)
    palette = item.palette if item is not None else None
    if palette is None:
        palette = noted(session.context.memory.notes_of_ink(document, pair.sketch.identity))
    if palette is None or len(palette.hues) == 1:
        return []
    settings = session.settings
    apart = settings.apart(palette.names)
    choice = palette.names[1:] if settings.by_colour else ()
    return [
        LineHue(
            hue.name,
            hue.colour,
            hue.name not in settings.left_out,
            hue.name in apart if hue.name in choice else None,
        )
        for hue in palette.hues
    ]


def ink_hue(session: Session, name: str, *, on: bool) -> None:
    """Ink lines of a colour, or leave them out."""
    left = [one for one in session.settings.left_out if one != name]
    session.change("left_out", left if on else [*left, name], final=True)


def keeps_colours(session: Session) -> bool:
    """Whether lines of each colour of the sketch at hand go into a layer of their own."""
    return session.settings.by_colour and not _animated(session)


def keep_colours(session: Session, *, on: bool) -> None:
    """Ink lines of each colour into a layer of their own, or all into the lineart; says so where they can't
    be kept: those of keyframes.
    """
    if on and _animated(session):
        session.messages.say(
            tr(
                "All colours of an animation are inked into one lineart: they can be left out, but have no "
                "layers of their own."
            ),
            "error",
            so=lambda: _animated(session),
        )
        return
    session.change("by_colour", on, final=True)


def _animated(session: Session) -> bool:
    return session.at_hand is not None and session.at_hand[1].sketch.animated


def put_apart(session: Session, name: str, *, on: bool) -> None:
    """While colours are kept: ink lines of one of them into a layer of their own, or into the lineart."""
    together = [one for one in session.settings.together if one != name]
    session.change("together", together if on else [*together, name], final=True)
