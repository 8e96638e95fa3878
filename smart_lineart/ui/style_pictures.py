# SPDX-License-Identifier: GPL-3.0-or-later
"""Brush styles shown by strokes the engine itself draws."""

from __future__ import annotations

import numpy as np

from smart_lineart.inking import Rect
from smart_lineart.inking.brushes.styles import Style
from smart_lineart.inking.drawing.textured import draw
from smart_lineart.inking.strokes import Strokes
from smart_lineart.studio.language.i18n import translated
from smart_lineart.studio.own_brushes import OwnBrushes

from .qt import QtCore, QtGui, QtWidgets

WIDTH, HEIGHT = 68, 18
THICKNESS = 3.5


def sample_strokes(width: float, height: float) -> Strokes:
    """Two strokes as a hand makes them, pressing harder in the middle, in a box of width x height px."""
    t = np.linspace(0, 1, 48)
    pressure = 0.35 + 1.15 * np.sin(np.pi * t) ** 1.5
    wave = np.stack([width * (0.05 + 0.6 * t), height * (0.5 - 0.3 * np.sin(2 * np.pi * t))], axis=1)
    flick = np.stack([width * (0.72 + 0.22 * t), height * (0.85 - 0.7 * t**0.7)], axis=1)
    points = [wave.astype(np.float32), flick.astype(np.float32)]
    widths = [pressure.astype(np.float32), (pressure[::-1] * np.linspace(1.2, 0.5, 48)).astype(np.float32)]
    return Strokes.from_lists(points, widths, [1.0, 1.0])


def sample(style: Style, width: int, height: int, thickness: float) -> np.ndarray:
    """Coverage uint8 (height, width) of the sample strokes."""
    return draw(sample_strokes(width, height), Rect(0, 0, width, height), thickness=thickness, style=style)


class StylePictures(QtCore.QObject):
    """Fills a combo box with the brush styles, and repaints them when Krita's theme changes."""

    def __init__(self, combo: QtWidgets.QComboBox, brushes: OwnBrushes):
        super().__init__(combo)
        self._combo, self._brushes = combo, brushes
        combo.setIconSize(QtCore.QSize(WIDTH, HEIGHT))
        combo.installEventFilter(self)
        self._fill()
        fill = self._fill
        brushes.changed.connect(fill)
        # The window may go before Krita does; by then this object can't be asked any more.
        self.destroyed.connect(lambda *_: brushes.changed.disconnect(fill))

    def _fill(self) -> None:
        chosen = self._combo.currentData()
        self._combo.clear()
        for style in self._brushes.styles():
            self._combo.addItem(translated(style.title), style.name)
            tip = translated(style.description)
            self._combo.setItemData(self._combo.count() - 1, tip, QtCore.Qt.ItemDataRole.ToolTipRole)
        self._combo.setCurrentIndex(max(0, self._combo.findData(chosen)))
        self._paint()

    def eventFilter(self, watched: object, event: QtCore.QEvent) -> bool:
        """Repaint in the new theme's text colour."""
        if event.type() in {QtCore.QEvent.Type.PaletteChange, QtCore.QEvent.Type.StyleChange}:
            self._paint()
        return bool(super().eventFilter(watched, event))

    def _paint(self) -> None:
        colour = self._combo.palette().color(QtGui.QPalette.ColorRole.Text)
        ratio = self._combo.devicePixelRatioF()
        for index, style in enumerate(self._brushes.styles()):
            coverage = sample(style, round(WIDTH * ratio), round(HEIGHT * ratio), THICKNESS * ratio)
            self._combo.setItemIcon(index, QtGui.QIcon(_pixmap(coverage, colour, ratio)))


def _pixmap(coverage: np.ndarray, colour: QtGui.QColor, ratio: float) -> QtGui.QPixmap:
    height, width = coverage.shape
    pixels = np.empty((height, width, 4), np.uint8)
    pixels[..., :3] = colour.blue(), colour.green(), colour.red()
    pixels[..., 3] = coverage
    data = pixels.tobytes()
    image = QtGui.QImage(data, width, height, width * 4, QtGui.QImage.Format.Format_ARGB32).copy()
    image.setDevicePixelRatio(ratio)
    return QtGui.QPixmap.fromImage(image)
