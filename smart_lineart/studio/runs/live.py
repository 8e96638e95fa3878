# SPDX-License-Identifier: GPL-3.0-or-later
"""Live inking: a moment after each stroke on the sketch the lineart follows.

Nothing is computed while the pen is down, and what is under way when it comes down is dropped. Krita tells
scripts of no stroke, so a timer looks at the mouse's buttons and the undo entry; the sketch itself is read
only when something may have changed, and every few seconds.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from smart_lineart.krita_host import application, view
from smart_lineart.krita_host.document import Document
from smart_lineart.krita_host.layer import Layer
from smart_lineart.studio.document.memory import Memory
from smart_lineart.studio.signal import Signal
from smart_lineart.studio.steps import Loop

from .jobs import Job

LOOK_MS = 50
SETTLE_S = 0.4  # after the pen was lifted: a hatching hand comes down again sooner
ANYWAY_S = 4.0


class Live:
    """Watches the artist while it is on.

    `busy` tells whether anything is under way or waits; `ink` begins a run of a sketch.
    """

    def __init__(
        self,
        loop: Loop,
        memory: Memory,
        busy: Callable[[], bool],
        ink: Callable[[Document, Layer], Job],
    ):
        self._loop = loop
        self._memory = memory
        self._busy = busy
        self._begin = ink
        self.on = False
        self.changed = Signal()
        self._job: Job | None = None
        self._stirred = False
        self._quiet_since = 0.0
        self._looked_at = 0.0
        self._undo: tuple[str, bool] = ("", False)

    def switch(self, on: bool) -> None:
        """Begin or end to follow the artist."""
        if on == self.on:
            return
        self.on = on
        self._stirred = on
        self._quiet_since = time.monotonic()
        self.changed.emit()
        if on:
            self._look_soon()

    def stop(self) -> None:
        """Krita is closing."""
        self.on = False

    def _look_soon(self) -> None:
        self._loop.later(LOOK_MS, self._look)

    def _look(self) -> None:
        if not self.on:
            return
        now = time.monotonic()
        if view.painting():
            self._stirred = True
            self._quiet_since = now
            if self._job is not None and not self._job.state.ended:
                self._job.cancel()
        else:
            undo = application.undo_text(), application.can_redo()
            if undo != self._undo:
                self._undo = undo
                self._stirred = True
            settled = now - self._quiet_since >= SETTLE_S
            due = self._stirred or now - self._looked_at >= ANYWAY_S
            if due and settled and not self._busy():
                self._stirred = False
                self._looked_at = now
                self._ink()
        self._look_soon()

    def _ink(self) -> None:
        at_hand = self._memory.sketch_at_hand()
        if at_hand is None:
            return
        document, sketch = at_hand
        if sketch.animated or not sketch.bounds.width:
            return
        self._job = self._begin(document, sketch)
