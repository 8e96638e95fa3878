# SPDX-License-Identifier: GPL-3.0-or-later
"""What moving a slider does: which lineart follows, and for how long."""

from __future__ import annotations

import math

from smart_lineart.inking.features import suiting_thickness
from smart_lineart.krita_host.document import Document, Selected
from smart_lineart.studio.context import Context
from smart_lineart.studio.engine import CachedFeatures, noted_extent
from smart_lineart.studio.picture_kinds import is_kind
from smart_lineart.studio.settings import InkSettings
from smart_lineart.studio.turns import Turns

from .follow import Follower


class Sliders:
    """Those that draw known lines anew, such as "Thickness"."""

    def __init__(self, context: Context, turns: Turns):
        self._context = context
        self._turns = turns

    def suiting_thickness(self, document: Document, sketch: str, hue: str = "") -> float:
        """The thickness in px that suits a sketch's lines, also where only the file tells how far they reach;
        or, where `hue` is a kind of a finished picture's, that of its own lines.

        Where it does not, what was chosen for them once; else what suits the page.
        """
        page, item = document.page, self._context.cache.get(document, sketch, hue=hue)
        memory = self._context.memory
        if item is not None and item.picture is not None and item.picture.thickness is not None:
            return item.picture.thickness
        notes = None if item is not None or is_kind(hue) else memory.notes_of_ink(document, sketch)
        extent = item.extent if item is not None else noted_extent(notes)
        settings = memory.settings_of(document, sketch, hue=hue if is_kind(hue) else "")
        if extent is None and settings is not None and settings.auto:
            return settings.thickness
        return suiting_thickness((page.height, page.width), math.inf if extent is None else extent)

    def moved(
        self, item: CachedFeatures, settings: InkSettings, where: Selected | None, hue: str, *, final: bool
    ) -> None:
        """The lineart of these lines follows, or what is selected of it; with a `hue` the layer of that
        colour alone. `final`: the drag has ended.

        A drag of another part of it ends with the settings it has: these are not for that.
        """
        settings = settings.with_value("detail", item.detail)
        running = [drag for drag in self._turns.drags if not drag.over]
        here = [drag for drag in running if drag.document == item.document and drag.sketch == item.sketch]
        self.leave(item.document, item.sketch, final=final)
        for drag in here:
            if (drag.where, drag.hue) != (where, hue):
                drag.finish()
        same = [drag for drag in here if (drag.where, drag.hue) == (where, hue)]
        if same:
            same[-1].want(settings, final=final)
        else:
            others = () if hue else self._context.memory.layers_of_colours(item.document, item.sketch)
            follower = Follower(self._context, self._turns, item, where, (hue, *others))
            self._begin(follower, settings, final=final)

    def leave(self, document: Document | None, sketch: str, *, final: bool) -> None:
        """End the drags that began elsewhere and were left or closed meanwhile, once one ends here."""
        for drag in self._turns.drags:
            if final and not drag.over and not (drag.document == document and drag.sketch == sketch):
                drag.finish()

    def _begin(self, follower: Follower, settings: InkSettings, *, final: bool) -> None:
        self._turns.join(follower)
        follower.want(settings, final=final)
        work = self._context.work_on(follower.document, follower.run())
        work.when_done(lambda: self._turns.end(follower))

    def stop(self) -> None:
        """Krita is closing."""
        for drag in self._turns.drags:
            drag.stop()
