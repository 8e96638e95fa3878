# SPDX-License-Identifier: GPL-3.0-or-later
"""Which parts of a page have to be drawn again after a change: all that it can reach, in cells of 64 px."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from smart_lineart.inking import Rect
from smart_lineart.inking.dirty_rects import changed_rects
from smart_lineart.inking.strokes import Strokes
from tests.inking.pictures import straight, strokes_of

SIZE = (300, 500)
WHOLE = Rect(0, 0, 500, 300)
NONE = Strokes.empty()
HERE, THERE = straight((20, 20), (50, 40)), straight((400, 250), (440, 250))


def changed(
    old: Strokes,
    new: Strokes,
    solids: tuple[NDArray[np.uint8] | None, NDArray[np.uint8] | None] = (None, None),
    reach: float = 3.0,
) -> list[Rect]:
    return changed_rects(SIZE, (old, solids[0]), (new, solids[1]), reach)


class TestStrokes:
    def test_what_stayed_is_not_drawn_again(self) -> None:
        both = strokes_of(HERE, THERE)
        assert changed(both, both) == []
        assert changed(NONE, NONE) == []
        assert changed(both, strokes_of(HERE)) == changed(strokes_of(HERE), both) == [Rect(384, 192, 64, 64)]
        assert changed(NONE, both) == [Rect(0, 0, 64, 64), Rect(384, 192, 64, 64)]

    @pytest.mark.parametrize("change", ["width", "strength", "free", "place"])
    def test_a_stroke_that_changed_in_any_way_has_changed(self, change: str) -> None:
        new = strokes_of(HERE, THERE)
        if change == "place":
            new.points[-1, 1] += 0.25
        elif change == "width":
            new.width[-1] = 2
        else:
            getattr(new, change)[1] = 0
        assert changed(strokes_of(HERE, THERE), new) == [Rect(384, 192, 64, 64)]

    def test_strokes_in_another_order_are_all_drawn_again(self) -> None:
        one, two = strokes_of(HERE, THERE), strokes_of(THERE, HERE)
        assert changed(one, two) == [Rect(0, 0, 64, 64), Rect(384, 192, 64, 64)]

    def test_of_two_that_are_the_same_one_may_go(self) -> None:
        assert changed(strokes_of(HERE, HERE, THERE), strokes_of(HERE, THERE)) == [Rect(0, 0, 64, 64)]

    @pytest.mark.parametrize(
        ("x", "reach", "cells"), [(60, 2.9, 1), (60, 3.1, 2), (68, 2.9, 1), (68, 3.1, 2)]
    )
    def test_ink_reaches_so_far_and_a_px_beside_the_line(self, x: float, reach: float, cells: int) -> None:
        upright = strokes_of(straight((x, 20), (x, 40)))
        left = 0 if x < 64 or cells == 2 else 64
        assert changed(NONE, upright, reach=reach) == [Rect(left, 0, 64 * cells, 64)]
        level = strokes_of(straight((20, x), (40, x)))
        assert changed(NONE, level, reach=reach) == [Rect(0, left, 64, 64 * cells)]

    def test_between_two_vertices_far_apart_all_is_drawn(self) -> None:
        long = strokes_of(straight((10, 10), (300, 150), step=1000))
        assert changed(NONE, long) == [Rect(0, 0, 320, 192)]
        two = strokes_of(straight((10, 10), (20, 10)), straight((480, 280), (490, 280)))
        assert changed(NONE, two) == [Rect(0, 0, 64, 64), Rect(448, 256, 52, 44)]

    def test_a_stroke_beyond_the_page_marks_nothing_and_one_that_leaves_it_what_it_touches(self) -> None:
        for path in (
            straight((-90, 10), (-70, 10)),
            straight((600, 10), (700, 10)),
            straight((10, 400), (20, 420)),
        ):
            assert changed(NONE, strokes_of(path)) == []
        assert changed(NONE, strokes_of(straight((-90, 10), (70, 10)))) == [Rect(0, 0, 128, 64)]
        assert changed(NONE, strokes_of(straight((440, 10), (900, 10)))) == [Rect(384, 0, 116, 64)]


class TestSolids:
    """Maps of half the page's size."""

    BLANK = np.zeros((150, 250), np.uint8)

    def test_where_maps_differ_is_drawn_again_with_two_px_around(self) -> None:
        for x, y, expected in (
            (20, 20, Rect(0, 0, 64, 64)),
            (34, 20, Rect(64, 0, 64, 64)),
            (33, 20, Rect(0, 0, 128, 64)),
            (28, 20, Rect(0, 0, 64, 64)),
            (29, 20, Rect(0, 0, 128, 64)),
            (20, 33, Rect(0, 0, 64, 128)),
            (20, 34, Rect(0, 64, 64, 64)),
            (20, 29, Rect(0, 0, 64, 128)),
            (20, 28, Rect(0, 0, 64, 64)),
            (0, 149, Rect(0, 256, 64, 44)),
        ):
            new = self.BLANK.copy()
            new[y, x] = 200
            for solids in ((self.BLANK, new), (new, self.BLANK), (None, new), (new, None)):
                assert changed(NONE, NONE, solids) == [expected], (x, y)

    def test_maps_that_are_the_same_or_blank_change_nothing(self) -> None:
        same = self.BLANK + np.uint8(9)
        assert changed(NONE, NONE, (same, same.copy())) == []
        assert changed(NONE, NONE, (None, self.BLANK)) == []

    def test_maps_of_another_size_change_all(self) -> None:
        assert changed(NONE, NONE, (self.BLANK, self.BLANK[:100])) == [WHOLE]
