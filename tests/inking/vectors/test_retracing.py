# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
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


@pytest.mark.parametrize("width", [26.0, 40.0])
def test_broad_lines_are_lines(width):
    along = np.linspace(0, 1, 200)[:, None]
    curve = np.hstack([60 + 480 * along, 200 + 80 * np.sin(4 * along)]).astype(np.float32)
    ink = drawn(
        Strokes.from_lists([curve], [np.ones(200, np.float32)], [1.0]), (403, 601), width, "technical"
    )
    vectors = retrace(ink)
    assert len(vectors.strokes) == 1
    assert not vectors.areas
    assert vectors.strokes[0].width == pytest.approx(width, rel=0.05)
    assert vectors.size == ink.shape
    assert likeness(ink, rendered(vectors)) > 0.9


def test_a_black_among_broad_lines_lies_where_it_was():
    along = np.linspace(0, 1, 200)[:, None]
    curve = np.hstack([60 + 480 * along, 90 + 40 * np.sin(4 * along)]).astype(np.float32)
    ink = drawn(Strokes.from_lists([curve], [np.ones(200, np.float32)], [1.0]), (501, 605), 24.0, "technical")
    ink[300:450, 237:423] = 255
    vectors = retrace(ink)
    assert len(vectors.areas) == 1
    shown = rendered(vectors)
    assert likeness(ink, shown) > 0.93
    assert likeness(ink[280:], shown[280:]) > 0.96


def test_blank_paper_around_a_drawing_takes_no_memory():
    small = drawn(lines(), SIZE, 5.0, "technical")
    ink = np.zeros((4000, 4000), np.uint8)
    ink[3000:3300, 1500:1900] = small
    tracemalloc.start()
    vectors = retrace(ink)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(vectors.strokes) == 2
    assert most < 24 << 20  # a page of 16 MB as float32 alone would be 64
    assert likeness(small, rendered(vectors)[3000:3300, 1500:1900]) > 0.93


def test_a_page_larger_than_there_is_room_for_is_seen_smaller(monkeypatch):
    monkeypatch.setattr("smart_lineart.inking.vectors.retracing.MOST_PIXELS", 40_000)
    ink = drawn(lines(), SIZE, 7.0, "technical")
    vectors = retrace(ink)
    assert len(vectors.strokes) == 2
    assert [stroke.width for stroke in vectors.strokes] == pytest.approx([7, 7], rel=0.12)
    assert likeness(ink, rendered(vectors)) > 0.85
