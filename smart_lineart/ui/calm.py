# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps controls calm: the wheel scrolls past what is not in use, tooltips wrap, questions are answered."""

from __future__ import annotations

from html import escape

from .manual import Manual
from .qt import QtCore, QtWidgets

NUMBERS_AND_LISTS = (QtWidgets.QAbstractSpinBox, QtWidgets.QComboBox)


class Calm(QtCore.QObject):
    """Watches the widgets inside another. `manual` answers what is asked about one."""

    def __init__(self, manual: Manual):
        super().__init__()
        self._manual = manual

    def watch(self, whole: QtWidgets.QWidget) -> None:
        """Watch a widget and all that is in it now."""
        for one in (whole, *whole.findChildren(QtWidgets.QWidget)):
            one.installEventFilter(self)
            if isinstance(one, NUMBERS_AND_LISTS):
                # A wheel that turns over it would give it the focus, and change it.
                one.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)

    def eventFilter(self, watched: QtCore.QObject, event: QtCore.QEvent) -> bool:
        """Leave the wheel to what scrolls; show a tooltip on several lines."""
        kind = event.type()
        if kind == QtCore.QEvent.Type.Wheel and isinstance(watched, NUMBERS_AND_LISTS):
            if not watched.hasFocus():
                event.ignore()
                return True
        elif kind == QtCore.QEvent.Type.ToolTip and watched.toolTip():
            # Qt wraps rich text only.
            QtWidgets.QToolTip.showText(event.globalPos(), f"<p>{escape(watched.toolTip())}</p>", watched)
            return True
        elif isinstance(watched, QtWidgets.QWidget) and self._manual.answer(watched, kind):
            event.accept()
            return True
        return super().eventFilter(watched, event)
