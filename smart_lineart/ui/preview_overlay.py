# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows the ink of a preview over the canvas, with a veil over what lies beneath it."""

from __future__ import annotations

from smart_lineart.krita_host import application, view
from smart_lineart.studio.runs.preview import Shown

from .overlay import FOLLOW_MS, on_viewport, taken_away
from .qt import QtCore, QtGui, QtWidgets


class PreviewOverlay:
    """Follows the view by looking every tenth of a second, for only as long as there is something to show."""

    def __init__(self) -> None:
        self._shown: Shown | None = None
        self._picture: QtGui.QImage | None = None
        self._widget: _Ink | None = None
        self._timer = QtCore.QTimer()
        self._timer.timeout.connect(self._follow)

    def show_ink(self, shown: Shown | None) -> None:
        """Show this, or nothing."""
        self._shown = shown
        if shown is None:
            self._timer.stop()
            self._picture = None
            self._take_away()
        else:
            self._picture = picture_of(shown)
            self._timer.start(FOLLOW_MS)
            self._follow()

    def _follow(self) -> None:
        shown, picture = self._shown, self._picture
        here = shown is not None and application.is_active(shown.document)
        place = view.canvas_place(shown.document) if shown is not None and here else None
        if shown is None or picture is None or place is None:
            self._take_away()
            return
        if not on_viewport(self._widget, place.viewport):
            self._take_away()
            self._widget = _Ink(place.viewport)
        assert self._widget is not None
        self._widget.place(picture, place.on_screen(shown.area))

    def _take_away(self) -> None:
        taken_away(self._widget)
        self._widget = None


def picture_of(shown: Shown) -> QtGui.QImage:
    """Ink in its colour over a veil, where it would come; premultiplied."""
    height, width = shown.coverage.shape
    form = QtGui.QImage.Format.Format_ARGB32_Premultiplied
    return QtGui.QImage(shown.pixels().tobytes(), width, height, 4 * width, form).copy()


class _Ink(QtWidgets.QWidget):
    def __init__(self, viewport: QtWidgets.QWidget):
        super().__init__(viewport)
        self.setObjectName("smart_lineart_preview")
        self.setAttribute(QtCore.Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(QtCore.Qt.WidgetAttribute.WA_NoSystemBackground)
        self._now: tuple[object, ...] = ()
        self.picture = QtGui.QImage()
        self._corner = QtCore.QPointF()

    def place(self, picture: QtGui.QImage, rectangle: tuple[float, float, float, float]) -> None:
        """Show a picture in this rectangle, px of the viewport."""
        parent = self.parentWidget()
        if self.geometry() != parent.rect():
            self.setGeometry(parent.rect())
        now = (picture, rectangle)
        if now != self._now or not self.isVisible():
            self._now = now
            x, y, width, height = rectangle
            self._corner = QtCore.QPointF(x, y)
            # Once, not at each painting: what moves beneath it has it painted anew.
            self.picture = picture.scaled(
                max(1, round(width)),
                max(1, round(height)),
                QtCore.Qt.AspectRatioMode.IgnoreAspectRatio,
                QtCore.Qt.TransformationMode.SmoothTransformation,
            )
            self.show()
            self.raise_()
            self.update()

    def paintEvent(self, _event: object) -> None:
        """Draw it."""
        painter = QtGui.QPainter(self)
        painter.drawImage(self._corner, self.picture)
        painter.end()
