# SPDX-License-Identifier: GPL-3.0-or-later
"""Widgets Krita has but doesn't lend to plugins."""

from __future__ import annotations

import math

from smart_lineart.krita_host import application
from smart_lineart.studio.language.i18n import tr

from .qt import QtCore, QtGui, QtWidgets, mouse_x

SETTLE_MS = 600
"""After typing or turning the wheel, this long without another change ends it."""

Q = QtCore.Qt


class SliderSpinBox(QtWidgets.QDoubleSpinBox):
    """A number with a bar behind it, as Krita's own: drag to set, double-click to type.

    `moved(value, final)` tells every change by the artist; `final` is True when a drag, or a pause in typing,
    ends it. `ends`: words for the least and the greatest value.
    """

    moved = QtCore.pyqtSignal(float, bool)

    def __init__(
        self,
        label: str,
        low: float,
        high: float,
        *,
        decimals: int = 0,
        suffix: str = "",
        exponent: float = 1.0,
        factor: float = 1.0,
        ends: tuple[str, str] = ("", ""),
    ):
        super().__init__()
        self._exponent, self._factor = exponent, factor
        self._ends, self._unit = ends, suffix
        self._drag_from: float | None = None
        self._dragging = self._quiet = False
        self._instead = ""
        self.setPrefix(label + ": ")
        self.setSuffix(suffix)
        self.setDecimals(decimals)
        self.setRange(low, high)
        self.setAlignment(Q.AlignmentFlag.AlignCenter)
        self.setKeyboardTracking(False)
        self.setAccelerated(True)
        self.setMinimumWidth(60)
        self.setSizePolicy(QtWidgets.QSizePolicy.Policy.Expanding, QtWidgets.QSizePolicy.Policy.Fixed)
        self._prepare_edit()
        self._settle = QtCore.QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._settled)
        self.valueChanged.connect(self._changed)

    def _prepare_edit(self) -> None:
        edit = self.lineEdit()
        edit.setCursor(Q.CursorShape.SplitHCursor)
        edit.setFrame(False)
        edit.setReadOnly(True)
        edit.installEventFilter(self)
        edit.editingFinished.connect(self._typed)
        self._clear_background()

    def _clear_background(self) -> None:
        palette = QtGui.QPalette(self.palette())
        palette.setColor(QtGui.QPalette.ColorRole.Base, QtGui.QColor(0, 0, 0, 0))
        self.lineEdit().setPalette(palette)

    def show_value(self, value: float) -> None:
        """Show a value without telling anybody; not while the artist is at it."""
        if self._dragging or not self.lineEdit().isReadOnly():
            return
        self._quiet = True
        self.setValue(value)
        self._fit_suffix()
        self._quiet = False

    def show_instead(self, word: str) -> None:
        """Show a word for the value, until the artist sets one; "": the value again."""
        if word != self._instead:
            self._instead = word
            self.setSuffix(self.suffix())  # has the text made anew

    def textFromValue(self, value: float) -> str:
        """The number, or the word that is shown for it."""
        word = "" if self._dragging else self._instead
        return word or self._end_word(value) or super().textFromValue(value)

    def _end_word(self, value: float) -> str:
        """What is said for the least and the greatest value; "" for others, and while a number is typed."""
        if not any(self._ends) or not self.lineEdit().isReadOnly():
            return ""
        return {self.minimum(): self._ends[0], self.maximum(): self._ends[1]}.get(value, "")

    def _fit_suffix(self) -> None:
        """A word has no unit."""
        if any(self._ends):
            self.setSuffix("" if self._end_word(self.value()) else self._unit)

    # -- drawing

    def _share(self) -> float:
        span = self.maximum() - self.minimum()
        share = (self.value() - self.minimum()) / span if span else 0.0
        return float(max(0.0, min(1.0, share)) ** (1 / self._exponent))

    def paintEvent(self, event: object) -> None:
        """The spin box, with a bar as long as the value."""
        super().paintEvent(event)
        if self._instead or not self.lineEdit().isReadOnly():
            return
        field = self._field()
        colour = self.palette().color(QtGui.QPalette.ColorRole.Highlight)
        colour.setAlphaF(0.75 if self.isEnabled() else 0.2)
        painter = QtGui.QPainter(self)
        field.setWidth(round(field.width() * self._share()))
        painter.fillRect(field, colour)
        painter.end()

    def _field(self) -> QtCore.QRect:
        option = QtWidgets.QStyleOptionSpinBox()
        self.initStyleOption(option)
        field = self.style().subControlRect(
            QtWidgets.QStyle.ComplexControl.CC_SpinBox,
            option,
            QtWidgets.QStyle.SubControl.SC_SpinBoxEditField,
            self,
        )
        return QtCore.QRect(field.adjusted(0, 0, 0, 0))

    def changeEvent(self, event: QtCore.QEvent) -> None:
        """Follow Krita's theme."""
        super().changeEvent(event)
        if event.type() == QtCore.QEvent.Type.PaletteChange and self.lineEdit() is not None:
            self._clear_background()

    # -- the mouse

    def eventFilter(self, watched: QtCore.QObject, event: QtCore.QEvent) -> bool:
        """Turn a drag over the number into a value; let typing through."""
        edit = self.lineEdit()
        if watched is not edit or not edit.isReadOnly() or not self.isEnabled():
            return super().eventFilter(watched, event)
        kind = event.type()
        if kind == QtCore.QEvent.Type.MouseButtonDblClick:
            self._edit()
        elif kind == QtCore.QEvent.Type.MouseButtonPress and event.button() == Q.MouseButton.LeftButton:
            self._drag_from = mouse_x(event)
        elif kind == QtCore.QEvent.Type.MouseMove and self._drag_from is not None:
            self._drag(event)
        elif kind == QtCore.QEvent.Type.MouseButtonRelease and self._drag_from is not None:
            self._release(event)
        else:
            return super().eventFilter(watched, event)
        return True

    def _drag(self, event: object) -> None:
        if abs(mouse_x(event) - (self._drag_from or 0)) >= 2:
            self._dragging = True
        if self._dragging:
            self._set_from(mouse_x(event))

    def _release(self, event: object) -> None:
        self._set_from(mouse_x(event))
        self._dragging, self._drag_from = False, None
        self._settle.stop()
        self.moved.emit(self.value(), True)

    def _set_from(self, x: float) -> None:
        share = max(0.0, min(1.0, x / max(1, self.lineEdit().width())))
        self.setValue(self.minimum() + (self.maximum() - self.minimum()) * share**self._exponent)

    def _edit(self) -> None:
        self._drag_from, self._dragging = None, False
        self.show_instead("")
        self.lineEdit().setReadOnly(False)
        self._fit_suffix()
        self.lineEdit().setCursor(Q.CursorShape.IBeamCursor)
        self.setFocus()
        self.selectAll()
        self.update()

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:
        """Typing a digit or Enter begins editing, as in Krita."""
        if self.lineEdit().isReadOnly() and (event.text().isdigit() or event.key() == Q.Key.Key_Return):
            self._edit()
        super().keyPressEvent(event)

    def _typed(self) -> None:
        if not self.lineEdit().isReadOnly():
            self.lineEdit().setReadOnly(True)
            self._fit_suffix()
            self.lineEdit().setCursor(Q.CursorShape.SplitHCursor)
            self.lineEdit().deselect()
            self.update()

    # -- telling

    def _changed(self, value: float) -> None:
        self._fit_suffix()
        if self._quiet:
            return
        self.moved.emit(value, False)
        if not self._dragging:
            self._settle.start()

    def _settled(self) -> None:
        if not self._dragging:
            self.moved.emit(self.value(), True)


class ElidedLabel(QtWidgets.QLabel):
    """One line, as wide as there is room; what does not fit is in the tooltip."""

    def __init__(self, name: str):
        super().__init__()
        self.setObjectName(name)
        self._whole = ""
        self.setSizePolicy(QtWidgets.QSizePolicy.Policy.Ignored, QtWidgets.QSizePolicy.Policy.Fixed)

    def show_text(self, text: str, tip: str) -> None:
        """Show a text and what there is to say about it."""
        self._whole = text
        self.setToolTip(tip)
        self._fit()

    def resizeEvent(self, event: QtGui.QResizeEvent) -> None:
        """Another width cuts it elsewhere."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        mode = Q.TextElideMode.ElideMiddle
        self.setText(self.fontMetrics().elidedText(self._whole, mode, self.width()))


class Sentence(QtWidgets.QTextEdit):
    """Text to read and copy, as high as it needs; wraps anywhere, as a path can be wider than the docker."""

    def __init__(self) -> None:
        super().__init__()
        self.setReadOnly(True)
        self.setFrameShape(QtWidgets.QFrame.Shape.NoFrame)
        self.setWordWrapMode(QtGui.QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setHorizontalScrollBarPolicy(Q.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Q.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QtWidgets.QSizePolicy.Policy.Ignored, QtWidgets.QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Q.FocusPolicy.ClickFocus)
        self.viewport().setAutoFillBackground(False)
        self.document().setDocumentMargin(0)
        self.document().documentLayout().documentSizeChanged.connect(lambda _: self._fit())

    def text(self) -> str:
        """What it says."""
        return str(self.toPlainText())

    def resizeEvent(self, event: QtGui.QResizeEvent) -> None:
        """Another width wraps it otherwise."""
        super().resizeEvent(event)
        self._fit()

    def wrap_at(self, width: int) -> None:
        """Be as high as is needed at a width, px, that is still to come."""
        self.document().setTextWidth(width)
        self._fit()

    def _fit(self) -> None:
        self.setFixedHeight(math.ceil(self.document().size().height()))


class MessageBox(QtWidgets.QFrame):
    """A sentence inside the docker, that can be closed."""

    closed = QtCore.pyqtSignal()

    def __init__(self, close_icon: object):
        super().__init__()
        self.setFrameShape(QtWidgets.QFrame.Shape.StyledPanel)
        self.icon = QtWidgets.QLabel()
        self.text = Sentence()
        self.text.setObjectName("message")
        button = QtWidgets.QToolButton()
        button.setObjectName("closeMessage")
        button.setAutoRaise(True)
        button.setIcon(close_icon)
        button.setToolTip(tr("Close this message"))
        button.setAccessibleName(tr("Close this message"))
        button.clicked.connect(self.closed)
        layout = QtWidgets.QHBoxLayout(self)
        layout.setContentsMargins(4, 2, 2, 2)
        layout.setSpacing(4)
        layout.addWidget(self.icon, 0, Q.AlignmentFlag.AlignTop)
        layout.addWidget(self.text, 1)
        layout.addWidget(button, 0, Q.AlignmentFlag.AlignTop)

    def show_sentence(self, text: str, icon: QtGui.QIcon | None) -> None:
        """Show a sentence, or hide when there is none."""
        self.text.setPlainText(text)
        self.icon.setVisible(icon is not None)
        if icon is not None:
            self.icon.setPixmap(icon.pixmap(16, 16))
        if text and not self.isVisible():
            self._lay_out()
        self.setVisible(bool(text))

    def _lay_out(self) -> None:
        """Take the width that there will be.

        Qt tells hidden widgets only once they are shown. A sentence wrapped at the width of long ago is too
        high, and what lies above it would move for a moment.
        """
        self.resize(self.parentWidget().width(), self.height())
        self.layout().setGeometry(self.contentsRect())
        self.text.wrap_at(self.text.width())


def icon_button(name: str, icon: str, tip: str) -> QtWidgets.QToolButton:
    """A button with one of Krita's icons, or with dots where this Krita has none of that name."""
    button = QtWidgets.QToolButton()
    button.setObjectName(name)
    button.setAutoRaise(True)
    picture = application.icon(icon)
    if picture.isNull():
        button.setText("…")
    button.setIcon(picture)
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    return button
