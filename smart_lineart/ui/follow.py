# SPDX-License-Identifier: GPL-3.0-or-later
"""Lineart that follows a slider: the visible part first, then the page; one undoable step per drag."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smart_lineart.inking import Rect
from smart_lineart.krita_host import application, view
from smart_lineart.krita_host.document import Document
from smart_lineart.krita_host.geometry import overlap
from smart_lineart.krita_host.layer import Layer
from smart_lineart.krita_host.lineart import LineartLayer
from smart_lineart.krita_host.refreshing import refresh_when_idle

from .settings import InkSettings
from .steps import Pending, Work

if TYPE_CHECKING:
    from .engine import CachedFeatures
    from .session import Session


WAIT_FOR_DOCUMENT_MS = 200
SETTLE_MS, SETTLE_TURNS = 15, 20
"""How long Krita may take to select a layer that was added."""


def stay_on(document: Document, layer: Layer | None, newcomer: Layer) -> Work:
    """Krita soon selects a layer that was added; then go back to the one the artist was on."""
    for _ in range(SETTLE_TURNS):
        yield SETTLE_MS
        now = document.active_layer() if application.is_open(document) else None
        if layer is None or now is None:
            return
        if now.identity == newcomer.identity:
            document.activate(layer)
            return


class Follower:
    """Redraws one lineart from its cached features for as long as a drag lasts."""

    def __init__(self, session: Session, item: CachedFeatures):
        self._session = session
        self._item = item
        self.document = item.document
        self.sketch = item.sketch
        self.over = False
        self._wanted: InkSettings | None = None
        self._final = False
        self._stopped = False
        self._news = Pending()
        self._target: LineartLayer | None = None

    def want(self, settings: InkSettings, *, final: bool) -> None:
        """The newest settings; older ones that weren't drawn yet are skipped. `final` ends the drag."""
        self._wanted, self._final = settings, final
        self._news.finish()

    def finish(self) -> None:
        """End the drag with the settings it has."""
        self._final = True
        self._news.finish()

    def stop(self) -> None:
        """End at once."""
        self._stopped = True
        self.finish()

    def run(self) -> Work:
        """Draw until the drag has ended and its last settings are on the whole page."""
        drawn: InkSettings | None = None
        try:
            while not self._gone():
                if drawn == self._wanted:
                    if self._final:
                        break
                    yield self._news
                    self._news = Pending()
                    continue
                drawn = yield from self._draw(drawn)
        finally:
            self.over = True
        if self._target is not None and drawn is not None:
            self._session.followed(self._item, self._target.layer, drawn)

    def _draw(self, drawn: InkSettings | None) -> Work:
        """Draw the wanted settings; returns what the whole page shows now."""
        wanted = self._wanted
        assert wanted is not None
        area = view.visible_area(self.document)
        visible = overlap(area, self._item.area) if area else None
        if visible and visible.width and visible.height and visible != self._item.area:
            yield from self._draw_part(wanted, visible)
        if wanted == self._wanted:
            complete = yield from self._draw_part(wanted, None)
            return wanted if complete else drawn
        return drawn

    def _draw_part(self, wanted: InkSettings, region: Rect | None) -> Work:
        ink = yield self._session.render(
            self._item, wanted, region, lambda: self._stopped or (region is None and wanted != self._wanted)
        )
        if ink is None or self._gone():
            return False
        if self._target is None or not self._target.in_document:
            yield from self._renew(wanted)
            if self._target is None:
                self._stopped = True
                return False
        for _ in self._target.write(ink):
            yield
            if region is None and wanted != self._wanted:
                break
        yield from refresh_when_idle(self.document)
        return wanted == self._wanted

    def _renew(self, wanted: InkSettings) -> Work:
        """The one undoable step of this drag."""
        old = self._session.lineart_for_follow(self.document, self.sketch)
        while old is not None and not application.is_active(self.document) and not self._gone():
            yield WAIT_FOR_DOCUMENT_MS
        if old is None or self._gone():
            self._target = None
            return
        self._session.tell_steps(old)
        active = self.document.active_layer()
        self._target = yield from LineartLayer.renew(self.document, old, self.document.selection())
        self._session.followed(self._item, self._target.layer, wanted)
        if active is not None and active.identity != old.identity:
            yield from stay_on(self.document, active, self._target.layer)

    def _gone(self) -> bool:
        return self._stopped or not application.is_open(self.document)
