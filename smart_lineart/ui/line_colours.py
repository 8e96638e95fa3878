# SPDX-License-Identifier: GPL-3.0-or-later
"""The menu of the colours that a sketch is drawn in: which of them are inked."""

from __future__ import annotations

from smart_lineart.studio.hues_at_hand import LineHue, hues_at_hand, ink_hue
from smart_lineart.studio.line_hues import name_of
from smart_lineart.studio.session import Session

from .qt import QtGui, QtWidgets

SWATCH = 16  # px


def show_line_colours(menu: QtWidgets.QMenu, session: Session) -> None:
    """Have a menu show the colours of the sketch at hand; it is off where there is one alone."""
    hues = hues_at_hand(session)
    menu.setEnabled(bool(hues))
    menu.clear()
    for hue in hues:
        _add(menu, session, hue)


def _add(menu: QtWidgets.QMenu, session: Session, hue: LineHue) -> None:
    entry = menu.addAction(_swatch(hue.colour), name_of(hue.name))
    entry.setObjectName(f"ink-{hue.name}")
    entry.setCheckable(True)
    entry.setChecked(hue.inked)
    entry.toggled.connect(lambda on: ink_hue(session, hue.name, on=on))


def _swatch(colour: tuple[int, int, int]) -> QtGui.QIcon:
    picture = QtGui.QPixmap(SWATCH, SWATCH)
    picture.fill(QtGui.QColor(*colour))
    return QtGui.QIcon(picture)
