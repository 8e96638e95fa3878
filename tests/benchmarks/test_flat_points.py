# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json

import cv2
import numpy as np
import pytest

from benchmarks.flat_points import DRAWINGS, POINTS, leak, marked, needless

THINGS = {
    "paper": [[[5, 5], [995, 5]]],
    "coat": [[[200, 500], [300, 500]], [[700, 500]]],
    "hat": [[[500, 100]]],
}


def labels() -> np.ndarray:
    """A coat in two parts, and a hat."""
    out = np.zeros((100, 100), np.int32)
    out[30:90, 10:50], out[30:90, 50:90], out[5:20, 40:60] = 1, 2, 3
    return out


def test_areas_as_they_were_marked_are_right() -> None:
    points = marked(labels(), THINGS)
    assert leak(points) == needless(points) == 0.0


def test_areas_that_run_together_leak_what_has_fewer_points() -> None:
    found = labels()
    found[found == 3] = 1
    assert leak(marked(found, THINGS)) == pytest.approx(1 / 4)
    found[found > 0] = 0
    assert leak(marked(found, THINGS)) >= 2 / 4, "and what is left to the paper"


def test_a_part_in_two_areas_is_a_needless_split_and_a_second_part_is_none() -> None:
    found = labels()
    found[:, 25:40][found[:, 25:40] == 1] = 4
    assert needless(marked(found, THINGS)) == pytest.approx(12 / 4)
    found = labels()
    found[found == 2] = 1
    assert needless(marked(found, THINGS)) == 0.0


def test_twelve_drawings_are_marked_and_every_point_lies_on_its_page() -> None:
    table = json.loads(POINTS.read_text(encoding="utf-8"))
    files = {path.stem: path for path in DRAWINGS.iterdir()}
    assert len(table) == 12
    for name, things in table.items():
        height, width = cv2.imread(str(files[name])).shape[:2]
        x, y = np.array([point for parts in things.values() for part in parts for point in part]).T
        assert x.max() < 1000 * width / max(width, height)
        assert y.max() < 1000 * height / max(width, height)
        assert "paper" in things
        assert len(things) >= 4
