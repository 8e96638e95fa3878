# SPDX-License-Identifier: GPL-3.0-or-later
"""The docker's row of brush styles: the list, and a menu to add, share and remove one's own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from smart_lineart.inking import BadStrip, InkError, Strip, is_strip, strip_from_picture
from smart_lineart.inking.brushes.stamping import strip_of
from smart_lineart.inking.brushes.strip_files import HEIGHT as STRIP_HEIGHT
from smart_lineart.krita_host import brushes, preset_settings
from smart_lineart.krita_host.pixels import LUMA_BGR
from smart_lineart.paths import openable, readable
from smart_lineart.studio.language.i18n import tr, translated
from smart_lineart.studio.messages import for_a_while
from smart_lineart.studio.own_brushes import file_name, write_whole
from smart_lineart.studio.session import Session

from .file_dialog import FileDialog
from .qt import QtCore, QtGui, QtWidgets
from .style_pictures import StylePictures

MOST_BYTES = 32 << 20
MOST_PIXELS = 16 << 20
"""Of a picture of a mark: it becomes a strip of 256 x 64 px, so a larger one is a mistake."""
PICTURES = "*.png *.jpg *.jpeg *.webp *.tif *.tiff *.bmp"


class StyleRow(QtWidgets.QWidget):
    """`combo` is the list; what is chosen in it, and every brush added, goes to the session."""

    def __init__(self, session: Session, combo: QtWidgets.QComboBox):
        super().__init__()
        self._session = session
        self._brushes, self._messages = session.context.brushes, session.messages
        self.combo = combo
        self._pictures = StylePictures(combo, self._brushes)
        self._dialog: FileDialog | None = None
        self._button = QtWidgets.QToolButton()
        self._button.setObjectName("brushMenu")
        self._button.setAutoRaise(True)
        self._button.setText("…")
        self._button.setStyleSheet("QToolButton::menu-indicator { image: none; }")  # it would lie on the dots
        self._button.setToolTip(tr("Add, share or remove brush styles of your own"))
        self._button.setAccessibleName(tr("Brush styles of your own"))
        self._button.setPopupMode(QtWidgets.QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QtWidgets.QMenu(self._button)
        self._menu.setObjectName("brushMenuEntries")
        self._add("addFromPreset", tr("Add from brush preset"), self.add_from_preset)
        self._add("addFromPicture", tr("Add from picture…"), self._ask_for_picture)
        self._menu.addSeparator()
        self._add("saveBrush", tr("Export brush…"), self._ask_where_to_save)
        self._remove = self._add("removeBrush", tr("Remove"), self.remove)
        self._menu.aboutToShow.connect(self._about_to_show)
        self._button.setMenu(self._menu)
        layout = QtWidgets.QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addWidget(combo, 1)
        layout.addWidget(self._button)

    def _add(self, name: str, text: str, action: Callable[[], None]) -> Any:
        entry = self._menu.addAction(text)
        entry.setObjectName(name)
        entry.triggered.connect(lambda *_: action())
        return entry

    def _about_to_show(self) -> None:
        self._brushes.refresh()
        style = self._brushes.find(self._session.settings.style)
        own = self._brushes.is_own(style.name)
        self._remove.setText(tr('Remove "{name}"', name=translated(style.title)) if own else tr("Remove"))
        self._remove.setEnabled(own)

    # -- adding

    def add_from_preset(self) -> None:
        """Make a style of the brush preset that is chosen in Krita."""
        preset = brushes.current_preset()
        if preset is None:
            self._messages.say(
                tr("Open a document and choose a brush preset first."),
                "error",
                so=lambda: brushes.current_preset() is None,
            )
            return
        title = file_name(preset.name.replace("_", " "))
        try:
            strip = _painted_strip() if brushes.can_paint() else _strip_from_settings(preset.settings)
        except BadStrip:
            strip = None
        except (InkError, RuntimeError) as error:
            self._messages.report(error, so=_chosen(preset.name))
            return
        if strip is not None:
            self._keep(title, strip)
        elif brushes.can_paint() or preset_settings.reads_canvas(preset.settings):
            self._say_no_line(preset.name)
        else:
            self._try_out(preset, title)

    def _try_out(self, preset: brushes.Preset, title: str) -> None:
        """Have Krita paint a mark of a preset whose settings do not tell what it looks like."""
        pending = self._session.painting.mark(preset.raw)
        if pending is None:
            self._messages.say(
                tr("Wait until the lineart is inked, then try again."),
                "error",
                so=lambda: self._session.painting.busy,
            )
            return

        def painted() -> None:
            if pending.error is not None:  # it was told already
                return
            try:
                strip = _strip_of_mark(pending.value)
            except BadStrip:
                self._say_no_line(preset.name)
            else:
                self._keep(title, strip)

        pending.when_done(painted)

    def _say_no_line(self, name: str) -> None:
        self._messages.say(
            tr('"{name}" leaves no usable line. Is it an eraser or a blending brush?', name=name),
            "error",
            so=_chosen(name),
        )

    def add_from_file(self, path: Path) -> None:
        """Make a style of a strip's file or of a picture of a mark."""
        try:
            strip = strip_in(path)
        except OSError as error:
            self._messages.say(
                tr("{path} cannot be read: {reason}.", path=path.name, reason=error.strerror or error),
                "error",
            )
        except InkError as error:
            self._messages.report(error)
        else:
            self._keep(readable(path.stem), strip)

    def _keep(self, title: str, strip: Strip) -> None:
        try:
            style = self._brushes.add(title, strip)
        except OSError as error:
            self._cannot_write(self._brushes.folder, error)
            return
        self._messages.say(tr('Added brush "{name}".', name=style.title), so=for_a_while())
        self._session.change("style", style.name, final=True)

    # -- sharing and removing

    def save(self, path: Path) -> None:
        """Write the chosen style's strip as a file."""
        path = _strip_file(path)
        style = self._brushes.find(self._session.settings.style)
        try:
            write_whole(path, style.strip.to_bytes())
        except OSError as error:
            self._cannot_write(path, error)
        else:
            self._messages.say(tr("{path} is written.", path=path.name), so=for_a_while())

    def remove(self) -> None:
        """Take the chosen style of one's own out of the list."""
        style = self._brushes.find(self._session.settings.style)
        if not self._brushes.is_own(style.name):
            return
        try:
            kept = self._brushes.remove(style.name)
        except OSError as error:
            self._cannot_write(self._brushes.folder, error)
            return
        self._session.shown.brush_removed(style.name)
        self._session.change("style", self._brushes.styles()[0].name, final=True)
        self._messages.say(
            tr('"{name}" is removed; its file is kept in {folder}.', name=style.title, folder=kept.parent)
        )

    def _cannot_write(self, path: Path, error: OSError) -> None:
        self._messages.say(
            tr("{path} cannot be written: {reason}.", path=path, reason=error.strerror or error), "error"
        )

    # -- files

    def _ask_for_picture(self) -> None:
        dialog = self._ask(tr("Add a brush style from a picture"))
        dialog.setFileMode(QtWidgets.QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([tr("Pictures ({patterns})", patterns=PICTURES)])
        dialog.fileSelected.connect(lambda chosen: self.add_from_file(openable(chosen)))
        dialog.show()

    def _ask_where_to_save(self) -> None:
        dialog = self._ask(tr("Save the brush style"))
        dialog.ask_where_to_save(".png", _strip_file)
        dialog.setNameFilters([tr("Brush strips ({patterns})", patterns="*.png")])
        style = self._brushes.find(self._session.settings.style)
        dialog.selectFile(file_name(translated(style.title)) + ".png")
        dialog.fileSelected.connect(lambda chosen: self.save(openable(chosen)))
        dialog.show()

    def _ask(self, title: str) -> FileDialog:
        if self._dialog is not None:
            self._dialog.close()
        dialog = FileDialog(self.window(), title, "brushFile")
        dialog.destroyed.connect(self._dialog_gone)
        self._dialog = dialog
        return dialog

    def _dialog_gone(self, *_: object) -> None:
        self._dialog = None


def _strip_file(path: Path) -> Path:
    """The file that a path stands for."""
    return path if path.suffix.lower() == ".png" else path.with_name(path.name + ".png")


def _painted_strip() -> Strip | None:
    mark = brushes.paint_mark()
    return None if mark is None else _strip_of_mark(mark)


def _strip_of_mark(mark: np.ndarray) -> Strip:
    """Raises BadStrip."""
    return strip_from_picture(mark) if mark.shape[0] > STRIP_HEIGHT else Strip(mark)


def _chosen(name: str) -> Callable[[], bool]:
    """Whether a preset is still the one that is chosen in Krita."""

    def now() -> bool:
        preset = brushes.current_preset()
        return preset is not None and preset.name == name

    return now


def _strip_from_settings(settings: str) -> Strip | None:
    stamp = preset_settings.stamp_of(settings)
    return None if stamp is None else strip_of(stamp)


def strip_in(path: Path) -> Strip:
    """The strip in a file: a strip itself, or made from a picture of a mark. Raises BadStrip, OSError."""
    if path.stat().st_size > MOST_BYTES:
        raise BadStrip("{path} is too large for a picture of a brush mark.", path=path.name)
    data = path.read_bytes()
    if is_strip(data):
        return Strip.from_bytes(data, path.name)
    image = QtGui.QImage.fromData(data)
    if image.isNull():
        raise BadStrip("{path} is not a picture that can be read.", path=path.name)
    if image.width() * image.height() > MOST_PIXELS:
        raise BadStrip("{path} is too large for a picture of a brush mark.", path=path.name)
    return strip_from_picture(_grey(image))


def _grey(image: QtGui.QImage) -> np.ndarray:
    """A picture's luma over white paper, uint8 (height, width)."""
    page = QtGui.QImage(image.size(), QtGui.QImage.Format.Format_RGB32)
    page.fill(QtCore.Qt.GlobalColor.white)
    painter = QtGui.QPainter(page)
    painter.drawImage(0, 0, image)
    painter.end()
    bits = page.constBits()
    bits.setsize(page.bytesPerLine() * page.height())
    pixels = np.frombuffer(bits, np.uint8).reshape(page.height(), -1)[:, : 4 * page.width()]
    bgr = pixels.reshape(page.height(), page.width(), 4)[..., :3].astype(np.float32)
    return np.rint(bgr @ LUMA_BGR).astype(np.uint8)
