# SPDX-License-Identifier: GPL-3.0-or-later
"""The artist's pen or mouse while strokes are painted elsewhere: no stroke of theirs may be cut short.

Krita ends a stroke where it changes its active tool, whichever window that is in. Two such changes come
unasked. Some of what is asked of Krita, such as a new window, lets its event loop run meanwhile: a stroke
that begins within would end with what comes next, so it is held back until then; but not from a dialog or a
menu that opens within, which waits for just that. And a pen that Krita did not see last changes the tool as
it comes down, so the very stroke that it begins with ends at once; a hover that comes before it makes that
change harmless.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from .pen_events import CANVASES, Pen, copied, hovering, pen_of

try:
    from PyQt6.QtCore import QEvent, QObject
    from PyQt6.QtWidgets import QApplication
    from PyQt6.sip import isdeleted
except ImportError:
    from PyQt5.QtCore import QEvent, QObject
    from PyQt5.QtWidgets import QApplication
    from PyQt5.sip import isdeleted

KIND = QEvent.Type
PEN = frozenset({KIND.TabletPress, KIND.TabletMove, KIND.TabletRelease})
MOST = 2000  # events that are held back: some 10 s of a pen that tells where it is 200 times a second
POINTER = PEN | {KIND.MouseButtonPress, KIND.MouseMove, KIND.MouseButtonRelease, KIND.MouseButtonDblClick}


class ArtistsPen(QObject):  # type: ignore[misc]
    """Watches what the artist points with, from its making to `leave`; `ours` is a canvas to look past."""

    def __init__(self) -> None:
        super().__init__()
        self.ours: Any | None = None
        self.pen: Pen | None = None  # the artist's, once it was seen
        self._holding = False
        self._held: deque[tuple[Any, Any]] = deque()
        self._sent: Any | None = None  # what was held, on its way
        QApplication.instance().installEventFilter(self)
        self._there = True

    def leave(self) -> None:
        """Watch no more."""
        if self._there:
            self._there = False
            QApplication.instance().removeEventFilter(self)

    @contextmanager
    def held_back(self) -> Iterator[None]:
        """What pen and mouse do while Krita's event loop runs within comes right after it, in order.

        Sooner where the artist is asked for something meanwhile, or it gets too much. Only what goes to
        windows is looked at: to look at each event takes longer than Krita itself where it sends very many.
        """
        self._holding = True
        windows = [window for window in QApplication.topLevelWindows() if window.isVisible()]
        QApplication.instance().removeEventFilter(self)
        for window in windows:
            window.installEventFilter(self)
        try:
            yield
        finally:
            self._holding = False
            for window in windows:
                if not isdeleted(window):
                    window.removeEventFilter(self)
            if self._there:
                QApplication.instance().installEventFilter(self)
            self._deliver()

    def _deliver(self) -> None:
        """What comes up while one of them is delivered goes behind those that wait."""
        while self._held:
            window, event = self._held.popleft()
            self._sent = event
            with suppress(RuntimeError):  # closed meanwhile
                QApplication.sendEvent(window, event)
            self._sent = None

    def eventFilter(self, watched: Any, event: Any) -> bool:
        """Hears of all events of the program, or of those of windows, before anybody else."""
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
            if event is not self._sent:
                return self._kept(watched, event)
        elif _comes_down(event) and watched is not self.ours and _is_canvas(watched):
            QApplication.sendEvent(watched, hovering(event))
        return False

    def _kept(self, window: Any, event: Any) -> bool:
        """Whether an event is held back."""
        self._holding = self._holding and len(self._held) < MOST
        if self._holding and not _artist_is_asked():
            self._held.append((window, copied(event)))
            return True
        self._deliver()
        return False


def _artist_is_asked() -> bool:
    """Whether Krita goes on only once the artist has answered: a dialog or a menu is open."""
    return bool(QApplication.activeModalWidget() or QApplication.activePopupWidget())


def _comes_down(event: Any) -> bool:
    """Whether it is a pen's first button; one on its barrel, pressed while it paints, is none."""
    return bool(event.type() == KIND.TabletPress and event.buttons() == event.button())


def _is_canvas(widget: Any) -> bool:
    return widget.metaObject().className() in CANVASES
