# SPDX-License-Identifier: GPL-3.0-or-later
"""Ink is exact: the thickness asked for, full inside, antialiased at the edge, the same in every region."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from smart_lineart.inking import STYLES, BadOption, Cancelled, Rect, style_names
from smart_lineart.inking.brushes.styles import find_style
from smart_lineart.inking.drawing.solid import CHUNK, distances, needed, rounds_of
from smart_lineart.inking.drawing.textured import draw
from smart_lineart.inking.strokes import Strokes
from tests.inking.pictures import (
    Bytes,
    Floats,
    distance_to,
    measured_widths,
    ring,
    straight,
    strokes_of,
    wave,
)

PAGE = Rect(0, 0, 400, 300)
SOLID = [name for name, style in STYLES.items() if style.medium.solid]
LINES = {
    "level": straight((40, 60.3), (360, 61.1)),
    "slanting": straight((40, 50), (350, 240)),
    "ring": ring(200.3, 150.2, 90),
    "wave": wave(30, 370, 150, 25, 240),
}


def ink_of(strokes: Strokes, thickness: float, style: str = "technical", region: Rect = PAGE) -> Bytes:
    return draw(strokes, region, thickness=thickness, style=STYLES[style])


def pixel_centres(region: Rect) -> Floats:
    """(pixels, 2) places on the page, row by row."""
    y, x = np.mgrid[region.y : region.bottom, region.x : region.right]
    return np.stack([x.ravel(), y.ravel()], 1) + 0.5


def scribble(seed: int, count: int = 6, size: tuple[float, float] = (400.0, 300.0)) -> Strokes:
    """Random crooked strokes that swell, some of them running off the page."""
    rng = np.random.default_rng(seed)
    points, widths = [], []
    for _ in range(count):
        corners = rng.random((4, 2)) * np.array(size) * 1.2 - 0.1 * np.array(size)
        path = np.concatenate([straight(tuple(a), tuple(b)) for a, b in pairwise(corners)])
        points.append(path.astype(np.float32))
        widths.append((1 + 0.5 * np.sin(np.arange(len(path)) / 20)).astype(np.float32))
    return Strokes.from_lists(points, widths, [1.0] * count)


class TestRegions:
    @pytest.mark.parametrize("style", style_names())
    def test_a_region_is_that_part_of_the_page(self, style: str) -> None:
        strokes = scribble(1)
        page = ink_of(strokes, 7.3, style)
        rng = np.random.default_rng(9)
        for _ in range(25):
            x, y = rng.integers(0, 400), rng.integers(0, 300)
            region = Rect(int(x), int(y), int(rng.integers(1, 401 - x)), int(rng.integers(1, 301 - y)))
            part = ink_of(strokes, 7.3, style, region)
            np.testing.assert_array_equal(
                part, page[region.y : region.bottom, region.x : region.right], err_msg=str(region)
            )

    @given(st.integers(0, 399), st.integers(0, 299), st.integers(1, 60), st.integers(1, 60))
    @settings(max_examples=40, deadline=None)
    def test_any_small_region(self, x: int, y: int, width: int, height: int) -> None:
        region = Rect(x, y, width, height).intersection(PAGE)
        strokes = scribble(2)
        page = ink_of(strokes, 3.0, "pen")
        np.testing.assert_array_equal(
            ink_of(strokes, 3.0, "pen", region), page[y : region.bottom, x : region.right]
        )

    def test_regions_of_one_pixel(self) -> None:
        strokes = strokes_of(straight((2.5, 0.5), (2.5, 9.5)))
        page = ink_of(strokes, 3.0, region=Rect(0, 0, 5, 10))
        for x in range(5):
            assert ink_of(strokes, 3.0, region=Rect(x, 7, 1, 1)).item() == page[7, x]

    def test_the_page_may_have_any_size(self) -> None:
        strokes = scribble(3)
        small = ink_of(strokes, 5.0, region=Rect(0, 0, 211, 97))
        assert small.shape == (97, 211)
        np.testing.assert_array_equal(small, ink_of(strokes, 5.0)[:97, :211])


class TestThickness:
    HALF_PAGE = Rect(0, 0, 200, 150)

    @pytest.mark.parametrize("line", LINES)
    @pytest.mark.parametrize("thickness", [1, 1.5, 2, 3, 4, 5.5, 8, 12, 17, 24])
    def test_a_technical_pen_is_as_wide_as_asked_everywhere(self, thickness: float, line: str) -> None:
        widths = measured_widths(ink_of(strokes_of(0.5 * LINES[line]), thickness, region=self.HALF_PAGE))
        wrong = np.abs(widths - thickness)
        assert np.median(wrong) <= max(0.5, 0.1 * thickness)
        # A thin line between two rows of pixels is half as dark in both, which no threshold measures right.
        assert np.quantile(wrong, 0.9) <= max(0.65, 0.1 * thickness)

    @pytest.mark.parametrize("line", LINES)
    @pytest.mark.parametrize("thickness", [1, 2, 4, 8, 16, 24])
    def test_a_pen_s_median_width_is_as_asked(self, thickness: float, line: str) -> None:
        widths = measured_widths(ink_of(strokes_of(0.5 * LINES[line]), thickness, "pen", self.HALF_PAGE))
        assert abs(float(np.median(widths)) - thickness) <= max(0.5, 0.1 * thickness)

    @pytest.mark.parametrize("thickness", [0.25, 0.5, 0.8, 1.0, 3.0, 12.0])
    def test_ink_spent_is_thickness_times_length(self, thickness: float) -> None:
        for path in (LINES["ring"], LINES["slanting"]):
            length = float(np.hypot(*np.diff(path, axis=0).T).sum())
            caps = np.pi * thickness**2 / 4 if path is LINES["slanting"] else 0.0
            spent = float(ink_of(strokes_of(path), thickness).sum()) / 255
            assert spent == pytest.approx(thickness * length + caps, rel=0.02)

    def test_a_thin_line_covers_no_more_than_its_width(self) -> None:
        for thickness in (0.25, 0.5, 0.75):
            ink = ink_of(strokes_of(straight((10, 20.5), (390, 20.5))), thickness)
            assert ink.max() <= np.ceil(255 * thickness)
            assert ink[20, 200] == ink.max()

    def test_thicker_covers_whatever_thinner_did(self) -> None:
        strokes = scribble(4)
        before = ink_of(strokes, 1.0)
        for thickness in (2.0, 3.5, 7.0, 20.0):
            ink = ink_of(strokes, thickness)
            assert (ink.astype(int) - before >= -1).all()
            before = ink


class TestCoverage:
    @pytest.mark.parametrize(
        "path", [LINES["slanting"], LINES["level"], straight((30.2, 20.7), (33.1, 280.4))]
    )
    @pytest.mark.parametrize("thickness", [2.0, 6.5])
    def test_it_is_the_distance_inside_the_edge(self, path: Floats, thickness: float) -> None:
        distance = distance_to(pixel_centres(PAGE), path[[0, -1]]).reshape(300, 400)
        exact = np.clip(thickness / 2 - distance + 0.5, 0.0, 1.0) * 255
        assert np.abs(ink_of(strokes_of(path), thickness) - exact).max() < 1.0

    SMALL = Rect(0, 0, 140, 110)
    CURVES = (ring(70.3, 54.8, 40), wave(15, 125, 50, 20, 80))

    @pytest.mark.parametrize("path", CURVES, ids=["ring", "wave"])
    def test_curves_are_followed_to_a_tenth_of_a_pixel(self, path: Floats) -> None:
        distance = distance_to(pixel_centres(self.SMALL), path).reshape(110, 140)
        exact = np.clip(3.0 - distance + 0.5, 0.0, 1.0) * 255
        assert np.abs(ink_of(strokes_of(path), 6.0, region=self.SMALL) - exact).max() < 0.12 * 255

    @pytest.mark.parametrize("thickness", [3.0, 9.0])
    def test_ink_is_full_inside_and_grey_only_within_a_pixel_of_its_edge(self, thickness: float) -> None:
        path = self.CURVES[1]
        ink = ink_of(strokes_of(path), thickness, region=self.SMALL).ravel()
        distance = distance_to(pixel_centres(self.SMALL), path)
        assert (ink[distance < thickness / 2 - 0.65] == 255).all()
        assert (ink[distance > thickness / 2 + 0.65] == 0).all()
        grey = np.count_nonzero((ink > 0) & (ink < 255))
        edge = 2 * float(np.hypot(*np.diff(path, axis=0).T).sum())
        assert grey < 1.5 * edge

    def test_overlapping_strokes_do_not_add_up(self) -> None:
        one, two = strokes_of(LINES["slanting"]), strokes_of(LINES["wave"])
        both = strokes_of(LINES["slanting"], LINES["wave"])
        np.testing.assert_array_equal(ink_of(both, 5.0), np.maximum(ink_of(one, 5.0), ink_of(two, 5.0)))
        twice = strokes_of(LINES["wave"], LINES["wave"])
        np.testing.assert_array_equal(ink_of(twice, 5.0), ink_of(two, 5.0))

    def test_strokes_of_any_order_and_direction_are_the_same_ink(self) -> None:
        paths = list(LINES.values())
        forth = ink_of(strokes_of(*paths), 4.0)
        np.testing.assert_array_equal(ink_of(strokes_of(*reversed(paths)), 4.0), forth)
        back = ink_of(strokes_of(*[path[::-1] for path in paths]), 4.0)
        assert np.abs(back.astype(int) - forth).max() <= 0.1 * 255  # other vertices are left out

    def test_a_seam_between_two_vertices_does_not_show(self) -> None:
        ink = ink_of(strokes_of(straight((10, 20.5), (390, 20.5))), 7.0)
        assert (ink[17:24, 20:380] == 255).all()

    def test_no_strokes_no_ink(self) -> None:
        ink = ink_of(Strokes.empty(), 5.0)
        assert ink.shape == (300, 400)
        assert ink.dtype == np.uint8
        assert not ink.any()

    def test_strokes_beyond_the_region_leave_it_blank(self) -> None:
        strokes = strokes_of(straight((-90, -50), (-10, -20)), straight((500, 10), (900, 400)))
        assert not ink_of(strokes, 8.0).any()

    def test_a_dot_is_round(self) -> None:
        ink = ink_of(strokes_of(np.array([(49.75, 50.0), (50.25, 50.0)])), 20.0)
        assert np.count_nonzero(ink > 127) == pytest.approx(np.pi * 100, rel=0.06)
        np.testing.assert_array_equal(np.flatnonzero(ink.any(axis=0))[[0, -1]], [39, 60])
        np.testing.assert_array_equal(np.flatnonzero(ink.any(axis=1))[[0, -1]], [40, 59])


class TestLargePages:
    # Where the fraction is representable in float32 beside 20000 too.
    PATHS = (np.array([(10.25, 12.5), (90.75, 40.125)]), ring(60.0, 50.0, 24.0).round(2))

    def test_far_from_the_corner_ink_is_the_same(self) -> None:
        near = ink_of(strokes_of(self.PATHS[0]), 4.5, region=Rect(0, 0, 128, 96))
        far = strokes_of(self.PATHS[0], offset=(20000.0, 16000.0))
        np.testing.assert_array_equal(ink_of(far, 4.5, region=Rect(20000, 16000, 128, 96)), near)

    @pytest.mark.parametrize("offset", [(20003, 16001), (100_001, 7)])
    def test_anywhere_it_is_the_same_within_rounding(self, offset: tuple[int, int]) -> None:
        region = Rect(*offset, 128, 96)
        near = ink_of(strokes_of(*self.PATHS), 4.5, region=Rect(0, 0, 128, 96))
        far = ink_of(strokes_of(*self.PATHS, offset=offset), 4.5, region=region)
        # A float32 coordinate beyond 65536 is exact to 1/256 px; leaving out other vertices shifts a tenth.
        assert np.abs(far.astype(int) - near).max() <= 0.1 * 255
        assert np.abs(far.astype(float) - near).mean() < 0.3

    def test_only_the_region_costs_memory(self) -> None:
        strokes = strokes_of(straight((0, 0), (90_000, 90_000), step=16.0))
        ink = ink_of(strokes, 9.0, region=Rect(45_000, 45_000, 64, 64))
        assert ink.shape == (64, 64)
        assert (np.diagonal(ink) == 255).all()


class TestStyles:
    SWELLING = strokes_of(straight((20, 150), (380, 150)), width=np.linspace(0.4, 2.0, 361))

    def widths(self, style: str, strokes: Strokes) -> NDArray[np.float64]:
        """Ink per column of strokes that run from left to right, away from their tapered ends."""
        return ink_of(strokes, 8.0, style).sum(axis=0)[100:300] / 255

    def test_a_technical_pen_does_not_swell(self) -> None:
        assert np.ptp(self.widths("technical", self.SWELLING)) < 0.5

    @pytest.mark.parametrize("style", ["pen", "g-pen", "brush"])
    def test_other_pens_swell_as_the_sketch_does(self, style: str) -> None:
        widths = self.widths(style, self.SWELLING)[:100]  # beyond the middle a pliant nib lets up again
        assert (np.diff(widths) > -0.02).all()
        assert widths[-1] > 1.2 * widths[0]

    def test_they_swell_more_and_more(self) -> None:
        # Where the sketch is half and one and a half as wide as usual.
        strokes = strokes_of(straight((20, 150), (380, 150)), width=np.repeat([0.6, 1.4], [180, 181]))
        ratios = []
        for style in ("technical", "pen", "g-pen", "brush"):
            widths = self.widths(style, strokes)
            ratios.append(widths[-50] / widths[50])
        assert ratios == sorted(ratios)
        assert ratios[0] == pytest.approx(1.0, abs=0.02)
        assert ratios[3] > 2 * ratios[1] / 1.5

    @pytest.mark.parametrize("style", SOLID)
    def test_usual_width_is_the_thickness_in_every_solid_style(self, style: str) -> None:
        widths = self.widths(style, strokes_of(straight((20, 150), (380, 150))))
        assert widths.max() == pytest.approx(8.0, abs=0.3)

    def test_the_hand_lets_up_towards_both_ends_the_more_the_softer_the_nib(self) -> None:
        path = straight((-300, 150), (700, 150)).astype(np.float32)
        strokes = Strokes.from_lists([path], [np.ones(len(path), np.float32)], [1.0], [(False, False)])
        slim = []
        for style in ("technical", "pen", "g-pen", "brush"):
            widths = ink_of(strokes, 16.0, style).sum(axis=0) / 255
            assert widths[200] == pytest.approx(16.0, abs=0.3)
            np.testing.assert_allclose(widths, widths[::-1], atol=0.1)
            slim.append(widths[5] / widths[200])
        assert slim[0] == pytest.approx(slim[1], abs=0.02) == pytest.approx(1.0, abs=0.02)
        assert slim[3] < slim[2] < 0.85

    @pytest.mark.parametrize("style", ["pen", "g-pen", "brush"])
    def test_free_ends_run_to_a_point(self, style: str) -> None:
        profile = ink_of(strokes_of(straight((20, 150), (380, 150))), 20.0, style).sum(axis=0) / 255
        middle = profile[200]
        rising = profile[20:200]
        assert (np.diff(rising) > -0.05).all()
        assert rising[1] < 0.6 * middle
        np.testing.assert_allclose(profile[200:380], profile[20:200][::-1], atol=0.3)

    def test_longer_points_for_softer_brushes(self) -> None:
        reach = []
        for style in ("technical", "pen", "g-pen", "brush"):
            profile = ink_of(strokes_of(straight((5, 150), (395, 150))), 16.0, style).sum(axis=0) / 255
            reach.append(int(np.argmax(profile > 0.95 * profile[200])))
        assert reach == sorted(reach)
        assert reach[3] > 3 * reach[1] > reach[0]

    @pytest.mark.parametrize("style", ["g-pen", "brush"])
    def test_a_soft_nib_leaves_a_closed_line_thin_at_its_top_alone(self, style: str) -> None:
        turned = np.roll(ring(200.0, 150.0, 100.0)[:-1], 37, axis=0)
        ink = ink_of(strokes_of(np.concatenate([turned, turned[:1]])), 10.0, style)
        across = ink[:, 198:202].mean(axis=1) / 255
        assert across[:150].sum() < 0.6 * across[150:].sum()
        assert across[150:].sum() == pytest.approx(10.0, abs=0.5)
        np.testing.assert_allclose(ink[150, :200].sum(), ink[150, 200:].sum(), rtol=0.05)

    @pytest.mark.parametrize("style", ["pen", "technical"])
    def test_a_closed_line_has_no_thin_place(self, style: str) -> None:
        widths = measured_widths(ink_of(strokes_of(0.5 * LINES["ring"]), 10.0, style, Rect(0, 0, 200, 150)))
        assert np.abs(widths - 10.0).max() < 1.5

    @pytest.mark.parametrize("style", SOLID)
    def test_a_short_stroke_keeps_its_width_in_the_middle(self, style: str) -> None:
        profile = ink_of(strokes_of(straight((200, 150), (230, 150))), 10.0, style).sum(axis=0) / 255
        assert profile.max() == pytest.approx(10.0, abs=0.5)

    def test_a_dot_has_no_points(self) -> None:
        """A nostril or a pupil is a blunt mark: as wide at its ends as in its middle, and round."""
        for long, blunt in ((12, True), (60, False)):
            dot = ink_of(strokes_of(straight((100, 150), (100 + long, 150))), 8.0, "pen").sum(axis=0) / 255
            assert dot[100 + long // 2] == pytest.approx(8.0, abs=0.3)
            assert (dot[101] > 7.5) == blunt
            assert (dot[99 + long] > 7.5) == blunt

    def test_names_and_texts_are_there_for_the_artist(self) -> None:
        assert style_names()[0] == "pen"
        assert len(set(style_names())) == len(style_names()) >= 4
        for name in style_names():
            style = find_style(name)
            assert style.name == name
            assert style.title
            assert str(style.description).endswith(".")

    def test_an_unknown_style_names_those_there_are(self) -> None:
        with pytest.raises(BadOption, match=r"'crayon'; choose one of pen, technical") as caught:
            find_style("crayon")
        assert "\n" not in str(caught.value)


class TestDrawing:
    def test_it_is_deterministic(self) -> None:
        strokes = scribble(7, count=20)
        first = ink_of(strokes, 6.0, "brush")
        for _ in range(3):
            np.testing.assert_array_equal(ink_of(strokes, 6.0, "brush"), first)

    def test_strokes_are_not_changed(self) -> None:
        strokes = scribble(8)
        before = [strokes.points.copy(), strokes.width.copy(), strokes.strength.copy(), strokes.starts.copy()]
        ink_of(strokes, 6.0, "g-pen")
        for now, then in zip(
            (strokes.points, strokes.width, strokes.strength, strokes.starts), before, strict=True
        ):
            np.testing.assert_array_equal(now, then)

    def test_cancelling_stops_it(self) -> None:
        asked: list[int] = []

        def cancelled() -> bool:
            asked.append(1)
            return len(asked) > 3

        page = Rect(0, 0, 2000, 2000)
        strokes = scribble(9, count=40, size=(2000.0, 2000.0))
        draw(strokes, page, thickness=20.0, style=STYLES["pen"], cancelled=lambda: bool(asked.append(1)))
        assert len(asked) > 10, "work in one go could not be cancelled"
        asked.clear()
        with pytest.raises(Cancelled):
            draw(strokes, page, thickness=20.0, style=STYLES["pen"], cancelled=cancelled)
        assert len(asked) == 4

    @given(st.lists(st.integers(0, 9), max_size=60))
    def test_rounds_touch_each_cell_once_and_miss_nothing(self, places: list[int]) -> None:
        place = np.array(places, np.intp)
        rounds = rounds_of(place)
        assert sorted(np.concatenate([np.zeros(0, np.intp), *rounds]).tolist()) == list(range(len(places)))
        for batch in rounds:
            assert len(set(place[batch].tolist())) == len(batch)
        assert CHUNK > 0


class TestStrokes:
    def test_selecting_keeps_whole_strokes(self) -> None:
        strokes = strokes_of(*LINES.values())
        kept = strokes.select(np.array([True, False, True, False]))
        np.testing.assert_array_equal(
            ink_of(kept, 4.0), ink_of(strokes_of(LINES["level"], LINES["ring"]), 4.0)
        )
        assert len(kept) == 2
        assert kept.nbytes < strokes.nbytes

    def test_selecting_all_or_none(self) -> None:
        strokes = strokes_of(*LINES.values())
        assert strokes.select(np.ones(4, np.bool_)) is strokes
        none = strokes.select(np.zeros(4, np.bool_))
        assert len(none) == 0
        assert not ink_of(none, 4.0).any()


class TestVertices:
    def test_every_fourth_vertex_of_a_straight_line_is_enough(self) -> None:
        for count in (2, 3, 4, 5, 8, 9, 13):
            strokes = strokes_of(straight((0, 0), (count - 1, 0)), straight((0, 9), (count - 1, 9)))
            keep = needed(strokes)
            assert (keep[:count] == keep[count:]).all(), "each stroke is thinned out by itself"
            assert keep[[0, count - 1]].all()
            left = np.flatnonzero(keep[:count])
            assert np.diff(left).max() <= 4
            if count in (5, 9, 13):
                assert left.tolist() == list(range(0, count, 4))

    @pytest.mark.parametrize(
        ("bump", "kept"), [(1, [0, 1, 2, 4, 8]), (3, [0, 2, 3, 4, 8]), (2, [0, 1, 2, 3, 4, 8])]
    )
    def test_a_vertex_that_stands_out_stays_with_its_neighbours(self, bump: int, kept: list[int]) -> None:
        path = straight((0, 0), (8, 0))
        path[bump, 1] = 0.2
        assert np.flatnonzero(needed(strokes_of(path))).tolist() == kept

    @pytest.mark.parametrize(("height", "stays"), [(0.049, False), (0.051, True)])
    def test_it_stands_out_from_a_twentieth_of_a_px_on(self, height: float, stays: bool) -> None:
        path = straight((0, 0), (8, 0))
        path[5, 1] = height
        assert needed(strokes_of(path))[5] == stays
        wide = straight((0, 0), (8, 0))
        wide[[1, 2, 3], 1] = np.array([0.5, 1, 0.5]) * height
        assert needed(strokes_of(wide))[2] == stays

    def test_distances_are_told_from_both_ends_whatever_lies_before(self) -> None:
        path = np.array([[0, 0], [3, 4], [3, 10]])
        alone, later = strokes_of(path), strokes_of(straight((9, 9), (300, 77.7)), path)
        for strokes in (alone, later):
            from_start, from_stop = (values[-3:] for values in distances(strokes))
            assert from_start.tolist() == [0, 5, 11]
            assert from_stop.tolist() == [11, 6, 0]
