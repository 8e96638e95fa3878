# SPDX-License-Identifier: GPL-3.0-or-later
"""Fairing: wobble goes, corners and small turns stay, ends stay joined."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from smart_lineart.inking.lines.fairing import even_out, fair, find_corners, rejoin
from tests.inking.pictures import distance_to

Floats = NDArray[np.float64]


def along(*places: tuple[float, float]) -> Floats:
    """A polyline through places, a vertex every px."""
    parts = []
    for start, stop in pairwise(places):
        a, b = np.array(start, float), np.array(stop, float)
        count = max(1, round(float(np.hypot(*(b - a)))))
        parts.append(a + np.arange(count)[:, None] / count * (b - a))
    return np.concatenate([*parts, np.array([places[-1]], float)])


def circle(radius: float) -> Floats:
    turn = np.linspace(0, 2 * np.pi, round(2 * np.pi * radius) + 1)
    return 60 + radius * np.stack([np.cos(turn), np.sin(turn)], 1)


def grid(line: Floats) -> NDArray[np.float32]:
    """A line as thinning leaves it: on whole pixels."""
    return np.rint(line).astype(np.float32)


class TestWobble:
    @pytest.mark.parametrize("period", [10, 20, 30])
    def test_goes_out_of_a_long_line(self, period: float) -> None:
        line = along((0, 0), (200, 0))
        shaky = line + np.stack([0 * line[:, 0], 0.6 * np.sin(2 * np.pi * line[:, 0] / period)], 1)
        calm = fair(shaky.astype(np.float32), closed=False)[15:-15]
        assert np.abs(calm[:, 1]).max() < 0.2

    def test_a_swing_wider_than_wobble_stays(self) -> None:
        line = along((0, 0), (200, 0))
        swung = line + np.stack([0 * line[:, 0], 4 * np.sin(2 * np.pi * line[:, 0] / 50)], 1)
        calm = fair(swung.astype(np.float32), closed=False)
        assert np.abs(calm - swung).max() < 0.7

    def test_a_line_is_moved_farther_only_where_it_has_room(self) -> None:
        line = along((0, 0), (200, 0))
        swung = line + np.stack([0 * line[:, 0], 2 * np.sin(2 * np.pi * line[:, 0] / 25)], 1)
        room = np.where(line[:, 0] < 100, 3.0, 0.0).astype(np.float32)
        calm = fair(swung.astype(np.float32), closed=False, room=room)
        assert np.abs(calm[25:75, 1]).max() < 1.2
        assert np.abs(calm[125:175, 1]).max() > 1.6

    def test_a_detail_stays_and_the_line_beside_it_gets_calm(self) -> None:
        line = along((0, 0), (240, 0))
        x = line[:, 0]
        hump = 6 * np.exp(-(((x - 60) / 7) ** 2))
        shaky = line + np.stack([0 * x, hump + 0.5 * np.sin(2 * np.pi * x / 20)], 1)
        calm = fair(shaky.astype(np.float32), closed=False)
        assert calm[60, 1] > 5.0
        assert np.abs(calm[130:225, 1]).max() < 0.25

    @pytest.mark.parametrize("radius", [4.0, 8.0, 20.0, 60.0])
    def test_circles_stay_round_and_do_not_shrink(self, radius: float) -> None:
        calm = fair(grid(circle(radius)), closed=True)
        radii = np.hypot(*(calm - 60).T)
        assert np.abs(radii - radius).max() < 0.75
        assert abs(float(radii.mean()) - radius) < 0.3
        assert np.array_equal(calm[0], calm[-1])


class TestCorners:
    @pytest.mark.parametrize("degrees", [70, 90, 120, 150])
    def test_a_sharp_turn_stays_sharp(self, degrees: float) -> None:
        turn = np.deg2rad(degrees)
        places = (0.0, 0.0), (60.0, 0.0), (60 + 60 * np.cos(turn), 60 * np.sin(turn))
        calm = fair(grid(along(*places)), closed=False)
        assert np.hypot(*(calm - [60, 0]).T).min() < 1.0

    def test_a_tip_cut_off_by_thinning_is_put_back(self) -> None:
        cut = along((0, 0), (58, 0), (60, 2), (60, 60))
        calm = fair(grid(cut), closed=False)
        assert np.hypot(*(calm - [60, 0]).T).min() < 0.7

    @pytest.mark.parametrize("radius", [5.0, 7.0, 12.0, 30.0])
    def test_a_bend_is_no_corner(self, radius: float) -> None:
        turn = np.linspace(0, np.pi, round(np.pi * radius))
        bend = radius * np.stack([np.sin(turn), -np.cos(turn)], 1)
        line = np.concatenate(
            [along((-60, -radius), (-1, -radius)), bend, along((-1, radius), (-60, radius))]
        )
        assert not len(find_corners(grid(line).astype(float), closed=False))

    def test_a_square_has_four_and_is_closed(self) -> None:
        square = grid(along((10, 10), (50, 10), (50, 50), (10, 50), (10, 10)))
        assert len(find_corners(np.roll(square[:-1], 13, axis=0)[np.r_[0:160, 0]].astype(float), True)) == 4
        calm = fair(np.roll(square[:-1], 13, axis=0)[np.r_[0:160, 0]], closed=True)
        assert np.array_equal(calm[0], calm[-1])
        assert distance_to(calm, square.astype(float)).max() < 0.5


class TestEnds:
    def test_ends_stay(self) -> None:
        line = grid(along((3, 5), (40, 30), (90, 28)))
        calm = fair(line, closed=False)
        assert np.array_equal(calm[[0, -1]], line[[0, -1]])
        assert calm.shape == line.shape

    @pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 8])
    def test_short_lines_are_taken(self, count: int) -> None:
        line = along((0, 0), (10, 0))[:count].astype(np.float32)
        assert fair(line, closed=False).shape == (count, 2)

    def test_an_end_goes_along_with_the_line_it_meets(self) -> None:
        through = along((0, 0), (100, 0)).astype(np.float32)
        bumped = through.copy()
        bumped[50, 1] = 1.0  # thinning pulls a line towards what branches off
        branch = along((50, 1), (50, 40)).astype(np.float32)
        before = [bumped, branch]
        after = [fair(bumped, False), fair(branch, False)]
        rejoin(before, after, np.array([[False, False], [True, False]]))
        assert np.hypot(*(after[1][0] - after[0][50])) < 0.05
        assert np.array_equal(after[1][-1], branch[-1])

    def test_a_free_end_stays_where_it_is(self) -> None:
        lines = [along((0, 0), (50, 0)).astype(np.float32), along((20, 1), (20, 30)).astype(np.float32)]
        after = [line + np.float32(2) if i == 0 else line.copy() for i, line in enumerate(lines)]
        rejoin(lines, after, np.zeros((2, 2), np.bool_))
        assert np.array_equal(after[1], lines[1])


def test_what_is_evened_out_keeps_its_swell() -> None:
    t = np.linspace(0, 1, 120)
    noisy = 1 + 0.5 * np.sin(np.pi * t) + 0.2 * (np.arange(120) % 2)
    even = even_out(noisy.astype(np.float32), closed=False)
    assert np.abs(np.diff(even)).max() < 0.02
    assert 0.3 < even[60] - even[5] < 0.55
