# SPDX-License-Identifier: GPL-3.0-or-later
"""What counts as an artist's change, how far it goes, and which lines are new: step by step."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from smart_lineart.inking import Lines, Rect, merge
from smart_lineart.inking.brushes.styles import STYLES
from smart_lineart.inking.drawing.textured import draw
from smart_lineart.inking.renewing import edits, new_lines
from smart_lineart.inking.renewing.edits import changed_by_artist, spread_out
from smart_lineart.inking.renewing.hands import Hand, reach
from smart_lineart.inking.renewing.merging import BLOCK, STRIP
from smart_lineart.inking.renewing.new_lines import find_new_lines
from smart_lineart.inking.strokes import Strokes
from tests.inking.pictures import straight, strokes_of

Bytes = NDArray[np.uint8]
SIZE = (120, 160)


def grey(value: int) -> Bytes:
    return np.full(SIZE, value, np.uint8)


class TestChanges:
    @pytest.mark.parametrize(("now", "changed"), [(140, False), (141, True), (60, False), (59, True)])
    def test_resampled_ink_may_be_forty_paler_or_darker_everywhere(self, now: int, changed: bool) -> None:
        inside = (slice(2, -2), slice(2, -2))
        assert changed_by_artist(grey(100), grey(now), exact=False)[inside].all() == changed
        assert changed_by_artist(grey(100), grey(now), exact=False).any() == changed

    def test_resampling_moves_ink_from_a_pixel_to_the_next(self) -> None:
        old, now = grey(0), grey(0)
        old[50:53] = 255
        now[50:53] = 255
        now[53], now[50] = 120, 135  # half a pixel down
        assert not changed_by_artist(old, now, exact=False).any()
        now[50:54] = 0
        assert changed_by_artist(old, now, exact=False)[50:53].all()

    def test_a_pixel_that_stayed_much_the_same_is_none_whatever_lies_around(self) -> None:
        old, now = grey(0), grey(255)
        old[60, 80], now[60, 80] = 100, 124
        assert not changed_by_artist(old, now, exact=False)[60, 80]
        now[60, 80] = 125
        assert changed_by_artist(old, now, exact=False)[60, 80]

    def test_what_lies_around_is_five_pixels_square(self) -> None:
        image = np.random.default_rng(1).integers(0, 256, (9, 12), np.uint8)
        wide = np.pad(image.astype(int), 2)
        expected = [[wide[y : y + 5, x : x + 5].sum() for x in range(12)] for y in range(9)]
        np.testing.assert_array_equal(edits._gathered(image), expected)

    def test_a_change_is_seen_the_same_wherever_the_strips_of_a_page_end(self) -> None:
        tall = np.zeros((2 * STRIP + 9, 60), np.uint8)
        tall[:, 20:40] = 255
        current = tall.copy()
        for top in (STRIP - 3, STRIP, 2 * STRIP - 1):
            current[top : top + 4, 25:35] = 0
        plan = merge(tall, current, tall, thickness=20.0, exact=False)
        apart = changed_by_artist(tall, current, exact=False)
        np.testing.assert_array_equal(plan.overlay, apart)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [(5, 5, 2 * 3 + 20 + 16), (5, 9, 2 * 9 + 36), (9, 5, 6 + 36 + 16), (2.2, 2.2, 6 + 12 + 16)],
)
def test_a_change_reaches_two_widenings_and_four_thicknesses(old: float, new: float, expected: int) -> None:
    assert reach((Hand(old),), (Hand(new),)) == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (Hand(10, 0.0), Hand(10, 1.0), 2 * (9 + 3) + 56),  # 2.8 times as wide as before
        (Hand(10, 1.0), Hand(10, 0.0), 2 * (4 + 3) + 56),  # and thin ones, 2.8 times
        (Hand(10, 0.5), Hand(10, 0.5), 2 * 3 + 56),
        (Hand(10, 0.0), Hand(14, 0.0), 2 * (2 + 3) + 56),  # even lines get wider all alike
        (Hand(10, 1.0), Hand(3, 0.0), 2 * 3 + 56),
    ],
)
def test_lines_of_another_weight_may_be_wider_too(old: Hand, new: Hand, expected: int) -> None:
    assert reach((old,), (new,)) == expected


def test_lines_may_go_from_any_hand_to_any_other_where_one_is_new() -> None:
    thin, thick = Hand(4, 0.0), Hand(20, 0.0)
    assert reach((thin, thick), (thick, thin)) == 2 * 3 + 80 + 16, "each has kept its own"
    assert reach((thin, thick), (thick,)) == 2 * (8 + 3) + 96
    assert reach((thick,), (thin, thick)) == 2 * 3 + 96, "thinner ones lie within"


class TestSpreading:
    def test_values_go_out_in_an_octagon_each_to_the_nearest(self) -> None:
        known = np.zeros((21, 21), np.bool_)
        known[10, 10] = True
        values = np.full((21, 21), 255, np.uint8)
        values[10, 10] = 40
        spread_out(values, known, 6)
        y, x = np.abs(np.indices((21, 21)) - 10)
        # Straight steps but for every third, which goes aslant too.
        near = (x + y <= 8) & (np.maximum(x, y) <= 6)
        np.testing.assert_array_equal(values == 40, near)
        assert (values[~near] == 255).all()

    def test_between_two_the_mean_is_laid_and_what_is_known_stays(self) -> None:
        values = np.full((3, 9), 255, np.uint8)
        known = np.zeros((3, 9), np.bool_)
        known[:, 0] = known[:, 8] = True
        values[:, 0], values[:, 8] = 0, 100
        spread_out(values, known, 20)
        assert values[1].tolist() == [0, 0, 0, 0, 50, 100, 100, 100, 100]

    @pytest.mark.parametrize("distance", [0, 1, 3])
    def test_no_farther_than_asked(self, distance: int) -> None:
        values = np.zeros((1, 12), np.uint8)
        known = np.zeros((1, 12), np.bool_)
        known[0, :2] = True
        spread_out(values, known, distance)
        assert values[0].tolist() == [0] * (2 + distance) + [255] * (10 - distance)

    def test_where_all_is_known_or_full_nothing_happens(self) -> None:
        for values, known in ((grey(7), np.ones(SIZE, np.bool_)), (grey(255), np.zeros(SIZE, np.bool_))):
            before = values.copy()
            spread_out(values, known, 3)
            np.testing.assert_array_equal(values, before)


def inked(*paths: NDArray[np.floating], thickness: float = 5.0) -> Bytes:
    return draw(strokes_of(*paths), Rect(0, 0, SIZE[1], SIZE[0]), thickness=thickness, style=STYLES["pen"])


ROW = straight((10, 60), (150, 60))


class TestShaving:
    @pytest.mark.parametrize(
        ("thickness", "shaved", "closes"), [(6, 1, True), (6, 2, False), (10, 2, True), (10, 3, False)]
    )
    def test_a_hair_s_breadth_off_an_edge_is_no_slit_in_a_thicker_line(
        self, thickness, shaved, closes
    ) -> None:
        """One pixel off a line, and two off one from 8 px on; more is meant."""
        old, new = inked(ROW, thickness=thickness), inked(ROW, thickness=thickness + 6)
        current = old.copy()
        edge = 60 - thickness // 2
        current[edge : edge + shaved, 40:100] = 0
        result = merge(old, current, new, thickness=(thickness, thickness + 6)).apply(current)
        assert bool((result[edge : edge + 4, 60:80] == 255).all()) is closes


class TestWhatIsKept:
    def test_a_correction_counts_where_ink_would_differ_by_more_than_32(self) -> None:
        for left, kept in ((223, False), (222, True)):
            old = inked(ROW, thickness=9)
            current = old.copy()
            current[57:63, 60:80] = left
            plan = merge(old, current, old, thickness=9.0)
            assert plan.overlay[57:63, 60:80].all() == kept
            assert plan.overlay.any() == kept

    def test_blocks_of_a_page_are_all_looked_at(self) -> None:
        old = np.zeros((BLOCK + 40, BLOCK + 40), np.uint8)
        new = old.copy()
        new[::50, ::50] = 200
        plan = merge(old, old, new, thickness=5.0)
        np.testing.assert_array_equal(plan.write, new > 0)
        assert plan.apply(old).tobytes() == new.tobytes()


# ---- lines that are new ----


def lines(*paths: NDArray[np.floating], thickness: float = 5.0) -> Lines:
    return Lines(strokes_of(*paths), thickness, STYLES["pen"])


def spans(strokes: Strokes) -> list[tuple[float, float]]:
    """The x that strokes begin and end at."""
    parts = np.split(strokes.points[:, 0], strokes.starts[1:-1]) if len(strokes) else []
    return [(float(part[0]), float(part[-1])) for part in parts]


class TestNewLines:
    WIPED = np.zeros(SIZE, np.bool_)
    WIPED[50:70, 60:90] = True

    def test_runs_are_told_by_their_beginning_and_end(self) -> None:
        mask = np.array([1, 1, 0, 1, 0, 0, 1], np.bool_)
        assert new_lines._spans(mask) == [(0, 2), (3, 4), (6, 7)]
        new_lines._drop_short(mask, 2)
        assert mask.tolist() == [True, True, False, False, False, False, False]
        assert new_lines._spans(np.zeros(0, np.bool_)) == []

    @pytest.mark.parametrize(("met", "new"), [(12, True), (13, False)])
    def test_a_new_line_may_cross_an_old_one_for_two_and_a_half_thicknesses(
        self, met: int, new: bool
    ) -> None:
        mask = np.ones(60, np.bool_)
        mask[20 : 21 + met] = False
        out = new_lines._new_vertices(mask, np.ones(59, np.float32), 5.0)
        assert out[20 : 21 + met].all() == new
        assert out[:20].all()
        assert out[21 + met :].all()

    @pytest.mark.parametrize(("met", "new"), [(7, True), (8, False)])
    @pytest.mark.parametrize("end", [0, 1])
    def test_and_end_on_one_for_one_and_a_half(self, met: int, new: bool, end: int) -> None:
        mask = np.ones(60, np.bool_)
        mask[: met + 1] = False
        mask = mask[::-1] if end else mask
        out = new_lines._new_vertices(mask, np.ones(59, np.float32), 5.0)
        assert out.all() == new

    def test_a_line_that_was_there_is_not_new(self) -> None:
        assert not new_lines._new_vertices(np.zeros(9, np.bool_), np.ones(8, np.float32), 5.0).any()

    def test_ink_within_a_pixel_was_there(self) -> None:
        old, full = np.zeros((20, 20), np.uint8), np.full((20, 20), 255, np.uint8)
        old[10, 10] = 64
        points = np.array([[10.5, 10.5], [11.9, 9.1], [8.9, 10.5], [12.1, 10.5], [19.9, 19.9]], np.float32)
        assert new_lines._there_before(old, full, points).tolist() == [True, True, False, False, False]
        old[10, 10] = 63
        assert not new_lines._there_before(old, full, points).any()

    def test_pale_ink_was_there_if_it_was_as_pale(self) -> None:
        old, new = np.zeros((20, 20), np.uint8), np.zeros((20, 20), np.uint8)
        old[10, 10] = new[10, 10] = 9
        points = np.array([[10.5, 10.5]], np.float32)
        assert new_lines._there_before(old, new, points).all()
        new[10, 10] = 10
        assert not new_lines._there_before(old, new, points).any()

    def test_ink_is_gone_where_there_was_some_and_is_none(self) -> None:
        old, new = np.array([[64, 64, 63, 255]], np.uint8), np.array([[63, 64, 0, 0]], np.uint8)
        at = np.zeros(4, np.intp), np.arange(4)
        assert new_lines._gone(old, new, *at).tolist() == [True, False, False, True]

    @pytest.mark.parametrize("angle", np.arange(12) * 30.0)
    def test_a_vertex_looks_around_itself_in_twelve_directions(self, angle: float) -> None:
        way = np.array([np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))])
        points = np.array([[50.5, 50.5]], np.float32)
        for away, seen in ((0.0, True), (5.0, True), (8.9, True), (11.0, False)):
            mark = np.zeros((100, 100), np.bool_)
            x, y = np.floor([50.5, 50.5] + away * way).astype(int)
            mark[y - 1 : y + 2, x - 1 : x + 2] = away > 0
            mark[y, x] = True
            looked = new_lines._within_reach(points, 9.0, lambda y, x, m=mark: m[y, x], mark.shape)
            assert looked[0] == seen, away

    def test_only_strokes_near_a_change_are_looked_at(self) -> None:
        apart = np.zeros((200, 300), np.bool_)
        apart[100, 150] = True  # in the cell from (128, 96) to (160, 128)
        at = [
            (95.9, 110),
            (96.1, 110),
            (191.9, 110),
            (192.1, 110),
            (140, 63.9),
            (140, 64.1),
            (140, 159.9),
            (140, 160.1),
        ]
        points = np.array(at, np.float32)
        strokes = Strokes.from_lists([points], [np.ones(len(points), np.float32)], [1.0])
        near = new_lines._near_changes(strokes, apart)
        assert near.tolist() == [False, True, True, False, False, True, True, False]

    def test_a_line_across_what_was_wiped_is_new_and_one_along_it_is_denied(self) -> None:
        old = np.zeros(SIZE, np.uint8)
        across, along = straight((75, 10), (75, 110)), straight((62, 60), (88, 60))
        found = find_new_lines(lines(across), old, inked(across), self.WIPED, 5.0)
        assert (len(found.fresh), len(found.denied)) == (1, 0)
        found = find_new_lines(lines(along), old, inked(along), self.WIPED, 5.0)
        assert (len(found.fresh), len(found.denied)) == (0, 1)

    @pytest.mark.parametrize(("share", "denied"), [(0.72, True), (0.68, False)])
    def test_the_artist_s_stands_for_a_line_that_runs_along_it_for_seven_tenths(self, share, denied) -> None:
        """What lies within a thickness of it counts."""
        wiped = np.zeros(SIZE, np.bool_)
        stop = round(10 + share * 140 - 5)
        wiped[55:65, :stop] = True
        found = find_new_lines(lines(ROW), np.zeros(SIZE, np.uint8), inked(ROW), wiped, 5.0)
        assert (len(found.fresh), len(found.denied)) == ((0, 1) if denied else (1, 0))

    def test_a_line_that_has_shifted_keeps_its_erased_gaps(self) -> None:
        shifted = ROW + np.array([0, 6.5])
        old, new = inked(ROW), inked(shifted)
        found = find_new_lines(lines(shifted), old, new, self.WIPED & (old > 0), 5.0)
        ((first, last),) = spans(found.denied)
        assert 50 < first < 62
        assert 88 < last < 100
        assert [(round(a), round(b)) for a, b in spans(found.fresh)] == [
            (10, round(first) - 1),
            (round(last) + 1, 150),
        ]

    def test_a_new_line_beside_an_old_one_that_stays_has_no_gap(self) -> None:
        beside = ROW + np.array([0, 6.5])
        old, new = inked(ROW), inked(ROW, beside)
        found = find_new_lines(lines(ROW, beside), old, new, self.WIPED & (old > 0), 5.0)
        assert spans(found.fresh) == [(10.0, 150.0)]
        assert len(found.denied) == 0

    def test_parts_of_strokes_keep_width_strength_and_free_ends(self) -> None:
        strokes = strokes_of(ROW, width=1.5, strength=0.7)
        for free in ([True, False], [False, True], [True, True]):
            strokes.free[:] = free
            runs = new_lines._Runs()
            runs.add(strokes, 0, 0, 30)
            runs.add(strokes, 0, 50, len(ROW))
            runs.add(strokes, 0, 40, 41)  # a single vertex is none
            made = runs.strokes()
            assert made.free.tolist() == [[free[0], False], [False, free[1]]]
        assert spans(made) == [(10.0, 39.0), (60.0, 150.0)]
        np.testing.assert_allclose(made.strength, 0.7)
        np.testing.assert_allclose(made.width, 1.5)

    def test_without_strokes_nothing_is_new(self) -> None:
        found = find_new_lines(Lines(Strokes.empty(), 5.0, STYLES["pen"]), grey(0), grey(0), self.WIPED, 5.0)
        assert (len(found.fresh), len(found.denied)) == (0, 0)

    def test_a_denied_line_is_taken_out_of_the_ink_but_where_others_run(self) -> None:
        crossing = straight((75, 10), (75, 110))
        along = straight((62, 60), (88, 60))
        both = lines(along, crossing)
        new = inked(along, crossing)
        found = find_new_lines(both, np.zeros(SIZE, np.uint8), new, self.WIPED, 5.0)
        allowed, fresh = found.draw(both, new, Rect(0, 0, SIZE[1], SIZE[0]))
        for ink in (allowed, fresh):  # where they cross, soft edges lie over each other
            np.testing.assert_allclose(ink.astype(int), inked(crossing), atol=16)
