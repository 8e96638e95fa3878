# SPDX-License-Identifier: GPL-3.0-or-later
"""Nets and frays that the network is unsure of are taken out; loops and links that it is sure of stay."""

from __future__ import annotations

import numpy as np
import pytest

from smart_lineart.inking.lines.tracing import trace_strokes
from smart_lineart.inking.strokes import Strokes
from tests.inking.pictures import Bytes, Floats, line_map, paths_of, ring, straight

SIZE = (200, 240)
SURE, UNSURE = 255, 110


def lines(*paths: Floats, value: int = SURE) -> Bytes:
    return line_map(SIZE, *paths, thickness=3.0, value=value)


def traced(*maps: Bytes) -> Strokes:
    line = np.maximum.reduce(maps)
    return trace_strokes(line, line, (1.0, 1.0))[0]


def near(strokes: Strokes, x: float, y: float) -> bool:
    """Whether any stroke passes within 2 px of a place."""
    return bool(min(float(np.hypot(*(p - (x, y)).T).min()) for p in paths_of(strokes)) < 2.0)


RAILS = lines(straight((20, 96), (220, 96)), straight((20, 104), (220, 104)))


@pytest.mark.parametrize(("value", "stays"), [(UNSURE, False), (SURE, True)])
def test_a_rung_between_two_lines_stays_only_where_the_network_is_sure(value: int, stays: bool) -> None:
    strokes = traced(RAILS, lines(straight((120, 96), (120, 104)), value=value))
    assert near(strokes, 120, 100) is stays
    if not stays:
        assert sorted(int(p[:, 1].mean()) for p in paths_of(strokes)) == [96, 104]


@pytest.mark.parametrize(("value", "stays"), [(UNSURE, False), (SURE, True)])
def test_an_island_is_opened_on_its_unsure_side(value: int, stays: bool) -> None:
    sure = lines(
        straight((20, 100), (220, 100)), straight((120, 20), (120, 80)), straight((120, 80), (134, 100))
    )
    strokes = traced(sure, lines(straight((120, 80), (106, 100)), value=value))
    assert near(strokes, 113, 90) is stays
    assert near(strokes, 127, 90)
    assert near(strokes, 120, 100)


@pytest.mark.parametrize(
    ("value", "length", "stays"), [(UNSURE, 12, False), (SURE, 12, True), (UNSURE, 30, True)]
)
def test_only_short_unsure_branches_are_frays(value: int, length: int, stays: bool) -> None:
    branch = straight((120, 100), (120 + 0.6 * length, 100 - 0.8 * length))
    strokes = traced(lines(straight((20, 100), (220, 100))), lines(branch, value=value))
    assert near(strokes, *branch[-3]) is stays


def test_a_ring_that_the_network_is_sure_of_stays_a_ring() -> None:
    strokes = traced(lines(ring(120, 100, 9)), lines(straight((20, 100), (111, 100))))
    assert all(near(strokes, 120 + 9 * np.cos(a), 100 + 9 * np.sin(a)) for a in np.arange(0, 6.2, 0.4))


def test_an_unsure_ring_on_its_own_is_no_net() -> None:
    strokes = traced(lines(ring(120, 100, 9), value=UNSURE))
    assert all(near(strokes, 120 + 9 * np.cos(a), 100 + 9 * np.sin(a)) for a in np.arange(0, 6.2, 0.4))


def test_an_unsure_line_that_alone_joins_two_others_stays() -> None:
    far = lines(straight((20, 60), (220, 60)), straight((20, 140), (220, 140)))
    strokes = traced(far, lines(straight((120, 60), (120, 140)), value=UNSURE))
    assert all(near(strokes, 120, y) for y in range(64, 138, 4))


def test_a_wide_mesh_stays_though_the_network_is_unsure_of_a_side() -> None:
    box = lines(straight((60, 60), (160, 60)), straight((60, 60), (60, 120)), straight((160, 60), (160, 120)))
    strokes = traced(box, lines(straight((60, 120), (160, 120)), value=UNSURE))
    assert all(near(strokes, x, 120) for x in range(64, 158, 4))
