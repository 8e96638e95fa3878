# SPDX-License-Identifier: GPL-3.0-or-later
"""The arrow beside "Ink sketch" with what can be taken from a finished picture."""

from __future__ import annotations

from smart_lineart.studio.language.i18n import tr
from smart_lineart.studio.line_hues import name_of
from smart_lineart.studio.picture_kinds import FILLS, KINDS
from smart_lineart.studio.session import Session

from .qt import QtCore, QtWidgets

WIDTH = 16  # px: the words beside it are long in some languages


class PictureButton(QtWidgets.QToolButton):
    """Opens a menu: lines from the picture at hand, and ticks for what else is taken with them."""

    def __init__(self, session: Session):
        super().__init__()
        self._session, self._picturing = session, session.picturing
        self.setObjectName("pictureMenu")
        self.setAutoRaise(True)
        self.setArrowType(QtCore.Qt.ArrowType.DownArrow)
        tip = tr("Lines from picture: take the lines out of a finished, coloured picture")
        self.setToolTip(tip)
        self.setAccessibleName(tr("Lines from picture"))
        self.setStyleSheet("QToolButton::menu-indicator { image: none; }")  # it would lie on the arrow
        self.setPopupMode(QtWidgets.QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QtWidgets.QMenu(self)
        menu.setToolTipsVisible(True)
        self._fill(menu)
        menu.aboutToShow.connect(self._show_ticks)
        self.setMenu(menu)

    def sizeHint(self) -> QtCore.QSize:
        """As narrow as the arrow."""
        return QtCore.QSize(WIDTH, super().sizeHint().height())

    def _fill(self, menu: QtWidgets.QMenu) -> None:
        take = menu.addAction(tr("Lines from picture"))
        take.setObjectName("linesFromPicture")
        take.setToolTip(
            tr(
                "Put what is ticked here into layers above the picture. The picture stays as it is; what you "
                "change on the layers stays, too."
            )
        )
        take.triggered.connect(lambda *_: self._session.take_lines())
        menu.addSeparator()
        self._ticks = {}
        for kind in KINDS:
            if kind == FILLS[0]:
                menu.addSeparator()
            tick = menu.addAction(name_of(kind))
            tick.setObjectName(f"take-{kind}")
            tick.setCheckable(True)
            tick.toggled.connect(lambda on, kind=kind: self._picturing.choose(kind, on=on))
            self._ticks[kind] = tick
        menu.addSeparator()
        self._own = menu.addAction(tr("Lines in the picture's own colour"))
        self._own.setObjectName("ownLineColour")
        self._own.setCheckable(True)
        self._own.toggled.connect(lambda on: self._picturing.choose_own_colour(on=on))

    def _show_ticks(self) -> None:
        for tick, on in [
            *((tick, kind in self._picturing.kinds) for kind, tick in self._ticks.items()),
            (self._own, self._picturing.own_colour),
        ]:
            tick.blockSignals(True)
            tick.setChecked(on)
            tick.blockSignals(False)
