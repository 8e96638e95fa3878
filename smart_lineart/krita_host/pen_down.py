# SPDX-License-Identifier: GPL-3.0-or-later
"""The artist's stroke belongs to the layer they are on, also where Krita is about to select another one.

Krita selects a layer that takes another's place, a moment after it came, and tells nobody. A pen that comes
down just then would paint on it. So who has a layer replaced has the artist's selected again at that moment,
before Krita hears of the pen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from . import application
from .document import Document
from .layer import Layer

try:
    from PyQt6.QtCore import QEvent, QObject
    from PyQt6.QtWidgets import QApplication
except ImportError:
    from PyQt5.QtCore import QEvent, QObject
    from PyQt5.QtWidgets import QApplication


@contextmanager
def strokes_stay_on(
    document: Document, home: Layer | None, left_for: Callable[[Layer], bool]
) -> Iterator[None]:
    """A stroke that begins within lands on `home`, where Krita has `left_for` the layer that is selected."""

    def go_home() -> None:
        now = document.active_layer() if application.is_active(document) else None
        if home is not None and now is not None and left_for(now) and document.layer(home.identity):
            document.activate(home)

    watch = _Watch(go_home)
    application_of_qt = QApplication.instance()
    application_of_qt.installEventFilter(watch)
    try:
        yield
    finally:
        application_of_qt.removeEventFilter(watch)


class _Watch(QObject):  # type: ignore[misc]
    def __init__(self, action: Callable[[], None]):
        super().__init__()
        self._action = action

    def eventFilter(self, _watched: object, event: object) -> bool:
        """Hears of all events of the program before anybody else."""
        if event.type() in {QEvent.Type.MouseButtonPress, QEvent.Type.TabletPress}:  # type: ignore[attr-defined]
            # What went up from here, Krita would show in a modal box, in the middle of a stroke.
            with suppress(Exception):
                self._action()
        return False
