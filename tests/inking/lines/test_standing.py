# SPDX-License-Identifier: GPL-3.0-or-later
"""How long lines stand while the lightest are left out: by how dark they are, and by where they lie."""

from __future__ import annotations

import numpy as np
import pytest
from pictures import ring, straight

from smart_lineart.inking.lines.standing import (
    LEFT,
    LIGHTER,
    STEPS,
    USUAL,
    amounts,
    limits,
    shares,
    standings,
    usual_shares,
)


def stood(*lines: tuple[np.ndarray, float, tuple[bool, bool]]) -> list[float]:
    """The standings of lines, each with how dark it is and which of its ends are free."""
    points = [np.asarray(line, np.float32) for line, _, _ in lines]
    rings = [bool(np.allclose(line[0], line[-1])) for line in points]
    free, firm = (
        np.array([free for _, _, free in lines]),
        np.array([dark for _, dark, _ in lines], np.float32),
    )
    return [float(one) for one in standings(points, rings, free, firm)]


LEFT_SIDE = straight((20, 20), (20, 120)), 1.0, (True, True)
RIGHT_SIDE = straight((90, 20), (90, 120)), 1.0, (True, True)


def test_of_lines_as_dark_those_stand_longer_that_go_on_from_others() -> None:
    between = straight((20, 50), (90, 50)), 0.3, (False, False)
    from_one = straight((20, 80), (70, 80)), 0.3, (False, True)
    alone = straight((40, 65), (75, 65)), 0.3, (True, True)
    _, _, closes, goes_on, stray = stood(LEFT_SIDE, RIGHT_SIDE, between, from_one, alone)
    assert 1.0 > closes > goes_on > 0.3 > stray


def test_what_goes_on_from_lighter_lines_gains_nothing() -> None:
    dark = straight((20, 50), (90, 50)), 1.5, (False, False)
    assert stood(LEFT_SIDE, RIGHT_SIDE, dark)[2] == pytest.approx(1.5)


def test_a_shape_that_closes_by_itself_stands_longer_than_one_that_is_open() -> None:
    circle = ring(60, 60, 20)
    closed, opened = stood((circle, 0.3, (False, False)), (circle[:100] + 200, 0.3, (True, True)))
    assert closed > 0.3 > opened


def test_the_shorter_a_stray_line_the_sooner_it_goes() -> None:
    found = stood(*((straight((0, 30 * n), (n, 30 * n)), 0.3, (True, True)) for n in (3, 10, 30, 100)))
    assert found == sorted(set(found))


def test_a_short_line_that_is_dark_enough_is_a_nose_and_no_dirt() -> None:
    assert stood((straight((0, 0), (8, 0)), 0.6, (True, True))) == [pytest.approx(0.6)]


def test_a_line_is_judged_by_lines_that_are_known_otherwise_too() -> None:
    line = np.asarray(straight((20, 50), (60, 50)), np.float32)
    known = [np.asarray(LEFT_SIDE[0], np.float32)]
    free, firm = np.array([[False, True]]), np.array([0.2], np.float32)
    with_others = standings([line], [False], free, firm, (known, np.ones(1, np.float32)))
    assert with_others[0] > standings([line], [False], free, firm)[0]


def test_broader_lines_look_darker() -> None:
    thin, broad = amounts([np.full(9, 0.5, np.float32), np.full(9, 2.0, np.float32)])
    assert thin < 1 < broad


def test_steps_are_even_in_length_whatever_the_lines_are_like() -> None:
    chance = np.random.default_rng(4)
    for spread in (chance.random(400) ** 6, 40 + chance.random(400), np.geomspace(1e-3, 9, 400)):
        standing, lengths = spread.astype(np.float32), chance.integers(5, 300, 400)
        until = limits(standing, np.ones(400, np.bool_), usual_shares(standing, lengths), ())
        assert until.min() == USUAL
        assert until.max() == 1.0
        for faint in np.linspace(USUAL, 1.0, 11):
            left = lengths[until >= faint].sum() / lengths.sum()
            assert left == pytest.approx(1 - (1 - LEFT) * (faint - USUAL) / (1 - USUAL), abs=0.02)


def test_lighter_lines_come_below_the_usual_faint_and_all_of_them_at_0() -> None:
    standing = np.linspace(0.01, 0.9, 100, dtype=np.float32)
    known = shares(standing, np.full(100, 7))
    assert len(known) == STEPS
    until = limits(standing, np.zeros(100, np.bool_), (), known)
    assert until.min() == 0.0
    assert until.max() == LIGHTER < USUAL
    assert (np.diff(until) > 0).all()


def test_one_line_and_none_have_shares_too() -> None:
    assert shares(np.zeros(0, np.float32), np.zeros(0, np.intp)) == ()
    one = np.array([0.7], np.float32)
    assert usual_shares(one, np.array([30])) == (pytest.approx(0.7),) * STEPS
    assert limits(one, np.ones(1, np.bool_), usual_shares(one, np.array([30])), ()) == 1.0
    assert len(standings([], [], np.zeros((0, 2), np.bool_), np.zeros(0, np.float32))) == 0
