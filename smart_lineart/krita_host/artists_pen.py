# SPDX-License-Identifier: GPL-3.0-or-later
"""The artist's pen or mouse while strokes are painted elsewhere: no stroke of theirs may be cut short.

Krita ends a stroke where it changes its active tool, whichever window that is in. Two such changes come
unasked. Some of what is asked of Krita, such as a new window, lets its event loop run meanwhile: a stroke
that begins within would end with what comes next. And a pen that Krita did not see last changes the tool as
it comes down, so the very stroke that it begins with ends at once; a hover that comes before it makes that
change harmless.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from .pen_events import CANVASES, Pen, copied, hovering, pen_of

try:
    from PyQt6.QtCore import QEvent, QObject
    from PyQt6.QtWidgets import QApplication
except ImportError:
    from PyQt5.QtCore import QEvent, QObject
    from PyQt5.QtWidgets import QApplication

KIND = QEvent.Type
PEN = frozenset({KIND.TabletPress, KIND.TabletMove, KIND.TabletRelease})
POINTER = PEN | {KIND.MouseButtonPress, KIND.MouseMove, KIND.MouseButtonRelease, KIND.MouseButtonDblClick}


class ArtistsPen(QObject):  # type: ignore[misc]
    """Watches what the artist points with, from its making to `leave`; `ours` is a canvas to look past."""

    def __init__(self) -> None:
        super().__init__()
        self.ours: Any | None = None
        self.pen: Pen | None = None  # the artist's, once it was seen
        self._held: list[tuple[Any, Any]] | None = None
        QApplication.instance().installEventFilter(self)
        self._there = True

    def leave(self) -> None:
        """Watch no more."""
        if self._there:
            self._there = False
            QApplication.instance().removeEventFilter(self)

    @contextmanager
    def held_back(self) -> Iterator[None]:
        """What pen and mouse do while Krita's event loop runs within comes right after it, in order."""
        self._held = []
        try:
            yield
        finally:
            held, self._held = self._held, None
            for window, event in held:
                with suppress(RuntimeError):  # closed meanwhile
                    QApplication.sendEvent(window, event)

    def eventFilter(self, watched: Any, event: Any) -> bool:
        """Hears of all events of the program before anybody else."""
        if event.type() not in POINTER:
            return False
        # What went up from here, Krita would show in a modal box, in the middle of a stroke.
        with suppress(Exception):
            return self._look(watched, event)
        return False

    def _look(self, watched: Any, event: Any) -> bool:
        if watched.isWindowType():  # it comes here first, and from here to what lies under the pen
            if event.type() in PEN:
                self.pen = pen_of(event) or self.pen
            if self._held is not None:
                self._held.append((watched, copied(event)))
                return True
        elif event.type() == KIND.TabletPress and watched is not self.ours and _is_canvas(watched):
            QApplication.sendEvent(watched, hovering(event))
        return False


def _is_canvas(widget: Any) -> bool:
    return widget.metaObject().className() in CANVASES
