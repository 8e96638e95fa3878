# SPDX-License-Identifier: GPL-3.0-or-later
"""The manual, opened from the docker at the control that the artist asks about."""

from __future__ import annotations

from pathlib import Path

import smart_lineart
from smart_lineart.studio.language.i18n import language, tr

from .qt import QtCore, QtWidgets

FOLDER = Path(smart_lineart.__file__).parent
PLACES = FOLDER, FOLDER.parent / "docs/manual"  # of the zip, of a checkout
NAME = "smart_lineart_manual"
SIZE = 560, 640  # px
ANCHORS = {
    "ink": "ink", "pictureMenu": "picture", "keepCopy": "copy",
    "live": "live", "liveState": "live", "progress": "ink", "cancel": "ink",
    "whose": "settings", "settingsMenu": "settings", "thickness": "thickness", "unit": "thickness",
    "weight": "weight",
    "style": "style", "brushMenu": "brushes", "detail": "detail", "faint": "light", "colour": "colour",
    "frames": "animation", "firstFrame": "animation", "lastFrame": "animation",
    "flats": "flats", "flatsMenu": "hints", "openness": "openness", "spread": "spread",
    "proposals": "colours", "layerColours": "colours", "moreProposals": "colours",
    "closeProposals": "colours",
    **{f"proposal{number}": "colours" for number in range(1, 7)},
    **{f"lockColour{number}": "colours" for number in range(1, 13)},
    "corrections": "corrections", "showCorrections": "corrections", "takeNew": "corrections",
    "more": "performance", "device": "performance", "memory": "performance", "copyDiagnostics": "performance",
    "sketchLook": "sketch", "showSketch": "sketch", "fadeSketch": "sketch", "hideSketch": "sketch",
    "compare": "sketch", "sketchMenu": "sketch",
    "message": "wrong", "closeMessage": "wrong",
}  # fmt: skip
"""Where in the manual a control is told of, by its object's name."""


class Manual:
    """Its window, made when it is first asked for."""

    def __init__(self, parent: QtWidgets.QWidget):
        self._parent = parent

    def button(self) -> QtWidgets.QToolButton:
        """Click it, then the control to read about."""
        button = QtWidgets.QToolButton()
        button.setObjectName("help")
        button.setAutoRaise(True)
        button.setText("?")
        button.setToolTip(tr("Help: click here, then a control, to read about it in the manual"))
        button.setAccessibleName(tr("Help"))
        button.clicked.connect(lambda *_: QtWidgets.QWhatsThis.enterWhatsThisMode())
        return button

    def answer(self, watched: QtWidgets.QWidget, kind: QtCore.QEvent.Type) -> bool:
        """Whether an event was a question, which is answered then."""
        if kind == QtCore.QEvent.Type.WhatsThis:
            QtWidgets.QWhatsThis.leaveWhatsThisMode()
            self.open(anchor_of(watched))
        return kind in {QtCore.QEvent.Type.WhatsThis, QtCore.QEvent.Type.QueryWhatsThis}

    def open(self, anchor: str) -> None:
        """Show the manual there; "" is its beginning."""
        # Asked for each time: Krita may have ended it, and may tell so when Python has ended itself.
        browser = self._parent.window().findChild(QtWidgets.QTextBrowser, NAME) or self._make()
        browser.show()
        browser.raise_()
        browser.scrollToAnchor(anchor)

    def _make(self) -> QtWidgets.QTextBrowser:
        browser = QtWidgets.QTextBrowser(self._parent.window())
        browser.setObjectName(NAME)
        browser.setWindowFlags(QtCore.Qt.WindowType.Tool)
        browser.setWindowTitle("Smart Lineart")
        browser.setOpenExternalLinks(True)
        browser.resize(*SIZE)
        names = f"manual.{language()}.html", "manual.html"
        path = next((place / name for name in names for place in PLACES if (place / name).is_file()), None)
        if path is not None:
            browser.setSearchPaths([str(path.parent)])
            browser.setHtml(path.read_text(encoding="utf-8"))
        return browser


def anchor_of(widget: QtWidgets.QWidget | None) -> str:
    """Where in the manual a control is told of, or the one that it is part of."""
    while widget is not None:
        if widget.objectName() in ANCHORS:
            return ANCHORS[widget.objectName()]
        widget = widget.parentWidget()
    return ""
