# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls of Krita's functions that handle events while they wait, such as `waitForDone`.

Krita waits inside the image of a document that nothing but that document holds. Whatever closes it meanwhile,
a script's timer or the window's own button, has it destroyed in the very same loop of events, and Krita ends
(SIGSEGV) when it goes on waiting: in `waitForDone` in all Kritas, in `refreshProjection` since that waits so.
So a document that is closed within such a call lives until it has returned.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from smart_lineart import nested

try:
    from PyQt6.QtCore import QEvent, QObject, QTimer
    from PyQt6.QtWidgets import QApplication
    from PyQt6.sip import delete, isdeleted
except ImportError:
    from PyQt5.QtCore import QEvent, QObject, QTimer
    from PyQt5.QtWidgets import QApplication
    from PyQt5.sip import delete, isdeleted

KRITAS_DOCUMENT = "KisDocument"


@contextmanager
def outlived() -> Iterator[None]:
    """Within, Krita may handle events: it destroys no document, and no step of ours begins (`nested`)."""
    if nested.under_way():  # the call around it keeps what is closed
        yield
        return
    keeper = _Keeper()
    application = QApplication.instance()
    application.installEventFilter(keeper)
    try:
        with nested.call():
            yield
    finally:
        application.removeEventFilter(keeper)
        if keeper.closed:
            keeper.let_go_soon()


class _Keeper(QObject):  # type: ignore[misc]
    """Holds back Krita's wish to destroy a document."""

    def __init__(self) -> None:
        super().__init__()
        self.closed: list[Any] = []

    def eventFilter(self, receiver: Any, event: Any) -> bool:
        """Hears of all events of the program before anybody else."""
        if event.type() != QEvent.Type.DeferredDelete or not receiver.inherits(KRITAS_DOCUMENT):
            return False
        self.closed.append(receiver)
        return True

    def let_go_soon(self, milliseconds: int = 0) -> None:
        """Destroy what was held back, once this step is over and no other waits."""

        # No method: PyQt holds those weakly, and this would be gone before, letting nothing go.
        def let_go_or_wait() -> None:
            if nested.under_way():
                self.let_go_soon(nested.AGAIN_MS)
            else:
                self._let_go()

        QTimer.singleShot(milliseconds, let_go_or_wait)

    def _let_go(self) -> None:
        """Krita may have wished it twice. Qt 6 heeds no second `deleteLater`."""
        for document in self.closed:
            if not isdeleted(document):
                delete(document)
