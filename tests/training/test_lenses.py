# SPDX-License-Identifier: GPL-3.0-or-later
"""Passes that part and meet again are one line in what training takes for the truth."""

from __future__ import annotations

import numpy as np
import pytest

from smart_lineart.inking.lines.graph import Graph
from tests.inking.lines.test_steps import Places, graph, ways
from training.lenses import LensTuning, merge_lenses


class TestLenses:
    @staticmethod
    def lens(height: float, half: float = 40.0) -> Graph:
        places: Places = {0: (10, 100), 1: (50, 100), 2: (50 + 2 * half, 100), 3: (190, 100)}
        return graph(
            places, (0, 1), (1, 2, (50 + half, 100 - height)), (1, 2, (50 + half, 100 + height)), (2, 3)
        )

    @pytest.mark.parametrize(("height", "merges"), [(9.8, True), (10.5, False)])
    def test_two_ways_become_their_mean_where_they_lie_within_ten_px_on_average(self, height, merges) -> None:
        made = self.lens(height)
        merge_lenses(made, LensTuning(lens=10.0))
        if merges:
            (edge,) = made.edges
            assert np.abs(edge.points[:, 1] - 100).max() < 1e-3
            assert edge.length() == pytest.approx(180, abs=0.5)
        else:
            assert len(made.edges) == 4

    def test_a_way_far_longer_than_the_other_is_none_of_its_passes(self) -> None:
        for detour, merges in ((20, True), (60, False)):
            places: Places = {0: (40, 100), 1: (60, 100), 2: (20, 100), 3: (90, 100)}
            made = graph(places, (0, 1), (0, 1, (50, 100 + detour)), (2, 0), (1, 3))
            merge_lenses(made, LensTuning(lens=40.0))
            assert (len(made.edges) == 1) == merges, detour
        for side, merges in ((25, True), (33, False)):  # 1.6 times as long, and 20 px
            places = {0: (40, 100), 1: (60, 100)}
            made = graph(places, (0, 1), (0, 1, (50, 100 + side)))
            merge_lenses(made, LensTuning(lens=10.0 if side > 30 else 13.0))
            assert (len(made.edges) == 1) == merges

    def test_loops_and_ways_between_other_nodes_stay(self) -> None:
        places: Places = {0: (40, 100), 1: (60, 100), 2: (60, 103)}
        made = graph(places, (0, 1), (0, 2), (0, 0, (38, 100)))
        merge_lenses(made, LensTuning(lens=10.0))
        assert ways(made) == {(0, 1), (0, 2), (0, 0)}

    def test_three_ways_become_one_whichever_way_they_were_followed(self) -> None:
        places: Places = {0: (40, 100), 1: (100, 100), 2: (10, 100), 3: (130, 100)}
        made = graph(places, (2, 0), (0, 1), (1, 0, (70, 106)), (0, 1, (70, 94)), (1, 3))
        merge_lenses(made, LensTuning(lens=10.0))
        (edge,) = made.edges
        assert np.abs(edge.points[:, 1] - 100).max() < 3.1
        assert np.ptp(edge.points[:, 0]) == pytest.approx(120, abs=0.1)
