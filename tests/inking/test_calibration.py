# SPDX-License-Identifier: GPL-3.0-or-later
"""A page is seen as before as long as it looks alike; a damaged note of that is none."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from smart_lineart.inking import Calibration
from smart_lineart.inking.page.calibration import LEAST_USUAL
from smart_lineart.inking.page.scale import MAX_SCALE, MIN_SCALE
from smart_lineart.inking.page.sheet import Sheet

SEEN = Calibration(
    detail=None, scale=0.5, inverted=False, darkest=0.6, firm=0.6, drawn=0.05, certain=50000.0, usual=3.5
)
NOW: dict[str, Any] = {"inverted": False, "darkest": 0.6, "firm": 0.6, "drawn": 0.05}


@pytest.mark.parametrize(
    ("change", "suits"),
    [
        ({}, True),
        ({"inverted": True}, False),
        ({"darkest": 0.41}, True),
        ({"darkest": 0.39}, False),
        ({"darkest": 0.89}, True),
        ({"darkest": 0.91}, False),
        ({"drawn": 0.149}, True),
        ({"drawn": 0.151}, False),
        ({"drawn": 0.0168}, True),
        ({"drawn": 0.0165}, False),
        ({"drawn": 0.0}, False),
    ],
)
def test_a_page_that_looks_otherwise_is_measured_anew(change: dict[str, Any], suits: bool) -> None:
    assert SEEN.suits(**{**NOW, **change}) is suits


def test_a_nearly_blank_page_may_be_drawn_on_a_little() -> None:
    blank = replace(SEEN, drawn=0.0)
    assert blank.suits(**{**NOW, "drawn": 0.0019})
    assert not blank.suits(**{**NOW, "drawn": 0.0021})


@pytest.mark.parametrize("firm", [0.6, 0.5])
def test_lines_drawn_a_little_firmer_are_seen_alike(firm: float) -> None:
    assert SEEN.suits(**{**NOW, "firm": firm})
    assert not replace(SEEN, firm=0.1).suits(**{**NOW, "firm": firm})


def test_notes_come_back() -> None:
    cut = np.zeros((60, 90), np.bool_)
    cut[:, 70:] = True
    framed = replace(SEEN, smoothing=3, sheet=Sheet(cut))
    shared = replace(SEEN, firmest=(0.4, 0.4, 1.25), lightest=(0.0, 0.1), rise=14)
    for seen in (SEEN, replace(SEEN, detail=0.75, searching=True, inverted=True), framed, shared):
        assert Calibration.from_dict(seen.to_dict()) == seen
        assert Calibration.from_dict(json.loads(json.dumps(seen.to_dict()))) == seen


def test_notes_from_before_there_were_shares_tell_none() -> None:
    later = ("firmest", "lightest", "rise")
    earlier = {name: value for name, value in SEEN.to_dict().items() if name not in later}
    assert Calibration.from_dict(earlier) == SEEN


@pytest.mark.parametrize("name", ["firmest", "lightest"])
@pytest.mark.parametrize(
    "shares",
    [None, 3, "12", [0.2, 0.1], [-0.1], [float("nan")], [float("inf")], [1e9], [True], [None], [0.1] * 101],
)
def test_shares_that_no_page_has_are_damage(name: str, shares: Any) -> None:
    assert Calibration.from_dict({**SEEN.to_dict(), name: [0.1, 0.2]}) is not None
    assert Calibration.from_dict({**SEEN.to_dict(), name: shares}) is None


@pytest.mark.parametrize("rise", [-1, 256, 1.5, None, True])
def test_a_rise_that_no_page_has_is_damage(rise: Any) -> None:
    assert Calibration.from_dict({**SEEN.to_dict(), "rise": rise}) is None


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("detail", MIN_SCALE, MAX_SCALE),
        ("scale", MIN_SCALE, MAX_SCALE),
        ("darkest", 0.001, 1.0),
        ("firm", 1e-4, 1.0),
        ("drawn", 0.0, 1.0),
        ("certain", 1.0, 65025.0),
        ("usual", LEAST_USUAL, 100.0),
    ],
)
def test_numbers_that_no_page_has_are_damage(name: str, low: float, high: float) -> None:
    values = SEEN.to_dict()
    for value in (low, high):
        assert Calibration.from_dict({**values, name: value}) is not None
    for value in (
        low - 1e-3,
        high * 1.01,
        float("nan"),
        float("inf"),
        True,
        "1",
        None if name != "detail" else [],
    ):
        assert Calibration.from_dict({**values, name: value}) is None


def test_a_width_that_is_not_known_yet_is_no_damage() -> None:
    assert LEAST_USUAL == 1 / 64
    assert Calibration.from_dict({**SEEN.to_dict(), "usual": 0.0}) is not None


@pytest.mark.parametrize("change", [{"inverted": 1}, {"searching": "no"}, {"another": 1}])
def test_other_damage_is_found(change: dict[str, Any]) -> None:
    assert Calibration.from_dict({**SEEN.to_dict(), **change}) is None


def test_notes_of_earlier_versions_are_understood() -> None:
    values = SEEN.to_dict()
    del values["searching"]
    assert Calibration.from_dict(values) == SEEN
    del values["usual"]
    assert Calibration.from_dict(values) is None
    assert Calibration.from_dict({**values, "middle": 2.0}) == replace(SEEN, usual=0.0)
