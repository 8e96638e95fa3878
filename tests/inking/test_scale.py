# SPDX-License-Identifier: GPL-3.0-or-later
"""Stroke width is measured right in any direction, and decides together with the page's size."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from pictures import Floats, line_map, ring, straight, wave

from smart_lineart.inking.scale import MAX_SCALE, MIN_SCALE, auto_scale, stroke_width

SIZE = (400, 500)


def darkness(*paths: Floats, thickness: int, ink: float = 0.8) -> NDArray[np.float32]:
    return line_map(SIZE, *paths, thickness=thickness).astype(np.float32) * np.float32(ink / 255)


class TestStrokeWidth:
    @pytest.mark.parametrize("thickness", [3, 5, 8, 15])
    def test_round_lines(self, thickness: int) -> None:
        page = darkness(ring(250, 200, 120), thickness=thickness)
        assert stroke_width(page, 0.8) == pytest.approx(thickness, rel=0.12, abs=0.6)

    @pytest.mark.parametrize("thickness", [3, 7, 13])
    @pytest.mark.parametrize("degrees", [0, 20, 45, 70, 90])
    def test_straight_lines_in_any_direction(self, degrees: int, thickness: int) -> None:
        # The correction is right on average over directions; along the grid it is 4 / pi off.
        along = 150 * np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))])
        middle = np.array([250.0, 200.0])
        line = straight(tuple(middle - along), tuple(middle + along))
        assert stroke_width(darkness(line, thickness=thickness), 0.8) == pytest.approx(
            thickness, rel=0.32, abs=0.6
        )

    def test_a_faint_pencil_is_as_wide_as_a_firm_one(self) -> None:
        paths = (ring(150, 200, 90), wave(260, 480, 200, 40, 130))
        firm = stroke_width(darkness(*paths, thickness=5), 0.8)
        assert stroke_width(darkness(*paths, thickness=5, ink=0.2), 0.2) == pytest.approx(firm, rel=0.01)

    def test_more_lines_are_not_wider_lines(self) -> None:
        one = stroke_width(darkness(ring(250, 200, 60), thickness=5), 0.8)
        many = darkness(*(ring(250, 200, radius) for radius in range(40, 190, 20)), thickness=5)
        assert stroke_width(many, 0.8) == pytest.approx(one, rel=0.05)

    def test_twice_the_resolution_is_twice_the_width(self) -> None:
        small = stroke_width(darkness(ring(120, 100, 80), thickness=5), 0.8)
        large = stroke_width(darkness(ring(240, 200, 160), thickness=10), 0.8)
        assert large == pytest.approx(2 * small, rel=0.1)

    def test_nothing_drawn_has_no_width(self) -> None:
        assert stroke_width(np.zeros((30, 40), np.float32), 0.8) == 0.0

    def test_a_page_all_black_has_no_contour(self) -> None:
        assert stroke_width(np.ones((30, 40), np.float32), 0.8) == 0.0


widths = st.floats(0.0, 500.0)
sides = st.integers(1, 1 << 17)


class TestAutoScale:
    @given(widths, sides)
    def test_it_stays_within_what_detail_may_be(self, width: float, side: int) -> None:
        assert MIN_SCALE <= auto_scale(width, side) <= MAX_SCALE

    @given(widths, widths, sides)
    def test_wider_strokes_are_never_enlarged_more(self, one: float, two: float, side: int) -> None:
        thin, wide = sorted((one, two))
        assert auto_scale(wide, side) <= auto_scale(thin, side)

    @given(widths, sides, sides)
    def test_larger_pages_are_never_enlarged_more(self, width: float, one: int, two: int) -> None:
        small, large = sorted((one, two))
        assert auto_scale(width, large) <= auto_scale(width, small)

    @pytest.mark.parametrize("factor", [2, 3])
    def test_a_scan_at_twice_the_resolution_is_worked_at_the_same_size(self, factor: int) -> None:
        assert factor * auto_scale(6.0 * factor, 3508 * factor) == pytest.approx(
            auto_scale(6.0, 3508), rel=1e-6
        )
