# SPDX-License-Identifier: GPL-3.0-or-later
"""The docker's row that names the lineart which the controls beneath it change."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from smart_lineart.paths import openable, readable
from smart_lineart.studio.language.i18n import tr
from smart_lineart.studio.presets import ENDING, file_of
from smart_lineart.studio.session import Session
from smart_lineart.studio.target import Target

from .file_dialog import FileDialog
from .qt import QtWidgets
from .widgets import ElidedLabel


class WhoseRow(QtWidgets.QWidget):
    """The name, and a menu of what else the values that are shown are good for."""

    def __init__(self, session: Session):
        super().__init__()
        self._session = session
        self._name = ElidedLabel("whose")
        self._button = QtWidgets.QToolButton()
        self._button.setObjectName("settingsMenu")
        self._button.setAutoRaise(True)
        self._button.setText("…")
        self._button.setStyleSheet("QToolButton::menu-indicator { image: none; }")  # it would lie on the dots
        self._button.setToolTip(tr("Keep these settings"))
        self._button.setAccessibleName(tr("Keep these settings"))
        self._button.setPopupMode(QtWidgets.QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QtWidgets.QMenu(self._button)
        self._menu.setObjectName("settingsMenuEntries")
        self._menu.aboutToShow.connect(self._fill)
        self._button.setMenu(self._menu)
        self._dialog: FileDialog | None = None
        row = QtWidgets.QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(3)
        row.addWidget(self._name, 1)
        row.addWidget(self._button)

    def show_target(self, target: Target) -> None:
        """Name what the controls change."""
        if target.lineart:
            text = tr('For "{name}"', name=target.lineart)
            if target.inside:
                text = tr('Only inside the selection: "{name}"', name=target.lineart)
            tip = tr('The controls below change "{name}"', name=target.lineart)
        else:
            text = tr("For new sketches")
            tip = tr("This layer has no lineart yet: what you set here is how new sketches are inked")
        self._name.show_text(text, tip)

    def _fill(self) -> None:
        """The presets there are now, and what can be done."""
        self._menu.clear()
        for path in self._session.presets.known():
            entry = self._menu.addAction(readable(path.stem).replace("&", "&&"))
            entry.triggered.connect(lambda *_, path=path: self._session.take_preset(path))
        self._menu.addSeparator()
        self._add("savePreset", tr("Save as preset…"), self._ask_where_to_save)
        self._add("loadPreset", tr("Load a preset…"), self._ask_for_file)
        self._menu.addSeparator()
        self._add("suitThickness", tr("Thickness that suits the drawing"), self._session.suit_thickness)
        self._add("useForNew", tr("Use for new sketches"), self._session.use_for_new_sketches)

    def _add(self, name: str, text: str, action: Callable[[], None]) -> None:
        entry = self._menu.addAction(text)
        entry.setObjectName(name)
        entry.triggered.connect(lambda *_: action())

    def _ask_where_to_save(self) -> None:
        dialog = self._ask(tr("Save these settings as a preset"))
        dialog.ask_where_to_save(ENDING, file_of)
        dialog.fileSelected.connect(lambda chosen: self._session.keep_preset(openable(chosen)))
        dialog.show()

    def _ask_for_file(self) -> None:
        dialog = self._ask(tr("Load settings from a preset"))
        dialog.setFileMode(QtWidgets.QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda chosen: self._session.take_preset(openable(chosen)))
        dialog.show()

    def _ask(self, title: str) -> FileDialog:
        if self._dialog is not None:
            self._dialog.close()
        folder = self._session.presets.folder
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
        dialog = FileDialog(self.window(), title, "presetFile", readable(str(folder)))
        dialog.setNameFilters([tr("Presets ({patterns})", patterns=f"*{ENDING}")])
        dialog.destroyed.connect(lambda *_: self._dialog_gone(dialog))
        self._dialog = dialog
        return dialog

    def _dialog_gone(self, dialog: object) -> None:
        if self._dialog is dialog:
            self._dialog = None
