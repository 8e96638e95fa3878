# SPDX-License-Identifier: GPL-3.0-or-later
"""Other colours for flats as small pictures, right in the docker; shown when they are asked for."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from smart_lineart.inking.areas import Colour
from smart_lineart.studio.language.i18n import tr
from smart_lineart.studio.runs.proposed import MOST_SWATCHES, PROPOSALS
from smart_lineart.studio.runs.proposing import Proposing

from .qt import QtCore, QtGui, QtWidgets
from .widgets import ElidedLabel, icon_button

COLUMNS = 3
SWATCH, DOT = 18, 6  # px
SMALLEST = 40  # px


class ProposalsPanel(QtWidgets.QWidget):
    """Six pictures, the colours that there are now, each with a lock, and where others come from."""

    def __init__(self, proposing: Proposing):
        super().__init__()
        self._proposing = proposing
        self.setObjectName("proposals")
        label = ElidedLabel("proposalsTitle")
        label.show_text(tr("Other colours"), "")
        head = QtWidgets.QHBoxLayout()
        head.setSpacing(0)
        head.addWidget(label, 1)
        head.addWidget(
            _button(
                "layerColours",
                "paintLayer",
                tr("Take the colours of the selected layer, such as a photo or a painting"),
                proposing.from_layer,
            )
        )
        head.addWidget(_button("moreProposals", "reload-preset", tr("Six others"), proposing.more))
        head.addWidget(_button("closeProposals", "docker_close", tr("Close the proposals"), proposing.close))
        column = QtWidgets.QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addLayout(head)
        column.addLayout(self._build_swatches())
        column.addLayout(self._build_pictures())
        self.refresh()

    def _build_swatches(self) -> QtWidgets.QGridLayout:
        self._swatches = []
        grid = QtWidgets.QGridLayout()
        grid.setSpacing(1)
        for number in range(MOST_SWATCHES):
            button = QtWidgets.QToolButton()
            button.setObjectName(f"lockColour{number + 1}")
            button.setCheckable(True)
            button.setAutoRaise(True)
            button.setIconSize(QtCore.QSize(SWATCH, SWATCH))
            button.setToolTip(tr("Colours with a dot are locked, and stay. Click to lock or unlock."))
            button.setAccessibleName(tr("Lock this colour"))
            button.clicked.connect(lambda on, number=number: self._lock(number, on=on))
            grid.addWidget(button, number // (MOST_SWATCHES // 2), number % (MOST_SWATCHES // 2))
            self._swatches.append(button)
        grid.setColumnStretch(MOST_SWATCHES // 2, 1)
        return grid

    def _build_pictures(self) -> QtWidgets.QGridLayout:
        self._pictures = []
        grid = QtWidgets.QGridLayout()
        grid.setSpacing(3)
        for number in range(PROPOSALS):
            button = _Picture()
            button.setObjectName(f"proposal{number + 1}")
            button.setToolTip(tr("Take these colours. Undo brings yours back."))
            button.setAccessibleName(tr("Proposal {number}", number=number + 1))
            button.clicked.connect(lambda *_, number=number: self._proposing.take(number))
            grid.addWidget(button, number // COLUMNS, number % COLUMNS)
            self._pictures.append(button)
        return grid

    def refresh(self) -> None:
        """Show what is proposed now, or nothing."""
        shown = self._proposing.shown
        self.setVisible(shown is not None)
        if shown is None:
            return
        for number, button in enumerate(self._swatches):
            button.setVisible(number < len(shown.colours))
            if number < len(shown.colours):
                colour = shown.colours[number]
                locked = colour in shown.locked
                button.setChecked(locked)
                button.setIcon(_swatch(colour, locked=locked))
        for button, picture in zip(self._pictures, shown.pictures, strict=True):
            button.show_picture(picture)

    def _lock(self, number: int, *, on: bool) -> None:
        shown = self._proposing.shown
        if shown is not None and number < len(shown.colours):
            self._proposing.lock(shown.colours[number], on=on)


class _Picture(QtWidgets.QAbstractButton):
    """A picture as wide as there is room, to click."""

    def __init__(self) -> None:
        super().__init__()
        self._picture = QtGui.QImage()
        self.setMinimumSize(SMALLEST, SMALLEST)
        policy = QtWidgets.QSizePolicy(
            QtWidgets.QSizePolicy.Policy.Expanding, QtWidgets.QSizePolicy.Policy.Preferred
        )
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_picture(self, picture: np.ndarray) -> None:
        """Show a picture, uint8 (height, width, 3), R, G, B."""
        height, width, _ = picture.shape
        form = QtGui.QImage.Format.Format_RGB888
        self._picture = QtGui.QImage(picture.tobytes(), width, height, 3 * width, form).copy()
        self.updateGeometry()
        self.update()

    def hasHeightForWidth(self) -> bool:
        """Its height follows its width."""
        return True

    def heightForWidth(self, width: int) -> int:
        """As high as the picture is then."""
        share = self._picture.height() / max(1, self._picture.width())
        return max(SMALLEST, min(2 * width, round(width * share)))

    def sizeHint(self) -> QtCore.QSize:
        """As wide as the picture."""
        return QtCore.QSize(max(SMALLEST, self._picture.width()), max(SMALLEST, self._picture.height()))

    def paintEvent(self, _event: object) -> None:
        """The picture in the middle, with a frame where the mouse is or the keyboard."""
        painter = QtGui.QPainter(self)
        painter.setRenderHint(QtGui.QPainter.RenderHint.SmoothPixmapTransform)
        size = self._picture.size().scaled(self.size(), QtCore.Qt.AspectRatioMode.KeepAspectRatio)
        place = QtCore.QRect(QtCore.QPoint(0, 0), size)
        place.moveCenter(self.rect().center())
        painter.drawImage(place, self._picture)
        if self.underMouse() or self.hasFocus():
            painter.setPen(QtGui.QPen(self.palette().color(QtGui.QPalette.ColorRole.Highlight), 2))
            painter.drawRect(place.adjusted(1, 1, -1, -1))
        painter.end()

    def enterEvent(self, event: object) -> None:
        """The mouse has come."""
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: object) -> None:
        """And gone."""
        super().leaveEvent(event)
        self.update()


def _button(name: str, icon: str, tip: str, clicked: Callable[[], object]) -> QtWidgets.QToolButton:
    button = icon_button(name, icon, tip)
    button.clicked.connect(lambda *_: clicked())
    return button


def _swatch(colour: Colour, *, locked: bool) -> QtGui.QIcon:
    picture = QtGui.QPixmap(SWATCH, SWATCH)
    picture.fill(QtGui.QColor(*colour))
    if locked:
        painter = QtGui.QPainter(picture)
        painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing)
        painter.setPen(QtGui.QPen(QtGui.QColor("black"), 1))
        painter.setBrush(QtGui.QColor("white"))
        corner = (SWATCH - DOT) // 2
        painter.drawEllipse(corner, corner, DOT, DOT)
        painter.end()
    return QtGui.QIcon(picture)
