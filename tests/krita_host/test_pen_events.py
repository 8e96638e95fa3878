# SPDX-License-Identifier: GPL-3.0-or-later
"""A made stroke goes the same way with the same pressure, with more points where it begins."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests.krita_host.fake_krita import fake_krita


@pytest.fixture
def room() -> Any:
    with fake_krita("krita_host.pen_events") as made:
        yield made


def test_a_stroke_is_led_in_on_its_way(room) -> None:
    points, pressure = np.array([[10.0, 20.0], [10.0, 30.0], [40.0, 30.0]]), np.array([0.2, 0.4, 1.0])
    led, pressed = room.pen_events.led_in(points, pressure)
    assert led.tolist() == [[10.0, y] for y in (20.0, 22.0, 24.0, 26.0, 30.0)] + [[40.0, 30.0]]
    assert pressed == pytest.approx([0.2, 0.24, 0.28, 0.32, 0.4, 1.0])


@pytest.mark.parametrize(("length", "count"), [(0.0, 2), (0.4, 2), (5.0, 4), (6.0, 4)])
def test_a_dot_stays_as_long_as_it_was(room, length: float, count: int) -> None:
    points = np.array([[5.0, 5.0], [5.0 + length, 5.0]])
    led, pressed = room.pen_events.led_in(points, np.array([0.5, 0.5]))
    assert led.shape == (count, 2)
    assert (led[0].tolist(), led[-1].tolist()) == (points[0].tolist(), points[-1].tolist())
    assert pressed.tolist() == [0.5] * count


@pytest.mark.parametrize("timed", [True, False])
def test_a_stroke_s_events_come_at_one_pace_whatever_the_clock_says(room, monkeypatch, timed) -> None:
    """But in Qt 6, of whose events PyQt cannot set the time."""
    module, sent = room.pen_events, []

    class Event(SimpleNamespace):
        def setTimestamp(self, time: int) -> None:  # noqa: N802
            self.time = time

    monkeypatch.setattr(module, "TIMED", timed)
    monkeypatch.setattr(module, "_made_pen", lambda: None)
    monkeypatch.setattr(module, "_event", lambda *_, **__: Event(time=None))
    monkeypatch.setattr(
        module, "QApplication", SimpleNamespace(sendEvent=lambda _to, event: sent.append(event))
    )
    pen = module.MadePen(None, lambda: None)
    for count in (2, 40):
        pen.stroke(np.column_stack([np.linspace(0, 90, count), np.zeros(count)]), np.ones(count))
    times = [event.time for event in sent]
    assert len(times) == (1 + 4 + 1) + (1 + 40 + 1)
    if not timed:
        assert set(times) == {None}
        return
    steps = np.diff(times)
    assert set(np.delete(steps, 5)) == {module.BEAT_MS}
    assert steps[5] == module.PAUSE_MS + module.BEAT_MS, "the pen is lifted for a while"


PRESS = {
    "pointingDevice": "their pen",
    "position": (5.0, 6.0),
    "globalPosition": (105.0, 106.0),
    "pressure": 0.8,
    "xTilt": 1.0,
    "yTilt": 2.0,
    "tangentialPressure": 3.0,
    "rotation": 4.0,
    "z": 5.0,
    "modifiers": "none",
    "timestamp": 77,
}


def test_a_hover_before_a_press_is_told_of_the_same_pen_at_the_same_place(room, monkeypatch) -> None:
    """In Qt 6, of whose events PyQt cannot set the time."""
    made: list[tuple[Any, ...]] = []

    class Event:
        def __init__(self, *told: Any):
            made.append(told)

    monkeypatch.setattr(room.pen_events, "QTabletEvent", Event)
    press = SimpleNamespace(**{name: lambda value=value: value for name, value in PRESS.items()})
    hover = room.pen_events.hovering(press)
    assert isinstance(hover, Event)
    untouched = 0.0, 1.0, 2.0, 3.0, 4.0, 5.0, "none", 0, 0
    assert made == [("pen moved", "their pen", (5.0, 6.0), (105.0, 106.0), *untouched)]
