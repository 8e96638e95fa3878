# SPDX-License-Identifier: GPL-3.0-or-later
"""Every text of the docker has its German counterpart, with the same placeholders."""

from __future__ import annotations

import ast
import json
import string
from pathlib import Path

import pytest

from smart_lineart.inking import STYLES
from smart_lineart.studio.language import i18n

PACKAGE = Path(i18n.__file__).parents[2]


def texts_in_source() -> set[str]:
    found = set()
    for path in [*(PACKAGE / "ui").glob("*.py"), *(PACKAGE / "studio").rglob("*.py"), PACKAGE / "plugin.py"]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = (
                getattr(node.func, "id", getattr(node.func, "attr", "")) if isinstance(node, ast.Call) else ""
            )
            if name == "tr" and isinstance(node.args[0], ast.Constant):
                found.add(node.args[0].value)
    return found


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.fixture(autouse=True)
def english_again():
    yield
    i18n.choose_language(["en"])


def test_every_text_is_translated() -> None:
    german = json.loads((i18n.FOLDER / "de.json").read_text(encoding="utf-8"))
    wanted = texts_in_source() | {s.title for s in STYLES.values()} | {s.description for s in STYLES.values()}
    assert len(wanted) > 40
    assert wanted - set(german) == set()
    assert all(german.values())


def test_placeholders_are_kept() -> None:
    for english, german in json.loads((i18n.FOLDER / "de.json").read_text(encoding="utf-8")).items():
        assert placeholders(english) == placeholders(german), english


@pytest.mark.parametrize(
    ("wanted", "chosen"),
    [
        (["de"], "de"),
        (["de_AT.UTF-8", "en"], "de"),
        (["en_US", "de"], "en"),
        (["xx", "de"], "de"),
        ([], "en"),
        (["C"], "en"),
        (["de-CH"], "de"),
    ],
)
def test_the_first_language_there_is_wins(wanted: list[str], chosen: str) -> None:
    assert i18n.choose_language(wanted) == chosen
    assert i18n.tr("Ink sketch") == ("Skizze tuschen" if chosen == "de" else "Ink sketch")


def test_a_text_without_translation_stays_english() -> None:
    i18n.choose_language(["de"])
    assert i18n.tr("No such text {value}", value=3) == "No such text 3"


def test_a_text_that_a_language_lacks_is_english_and_not_of_the_one_before(monkeypatch, tmp_path) -> None:
    (tmp_path / "de.json").write_text(json.dumps({"Ink": "Tusche", "Undo": "Zurück"}))
    (tmp_path / "fr.json").write_text(json.dumps({"Ink": "Encre"}))
    monkeypatch.setattr(i18n, "FOLDER", tmp_path)
    assert i18n.available_languages() == ["de", "fr"]
    assert i18n.choose_language(["de"]) == "de"
    assert i18n.choose_language(["fr"]) == "fr"
    assert (i18n.tr("Ink"), i18n.tr("Undo")) == ("Encre", "Undo")
    assert i18n.catalogue() == {"Ink": "Encre"}
    i18n.choose_language(["en"])
    assert i18n.catalogue() == {}
