# SPDX-License-Identifier: GPL-3.0-or-later
"""Marks on the canvas that are no part of the picture: a widget over it that lets all input through.

It follows the view by looking every tenth of a second, for only as long as it is shown.
"""

from __future__ import annotations

from contextlib import suppress

from smart_lineart.krita_host import application, view
from smart_lineart.studio.corrections import Kept

from .qt import QtCore, QtGui, QtWidgets

FOLLOW_MS = 100
MARGIN = 3.0  # screen px around a place
TINT = (235, 70, 60)


class Overlay:
    """Shows the places of corrections over the canvas of their document."""

    def __init__(self) -> None:
        self._kept: Kept | None = None
        self._widget: _Marks | None = None
        self._timer = QtCore.QTimer()
        self._timer.timeout.connect(self._follow)

    def show_places(self, kept: Kept | None) -> None:
        """Show these, or none."""
        self._kept = kept
        if kept is None:
            self._timer.stop()
            self._take_away()
        else:
            self._timer.start(FOLLOW_MS)
            self._follow()

    def _follow(self) -> None:
        kept = self._kept
        shown = kept is not None and application.is_active(kept.document)
        where = view.canvas_place(kept.document) if kept is not None and shown else None
        if kept is None or where is None:
            self._take_away()
            return
        if not on_viewport(self._widget, where.viewport):
            self._take_away()
            self._widget = _Marks(where.viewport)
        assert self._widget is not None
        self._widget.place([where.on_screen(place) for place in kept.places])

    def _take_away(self) -> None:
        taken_away(self._widget)
        self._widget = None


def on_viewport(widget: QtWidgets.QWidget | None, viewport: QtWidgets.QWidget) -> bool:
    """Whether there is such a widget over a canvas."""
    try:
        return widget is not None and widget.parentWidget() == viewport
    except RuntimeError:  # a canvas that was closed took it along
        return False


def taken_away(widget: QtWidgets.QWidget | None) -> None:
    """Take a widget off its canvas, if it is there."""
    if widget is not None:
        with suppress(RuntimeError):  # same
            widget.hide()
            widget.deleteLater()


class _Marks(QtWidgets.QWidget):
    def __init__(self, viewport: QtWidgets.QWidget):
        super().__init__(viewport)
        self.setObjectName("smart_lineart_marks")
        self.setAttribute(QtCore.Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(QtCore.Qt.WidgetAttribute.WA_NoSystemBackground)
        self.rectangles: list[tuple[float, float, float, float]] = []

    def place(self, rectangles: list[tuple[float, float, float, float]]) -> None:
        """Mark these rectangles, in px of the viewport."""
        parent = self.parentWidget()
        if self.geometry() != parent.rect():
            self.setGeometry(parent.rect())
        if rectangles != self.rectangles or not self.isVisible():
            self.rectangles = rectangles
            self.show()
            self.raise_()
            self.update()

    def paintEvent(self, _event: object) -> None:
        """Draw the marks."""
        painter = QtGui.QPainter(self)
        painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing)
        painter.setPen(QtGui.QPen(QtGui.QColor(*TINT), 1.5))
        painter.setBrush(QtGui.QColor(*TINT, 40))
        for x, y, width, height in self.rectangles:
            rectangle = QtCore.QRectF(x - MARGIN, y - MARGIN, width + 2 * MARGIN, height + 2 * MARGIN)
            painter.drawRoundedRect(rectangle, 4.0, 4.0)
        painter.end()
