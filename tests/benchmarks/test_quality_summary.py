# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import math

import pytest

from benchmarks.summary import FIGURES, badness, heading, median, row, worst_tenth


def measured(**figures: float) -> dict[str, float]:
    ideal = {
        "F": 1,
        "P": 1,
        "R": 1,
        "L": 1,
        "ends": 0,
        "comp": 1,
        "grey": 0,
        "dirt": 0,
        "width": 4,
        "fixes": 0,
    }
    return ideal | figures


def test_the_worst_tenth_begins_at_the_image_that_nine_tenths_are_better_than() -> None:
    found = worst_tenth([measured(F=1 - i / 100) for i in range(20)], asked_width=4)
    assert found["F"] == pytest.approx(0.83)  # the 18th of 20 from the best
    assert worst_tenth([measured(F=0.9), measured(F=0.5)], asked_width=4)["F"] == 0.5


def test_lost_lines_are_as_bad_as_doubled_ones_and_an_empty_page_is_worst() -> None:
    assert badness("L", 0.5, 4) == pytest.approx(badness("L", 2.0, 4))
    assert badness("comp", 0.0, 4) == math.inf
    assert worst_tenth([measured(L=value) for value in (1.1, 0.4, 1.9)], asked_width=4)["L"] == 0.4


def test_signed_metrics_and_width_count_their_distance() -> None:
    found = worst_tenth([measured(ends=-9, width=2), measured(ends=3, width=7)], asked_width=4)
    assert (found["ends"], found["width"]) == (-9, 7)


def test_the_median_is_taken_per_metric() -> None:
    found = median([measured(F=0.2, L=3), measured(F=0.8, L=1), measured(F=0.9, L=2)])
    assert (found["F"], found["L"]) == (0.8, 2)


def test_rows_stand_under_the_heading() -> None:
    assert len(heading("image")) == len(row("fish (plain) otsu", measured()))
    assert heading("image").split() == ["image", *FIGURES]
    assert row("x", measured(F=0.5)).split()[:2] == ["x", "0.500"]
