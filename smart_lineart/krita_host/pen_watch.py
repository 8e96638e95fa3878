# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a pen is down, told by its own events.

Qt counts a pen among the mouse's buttons where it does what the mouse would. Some Kritas come with a Qt of
their own (AppImages), in which a pen whose press a canvas takes shows in no button, though it paints.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

try:
    from PyQt6.QtCore import QEvent, QObject, Qt
    from PyQt6.QtWidgets import QApplication
except ImportError:
    from PyQt5.QtCore import QEvent, QObject, Qt
    from PyQt5.QtWidgets import QApplication

KIND = QEvent.Type
PEN = frozenset({KIND.TabletPress, KIND.TabletMove, KIND.TabletRelease})
"""Moves, too: of a pen that went up unheard of, and of one that paints on while a mouse is pushed aside."""
OTHERS = frozenset({KIND.MouseMove, KIND.MouseButtonRelease, KIND.TabletLeaveProximity})
AWAY = KIND.TabletLeaveProximity


class _Watch(QObject):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__()
        self.down = False

    def eventFilter(self, _watched: object, event: Any) -> bool:
        """Hears of all events of the program before anybody else."""
        kind = event.type()
        if kind in PEN or (self.down and kind in OTHERS):
            # What went up from here, Krita would show in a modal box, in the middle of a stroke.
            with suppress(Exception):
                pressed = kind != AWAY and event.buttons() != Qt.MouseButton.NoButton
                self.down = pressed and (self.down or kind in PEN)
        return False


_watching: list[_Watch] = []


def begin() -> None:
    """Watch the pen from now on."""
    if not _watching:
        _watching.append(_Watch())
        QApplication.instance().installEventFilter(_watching[0])


def end() -> None:
    """Watch it no more; no pen is down then."""
    while _watching:
        QApplication.instance().removeEventFilter(_watching.pop())


@contextmanager
def paused() -> Iterator[None]:
    """Within, nothing is heard: to look at each event takes long where Krita sends very many."""
    watching = list(_watching)
    for watch in watching:
        QApplication.instance().removeEventFilter(watch)
    try:
        yield
    finally:
        for watch in watching:
            if watch in _watching:  # not ended meanwhile
                QApplication.instance().installEventFilter(watch)


def down() -> bool:
    """Whether a pen is down, or a button of it."""
    return any(watch.down for watch in _watching)
