# SPDX-License-Identifier: GPL-3.0-or-later
"""Textured brushes: as wide as asked, grain that belongs to the canvas, layers where lines cross."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smart_lineart.inking import STYLES, Cancelled, Rect, Style
from smart_lineart.inking.brushes import grain
from smart_lineart.inking.brushes.grain import LEVELS, Grain, levels_at, planes_of
from smart_lineart.inking.brushes.stamping import Stamp, strip_of
from smart_lineart.inking.drawing.textured import draw, fill
from smart_lineart.inking.strokes import Strokes
from tests.inking.pictures import Bytes, ring, straight, strokes_of, wave

TEXTURED = [name for name, style in STYLES.items() if not style.medium.solid]
PAGE = Rect(0, 0, 400, 300)
FOREIGN = Style(
    "foreign", "Foreign", "Never seen.",
    strip_of(Stamp(hardness=0.2, least_size=0.4, opacity=0.8, grain=3.0, depth=0.6, crumble=0.6, seed=5)),
)  # fmt: skip


def ink_of(strokes: Strokes, thickness: float, style: str | Style, region: Rect = PAGE) -> Bytes:
    chosen = style if isinstance(style, Style) else STYLES[style]
    return draw(strokes, region, thickness=thickness, style=chosen)


def crossing() -> Strokes:
    """Two lines that cross, and one that ends on the first."""
    paths = [
        straight((20, 150), (380, 150)),
        straight((120, 20), (120, 280)),
        straight((280, 150), (280, 280)),
    ]
    free = [(True, True), (True, True), (False, True)]
    widths = [np.ones(len(path), np.float32) for path in paths]
    return Strokes.from_lists([path.astype(np.float32) for path in paths], widths, [1.0] * 3, free)


def half_width(style: str | Style, thickness: float) -> float:
    """Width at half ink of long slanting lines, from the ink across them, averaged along them.

    Where the brush swells, only the middle is at its peak.
    """
    chosen = style if isinstance(style, Style) else STYLES[style]
    half_length = 60 if chosen.medium.swell else 380
    region = Rect(0, 0, 900, 500)
    y, x = np.mgrid[0:500, 0:900] + 0.5
    profile = np.zeros(0)
    for slope in (0.21, 0.37, -0.29, 0.05):
        middle, ahead = np.array([450.0, 250.0]), np.array([1.0, slope]) / np.hypot(1.0, slope)
        path = middle + np.linspace(-600, 600, 400)[:, None] * ahead
        widths = [np.ones(len(path), np.float32)]
        strokes = Strokes.from_lists([path.astype(np.float32)], widths, [1.0], [(False, False)])
        ink = ink_of(strokes, thickness, style, region)
        along = (x - middle[0]) * ahead[0] + (y - middle[1]) * ahead[1]
        across = np.abs((y - middle[1]) * ahead[0] - (x - middle[0]) * ahead[1])
        near = (np.abs(along) < half_length) & (across < 2 * thickness + 2)
        place = (across[near] * 4).astype(int)
        found = np.bincount(place, ink[near]) / np.maximum(np.bincount(place), 1)
        profile = found if not profile.size else profile[: len(found)] + found[: len(profile)]
    core = np.sort(profile)[-max(2, int((profile > 0.5 * profile.max()).sum() // 2)) :].mean()
    return 2 * float((profile > 0.5 * core).sum()) / 4


class TestWidth:
    @pytest.mark.parametrize("style", [*STYLES, FOREIGN], ids=lambda s: getattr(s, "name", s))
    @pytest.mark.parametrize("thickness", [3.0, 4.0, 7.0, 12.0, 20.0, 40.0])
    def test_a_usual_line_is_as_wide_as_asked(self, style: str | Style, thickness: float) -> None:
        assert half_width(style, thickness) == pytest.approx(thickness, rel=0.15)

    @pytest.mark.parametrize("style", TEXTURED)
    def test_thickness_changes_the_width_and_not_the_tone(self, style: str) -> None:
        path = straight((20, 100), (1180, 100))
        tones = []
        for thickness in (10.0, 30.0):
            ink = ink_of(strokes_of(path), thickness, style, Rect(0, 0, 1200, 200))
            tones.append(ink[98:102, 400:800].mean())
        assert tones[0] == pytest.approx(tones[1], rel=0.12)


class TestGrain:
    @pytest.mark.parametrize("style", ["pencil", "charcoal", "dry-brush"])
    def test_it_belongs_to_the_canvas_not_to_the_stroke(self, style: str) -> None:
        """A line moved by a pixel finds the same paper under it: the grain does not come along."""
        here = ink_of(strokes_of(straight((20, 150), (380, 150))), 20.0, style)
        there = ink_of(strokes_of(straight((21, 150), (381, 150))), 20.0, style)
        inside = (slice(145, 155), slice(150, 250))
        # Its own ends have moved, and with them the pressure, by next to nothing.
        assert np.abs(here[inside].astype(int) - there[inside]).mean() < 1.0

    @pytest.mark.parametrize("style", ["pencil", "charcoal"])
    def test_it_does_not_crawl_while_the_thickness_changes(self, style: str) -> None:
        thin, thick = (ink_of(strokes_of(straight((20, 150), (380, 150))), t, style) for t in (20.0, 21.0))
        inside = (slice(147, 153), slice(150, 250))
        likeness = np.corrcoef(thin[inside].ravel(), thick[inside].ravel())[0, 1]
        assert likeness > 0.95

    @pytest.mark.parametrize("grain", [Grain(1.0, 1.0), Grain(2.5, 2.5), Grain(1.5, 20.0)])
    def test_it_does_not_repeat(self, grain: Grain) -> None:
        y, x = np.indices((96, 3000))
        noise = levels_at(planes_of(grain), x, y).astype(float)
        noise -= noise.mean()
        power = np.abs(np.fft.rfft(noise, axis=1)) ** 2
        likeness = np.fft.irfft(power.sum(0))
        likeness /= likeness[0]
        assert likeness[100:1500].max() < 0.6

    @pytest.mark.parametrize("grain", [Grain(1.0, 1.0), Grain(4.0, 5.0), Grain(1.5, 20.0)])
    def test_every_level_is_as_frequent(self, grain: Grain) -> None:
        y, x = np.indices((1500, 1500))
        share = np.bincount(levels_at(planes_of(grain), x, y).ravel(), minlength=LEVELS) / x.size
        assert np.abs(share * LEVELS - 1).max() < 0.25

    @pytest.mark.parametrize("size", [1.5, 3.0, 6.0])
    def test_it_is_as_coarse_as_asked(self, size: float) -> None:
        y, x = np.indices((400, 400))
        noise = levels_at(planes_of(Grain(size, size)), x, y).astype(float)
        noise -= noise.mean()
        near = [
            float((noise[:, step:] * noise[:, : 400 - step]).mean() / noise.var()) for step in range(1, 12)
        ]
        half = next(step for step, value in enumerate(near, 1) if value < 0.5)
        assert half == pytest.approx(size, abs=1.0)

    def test_streaks_run_along_the_stroke(self) -> None:
        def runs(ink: Bytes, axis: int) -> float:
            return float(np.abs(np.diff(ink.astype(int), axis=axis)).mean())

        level = ink_of(strokes_of(straight((20, 150), (380, 150))), 40.0, "dry-brush")[135:165, 100:300]
        upright = ink_of(strokes_of(straight((200, 20), (200, 280))), 40.0, "dry-brush")[60:240, 185:215]
        assert runs(level, 0) > 1.5 * runs(level, 1)
        assert runs(upright, 1) > 1.5 * runs(upright, 0)


class TestMakingGrain:
    """From noise that goes on at its edges."""

    DOT = np.zeros((32, 32), np.int64)
    DOT[3, 5] = 10

    @pytest.mark.parametrize(("width", "row"), [(1, [10]), (2, [10, 20, 10]), (3, [10, 20, 30, 20, 10])])
    def test_it_is_blurred_twice_over_a_square(self, width: int, row: list[int]) -> None:
        soft = grain._blurred(self.DOT, width)
        assert soft.sum() == 10 * width**4
        np.testing.assert_array_equal(soft[soft.any(axis=1)][:, soft.any(axis=0)], np.outer(row, row) // 10)

    def test_a_blur_of_an_odd_width_stays_in_place(self) -> None:
        y, x = np.argwhere(grain._blurred(self.DOT, 5) == 250)[0]
        assert (y, x) == (3, 5)

    @pytest.mark.parametrize("length", [6, 7, 20])
    @pytest.mark.parametrize(("turn", "way"), [(0, (0, 1)), (8, (1, 0)), (4, (1, 1)), (12, (1, -1))])
    def test_it_is_drawn_out_by_its_length_to_both_sides(
        self, length: int, turn: int, way: tuple[int, int]
    ) -> None:
        streak = grain._drawn_out(self.DOT, length, turn)
        assert streak.sum() == 10 * length
        steps = np.arange(-(length // 2), length - length // 2)
        slanting = np.rint(steps * 0.5**0.5).astype(int) if all(way) else steps
        expected = np.zeros_like(self.DOT)
        np.add.at(expected, ((3 + way[0] * slanting) % 32, (5 + way[1] * slanting) % 32), 10)
        np.testing.assert_array_equal(streak, expected)

    def test_it_is_evened_to_a_spread_of_64(self) -> None:
        plane = np.random.default_rng(2).normal(900, 7, (200, 200)).astype(np.int64)
        even = grain._evened(plane)
        assert even.std() == pytest.approx(64, abs=1)
        assert abs(even.mean()) < 6
        plane[0, :2] = 0, 5000
        assert (even.min() > -256, grain._evened(plane)[0, :2].tolist()) == (True, [-255, 255])
        assert not grain._evened(np.full((4, 4), 7, np.int64)).any()


@pytest.mark.parametrize("turn", range(0, 16, 2))
def test_streaks_of_a_turn_run_that_way(turn: int) -> None:
    """As well where they are looked up place by place, for fills."""
    planes = planes_of(Grain(across=1.5, along=20.0))
    assert planes.directions == 16
    y, x = np.indices((160, 160))

    def unlikeness(angle: float) -> float:
        dx, dy = round(9 * np.cos(angle)), round(9 * np.sin(angle))
        there = levels_at(planes, x + dx, y + dy, turn).astype(int)
        return float(np.abs(there - levels_at(planes, x, y, turn)).mean())

    along = np.pi * turn / 16
    assert unlikeness(along) < 0.6 * min(unlikeness(along + step * np.pi / 4) for step in (1, 2, 3))


class TestRegions:
    STROKES = strokes_of(wave(-20, 420, 150, 60, 300), ring(200.3, 150.2, 90), width=1.0)

    @pytest.mark.parametrize("style", [*TEXTURED, FOREIGN], ids=lambda s: getattr(s, "name", s))
    def test_a_region_is_that_part_of_the_page(self, style: str | Style) -> None:
        page = ink_of(self.STROKES, 9.3, style)
        rng = np.random.default_rng(3)
        for _ in range(20):
            x, y = rng.integers(0, 400), rng.integers(0, 300)
            region = Rect(int(x), int(y), int(rng.integers(1, 401 - x)), int(rng.integers(1, 301 - y)))
            np.testing.assert_array_equal(
                ink_of(self.STROKES, 9.3, style, region),
                page[region.y : region.bottom, region.x : region.right],
                err_msg=str(region),
            )

    @given(st.integers(0, 399), st.integers(0, 299), st.integers(1, 60), st.integers(1, 60))
    @settings(max_examples=25, deadline=None)
    def test_any_small_region(self, x: int, y: int, width: int, height: int) -> None:
        region = Rect(x, y, width, height).intersection(PAGE)
        strokes = crossing()
        for style in ("marker", "dry-brush"):
            page = ink_of(strokes, 14.0, style)
            np.testing.assert_array_equal(
                ink_of(strokes, 14.0, style, region), page[y : region.bottom, x : region.right]
            )

    @pytest.mark.parametrize("style", TEXTURED)
    def test_drawn_again_it_is_the_same(self, style: str) -> None:
        first = ink_of(self.STROKES, 6.0, style)
        planes_of.__globals__["_planes"].cache_clear()
        np.testing.assert_array_equal(ink_of(self.STROKES, 6.0, style), first)

    def test_pages_in_strips_have_no_seams(self) -> None:
        page = ink_of(self.STROKES, 8.0, "charcoal")
        strips = [ink_of(self.STROKES, 8.0, "charcoal", Rect(0, y, 400, 30)) for y in range(0, 300, 30)]
        np.testing.assert_array_equal(np.concatenate(strips), page)


class TestLayers:
    def test_a_marker_grows_darker_where_lines_cross_and_only_there(self) -> None:
        ink = ink_of(crossing(), 16.0, "marker")
        once, twice = int(ink[150, 60]), int(ink[150, 120])
        assert 0.55 * 255 < once < 0.8 * 255
        assert twice == pytest.approx(255 * (1 - (1 - once / 255) ** 2), abs=3)

    def test_a_line_that_ends_on_another_leaves_no_dark_bead(self) -> None:
        ink = ink_of(crossing(), 16.0, "marker")
        around = ink[135:175, 265:295]
        assert int(around.max()) <= int(ink[150, 60]) + 2

    def test_a_flat_marker_is_even_along_its_line(self) -> None:
        ink = ink_of(strokes_of(wave(20, 380, 150, 40, 180)), 14.0, "marker")
        tones = ink[ink > 0.9 * ink.max()]
        assert tones.size > 0.7 * np.count_nonzero(ink)
        assert np.ptp(tones) <= 0.1 * 255

    def test_a_ring_has_no_seam(self) -> None:
        ink = ink_of(strokes_of(ring(200.3, 150.2, 90)), 14.0, "marker")
        assert int(ink.max()) <= int(np.median(ink[ink > 100])) + 2

    def test_ink_that_grows_darker_with_the_pressure_has_no_steps(self) -> None:
        wash = Style("wash", "Wash", given=strip_of(Stamp(least_size=1.0, least_opacity=0.0)))
        strokes = strokes_of(straight((0, 150), (400, 150)), width=np.linspace(0.5, 1.9, 401))
        tone = ink_of(strokes, 20.0, wash)[150, 60:340].astype(int)
        assert tone[-1] > tone[0] + 100
        assert np.abs(np.diff(tone)).max() <= 2

    def test_layers_are_the_same_in_any_order(self) -> None:
        one, two = straight((20, 20), (380, 280)), straight((20, 280), (380, 20))
        np.testing.assert_array_equal(
            ink_of(strokes_of(one, two), 12.0, "marker"), ink_of(strokes_of(two, one), 12.0, "marker")
        )


class TestEnds:
    @pytest.mark.parametrize("style", ["pencil", "dry-brush"])
    def test_free_ends_fade_and_others_do_not(self, style: str) -> None:
        path = straight((50, 150), (350, 150)).astype(np.float32)
        strokes = Strokes.from_lists([path], [np.ones(len(path), np.float32)], [1.0], [(True, False)])
        amount = ink_of(strokes, 14.0, style).sum(0) / 255
        assert amount[52:62].mean() < 0.6 * amount[180:220].mean()
        assert amount[335:345].mean() > 0.7 * amount[180:220].mean()


class TestSolids:
    COVER = np.zeros((64, 64), np.uint8)
    COVER[10:50, 12:52] = 255

    def test_solid_pens_leave_them_black(self) -> None:
        assert fill(self.COVER, Rect(0, 0, 64, 64), STYLES["pen"]) is self.COVER

    @pytest.mark.parametrize("style", TEXTURED)
    def test_they_get_the_brushs_own_tone_and_grain(self, style: str) -> None:
        whole = fill(self.COVER, Rect(40, 30, 64, 64), STYLES[style])
        part = fill(self.COVER[16:40, 8:60], Rect(48, 46, 52, 24), STYLES[style])
        np.testing.assert_array_equal(part, whole[16:40, 8:60])
        assert not whole[self.COVER == 0].any()
        assert whole[self.COVER > 0].mean() == pytest.approx(255 * STYLES[style].medium.core, rel=0.3)

    @pytest.mark.parametrize("style", TEXTURED)
    def test_their_ink_is_that_of_a_usual_line_s_middle(self, style: str) -> None:
        """Every tone of it is as frequent as the grain's levels are."""
        medium = STYLES[style].medium
        cover = np.full((300, 300), 255, np.uint8)
        tones = np.sort(fill(cover, Rect(0, 0, 300, 300), STYLES[style]).ravel())[:: cover.size // LEVELS]
        assert medium.ink is not None
        usual = np.sort(medium.ink[127:129, 0].mean(axis=0))
        if medium.grain.across:
            assert np.abs(tones[:LEVELS] - usual).mean() < 6
        else:
            assert (tones == medium.ink[128, 0, LEVELS // 2]).all()
        pale = fill(cover // 2, Rect(0, 0, 300, 300), STYLES[style])
        whole = fill(cover, Rect(0, 0, 300, 300), STYLES[style])
        np.testing.assert_allclose(pale, whole * (127 / 255), atol=0.51)


def test_painting_can_be_cancelled() -> None:
    with pytest.raises(Cancelled):
        draw(crossing(), PAGE, thickness=9.0, style=STYLES["pencil"], cancelled=lambda: True)


def test_no_strokes_no_ink() -> None:
    assert not ink_of(Strokes.empty(), 9.0, "pencil").any()


@pytest.mark.parametrize("style", ["marker", "pen"])
def test_only_the_region_costs_memory(style: str) -> None:
    strokes = strokes_of(straight((0, 0), (90_000, 90_000), step=160.0))
    tracemalloc.start()
    try:
        assert ink_of(strokes, 9.0, style, Rect(45_000, 45_000, 64, 64)).any()
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()
