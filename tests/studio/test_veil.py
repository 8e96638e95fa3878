# SPDX-License-Identifier: GPL-3.0-or-later
"""How far a sketch is held back, and what the artist's own hand makes of it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from smart_lineart.studio.settings import DocumentState, LineartRecord
from smart_lineart.studio.veil import Veil

LAID = Veil(own=200, faded=77, on=True)


@pytest.mark.parametrize(
    ("veil", "opacity", "seen"),
    [
        (LAID, 77, LAID),
        (LAID, 40, replace(LAID, faded=40)),
        (LAID, 120, replace(LAID, faded=120)),
        (LAID, 200, replace(LAID, on=False)),
        (LAID, 255, replace(LAID, on=False, own=255)),
        (replace(LAID, laid=False), 200, replace(LAID, laid=False)),
        (replace(LAID, laid=False), 100, replace(LAID, laid=False, own=100, faded=50)),
        (replace(LAID, on=False, faded=40), 200, replace(LAID, on=False, faded=40)),
        (replace(LAID, on=False), 60, replace(LAID, on=False, own=60, faded=30)),
    ],
)
def test_what_the_artist_sets_by_hand_is_theirs(veil: Veil, opacity: int, seen: Veil) -> None:
    assert veil.seen(opacity) == seen


def test_a_sketch_that_is_faint_already_gets_half_as_faint() -> None:
    assert Veil.over(255).faded == 77
    assert Veil.over(60) == Veil(own=60, faded=30)


def test_a_document_keeps_it_and_older_ones_have_none() -> None:
    state = DocumentState(None, (LineartRecord("{a}", ("{b}",), veil=replace(LAID, hidden=True)),))
    text = state.to_json()
    assert DocumentState.from_json(text) == state
    values = json.loads(text)
    del values["records"][0]["veil"]
    assert DocumentState.from_json(json.dumps(values)).records[0].veil is None


@pytest.mark.parametrize(
    "change",
    [{"own": 256}, {"faded": -1}, {"own": True}, {"own": 2.5}, {"own": None}, {"on": 1}, {"laid": "yes"}],
)
def test_what_makes_no_sense_is_none(change: dict[str, object]) -> None:
    values = {"own": 200, "faded": 77, "on": True, "hidden": False, "laid": True}
    assert Veil.from_dict(values) is not None
    assert Veil.from_dict({**values, **change}) is None
    assert Veil.from_dict([]) is None


def test_the_colour_beneath_is_kept_and_one_that_makes_no_sense_is_none() -> None:
    veil = replace(LAID, paper="#f0e6d2", beneath=True)
    values = {"own": 200, "faded": 77, "on": True, "hidden": False, "laid": True}
    assert Veil.from_dict({**values, "paper": "#f0e6d2", "beneath": True}) == veil
    more = {"told": "#e7e7e7ff", "form": "GRAYA/U8/gray", "former": "#0a141e00"}
    known = {**values, "paper": "#f0e6d2", "beneath": True, **more}
    assert Veil.from_dict(known) == replace(veil, **more)
    for nonsense in ({"told": 3}, {"told": "#e7e7e7"}, {"former": "white"}):
        assert Veil.from_dict({**known, **nonsense}) == replace(veil, form=more["form"])
    assert Veil.from_dict({**known, "form": 3}) == replace(veil, **{**more, "form": ""})
    for wrong in (
        {"paper": "white"},
        {"paper": "#f0e6d2\n"},
        {"paper": 3},
        {"paper": "#f0e6d2", "beneath": 1},
    ):
        assert Veil.from_dict({**values, "beneath": True, **wrong}) == LAID
