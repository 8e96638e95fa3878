# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls of Krita's functions that handle events while they wait, such as `waitForDone`.

Krita waits inside the image of a document that nothing but that document holds. Whatever closes it meanwhile,
a script's timer or the window's own button, has it destroyed in the very same loop of events, and Krita ends
(SIGSEGV) when it goes on waiting: in `waitForDone` in all Kritas, in `refreshProjection` since that waits so.
So a document that is closed within such a call lives until it has returned. So does a window, in which
lies the docker that has called.

A filter in Python for all events of the program takes some microseconds an event. Krita sends 50,000 to make
a window, so that looking took longer than making it. Such calls are `sparing`: no event is looked at before
something was closed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from krita import Krita

from smart_lineart import nested

from .lists import owned

try:
    from PyQt6.QtCore import QEvent, QObject, QTimer
    from PyQt6.QtWidgets import QApplication
    from PyQt6.sip import delete, isdeleted
except ImportError:
    from PyQt5.QtCore import QEvent, QObject, QTimer
    from PyQt5.QtWidgets import QApplication
    from PyQt5.sip import delete, isdeleted

OUTLIVING = "KisDocument", "KisMainWindow"  # Krita's names


@contextmanager
def outlived(*, sparing: bool = False) -> Iterator[None]:
    """Within, Krita may handle events: it destroys no document or window, and no step of ours begins
    (`nested`). `sparing`: Krita sends very many events.
    """
    if nested.under_way():  # the call around it keeps what is closed
        yield
        return
    keeper = _Keeper()
    if not sparing:
        keeper.keep_from_now_on()
    try:
        with nested.call(), _woken(keeper) if sparing else nullcontext():
            yield
    finally:
        QApplication.instance().removeEventFilter(keeper)
        if keeper.closed:
            keeper.let_go_soon()


@contextmanager
def _woken(keeper: _Keeper) -> Iterator[None]:
    """Within, a keeper hears nothing before Krita has told that it has closed a document, or a window is
    about to close: either comes before Krita wishes to destroy anything.
    """
    krita = Krita.instance()
    windows = [window.qwindow() for window in owned(krita.windows())]
    for window in windows:
        window.installEventFilter(keeper)
    told = krita.notifier().imageClosed
    told.connect(keeper.keep_from_now_on)
    try:
        yield
    finally:
        told.disconnect(keeper.keep_from_now_on)
        for window in windows:
            if not isdeleted(window):
                window.removeEventFilter(keeper)


class _Keeper(QObject):  # type: ignore[misc]
    """Holds back Krita's wish to destroy a document or a window."""

    def __init__(self) -> None:
        super().__init__()
        self.closed: list[Any] = []
        self._awake = False

        # No method: PyQt holds those weakly, and this would be gone before, letting nothing go.
        def at_the_end() -> None:
            self._let_go()

        self._at_the_end = at_the_end  # where no timer comes any more

    def keep_from_now_on(self, *_: object) -> None:
        """Hear of all events of the program from now on."""
        if not self._awake:
            self._awake = True
            QApplication.instance().installEventFilter(self)

    def eventFilter(self, receiver: Any, event: Any) -> bool:
        """Hears of events before anybody else."""
        if event.type() == QEvent.Type.Close:
            self.keep_from_now_on()
        if event.type() != QEvent.Type.DeferredDelete or not any(map(receiver.inherits, OUTLIVING)):
            return False
        self.closed.append(receiver)
        return True

    def let_go_soon(self) -> None:
        """Destroy what was held back, once this step is over and no other waits, or Krita ends."""
        QApplication.instance().aboutToQuit.connect(self._at_the_end)
        self._let_go_after(0)

    def _let_go_after(self, milliseconds: int) -> None:
        def let_go_or_wait() -> None:
            if nested.under_way():
                self._let_go_after(nested.AGAIN_MS)
            else:
                self._let_go()

        QTimer.singleShot(milliseconds, let_go_or_wait)

    def _let_go(self) -> None:
        """Krita may have wished it twice. Qt 6 heeds no second `deleteLater`."""
        QApplication.instance().aboutToQuit.disconnect(self._at_the_end)
        closed, self.closed = self.closed, []
        for one in closed:
            if not isdeleted(one):
                delete(one)
