# SPDX-License-Identifier: GPL-3.0-or-later
"""Qt 5 or Qt 6, whichever this Krita was built with, under one name."""

from __future__ import annotations

from collections.abc import Callable

try:
    from PyQt6 import QtCore, QtGui, QtWidgets
except ImportError:  # Krita 6 refuses PyQt5, Krita 5 has no PyQt6 or refuses it
    from PyQt5 import QtCore, QtGui, QtWidgets  # type: ignore[no-redef]


class QtLoop(QtCore.QObject):
    """Krita's event loop, as `steps.Loop`."""

    _posted = QtCore.pyqtSignal(object)

    def __init__(self) -> None:
        super().__init__()
        self._posted.connect(self._do, QtCore.Qt.ConnectionType.QueuedConnection)

    def later(self, milliseconds: int, action: Callable[[], None]) -> None:
        """Call `action` on this thread after a while."""
        QtCore.QTimer.singleShot(milliseconds, action)

    def post(self, action: Callable[[], None]) -> None:
        """Call `action` on the loop's thread; from any thread."""
        try:
            self._posted.emit(action)
        except RuntimeError:  # Krita is closing and the object is gone
            return

    def _do(self, action: Callable[[], None]) -> None:
        action()


def mouse_x(event: object) -> float:
    """Where a mouse event is, in its widget."""
    position = event.position() if hasattr(event, "position") else event.localPos()  # type: ignore[attr-defined]
    return float(position.x())


__all__ = ["QtCore", "QtGui", "QtLoop", "QtWidgets", "mouse_x"]
