# SPDX-License-Identifier: GPL-3.0-or-later
"""Where lines cross, what lies there is no one's for certain."""

from __future__ import annotations

import numpy as np

from smart_lineart.inking.hues.crossings import crossed
from tests.inking.pictures import straight

ONE, OTHER = 0, 1


def test_what_looks_like_the_line_that_goes_across_tells_nothing() -> None:
    level, upright = straight((10, 50), (90, 50)), straight((50, 10), (50, 90))
    points = np.concatenate([level, upright]).astype(np.float32)
    starts = np.array([0, len(level), len(points)])
    kinds = np.repeat([ONE, OTHER], [len(level), len(upright)]).astype(np.uint8)
    near = np.hypot(*(points - 50).T)
    seems = np.where(near < 8, OTHER, kinds).astype(np.intp)
    found = crossed(points, starts, kinds, seems)
    assert found[: len(level)][near[: len(level)] < 4].all()
    assert not found[near > 8].any()
    assert not found[len(level) :].any()  # of the line itself nothing is taken


def test_a_line_beside_goes_across_nothing() -> None:
    one, beside = straight((10, 50), (90, 50)), straight((10, 53), (90, 55))
    points = np.concatenate([one, beside]).astype(np.float32)
    kinds = np.repeat([ONE, OTHER], [len(one), len(beside)]).astype(np.uint8)
    seems = np.full(len(points), OTHER, np.intp)
    assert not crossed(points, np.array([0, len(one), len(points)]), kinds, seems).any()
