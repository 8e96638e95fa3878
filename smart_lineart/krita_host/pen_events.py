# SPDX-License-Identifier: GPL-3.0-or-later
"""A pen's events, made for a canvas that nobody sees.

Krita keeps one active canvas and one pen for all windows, and takes note of both where the focus moves and
where a pen is seen. So a hand that paints with made events takes the focus, shows its pen, paints, and gives
the focus back to the canvas that had it, all before Krita looks at the artist's next event. Their pen then
never paints where ours does, nor the other way round, and their tool stays chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

try:
    from PyQt6.QtCore import QEvent, QPointF, Qt
    from PyQt6.QtGui import QEnterEvent, QFocusEvent, QInputDevice, QPointingDevice, QTabletEvent
    from PyQt6.QtWidgets import QApplication, QWidget

    NEWER = True
except ImportError:
    from PyQt5.QtCore import QEvent, QPointF, Qt
    from PyQt5.QtGui import QEnterEvent, QFocusEvent, QMouseEvent, QTabletEvent
    from PyQt5.QtWidgets import QApplication, QWidget

    NEWER = False

Points = NDArray[np.float64]

PEN = 0x5EED  # tells our pen apart from those that are plugged in
TIMED = not NEWER
"""Whether events can say when they come: PyQt has no way to set that in Qt 6."""

BEAT_MS = 16  # between two events of a stroke: a hand that takes its time, whose speed hardly tells
PAUSE_MS = 500  # between two strokes
LEAD = 2.0, 4.0, 6.0  # px from the beginning: Krita tells how fast a stroke is once it has gone 5 px
FAR = -4096.0  # px: a place off every page, where a pen that hovers changes nothing
CANVASES = frozenset({"KisQPainterCanvas", "KisOpenGLCanvas2"})

PEN_POINT = QPointingDevice.PointerType.Pen if NEWER else QTabletEvent.PointerType.Pen

_pens: list[Any] = []


def canvas_in(widget: Any) -> QWidget | None:
    """The first canvas somewhere in a widget; None where there is none."""
    found = widget.findChildren(QWidget)
    return next((one for one in found if one.metaObject().className() in CANVASES), None)


class MadePen:
    """A pen over a canvas of ours, by `theirs` the one that the artist has in hand, once it is known.

    Each change of pens has Krita change tool and preset, the artist's, too.
    """

    def __init__(self, ours: QWidget, theirs: Callable[[], Pen | None]):
        self._ours = ours
        self._theirs = theirs
        self._pen = _made_pen()
        self._time = 0  # ms, by which Krita tells how fast a stroke is

    def come_in(self) -> None:
        """Krita listens to what is sent to the canvas of a window once that has had the focus."""
        QApplication.sendEvent(self._ours, QFocusEvent(QEvent.Type.FocusIn))

    @contextmanager
    def at_hand(self, theirs: QWidget | None) -> Iterator[None]:
        """Paint within, without a turn of the event loop; the artist's canvas has the focus afterwards."""
        focus = QApplication.instance().focusChanged
        focus.emit(None, self._ours)
        try:
            self._pen = self._theirs() or self._pen
            over = QPointF(0.0, 0.0)
            QApplication.sendEvent(self._ours, QEnterEvent(over, over, over))
            # A new pen changes Krita's tools, which would cut short the stroke that it begins with.
            self._send(QEvent.Type.TabletMove, FAR, FAR, 0.0, down=False)
            yield
        finally:
            give_focus(theirs)

    def stroke(self, points: Points, pressure: Points) -> None:
        """One stroke through points (n, 2) in px of the canvas, pressed 0 to 1 (n,) at each.

        Its events say that they come at an even, slow pace, whenever they are sent: by the clock a stroke
        would be hundreds of times as fast as a hand, the more the faster the machine, and presets that
        follow the speed would paint lines of any width.
        """
        points, pressure = led_in(points, pressure)
        x, y = points.T.tolist()
        pressed = pressure.tolist()
        self._time += PAUSE_MS
        self._send(QEvent.Type.TabletPress, x[0], y[0], pressed[0], down=True)
        for place in range(1, len(x)):
            self._send(QEvent.Type.TabletMove, x[place], y[place], pressed[place], down=True)
        self._send(QEvent.Type.TabletRelease, x[-1], y[-1], 0.0, down=False)

    def _send(self, kind: Any, x: float, y: float, pressure: float, *, down: bool) -> None:
        event = _event(self._pen, kind, QPointF(x, y), pressure, down=down)
        self._time += BEAT_MS
        if TIMED:
            event.setTimestamp(self._time)
        QApplication.sendEvent(self._ours, event)


def give_focus(canvas: QWidget | None) -> None:
    """Krita takes a canvas for the active one, with its tool; nothing of Qt's changes."""
    if canvas is not None:
        QApplication.instance().focusChanged.emit(None, canvas)


def led_in(points: Points, pressure: Points) -> tuple[Points, Points]:
    """A stroke with more points where it begins, on the same way: where a preset follows the speed, nothing
    is painted before Krita has heard of a few.
    """
    first = float(np.hypot(*(points[1] - points[0])))
    if not first:
        return points, pressure
    shares = np.array([0.0, *(px / first for px in LEAD if px < first)])[:, None]
    return (
        np.concatenate([points[0] + shares * (points[1] - points[0]), points[1:]]),
        np.concatenate([pressure[0] + shares[:, 0] * (pressure[1] - pressure[0]), pressure[1:]]),
    )


@dataclass(frozen=True)
class Pen:
    """What Krita tells pens apart by: the device of Qt 6; in Qt 5 its kind and its number."""

    device: Any
    number: int = PEN


def pen_of(event: Any) -> Pen | None:
    """The pen that an event comes from; None for its other end, with which Krita erases."""
    if event.pointerType() != PEN_POINT:
        return None
    return Pen(event.pointingDevice()) if NEWER else Pen(event.device(), event.uniqueId())


def copied(event: Any) -> Any:
    """A pen's or a mouse's event, to be sent later."""
    if NEWER:
        return event.clone()
    if isinstance(event, QTabletEvent):
        return _tablet_event(event, event.type(), event.pressure(), event.button(), event.buttons())
    copy = QMouseEvent(
        event.type(),
        event.localPos(),
        event.windowPos(),
        event.screenPos(),
        event.button(),
        event.buttons(),
        event.modifiers(),
        event.source(),
    )
    copy.setTimestamp(event.timestamp())
    return copy


def hovering(event: Any) -> Any:
    """The event of the same pen, at the same place, before it came down."""
    none = Qt.MouseButton.NoButton
    return _tablet_event(event, QEvent.Type.TabletMove, 0.0, none, none)


def _tablet_event(event: Any, kind: Any, pressure: float, button: Any, buttons: Any) -> Any:
    if NEWER:  # where PyQt has no way to set the time of it
        return QTabletEvent(
            kind, event.pointingDevice(), event.position(), event.globalPosition(), pressure,
            event.xTilt(), event.yTilt(), event.tangentialPressure(), event.rotation(), event.z(),
            event.modifiers(), button, buttons,
        )  # fmt: skip
    made = QTabletEvent(
        kind, event.posF(), event.globalPosF(), event.device(), event.pointerType(), pressure,
        event.xTilt(), event.yTilt(), event.tangentialPressure(), event.rotation(), event.z(),
        event.modifiers(), event.uniqueId(), button, buttons,
    )  # fmt: skip
    made.setTimestamp(event.timestamp())
    return made


def _event(pen: Pen, kind: Any, place: Any, pressure: float, *, down: bool) -> Any:
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    button = none if kind == QEvent.Type.TabletMove else left
    buttons = left if down else none
    keys = Qt.KeyboardModifier.NoModifier
    if NEWER:
        level = 0.0, 0.0, 0.0, 0.0, 0.0  # neither tilted nor turned
        return QTabletEvent(kind, pen.device, place, place, pressure, *level, keys, button, buttons)
    return QTabletEvent(
        *(kind, place, place, pen.device, PEN_POINT, pressure),
        *(0, 0, 0.0, 0.0, 0, keys, pen.number, button, buttons),
    )


def _made_pen() -> Pen:
    """One of ours. Qt 6 wants to know the device; one for all events."""
    if not NEWER:
        return Pen(QTabletEvent.TabletDevice.Stylus)
    if not _pens:
        can = QInputDevice.Capability
        _pens.append(
            QPointingDevice(
                "Smart Lineart",
                PEN,
                QInputDevice.DeviceType.Stylus,
                PEN_POINT,
                can.Position | can.Pressure | can.Hover,
                1,
                1,
            )
        )
    return Pen(_pens[0])
