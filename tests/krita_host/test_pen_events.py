# SPDX-License-Identifier: GPL-3.0-or-later
"""A made stroke goes the same way with the same pressure, and tells early how fast it is."""

from __future__ import annotations

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
    assert led.tolist() == [[10.0, y] for y in (20.0, 20.5, 21.0, 21.5, 30.0)] + [[40.0, 30.0]]
    assert pressed == pytest.approx([0.2, 0.21, 0.22, 0.23, 0.4, 1.0])


@pytest.mark.parametrize(("length", "count"), [(0.0, 2), (0.4, 2), (1.2, 4), (1.5, 4)])
def test_a_dot_stays_as_long_as_it_was(room, length: float, count: int) -> None:
    points = np.array([[5.0, 5.0], [5.0 + length, 5.0]])
    led, pressed = room.pen_events.led_in(points, np.array([0.5, 0.5]))
    assert led.shape == (count, 2)
    assert (led[0].tolist(), led[-1].tolist()) == (points[0].tolist(), points[-1].tolist())
    assert pressed.tolist() == [0.5] * count


def test_it_is_as_fast_all_along_and_strokes_lie_apart_in_time(room, monkeypatch) -> None:
    sent: list[tuple[str, float, int]] = []

    class Event:
        def __init__(self, kind: str, place: Any):
            self.kind, self.place = kind, place

        def setTimestamp(self, time: int) -> None:  # noqa: N802
            sent.append((self.kind, self.place[0], time))

    ours = type("Canvas", (), {"received": []})()
    monkeypatch.setattr(room.pen_events, "_made_pen", lambda: None)
    monkeypatch.setattr(
        room.pen_events, "_event", lambda _pen, kind, place, _pressure, down: Event(kind, place)
    )
    pen = room.pen_events.MadePen(ours, lambda: None)
    for _ in range(2):
        pen.stroke(np.array([[0.0, 0.0], [40.0, 0.0], [100.0, 0.0]]), np.ones(3))
    half = len(sent) // 2
    assert [kind for kind, *_ in sent[:half]] == ["pen pressed", *["pen moved"] * 5, "pen let go"]
    times = np.array([time for *_, time in sent])
    assert (times[:half] - times[0]).tolist() == [0, 1, 2, 3, 80, 200, 200]
    assert times[half] - times[half - 1] == room.pen_events.PAUSE_MS
    assert all(isinstance(time, int) for *_, time in sent)
