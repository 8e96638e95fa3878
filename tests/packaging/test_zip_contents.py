# SPDX-License-Identifier: GPL-3.0-or-later
"""What is in a zip and how it is written, with small stand-ins for the wheels."""

from __future__ import annotations

import json
import os
import shutil
import stat
import zipfile
from pathlib import Path

import fake_wheels
import pytest

from packaging_tools import archive, check, contents, manual, recipes, report
from packaging_tools.entries import Entries
from packaging_tools.errors import PackingError
from smart_lineart.inking import STYLES
from smart_lineart.studio.language import i18n

ROOT = Path(__file__).resolve().parents[2]


def build(name: str, folder: Path, root: Path = ROOT) -> Path:
    recipe = recipes.RECIPES[name]
    path = folder / f"{name}.zip"
    archive.write(contents.gather(recipe, fake_wheels.make(recipe, folder / "wheels"), root), path)
    return path


@pytest.fixture(scope="module", params=recipes.RECIPES)
def built(request, tmp_path_factory) -> tuple[recipes.Recipe, Path]:
    return recipes.RECIPES[request.param], build(request.param, tmp_path_factory.mktemp("zip"))


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what the builder reads, to be spoilt."""
    root = tmp_path / "checkout"
    names = ("smart_lineart", "docs/manual", "models")
    for name in names:
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__", "model.onnx"))
    for model in contents.MODELS:
        (root / f"models/{model}/model.onnx").write_bytes(b"a model")
    for name in ("LICENSE", contents.TRAINING_DATA, "smart_lineart.desktop", "smart_lineart.action"):
        shutil.copy(ROOT / name, root / name)
    return root


def test_the_same_inputs_give_the_same_bytes(checkout, tmp_path, monkeypatch):
    first = build("linux-x86_64", tmp_path / "one", checkout).read_bytes()
    for path in checkout.rglob("*"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
        path.chmod(0o700)
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    (checkout / "smart_lineart/__pycache__").mkdir()
    (checkout / "smart_lineart/__pycache__/plugin.pyc").write_bytes(b"left over")
    second = build("linux-x86_64", tmp_path / "two", checkout).read_bytes()
    assert first == second
    (checkout / "smart_lineart/plugin.py").write_text("changed")
    assert build("linux-x86_64", tmp_path / "three", checkout).read_bytes() != first


def test_a_sound_zip_passes_and_has_plain_files_and_every_folder(built):
    _, path = built
    with zipfile.ZipFile(path) as packed:
        infos = packed.infolist()
        assert check.importer_faults(packed) == []
    names = [info.filename for info in infos]
    assert names == sorted(names)
    assert check.list_faults(names) == []
    assert [fault for name in names for fault in check.name_faults(name)] == []
    assert {info.date_time for info in infos} == {(1980, 1, 1, 0, 0, 0)}
    modes = {(info.is_dir(), info.external_attr >> 16) for info in infos}
    assert modes == {(False, stat.S_IFREG | 0o644), (True, stat.S_IFDIR | 0o755)}
    assert {"smart_lineart/", "smart_lineart/runtime_libs/openvino/"} <= set(names)


def test_a_zip_holds_plugin_model_manual_licences_and_runtime(built):
    recipe, path = built
    with zipfile.ZipFile(path) as packed:
        names = set(packed.namelist())
        manifest = json.loads(packed.read("smart_lineart/bundle.json"))
    inside = {name.removeprefix("smart_lineart/") for name in names}
    assert {"plugin.py", "bundled.py", "inking/inker.py", "ui/docker.py", "manual.html"} <= inside
    for model in ("lineart", "lines"):
        assert {f"models/{model}/{name}" for name in ("model.onnx", "metadata.json", "README.md")} <= inside
    assert {f"inking/brushes/{name}.png" for name in STYLES} <= inside
    assert {"licences/Smart Lineart.txt", "licences/training data.md"} <= inside
    translations = {Path(name) for name in inside if "/translations/" in name and not name.endswith("/")}
    assert {path.suffix for path in translations} == {".mo"}
    assert sorted(path.stem for path in translations) == i18n.available_languages()
    assert {f"manual.{language}.html" for language in i18n.available_languages()} <= inside
    for wheel in manifest["wheels"]:
        project, version = wheel.split("-")[:2]
        assert f"licences/{project}-{version}/LICENSE" in inside
    libraries = {
        name.removeprefix("runtime_libs/openvino/") for name in inside if "runtime_libs/openvino/" in name
    }
    assert libraries - {""} == {*recipe.openvino, *recipe.msvc}
    assert not [name for name in inside if name.startswith("cli/") or name == "__main__.py"]
    assert manifest["platform"] == recipe.platform
    assert manifest["version"] == contents.version()


def test_one_numpy_serves_several_pythons_and_carries_no_tests_or_headers(built):
    recipe, path = built
    with zipfile.ZipFile(path) as packed:
        names = packed.namelist()
        folders = json.loads(packed.read("smart_lineart/bundle.json"))["numpy"]
    assert {"cp310", "cp311", "cp313", "cp314"} <= set(folders)
    assert len(set(folders.values())) < len(folders)
    for tag, folder in folders.items():
        ending = fake_wheels.ENDINGS[recipe.platform].format(digits=tag[2:])
        assert f"smart_lineart/{folder}/numpy/_core/_multiarray_umath.{ending}" in names
        assert names.count(f"smart_lineart/{folder}/numpy.libs/libblas.so") == 1
    vendored = " ".join(name for name in names if "/vendor/" in name)
    assert not [
        word for word in ("tests", "_simd", ".pyi", ".h", "f2py") if word in vendored.replace(".html", "")
    ]


def test_the_libraries_key_follows_the_libraries_alone(checkout, tmp_path):
    def key(name: str) -> str:
        with zipfile.ZipFile(build("linux-x86_64", tmp_path / name, checkout)) as packed:
            return json.loads(packed.read("smart_lineart/bundle.json"))["libraries"]

    first = key("one")
    (checkout / "smart_lineart/plugin.py").write_text("changed")
    assert key("two") == first
    with zipfile.ZipFile(build("windows-x86_64", tmp_path / "three", checkout)) as packed:
        assert json.loads(packed.read("smart_lineart/bundle.json"))["libraries"] != first


@pytest.mark.parametrize("name", ["notes.txt", "ui/drawing.kra", "inking/dump.npz"])
def test_a_stray_file_is_refused(checkout, tmp_path, name):
    (checkout / "smart_lineart" / name).write_text("mine")
    with pytest.raises(PackingError, match="remove it"):
        build("linux-x86_64", tmp_path, checkout)


@pytest.mark.parametrize(
    "name", ["models/lineart/model.onnx", "models/lineart/metadata.json", "models/lines/model.onnx"]
)
def test_a_missing_model_is_refused(checkout, tmp_path, name):
    (checkout / name).unlink()
    with pytest.raises(PackingError, match="model"):
        build("linux-x86_64", tmp_path, checkout)


def test_a_wheel_without_licence_or_library_is_refused(tmp_path):
    recipe = recipes.RECIPES["linux-x86_64"]
    wheels = fake_wheels.make(recipe, tmp_path)
    (_, path), *_ = [pair for pair in wheels if pair[0].project == "openvino"]
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("openvino-1.dist-info/licenses/LICENSE", "")
    with pytest.raises(PackingError, match="holds no libopenvino"):
        contents.gather(recipe, wheels)
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("openvino/libs/libopenvino.so.2641", "")
    with pytest.raises(PackingError, match="no licence"):
        contents.gather(recipe, wheels)


def test_an_entry_is_never_replaced_by_another():
    entries = Entries()
    entries.add_bytes("a", b"1")
    entries.add_bytes("a", b"1")
    with pytest.raises(PackingError, match="Two different files"):
        entries.add_bytes("a", b"2")


@pytest.mark.parametrize(
    "name",
    ["a/../b", "/a", "a\\b", "a:b", "what?", "con", "aux.py", "a/NUL.txt", "a./b", "a /b", "x" * 141,
     "a/__pycache__/b", "a.pyc", "sketch.kra"],
)  # fmt: skip
def test_names_that_some_system_refuses_are_faults(name):
    assert check.name_faults(name)


def test_doubles_and_missing_folders_are_faults():
    assert check.list_faults(["a/", "a/b", "a/B"]) != []
    assert check.list_faults(["a/", "a/b/c"]) == ["the folder 'a/b/' has no entry"]
    assert check.list_faults(["a/", "a/b", "a/c"]) == []


SPOILT = {
    "no folder entry": lambda files: files.pop("smart_lineart/"),
    "no package": lambda files: files.pop("smart_lineart/__init__.py"),
    "no manual": lambda files: files.pop("smart_lineart/manual.html"),
    "no action": lambda files: files.pop("smart_lineart.action"),
    "no desktop file": lambda files: files.pop("smart_lineart.desktop"),
    "two desktop files": lambda files: files.update({"smart_lineart/x.desktop": b""}),
    "no name": lambda files: files.update(
        {"smart_lineart.desktop": b"[Desktop Entry]\nX-KDE-Library=smart_lineart\n"}
    ),
    "another library": lambda files: files.update(
        {"smart_lineart.desktop": files["smart_lineart.desktop"].replace(b"=smart_lineart", b"=other")}
    ),
    "not a link": lambda files: files.update({"smart_lineart/link": "link"}),
    "no numpy for a Python": lambda files: [
        files.pop(name) for name in list(files) if "_multiarray_umath.cpython-313" in name
    ],
    "no library": lambda files: files.pop("smart_lineart/runtime_libs/openvino/libtbb.so.12"),
}


@pytest.mark.parametrize("how", SPOILT)
def test_a_spoilt_zip_is_refused(tmp_path, how):
    path = build("linux-x86_64", tmp_path)
    with zipfile.ZipFile(path) as packed:
        files = {info.filename: packed.read(info) for info in packed.infolist()}
    SPOILT[how](files)
    with zipfile.ZipFile(path, "w") as packed:
        for name, data in files.items():
            info = zipfile.ZipInfo(name)
            folder = name.endswith("/")
            info.external_attr = (
                stat.S_IFDIR if folder else stat.S_IFLNK if data == "link" else stat.S_IFREG
            ) << 16
            packed.writestr(info, data)
    with pytest.raises(PackingError, match="not fit to ship"):
        check.check(path, recipes.RECIPES["linux-x86_64"])


def test_a_zip_that_is_too_large_or_does_not_ink_is_refused(tmp_path, monkeypatch):
    path = build("linux-x86_64", tmp_path)
    recipe = recipes.RECIPES["linux-x86_64"]
    monkeypatch.setattr(check, "this_platform", lambda: "linux-x86_64")
    with pytest.raises(PackingError, match="does not ink"):  # the stand-ins are no libraries
        check.check(path, recipe)
    monkeypatch.setattr(check, "LARGEST", path.stat().st_size - 1)
    with pytest.raises(PackingError, match="more than"):
        check.check(path, recipe)


def test_what_cannot_be_run_here_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(check, "this_platform", lambda: "macos-arm64")
    path = build("windows-x86_64", tmp_path)
    notes = check.check(path, recipes.RECIPES["windows-x86_64"])
    assert notes == ["Not tried: windows-x86_64 cannot be run here."]


def test_the_table_counts_every_file_once(built):
    _, path = built
    with zipfile.ZipFile(path) as packed:
        files = [info for info in packed.infolist() if not info.is_dir()]
    *rows, together = [line.split(maxsplit=3) for line in report.table(path).splitlines()[2:]]
    assert int(together[0]) == len(files) == sum(int(row[0]) for row in rows)


def test_the_manual_carries_its_pictures(tmp_path):
    (tmp_path / "manual.html").write_text('<img src="a.png"> <a href="b.png">b</a>')
    (tmp_path / "a.png").write_bytes(b"\x89PNG")
    assert manual.build(tmp_path) == '<img src="data:image/png;base64,iVBORw=="> <a href="b.png">b</a>'
    (tmp_path / "a.png").unlink()
    with pytest.raises(PackingError, match="missing"):
        manual.build(tmp_path)
    assert 'src="data:image/png;base64,' in manual.build(ROOT / "docs" / "manual")
