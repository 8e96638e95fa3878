# SPDX-License-Identifier: GPL-3.0-or-later
"""The docker's row for flats: colours for all areas of a lineart, whoever drew it."""

from __future__ import annotations

from collections.abc import Callable

from smart_lineart.krita_host import application
from smart_lineart.studio.language.i18n import tr
from smart_lineart.studio.session import Session

from .qt import QtWidgets
from .widgets import SliderSpinBox

SLIDER_WIDTH = 240


class FlatsRow(QtWidgets.QWidget):
    """The button that makes or renews them, and a menu of what else can be done."""

    def __init__(self, session: Session):
        super().__init__()
        self._flatting = session.flatting
        self._flats = QtWidgets.QPushButton(tr("Flats"))
        self._flats.setObjectName("flats")
        self._flats.setIcon(application.icon("krita_tool_color_fill"))
        self._flats.setToolTip(
            tr(
                "Fill the areas of this lineart in a layer under it. Recolour them with any tool: the next "
                "click keeps your colours and what you painted."
            )
        )
        self._flats.setSizePolicy(QtWidgets.QSizePolicy.Policy.Expanding, QtWidgets.QSizePolicy.Policy.Fixed)
        self._flats.clicked.connect(lambda *_: self._flatting.begin())
        row = QtWidgets.QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(3)
        row.addWidget(self._flats, 1)
        row.addWidget(self._build_menu())

    def _build_menu(self) -> QtWidgets.QToolButton:
        button = QtWidgets.QToolButton()
        button.setObjectName("flatsMenu")
        button.setAutoRaise(True)
        button.setText("…")
        button.setStyleSheet("QToolButton::menu-indicator { image: none; }")  # it would lie on the dots
        button.setToolTip(tr("More for flats: colour hints, colours, open outlines"))
        button.setAccessibleName(tr("More for flats: colour hints, colours, open outlines"))
        button.setPopupMode(QtWidgets.QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QtWidgets.QMenu(button)
        hints = menu.addAction(tr("Add colour hints"))
        hints.setObjectName("addHints")
        hints.setToolTip(
            tr(
                "A layer on which a dab of colour fills its area: a stroke over several joins them, two "
                "colours in one part it. Pure magenta is paper."
            )
        )
        menu.setToolTipsVisible(True)
        hints.triggered.connect(lambda *_: self._flatting.begin(hints=True))
        vary = menu.addAction(tr("Other colours"))
        vary.setObjectName("otherColours")
        vary.setToolTip(
            tr("Six proposals as pictures, to choose from. What has one colour stays of one colour.")
        )
        vary.triggered.connect(lambda *_: self._flatting.proposing.begin())
        self._layered = menu.addAction(tr("One layer a colour"))
        self._layered.setObjectName("layerAColour")
        self._layered.setCheckable(True)
        self._layered.setToolTip(tr("Put flats into a group, with a layer of its own for each colour."))
        self._layered.triggered.connect(self._flatting.set_layered)
        self._seams = menu.addAction(tr("Show seams"))
        self._seams.setObjectName("showSeams")
        self._seams.setCheckable(True)
        self._seams.setToolTip(
            tr(
                "Mark over the canvas where areas end without a line, and with dots where they could. None "
                "of it is in your picture."
            )
        )
        self._seams.triggered.connect(self._flatting.seams.switch)
        menu.addSeparator()
        self._openness = _slider(
            menu,
            "openness",
            tr("Open outlines"),
            tr("Left: only closed outlines are filled. Right: also those that are open in places."),
            self._flatting.set_openness,
        )
        self._spread = _slider(
            menu,
            "spread",
            tr("Spread of hints"),
            tr(
                "Left: a hint colours its own area. Right: areas without a hint take the nearest one's "
                "colour. What you coloured yourself stays."
            ),
            self._flatting.set_spread,
        )
        menu.aboutToShow.connect(self._show_values)
        button.setMenu(menu)
        return button

    def _show_values(self) -> None:
        self._layered.setChecked(self._flatting.layered)
        self._seams.setChecked(self._flatting.seams.on)
        self._openness.show_value(self._flatting.openness * 100)
        self._spread.show_value(self._flatting.spread * 100)


def _slider(
    menu: QtWidgets.QMenu, name: str, label: str, tip: str, changed: Callable[[float], None]
) -> SliderSpinBox:
    """A slider of 0 to 100 % in a menu; `changed` hears of each value from 0 to 1 that it is left at."""
    slider = SliderSpinBox(label, 0, 100, suffix=" %")
    slider.setObjectName(name)
    slider.setMinimumWidth(SLIDER_WIDTH)
    slider.setToolTip(tip)
    slider.moved.connect(lambda value, final: changed(value / 100) if final else None)
    entry = QtWidgets.QWidgetAction(menu)
    entry.setDefaultWidget(slider)
    menu.addAction(entry)
    return slider
