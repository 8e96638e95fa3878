# SPDX-License-Identifier: GPL-3.0-or-later
"""Ink is told from what it lies on, in anybody's lineart."""

from __future__ import annotations

import numpy as np
import pytest

from smart_lineart.inking.areas.ink import ink_of


def line(tone: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """A broad line of one tone on nothing: luma and alpha."""
    alpha = np.zeros((80, 100), np.uint8)
    alpha[30:36, 5:95] = 255
    alpha[36, 5:95] = 120
    return np.where(alpha > 0, np.uint8(tone), np.uint8(0)), alpha


@pytest.mark.parametrize("tone", [0, 90, 180, 240, 255])
def test_ink_on_nothing_is_what_is_painted_in_any_colour(tone: int) -> None:
    grey, alpha = line(tone)
    found = ink_of(grey, alpha)
    np.testing.assert_array_equal(found.coverage, alpha)
    assert not found.on_paper


@pytest.mark.parametrize(("paper", "tone"), [(255, 0), (255, 100), (230, 40), (200, 120), (245, 20)])
def test_ink_on_paper_is_what_is_darker(paper: int, tone: int) -> None:
    _, alpha = line()
    grey = np.rint(paper + (tone - paper) * (alpha / 255)).astype(np.uint8)
    found = ink_of(grey, np.full_like(alpha, 255))
    assert found.on_paper
    assert np.abs(found.coverage.astype(int) - alpha).max() <= 3


def test_a_figure_with_large_blacks_on_nothing_is_no_paper() -> None:
    grey, alpha = line()
    alpha[5:70, 10:80] = 255
    assert not ink_of(grey, alpha).on_paper


def test_a_cut_out_sheet_is_paper_and_nothing_around_it_is_ink() -> None:
    grey, alpha = np.full((80, 100), 255, np.uint8), np.zeros((80, 100), np.uint8)
    alpha[10:70, 10:90] = 255
    grey[40:44, 20:80] = 10
    found = ink_of(grey, alpha)
    assert found.on_paper
    assert found.coverage[42, 50] == 255
    assert not found.coverage[:10].any()


def test_nothing_at_all() -> None:
    blank = np.zeros((9, 7), np.uint8)
    assert not ink_of(blank, blank).coverage.any()
    assert not ink_of(np.full((9, 7), 255, np.uint8), np.full((9, 7), 255, np.uint8)).coverage.any()
