# SPDX-License-Identifier: GPL-3.0-or-later
"""Marks over the canvas where areas of flats end without a line."""

from __future__ import annotations

from smart_lineart.inking.arrays import Floats
from smart_lineart.krita_host import application, view
from smart_lineart.studio.runs.seam_marks import Marks, marks_in, segments_of
from smart_lineart.studio.runs.seams import Seams

from .overlay import FOLLOW_MS, on_viewport, taken_away
from .qt import QtCore, QtGui, QtWidgets

TINT = (40, 120, 220)
CLOSED, OPEN = (190, 2.0), (120, 1.2)  # opacity and width in screen px


class SeamsOverlay:
    """Follows the view by looking every tenth of a second, for only as long as there is something to show."""

    def __init__(self) -> None:
        self._seams: Seams | None = None
        self._lines: tuple[Floats, ...] = ()
        self._widget: _Lines | None = None
        self._timer = QtCore.QTimer()
        self._timer.timeout.connect(self._follow)

    def show_seams(self, seams: Seams | None) -> None:
        """Show these, or nothing."""
        self._seams = seams
        if seams is None:
            self._timer.stop()
            self._take_away()
        else:
            self._lines = segments_of(seams.closed), segments_of(seams.open)
            self._timer.start(FOLLOW_MS)
            self._follow()

    def _follow(self) -> None:
        seams = self._seams
        here = seams is not None and application.is_active(seams.document)
        place = view.canvas_place(seams.document) if seams is not None and here else None
        if place is None:
            self._take_away()
            return
        if not on_viewport(self._widget, place.viewport):
            self._take_away()
            self._widget = _Lines(place.viewport)
        assert self._widget is not None
        self._widget.place(self._lines, (place.zoom, place.left, place.top))

    def _take_away(self) -> None:
        taken_away(self._widget)
        self._widget = None


def _path(segments: Floats) -> QtGui.QPainterPath:
    """Segments, (n, 4), as one path; dots go on where one begins at the other's end."""
    path, last = QtGui.QPainterPath(), None
    for x, y, to_x, to_y in segments.tolist():
        if (x, y) != last:
            path.moveTo(x, y)
        path.lineTo(to_x, to_y)
        last = to_x, to_y
    return path


class _Lines(QtWidgets.QWidget):
    def __init__(self, viewport: QtWidgets.QWidget):
        super().__init__(viewport)
        self.setObjectName("smart_lineart_seams")
        self.setAttribute(QtCore.Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(QtCore.Qt.WidgetAttribute.WA_NoSystemBackground)
        self._lines: tuple[Floats, ...] = ()
        self._where = (1.0, 0.0, 0.0)

    def place(self, lines: tuple[Floats, ...], where: tuple[float, float, float]) -> None:
        """Show segments (n, 4) in page px, where a page lies as (zoom, left, top) tell."""
        parent = self.parentWidget()
        if self.geometry() != parent.rect():
            self.setGeometry(parent.rect())
        if lines is not self._lines or where != self._where or not self.isVisible():
            self._lines, self._where = lines, where
            self.show()
            self.raise_()
            self.update()

    @property
    def marks(self) -> tuple[Marks, ...]:
        """What is painted of them."""
        zoom, left, top = self._where
        view = left / zoom, top / zoom, (left + self.width()) / zoom, (top + self.height()) / zoom
        return tuple(marks_in(segments, view, zoom) for segments in self._lines)

    def paintEvent(self, _event: object) -> None:
        """Draw them: where areas end as lines, where they could as dots."""
        zoom, left, top = self._where
        painter = QtGui.QPainter(self)
        painter.setTransform(QtGui.QTransform(zoom, 0.0, 0.0, zoom, -left, -top))
        styles = QtCore.Qt.PenStyle.SolidLine, QtCore.Qt.PenStyle.DotLine
        for marks, (opacity, width), style in zip(self.marks, (CLOSED, OPEN), styles, strict=True):
            pen = QtGui.QPen(QtGui.QColor(*TINT, opacity), width, style)
            if not marks.fine:  # so many take seconds with smooth edges
                pen = QtGui.QPen(QtGui.QColor(*TINT, opacity), 1.0)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing, marks.fine)
            if marks.fine:
                painter.drawPath(_path(marks.segments))
            else:
                painter.drawLines([QtCore.QLineF(*ends) for ends in marks.segments.tolist()])
        painter.end()
