# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json

from smart_lineart import __version__
from smart_lineart.cli import info
from smart_lineart.inking import STYLES, available_models, list_devices
from smart_lineart.said import Said


def test_json_has_models_with_their_cards_devices_and_styles(run):
    facts = json.loads(run("info", "--json").out)
    assert facts["version"] == __version__
    models = {model["name"]: model for model in facts["models"]}
    assert set(models) == {model.name for model in available_models()}
    for model in models.values():
        assert model["card"].startswith("#")
        assert len(model["sha256"]) == 64
    assert facts["model_faults"] == []
    found = {(device["runtime"], device["kind"]): device for device in facts["devices"]}
    assert found["openvino", "cpu"]["available"]
    assert len(facts["devices"]) == len(list_devices())
    assert all(device["reason"] for device in facts["devices"] if not device["available"])
    assert [style["name"] for style in facts["styles"]] == list(STYLES)


def test_the_same_is_told_to_people(run):
    ran = run("info")
    facts = json.loads(run("info", "--json").out)
    assert (ran.code, ran.err) == (0, "")
    told = [model["title"] for model in facts["models"]]
    told += [device["title"] for device in facts["devices"]]
    told += [device["reason"] for device in facts["devices"] if not device["available"]]
    told += [style["description"] for style in facts["styles"]]
    for text in told:
        assert text in ran.out


def test_a_damaged_model_is_named_and_the_rest_told(run, monkeypatch):
    def only_a_damaged_one(notify):
        notify(Said("The model file is damaged."))
        return []

    monkeypatch.setattr(info, "available_models", only_a_damaged_one)
    told = run("info").out
    assert "The model file is damaged." in told
    assert "  none\n" not in told
    assert json.loads(run("info", "--json").out)["model_faults"] == ["The model file is damaged."]


def test_where_there_is_no_model_it_says_so(run, monkeypatch):
    assert "  none\n" not in run("info").out
    monkeypatch.setattr(info, "available_models", lambda _notify: [])
    assert "Models\n  none\n" in run("info").out
