# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import numpy as np

from smart_lineart.inking import Strokes
from smart_lineart.inking.vectors.selecting import inside, solid_inside


def test_a_stroke_is_cut_where_the_selection_ends_and_its_cut_ends_do_not_taper():
    line = np.stack([np.arange(0, 100, 2), np.full(50, 10)], 1).astype(np.float32)
    strokes = Strokes.from_lists([line], [np.linspace(0.5, 1.5, 50, dtype=np.float32)], [0.7])
    selected = np.zeros((20, 90), np.uint8)
    selected[:, 20:41] = selected[:, 60:] = 255
    parts = list(inside(strokes, selected))
    assert [part.points[:, 0].tolist() for part in parts] == [
        list(range(20, 42, 2)),
        list(range(60, 90, 2)),
    ]
    assert [part.free for part in parts] == [(False, False), (False, False)]
    assert parts[0].width[0] == strokes.width[10]
    assert {round(part.strength, 3) for part in parts} == {0.7}


def test_what_is_selected_whole_stays_as_it_is():
    line = np.stack([np.arange(50), np.full(50, 10)], 1).astype(np.float32)
    strokes = Strokes.from_lists([line], [np.ones(50, np.float32)], [1.0])
    (part,) = inside(strokes, np.full((20, 60), 255, np.uint8))
    assert np.array_equal(part.points, line)
    assert part.free == (True, True)
    assert not len(inside(strokes, np.zeros((20, 60), np.uint8)))


def test_blacks_end_where_the_selection_does_at_any_scale():
    selected = np.zeros((100, 200), np.uint8)
    selected[:, :60] = 255
    cut = solid_inside(np.full((50, 100), 255, np.uint8), selected)
    assert (cut[:, :30] == 255).all()
    assert not cut[:, 30:].any()
