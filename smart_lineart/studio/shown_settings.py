# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings that the controls show: those of the lineart at hand or of what is selected of it, those for
new sketches, or what waits for a click on "Ink sketch".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from smart_lineart.krita_host import application
from smart_lineart.krita_host.document import Document, Selected
from smart_lineart.studio.document.memory import Pair
from smart_lineart.studio.document.regions import values_at
from smart_lineart.studio.runs.jobs import JobQueue

from . import own_brushes, preferences
from .context import Context
from .settings import InkSettings
from .signal import Signal


class ShownSettings:
    """What is shown, and what it was loaded from.

    `follows`: tells whether what is shown is still being applied; `waits`: whether what was changed is for
    the next ink.

    Attributes:
        settings: what the controls show.
        loaded: how the lineart at hand was inked, or the artist's own for new sketches.
        set_here: what of it was set for what is selected.
    """

    def __init__(
        self, context: Context, queue: JobQueue, follows: Callable[[], bool], waits: Callable[[], bool]
    ):
        self._context, self._queue = context, queue
        self._follows, self._waits = follows, waits
        self.settings = self.loaded = self._usual()
        self.set_here: dict[str, object] = {}
        self.changed = Signal()
        self._scope: tuple[Document | None, str, Selected | None] = (None, "", None)
        self._waiting: set[str] = set()
        self._missing: list[str] = []  # brushes of which that has been said

    @property
    def where(self) -> Selected | None:
        """What was selected when they were taken."""
        return self._scope[2]

    def show(self, settings: InkSettings) -> None:
        """Have the controls show these."""
        if settings != self.settings:
            self.settings = settings
            self.changed.emit()

    def show_applied(self, asked: InkSettings | None = None) -> None:
        """A value that was not applied is not shown, unless it waits for a click on "Ink sketch"."""
        if not self._waits():
            self._waiting.clear()
        shown = asked or self.loaded
        self.show(replace(shown, **{name: getattr(self.settings, name) for name in self._waiting}))

    def wait_for(self, names: Iterable[str]) -> None:
        """What these show waits for a click."""
        self._waiting.update(names)

    def clicked(self) -> None:
        """What waited did so for this click."""
        self._waiting.clear()

    def brush_removed(self, style: str) -> None:
        """The artist has taken a brush out of the list: that it is missing need not be said."""
        self._missing.append(style)

    def enter(self) -> None:
        """Another document: its missing brushes are said anew."""
        self._missing.clear()

    def leave(self) -> None:
        """No document is open: the values of a lineart that is closed are none for new sketches."""
        self.loaded = self._usual()
        self._scope = (None, "", None)
        self._waiting.clear()
        self.show(self.loaded)

    def look(self, document: Document, sketch: str, pair: Pair | None) -> bool:
        """Take the values of the lineart at hand, or those for new sketches; `sketch`: the identity of the
        one at hand. Returns whether they are another lineart's than before.
        """
        owner, wanted, memory = "", None, self._context.memory
        self.set_here = {}
        if pair is not None:
            owner, lineart = pair.sketch.identity, pair.lineart  # which may just be replaced
            wanted = memory.settings_of(document, owner, lineart, pair.hue)
            if regions := memory.regions_of(document, owner, lineart):
                self.set_here = values_at(regions, document.selection())
        wanted = (wanted or self.defaults(document)).with_values(self.set_here)
        known = self._context.brushes.known(wanted)
        of_colour = pair is not None and pair.hue
        owner = f"{owner} {pair.hue}" if pair is not None and of_colour else owner
        scope = document, owner, document.selected  # a copy of a file has layers of the same identities
        if known.style != wanted.style:
            self._say_missing(wanted.style, known.style, scope[:2])
        another = scope[:2] != self._scope[:2]
        if another:
            self._waiting.clear()
        if scope != self._scope:  # a part's values are not shown for another, not even while it is inked
            self._scope, self.loaded = scope, known
            self.show_applied(known if of_colour else self._queue.asked(document, sketch, known, scope[2]))
        elif known != self.loaded and not self._follows():
            self.loaded = known
            self.show_applied()
        return another

    def _say_missing(self, wanted: str, instead: str, here: tuple[Document, str]) -> None:
        """Once: that a brush is not on this computer."""
        if wanted in self._missing:
            return
        self._missing.append(wanted)
        so = lambda: self._scope[:2] == here and self.settings.style == instead  # noqa: E731
        self._context.messages.say(own_brushes.missing(wanted), so=so)

    # -- for new sketches

    def _usual(self) -> InkSettings:
        return self._context.brushes.known(preferences.load_settings())

    def defaults(self, document: Document) -> InkSettings:
        """The artist's own, for new sketches; an older version kept some in the document."""
        return self._context.memory.state_of(document).settings or preferences.load_settings()

    def remember(self, settings: InkSettings, document: Document | None) -> None:
        """Keep them for new sketches; where that fails it is said, and a drag goes on to its end."""
        try:
            preferences.save_settings(settings)
            if document is not None and application.is_open(document):
                self._context.memory.forget_settings(document)
        except Exception as error:  # noqa: BLE001 (whatever it is, the lineart must not follow for ever)
            self._context.messages.report(error)
