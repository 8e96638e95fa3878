# SPDX-License-Identifier: GPL-3.0-or-later
"""Hooks between passes become smooth ways in; corners that are meant, junctions and forks stay."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from smart_lineart.inking.lines.junctions import JunctionTuning, ease_junctions
from tests.inking.pictures import Floats, ring, straight

SIZE = (200, 300)
UNSURE, SURE = 110, 255
MAIN = straight((20, 100), (280, 100))


def bent(*places: tuple[float, float]) -> Floats:
    """A polyline through places, a vertex every px."""
    parts = [straight(a, b) for a, b in pairwise(places)]
    return np.concatenate([parts[0], *[part[1:] for part in parts[1:]]])


def eased(path: Floats, value: int = UNSURE, main: Floats = MAIN, ends: tuple[bool, bool] = (True, False)):
    lines = [main.astype(np.float32), path.astype(np.float32)]
    meets = np.array([(False, False), ends])
    probability = np.full(SIZE, value, np.uint8)
    first, second = ease_junctions(lines, meets, [False, False], probability)
    assert first is lines[0]
    return second


def sharpest(path: Floats) -> float:
    """Largest turn within 6 px of a line, in radians."""
    before, after = path[3:-3] - path[:-6], path[6:] - path[3:-3]
    cross = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
    return float(np.abs(np.arctan2(cross, (before * after).sum(1))).max())


@pytest.mark.parametrize("apart", [4, 8, 11])
@pytest.mark.parametrize("sense", [1, -1])
def test_an_unsure_hook_is_led_in_smoothly(apart: int, sense: int) -> None:
    hook = bent((150, 100), (150, 100 + apart), (150 + 90 * sense, 100 + apart))
    assert sharpest(hook) > 1.4
    way = eased(hook)
    before = MAIN[(MAIN[:, 0] - way[0, 0]) * sense < -0.5][::sense]
    assert sharpest(np.concatenate([before, way])) < 0.7
    assert abs(way[0, 1] - 100) < 0.01
    assert (150 - way[0, 0]) * sense > 0
    assert ((way[:, 1] > 99.9) & (way[:, 1] < 100.1 + apart)).all()
    far = np.abs(way[:, 0] - 150) > 3 * apart
    assert np.allclose(way[far & ((way[:, 0] - 150) * sense > 0), 1], 100 + apart, atol=0.01)
    assert np.hypot(*np.diff(way, axis=0).T).max() < 1.7


def test_both_ends_of_a_side_are_led_in_and_its_middle_stays() -> None:
    side = bent((100, 100), (100, 107), (200, 107), (200, 100))
    way = eased(side, ends=(True, True))
    assert sharpest(way) < 0.7
    assert way[0, 0] < 100
    assert way[-1, 0] > 200
    assert (way[np.abs(way[:, 0] - 150) < 25, 1] == 107).all()


def test_where_one_end_is_free_it_stays() -> None:
    side = bent((100, 100), (100, 107), (200, 107), (200, 100))
    way = eased(side)
    assert (way[-40:] == side[-40:].astype(np.float32)).all()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (bent((150, 100), (150, 108), (240, 108)), SURE),
        (bent((150, 100), (150, 160)), UNSURE),
        (bent((150, 100), (150, 116), (240, 116)), UNSURE),
        (bent((150, 100), (180, 106), (240, 106)), UNSURE),
        (bent((150, 100), (150, 108), (155, 108)), UNSURE),
    ],
    ids=["a corner that is sure", "a junction", "far apart", "a fork", "too short to say"],
)
def test_what_is_meant_stays(path: Floats, value: int) -> None:
    assert (eased(path, value) == path.astype(np.float32)).all()


def test_the_end_of_another_line_is_no_line_to_run_beside() -> None:
    path = bent((150, 100), (150, 108), (240, 108))
    assert (eased(path, main=straight((150, 100), (280, 100))) == path.astype(np.float32)).all()


def test_a_ring_may_be_run_into_anywhere() -> None:
    circle = ring(150, 100, 60).astype(np.float32)
    turn = np.linspace(0, 1.2, 80)
    arc = 150 + 52 * np.cos(turn), 100 + 52 * np.sin(turn)
    path = np.concatenate([straight((210, 100), (202, 100))[:-1], np.stack(arc, 1)]).astype(np.float32)
    meets = np.array([(False, False), (True, False)])
    probability = np.full(SIZE, UNSURE, np.uint8)
    # The ring begins and ends where it is met.
    way = ease_junctions([circle, path], meets, [True, False], probability)[1]
    assert sharpest(path) > 1.2
    assert sharpest(way) < 0.8


def test_no_lines_meet() -> None:
    lines = [MAIN.astype(np.float32)]
    assert ease_junctions(lines, np.zeros((1, 2), np.bool_), [False], np.zeros(SIZE, np.uint8)) is lines


HOOK = bent((150, 100), (150, 108), (240, 108))  # from its 6th vertex on, 6 px apart, it runs beside the line


def is_eased(path: Floats = HOOK, main: Floats = MAIN, value: int = UNSURE, **tuning: float) -> bool:
    lines = [main.astype(np.float32), path.astype(np.float32)]
    meets = np.array([(False, False), (True, False)])
    seen = np.full(SIZE, value, np.uint8)
    way = ease_junctions(lines, meets, [False, False], seen, JunctionTuning(**tuning))[1]
    return way.shape != path.shape or not np.array_equal(way, path.astype(np.float32))


@pytest.mark.parametrize(
    ("tuning", "eased"),
    [({"farthest": 6.0}, True), ({"farthest": 5.9}, False), ({"steep": 1.0}, True), ({"steep": 1.01}, False)],
)
def test_a_hook_holds_lines_so_far_apart_and_goes_straight_across(
    tuning: dict[str, float], eased: bool
) -> None:
    assert is_eased(**tuning) == eased


def test_lines_too_near_each_other_to_be_told_apart_are_no_hook() -> None:
    low = bent((150, 100), (150, 103), (240, 103))
    assert is_eased(low, nearest=3.0)
    assert not is_eased(low, nearest=3.1)


@pytest.mark.parametrize(("value", "eased"), [(152, True), (153, False)])
def test_a_way_across_that_is_sure_is_meant(value: int, eased: bool) -> None:
    assert is_eased(value=value, unsure=0.6) == eased


@pytest.mark.parametrize(("turn", "eased"), [(30, True), (34, False)])
def test_lines_run_beside_each_other_within_32_degrees(turn: float, eased: bool) -> None:
    """Cosine 0.85."""
    way = np.deg2rad(turn)
    stop = (150 + 90 * np.cos(way), 108 + 90 * np.sin(way))
    assert is_eased(bent((150, 100), (150, 108), stop), farthest=8.5) == eased


@pytest.mark.parametrize("end", [0, 1])
@pytest.mark.parametrize(("beyond", "eased"), [(4, True), (3, False)])
def test_the_line_runs_on_past_where_it_is_met(end: int, beyond: int, eased: bool) -> None:
    """For 5 px from one of its vertices there."""
    main = straight((150 - beyond, 100), (280, 100)) if not end else straight((20, 100), (150 + beyond, 100))
    path = HOOK if not end else np.stack([300 - HOOK[:, 0], HOOK[:, 1]], 1)
    assert is_eased(path, main) == eased


@pytest.mark.parametrize(("length", "eased"), [(15, True), (14, False)])
def test_a_path_is_long_enough_to_tell_where_it_goes(length: int, eased: bool) -> None:
    assert is_eased(HOOK[:length]) == eased


def test_the_nearest_of_two_lines_is_the_one_that_is_met() -> None:
    other = straight((20, 98.6), (280, 98.6))
    lines = [line.astype(np.float32) for line in (other, MAIN, HOOK)]
    meets = np.array([(False, False), (False, False), (True, False)])
    way = ease_junctions(lines, meets, [False] * 3, np.full(SIZE, UNSURE, np.uint8))[2]
    assert way[0, 1] == 100


def test_the_way_in_begins_once_its_distance_before_the_hook_and_ends_twice_behind_it() -> None:
    lines = [MAIN.astype(np.float32), HOOK.astype(np.float32)]
    meets = np.array([(False, False), (True, False)])
    way = ease_junctions(lines, meets, [False, False], np.full(SIZE, UNSURE, np.uint8))[1]
    assert way[0].tolist() == [144, 100]
    stop = 6 + 12
    np.testing.assert_array_equal(way[-len(HOOK) + stop + 1 :], HOOK[stop + 1 :])
    curve = way[: -len(HOOK) + stop + 1]
    assert curve[-1].tolist() == HOOK[stop].tolist()
    span = np.hypot(*(HOOK[stop] - [144, 100]))
    assert len(curve) == round(span) + 1
    # It leaves along the line and arrives along the path: half way it has gone half of the way aside.
    t = np.linspace(0, 1, len(curve))
    leave, arrive = np.array([span, 0]), np.array([span, 0])
    a, b = np.array([144.0, 100.0]), HOOK[stop]
    expected = (
        np.outer((1 + 2 * t) * (1 - t) ** 2, a)
        + np.outer(t * (1 - t) ** 2, leave)
        + np.outer(t**2 * (3 - 2 * t), b)
        + np.outer(t**2 * (t - 1), arrive)
    )
    np.testing.assert_allclose(curve, expected, atol=1e-3)
