# SPDX-License-Identifier: GPL-3.0-or-later
"""The stroke under the pen, the crossings around it, and what is left without it."""

from __future__ import annotations

import numpy as np
import pytest

from smart_lineart.inking import Strokes
from smart_lineart.inking.drawing.cutting import Place, crossings, cut, part_at, stroke_at


def line(start, stop, count=41):
    return np.linspace(start, stop, count).astype(np.float32)


def page(*points, width=1.0) -> Strokes:
    widths = [np.full(len(one), width, np.float32) for one in points]
    return Strokes.from_lists(list(points), widths, [1.0] * len(points), alone=widths)


CROSS = page(line((0, 50), (200, 50)), line((50, 0), (50, 100)), line((150, 0), (150, 100)))


def test_the_nearest_stroke_is_under_the_pen():
    place = stroke_at(CROSS, 100.0, 53.0, 4.0, 4.0)
    assert place is not None
    assert place.stroke == 0
    assert place.along == pytest.approx(20.0, abs=0.01)
    assert stroke_at(CROSS, 100.0, 60.0, 4.0, 4.0) is None
    assert stroke_at(Strokes.empty(), 0.0, 0.0, 99.0, 4.0) is None


def test_a_broad_line_is_under_the_pen_as_far_as_its_edge():
    thin, broad = page(line((0, 0), (90, 0))), page(line((0, 0), (90, 0)), width=3.0)
    assert stroke_at(thin, 40.0, 10.0, 4.0, 4.0) is None
    assert stroke_at(broad, 40.0, 10.0, 4.0, 4.0) is not None


def test_crossings_are_where_others_cross():
    assert crossings(CROSS, 0, 4.0) == pytest.approx([10.0, 30.0], abs=0.01)
    assert crossings(CROSS, 1, 4.0) == pytest.approx([20.0], abs=0.01)


def test_a_stroke_that_ends_on_another_crosses_it_and_shares_no_end():
    ends = page(line((0, 50), (200, 50)), line((80, 52), (80, 120)), line((200, 51), (260, 90)))
    assert crossings(ends, 0, 4.0) == pytest.approx([16.0], abs=0.1)
    assert crossings(ends, 1, 4.0).size == 0


def test_two_passes_beside_each_other_are_one_crossing():
    twice = page(line((0, 50), (200, 50)), line((50, 0), (50, 100)), line((53, 0), (53, 100)))
    assert crossings(twice, 0, 4.0).size == 1


def test_a_part_reaches_from_crossing_to_crossing():
    assert part_at(CROSS, Place(0, 20.0), 4.0) == pytest.approx((10.0, 30.0), abs=0.01)
    assert part_at(CROSS, Place(0, 5.0), 4.0) == pytest.approx((0.0, 10.0), abs=0.01)
    assert part_at(CROSS, Place(0, 35.0), 4.0) == pytest.approx((30.0, 40.0), abs=0.01)


def test_what_is_left_has_blunt_ends_at_the_cut():
    left, part = cut(CROSS, 0, 10.0, 30.0, 4.0)
    assert len(left) == 4
    spans = sorted(float(np.ptp(one.points[:, 0])) for one in left)
    assert spans == pytest.approx([0, 0, 50, 50])
    kept = {tuple(np.round(one.points[:, 0][[0, -1]]).tolist()): one.free for one in left}
    assert kept[(0.0, 50.0)] == (True, False)
    assert kept[(150.0, 200.0)] == (False, True)
    (gone,) = part
    assert gone.points[:, 0].min() == pytest.approx(50)
    assert gone.points[:, 0].max() == pytest.approx(150)


def test_a_whole_stroke_goes_and_slivers_with_it():
    left, part = cut(CROSS, 0, 0.0, 40.0, 4.0)
    assert len(left) == 2
    assert len(part) == 1
    left, _ = cut(CROSS, 0, 0.5, 40.0, 4.0)
    assert len(left) == 2


def test_the_last_stroke_leaves_nothing():
    left, part = cut(page(line((0, 0), (90, 0))), 0, 0.0, 40.0, 4.0)
    assert len(left) == 0
    assert len(part) == 1
    left, _ = cut(page(line((0, 0), (90, 0))), 0, 10.0, 40.0, 4.0)
    assert len(left) == 1


@pytest.mark.parametrize("seed", range(6))
def test_nothing_is_lost_or_doubled(seed):
    chance = np.random.default_rng(seed)
    lines = [chance.uniform(0, 200, (2, 2)) for _ in range(12)]
    strokes = page(*(line(a, b) for a, b in lines))
    number = int(chance.integers(12))
    first, last = part_at(strokes, Place(number, float(chance.uniform(0, 40))), 2.0)
    left, part = cut(strokes, number, first, last, 0.0)
    lengths = [
        sum(float(np.hypot(*np.diff(one.points, axis=0).T).sum()) for one in some) for some in (left, part)
    ]
    whole = sum(float(np.hypot(*np.diff(one.points, axis=0).T).sum()) for one in strokes)
    assert sum(lengths) == pytest.approx(whole, rel=1e-4)
    assert np.isfinite(left.points).all()
    assert len(left.width) == len(left.points) == len(left.alone)
