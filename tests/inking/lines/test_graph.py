# SPDX-License-Identifier: GPL-3.0-or-later
"""A skeleton's graph has the nodes and edges that a person sees in it, and leaves no pixel out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray
from scipy import ndimage

from smart_lineart.inking.lines.graph import Edge, Graph, count_ends, trace
from smart_lineart.inking.raster.morphology import close
from smart_lineart.inking.raster.thinning import thin
from tests.inking.pictures import distance_to, line_map, ring

Mask = NDArray[np.bool_]


def drawn(*rows: str) -> Graph:
    """The graph of a skeleton drawn with #, not thinned any further."""
    mask = np.array([[letter == "#" for letter in row] for row in rows])
    return trace(np.pad(mask.astype(np.uint8), 1))


def degrees(graph: Graph) -> list[int]:
    """How many edges end at each node, of those where any does."""
    return sorted(len(edges) for edges in graph.ends.values() if edges)


def edges_by_length(graph: Graph) -> list[Edge]:
    return sorted(graph.edges, key=Edge.length)


def check_sound(graph: Graph) -> None:
    """Every edge is known at both its nodes, starts and stops at their places, and moves in small steps."""
    known = [id(edge) for edges in graph.ends.values() for edge in edges]
    for edge in graph.edges:
        assert edge.points.ndim == 2
        assert edge.points.dtype == np.float32
        if edge.closed:
            np.testing.assert_array_equal(edge.points[0], edge.points[-1])
            continue
        assert known.count(id(edge)) == 2
        for node, place in zip(edge.nodes, (edge.points[0], edge.points[-1]), strict=True):
            np.testing.assert_array_equal(graph.places[node], place)
            assert edge in graph.ends[node]


class TestShapes:
    def test_nothing(self) -> None:
        graph = drawn("....", "....")
        assert (graph.edges, graph.places, graph.ends) == ({}, {}, {})

    def test_a_dot(self) -> None:
        graph = drawn("...", ".#.", "...")
        (edge,) = graph.edges
        np.testing.assert_array_equal(edge.points, [[1, 1], [1, 1]])
        assert edge.length() == 0
        assert not edge.closed

    def test_a_line(self) -> None:
        graph = drawn(".........", ".#######.", ".........")
        (edge,) = graph.edges
        assert degrees(graph) == [1, 1]
        assert edge.length() == 6
        assert {tuple(edge.points[0]), tuple(edge.points[-1])} == {(1, 1), (7, 1)}
        check_sound(graph)

    def test_two_touching_pixels(self) -> None:
        for graph in (drawn("##"), drawn("#.", ".#")):
            (edge,) = graph.edges
            assert degrees(graph) == [1, 1]
            assert len(edge.points) == 2
            check_sound(graph)

    def test_a_diagonal_is_as_long_as_it_is(self) -> None:
        graph = drawn("#....", ".#...", "..#..", "...#.")
        (edge,) = graph.edges
        assert edge.length() == pytest.approx(3 * 2**0.5)

    def test_a_bend_is_one_edge(self) -> None:
        graph = drawn("#....", "#....", "#....", ".####")
        assert len(graph.edges) == 1
        assert degrees(graph) == [1, 1]
        check_sound(graph)

    def test_a_tee(self) -> None:
        graph = drawn("#########", "....#....", "....#....", "....#....", "....#....")
        assert degrees(graph) == [1, 1, 1, 3]
        assert len(graph.edges) == 3
        check_sound(graph)

    def test_an_ex(self) -> None:
        graph = drawn("#.....#", ".#...#.", "..#.#..", "...#...", "..#.#..", ".#...#.", "#.....#")
        assert degrees(graph) == [1, 1, 1, 1, 4]
        (node,) = [n for n, edges in graph.ends.items() if len(edges) == 4]
        np.testing.assert_array_equal(graph.places[node], [3, 3])
        check_sound(graph)

    def test_a_crossing_of_several_pixels_is_one_node(self) -> None:
        graph = drawn("..#...", "..#...", "..##..", "###...", "...#..", "...#..")
        assert max(degrees(graph)) == sum(degree == 1 for degree in degrees(graph))
        check_sound(graph)

    def test_a_ring_meets_no_node(self) -> None:
        graph = drawn(".###.", "#...#", "#...#", "#...#", ".###.")
        (edge,) = graph.edges
        assert edge.closed
        assert graph.ends == {}
        assert len({tuple(point) for point in edge.points}) == 12
        assert edge.length() == pytest.approx(8 + 4 * 2**0.5)
        check_sound(graph)

    def test_a_figure_eight_is_two_loops_at_one_node(self) -> None:
        graph = drawn(
            ".###.....###.",
            "#...#...#...#",
            "#....#.#....#",
            "#.....#.....#",
            "#....#.#....#",
            "#...#...#...#",
            ".###.....###.",
        )
        assert len(graph.edges) == 2
        assert degrees(graph) == [4]
        for edge in graph.edges:
            assert edge.nodes[0] == edge.nodes[1]
            assert not edge.closed
        check_sound(graph)

    def test_a_balloon_is_a_loop_and_a_string(self) -> None:
        graph = drawn(".###.....", "#...#....", "#....####", "#...#....", ".###.....")
        assert len(graph.edges) == 2
        assert degrees(graph) == [1, 3]
        loop = edges_by_length(graph)[-1]
        assert loop.nodes[0] == loop.nodes[1]
        check_sound(graph)

    def test_parts_stay_apart(self) -> None:
        graph = drawn("####.####", ".........", "#########")
        assert len(graph.edges) == 3
        assert degrees(graph) == [1] * 6


@st.composite
def skeletons(draw: st.DrawFn) -> NDArray[np.uint8]:
    """Skeletons of small random masks and of tangled lines, closed first as tracing closes them."""
    if draw(st.booleans()):
        size = st.tuples(st.integers(1, 16), st.integers(1, 16))
        return thin(close(draw(arrays.arrays(np.bool_, size))))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    paths = [rng.random((draw(st.integers(2, 6)), 2)) * 60 for _ in range(draw(st.integers(1, 5)))]
    return thin(close(line_map((60, 60), *paths, ring(*rng.random(2) * 60, 12)) > 127))


class TestAnySkeleton:
    @given(skeletons())
    @settings(max_examples=80, deadline=None)
    def test_it_is_sound(self, skeleton: NDArray[np.uint8]) -> None:
        check_sound(trace(skeleton))

    @given(skeletons())
    @settings(max_examples=80, deadline=None)
    def test_every_pixel_lies_on_an_edge(self, skeleton: NDArray[np.uint8]) -> None:
        graph = trace(skeleton)
        pixels = np.argwhere(skeleton[1:-1, 1:-1])[:, ::-1].astype(np.float64)
        best = np.full(len(pixels), np.inf)
        for edge in graph.edges:
            best = np.minimum(best, distance_to(pixels, edge.points))
        assert best.max(initial=0.0) <= 1.5

    @given(skeletons())
    @settings(max_examples=80, deadline=None)
    def test_edges_lie_on_pixels_and_take_each_once(self, skeleton: NDArray[np.uint8]) -> None:
        inner = skeleton[1:-1, 1:-1]
        near = ndimage.distance_transform_edt(inner == 0) if inner.any() else np.zeros(inner.shape)
        taken: list[tuple[float, float]] = []
        for edge in trace(skeleton).edges:
            x, y = np.rint(edge.points).astype(int).T
            assert near[y, x].max() <= 1.5
            taken += [tuple(point) for point in edge.points[1:-1].tolist()]
        assert len(taken) == len(set(taken))

    @given(skeletons())
    @settings(max_examples=80, deadline=None)
    def test_counting_ends_tells_what_the_graph_has(self, skeleton: NDArray[np.uint8]) -> None:
        graph = trace(skeleton)
        places, count = count_ends(skeleton)
        np.testing.assert_array_equal(places, np.reshape(list(graph.places.values()), (-1, 2)))
        assert count.tolist() == [graph.degree(node) for node in graph.places]


class TestChanges:
    def test_removing_and_dissolving_joins_what_was_parted(self) -> None:
        graph = drawn("#########", "....#....", "....#....")
        spur = edges_by_length(graph)[0]
        (joint,) = [n for n, edges in graph.ends.items() if len(edges) == 3]
        graph.remove(spur)
        graph.dissolve(joint)
        (edge,) = graph.edges
        assert graph.degree(joint) == 0
        assert {tuple(edge.points[0]), tuple(edge.points[-1])} == {(0, 0), (8, 0)}
        assert (np.diff(edge.points[:, 0]) != 0).all()

    def test_dissolving_the_joint_of_one_loop_leaves_it(self) -> None:
        graph = Graph()
        loop = Edge(np.array([[0, 0], [5, 0], [5, 5], [0, 0]], np.float32), (7, 7))
        graph.places[7] = loop.points[0]
        graph.add(loop)
        graph.dissolve(7)
        assert list(graph.edges) == [loop]

    def test_a_bridge_makes_two_lines_one(self) -> None:
        graph = drawn("####...####")
        ends = {tuple(graph.places[n]): n for n in graph.ends}
        a, b = ends[3, 0], ends[7, 0]
        graph.insert(Edge(np.stack([graph.places[a], graph.places[b]]), (a, b)))
        (edge,) = graph.edges
        assert edge.length() == 10
        check_sound(graph)

    def test_a_bridge_between_the_ends_of_one_line_closes_it(self) -> None:
        graph = drawn(".######.", "#......#", "#......#", ".##..##.")
        a, b = graph.ends
        graph.insert(Edge(np.stack([graph.places[a], graph.places[b]]), (a, b)))
        (edge,) = graph.edges
        np.testing.assert_array_equal(edge.points[0], edge.points[-1])
        assert edge.length() == pytest.approx(5 + 2 + 1 + 3 + 1 + 4 * 2**0.5)
