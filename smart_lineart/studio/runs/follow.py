# SPDX-License-Identifier: GPL-3.0-or-later
"""Lineart that follows a slider: the visible part first, then the page; one undoable step per drag.

The artist's corrections stay: all ink is merged into the layer as it was before the drag.
"""

from __future__ import annotations

from collections.abc import Sequence

from smart_lineart.krita_host import view
from smart_lineart.krita_host.document import Selected
from smart_lineart.krita_host.soft_selection import softened
from smart_lineart.studio.context import Context
from smart_lineart.studio.engine import CachedFeatures
from smart_lineart.studio.settings import InkSettings
from smart_lineart.studio.steps import Pending, Work
from smart_lineart.studio.turns import Turns

from .followed import FollowedLayer


class Follower:
    """Redraws one lineart from its cached features for as long as a drag lasts, inside what is selected as it
    begins: the layers of the colours given, "" being the lineart itself.
    """

    def __init__(
        self,
        context: Context,
        turns: Turns,
        item: CachedFeatures,
        where: Selected | None = None,
        hues: Sequence[str] = ("",),
    ):
        self.context = context
        self.turns = turns
        self.item = item
        self.document = item.document
        self.sketch = item.sketch
        self.where = where
        self.hue = hues[0]
        self.whole = object()
        self.over = False
        self.stopped = False
        self.final = False
        self.wanted: InkSettings | None = None
        self.selection = softened(item.document.selection(), item.document.page)
        self._news = Pending()
        self._layers = [FollowedLayer(self, hue) for hue in hues]
        self._staying: list[FollowedLayer] = []

    def want(self, settings: InkSettings, *, final: bool) -> None:
        """The newest settings; older ones that weren't drawn yet are skipped. `final` ends the drag."""
        self.wanted, self.final = settings, final
        self._news.finish()

    def finish(self) -> None:
        """End the drag with the settings it has."""
        self.final = True
        self._news.finish()

    def stop(self) -> None:
        """End at once."""
        self.stopped = True
        self.finish()

    def run(self) -> Work:
        """Draw until the drag has ended and its last settings are on the whole page."""
        drawn: InkSettings | None = None
        try:
            while not self.stopped:
                if drawn == self.wanted:
                    if self.final:
                        break
                    yield self._news
                    self._news = Pending()
                    continue
                drawn = yield from self._draw(drawn)
        finally:
            self.over = True
        for layer in [*self._layers, *self._staying]:
            if drawn is not None and not self.stopped:
                yield from layer.remember(drawn)

    def _draw(self, drawn: InkSettings | None) -> Work:
        """Draw the wanted settings; returns what the whole page shows now."""
        if not (yield from self._have_targets()):
            return drawn
        wanted = self.wanted
        assert wanted is not None
        area = view.visible_area(self.document)
        visible = area.intersection(self.item.area) if area else None
        if visible and visible.width and visible.height and visible != self.item.area:
            for layer in self._layers:
                if wanted == self.wanted and not layer.moved:
                    yield from layer.draw(wanted, visible)
        complete = True
        for layer in list(self._layers):
            complete = complete and wanted == self.wanted and (yield from layer.draw(wanted, None))
        return wanted if complete else drawn

    def _have_targets(self) -> Work:
        """Whether there are layers to draw into; those of colours that are gone, or were changed too much to
        find their ink in them, are left.
        """
        first, *others = self._layers
        if not (yield from first.have_target()):
            self.stopped = True
            return False
        for layer in others:
            if not (yield from layer.have_target()):
                self._layers.remove(layer)
                self._staying += [layer] if layer.stays is not None else []
        return not self.stopped
