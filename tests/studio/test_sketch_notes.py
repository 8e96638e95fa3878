# SPDX-License-Identifier: GPL-3.0-or-later
"""How a sketch was seen is kept with its ink, so that a file opened again is inked the same way."""

from __future__ import annotations

import json
from typing import Any

import pytest

from smart_lineart.inking import Calibration, Features, Rect
from smart_lineart.inking.strokes import Strokes
from smart_lineart.studio.engine import CachedFeatures, noted_extent

SEEN = Calibration(
    detail=None, scale=0.5, inverted=False, darkest=0.9, firm=0.6, drawn=0.05, certain=50000.0, usual=3.5
)


def cached() -> CachedFeatures:
    lines = Features((300, 400), 0.5, False, Strokes.empty(), None, SEEN)
    return CachedFeatures("d", "{a}", lines, Rect(-128, 0, 400, 300), 0.25, 0.5)


def test_notes_come_back_through_json() -> None:
    notes = json.loads(json.dumps(cached().notes()))
    back = CachedFeatures.from_notes("d", "{a}", notes)
    assert back is not None
    assert (back.area, back.detail, back.auto_scale) == (Rect(-128, 0, 400, 300), 0.25, 0.5)
    assert back.features.calibration == SEEN
    assert back.features.size == (300, 400)
    assert back.read is None


@pytest.mark.parametrize(
    "change",
    [
        {"area": None},
        {"area": [1, 2, 3]},
        {"area": [0, 0, float("inf"), 3]},
        {"detail": "much"},
        {"auto_scale": []},
    ],
)
def test_notes_that_make_no_sense_are_none(change: dict[str, Any]) -> None:
    assert CachedFeatures.from_notes("d", "{a}", {**cached().notes(), **change}) is None


@pytest.mark.parametrize("notes", [None, [], "x", {}, {"area": [0, 0, 1, 1]}])
def test_other_things_are_no_notes(notes: object) -> None:
    assert CachedFeatures.from_notes("d", "{a}", notes) is None


def test_a_damaged_calibration_only_loses_the_calibration() -> None:
    notes = {**cached().notes(), "calibration": {"scale": -4}}
    back = CachedFeatures.from_notes("d", "{a}", notes)
    assert back is not None
    assert back.features.calibration is None


@pytest.mark.parametrize("extent", [float("nan"), float("inf"), -1.0, True, None, "far", [1]])
def test_how_far_lines_reach_is_not_known_where_the_note_makes_no_sense(extent: object) -> None:
    assert noted_extent({"extent": extent}) is None
    assert noted_extent(extent) is None


def test_how_far_lines_reach_is_kept() -> None:
    assert noted_extent(json.loads(json.dumps(cached().notes()))) == cached().extent == 0.0
