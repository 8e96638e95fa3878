# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import numpy as np
from random_strokes import drawn, likeness, rendered

from smart_lineart.inking import Strokes
from smart_lineart.inking.vectors.retracing import retrace

SIZE = (300, 400)


def lines() -> Strokes:
    along = np.linspace(0, 1, 200)[:, None]
    one = np.hstack([30 + 340 * along, 60 + 40 * np.sin(5 * along)])
    two = np.hstack([60 + 250 * along, 250 - 120 * along])
    widths = [np.ones(200, np.float32)] * 2
    return Strokes.from_lists([line.astype(np.float32) for line in (one, two)], widths, [1.0, 1.0])


def test_lines_come_back_as_strokes_of_their_width():
    ink = drawn(lines(), SIZE, 5.0, "technical")
    vectors = retrace(ink)
    assert len(vectors.strokes) == 2
    assert not vectors.areas
    assert [round(stroke.width) for stroke in vectors.strokes] == [5, 5]
    assert likeness(ink, rendered(vectors)) > 0.93


def test_what_is_erased_is_gone_and_what_is_painted_is_there():
    ink = drawn(lines(), SIZE, 5.0, "technical")
    ink[:, :150] = 0
    ink[200:206, 200:380] = 255
    shown = rendered(retrace(ink))
    assert not shown[:, :140].any()
    assert (shown[202:204, 205:375] > 200).all()


def test_a_black_is_an_area():
    ink = drawn(lines(), SIZE, 5.0, "technical")
    y, x = np.indices(SIZE)
    ink = np.maximum(ink, np.clip(128 + 128 * (30 - np.hypot(x - 320, y - 220)), 0, 255).astype(np.uint8))
    vectors = retrace(ink)
    assert len(vectors.areas) == 1
    assert likeness(ink, rendered(vectors)) > 0.93


def test_nothing_is_nothing():
    vectors = retrace(np.zeros(SIZE, np.uint8))
    assert not vectors.strokes
    assert not vectors.areas
