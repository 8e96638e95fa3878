# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole model folders load; whatever is wrong with one is told in a sentence that names the file."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from smart_lineart.inking.errors import ModelError
from smart_lineart.inking.network import models
from smart_lineart.inking.network.models import SCHEMA, available_models, default_model, load_model
from smart_lineart.said import Said
from tests.inking.tiny_models import write_model_folder

REQUIRED = [
    *["schema", "name", "version", "title", "sha256", "input", "output"],
    *["channels", "stride", "receptive_field", "licence", "metrics", "created"],
]


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The two folders that are searched, both empty of models; the second does not exist."""
    found = [tmp_path / "package", tmp_path / "checkout"]
    found[0].mkdir()
    monkeypatch.setattr(models, "search_folders", lambda: found)
    return found


def edit_card(folder: Path, **changes: Any) -> None:
    file = folder / "metadata.json"
    metadata = json.loads(file.read_text(encoding="utf-8"))
    for key, value in changes.items():
        if value is None:
            del metadata[key]
        else:
            metadata[key] = value
    file.write_text(json.dumps(metadata), encoding="utf-8")


class TestSoundFolder:
    def test_it_loads_with_its_card(self, tmp_path: Path) -> None:
        folder = write_model_folder(tmp_path / "mine", stride=16, receptive_field=218)
        model = load_model(folder)
        assert (model.name, model.folder, model.onnx) == ("tiny", folder, folder / "model.onnx")
        assert (model.stride, model.receptive_field) == (16, 218)
        assert model.metadata["licence"] == "CC0-1.0"

    def test_a_checksum_in_capitals_is_the_same_checksum(self, tmp_path: Path) -> None:
        folder = write_model_folder(tmp_path / "mine")
        checksum = load_model(folder).metadata["sha256"]
        edit_card(folder, sha256=checksum.upper())
        assert load_model(folder).name == "tiny"

    def test_keys_added_later_do_no_harm(self, tmp_path: Path) -> None:
        assert load_model(write_model_folder(tmp_path / "mine", colour="black")).name == "tiny"


class TestFaults:
    """Every sentence names the file or folder and says what to do."""

    def fault(self, folder: Path, named: Path, *, remedy: str = "reinstall") -> str:
        with pytest.raises(ModelError) as caught:
            load_model(folder)
        sentence = str(caught.value)
        assert str(named) in sentence
        assert remedy in sentence
        assert sentence.endswith(".")
        assert "\n" not in sentence
        return sentence

    def test_no_folder(self, tmp_path: Path) -> None:
        assert "does not exist" in self.fault(tmp_path / "gone", tmp_path / "gone")

    def test_a_folder_beneath_a_file(self, tmp_path: Path) -> None:
        beneath = write_model_folder(tmp_path / "mine") / "model.onnx" / "deeper"
        assert "does not exist" in self.fault(beneath, beneath)

    def test_a_folder_the_system_refuses_to_look_at(self, tmp_path: Path) -> None:
        folder = tmp_path / ("name" * 1000)
        # Windows knows of no such folder; others refuse so long a name.
        said = "does not exist" if sys.platform == "win32" else "cannot be read"
        assert said in self.fault(folder, folder)

    def test_a_file_in_place_of_the_folder(self, tmp_path: Path) -> None:
        folder = write_model_folder(tmp_path / "mine")
        named = folder / "model.onnx"
        assert "is a file" in self.fault(named, named, remedy="choose the folder")

    @pytest.mark.parametrize("name", ["model.onnx", "metadata.json"])
    def test_a_missing_file(self, tmp_path: Path, name: str) -> None:
        folder = write_model_folder(tmp_path / "mine")
        (folder / name).unlink()
        assert "is missing" in self.fault(folder, folder / name)

    @pytest.mark.parametrize("name", ["model.onnx", "metadata.json"])
    def test_a_folder_in_place_of_a_file(self, tmp_path: Path, name: str) -> None:
        folder = write_model_folder(tmp_path / "mine")
        (folder / name).unlink()
        (folder / name).mkdir()
        assert "cannot be read" in self.fault(folder, folder / name)

    @pytest.mark.parametrize("content", [b"", b"{", b'{"schema": 1,}', b"\xff\xfe{}"])
    def test_a_card_that_is_no_json(self, tmp_path: Path, content: bytes) -> None:
        folder = write_model_folder(tmp_path / "mine")
        (folder / "metadata.json").write_bytes(content)
        assert "not valid JSON" in self.fault(folder, folder / "metadata.json")

    def test_a_card_nested_too_deeply(self, tmp_path: Path) -> None:
        folder = write_model_folder(tmp_path / "mine")
        (folder / "metadata.json").write_text("[" * 200_000, encoding="utf-8")
        assert "not valid JSON" in self.fault(folder, folder / "metadata.json")

    @pytest.mark.parametrize("content", ["[]", "null", '"card"', "1"])
    def test_a_card_that_is_no_object(self, tmp_path: Path, content: str) -> None:
        folder = write_model_folder(tmp_path / "mine")
        (folder / "metadata.json").write_text(content, encoding="utf-8")
        assert "not a JSON object" in self.fault(folder, folder / "metadata.json")

    @pytest.mark.parametrize("key", REQUIRED)
    def test_a_missing_key(self, tmp_path: Path, key: str) -> None:
        folder = write_model_folder(tmp_path / "mine")
        edit_card(folder, **{key: None})
        assert f'"{key}"' in self.fault(folder, folder / "metadata.json")

    @pytest.mark.parametrize(
        ("key", "value"),
        [
            *[("schema", value) for value in (0, "1", True, 1.5)],
            *[("name", value) for value in ("", "  ", 7, "../up", "a/b", "a b")],
            *[("sha256", value) for value in ("", "abc", "g" * 64, 12)],
            *[("stride", value) for value in (0, -16, 16.0, "16", True)],
            *[("receptive_field", value) for value in (0, [218])],
            *[("channels", value) for value in (0, {})],
            *[("title", value) for value in ("", ["a"])],
            *[("metrics", value) for value in ([], "0.9")],
        ],
    )
    def test_a_value_of_the_wrong_kind(self, tmp_path: Path, key: str, value: object) -> None:
        folder = write_model_folder(tmp_path / "mine", **{key: value})
        assert f'no valid "{key}"' in self.fault(folder, folder / "metadata.json")

    def test_a_newer_schema(self, tmp_path: Path) -> None:
        folder = write_model_folder(tmp_path / "mine", schema=SCHEMA + 1)
        edit_card(folder, stride=None)  # a newer card may lack what this version needs
        assert "newer" in self.fault(folder, folder, remedy="update Smart Lineart")

    @pytest.mark.parametrize("damage", [b"x", b""], ids=["changed", "emptied"])
    def test_another_checksum(self, tmp_path: Path, damage: bytes) -> None:
        folder = write_model_folder(tmp_path / "mine")
        onnx = folder / "model.onnx"
        onnx.write_bytes(onnx.read_bytes()[:-1] + damage if damage else b"")
        assert "damaged" in self.fault(folder, onnx)


class TestSearch:
    def test_the_package_comes_before_the_checkout(self, places: list[Path]) -> None:
        write_model_folder(places[1] / "a", name="a", version="2.0")
        write_model_folder(places[1] / "b", name="b")
        write_model_folder(places[0] / "a", name="a", version="1.0")
        found = available_models()
        assert [(model.name, model.metadata["version"]) for model in found] == [("a", "1.0"), ("b", "1.0")]

    def test_other_folders_and_files_are_no_models(self, places: list[Path]) -> None:
        (places[0] / "notes").mkdir()
        (places[0] / "LICENSE").write_text("text", encoding="utf-8")
        assert available_models() == []

    def test_a_damaged_model_is_told_and_left_out(self, places: list[Path]) -> None:
        write_model_folder(places[0] / "sound", name="sound")
        damaged = write_model_folder(places[0] / "damaged", name="damaged")
        (damaged / "metadata.json").unlink()
        notices: list[Said] = []
        assert [model.name for model in available_models(notices.append)] == ["sound"]
        assert len(notices) == 1
        assert notices[0].values["file"] == str(damaged / "metadata.json")
        assert [model.name for model in available_models()] == ["sound"]

    def test_the_only_model_is_the_default(self, places: list[Path]) -> None:
        write_model_folder(places[1] / "only", name="only")
        assert default_model().name == "only"
        assert load_model(None).name == "only"

    def test_among_several_lineart_is_the_default(self, places: list[Path]) -> None:
        write_model_folder(places[0] / "draft", name="draft")
        write_model_folder(places[1] / "lineart", name="lineart")
        assert default_model().name == "lineart"

    def test_a_bare_name_is_looked_for_among_those_that_come_along(
        self, places: list[Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        write_model_folder(places[0] / "fine", name="fine")
        monkeypatch.chdir(tmp_path)
        assert load_model(Path("fine")).folder == places[0] / "fine"
        mine = write_model_folder(tmp_path / "fine", name="mine")
        assert load_model(Path("fine")).name == load_model(mine).name == "mine"
        with pytest.raises(ModelError, match="folder finer does not exist"):
            load_model(Path("finer"))

    def test_a_damaged_default_is_not_replaced_silently(self, places: list[Path]) -> None:
        write_model_folder(places[0] / "draft", name="draft")
        damaged = write_model_folder(places[0] / "lineart", name="lineart")
        (damaged / "model.onnx").write_bytes(b"damaged")
        with pytest.raises(ModelError, match="damaged"):
            default_model()

    def test_several_models_without_a_default_are_named(self, places: list[Path]) -> None:
        write_model_folder(places[0] / "draft", name="draft")
        write_model_folder(places[0] / "fine", name="fine")
        with pytest.raises(ModelError, match=r"several models \(draft, fine\)"):
            default_model()

    def test_no_model_at_all_names_the_places(self, places: list[Path]) -> None:
        with pytest.raises(ModelError) as caught:
            default_model()
        assert all(str(place) in str(caught.value) for place in places)
        assert "reinstall" in str(caught.value)

    def test_it_is_searched_for_in_the_package_and_in_the_checkout(self) -> None:
        package, checkout = models.search_folders()
        assert package.parent.name == "smart_lineart"
        assert checkout == package.parent.parent / "models"


@pytest.mark.parametrize(("key", "value"), [("stride", 1024), ("stride", 65), ("receptive_field", 513)])
def test_a_card_whose_tiles_would_have_no_end_is_refused(tmp_path: Path, key: str, value: int) -> None:
    folder = write_model_folder(tmp_path / "mine", **{key: value})
    with pytest.raises(ModelError, match=f'has no valid "{key}"'):
        load_model(folder)
