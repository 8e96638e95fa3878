# SPDX-License-Identifier: GPL-3.0-or-later
"""The docker's list of ink colours: black, the one that was taken, and Krita's foreground colour to take."""

from __future__ import annotations

from smart_lineart.krita_host import colour
from smart_lineart.studio.language.i18n import tr
from smart_lineart.studio.runs.pen import chosen_colour
from smart_lineart.studio.session import Session
from smart_lineart.studio.settings import Colour, InkSettings

from .qt import QtGui, QtWidgets

BLACK, TAKE, TAKEN = range(3)


class ColourBox(QtWidgets.QComboBox):
    """A colour once taken stays until the artist takes it anew, whatever they paint with meanwhile."""

    def __init__(self, session: Session):
        super().__init__()
        self._session = session
        self.setObjectName("colour")
        tip = tr("The ink's colour. One that you took stays until you take another")
        self.setToolTip(tip)
        self.setAccessibleName(tip)
        self.setMinimumContentsLength(2)
        self.setSizeAdjustPolicy(QtWidgets.QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.addItem(self._swatch("#000000"), tr("Black ink"), "black")
        self.addItem(tr("Use foreground colour"), "foreground")
        self.activated.connect(lambda _: self._choose())

    def show_colour(self, settings: InkSettings) -> None:
        """Show the ink's colour, with a swatch of it."""
        taken = isinstance(settings.colour, Colour)
        while self.count() > TAKEN and not taken:
            self.removeItem(TAKEN)
        if not taken:
            self.setCurrentIndex(BLACK if settings.colour == "black" else TAKE)
            return
        shown = colour.on_screen(chosen_colour(settings))
        if self.itemData(TAKEN) != shown:
            self.removeItem(TAKEN)
            self.addItem(self._swatch(shown), tr("Colour {code}", code=shown), shown)
        self.setCurrentIndex(TAKEN)

    def _choose(self) -> None:
        if self.currentIndex() != TAKEN:
            self._session.change("colour", self.currentData(), final=True)
        self.show_colour(self._session.settings)

    def _swatch(self, shown: str) -> QtGui.QIcon:
        picture = QtGui.QPixmap(self.iconSize())
        picture.fill(QtGui.QColor(shown))
        return QtGui.QIcon(picture)
