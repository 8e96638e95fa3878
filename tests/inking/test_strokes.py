# SPDX-License-Identifier: GPL-3.0-or-later
"""A lineart's strokes come one by one, with all that is needed to draw them elsewhere."""

from __future__ import annotations

import numpy as np

from smart_lineart.inking import Features, Stroke, Strokes
from smart_lineart.inking.lines.tracing import trace_strokes
from tests.inking.pictures import line_map, ring, straight


def test_each_stroke_is_what_it_was_made_of() -> None:
    lines = [ring(40, 40, 20), straight((10, 90), (80, 90)), straight((5, 5), (5, 30))]
    lines = [line.astype(np.float32) for line in lines]
    lines[0][-1] = lines[0][0]
    widths = [np.linspace(0.5, 1.5, len(line), dtype=np.float32) for line in lines]
    free = [(False, False), (True, False), (False, True)]
    strokes = Strokes.from_lists(lines, widths, [1.0, 0.5, 0.25], free)
    found = list(strokes)
    assert len(found) == len(strokes) == 3
    for one, line, width, ends in zip(found, lines, widths, free, strict=True):
        assert isinstance(one, Stroke)
        assert np.array_equal(one.points, line)
        assert np.array_equal(one.width, width)
        assert one.free == ends
    assert [one.strength for one in found] == [1.0, 0.5, 0.25]
    assert [one.closed for one in found] == [True, False, False]
    assert Strokes.from_lists([one.points for one in found], widths, [1.0] * 3).closed.tolist() == [
        True,
        False,
        False,
    ]


def test_a_page_without_lines_has_no_strokes() -> None:
    assert list(Strokes.empty()) == []


def test_a_traced_ring_is_closed_and_a_line_has_free_ends() -> None:
    line = line_map((120, 200), ring(50, 60, 30), straight((110, 60), (180, 60)), thickness=3)
    strokes, _ = trace_strokes(line, line, (1.0, 1.0))
    closed, opened = sorted(strokes, key=lambda one: not one.closed)
    assert closed.closed
    assert np.array_equal(closed.points[0], closed.points[-1])
    assert not opened.closed
    assert opened.free == (True, True)
    features = Features((120, 200), 1.0, inverted=False, strokes=strokes, solid=None)
    assert [one.strength for one in features.drawn_at(0.0)] == [one.strength for one in strokes]
