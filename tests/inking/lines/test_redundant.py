# SPDX-License-Identifier: GPL-3.0-or-later
"""Short unsure passes beside a longer line go; sure ones, long ones, branches and lines farther off stay."""

from __future__ import annotations

import numpy as np
import pytest

from smart_lineart.inking.lines.redundant import find_redundant
from smart_lineart.inking.lines.tracing import trace_strokes
from tests.inking.pictures import Floats, paths_of, ring, straight

SIZE = (200, 300)
UNSURE, SURE = 110, 255
MAIN = straight((20, 100), (280, 100))


def shadows(*lines: Floats, value: int = UNSURE, free: list[tuple[bool, bool]] | None = None) -> list[bool]:
    """Which of the lines, the first of them sure, are shadows."""
    probability = np.full(SIZE, value, np.uint8)
    probability[97:104] = SURE
    ends = np.array(free or [(True, True)] * len(lines))
    return find_redundant([line.astype(np.float32) for line in lines], ends, probability).tolist()


@pytest.mark.parametrize("apart", [5, 8, 11])
@pytest.mark.parametrize("length", [15, 30, 55])
def test_a_short_unsure_pass_beside_a_line_is_its_shadow(apart: int, length: int) -> None:
    for first, last in ((100, 100 + length), (100 + length, 100)):
        assert shadows(MAIN, straight((first, 100 + apart), (last, 100 + apart))) == [False, True]


def test_what_a_hand_would_ink_is_no_shadow() -> None:
    beside = straight((100, 108), (140, 108))
    assert shadows(MAIN, beside, value=SURE) == [False, False]
    farther = straight((100, 114), (140, 114))
    assert shadows(MAIN, farther) == [False, False]
    longer = straight((100, 108), (170, 108))
    assert shadows(MAIN, longer) == [False, False]
    dot = straight((100, 108), (107, 108))
    assert shadows(MAIN, dot) == [False, False]
    across = straight((100, 91), (100, 111))
    assert shadows(MAIN, across) == [False, False]
    running_off = straight((100, 104), (150, 118))
    assert shadows(MAIN, running_off) == [False, False]
    assert shadows(MAIN, beside, free=[(True, True), (False, False)]) == [False, False]
    assert shadows(beside) == [False]


def test_of_two_passes_beside_each_other_the_shorter_goes() -> None:
    pair = straight((100, 150), (150, 150)), straight((110, 158), (145, 158))
    assert shadows(*pair) == [False, True]
    assert shadows(*pair[::-1]) == [True, False]
    same = straight((100, 150), (140, 150)), straight((100, 158), (140, 158))
    assert sum(shadows(*same)) == 1


def drawn(*lines: tuple[Floats, int]) -> np.ndarray:
    """A line map of lines 3 px wide with a probability each."""
    line = np.zeros(SIZE, np.uint8)
    for points, value in lines:
        for x, y in np.rint(points).astype(int):
            spot = line[y - 1 : y + 2, x - 1 : x + 2]
            np.maximum(spot, value, out=spot)
    return line


def test_a_traced_page_holds_no_shadows_and_what_hung_on_one_ends_free() -> None:
    shadow = straight((120, 108), (165, 108))
    hair = straight((140, 110), (147, 140))
    eye = ring(60, 60, 12)
    line = drawn((MAIN, SURE), (eye, SURE), (shadow, UNSURE), (hair, SURE))
    strokes, _ = trace_strokes(line, line, (1.0, 1.0))
    assert len(strokes) == 3
    assert sorted(map(tuple, strokes.free.tolist())) == [(False, False), (True, True), (True, True)]
    assert max(path[:, 1].max() for path in paths_of(strokes)) == pytest.approx(140, abs=3)
    line = drawn((MAIN, SURE), (eye, SURE), (shadow, SURE), (hair, SURE))
    strokes, _ = trace_strokes(line, line, (1.0, 1.0))
    assert len(strokes) == 4
    assert sum(strokes.free.sum(axis=1) == 1) == 1  # the hair grows out of a line here
