# SPDX-License-Identifier: GPL-3.0-or-later
"""A made stroke goes the same way with the same pressure, with more points where it begins."""

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
    assert led.tolist() == [[10.0, y] for y in (20.0, 22.0, 24.0, 26.0, 30.0)] + [[40.0, 30.0]]
    assert pressed == pytest.approx([0.2, 0.24, 0.28, 0.32, 0.4, 1.0])


@pytest.mark.parametrize(("length", "count"), [(0.0, 2), (0.4, 2), (5.0, 4), (6.0, 4)])
def test_a_dot_stays_as_long_as_it_was(room, length: float, count: int) -> None:
    points = np.array([[5.0, 5.0], [5.0 + length, 5.0]])
    led, pressed = room.pen_events.led_in(points, np.array([0.5, 0.5]))
    assert led.shape == (count, 2)
    assert (led[0].tolist(), led[-1].tolist()) == (points[0].tolist(), points[-1].tolist())
    assert pressed.tolist() == [0.5] * count
