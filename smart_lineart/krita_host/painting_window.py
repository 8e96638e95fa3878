# SPDX-License-Identifier: GPL-3.0-or-later
"""A document in a window that is never shown, painted on with the artist's own brush preset.

Krita has no way to paint with a preset at a script's command before 5.3, and none with pressure along a way
since. So a second window is made, never shown, and what a pen would send is sent to its canvas. Its tools
take from Krita's settings how they smooth and where a stroke's speed comes from, as they are made.

Krita holds one preset for all windows: the size is set for the strokes of one turn of the event loop, and
put back before the next.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from krita import Krita, ManagedColor
from numpy.typing import NDArray

from smart_lineart.inking import InkError, Rect

from . import application, pen_watch
from .artists_pen import ArtistsPen
from .document import Document
from .layer import Layer
from .lists import owned
from .outlived import outlived
from .pen_events import TIMED, MadePen, Points, canvas_in, give_focus
from .pixels import PixelFormat, alpha_to_byte
from .view import scroll_area_in, sub_window, zoom_unit

try:
    from PyQt6.QtCore import Qt
    from PyQt6.QtGui import QColor
    from PyQt6.QtWidgets import QMdiArea, QMdiSubWindow
    from PyQt6.sip import delete
except ImportError:
    from PyQt5.QtCore import Qt
    from PyQt5.QtGui import QColor
    from PyQt5.QtWidgets import QMdiArea, QMdiSubWindow
    from PyQt5.sip import delete

LEAST = 512  # px: room for marks on small pages
SMOOTHING, SPEED = "LineSmoothingType", "useTimestampsForBrushSpeed"
FOR_TOOLS = {SMOOTHING: ("0", "1"), SPEED: ("true", "false")}
"""Krita's settings, as our tools need them and as they are by themselves: nothing is smoothed, and a stroke
is as fast as its events say, whenever they are sent."""
TURN_MS, TURNS = 10, 300
SETTLED_MS = 50
WARMING = 8  # times that a stroke is tried


class NotPainted(InkError):
    """Krita does not paint as it was asked to."""

    usual = "This Krita cannot draw with your brush by itself."


class PaintingWindow:
    """A window that is never shown, with a document in it; `close` it in the end, whatever comes."""

    def __init__(self, page: Rect, form: PixelFormat, ppi: float):
        self._page, self._form, self._ppi = page, form, ppi
        self._document: Any = None
        self._window: Any = None
        self._view: Any = None
        self._pen: MadePen | None = None
        self._layer: Any = None
        self._place = 1.0, 0.0, 0.0
        self._artist = ArtistsPen()

    @contextmanager
    def undisturbed(self) -> Iterator[None]:
        """Where Krita lets its event loop run within, no step of ours begins, no document is destroyed, and
        no stroke of the artist begins but right after it.
        """
        with self._artist.held_back(), pen_watch.paused(), outlived(sparing=True):
            yield

    def open(self, preset: Any, colour: Any | None) -> Generator[int, None, None]:
        """Make it, with a preset and a colour (None: black); yields milliseconds. Raises NotPainted."""
        wide, high = max(self._page.width, LEAST), max(self._page.height, LEAST)
        form = self._form
        krita = Krita.instance()
        self._document = krita.createDocument(
            wide, high, "Smart Lineart", form.model, form.depth, form.profile, self._ppi
        )
        self._document.setBatchmode(True)
        yield 0
        with _opening():
            self._window = krita.openWindow()
        if self._window is None:
            raise NotPainted
        self._hide()
        yield 0
        _for_tools.turn_ours()
        try:
            self._view = self._window.addView(self._document)
        finally:
            _for_tools.put_back()
        ours = canvas_in(self._window.qwindow())
        if self._view is None or ours is None:
            raise NotPainted
        self._artist.ours = ours
        self._pen = MadePen(ours, lambda: self._artist.pen)
        give_focus(_artists_canvas())
        yield SETTLED_MS
        self._choose(preset, colour)
        self._view.canvas().setZoomLevel(1.0)
        yield SETTLED_MS
        self._find_place(ours)
        yield from self._make_layer()
        yield from self._warm_up()

    def _warm_up(self) -> Generator[int, None, None]:
        """Paint until Krita listens, which it may not do at once, or a preset seems to leave no mark. Raises
        NotPainted where marks lie elsewhere: Krita 5.3 lays a page out otherwise.
        """
        assert self._pen is not None
        from_here, there = LEAST / 4, LEAST / 2
        points = np.column_stack([np.linspace(from_here, there, 9), np.full(9, there)])
        marked = False
        for _ in range(WARMING):
            self._pen.come_in()
            with self.painting(there / 8):
                self.stroke(points, np.ones(9))
            yield from self.settled()
            if self.lost:
                return
            mark = Layer(self._layer).bounds
            marked = mark.width > 0 and mark.height > 0
            if marked and _in_the_middle_of(mark, (from_here + there) / 2, there):
                return
            yield SETTLED_MS
            if not self._found_again():
                return
            self.clear()
        if marked:
            raise NotPainted

    def _found_again(self) -> bool:
        """Whether it is there; it may have been laid out anew."""
        if self.lost:
            return False
        ours = canvas_in(self._window.qwindow())
        if ours is not None:
            self._find_place(ours)
        return ours is not None

    @property
    def alive(self) -> bool:
        """Whether it is there: Krita closes windows when it ends, and scripts may close any document."""
        documents = owned(Krita.instance().documents())
        return self._document is not None and any(one == self._document for one in documents)

    @property
    def lost(self) -> bool:
        """Whether it was there and no longer is; nothing of it may be touched then, but `close`."""
        return self._document is not None and not self.alive

    def _hide(self) -> None:
        """Whatever shows it, it is never on the screen, nor in front."""
        window = self._window.qwindow()
        window.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen, True)
        window.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, True)
        window.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        if window.isVisible():  # 5.1 leaves that to the script
            window.hide()

    def _choose(self, preset: Any, colour: Any | None) -> None:
        self._view.setCurrentBrushPreset(preset)
        self._view.setForeGroundColor(ManagedColor.fromQColor(QColor(0, 0, 0)) if colour is None else colour)

    def _find_place(self, ours: Any) -> None:
        """Where the page lies on the canvas. Raises NotPainted where that can't be told."""
        if hasattr(self._view, "flakeToCanvasTransform"):
            # Since 5.3 the page's middle lies at the corner of a canvas that was never laid out, whatever
            # the scroll bars say.
            from_page = self._view.flakeToImageTransform().inverted()[0]
            way = from_page * self._view.flakeToCanvasTransform()
            self._place = way.m11(), -way.dx(), -way.dy()
            return
        area = scroll_area_in(self._window.qwindow())
        if area is None:
            raise NotPainted
        zoom = self._view.canvas().zoomLevel() * zoom_unit(self._view.canvas(), Document(self._document))
        zoom /= ours.devicePixelRatioF()
        self._place = zoom, area.horizontalScrollBar().value(), area.verticalScrollBar().value()

    # -- painting

    def _make_layer(self) -> Generator[int, None, None]:
        """The layer to paint on, once Krita has selected it. Raises NotPainted."""
        self._layer = self._document.createNode("strokes", "paintlayer")
        self._document.rootNode().addChildNode(self._layer, None)
        wanted = Layer(self._layer).identity
        for _ in range(TURNS):
            Document(self._document).activate(Layer(self._layer))
            yield TURN_MS  # Krita tells its canvas later
            if not self.alive:
                break
            now = Document(self._document).active_layer()
            if now is not None and now.identity == wanted:
                return
        raise NotPainted

    def clear(self) -> None:
        """Take away what is painted."""
        layer = Layer(self._layer)
        rect = layer.bounds
        if rect.width and rect.height:
            layer.write(bytes(rect.width * rect.height * self._form.pixel_size), rect)

    @contextmanager
    def painting(self, size: float) -> Iterator[None]:
        """Paint strokes within, with a brush of some size, without a turn of the event loop."""
        assert self._pen is not None
        usual = self._view.brushSize()
        self._view.setBrushSize(size)
        try:
            with self._pen.at_hand(_artists_canvas()):
                yield
        finally:
            self._view.setBrushSize(usual)
            self._document.setModified(False)

    def stroke(self, points: Points, pressure: Points) -> None:
        """One stroke through points (n, 2) in px of the page, pressed 0 to 1 (n,) at each."""
        assert self._pen is not None
        zoom, left, top = self._place
        self._pen.stroke(points * zoom - [left, top], pressure)

    def fill(self, data: bytes, rect: Rect) -> None:
        """Put pixels in the document's form beneath the strokes to come."""
        Layer(self._layer).write(data, rect)

    def settled(self) -> Generator[int, None, None]:
        """Give way once at least, and wait until all that was sent is painted."""
        yield 0
        while self.alive and not Document(self._document).idle:
            yield TURN_MS

    def pixels(self, rect: Rect) -> bytes:
        """What is painted, in the document's form."""
        return Layer(self._layer).own_pixels(rect)

    def alpha(self, rect: Rect) -> NDArray[np.uint8]:
        """How far each pixel is painted, uint8 (height, width)."""
        pixels = self._form.array(self.pixels(rect), rect.height, rect.width)
        return alpha_to_byte(pixels[..., -1], self._form).copy()

    def close(self) -> None:
        """Leave nothing of it behind. Once that is done, Krita is not asked again: it may be about to end."""
        self._artist.leave()
        document, window = self._document, self._window
        if document is None and window is None:
            return
        try:
            alive = self.alive
            self._document = self._window = self._view = self._pen = self._layer = None
            if alive:
                document.setModified(False)
                document.close()
        finally:
            try:
                if window is not None and any(one == window for one in owned(Krita.instance().windows())):
                    _close(window.qwindow())
            finally:
                settle_tools()


_windows_to_come: list[None] = []


def is_opening() -> bool:
    """Whether the window that is being made is one that nobody will see."""
    return bool(_windows_to_come)


@contextmanager
def _opening() -> Iterator[None]:
    _windows_to_come.append(None)
    try:
        yield
    finally:
        _windows_to_come.pop()


def _close(window: Any) -> None:
    """Close a window of Krita's, whose documents were closed.

    Its views go first. Krita would have them go later, in an order that depends on how deep the event loops
    lie in each other; where a view is left to its window, Krita ends (SIGSEGV).
    """
    for area in window.findChildren(QMdiArea):
        for view in area.findChildren(QMdiSubWindow):
            delete(view)
    window.close()


class _ForTools:
    """Krita's settings that its tools, those to come, go by: the artist's, and ours for a moment."""

    def __init__(self) -> None:
        self.usual: dict[str, str] = {}  # the artist's, as long as it may have to be put back

    def turn_ours(self) -> None:
        """Have tools be as ours shall be, where Krita's settings can be written."""
        if not self.usual:  # else it could not be put back yet, and what is read is ours
            self.usual = {key: _kept(key) for key in FOR_TOOLS if key != SPEED or TIMED}
        if application.has_room_for_settings():
            for key in self.usual:
                Krita.instance().writeSetting("", key, FOR_TOOLS[key][0])

    def put_back(self) -> bool:
        """Whether it is as the artist had it; not where Krita's settings cannot be written now."""
        changed = {
            key: usual
            for key, usual in self.usual.items()
            if usual != FOR_TOOLS[key][0] and _kept(key) == FOR_TOOLS[key][0]
        }
        if changed and not application.has_room_for_settings():
            return False
        for key, usual in changed.items():
            Krita.instance().writeSetting("", key, usual)
        return True


_for_tools = _ForTools()


def _kept(key: str) -> str:
    return str(Krita.instance().readSetting("", key, FOR_TOOLS[key][1]))


def settle_tools() -> bool:
    """Once no window is left: whether Krita's tools will be as before. To be tried again where not."""
    # Tools write down what they smooth with when they are chosen, those of a window of ours, too.
    if not _for_tools.put_back():
        return False
    _for_tools.usual = {}
    return True


def _in_the_middle_of(mark: Rect, x: float, y: float) -> bool:
    """Whether a mark lies about where it was painted; brushes that scatter do so on all sides."""
    off = abs(mark.x + mark.width / 2 - x), abs(mark.y + mark.height / 2 - y)
    return max(off) < LEAST / 8


def _artists_canvas() -> Any | None:
    """The canvas in front."""
    window = Krita.instance().activeWindow()
    sub = sub_window(window.qwindow()) if window is not None else None
    return canvas_in(sub) if sub is not None else None
