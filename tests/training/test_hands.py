# SPDX-License-Identifier: GPL-3.0-or-later
"""Passes of real hands: found along the middle of their cluster, and laid along any other line."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from training.hands import Cluster, RealHand, load_hands
from training.roughen import Rng

GAP = 8.0  # permille of the drawing's size between the two passes of the cluster written here


def write_drawing(folder: Path, name: str = "one", gap: float = GAP, pen_width: int = 1) -> None:
    """A line gone over twice, `gap` apart, in a drawing 1000 units wide, and a mark of one pass."""
    x = np.linspace(0, 1000, 60)
    passes = [np.column_stack([x, np.full(60, 500.0 + side * gap / 2)]) for side in (-1, 1)]
    mark = np.column_stack([np.linspace(0, 60, 12), np.zeros(12)])
    strokes = [{"cluster": 3, "points": one.tolist()} for one in passes]
    strokes.append({"cluster": 7, "points": mark.tolist()})
    (folder / f"{name}.json").write_text(json.dumps({"pen_width": pen_width, "strokes": strokes}))


@pytest.fixture
def hand(tmp_path: Path) -> RealHand:
    write_drawing(tmp_path)
    (only,) = load_hands(tmp_path)
    return only


def beside(passes: list[np.ndarray], line: np.ndarray) -> np.ndarray:
    """Signed distance of every pass's vertices from a straight line."""
    across = line[-1, :2] - line[0, :2]
    direction = across / np.hypot(*across)
    away = np.concatenate(passes)[:, :2] - line[0, :2]
    return np.asarray(away @ np.array([-direction[1], direction[0]]))


def test_a_cluster_is_told_by_its_passes_along_and_beside_its_middle(hand: RealHand) -> None:
    mark, line = hand.clusters
    assert mark.length == pytest.approx(0.06, abs=0.004)
    assert len(mark.passes) == 1
    assert line.length == pytest.approx(1.0, abs=0.03)
    offsets = sorted(float(np.median(one[:, 1])) for one in line.passes)
    assert offsets == pytest.approx([-GAP / 2000, GAP / 2000], abs=0.0008)


@pytest.mark.parametrize("far", [(600.0, 0.0), (0.0, 600.0), (-420.0, 420.0)])
def test_passes_run_as_far_beside_another_line(hand: RealHand, far: tuple[float, float]) -> None:
    line = np.array([[700.0, 100.0, 1.0], [700.0 + far[0], 100.0 + far[1], 1.0]])
    long = RealHand("long", hand.clusters[1:])
    passes = long.passes_over(np.random.default_rng(0), line, size=600)
    assert len(passes) == 2
    distance = beside(passes, line)
    assert np.median(np.abs(distance)) == pytest.approx(0.6 * GAP / 2, abs=0.5)
    assert abs(distance.mean()) < 0.3


def test_a_line_longer_than_any_cluster_is_covered_to_its_end() -> None:
    rng = np.random.default_rng(3)
    short = RealHand("short", [_straight(0.1), _straight(0.14)])
    line = np.array([[10.0, 50.0, 1.0], [910.0, 50.0, 1.0]])
    for _ in range(20):
        covered = np.zeros(1000, bool)
        for one in short.passes_over(rng, line, size=1000):
            low, high = np.sort(one[[0, -1], 0]).round().astype(int)
            covered[low : high + 1] = True
        assert covered[14:906].mean() > 0.97


def test_what_is_laid_follows_bends() -> None:
    turn = np.linspace(0, np.pi, 200)
    arc = np.stack([300 + 200 * np.cos(turn), 300 + 200 * np.sin(turn), 1 + turn], 1)
    (one,) = RealHand("a", [_straight(0.6)]).passes_over(np.random.default_rng(1), arc, size=1000)
    assert np.abs(np.hypot(*(one[:, :2] - 300).T) - 200).max() < 1.0
    at = np.abs(np.arctan2(one[:, 1] - 300, one[:, 0] - 300))
    assert np.abs(one[:, 2] - (1 + at)).max() < 0.05  # the width goes along


def test_the_same_seed_gives_the_same_passes(hand: RealHand) -> None:
    line = np.array([[0.0, 0.0, 1.0], [300.0, 80.0, 1.0]])

    def draw(rng: Rng) -> np.ndarray:
        return np.concatenate(hand.passes_over(rng, line, size=900))

    np.testing.assert_array_equal(draw(np.random.default_rng(5)), draw(np.random.default_rng(5)))


def test_a_cluster_is_left_out_where_much_of_it_strays(tmp_path: Path) -> None:
    write_drawing(tmp_path)
    path = tmp_path / "one.json"
    data = json.loads(path.read_text())
    x = np.linspace(400, 500, 30)
    data["strokes"] += [{"cluster": 3, "points": np.column_stack([x, x + 200]).tolist()}]
    path.write_text(json.dumps(data))
    (hand,) = load_hands(tmp_path)
    assert [len(c.passes) for c in hand.clusters] == [1]


def test_every_other_drawing_is_left_to_measure_on(tmp_path: Path) -> None:
    for name in ("d", "b", "a", "c"):
        write_drawing(tmp_path, name)
    assert [hand.name for hand in load_hands(tmp_path)] == ["a", "c"]


def test_a_folder_without_drawings_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no stroke drawings"):
        load_hands(tmp_path)


def _straight(length: float) -> Cluster:

    along = np.linspace(0, length, 50)
    return Cluster(length, [np.column_stack([along, np.zeros(50)]).astype(np.float32)])
