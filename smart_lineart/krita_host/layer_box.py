# SPDX-License-Identifier: GPL-3.0-or-later
"""Krita's list of layers, which shows what has changed a tenth of a second late.

It keeps what it is to show until then without asking whether the document is still open: where two things of
layers were changed (name, eye, opacity, lock, blending mode) and the document is closed within that time,
Krita ends (SIGSEGV, in `KisNodeModel::processUpdateQueue`), in 5.1 to 6.0 and without any plugin. So what is
changed from here is shown within a few turns of the event loop, and right before the document in front is
closed: on a busy machine those turns come late.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import Any

from krita import Krita

try:
    from PyQt6.QtCore import QAbstractItemModel, QEvent, QMetaObject, QObject, QTimer
    from PyQt6.QtWidgets import QMdiArea
    from PyQt6.sip import isdeleted
except ImportError:
    from PyQt5.QtCore import QAbstractItemModel, QEvent, QMetaObject, QObject, QTimer
    from PyQt5.QtWidgets import QMdiArea
    from PyQt5.sip import isdeleted

BOX, LIST, SHOW = "KisLayerBox", "KisNodeModel", "processUpdateQueue"  # Krita's names
HEARD_MS = 0, 10, 30  # the list hears of it from the next turn on, later where the machine is busy
WATCHED_MS = 1000  # until which Krita has shown it by itself, on a busy machine, too

_due: set[int] = set()
_guards: list[_Guard] = []


def show_soon() -> None:
    """Something of a layer was changed: have it shown once Krita's list has heard of that."""
    _guard_view_in_front()
    for milliseconds in HEARD_MS:
        if milliseconds not in _due:
            _due.add(milliseconds)
            QTimer.singleShot(milliseconds, partial(_show, milliseconds))


def _show(due: int) -> None:
    _due.discard(due)
    _show_now()


def _show_now() -> None:
    for layers in _lists():
        if layers.rowCount():  # else it has lost its document, and showing anything would end Krita at once
            QMetaObject.invokeMethod(layers, SHOW)


class _Guard(QObject):  # type: ignore[misc]
    """Has the list show what it has heard of before a view of Krita's closes."""

    def __init__(self, view: Any):
        super().__init__()
        self.view, self.again = view, False
        view.installEventFilter(self)
        QTimer.singleShot(WATCHED_MS, self._leave)

    def eventFilter(self, _view: Any, event: Any) -> bool:
        """Hears of the view's events before it does."""
        # What went up from here, Krita would show in a modal box.
        with suppress(Exception):
            if event.type() == QEvent.Type.Close:
                _show_now()
        return False

    def _leave(self) -> None:
        if self.again:
            self.again = False
            QTimer.singleShot(WATCHED_MS, self._leave)
            return
        _guards.remove(self)
        if not isdeleted(self.view):
            self.view.removeEventFilter(self)


def _guard_view_in_front() -> None:
    view = _view_in_front()
    if view is None:
        return
    guard = next((one for one in _guards if one.view == view), None)
    if guard is None:
        _guards.append(_Guard(view))
    else:
        guard.again = True  # for as long from now on


def _view_in_front() -> Any | None:
    """The widget that shows the document in front."""
    window = Krita.instance().activeWindow()
    areas = window.qwindow().centralWidget().findChildren(QMdiArea) if window is not None else []
    inside = areas[0].currentSubWindow() if areas else None
    return inside.widget() if inside is not None else None


def _lists() -> list[Any]:
    """Of the window in front; none where no window is left: asked for dockers then, Krita ends at once."""
    krita = Krita.instance()
    if krita.activeWindow() is None:
        return []
    boxes = [docker for docker in krita.dockers() if docker.objectName() == BOX]
    models = [model for box in boxes for model in box.findChildren(QAbstractItemModel)]
    return [model for model in models if model.metaObject().className() == LIST]
