# SPDX-License-Identifier: GPL-3.0-or-later
"""How calm a line gets, to the tenth of a px: at which wobble which level ends, and what is a corner."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from smart_lineart.inking.lines import fairing
from smart_lineart.inking.lines.fairing import (
    FairingTuning,
    even_out,
    fair,
    find_corners,
    rejoin,
    room_around,
)

Floats = NDArray[np.float64]
AROUND = 1260  # vertices of a ring, 1 px apart: wobbles of 14 and 30 px go round it in whole numbers
RADIUS = AROUND / (2 * np.pi)


def wobbling(height: float, period: int) -> Floats:
    """A large ring whose line sways by `height` px every `period` px, closed."""
    turn = np.arange(AROUND + 1) * (2 * np.pi / AROUND)
    radii = RADIUS + height * np.sin(AROUND // period * turn)
    return radii[:, None] * np.stack([np.cos(turn), np.sin(turn)], 1)


def gain(cutoff: float, period: float) -> float:
    """What is left of a wobble at a cutoff: half of it where both are the same (Whittaker 1923)."""
    return 1 / (1 + (cutoff / period) ** 4)


def left_of(height: float, period: int, room: float = 0.0) -> float:
    """The part of a wobble that fairing leaves."""
    line = wobbling(height, period)
    calm = fair(line.astype(np.float32), closed=True, room=np.full(len(line), room, np.float32))
    sway = np.hypot(*calm[:-1].T.astype(np.float64)) - RADIUS
    wave = np.sin(AROUND // period * np.arange(AROUND) * (2 * np.pi / AROUND))
    return float(2 * (sway * wave).mean() / height)


@pytest.mark.parametrize(
    ("height", "period", "cutoff"),
    [
        (1.12, 30, 72),  # moves by 1.09 px of 1.1 that the last level may
        (1.15, 30, 42),
        (1.25, 30, 42),  # 0.99 of 1.0
        (1.28, 30, 24),
        (2.7, 30, 24),  # 0.78 of 0.8
        (2.8, 30, 14),
        (0.89, 14, 72),
        (0.96, 14, 14),  # 0.82 px are more than 24 may move, and all beyond wait for it
        (1.12, 14, 14),  # 0.54 of 0.55
        (1.2, 14, 5),
    ],
)
def test_a_wobble_is_calmed_by_the_boldest_level_that_hardly_moves_the_line(
    height: float, period: int, cutoff: float
) -> None:
    assert left_of(height, period) == pytest.approx(gain(cutoff, period), abs=0.02)


@pytest.mark.parametrize(
    ("room", "height", "cutoff"), [(1.0, 2.13, 72), (1.0, 2.19, 42), (2.0, 3.16, 72), (2.0, 3.22, 42)]
)
def test_with_room_a_line_is_moved_as_much_farther(room: float, height: float, cutoff: float) -> None:
    assert left_of(height, 30, room) == pytest.approx(gain(cutoff, 30), abs=0.02)


@pytest.mark.parametrize(
    ("room", "height", "cutoff"), [(0.0, 4.7, 72), (0.0, 5.05, 42), (2.0, 10.4, 72), (2.0, 11.1, 42)]
)
def test_a_bend_keeps_its_swing(room: float, height: float, cutoff: float) -> None:
    """Over a wavelength a level moves a line by a quarter px to one side at most, and 0.15 of its room.

    Of a bend of 126 px the last takes a tenth, of which half is left in the mean over its 73 vertices.
    """
    assert left_of(height, 126, room) == pytest.approx(gain(cutoff, 126), abs=0.01)


def naive(values: Floats, reach: int, ring: bool) -> Floats:
    """Sums around each place, one by one; beyond its ends an open line goes on as it ended."""
    count = len(values)
    at = np.arange(count)[:, None] + np.arange(-reach, reach + 1)
    return values[at % count if ring else np.clip(at, 0, count - 1)].sum(axis=1)


@pytest.mark.parametrize("ring", [False, True])
@pytest.mark.parametrize(("count", "reach"), [(30, 1), (30, 5), (30, 29), (6, 5), (6, 40), (2, 3)])
def test_what_is_around_a_vertex_is_counted_once(ring: bool, count: int, reach: int) -> None:
    chance = np.random.default_rng(count)
    values, used = chance.random((count, 2)), min(reach, count - 1)
    expected = naive(values, used, ring) / (2 * used + 1)
    np.testing.assert_allclose(fairing._mean_around(values, reach, ring), expected)
    mask = chance.random(count) < 0.15
    blank = naive(np.pad(mask, used if not ring else 0).astype(float), used, ring) > 0
    np.testing.assert_array_equal(
        fairing._widened(mask, reach, ring), blank[used:-used] if not ring else blank
    )
    assert not fairing._widened(np.zeros(count, np.bool_), reach, ring).any()


@pytest.mark.parametrize("closed", [False, True])
def test_what_is_evened_out_is_the_mean_of_eleven_twice(closed: bool) -> None:
    values = np.random.default_rng(4).random(60).astype(np.float32)
    if closed:
        values[-1] = values[0]
    part = values[:-1] if closed else values
    twice = naive(naive(part.astype(float)[:, None], 5, closed) / 11, 5, closed)[:, 0] / 11
    even = even_out(values, closed)
    np.testing.assert_allclose(even, np.append(twice, twice[0]) if closed else twice, rtol=1e-6)
    assert even.dtype == np.float32


def test_a_straight_line_is_left_by_every_cutoff_and_its_waves_by_their_gain() -> None:
    count = 241
    t = np.linspace(0, 1, count)
    line = np.stack([10 + 300 * t, 20 - 50 * t], 1)
    np.testing.assert_allclose(fairing._low_passed(line, ring=False), np.stack([line] * 5), atol=1e-9)
    for halves in (1, 3, 8, 20):  # half waves between the ends
        waved = line + np.stack([0 * t, 2 * np.sin(np.pi * halves * t)], 1)
        period = 2 * (count - 1) / halves
        for level, cutoff in zip(fairing._low_passed(waved, ring=False), (5, 14, 24, 42, 72), strict=True):
            expected = line + np.stack([0 * t, 2 * gain(cutoff, period) * np.sin(np.pi * halves * t)], 1)
            np.testing.assert_allclose(level, expected, atol=1e-9)


def bent(degrees: float, arm: int = 40) -> Floats:
    """Two straight arms that meet at vertex `arm`."""
    turn = np.deg2rad(degrees)
    first = np.stack([np.arange(-arm, 0.0), np.zeros(arm)], 1)
    steps = np.arange(arm + 1.0)
    return np.concatenate([first, np.stack([np.cos(turn) * steps, np.sin(turn) * steps], 1)])


class TestCornersExactly:
    @pytest.mark.parametrize("degrees", [62, 90, -120, 150])
    def test_a_corner_is_the_vertex_at_which_arms_meet(self, degrees: float) -> None:
        assert find_corners(bent(degrees), closed=False).tolist() == [40]

    @pytest.mark.parametrize("degrees", [0, 30, 55, -55])
    def test_turns_below_a_radian_are_none(self, degrees: float) -> None:
        assert not len(find_corners(bent(degrees), closed=False))

    @pytest.mark.parametrize(("before", "found"), [(9, True), (8, False)])
    def test_a_corner_has_whole_arms(self, before: int, found: bool) -> None:
        line = bent(90)
        assert (find_corners(line[40 - before :], closed=False).tolist() == [before]) is found
        backwards = line[::-1][40 - before :]
        assert (find_corners(backwards, closed=False).tolist() == [before]) is found

    def test_arms_of_short_lines_are_shorter(self) -> None:
        assert find_corners(bent(90, 6), closed=False).tolist() == [6]  # 13 vertices: arms of 4
        assert not len(find_corners(bent(90, 5), closed=False))  # 11: of 3, too short to tell

    def test_a_corner_between_two_vertices_is_one(self) -> None:
        step = np.arange(40.0) + 0.5
        line = np.concatenate([np.stack([-step[::-1], 0 * step], 1), np.stack([0 * step, step], 1)])
        (corner,) = find_corners(line, closed=False)
        assert corner in (39, 40)

    def test_two_corners_a_good_way_apart_are_two(self) -> None:
        step = np.arange(1.0, 41.0)
        one = np.stack([step - 41, 0 * step], 1)
        two = np.stack([0 * step[:24], step[:24] - 1], 1)
        three = np.stack([step - 1, 0 * step + 24], 1)
        assert find_corners(np.concatenate([one, two, three]), closed=False).tolist() == [40, 64]

    def test_a_ring_has_its_corners_wherever_it_begins(self) -> None:
        side = np.arange(30.0)
        square = np.concatenate(
            [
                np.stack([side, 0 * side], 1),
                np.stack([0 * side + 30, side], 1),
                np.stack([30 - side, 0 * side + 30], 1),
                np.stack([0 * side, 30 - side], 1),
            ]
        )
        for first in (0, 1, 7, 29):
            ring = np.roll(square, -first, axis=0)
            corners = find_corners(np.concatenate([ring, ring[:1]]), closed=True)
            assert sorted((corners + first) % 120) == [0, 30, 60, 90]

    @pytest.mark.parametrize(("cut", "back"), [(2, True), (3, False)])
    def test_a_tip_is_put_where_its_arms_would_meet_unless_that_is_far(self, cut: int, back: bool) -> None:
        """Thinning cuts off 2 px of a right angle: the tip lies 1.4 px from what is left, and 2.1 at 3 px."""
        line = bent(90)
        rounded = line.copy()
        rounded[40] = [-cut, cut] if not back else [-1.7, 1.7]
        out = fairing._sharpened(rounded, np.array([40]))
        if not back:
            np.testing.assert_array_equal(out, rounded)
            return
        np.testing.assert_allclose(out[40], [0, 0], atol=1e-9)
        np.testing.assert_allclose(out[38:43], [[-2, 0], [-1, 0], [0, 0], [0, 1], [0, 2]], atol=1e-9)
        np.testing.assert_array_equal(np.delete(out, slice(38, 43), 0), np.delete(rounded, slice(38, 43), 0))

    def test_no_tip_is_looked_for_where_arms_hardly_bend_or_end(self) -> None:
        for line, corner in ((bent(17), 40), (bent(90), 8), (bent(90), len(bent(90)) - 9)):
            moved = line.copy()
            moved[corner] += [0.5, 0.5]
            np.testing.assert_array_equal(fairing._sharpened(moved, np.array([corner])), moved)
        steep = bent(18)
        steep[40] += [0.5, 0.5]
        np.testing.assert_allclose(fairing._sharpened(steep, np.array([40]))[40], [0, 0], atol=1e-9)


def test_steps_of_the_pixel_grid_are_taken_out_before_a_line_is_asked_for_corners() -> None:
    line = np.zeros((21, 2))
    line[10, 1] = 64.0
    for closed in (False, True):
        steady = fairing._steadied(line, closed)
        assert steady[7:14, 1].tolist() == [1, 6, 15, 20, 15, 6, 1]  # binomial
        assert not steady[:7].any()
    ring = np.roll(line[:-1], -10, axis=0)
    steady = fairing._steadied(np.concatenate([ring, ring[:1]]), closed=True)
    assert steady[[17, 18, 19, 0, 1, 2, 3], 1].tolist() == [1, 6, 15, 20, 15, 6, 1]
    assert steady[20, 1] == steady[0, 1]
    ends = np.arange(21.0)[:, None] * [1, 2]
    np.testing.assert_allclose(fairing._steadied(ends, closed=False)[[0, -1]], ends[[0, -1]])


@pytest.mark.parametrize("degrees", [-170, -90, -10, 0, 45, 120])
def test_turns_are_measured_between_two_pieces_of_a_line(degrees: float) -> None:
    turn = np.deg2rad(degrees)
    one = np.array([[2.0, 0], [0, 3.0]])
    two = np.array([[5 * np.cos(turn), 5 * np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    np.testing.assert_allclose(fairing._angle(one, two), [turn, turn], atol=1e-12)
    line = bent(degrees)
    np.testing.assert_allclose(fairing._turns(line, np.array([40]), (-9, -2), (2, 9)), [abs(turn)], atol=1e-9)


class TestEndsGoAlong:
    MAIN = np.stack([np.arange(100.0), np.zeros(100)], 1).astype(np.float32)
    BRANCH = np.stack([np.full(30, 50.0), np.arange(1.0, 31.0)], 1).astype(np.float32)

    @pytest.mark.parametrize("side", [0, 1])
    def test_an_end_takes_nine_vertices_along_less_and_less(self, side: int) -> None:
        branch = self.BRANCH[::-1].copy() if side else self.BRANCH.copy()
        after = [self.MAIN + np.float32([0, 0.9]), branch.copy()]
        meets = np.zeros((2, 2), np.bool_)
        meets[1, side] = True
        rejoin([self.MAIN, branch], after, meets)
        moved = (after[1] - branch)[::-1] if side else after[1] - branch
        np.testing.assert_allclose(moved[:9, 1], 0.9 * np.arange(9, 0, -1) / 9, rtol=1e-5)
        assert not moved[9:].any()
        assert not moved[:, 0].any()

    def test_what_the_end_moved_itself_counts(self) -> None:
        after = [self.MAIN + np.float32([0, 0.9]), self.BRANCH + np.float32([0, 0.4])]
        rejoin([self.MAIN, self.BRANCH], after, np.array([[False, False], [True, False]]))
        assert after[1][0] - self.BRANCH[0] == pytest.approx([0, 0.9], abs=1e-6)

    def test_a_short_line_is_eased_over_all_of_it(self) -> None:
        short = self.BRANCH[:4].copy()
        after = [self.MAIN + np.float32([0, 0.8]), short.copy()]
        rejoin([self.MAIN, short], after, np.array([[False, False], [True, False]]))
        np.testing.assert_allclose((after[1] - short)[:, 1], [0.8, 0.6, 0.4, 0.2], rtol=1e-5)

    @pytest.mark.parametrize(("beside", "goes"), [(1.5, True), (1.7, False)])
    def test_a_line_farther_off_is_not_met(self, beside: float, goes: bool) -> None:
        branch = self.BRANCH + np.float32([0, beside - 1])
        after = [self.MAIN + np.float32([0, 0.9]), branch.copy()]
        rejoin([self.MAIN, branch], after, np.array([[False, False], [True, False]]))
        assert after[1][0, 1] - branch[0, 1] == pytest.approx(0.9 if goes else 0.0, abs=1e-5)

    def test_an_end_may_meet_its_own_line_but_not_its_own_tip(self) -> None:
        loop = np.concatenate([self.BRANCH[:25], self.BRANCH[:25][::-1] + np.float32([6, 0])])
        loop = np.concatenate([loop, np.stack([np.linspace(55, 50.8, 6), np.full(6, 12.0)], 1)])
        loop = loop.astype(np.float32)
        moved = loop.copy()
        moved[5:20] += np.float32([0.5, 0])
        rejoin([loop], [moved], np.array([[False, True]]))
        assert moved[-1] - loop[-1] == pytest.approx([0.5, 0], abs=1e-5)
        alone = self.BRANCH.copy()
        moved = alone + np.float32([0, 0.3]) * np.arange(30)[:, None].astype(np.float32) / 30
        before = moved.copy()
        rejoin([alone], [moved], np.array([[True, False]]))
        np.testing.assert_array_equal(moved, before)


def test_a_line_has_room_where_its_map_is_wide_and_where_it_is_in_doubt() -> None:
    deep, line = np.zeros((9, 40), np.uint8), np.zeros((9, 40), np.uint8)
    deep[4] = np.arange(40) // 4
    line[4, 20:] = 200
    line[3, 10:20] = 100
    at = np.stack([np.arange(40), np.full(40, 4)], 1)
    tuning = FairingTuning(room_in_doubt=6.0, sure=0.8)
    seen = np.where(np.arange(40) >= 19, 200, np.where(np.arange(40) >= 9, 100, 0))
    doubt = np.clip(1 - seen / (0.8 * 255), 0, 1)
    expected = np.maximum(np.arange(40) // 4 - 2.0, 0) + 6 * doubt
    np.testing.assert_allclose(room_around(deep, line, at, tuning), expected, atol=1e-5)
