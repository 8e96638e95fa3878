# SPDX-License-Identifier: GPL-3.0-or-later
"""Tones laid under a sketch fill areas evenly and change nothing to be inked; blacks are spotted."""

from __future__ import annotations

import numpy as np
import pytest

from training import flats
from training.flats import DEEP_TONES, MOST_BLACK, with_flats
from training.scenes import Patch

SIDE = 96


@pytest.fixture
def patch() -> Patch:
    line = np.zeros((SIDE, SIDE), np.float32)
    line[:, 46:49] = 1
    line[30:33, :] = 1
    return Patch(0.8 * line, line, np.zeros_like(line))


@pytest.fixture
def no_blacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flats, "BLACK", 0.0)


@pytest.fixture
def blacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flats, "BLACK", 1.0)


@pytest.mark.usefixtures("no_blacks")
def test_what_is_to_be_inked_stays(patch: Patch) -> None:
    laid = with_flats(np.random.default_rng(1), patch)
    assert laid.line is patch.line
    assert laid.solid is patch.solid
    assert laid.sketch.dtype == np.float32
    assert laid.sketch.shape == (SIDE, SIDE)
    assert (laid.sketch >= patch.sketch - 1e-6).all()


@pytest.mark.usefixtures("no_blacks")
def test_areas_have_tones_of_their_own_and_lines_are_darker(patch: Patch) -> None:
    middles = [(12, 20), (12, 75), (65, 20), (65, 75)]
    found = set()
    for seed in range(40):
        dark = with_flats(np.random.default_rng(seed), patch).sketch
        tones = np.array([dark[y - 5 : y + 6, x - 5 : x + 6].mean() for y, x in middles])
        assert tones.max() <= max(DEEP_TONES) + 0.06
        assert (dark[60:70, 47].mean() > tones[2:]).all()
        found.add(len(np.unique(tones.round(1))))
    assert {1, 2, 3} <= found, "always the same number of tones"


def test_the_same_seed_gives_the_same_tones(patch: Patch) -> None:
    one, other = (with_flats(np.random.default_rng(7), patch).sketch for _ in range(2))
    np.testing.assert_array_equal(one, other)


@pytest.mark.usefixtures("blacks")
def test_one_area_is_blacked_up_to_its_lines(patch: Patch) -> None:
    middles = [(12, 20), (12, 75), (65, 20), (65, 75)]
    blacked = set()
    for seed in range(40):
        laid = with_flats(np.random.default_rng(seed), patch)
        black = [number for number, (y, x) in enumerate(middles) if laid.solid[y, x] == 1]
        assert len(black) == 1
        blacked.update(black)
        y, x = middles[black[0]]
        assert laid.sketch[y - 5 : y + 6, x - 5 : x + 6].mean() > 0.4
        assert laid.solid.mean() < MOST_BLACK + 0.1
        assert (laid.line[laid.solid > 0.5] > 0).mean() < 0.02, "a line in a black"
        gap = (laid.solid == 0) & (laid.line == 0) & (patch.line > 0.5)
        assert not gap.any(), "paper between a black and its outline"
    assert blacked == {0, 1}, "the other two are too large"


@pytest.mark.usefixtures("blacks")
def test_a_light_in_a_black_stays_white(patch: Patch) -> None:
    solid = np.ones((SIDE, SIDE), np.float32)
    solid[40:56, 40:56] = 0
    pupil = Patch(0.8 * solid, np.zeros_like(solid), solid)
    for seed in range(10):
        assert with_flats(np.random.default_rng(seed), pupil).solid is solid
