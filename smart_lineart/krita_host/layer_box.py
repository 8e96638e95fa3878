# SPDX-License-Identifier: GPL-3.0-or-later
"""Krita's list of layers, which shows what has changed a tenth of a second late.

It keeps what it is to show until then without asking whether the document is still open: where two things of
layers were changed (name, eye, opacity, lock, blending mode) and the document is closed within that time,
Krita ends (SIGSEGV, in `KisNodeModel::processUpdateQueue`), in 5.1 to 6.0 and without any plugin. So what is
changed from here is shown within a few turns of the event loop.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from krita import Krita

try:
    from PyQt6.QtCore import QAbstractItemModel, QMetaObject, QTimer
except ImportError:
    from PyQt5.QtCore import QAbstractItemModel, QMetaObject, QTimer

BOX, LIST, SHOW = "KisLayerBox", "KisNodeModel", "processUpdateQueue"  # Krita's names
HEARD_MS = 0, 10, 30  # the list hears of it from the next turn on, later where the machine is busy

_due: set[int] = set()


def show_soon() -> None:
    """Something of a layer was changed: have it shown once Krita's list has heard of that."""
    for milliseconds in HEARD_MS:
        if milliseconds not in _due:
            _due.add(milliseconds)
            QTimer.singleShot(milliseconds, partial(_show, milliseconds))


def _show(due: int) -> None:
    _due.discard(due)
    for layers in _lists():
        if layers.rowCount():  # else it has lost its document, and showing anything would end Krita at once
            QMetaObject.invokeMethod(layers, SHOW)


def _lists() -> list[Any]:
    """Of the window in front; none where no window is left: asked for dockers then, Krita ends at once."""
    krita = Krita.instance()
    if krita.activeWindow() is None:
        return []
    boxes = [docker for docker in krita.dockers() if docker.objectName() == BOX]
    models = [model for box in boxes for model in box.findChildren(QAbstractItemModel)]
    return [model for model in models if model.metaObject().className() == LIST]
