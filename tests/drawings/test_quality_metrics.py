# SPDX-License-Identifier: GPL-3.0-or-later
"""The metrics on drawings small enough to count by hand.

The truth is one horizontal line of 4 px, 200 px long, on a page of 250 x 250, so the tolerance is 1 px.
Thinning eats about half a line's width at each end, hence the slack of a few pixels in lengths.
"""

from __future__ import annotations

import numpy as np
import pytest

from drawings.metrics import METRICS, Lineart, count_neighbours, distance_to, measure


def blank() -> np.ndarray:
    return np.full((250, 250), 255, np.uint8)


def line(top: int = 100, *, height: int = 4, left: int = 25, right: int = 225) -> np.ndarray:
    page = blank()
    page[top : top + height, left:right] = 0
    return page


TRUTH = line()


def test_the_truth_itself_is_ideal() -> None:
    assert measure(TRUTH, TRUTH) == {
        "F": 1, "P": 1, "R": 1, "L": 1, "ends": 0, "comp": 1, "grey": 0, "dirt": 0, "width": 4,
    }  # fmt: skip
    assert tuple(measure(TRUTH, TRUTH)) == METRICS


def test_uint8_and_float_measure_the_same() -> None:
    shifted = line(101)
    assert measure(shifted, TRUTH) == measure(shifted / 255, TRUTH.astype(np.float32) / 255)


def test_a_line_within_the_tolerance_is_right_and_one_beyond_it_is_wrong() -> None:
    assert measure(line(101), TRUTH)["F"] == 1  # 1 px off, 0.004 x 250 = 1 px allowed
    beyond = measure(line(102), TRUTH)
    assert (beyond["F"], beyond["P"], beyond["R"]) == (0, 0, 0)
    assert beyond["L"] == 1


def test_a_line_left_unmerged_doubles_the_length_and_halves_the_precision() -> None:
    doubled = np.minimum(TRUTH, line(112))
    found = measure(doubled, TRUTH)
    assert found["L"] == 2
    assert (found["P"], found["R"]) == (0.5, 1)
    assert found["F"] == pytest.approx(2 / 3)
    assert found["comp"] == 2
    assert found["ends"] == pytest.approx(1000 * 2 / Lineart.of(TRUTH).length)


def test_a_missing_half_halves_the_recall_and_the_length() -> None:
    found = measure(line(right=125), TRUTH)
    assert found["P"] == 1
    assert found["R"] == pytest.approx(0.5, abs=0.02)
    assert found["L"] == pytest.approx(0.5, abs=0.02)
    assert found["comp"] == 1
    assert found["ends"] == 0


def test_a_gap_adds_two_ends_and_a_component() -> None:
    broken = TRUTH.copy()
    broken[:, 120:130] = 255
    found = measure(broken, TRUTH)
    assert found["comp"] == 2
    assert found["ends"] == pytest.approx(1000 * 2 / Lineart.of(TRUTH).length)
    assert found["P"] == 1
    assert found["F"] > 0.96  # which is why F alone does not do


def test_specks_raise_components_ends_and_dirt() -> None:
    specks = TRUTH.copy()
    specks[200, 30:230:20] = 0  # ten of one pixel, 96 px below the line
    found = measure(specks, TRUTH)
    assert found["comp"] == 11
    assert found["ends"] == pytest.approx(1000 * 10 / Lineart.of(TRUTH).length)
    far = (distance_to(TRUTH == 0) > 24).sum()
    assert found["dirt"] == pytest.approx(100 * 10 / far)


def test_dirt_counts_faint_grey_but_only_away_from_the_truth() -> None:
    near, far = TRUTH.copy(), TRUTH.copy()
    near[85:90, 25:225] = 230
    far[200:205, 25:225] = 230
    assert measure(near, TRUTH)["dirt"] == 0
    assert measure(far, TRUTH)["dirt"] == pytest.approx(
        100 * 5 * 200 * (25 / 255) / (distance_to(TRUTH == 0) > 24).sum(), rel=1e-4
    )


@pytest.mark.parametrize("height", [2, 4, 8, 12])
def test_width_is_that_of_the_line(height: int) -> None:
    assert measure(line(102 - height // 2, height=height), TRUTH)["width"] == height


def test_grey_counts_what_is_neither_ink_nor_paper() -> None:
    soft = TRUTH.copy()
    soft[99, 25:225] = 180  # one row of edge to four rows of ink
    assert measure(soft, TRUTH)["grey"] == pytest.approx(0.25)
    soft[99, 25:225] = 250  # as good as paper
    assert measure(soft, TRUTH)["grey"] == 0


def test_an_empty_page_is_all_wrong_without_failing() -> None:
    found = measure(blank(), TRUTH)
    assert (found["F"], found["L"], found["comp"], found["grey"], found["width"]) == (0, 0, 0, 0, 0)
    assert found["ends"] < 0


def test_impossible_requests_are_refused() -> None:
    with pytest.raises(ValueError, match="one shape"):
        measure(TRUTH[:-1], TRUTH)
    with pytest.raises(ValueError, match="no ink"):
        measure(TRUTH, blank())
    with pytest.raises(ValueError, match="grey image"):
        measure(np.dstack([TRUTH] * 3), np.dstack([TRUTH] * 3))
    with pytest.raises(ValueError, match="uint8 or float"):
        measure(TRUTH.astype(np.int32), TRUTH.astype(np.int32))


def test_neighbours_at_the_border_are_not_mirrored() -> None:
    mask = np.ones((3, 3), bool)
    assert count_neighbours(mask).tolist() == [[3, 5, 3], [5, 8, 5], [3, 5, 3]]
