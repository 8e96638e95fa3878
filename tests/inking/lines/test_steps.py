# SPDX-License-Identifier: GPL-3.0-or-later
"""The small steps between a line map and strokes, each at its limits: just so far, and no farther."""

from __future__ import annotations

from itertools import pairwise
from typing import ClassVar

import numpy as np
import pytest
from numpy.typing import NDArray

from smart_lineart.inking.lines import sampling
from smart_lineart.inking.lines.assembly import AssemblyTuning, assemble
from smart_lineart.inking.lines.chains import Polyline, is_ring, join_through_junctions
from smart_lineart.inking.lines.gaps import GapTuning, close_gaps
from smart_lineart.inking.lines.graph import Edge, Graph, leaving
from smart_lineart.inking.lines.levels import Levels, LevelTuning, fill_in_levels, relative_widths
from smart_lineart.inking.lines.nearby import by_x, near_each
from smart_lineart.inking.lines.redundant import RedundantTuning, find_redundant, without_redundant
from smart_lineart.inking.lines.spurs import DrawnTuning, SpurTuning, prune_spurs, put_back
from tests.inking.pictures import paths_of, straight

Places = dict[int, tuple[float, float]]
BLANK = np.zeros((200, 200), np.uint8)


def line(*places: tuple[float, float]) -> NDArray[np.float32]:
    """A polyline, a vertex every px."""
    parts = [straight(a, b) for a, b in pairwise(places)]
    return np.concatenate([parts[0], *[part[1:] for part in parts[1:]]]).astype(np.float32)


def graph(places: Places, *ways: tuple[int, int] | tuple[int, int, tuple[float, float]]) -> Graph:
    """Nodes, and straight edges between them, or bent ones by way of a place."""
    made = Graph({node: np.array(place, np.float32) for node, place in places.items()})
    for a, b, *by in ways:
        made.add(Edge(line(places[a], *by, places[b]), (a, b)))  # type: ignore[arg-type]
    return made


def ways(made: Graph) -> set[tuple[int, int]]:
    """The nodes that edges lie between."""
    return {(min(edge.nodes), max(edge.nodes)) for edge in made.edges}


class TestSampling:
    def test_a_pixel_is_the_nearest_and_beyond_the_edge_the_last(self) -> None:
        image = np.arange(12, dtype=np.uint8).reshape(3, 4)
        at = np.array([[0.4, 0.4], [0.6, 0.4], [2.6, 1.6], [-3, -3], [9, 9], [-1, 1], [9, 1]], np.float32)
        assert sampling.pixels_at(image, at).tolist() == [0, 1, 11, 0, 11, 4, 7]

    @pytest.mark.parametrize("count", [1, 2, 3, 5, 8, 21])
    def test_confidence_is_the_lower_quartile(self, count: int) -> None:
        image = np.random.default_rng(count).integers(0, 256, (1, count), np.uint8)
        at = np.stack([np.arange(count), np.zeros(count)], 1).astype(np.float32)
        expected = np.percentile(image, 25) / 255
        assert sampling.confidence(at, image) == pytest.approx(expected)

    def test_vertices_are_laid_at_even_distances(self) -> None:
        path = np.array([[0, 0], [1, 0], [1, 3], [1, 7]], np.float32)
        even = sampling.resample(path, 5)
        assert even.tolist() == [[0, 0], [1, 1], [1, 3], [1, 5], [1, 7]]
        assert even.dtype == np.float32

    @pytest.mark.parametrize("reach", [0, 1, 3])
    def test_the_most_within_a_square_is_told(self, reach: int) -> None:
        image = np.random.default_rng(3).integers(0, 256, (9, 14), np.uint8)
        wide = np.pad(image, reach, mode="edge")
        at = np.array([(x, y) for y in range(9) for x in range(14)], np.intp)
        side = 2 * reach + 1
        expected = [wide[y : y + side, x : x + side].max() for x, y in at]
        found = sampling.most_near(image, at, reach)
        assert found.tolist() == expected
        assert found.dtype == np.float32

    @pytest.mark.parametrize("reach", [0.0, 1.6, 7.0])
    def test_points_are_near_within_a_square(self, reach: float) -> None:
        points = np.random.default_rng(5).integers(0, 30, (80, 2)).astype(np.float32)
        places = points[::9] + np.float32([0.5, 0])
        for order, meant in (
            (None, np.arange(80)),
            (by_x(points)[by_x(points) % 2 == 0], np.arange(0, 80, 2)),
        ):
            for place, found in zip(places, near_each(places, points, reach, order), strict=True):
                inside = (np.abs(points[meant] - place) <= reach).all(axis=1)
                at_right = points[meant, 0] == place[0] + reach  # is left out
                assert sorted(found) == meant[inside & ~at_right].tolist()


class TestSpurs:
    PLACES: ClassVar[Places] = {0: (20, 50), 1: (60, 50), 2: (120, 50)}

    @pytest.mark.parametrize(("length", "goes"), [(7, True), (8, False)])
    def test_a_branch_that_ends_free_goes_up_to_its_length(self, length: int, goes: bool) -> None:
        made = graph({**self.PLACES, 3: (60, 50 + length)}, (0, 1), (1, 2), (1, 3))
        prune_spurs(made, SpurTuning(spur=7.0))
        assert ways(made) == ({(0, 2)} if goes else {(0, 1), (1, 2), (1, 3)})

    @pytest.mark.parametrize(
        ("depth", "length", "goes"),
        [(2, 7, True), (2, 8, False), (4, 10, True), (4, 11, False), (0, 8, False)],
    )
    def test_where_the_map_is_wide_longer_ones_go(self, depth: int, length: int, goes: bool) -> None:
        deep = np.full_like(BLANK, depth)
        made = graph({**self.PLACES, 3: (60, 50 + length)}, (0, 1), (1, 2), (1, 3))
        prune_spurs(made, SpurTuning(spur=7.0, burr=1.5), deep)
        assert (ways(made) == {(0, 2)}) == goes

    def test_a_short_line_of_its_own_and_a_loop_stay(self) -> None:
        made = graph({0: (10, 10), 1: (13, 10), 2: (50, 50)}, (0, 1), (2, 2, (54, 50)))
        prune_spurs(made, SpurTuning(spur=20.0), BLANK)
        assert ways(made) == {(0, 1), (2, 2)}

    def test_the_shortest_goes_first_and_what_it_leaves_is_one_line(self) -> None:
        """At a fork of two short ends the longer is the line's end."""
        made = graph({0: (20, 50), 1: (60, 50), 2: (66, 50), 3: (60, 45)}, (0, 1), (1, 2), (1, 3))
        (taken,) = prune_spurs(made, SpurTuning(spur=7.0))
        assert ways(made) == {(0, 2)}
        assert taken[0].tolist() == [60, 50]
        assert taken[-1].tolist() == [60, 45]


class TestDrawnSpurs:
    """Which branches are put back at a line along y = 50; they spring from it at x = 60."""

    @staticmethod
    def put_back(end: float, probability: int = 255, *, root: float = 50.0, others: tuple = ()) -> bool:
        lines = [line((20, 50), (120, 50)), *others]
        paths = [Polyline(points, (True, True)) for points in lines]
        sure = np.full_like(BLANK, probability)
        found = put_back(paths, [line((60, root), (60, end))], sure, DrawnTuning(shortest=3.5, sure=0.85))
        assert found[: len(paths)] == paths
        added = found[len(paths) :]
        assert all(path.free == (False, True) for path in added)
        return bool(added)

    @pytest.mark.parametrize(("end", "stays"), [(53, False), (54, True), (57, True)])
    def test_one_that_is_long_enough_is(self, end: float, stays: bool) -> None:
        assert self.put_back(end) == stays

    @pytest.mark.parametrize(("probability", "stays"), [(216, False), (217, True)])
    def test_the_network_must_be_sure_of_it(self, probability: int, stays: bool) -> None:
        assert self.put_back(56, probability) == stays

    def test_its_outer_half_tells(self) -> None:
        sure = np.full_like(BLANK, 255)
        paths, branch = [Polyline(line((20, 50), (120, 50)), (True, True))], line((60, 50), (60, 57))
        sure[:53] = 0
        assert len(put_back(paths, [branch], sure, DrawnTuning())) == 2
        sure[:], sure[54:] = 255, 0
        assert len(put_back(paths, [branch], sure, DrawnTuning())) == 1

    def test_what_it_sprang_from_must_be_there(self) -> None:
        assert not self.put_back(60, root=54)
        assert put_back([], [line((60, 50), (60, 57))], BLANK, DrawnTuning()) == []

    def test_its_end_must_lie_on_no_other_line(self) -> None:
        assert self.put_back(56, others=(line((20, 59), (120, 59)),))
        assert not self.put_back(56, others=(line((20, 57), (120, 57)),))


class TestGaps:
    @staticmethod
    def closed(
        wide: float, aside: float = 0.0, *, seen: float = 0.0, length: float = 30.0, **tuning: float
    ) -> bool:
        """Whether two lines that face each other across a gap are joined."""
        places: Places = {
            0: (80 - length, 100),
            1: (80, 100),
            2: (80 + wide, 100 + aside),
            3: (110 + wide, 100 + aside),
        }
        made = graph(places, (0, 1), (2, 3))
        close_gaps(made, np.full_like(BLANK, round(255 * seen)), GapTuning(**tuning))
        if len(made.edges) == 1:
            (edge,) = made.edges
            ends = np.sort(edge.points[[0, -1]], axis=0)
            np.testing.assert_allclose(ends, np.array([places[0], places[3]]), rtol=1e-6)
        return len(made.edges) == 1

    @pytest.mark.parametrize(("gap", "joined"), [(1, True), (8, True), (8.1, False)])
    def test_a_small_gap_is_closed_in_any_case(self, gap: float, joined: bool) -> None:
        assert self.closed(gap, sure_gap=8.0) == joined

    @pytest.mark.parametrize(
        ("gap", "seen", "joined"), [(10, 0.07, True), (10, 0.05, False), (10.1, 1.0, False)]
    )
    def test_a_wider_one_where_a_line_is_half_seen(self, gap: float, seen: float, joined: bool) -> None:
        assert self.closed(gap, seen=seen, gap=10.0, line=0.06) == joined

    @pytest.mark.parametrize("way", [(9, 0), (0, 9), (6, -6)])
    def test_it_is_looked_for_in_the_middle_third_of_the_way(self, way: tuple[int, int]) -> None:
        """Near its ends lie the lines themselves."""
        start, across = np.array([100, 100]), np.array(way)
        places: Places = {
            node: tuple((start + part * across).tolist()) for node, part in enumerate((-4, 0, 1, 5))
        }
        for part, joined in ((0.5, True), (0.0, False), (1.0, False)):
            made = graph(places, (0, 1), (2, 3))
            seen = BLANK.copy()
            x, y = np.rint(start + part * across).astype(int)
            seen[y - 1 : y + 2, x - 1 : x + 2] = 120
            close_gaps(made, seen, GapTuning())
            assert (len(made.edges) == 1) == joined, part

    @pytest.mark.parametrize(("aside", "joined"), [(7.2, True), (8, False)])
    def test_across_a_wide_one_they_face_each_other_straighter(self, aside: float, joined: bool) -> None:
        """0.75 of the way lies ahead, and 0.3 of a small one."""
        assert self.closed(8.5, aside, seen=1.0, gap=12.0) == joined
        assert self.closed(2.4, aside, sure_gap=9.0) == (aside < 7.6)

    def test_zero_switches_it_off(self) -> None:
        assert not self.closed(0.9, gap=0.99)
        assert self.closed(0.9, gap=1.0)

    @pytest.mark.parametrize(("length", "joined"), [(3, True), (2, False)])
    def test_scraps_tell_no_direction(self, length: float, joined: bool) -> None:
        assert self.closed(4, length=length) == joined

    def test_lines_that_bend_by_more_than_a_right_angle_are_not_one(self) -> None:
        for turn, joined in ((70, True), (85, False)):
            way = np.array([np.cos(np.deg2rad(turn)), np.sin(np.deg2rad(turn))])
            start = np.array([80, 100]) + 5 * np.array(
                [np.cos(np.deg2rad(turn / 2)), np.sin(np.deg2rad(turn / 2))]
            )
            stop = start + 30 * way
            places: Places = {0: (50, 100), 1: (80, 100), 2: tuple(start), 3: tuple(stop)}
            made = graph(places, (0, 1), (2, 3))
            close_gaps(made, BLANK, GapTuning())
            assert (len(made.edges) == 1) == joined

    def test_the_nearest_of_several_ends_is_joined_and_each_end_once(self) -> None:
        places: Places = {
            0: (50, 100),
            1: (80, 100),
            2: (83, 100),
            3: (110, 100),
            4: (84, 103),
            5: (110, 110),
        }
        made = graph(places, (0, 1), (4, 5), (2, 3))
        close_gaps(made, BLANK, GapTuning())
        assert ways(made) == {(0, 3), (4, 5)}

    def test_ends_find_each_other_from_cell_to_cell(self) -> None:
        for x in range(60, 72):
            for shift in (-1, 1):
                places: Places = {
                    0: (x - 30, 100),
                    1: (x, 100),
                    2: (x + 5, 100 + shift),
                    3: (x + 40, 100 + shift),
                }
                made = graph(places, (0, 1), (2, 3))
                close_gaps(made, BLANK, GapTuning())
                assert len(made.edges) == 1, (x, shift)


class TestChains:
    def test_the_straightest_pairs_run_on_through_a_crossing(self) -> None:
        places: Places = {0: (20, 50), 1: (60, 50), 2: (100, 55), 3: (60, 20), 4: (65, 90)}
        made = graph(places, (0, 1), (1, 2), (3, 1), (1, 4))
        ends = {
            tuple(sorted(map(tuple, path.points[[0, -1]].tolist()))) for path in join_through_junctions(made)
        }
        assert ends == {((20, 50), (100, 55)), ((60, 20), (65, 90))}

    @pytest.mark.parametrize(("turn", "count"), [(55, 1), (59, 2)])
    def test_branches_that_turn_too_much_are_two_lines(self, turn: float, count: int) -> None:
        """Cosine 0.55: 56.6 degrees."""
        way = np.deg2rad(turn)
        places: Places = {0: (20, 50), 1: (60, 50), 2: (60 + 40 * np.cos(way), 50 + 40 * np.sin(way))}
        assert len(join_through_junctions(graph(places, (0, 1), (1, 2)))) == count

    def test_ends_that_touch_nothing_are_free(self) -> None:
        places: Places = {0: (20, 50), 1: (60, 50), 2: (100, 50), 3: (60, 90)}
        paths = {
            len(path.points): path for path in join_through_junctions(graph(places, (0, 1), (1, 2), (1, 3)))
        }
        assert paths[81].free == (True, True)
        assert sorted(paths[41].free) == [False, True]
        start = tuple(paths[41].points[0])
        assert paths[41].free == ((start == (60, 90)), (start != (60, 90)))

    def test_vertices_lie_a_px_apart_and_a_dot_is_half_a_px(self) -> None:
        made = Graph({0: np.float32([3, 4])})
        made.add(Edge(np.float32([[3, 4], [3, 4]]), (0, 0)))
        (dot,) = join_through_junctions(made)
        assert dot.points.tolist() == [[2.75, 4], [3.25, 4]]
        zigzag = Graph({0: np.float32([0, 0]), 1: np.float32([30, 30])})
        zigzag.add(Edge(np.float32([[0, 0], [15, 15], [30, 30]]), (0, 1)))
        (path,) = join_through_junctions(zigzag)
        steps = np.hypot(*np.diff(path.points, axis=0).T)
        assert len(path.points) == 43
        np.testing.assert_allclose(steps, 42.426 / 42, rtol=1e-3)

    @pytest.mark.parametrize(
        ("apart", "count", "closed"), [(1.4, 30, True), (1.5, 30, False), (0.0, 9, True), (0.0, 8, False)]
    )
    def test_a_ring_ends_where_it_began(self, apart: float, count: int, closed: bool) -> None:
        path = np.random.default_rng(1).random((count, 2)).astype(np.float32) * 50
        path[-1] = path[0] + np.float32([apart, 0])
        assert is_ring(path) == closed

    def test_a_branch_leaves_in_the_direction_of_its_first_seven_vertices(self) -> None:
        bent = Edge(line((50, 50), (57, 50), (57, 90)), (1, 2))
        assert leaving(bent, 1).tolist() == [1, 0]
        assert leaving(bent, 2).tolist() == [0, -1]
        short = Edge(np.float32([[5, 5], [8, 9]]), (1, 2))
        np.testing.assert_allclose(leaving(short, 1), [0.6, 0.8])
        assert leaving(Edge(np.float32([[5, 5], [5, 5]]), (1, 2)), 1).tolist() == [0, 0]


class TestLevels:
    TUNING = LevelTuning(firm=70.0, usually_drawn=0.4)

    def test_what_is_certain_is_a_percentile_of_all_vertices(self) -> None:
        firm = [np.arange(60, dtype=np.float32), np.arange(60, 101, dtype=np.float32)]
        levels = fill_in_levels(None, firm, [np.zeros(60, np.float32), np.zeros(41, np.float32)], self.TUNING)
        assert levels == Levels(70.0, 0.0)
        none = [np.zeros(5, np.float32)]
        assert fill_in_levels(None, none, none, self.TUNING).certain == 1.0

    def test_the_usual_width_is_that_of_lines_that_are_drawn(self) -> None:
        firm = [np.full(10, 100, np.float32), np.full(10, 41, np.float32), np.full(10, 39, np.float32)]
        widths = [np.full(10, 4, np.float32), np.full(10, 6, np.float32), np.full(30, 2, np.float32)[:10]]
        levels = Levels(100.0, 0.0)
        assert fill_in_levels(levels, firm, widths, self.TUNING) == Levels(100.0, 5.0)
        widths[0][:] = widths[1][:] = 0  # unknown there, so what is not drawn has to tell
        assert fill_in_levels(levels, firm, widths, self.TUNING) == Levels(100.0, 2.0)
        assert fill_in_levels(Levels(100.0, 3.0), firm, widths, self.TUNING) == Levels(100.0, 3.0)

    def test_lines_swell_as_drawn_up_to_half_and_never_beyond_two_and_four_tenths(self) -> None:
        widths = np.array([4, 5, 6, 400, 3.2, 0.04, 0] + [4] * 30, np.float32)
        found = relative_widths(widths, 4.0)
        more = np.array([0, 0.25, 0.5, 99, 0.25, 99])
        damped = 1 + more / np.sqrt(1 + (more / 1.4) ** 2)
        np.testing.assert_allclose(found[:6], [*damped[:4], *(1 / damped[4:])], rtol=1e-5)
        assert found[6] == 1
        assert found.max() < 2.4
        np.testing.assert_array_equal(relative_widths(widths, 0.0), 1)

    def test_short_lines_swell_less_and_get_as_thin(self) -> None:
        short = relative_widths(np.array([6] * 15, np.float32), 4.0)
        long = relative_widths(np.array([6] * 30, np.float32), 4.0)
        np.testing.assert_allclose(short - 1, (long[0] - 1) / 2, rtol=1e-5)
        thin = (
            relative_widths(np.array([2] * 3, np.float32), 4.0),
            relative_widths(np.array([2] * 90, np.float32), 4.0),
        )
        assert thin[0][0] == thin[1][0]

    def test_a_dot_is_as_wide_as_it_was_drawn(self) -> None:
        dot = relative_widths(np.array([6] * 5, np.float32), 4.0, apart=True)
        assert dot[0] == relative_widths(np.array([6] * 90, np.float32), 4.0)[0]


class TestAssembly:
    @pytest.mark.parametrize(
        ("length", "alone", "sure", "stands"),
        [
            *((5, False, 0.79, False), (5, False, 0.8, True), (6, False, 0.1, True)),
            *((5, True, 0.8, True), (6, True, 0.69, False), (6, True, 0.7, True), (19, True, 0.69, False)),
            *((20, True, 0.49, False), (20, True, 0.5, True), (44, True, 0.49, False), (45, True, 0.0, True)),
        ],
    )
    def test_specks_scraps_and_dashes_need_to_be_seen(self, length, alone, sure, stands) -> None:
        path = line((10, 10), (9.0 + length, 10))
        strokes = assemble(
            [path],
            ([np.ones(length, np.float32)], [np.ones(length, np.float32)]),
            [np.full(length, sure)],
            np.ones(1, np.float32),
            np.ones(1, np.float32),
            np.array([[alone, alone]]),
            (1.0, 1.0),
            AssemblyTuning(),
        )
        assert len(path) == length
        assert len(strokes) == int(stands)

    def test_strokes_lie_on_the_page_with_a_strength_of_one_at_most(self) -> None:
        paths = [line((10, 20), (60, 20)), line((0, 0), (0, 50))]
        strokes = assemble(
            paths,
            ([np.full(51, 1.5, np.float32)] * 2, [np.full(51, 1.2, np.float32)] * 2),
            [np.ones(51)] * 2,
            np.array([0.25, 1.7], np.float32),
            np.array([0.5, 2.5], np.float32),
            np.array([[True, False], [False, True]]),
            (0.5, 0.25),
            AssemblyTuning(),
        )
        one, two = paths_of(strokes)
        assert one[[0, -1]].tolist() == [[21, 82], [121, 82]]
        assert two[[0, -1]].tolist() == [[1, 2], [1, 202]]
        assert strokes.strength.tolist() == [0.25, 1.0]
        assert strokes.standing is not None
        assert strokes.standing.tolist() == [0.5, 2.5]
        assert (strokes.width == np.float32(1.5)).all()
        assert strokes.alone is not None
        assert (strokes.alone == np.float32(1.2)).all()
        assert strokes.free.tolist() == [[True, False], [False, True]]
        assert (strokes.width == 1.5).all()


class TestRedundant:
    LONG = line((10, 100), (190, 100))
    FREE = np.array([[True, True], [True, True]])

    def redundant(self, short: NDArray[np.float32], seen: float = 0.3, **tuning: float) -> bool:
        image = np.full_like(BLANK, round(255 * seen))
        found = find_redundant([self.LONG, short], self.FREE, image, RedundantTuning(**tuning))  # type: ignore[arg-type]
        assert not found[0]
        return bool(found[1])

    @pytest.mark.parametrize(("length", "goes"), [(10, False), (11, True), (60, True), (61, False)])
    def test_a_pass_is_neither_short_nor_long(self, length: int, goes: bool) -> None:
        assert self.redundant(line((50, 106), (49 + length, 106))) == goes

    @pytest.mark.parametrize(("beside", "goes"), [(11.9, True), (12, False)])
    def test_it_lies_beside_the_longer_line_all_along(self, beside: float, goes: bool) -> None:
        assert self.redundant(line((50, 100 + beside), (90, 100 + beside))) == goes

    @pytest.mark.parametrize(("seen", "goes"), [(0.59, True), (0.61, False)])
    def test_it_is_unsure(self, seen: float, goes: bool) -> None:
        assert self.redundant(line((50, 106), (90, 106)), seen) == goes

    @pytest.mark.parametrize(("turn", "goes"), [(35, True), (38, False)])
    def test_it_runs_the_same_way(self, turn: float, goes: bool) -> None:
        """Cosine 0.8: 36.9 degrees; whichever way it was drawn."""
        way = 6 * np.array([np.cos(np.deg2rad(turn)), np.sin(np.deg2rad(turn))])
        path = line(tuple(np.array([100, 100]) - way), tuple(np.array([100, 100]) + way))
        assert self.redundant(path) == self.redundant(path[::-1]) == goes

    def test_a_line_that_touches_others_at_both_ends_stays(self) -> None:
        short = line((50, 106), (90, 106))
        free = np.array([[True, True], [False, False]])
        assert not find_redundant([self.LONG, short], free, BLANK).any()

    def test_of_two_beside_each_other_the_shorter_goes(self) -> None:
        one, two = line((50, 106), (90, 106)), line((50, 109), (88, 109))
        free = np.ones((2, 2), np.bool_)
        assert find_redundant([one, two], free, BLANK).tolist() == [False, True]
        assert find_redundant([two, one], free, BLANK).tolist() == [True, False]

    def test_what_was_met_by_a_line_that_went_is_free(self) -> None:
        short = line((50, 106), (90, 106))
        twig = line((92, 107), (120, 150))
        met = line((40, 100), (40, 60))
        paths = [
            Polyline(self.LONG, (True, True)),
            Polyline(short, (True, False)),
            Polyline(np.concatenate([short[-1:], twig]), (False, True)),
            Polyline(met, (False, True)),
        ]
        seen = np.full_like(BLANK, 255)
        seen[104:109, 40:95] = 60
        kept = without_redundant(paths, seen, RedundantTuning())
        assert [path.free for path in kept] == [(True, True), (True, True), (False, True)]
        assert without_redundant([], seen, RedundantTuning()) == []
