# SPDX-License-Identifier: GPL-3.0-or-later
"""Curves that are laid along lines together: near enough, fewer than one by one, smooth where they meet."""

from __future__ import annotations

import numpy as np
import pytest
from test_stroke_vectors import distance_to

from smart_lineart.inking.vectors import balancing
from smart_lineart.inking.vectors.balancing import fit_few
from smart_lineart.inking.vectors.fitting import Curves, fit
from smart_lineart.inking.vectors.paths import Path
from smart_lineart.inking.vectors.polylines import Polylines, directions

NEAR = 0.05


def waves(count: int, seed: int = 3) -> list[np.ndarray]:
    """Lines of some 300 px that swing as a hand does."""
    chance = np.random.default_rng(seed)
    x = np.linspace(0, 300, 200)
    return [
        np.stack([x, sum(chance.normal(0, 12) * np.sin(x / chance.uniform(15, 60)) for _ in range(3))], 1)
        for _ in range(count)
    ]


def laid(found: list[np.ndarray], near: float = NEAR, **options) -> tuple[Polylines, Curves]:
    lines = Polylines.of(found)
    loose = np.ones((len(lines), 2), np.bool_)
    return lines, fit_few(lines, directions(lines), np.full(len(lines), near), loose, **options)


def farthest(curves: Curves, line: np.ndarray, number: int) -> float:
    """From a line's vertices to its curves."""
    control = curves.control[curves.starts[number] : curves.starts[number + 1]]
    points = np.concatenate([control[:, :3].reshape(-1, 2), control[-1:, 3]])
    return float(distance_to(Path(points, closed=False), line).max())


def test_they_are_near_enough_and_fewer_than_one_by_one():
    found = waves(12)
    lines, curves = laid(found)
    assert max(farthest(curves, line, number) for number, line in enumerate(found)) < 1.1 * NEAR
    one_by_one = fit(lines, directions(lines), np.full(len(lines), NEAR))
    assert len(curves.control) < 0.95 * len(one_by_one.control)


def test_they_begin_and_end_with_their_line_and_meet_smoothly():
    found = waves(6)
    lines, curves = laid(found)
    for number, line in enumerate(found):
        control = curves.control[curves.starts[number] : curves.starts[number + 1]]
        assert control[0, 0] == pytest.approx(line[0])
        assert control[-1, 3] == pytest.approx(line[-1])
        assert control[1:, 0] == pytest.approx(control[:-1, 3], abs=1e-9)
        arriving, leaving = control[:-1, 3] - control[:-1, 2], control[1:, 1] - control[1:, 0]
        cross = arriving[:, 0] * leaving[:, 1] - arriving[:, 1] * leaving[:, 0]
        assert abs(np.arctan2(cross, (arriving * leaving).sum(1))).max() < 1e-6
        assert curves.stop[curves.starts[number + 1] - 1] == lines.starts[number + 1] - 1


def test_what_may_not_turn_does_not():
    lines = Polylines.of(waves(4))
    way = directions(lines)
    curves = fit_few(lines, way, np.full(4, NEAR), np.zeros((4, 2), np.bool_))
    for number in range(4):
        first = curves.control[curves.starts[number]]
        ahead = (first[1] - first[0]) / np.hypot(*(first[1] - first[0]))
        assert ahead == pytest.approx(way[lines.starts[number]], abs=1e-6)


def test_a_line_that_no_few_curves_fit_gets_some_all_the_same(monkeypatch):
    """Without leave to look for long, and of nothing but sharp turns."""
    monkeypatch.setattr(balancing, "TRIES", 1)
    chance = np.random.default_rng(0)
    torn = np.stack([np.arange(80.0), chance.normal(0, 3, 80)], 1)
    _, curves = laid([torn, *waves(2)])
    assert farthest(curves, torn, 0) < 3 * NEAR
    assert np.isfinite(curves.control).all()


@pytest.mark.parametrize("line", [[(0, 0), (5, 0)], [(0, 0), (1, 0), (2, 0.2)]])
def test_the_shortest_lines_are_one_curve(line):
    _, curves = laid([np.array(line, float)])
    assert len(curves.control) == 1


def test_no_lines_are_no_curves():
    lines = Polylines.of([])
    curves = fit_few(lines, np.zeros((0, 2)), np.zeros(0), np.zeros((0, 2), np.bool_))
    assert curves.control.shape == (0, 4, 2)
    assert curves.starts.tolist() == [0]
