# SPDX-License-Identifier: GPL-3.0-or-later
"""The menu of the colours that a sketch is drawn in, in which the artist takes the tick from those to leave
out, and chooses which have layers of their own.
"""

from __future__ import annotations

from smart_lineart.studio.hues_at_hand import (
    LineHue,
    hues_at_hand,
    ink_hue,
    keep_colours,
    keeps_colours,
    put_apart,
)
from smart_lineart.studio.language.i18n import tr
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
    if hues:
        menu.addSeparator()
        _add_keeping(menu, session, hues)


def _add(menu: QtWidgets.QMenu, session: Session, hue: LineHue) -> None:
    entry = menu.addAction(_swatch(hue.colour), name_of(hue.name))
    entry.setObjectName(f"ink-{hue.name}")
    entry.setCheckable(True)
    entry.setChecked(hue.inked)
    entry.toggled.connect(lambda on: ink_hue(session, hue.name, on=on))


def _add_keeping(menu: QtWidgets.QMenu, session: Session, hues: list[LineHue]) -> None:
    keeps = keeps_colours(session)
    entry = menu.addAction(tr("Keep line colours"))
    entry.setObjectName("keepLineColours")
    entry.setToolTip(tr("Each colour is inked into a layer of its own, in its own colour"))
    entry.setCheckable(True)
    entry.setChecked(keeps)
    entry.toggled.connect(lambda on: keep_colours(session, on=on))
    for hue in hues:
        if keeps and hue.apart is not None:
            own = menu.addAction(tr("{lines} on their own layer", lines=name_of(hue.name)))
            own.setObjectName(f"apart-{hue.name}")
            own.setCheckable(True)
            own.setChecked(hue.apart)
            own.setEnabled(hue.inked)
            own.toggled.connect(lambda on, hue=hue: put_apart(session, hue.name, on=on))


def _swatch(colour: tuple[int, int, int]) -> QtGui.QIcon:
    picture = QtGui.QPixmap(SWATCH, SWATCH)
    picture.fill(QtGui.QColor(*colour))
    return QtGui.QIcon(picture)
