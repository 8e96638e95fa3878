# SPDX-License-Identifier: GPL-3.0-or-later
"""Rings, meshes and links stay, those that the network is unsure of too."""

from __future__ import annotations

import numpy as np

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
