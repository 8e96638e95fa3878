# SPDX-License-Identifier: GPL-3.0-or-later
"""Live inking: a moment after each stroke on the sketch its lineart follows.

It belongs to the sketch it was switched on for, wherever the artist paints meanwhile. Nothing is computed
while the pen is down, and what is under way when it comes down is dropped. Krita tells scripts of no stroke,
so a timer looks at the mouse's buttons and the undo entry; the sketch itself is read only when something may
have changed, and every few seconds.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from smart_lineart.krita_host import application, view
from smart_lineart.krita_host.document import Document
from smart_lineart.krita_host.layer import Layer
from smart_lineart.studio.document.memory import Memory
from smart_lineart.studio.signal import Signal
from smart_lineart.studio.steps import Loop

from .jobs import Job
from .live_layer import LiveLayer

LOOK_MS = 50
SETTLE_S = 0.4  # after the pen was lifted: a hatching hand comes down again sooner
ANYWAY_S = 4.0


@dataclass(frozen=True)
class LiveState:
    """What is shown of it: the sketch it follows ("": none), whether the artist is there and it works."""

    title: str = ""
    here: bool = False
    working: bool = False


class Live:
    """Watches the artist while it is on.

    `busy` tells whether anything is under way or waits; `ink` begins a run of a sketch; `layer` is told where
    the artist paints.
    """

    def __init__(
        self,
        loop: Loop,
        memory: Memory,
        busy: Callable[[], bool],
        ink: Callable[[Document, Layer], Job],
        layer: LiveLayer,
    ):
        self._loop = loop
        self._memory = memory
        self._busy = busy
        self._begin = ink
        self._layer = layer
        self.state = LiveState()
        self.changed = Signal()
        self._of: tuple[Document, str] | None = None
        self._at: tuple[str, bool] = ("", False)
        self._job: Job | None = None
        self._stirred = False
        self._quiet_since = 0.0
        self._looked_at = 0.0
        self._undo = "", ""
        self._looking = False

    @property
    def on(self) -> bool:
        """Whether it follows a sketch."""
        return self._of is not None

    def switch(self, on: bool) -> None:
        """Begin to follow the sketch at hand, or end; where there is none, it stays off."""
        if on == self.on:
            return
        at_hand = self._memory.sketch_at_hand() if on else None
        if at_hand is None:
            self._of = None
            if self._job is not None and not self._job.state.ended:
                self._job.cancel()
            self._show(LiveState())
            return
        document, sketch = at_hand
        self._of = document, sketch.identity
        self._at = ("", False)
        self._layer.doubt()
        self._stirred = True
        self._quiet_since = time.monotonic()
        self._show(LiveState(sketch.name, here=True))
        self._look_soon()

    def stir(self) -> None:
        """Something may have changed: undo and redo say the same of one stroke and the next."""
        self._stirred = True

    def stop(self) -> None:
        """Krita is closing."""
        self._of = None

    def _show(self, state: LiveState) -> None:
        self.state = state
        self.changed.emit()

    def _look_soon(self) -> None:
        if not self._looking:
            self._looking = True
            self._loop.later(LOOK_MS, self._look)

    def _look(self) -> None:
        self._looking = False
        if self._of is None:
            return
        document, sketch = self._of
        if application.is_active(document):
            self._watch(document, sketch)
        elif not application.is_open(document):
            self.switch(on=False)
            return
        else:
            self._stirred, self._at = True, ("", False)
        working = self._job is not None and not self._job.state.ended
        state = LiveState(self.state.title, self._at[1], working)
        if state != self.state:
            self._show(state)
        self._look_soon()

    def _watch(self, document: Document, sketch: str) -> None:
        now = time.monotonic()
        self._follow_selection(document, sketch)
        if view.painting():
            self._stirred = True
            self._quiet_since = now
            if self._job is not None and not self._job.state.ended:
                self._job.cancel()
            return
        undo = application.history()
        if undo != self._undo:
            self._undo = undo
            self._stirred = True
        settled = now - self._quiet_since >= SETTLE_S
        due = self._stirred or now - self._looked_at >= ANYWAY_S
        if due and settled and not self._busy():
            self._stirred = False
            self._looked_at = now
            self._ink(document, sketch)

    def _follow_selection(self, document: Document, sketch: str) -> None:
        """Take note of where the artist is; who comes back to the sketch may have changed the lineart."""
        layer = document.active_layer()
        if layer is None or layer.identity == self._at[0]:
            return
        here = layer.identity == sketch or any(above.identity == sketch for above in layer.above())
        if here and not self._at[1]:
            self._layer.doubt()
            self._stirred = True
        self._at = layer.identity, here

    def _ink(self, document: Document, identity: str) -> None:
        sketch = document.layer(identity)
        if sketch is not None and not sketch.animated:
            self._job = self._begin(document, sketch)
