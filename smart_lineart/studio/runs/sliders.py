# SPDX-License-Identifier: GPL-3.0-or-later
"""What moving a slider does: which lineart follows, and for how long."""

from __future__ import annotations

from smart_lineart.krita_host import application
from smart_lineart.studio.context import Context
from smart_lineart.studio.engine import CachedFeatures
from smart_lineart.studio.settings import InkSettings
from smart_lineart.studio.turns import Turns

from .follow import Follower


class Sliders:
    """Those that draw known lines anew, such as "Thickness"."""

    def __init__(self, context: Context, turns: Turns):
        self._context = context
        self._turns = turns

    def moved(self, settings: InkSettings, *, final: bool) -> None:
        """The lineart at hand follows, where its lines are known. `final`: the drag has ended."""
        document = application.active_document()
        running = [drag for drag in self._turns.drags if not drag.over]
        here = [drag for drag in running if drag.document == document]
        for drag in running:
            if final and drag not in here:  # it began in a document that was left or closed meanwhile
                drag.finish()
        if here:
            here[-1].want(settings, final=final)
            return
        item = self._item_at_hand()
        if item is not None:
            self._begin(Follower(self._context, self._turns, item), settings, final=final)

    def _item_at_hand(self) -> CachedFeatures | None:
        at_hand = self._context.memory.sketch_at_hand()
        if at_hand is None:
            return None
        document, sketch = at_hand
        item = self._context.cache.get(document, sketch.identity)
        if item is None or self._context.memory.lineart_in_use(document, sketch.identity) is None:
            return None
        return item

    def _begin(self, follower: Follower, settings: InkSettings, *, final: bool) -> None:
        self._turns.join(follower)
        follower.want(settings, final=final)
        work = self._context.work_on(follower.document, follower.run())
        work.when_done(lambda: self._turns.leave(follower))

    def stop(self) -> None:
        """Krita is closing."""
        for drag in self._turns.drags:
            drag.stop()
