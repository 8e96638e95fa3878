# SPDX-License-Identifier: GPL-3.0-or-later
"""Which numpy and which libraries an unpacked zip takes, in an interpreter of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from smart_lineart import bundled

SOURCES = [bundled.PACKAGE / name for name in ("__init__.py", "bundled.py", "said.py")]
# Runs bundled.py as Krita would find it, with the given system and Python pretended.
PROGRAM = """
import json, os, sys
sys.path.insert(0, sys.argv[1])
from smart_lineart import bundled
sys.path.pop(0)
bundled.python_tag = lambda: "cp313"
bundled.running_platform = lambda: "linux-x86_64"
if sys.argv[2]: sys.path.append(sys.argv[2])
before = list(sys.path)
try:
    bundled.activate()
    import numpy
    added = os.environ["SMART_LINEART_PACKAGES"]
    answer = {"numpy": numpy.__file__, "path": sys.path == before, "added": added}
except bundled.DoesNotFit as error:
    answer = {"sentence": str(error)}
print(json.dumps(answer))
"""


@pytest.fixture
def package(tmp_path) -> Path:
    folder = tmp_path / "krita/pykrita/smart_lineart"
    for name in ("vendor/numpy-1/numpy", "vendor/numpy-2/numpy", "runtime_libs/openvino"):
        (folder / name).mkdir(parents=True)
        (folder / name / "__init__.py").write_text("")
    for source in SOURCES:
        shutil.copy(source, folder)
    write_manifest(folder)
    return folder


def write_manifest(folder: Path, **changes) -> None:
    numpy = {"cp310": "vendor/numpy-1", "cp311": "vendor/numpy-2", "cp313": "vendor/numpy-2"}
    manifest = {"version": "1", "platform": "linux-x86_64", "libraries": "k", "numpy": numpy, **changes}
    (folder / "bundle.json").write_text(json.dumps(manifest))


def activate(package: Path, system_packages: Path | str = "") -> dict:
    # -S: the packages of this interpreter would stand for a system with numpy.
    command = [sys.executable, "-I", "-S", "-c", PROGRAM, str(package.parent), str(system_packages)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(ran.stdout)


def system_with_numpy(folder: Path) -> Path:
    (folder / "site/numpy").mkdir(parents=True)
    (folder / "site/numpy/__init__.py").write_text("")
    return folder / "site"


def test_the_numpy_for_the_running_python_is_taken_and_the_path_left_as_it_was(package, tmp_path):
    system = system_with_numpy(tmp_path)
    answer = activate(package, system)
    assert answer["numpy"] == str(package / "vendor/numpy-2/numpy/__init__.py")
    assert answer["path"]
    assert answer["added"] == str(tmp_path / "krita/smart_lineart-packages/cp313")


def test_packages_the_artist_added_become_importable(package, tmp_path):
    added = tmp_path / "krita/smart_lineart-packages/cp313"
    (added / "numpy").mkdir(parents=True)
    (added / "numpy/__init__.py").write_text("")
    write_manifest(package, numpy={"cp310": "vendor/numpy-1"})
    assert activate(package)["numpy"] == str(added / "numpy/__init__.py")


def test_another_python_takes_the_systems_numpy(package, tmp_path):
    write_manifest(package, numpy={"cp310": "vendor/numpy-1"})
    system = system_with_numpy(tmp_path)
    assert activate(package, system)["numpy"] == str(system / "numpy/__init__.py")


def test_a_python_that_fits_nothing_gets_a_sentence(package, tmp_path):
    write_manifest(
        package, numpy={"cp312": "vendor/numpy-2", "cp39": "vendor/numpy-1", "cp310": "vendor/numpy-1"}
    )
    (tmp_path / "site/numpy").mkdir(parents=True)  # what Debian leaves without its numpy package
    sentence = activate(package, tmp_path / "site")["sentence"]
    here = ".".join(map(str, sys.version_info[:2]))
    assert sentence.startswith(f"This Krita runs Python {here}, and Smart Lineart's file carries numpy for ")
    assert "3.9, 3.10 and 3.12" in sentence
    assert "python3-numpy" in sentence


def test_a_zip_for_another_system_says_so(package):
    write_manifest(package, platform="windows-x86_64")
    sentence = activate(package)["sentence"]
    assert sentence == (
        "This is Smart Lineart for windows-x86_64, but this Krita runs on linux-x86_64: import the file made "
        "for your system."
    )


def test_a_numpy_that_does_not_load_gets_a_sentence(package):
    (package / "vendor/numpy-2/numpy/__init__.py").write_text("raise ImportError('GLIBC_2.28\\nnot found')")
    sentence = activate(package)["sentence"]
    assert "GLIBC_2.28 not found" in sentence
    assert "\n" not in sentence


def test_a_checkout_uses_what_the_system_has(package, tmp_path):
    (package / "bundle.json").unlink()
    system = system_with_numpy(tmp_path)
    assert activate(package, system)["numpy"] == str(system / "numpy/__init__.py")


def test_libraries_are_copied_whole_and_once(package, tmp_path):
    copies = tmp_path / "copies"
    first = bundled.copy_libraries(package, copies, "key")
    assert (first / "vendor/numpy-1/numpy/__init__.py").exists()
    assert (first / "runtime_libs/openvino").is_dir()
    (first / "mark").touch()
    assert bundled.copy_libraries(package, copies, "key") == first
    assert (first / "mark").exists()
    assert [path.name for path in copies.iterdir()] == ["key"]


def test_a_copy_that_fails_leaves_nothing(package, tmp_path, monkeypatch):
    def full(*_):
        raise OSError("no space left on the disk")

    with monkeypatch.context() as patched, pytest.raises(OSError, match="no space"):
        patched.setattr(shutil, "copytree", full)
        bundled.copy_libraries(package, tmp_path / "copies", "key")
    assert list((tmp_path / "copies").iterdir()) == []


def test_old_copies_go_unless_a_krita_uses_them(tmp_path, monkeypatch):
    for name in ("current", "old", "busy", "held", ".partial-x", ".old-y"):
        (tmp_path / name / "runtime_libs").mkdir(parents=True)
    for name in ("old", "held"):
        (tmp_path / name / bundled.IN_USE).touch()
    rename, unlink = Path.rename, Path.unlink

    def refuse_busy(self, target):
        if self.name == "busy":  # what Windows does with a folder from which a library is loaded
            raise PermissionError("in use")
        return rename(self, target)

    def refuse_held(self, **options):
        if self == tmp_path / "held" / bundled.IN_USE:  # what it does with a file that is open
            raise PermissionError("in use")
        return unlink(self, **options)

    monkeypatch.setattr(Path, "rename", refuse_busy)
    monkeypatch.setattr(Path, "unlink", refuse_held)
    bundled.remove_other_copies(tmp_path / "current")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["busy", "current", "held"]
    assert (tmp_path / "held/runtime_libs").is_dir()


def test_a_copy_is_held_by_who_loads_from_it(package, tmp_path, monkeypatch):
    monkeypatch.setattr(bundled, "PACKAGE", package)
    monkeypatch.setattr(bundled, "_held", [])
    for _ in range(2):  # two Kritas, or a Krita and its worker
        folder = bundled._unlocked_libraries("0123", "win32")
    assert [(Path(one.name), one.closed) for one in bundled._held] == [(folder / bundled.IN_USE, False)] * 2
    for one in bundled._held:
        one.close()


@pytest.mark.parametrize(
    ("named", "led_to"),
    [
        (None, "new"),
        ("", "new"),
        ("{copies}/old/runtime_libs/openvino", "new"),  # by the Krita that started this worker
        ("/the/artists/own", "/the/artists/own"),
    ],
)
def test_a_worker_after_an_update_loads_its_own_openvino(package, monkeypatch, named, led_to):
    monkeypatch.setattr(bundled, "PACKAGE", package)
    copies, manifest = bundled.library_copies(), bundled.read_manifest(package)
    monkeypatch.setattr(bundled, "read_manifest", lambda: manifest)
    monkeypatch.setattr(bundled, "_unlocked_libraries", lambda key: copies / "new")
    monkeypatch.setattr(bundled, "_import_numpy", lambda *_: None)
    monkeypatch.setattr(bundled, "running_platform", lambda: "linux-x86_64")
    monkeypatch.setenv(bundled.PACKAGES_VARIABLE, "")
    # Set in either case: what was not there when it is deleted is not taken back afterwards.
    monkeypatch.setenv(bundled.OPENVINO_VARIABLE, (named or "").format(copies=copies))
    if named is None:
        monkeypatch.delenv(bundled.OPENVINO_VARIABLE)
    bundled.activate()
    wanted = str(copies / "new/runtime_libs/openvino") if led_to == "new" else led_to
    assert os.environ[bundled.OPENVINO_VARIABLE] == wanted


def test_windows_loads_from_the_copy_outside_the_plugins_folder(package, tmp_path, monkeypatch):
    monkeypatch.setattr(bundled, "PACKAGE", package)
    folder = bundled._unlocked_libraries("0123", "win32")
    assert folder == tmp_path / "krita/smart_lineart-libraries/0123"
    assert (folder / "vendor/numpy-2/numpy/__init__.py").exists()
    for system in ("linux", "darwin"):
        assert bundled._unlocked_libraries("0123", system) == package


def test_a_windows_disk_without_room_loads_in_place(package, monkeypatch):
    def full(*_):
        raise OSError("no space left on the disk")

    monkeypatch.setattr(bundled, "PACKAGE", package)
    monkeypatch.setattr(bundled, "copy_libraries", full)
    assert bundled._unlocked_libraries("0123", "win32") == package


@pytest.mark.parametrize(
    ("system", "machine", "built_for", "name"),
    [
        ("linux", "x86_64", "linux-x86_64", "linux-x86_64"),
        ("linux", "aarch64", "linux-aarch64", "linux-arm64"),
        ("darwin", "arm64", "macosx-11.0-universal2", "macos-arm64"),
        ("darwin", "x86_64", "macosx-11.0-universal2", "macos-x86_64"),
        ("win32", "ARM64", "win-amd64", "windows-x86_64"),  # an x86-64 Krita, emulated
    ],
)
def test_platforms_are_named_as_the_zips_are(monkeypatch, system, machine, built_for, name):
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr("platform.machine", lambda: machine)
    monkeypatch.setattr("sysconfig.get_platform", lambda: built_for)
    assert bundled.running_platform() == name
