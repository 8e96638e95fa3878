# SPDX-License-Identifier: GPL-3.0-or-later
"""Rectangles, and marked pixels gathered into places to count; what counts as an artist's change."""

from __future__ import annotations

import numpy as np
import pytest

from smart_lineart.inking import Rect
from smart_lineart.inking.dirty_rects import _boxes
from smart_lineart.inking.renewing.edits import changed_by_artist, spread_out
from smart_lineart.inking.renewing.regions import find_regions


class TestRectangles:
    def test_what_two_share(self) -> None:
        assert Rect(0, 0, 10, 8).intersection(Rect(4, 6, 20, 20)) == Rect(4, 6, 6, 2)
        assert Rect(4, 6, 20, 20).intersection(Rect(0, 0, 10, 8)) == Rect(4, 6, 6, 2)
        apart = Rect(0, 0, 4, 4).intersection(Rect(9, 1, 3, 3))
        assert (apart.width, apart.height) == (0, 3)
        assert Rect(0, 0, 4, 4).intersection(Rect(1, 9, 3, 3)).height == 0

    def test_the_smallest_around_both(self) -> None:
        assert Rect(2, 3, 4, 5).united(Rect(-1, 6, 2, 9)) == Rect(-1, 3, 7, 12)
        assert Rect(2, 3, 4, 5).united(Rect(3, 4, 1, 1)) == Rect(2, 3, 4, 5)
        assert Rect(3, 4, 1, 1).united(Rect(2, 3, 4, 5)) == Rect(2, 3, 4, 5)
        assert Rect(0, 0, 1, 1).united(Rect(7, 9, 1, 1)) == Rect(0, 0, 8, 10)

    @pytest.mark.parametrize("nothing", [Rect(50, 50, 0, 3), Rect(50, 50, 3, 0)])
    def test_an_empty_one_adds_nothing(self, nothing: Rect) -> None:
        assert Rect(2, 3, 4, 5).united(nothing) == Rect(2, 3, 4, 5)
        assert nothing.united(Rect(2, 3, 4, 5)) == Rect(2, 3, 4, 5)


class TestPlaces:
    def marks(self, *rects: Rect, bit: int = 2) -> np.ndarray:
        marks = np.zeros((100, 120), np.uint8)
        for rect in rects:
            marks[rect.y : rect.bottom, rect.x : rect.right] |= bit
        return marks

    def test_marks_close_by_are_one_place_and_others_are_counted_by_themselves(self) -> None:
        marks = self.marks(Rect(17, 20, 6, 2), Rect(34, 33, 2, 2), Rect(80, 1, 3, 3))
        assert find_regions(marks, 2) == [Rect(80, 0, 16, 16), Rect(16, 16, 32, 32)]

    def test_a_place_goes_to_the_pages_edge_and_no_farther(self) -> None:
        assert find_regions(self.marks(Rect(116, 97, 4, 3)), 2) == [Rect(112, 96, 8, 4)]

    def test_three_pixels_are_a_place_and_two_are_none(self) -> None:
        assert len(find_regions(self.marks(Rect(40, 40, 3, 1)), 2)) == 1
        assert find_regions(self.marks(Rect(40, 40, 2, 1)), 2) == []

    def test_only_the_bit_asked_for_counts(self) -> None:
        marks = self.marks(Rect(40, 40, 5, 5), bit=4)
        assert find_regions(marks, 2) == []
        assert find_regions(marks | 2, 4) == [Rect(32, 32, 16, 16)]

    def test_places_are_told_from_top_to_bottom_and_left_to_right(self) -> None:
        marks = self.marks(*(Rect(x, y, 3, 3) for x, y in ((80, 64), (0, 64), (48, 0))))
        assert [(place.x, place.y) for place in find_regions(marks, 2)] == [(48, 0), (0, 64), (80, 64)]

    def test_pixels_of_a_cell_count_together_and_cells_that_touch_at_a_corner_are_one_place(self) -> None:
        apart = self.marks(Rect(33, 17, 2, 1), Rect(47, 31, 1, 1))
        assert find_regions(apart, 2) == [Rect(32, 16, 16, 16)]
        chain = self.marks(Rect(40, 2, 2, 2), Rect(2, 2, 2, 2), Rect(20, 18, 2, 2), Rect(36, 34, 2, 2))
        assert find_regions(chain, 2) == [Rect(0, 0, 48, 48)]

    def test_an_empty_page_has_none(self) -> None:
        assert find_regions(np.zeros((0, 5), np.uint8), 1) == []


class TestChanges:
    def test_rounding_is_none_and_more_is_one(self) -> None:
        old = np.array([[100, 100, 100, 100, 0, 255]], np.uint8)
        now = np.array([[103, 97, 104, 96, 3, 251]], np.uint8)
        assert changed_by_artist(old, now, exact=True).tolist() == [[False, False, True, True, False, True]]

    def test_in_resampled_ink_a_pixel_alone_is_none_and_a_patch_is_one(self) -> None:
        old = np.full((20, 20), 100, np.uint8)
        alone, patch = old.copy(), old.copy()
        alone[10, 10] = 200
        patch[8:13, 8:13] = 145
        assert not changed_by_artist(old, alone, exact=False).any()
        found = changed_by_artist(old, patch, exact=False)
        assert found[10, 10]
        assert not found[:8].any()
        assert changed_by_artist(old, alone, exact=True)[10, 10]

    def test_in_resampled_ink_as_much_as_half_a_pixels_shift_is_none(self) -> None:
        old = np.full((20, 20), 100, np.uint8)
        patch = old.copy()
        patch[8:13, 8:13] += 40
        assert not changed_by_artist(old, patch, exact=False).any()
        patch[8:13, 8:13] += 1
        assert changed_by_artist(old, patch, exact=False).sum() == 1

    def test_a_pixel_that_stayed_amid_changes_is_none(self) -> None:
        old = np.full((20, 20), 100, np.uint8)
        patch = old.copy()
        patch[8:13, 8:13] += 60
        patch[10, 10] = 100
        found = changed_by_artist(old, patch, exact=False)
        assert found[9, 10]
        assert not found[10, 10]

    def test_a_patch_at_the_very_edge_counts_for_what_lies_there(self) -> None:
        old = np.zeros((20, 20), np.uint8)
        now = old.copy()
        now[:, -3:] = 90
        found = changed_by_artist(old, now, exact=False)
        assert found[10, -3:].all()
        assert not found[:, :-3].any()

    def test_values_are_carried_to_the_pixels_nearest_to_them(self) -> None:
        values, known = np.full((9, 15), 255, np.uint8), np.zeros((9, 15), bool)
        known[4] = True
        values[4, :7] = 0
        spread_out(values, known, 3)
        assert (values[2:7, :5] == 0).all()
        assert (values[2:7, 9:] == 255).all()
        assert (values[[0, 8]] == 255).all(), "farther than three pixels"
        np.testing.assert_array_equal(values, values[::-1])

    def test_what_is_known_stays(self) -> None:
        values, known = np.full((5, 5), 255, np.uint8), np.ones((5, 5), bool)
        values[2, 2] = 7
        spread_out(values, known, 3)
        assert (values < 255).sum() == 1


class TestBoxes:
    """Cells of 32 px that differ between two drawings, as few rectangles of them."""

    def test_cells_that_touch_at_a_corner_only_are_one_box(self) -> None:
        for cells in (np.eye(3, dtype=bool), np.eye(3, dtype=bool)[::-1]):
            assert _boxes(cells) == [Rect(0, 0, 3, 3)]

    def test_boxes_that_overlap_become_one_and_others_stay(self) -> None:
        cells = np.zeros((8, 12), bool)
        cells[0:5, 0] = cells[4, 0:5] = True  # an angle, and what lies inside its box
        cells[1, 3] = True
        cells[7, 8:11] = True
        assert _boxes(cells) == [Rect(0, 0, 5, 5), Rect(8, 7, 3, 1)]

    def test_no_cell_no_box(self) -> None:
        assert _boxes(np.zeros((3, 3), bool)) == []
