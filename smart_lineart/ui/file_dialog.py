# SPDX-License-Identifier: GPL-3.0-or-later
"""A file dialog that lets the artist go on painting, and replaces a file only by a button that says so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from smart_lineart.paths import openable, readable
from smart_lineart.studio.language.i18n import tr

from .qt import QtCore, QtWidgets


class FileDialog(QtWidgets.QFileDialog):
    """Qt's own, since some systems' block. It goes once a file was chosen."""

    def __init__(self, parent: QtWidgets.QWidget, title: str, name: str, folder: str = ""):
        super().__init__(parent, title, folder)
        self.setObjectName(name)
        self.setOption(QtWidgets.QFileDialog.Option.DontUseNativeDialog)
        self.setModal(False)
        self.setAttribute(QtCore.Qt.WidgetAttribute.WA_DeleteOnClose)
        self._written: Callable[[Path], Path] = lambda path: path
        self._asked: Path | None = None
        self._title = title

    def ask_where_to_save(self, ending: str, written: Callable[[Path], Path]) -> None:
        """Let a name be typed. `written` tells the file that one stands for, with its ending."""
        self.setAcceptMode(QtWidgets.QFileDialog.AcceptMode.AcceptSave)
        self.setOption(QtWidgets.QFileDialog.Option.DontConfirmOverwrite)  # by a box that blocks Krita
        self.setDefaultSuffix(ending[1:])
        self._written = written

    def accept(self) -> None:
        """Take what was chosen; where a file would be replaced, the button says so first."""
        saves = self.acceptMode() == QtWidgets.QFileDialog.AcceptMode.AcceptSave
        chosen = [openable(name) for name in self.selectedFiles()]
        if saves and chosen and not chosen[0].is_dir():
            path = self._written(chosen[0])
            if path.exists() and path != self._asked:
                self._ask_to_replace(path)
                return
        super().accept()

    def _ask_to_replace(self, path: Path) -> None:
        self._asked = path
        self.setWindowTitle(tr('Replace "{name}"?', name=readable(path.stem)))
        self.setLabelText(QtWidgets.QFileDialog.DialogLabel.Accept, tr("Replace"))
        for edit in self.findChildren(QtWidgets.QLineEdit):
            edit.textEdited.connect(lambda _: self._begin_anew())

    def _begin_anew(self) -> None:
        """Another name is typed."""
        if self._asked is not None:
            self._asked = None
            self.setWindowTitle(self._title)
            self.setLabelText(QtWidgets.QFileDialog.DialogLabel.Accept, "")
