# SPDX-License-Identifier: GPL-3.0-or-later
"""The words of SVG: short, and rounded no farther than a page's size bears."""

from __future__ import annotations

import re

import numpy as np
import pytest

from smart_lineart.inking.vectors.paths import Path
from smart_lineart.inking.vectors.svg import path_data, step_for

NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)")


def read(text: str) -> np.ndarray:
    """The control points (3 k + 1, 2) that a path's data tell."""
    begin, told = re.fullmatch(r"M([^c]*)c([^z]*)z?", text).groups()
    at = np.array([float(number) for number in NUMBER.findall(begin)])
    points = [at]
    for curve in np.array([float(number) for number in NUMBER.findall(told)]).reshape(-1, 3, 2):
        points += list(at + curve)
        at = at + curve[2]
    return np.array(points)


def path(curves: int = 300, size: float = 20.0, seed: int = 1) -> Path:
    chance = np.random.default_rng(seed)
    return Path(np.cumsum(chance.normal(0, size, (3 * curves + 1, 2)), 0), closed=False)


@pytest.mark.parametrize("step", [0.01, 0.02, 0.05])
@pytest.mark.parametrize("size", [0.3, 2.0, 20.0])
def test_what_is_rounded_does_not_add_up(step, size):
    one = path(size=size)
    told = read(path_data(one, step))
    assert abs(told - one.points).max() <= 2.1 * step + 1e-6
    assert abs(told[::3] - one.points[::3]).max() <= step + 1e-6


def test_nodes_are_rounded_along_their_line_rather_than_across():
    chance, off = np.random.default_rng(0), []
    for angle in np.linspace(0.1, 6.2, 200):
        way, at = np.array([np.cos(angle), np.sin(angle)]), chance.uniform(50, 60, 2)
        points = at + way * np.arange(-9, 10, 3)[:, None]
        off.append(
            (read(path_data(Path(points, closed=False), 0.1))[3] - at)
            @ np.array([way, way[::-1] * [1, -1]]).T
        )
    along, across = abs(np.array(off)).mean(0)
    assert across < 0.02, "0.025 where each is rounded by itself"
    assert along > across


@pytest.mark.parametrize("step", [0.01, 0.05, 0.1])
@pytest.mark.parametrize("length", [0.02, 0.1, 0.5, 1.0, 4.0])
def test_short_handles_keep_their_direction(step, length):
    angle = np.linspace(0, 2 * np.pi, 100)
    handle = length * np.stack([np.cos(angle), np.sin(angle)], 1)
    points = np.zeros((301, 2))
    points[::3] = np.cumsum(np.full((101, 2), 3.217), 0)
    points[1::3], points[2::3] = points[:-1:3] + handle, points[3::3] - handle
    told = read(path_data(Path(points, closed=False), step))
    turned = told[1::3] - told[:-1:3]
    cross = turned[:, 0] * handle[:, 1] - turned[:, 1] * handle[:, 0]
    assert np.degrees(abs(np.arctan2(cross, (turned * handle).sum(1)))).max() < 3.0


def test_a_closed_path_ends_where_it_began():
    turn = np.linspace(0, 2 * np.pi, 13)
    points = np.stack([50 + 31.234 * np.cos(turn), 50 + 31.234 * np.sin(turn)], 1)
    points[1] = points[0] + [0.001, 0.01]  # a short handle, beside which nodes are told finely
    points[-1] = points[0]
    told = read(path_data(Path(points, closed=True), 0.05))
    assert told[-1] == pytest.approx(told[0], abs=1e-9)


def test_numbers_are_as_short_as_they_can_be():
    points = np.array([[10.0, 0.5], [10.5, 0.75], [11.25, 0.5], [12.0, -0.5]])
    assert path_data(Path(points, closed=False)) == "M10 .5c.5.25 1.25 0 2-1"


@pytest.mark.parametrize(
    ("size", "step"), [((3508, 2480), 0.1), ((1754, 1240), 0.05), ((720, 1000), 0.02), ((503, 430), 0.01)]
)
def test_a_page_s_size_tells_what_may_be_rounded_off(size, step):
    assert step_for(size) == step
