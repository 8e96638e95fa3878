# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
from dataclasses import replace

import pytest

from smart_lineart.studio.settings import (
    MOST_RECORDS,
    Colour,
    DocumentState,
    InkSettings,
    LineartRecord,
    shown_thickness,
    thickness_in_pixels,
)


def test_a_document_state_survives_its_file() -> None:
    state = DocumentState(
        InkSettings(7.5, "mm", "brush", -0.5, 0.2, "foreground"),
        (LineartRecord("{a}", ("{b}", "{c}"), InkSettings(thickness=2.0)),),
    )
    assert DocumentState.from_json(state.to_json()) == state
    assert json.loads(state.to_json())["version"] == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "[]",
        '{"settings": 3, "records": {"a": 1}}',
        "null",
        '{"records": [3, {"sketch": 4}, {"layers": []}]}',
    ],
)
def test_a_damaged_note_gives_the_defaults(text: str) -> None:
    assert DocumentState.from_json(text) == DocumentState()


def test_values_out_of_range_or_unknown_do_no_harm() -> None:
    found = InkSettings.from_dict(
        {
            "thickness": 1e9,
            "faint": -3,
            "detail": float("nan"),
            "style": "",
            "unit": "inch",
            "colour": 7,
            "unheard": 1,
        }
    )
    assert found == InkSettings(thickness=100.0, faint=0.0)
    assert InkSettings.from_dict({"thickness": True}) == InkSettings()


def test_a_colour_that_was_taken_survives_its_file() -> None:
    colour = Colour("CMYKA", "U16", "some profile", (0.25, 1.0, 0.0, 0.5, 1.0))
    settings = InkSettings(colour=colour)
    state = DocumentState(None, (LineartRecord("{a}", ("{b}",), settings),))
    assert DocumentState.from_json(state.to_json()) == state
    assert settings.with_value("colour", "black").colour == "black"


@pytest.mark.parametrize(
    "colour",
    [
        {},
        {"model": "RGBA", "components": []},
        {"components": [1.0] * 9},
        {"components": [float("nan")]},
        {"components": [1e30]},
        {"components": [True]},
        {"components": "1, 2"},
    ],
)
def test_a_colour_that_makes_no_sense_is_not_taken(colour: dict) -> None:
    assert InkSettings.from_dict({"colour": colour}).colour == "black"


def test_a_record_without_settings_has_those_of_its_document() -> None:
    old = {"settings": {"thickness": 6.0}, "records": [{"sketch": "{a}"}, {"sketch": "{b}", "settings": {}}]}
    records = DocumentState.from_json(json.dumps(old)).records
    assert [record.settings.thickness for record in records] == [6.0, 4.0]


def test_ink_of_a_document_without_a_weight_is_as_drawn() -> None:
    """It was: what is inked again must not jump. New sketches get what is usual now."""
    old = {"settings": {"thickness": 6.0}, "records": [{"sketch": "{a}"}, {"sketch": "{b}", "settings": {}}]}
    state = DocumentState.from_json(json.dumps(old))
    assert [record.settings.weight for record in state.records] == [1.0, 1.0]
    assert DocumentState.from_json(state.to_json()) == state
    assert state.settings is not None
    assert state.settings.weight == InkSettings().weight


@pytest.mark.parametrize(("kept", "weight"), [({}, 1.0), ({"weight": 0.25}, 0.25), ({"weight": -3}, 0.0)])
def test_a_weight_that_is_set_stays_within_its_limits(kept: dict, weight: float) -> None:
    assert InkSettings.of_ink(kept).weight == weight


def test_a_part_may_have_a_weight_of_its_own() -> None:
    whole = InkSettings(weight=1.0)
    values = replace(whole, weight=0.5).apart_from(whole)
    assert values == {"weight": 0.5}
    assert whole.with_values(values).weight == 0.5
    assert whole.with_values({"thickness": 9.0}).weight == 1.0


OLD_INK = {"sketch": "{a}", "settings": {"faint": 0.3}}


def test_ink_of_a_document_from_when_faint_was_cut_by_strength_still_is() -> None:
    """What is inked again must not jump, until the artist moves that slider."""
    state = DocumentState.from_json(json.dumps({"records": [OLD_INK]}))
    settings = state.records[0].settings
    assert (settings.faint, settings.cut) == (0.3, "strength")
    assert DocumentState.from_json(state.to_json()) == state
    assert settings.with_value("thickness", 9.0).cut == "strength"
    assert settings.with_value("faint", 0.3).cut == "share"
    assert InkSettings.from_dict(OLD_INK["settings"]).cut == "share", "no ink was made of it"


@pytest.mark.parametrize(
    ("kept", "cut"),
    [
        ({}, "share"),
        ({"faint": 0.5}, "share"),
        ({"faint": 0.9}, "strength"),
        ({"faint": 0.9, "cut": "share"}, "share"),
        ({"faint": 0.9, "cut": "length"}, "share"),
        ({"cut": "strength"}, "strength"),
    ],
)
def test_where_both_leave_out_the_same_it_is_cut_as_now(kept: dict, cut: str) -> None:
    assert InkSettings.of_ink(kept).cut == cut


def test_a_part_tells_what_its_faint_counts_in() -> None:
    whole = InkSettings()
    part = whole.with_value("faint", 0.2)
    assert part.apart_from(whole) == {"faint": 0.2, "cut": "share"}
    older = InkSettings.of_ink({"weight": whole.weight, "faint": 0.2})
    assert older.with_values(part.apart_from(whole)) == part
    assert whole.with_values({"faint": 0.2}).cut == "strength", "as it was when it was set"
    assert whole.with_values({"faint": 0.5}).cut == "share"
    assert replace(part, cut="strength").apart_from(part) == {"faint": 0.2, "cut": "strength"}
    assert older.with_values({"thickness": 9.0}).cut == "strength"


def test_a_newer_file_keeps_what_is_understood() -> None:
    text = json.dumps({"version": 99, "settings": {"thickness": 6.0, "sparkle": True}, "records": []})
    assert DocumentState.from_json(text).settings.thickness == 6.0


def test_millimetres_depend_on_the_resolution() -> None:
    settings = InkSettings(thickness=300.0 / 25.4, unit="mm")
    assert shown_thickness(settings, 300.0) == pytest.approx(1.0)
    assert thickness_in_pixels(1.0, "mm", 600.0) == pytest.approx(600 / 25.4)
    assert thickness_in_pixels(3.0, "px", 600.0) == 3.0


def test_every_layer_that_was_a_lineart_counts_and_the_newest_is_last() -> None:
    record = LineartRecord("{sketch}").with_layer("{1}").with_layer("{2}").with_layer("{1}")
    assert record.layers == ("{2}", "{1}")
    state = DocumentState().with_record(record)
    assert state.record_of("{2}") is state.record_of("{sketch}") is state.records[0]
    assert state.record_of("{other}") is None


def test_the_lineart_of_one_sketch_may_be_the_sketch_of_another() -> None:
    first = LineartRecord("{a}", ("{b}",))
    state = DocumentState().with_record(first).with_record(LineartRecord("{b}", ("{c}",)))
    assert state.record_of("{b}") == first


def test_a_long_day_of_dragging_does_not_grow_the_file_without_end() -> None:
    record = LineartRecord("{a}")
    for number in range(500):
        record = record.with_layer(str(number))
    assert len(record.layers) == 64
    assert record.layers[-1] == "499"


def test_every_kept_colour_has_a_record_of_its_own_dark_among_them() -> None:
    """Dark lines are kept apart, too, where a sketch that was all colours got them later."""
    hues = ("", "dark", "blue")
    state = DocumentState(None, tuple(LineartRecord("{s}", (f"{{{hue}}}",), hue=hue) for hue in hues))
    assert DocumentState.from_json(state.to_json()) == state


def test_a_record_of_a_colour_that_is_not_known_is_not_the_linearts() -> None:
    records = [{"sketch": "{s}", "layers": ["{new}"], "hue": hue} for hue in ("mauve", 3, ["red"])]
    known = {"sketch": "{s}", "layers": ["{a}"]}
    state = DocumentState.from_json(json.dumps({"version": 1, "records": [*records, known]}))
    assert [(one.layers, one.hue) for one in state.records] == [(("{a}",), "")]


def test_a_file_holds_one_record_of_each_lineart_and_no_more_than_anyone_draws() -> None:
    """Each is looked at several times a second."""
    again = [{"sketch": "{s}", "layers": [f"{{{n}}}"], "hue": "red"} for n in range(MOST_RECORDS + 9)]
    state = DocumentState.from_json(json.dumps({"version": 1, "records": again}))
    assert [one.layers for one in state.records] == [("{0}",)]
    many = [{"sketch": f"{{{n}}}"} for n in range(MOST_RECORDS + 9)]
    state = DocumentState.from_json(json.dumps({"version": 1, "records": many}))
    assert [one.sketch for one in state.records] == [one["sketch"] for one in many[9:]]
