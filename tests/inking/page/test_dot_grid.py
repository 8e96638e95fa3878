# SPDX-License-Identifier: GPL-3.0-or-later
"""The dots of dotted paper go; dots that somebody drew stay."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from smart_lineart.inking.page.dot_grid import DARK, LEAST, dot_size, without_dots
from tests.inking.pictures import line_map, ring, straight

SIZE = (700, 520)
LINES = line_map(SIZE, ring(260, 300, 150), straight((60, 600), (460, 640)), thickness=4)


def grid(pitch: float, radius: float, degrees: float = 0.0, tone: int = 110) -> NDArray[np.uint8]:
    """A page of dots, turned, as darkness."""
    page = np.zeros(SIZE, np.uint8)
    angle = np.radians(degrees)
    turn = np.cos(angle) + 1j * np.sin(angle)  # Wine has no complex exponential
    steps = np.arange(-900, 900, pitch)
    for place in (turn * (x + 1j * y) for x in steps for y in steps):
        if 8 < place.real < SIZE[1] - 8 and 8 < place.imag < SIZE[0] - 8:
            at = round(place.real * 16), round(place.imag * 16)
            cv2.circle(page, at, round(radius * 16), tone, -1, cv2.LINE_AA, 4)
    return page


@pytest.mark.parametrize("degrees", [0, 1.3, 20])
@pytest.mark.parametrize(("pitch", "radius"), [(18, 1.0), (26, 1.6), (40, 2.5)])
def test_dots_on_a_grid_are_taken_out_and_lines_left(pitch: float, radius: float, degrees: float) -> None:
    dots = grid(pitch, radius, degrees)
    page = np.maximum(dots, LINES)
    size = dot_size(page)
    assert size > 0
    cleared = without_dots(page, size)
    drawn = cv2.dilate(LINES, np.ones((9, 9))) > 0
    assert (cleared[~drawn] > 0).mean() < 0.002
    np.testing.assert_array_equal(cleared[LINES > 128], page[LINES > 128])


@pytest.mark.parametrize("pitch", [5.3, 5.6, 6.0])
def test_the_dots_of_fine_tone_are_taken_out_too(pitch: float) -> None:
    """Their middles are told to half a px, which is much of so short a distance."""
    dots = grid(pitch, 1.2, 45, 210)
    cleared = without_dots(np.maximum(dots, LINES), dot_size(dots))
    assert (cleared[cv2.dilate(LINES, np.ones((11, 11))) == 0] > DARK).mean() < 0.002


def test_what_is_larger_than_a_dot_stays() -> None:
    page = grid(26, 1.6)
    cv2.circle(page, (249, 353), 5, 220, -1)
    cv2.circle(page, (301, 353), 5, 220, -1)
    cleared = without_dots(page, dot_size(page))
    assert cleared[353, 249] == cleared[353, 301] == 220


@pytest.mark.parametrize("degrees", [0, 30, 45])
@pytest.mark.parametrize(("pitch", "radius"), [(12, 3.5), (14, 5.0), (20, 6.0)])
def test_of_tone_that_the_border_cuts_nothing_is_left(pitch: float, radius: float, degrees: float) -> None:
    tone = grid(pitch, radius, degrees, 220)[101:597, 83:431]  # cut on all sides
    tone[375:] = 0  # and where it ends
    size = dot_size(tone)
    assert size > 0
    assert not (without_dots(tone, size) > DARK).any()


def scattered(count: int, seed: int = 2) -> NDArray[np.uint8]:
    """Dots that somebody set."""
    rng = np.random.default_rng(seed)
    page = np.zeros(SIZE, np.uint8)
    for x, y in rng.uniform(10, 500, (count, 2)):
        cv2.circle(page, (int(x), int(y)), 2, 110, -1)
    return page


def grain() -> NDArray[np.uint8]:
    """Paper whose specks have every size."""
    rough = cv2.GaussianBlur(np.random.default_rng(4).normal(0, 1, SIZE), (0, 0), 2)
    return ((rough > 0.25) * 90).astype(np.uint8)


@pytest.mark.parametrize("page", [scattered(400), scattered(120), grain(), LINES, np.zeros(SIZE, np.uint8)])
def test_other_pages_have_no_grid(page: NDArray[np.uint8]) -> None:
    assert dot_size(page) == 0


def test_a_few_dots_in_a_row_are_drawn() -> None:
    page = np.zeros(SIZE, np.uint8)
    for number in range(LEAST - 1):
        cv2.circle(page, (20 + 20 * (number % 20), 100 + 20 * (number // 20)), 2, 110, -1)
    assert dot_size(page) == 0
