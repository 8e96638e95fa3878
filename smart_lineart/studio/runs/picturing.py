# SPDX-License-Identifier: GPL-3.0-or-later
"""What the artist does with a finished picture: take its lines, and choose what else is taken."""

from __future__ import annotations

from collections.abc import Callable

from smart_lineart.inking import InkError
from smart_lineart.krita_host.document import Document
from smart_lineart.krita_host.layer import Layer
from smart_lineart.studio import preferences
from smart_lineart.studio.context import Context
from smart_lineart.studio.document.memory import Pair
from smart_lineart.studio.language.i18n import translated
from smart_lineart.studio.picture_kinds import USUAL, PictureWish, kinds_of
from smart_lineart.studio.settings import InkSettings

from .jobs import Job
from .runner import Runner
from .sketch import Problem, nothing_selected, selected


class Picturing:
    """Of the layer or group at hand. `defaults` tells how new sketches of a document are inked.

    Attributes:
        kinds: what is taken from a picture, of `picture_kinds.KINDS`.
        own_colour: whether lines get the picture's own colour.
    """

    def __init__(self, context: Context, runner: Runner, defaults: Callable[[Document], InkSettings]):
        self._context, self._runner, self._defaults = context, runner, defaults
        self.kinds, self.own_colour = preferences.load_picture()
        self._recolour = False

    def choose(self, kind: str, *, on: bool) -> None:
        """Take a kind from pictures, too, or no longer. Where it was the last, lines alone are taken."""
        kinds = [one for one in self.kinds if one != kind]
        self.kinds = kinds_of([*kinds, kind] if on else kinds) or USUAL
        preferences.save_picture(self.kinds, self.own_colour)

    def choose_own_colour(self, *, on: bool) -> None:
        """Give lines the picture's own colour, or not: those that come, and at the next click those there."""
        self.own_colour, self._recolour = on, True
        preferences.save_picture(self.kinds, on)

    def begin(self, *, keep_copy: bool = False, again: bool = False) -> None:
        """Take lines from the picture at hand, into new layers or those there are; `again`: renew what is
        there, and nothing else. Says what is missing.
        """
        messages = self._context.messages
        try:
            document, picture = self._at_hand()
        except InkError as error:
            messages.say(translated(error), "error", so=nothing_selected)
            return
        messages.say("")
        there = self._context.memory.layers_of_picture(document, picture.identity)
        kinds = kinds_of(there) if again and there else self.kinds
        wish = PictureWish(kinds, self.own_colour, self._recolour)
        self._recolour = False
        self._runner.add(self._job(document, picture, wish, keep_copy=keep_copy))

    def draw_so(self, document: Document, pair: Pair, settings: InkSettings) -> None:
        """Draw a layer of a picture's lines with other settings, where its lines are not known any more."""
        wish = PictureWish((pair.hue,), settings={pair.hue: settings})
        self._runner.add(self._job(document, pair.sketch, wish))

    def _at_hand(self) -> tuple[Document, Layer]:
        try:
            document, layer = selected()
        except Problem as error:
            raise Problem("Open a document and select the layer or group with your picture first.") from error
        return document, self._context.memory.sketch_for(document, layer)

    def _job(self, document: Document, picture: Layer, wish: PictureWish, *, keep_copy: bool = False) -> Job:
        settings = self._context.brushes.known(self._defaults(document))
        return Job(
            document,
            picture.identity,
            picture.name,
            settings,
            keep_copy=keep_copy,
            selection=document.selection(),
            where=document.selected,
            picture=wish,
        )
