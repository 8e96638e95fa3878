# SPDX-License-Identifier: GPL-3.0-or-later
"""Several passes mean one curve: no islands, no burrs, and loops stay loops."""

from __future__ import annotations

import cv2
import numpy as np

from drawings.one_curve import ISLAND, one_curve

SIDE = 600


def drawn(*lines: list[tuple[int, int]], width: int = 7) -> np.ndarray:
    out = np.zeros((300, SIDE), np.uint8)
    for line in lines:
        cv2.polylines(out, [np.array(line, np.int32)], False, 255, width)
    return out > 127


def length(line: np.ndarray) -> float:
    return float(np.hypot(*np.diff(line, axis=0).T).sum())


def test_passes_that_part_and_meet_are_one_open_curve_without_burrs() -> None:
    island = int(ISLAND * SIDE)  # as wide as is filled: 6 px
    apart = 7 + island - 2
    band = drawn(
        [(40, 150), (560, 150)],
        [(100, 150), (130, 150 + apart), (300, 150 + apart), (330, 150)],
        [(420, 150), (440, 175)],  # a burr
    )
    (line,) = one_curve(band, SIDE)
    assert np.ptp(line[:, 0]) > 500
    assert length(line) < 1.1 * 520
    assert line[:, 1].max() < 165


def test_a_wide_island_is_a_loop_whose_burrs_go_and_whose_tails_stay() -> None:
    loop = [(200, 100), (400, 100), (400, 200), (200, 200), (200, 100)]
    burr, tail = [(400, 150), (425, 150)], [(200, 150), (60, 150)]
    lines = one_curve(drawn(loop, burr, tail), SIDE)
    every = np.vstack(lines)
    assert every[:, 0].min() < 75  # the tail
    assert every[:, 0].max() < 405  # no burr
    assert abs(sum(map(length, lines)) - (600 + 140)) < 40


def test_a_ring_that_meets_nothing_is_a_ring() -> None:
    band = np.zeros((300, SIDE), np.uint8)
    cv2.circle(band, (300, 150), 80, 255, 9)
    (line,) = one_curve(band > 0, SIDE)
    assert abs(length(line) - 2 * np.pi * 80) < 40
    assert np.hypot(*(line[0] - line[-1])) < 2


def test_pieces_that_do_not_touch_are_a_curve_each() -> None:
    lines = one_curve(drawn([(40, 50), (300, 50)], [(40, 200), (500, 210)]), SIDE)
    assert sorted(round(length(line), -2) for line in lines) == [300, 500]


def test_a_small_ring_is_filled_and_means_a_stroke() -> None:
    (line,) = one_curve(drawn([(100, 100), (200, 100), (200, 110), (100, 110), (100, 100)], width=5), SIDE)
    assert length(line) < 130
    assert one_curve(np.zeros((50, 50), bool), SIDE) == []
