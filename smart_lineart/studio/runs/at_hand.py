# SPDX-License-Identifier: GPL-3.0-or-later
"""The lineart that the artist is at, for work that copies it."""

from __future__ import annotations

from dataclasses import dataclass

from smart_lineart.krita_host import application
from smart_lineart.krita_host.document import Document
from smart_lineart.krita_host.layer import Layer
from smart_lineart.studio.context import Context
from smart_lineart.studio.document.memory import Pair
from smart_lineart.studio.engine import CachedFeatures
from smart_lineart.studio.language.i18n import tr
from smart_lineart.studio.line_hues import name_of
from smart_lineart.studio.settings import InkSettings


@dataclass(frozen=True)
class Source:
    """A lineart to copy: with the settings it has, and its sketch's lines, None where those are not known."""

    pair: Pair
    settings: InkSettings
    lines: CachedFeatures | None

    @property
    def name(self) -> str:
        """What its copy is named after: the sketch, or the colour of its lines."""
        return name_of(self.pair.hue) if self.pair.hue else self.pair.sketch.name


def lineart_at_hand(context: Context) -> tuple[Document, Pair] | None:
    """The document in front and the lineart the artist is at in it; says so where there is none."""
    memory = context.memory
    if application.active_document() is None:
        return None
    at_hand = memory.pair_at_hand()
    if at_hand is None:
        context.messages.say(
            tr("This layer has no lineart yet. Click Ink sketch first."),
            "error",
            so=lambda: memory.pair_at_hand() is None,
        )
    return at_hand


def sources(context: Context, document: Document, pair: Pair, settings: InkSettings) -> list[Source]:
    """The lineart at hand, and the layers that lines of single colours have of their own; at one of these
    that alone. `settings` are those of the lineart at hand.
    """
    memory, sketch = context.memory, pair.sketch.identity

    def source(one: Pair, own: InkSettings) -> Source:
        return Source(one, own, context.cache.get(document, sketch, own.detail, one.hue))

    found = [source(pair, settings)]
    others = {} if pair.hue else memory.layers_of_colours(document, sketch)
    for hue, layer in others.items():
        own = memory.settings_of(document, sketch, hue=hue) or settings
        found.append(source(Pair(pair.sketch, layer, hue), own))
    return found


def put_in(document: Document, name: str, copies: list[tuple[Layer, Source]]) -> Layer:
    """Put copies of linearts above those, in one step: one by itself, several in a group of that name; what
    was put in.
    """
    if len(copies) == 1:
        ((layer, source),) = copies
        document.insert(layer, source.pair.lineart)
        return layer
    group = document.new_group(name, [layer for layer, _ in copies])
    document.insert(group, _topmost([source.pair.lineart for _, source in copies]))
    return group


def _topmost(linearts: list[Layer]) -> Layer:
    """What lies above all of some linearts: the last of them, or the group it lies in beside the first."""
    first, last = linearts[0], linearts[-1]
    parent = last.parent
    if parent is None or first.parent is None or parent.identity == first.parent.identity:
        return last
    group = parent
    while group.parent is not None and group.parent.identity != first.parent.identity:
        group = group.parent
    return group if group.parent is not None else last
