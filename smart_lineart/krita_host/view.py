# SPDX-License-Identifier: GPL-3.0-or-later
"""What the artist sees of the page, and whether a stroke is being painted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from smart_lineart.inking import Rect

from . import application, pen_watch
from .document import Document

try:
    from PyQt6.QtCore import Qt
    from PyQt6.QtGui import QCursor
    from PyQt6.QtWidgets import QAbstractScrollArea, QApplication, QMdiArea
except ImportError:
    from PyQt5.QtCore import Qt
    from PyQt5.QtGui import QCursor
    from PyQt5.QtWidgets import QAbstractScrollArea, QApplication, QMdiArea


@dataclass(frozen=True)
class CanvasPlace:
    """Where the page lies in a window: the widget it is seen in, screen px per page px, and its scrolling."""

    viewport: Any
    zoom: float
    left: float
    top: float

    def on_screen(self, rect: Rect) -> tuple[float, float, float, float]:
        """x, y, width and height of a part of the page, in px of the viewport."""
        zoom = self.zoom
        return rect.x * zoom - self.left, rect.y * zoom - self.top, rect.width * zoom, rect.height * zoom


def under_cursor(document: Document) -> tuple[int, int] | None:
    """The pixel of the page that the cursor is over; None where it is over none, or that can't be told."""
    place = canvas_place(document)
    if place is None:
        return None
    spot = place.viewport.mapFromGlobal(QCursor.pos())
    if not place.viewport.rect().contains(spot):
        return None
    x, y = int((spot.x() + place.left) // place.zoom), int((spot.y() + place.top) // place.zoom)
    return (x, y) if 0 <= x < document.page.width and 0 <= y < document.page.height else None


def visible_area(document: Document) -> Rect | None:
    """The part of the page in the window; None where that can't be told (a turned canvas, no view)."""
    place = canvas_place(document)
    if place is None:
        return None
    size, zoom = place.viewport.size(), place.zoom
    return Rect(
        int(place.left / zoom) - 1,
        int(place.top / zoom) - 1,
        int(size.width() / zoom) + 3,
        int(size.height() / zoom) + 3,
    )


def canvas_place(document: Document) -> CanvasPlace | None:
    """Where the page lies in the window; None where that can't be told (a turned canvas, no view)."""
    window = application.krita().activeWindow()
    view = window.activeView() if window else None
    if view is None or view.document() is None or view.document() != document.raw:
        return None
    canvas = view.canvas()
    if canvas is None or canvas.rotation() or canvas.mirror():
        return None
    scroll = _scroll_area(window.qwindow())
    zoom = canvas.zoomLevel() * zoom_unit(canvas, document)
    if scroll is None or zoom <= 0:
        return None
    left, top = scroll.horizontalScrollBar().value(), scroll.verticalScrollBar().value()
    return CanvasPlace(scroll.viewport(), zoom, left, top)


def pen_on_page(document: Document) -> tuple[float, float] | None:
    """Where mouse or pen are, in px of the page in front; None where that can't be told or is none."""
    place = canvas_place(document)
    if place is None:
        return None
    spot = place.viewport.mapFromGlobal(QCursor.pos())
    if not place.viewport.rect().contains(spot):
        return None
    return (spot.x() + place.left) / place.zoom, (spot.y() + place.top) / place.zoom


def zoom_unit(canvas: Any, document: Document) -> float:
    """Screen pixels per page pixel at Krita's zoom level 1, which is a scale of points up to Krita 5.2."""
    counts_pixels = hasattr(canvas, "preferredCenter")  # came with it, in 5.3
    return 1.0 if counts_pixels or document.ppi <= 0 else 72.0 / document.ppi


_mdi_areas: dict[int, QMdiArea] = {}


def _scroll_area(window: Any) -> QAbstractScrollArea | None:
    """The canvas's scroll area in a window.

    It lies in the window's middle. Looking through the whole window would take up to 0.2 s: PyQt makes an
    object for every widget and action in it.
    """
    sub = sub_window(window)
    return scroll_area_in(sub) if sub is not None else None


def sub_window(window: Any) -> Any | None:
    """The part of a window that shows its document in front; None where it has none."""
    key = window.winId().__int__()
    if key not in _mdi_areas:
        areas = window.centralWidget().findChildren(QMdiArea)
        if not areas:
            return None
        _mdi_areas[key] = areas[0]
    return _mdi_areas[key].currentSubWindow()


def scroll_area_in(widget: Any) -> QAbstractScrollArea | None:
    """The canvas's scroll area somewhere in a widget; None where there is none."""
    found = widget.findChildren(QAbstractScrollArea)
    return next((area for area in found if "Canvas" in area.metaObject().className()), None)


_still: list[object] = []  # who has asked for it


def keep_still(who: object, *, still: bool) -> None:
    """Have nothing changed, as while the artist paints; or no longer."""
    _still[:] = [other for other in _still if other is not who] + [who] * still


def painting() -> bool:
    """Whether a mouse button or the pen is down: a change to the image would cut the stroke short. Also
    while anybody keeps it still.
    """
    return bool(_still) or button_down()


def button_down() -> bool:
    """Whether a mouse button or the pen is down."""
    return pen_watch.down() or bool(QApplication.mouseButtons() != Qt.MouseButton.NoButton)


def modifier_down() -> bool:
    """Whether Shift, Ctrl, Alt or Meta is held: a pen does something else then, in any window."""
    return bool(QApplication.keyboardModifiers() != Qt.KeyboardModifier.NoModifier)
