# SPDX-License-Identifier: GPL-3.0-or-later
"""Stroke width is measured right in any direction, and decides together with the page's size."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from smart_lineart.inking.page.roughness import Observation, RoughnessTuning, needs_no_far_look, roughness
from smart_lineart.inking.page.scale import (
    MAX_SCALE,
    MIN_SCALE,
    ScaleTuning,
    auto_scales,
    extent,
    scale_by_roughness,
    stroke_width,
)
from tests.inking.pictures import Bytes, Floats, line_map, ring, straight, wave

SIZE = (400, 500)
TUNING = RoughnessTuning()
CLOSER, ONE_PASS = TUNING.closer, TUNING.one_pass


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

    @pytest.mark.parametrize("thickness", [3, 5, 9])
    @pytest.mark.parametrize("radius", [40, 90])
    def test_blacks_do_not_make_strokes_broader(self, thickness: int, radius: int) -> None:
        lines = darkness(*(ring(150, 200, radius) for radius in range(60, 140, 15)), thickness=thickness)
        black = lines.copy()
        rows, columns = np.mgrid[: lines.shape[0], : lines.shape[1]]
        black[np.hypot(columns - 380, rows - 200) <= radius] = 0.8
        assert stroke_width(black, 0.8) == pytest.approx(stroke_width(lines, 0.8), rel=0.15)

    def test_nothing_but_blacks_has_the_width_of_blacks(self) -> None:
        rows, columns = np.mgrid[:400, :500]
        black = np.where(np.hypot(columns - 250, rows - 200) <= 80, np.float32(0.8), np.float32(0))
        assert stroke_width(black, 0.8) == pytest.approx(80, rel=0.1)

    def test_nothing_drawn_has_no_width(self) -> None:
        assert stroke_width(np.zeros((30, 40), np.float32), 0.8) == 0.0

    def test_a_page_all_black_has_no_contour(self) -> None:
        assert stroke_width(np.ones((30, 40), np.float32), 0.8) == 0.0


class TestExtent:
    def test_it_is_the_longer_side_of_what_is_drawn(self) -> None:
        page = darkness(straight((100, 50), (300, 50)), straight((100, 50), (100, 130)), thickness=3)
        assert extent(page, 0.8) == pytest.approx(202, abs=4)

    def test_a_speck_far_away_does_not_count(self) -> None:
        page = darkness(ring(120, 120, 80), thickness=5)
        page[398, 498] = 0.8
        assert extent(page, 0.8) == pytest.approx(164, abs=4)

    def test_nothing_drawn_has_none(self) -> None:
        assert extent(np.zeros((30, 40), np.float32), 0.8) == 0.0


widths = st.floats(0.0, 500.0)
sides = st.integers(1, 1 << 17)
shares = st.floats(0.0, 1.0)


SCALES = ScaleTuning()


class TestAutoScales:
    @given(widths, shares, sides)
    def test_they_stay_within_what_detail_may_be(self, width: float, share: float, side: int) -> None:
        near, far = auto_scales(width, share * side, side, SCALES)
        assert MIN_SCALE <= far <= near <= MAX_SCALE

    @given(widths, widths, shares, sides)
    def test_wider_strokes_are_never_enlarged_more(
        self, one: float, two: float, share: float, side: int
    ) -> None:
        thin, wide = sorted((one, two))
        assert auto_scales(wide, share * side, side, SCALES) <= auto_scales(thin, share * side, side, SCALES)

    @given(widths, shares, shares, st.integers(1000, 1 << 17))
    def test_larger_drawings_are_never_enlarged_more(
        self, width: float, one: float, two: float, side: int
    ) -> None:
        small, large = sorted((one, two))
        assert auto_scales(width, large * side, side, SCALES) <= auto_scales(
            width, small * side, side, SCALES
        )

    @pytest.mark.parametrize("factor", [2, 3])
    def test_a_scan_at_twice_the_resolution_is_worked_at_the_same_size(self, factor: int) -> None:
        once = auto_scales(6.0, 3300, 3508, SCALES)
        more = auto_scales(6.0 * factor, 3300 * factor, 3508 * factor, SCALES)
        assert [factor * scale for scale in more] == pytest.approx(once, rel=1e-6)

    @pytest.mark.parametrize("width", [2.0, 8.0, 60.0])
    def test_strokes_stay_visible_and_within_what_the_network_knows(self, width: float) -> None:
        for scale in auto_scales(width, 3300, 3508, SCALES):
            assert SCALES.least_width - 0.01 <= width * scale <= SCALES.most_width + 0.01


def near_look(*drawn: Floats, lines: tuple[Floats, ...], sure: float = 1.0) -> Observation:
    """A close look at what is drawn, in which the network finds these lines."""
    found = line_map(SIZE, *lines, thickness=3) * np.float32(sure)
    return observed(line_map(SIZE, *drawn, thickness=3), found.astype(np.uint8))


def observed(darkness: Bytes, line: Bytes) -> Observation:
    """A look in which nothing is solid."""
    return Observation(darkness, line, np.zeros_like(line))


def far_look(*lines: Floats, sure: float = 1.0) -> Observation:
    """A look at half the size, in which the network finds these lines."""
    found = line_map((SIZE[0] // 2, SIZE[1] // 2), *(line / 2 for line in lines), thickness=3)
    return observed(found, (found * np.float32(sure)).astype(np.uint8))


def rings(*radii: float) -> tuple[Floats, ...]:
    return tuple(ring(250, 200, radius) for radius in radii)


PASSES = rings(154, 147, 140, 133)


class TestLook:
    def test_a_ring_is_as_long_as_it_is(self) -> None:
        look = near_look(*rings(150), lines=rings(150))
        # On a grid, diagonal steps count as one.
        assert look.length == pytest.approx(2 * np.pi * 150 / 500, rel=0.12)
        assert look.beside == 0.0
        assert look.passes == pytest.approx(1.0, abs=0.02)

    def test_what_is_drawn_twice_as_far_away_lies_beside(self) -> None:
        look = near_look(*rings(150, 120), lines=rings(150))
        assert look.beside == pytest.approx(120 / 270, abs=0.03)
        assert look.passes == pytest.approx(270 / 150, abs=0.05)

    def test_a_page_without_ink_has_nothing_beside_its_lines(self) -> None:
        line = line_map(SIZE, *rings(100), thickness=3)
        assert observed(np.zeros(SIZE, np.uint8), line).beside == 0.0

    def test_solid_black_is_none_of_its_lines_and_lies_beside_none(self) -> None:
        near = near_look(*rings(150, 138), lines=rings(150, 138))
        blacked, solid = near.darkness.copy(), np.zeros(SIZE, np.uint8)
        blacked[180:220, 230:270], solid[180:220, 230:270] = 250, 200
        assert observed(blacked, near.line).beside > 0.1
        look = Observation(blacked, near.line, solid)
        assert look.beside < 0.01
        assert needs_no_far_look(look)
        assert roughness(look, far_look(*rings(144))) == CLOSER


class TestRoughness:
    def test_a_line_that_a_closer_look_splits_is_rough(self) -> None:
        near = near_look(*PASSES, lines=rings(150, 138), sure=0.8)
        assert roughness(near, far_look(*rings(144))) == 1.0

    def test_lines_with_few_passes_are_seen_closer(self) -> None:
        near = near_look(*PASSES, lines=rings(144), sure=0.8)
        assert roughness(near, far_look(*rings(144))) == CLOSER

    def test_single_lines_that_only_a_closer_look_parts_are_detail(self) -> None:
        near = near_look(*rings(150, 138), lines=rings(150, 138), sure=0.8)
        assert near.passes < ONE_PASS
        assert roughness(near, far_look(*rings(144))) == CLOSER

    def test_single_lines_beside_shade_are_seen_closely_and_no_closer(self) -> None:
        near = near_look(*rings(150, 138), lines=rings(150, 138), sure=0.8)
        shaded = near.darkness.copy()
        shaded[180:220, 230:270] = 200
        assert roughness(observed(shaded, near.line), far_look(*rings(144))) == 0.0

    def test_as_much_more_drawn_than_lines_are_long_is_second_passes(self) -> None:
        near = near_look(*rings(150, 138, 60), lines=rings(150, 138), sure=0.8)
        assert near.passes > ONE_PASS
        assert roughness(near, far_look(*rings(144))) == 1.0

    def test_single_lines_are_seen_closer(self) -> None:
        near = near_look(*rings(150, 100), lines=rings(150, 100))
        assert roughness(near, far_look(*rings(150, 100))) == CLOSER

    def test_single_lines_side_by_side_are_seen_closer_even_where_looks_merge_them(self) -> None:
        near = near_look(*rings(150, 80, 72), lines=rings(150, 76))
        assert near.passes > ONE_PASS
        assert roughness(near, far_look(*rings(150, 76))) == CLOSER
        longer = near_look(*rings(150, 120, 100, 14, 6), lines=rings(150, 120, 100, 10))
        assert longer.passes < ONE_PASS
        assert roughness(longer, far_look(*rings(150, 120, 100, 10))) == CLOSER

    @pytest.mark.parametrize("lines", [(150,), (150, 138), (150, 100, 60)])
    def test_where_lines_are_one_pass_no_look_from_afar_tells_otherwise(
        self, lines: tuple[float, ...]
    ) -> None:
        near = near_look(*rings(*lines), lines=rings(*lines), sure=0.8)
        assert needs_no_far_look(near)
        for afar in (rings(144), rings(150), rings(*lines), rings(150, 120, 100, 60), ()):
            assert roughness(near, far_look(*afar)) == CLOSER

    def test_passes_shade_and_blank_pages_need_a_look_from_afar(self) -> None:
        assert not needs_no_far_look(near_look(*PASSES, lines=rings(144), sure=0.8))
        near = near_look(*rings(150, 138), lines=rings(150, 138), sure=0.8)
        shaded = near.darkness.copy()
        shaded[180:220, 230:270] = 200
        assert not needs_no_far_look(observed(shaded, near.line))
        assert not needs_no_far_look(near_look(*PASSES, lines=()))

    def test_a_clean_drawing_is_seen_closer_than_by_the_close_look(self) -> None:
        assert scale_by_roughness(1.0, 0.7, CLOSER) == pytest.approx(0.7**-0.5)
        assert 0.7 < scale_by_roughness(1.0, 0.7, 0.5) < 1.0
        assert scale_by_roughness(MAX_SCALE, 1.0, CLOSER) == MAX_SCALE

    def test_a_page_without_lines_is_clean(self) -> None:
        assert roughness(near_look(*PASSES, lines=()), far_look()) == 0.0
