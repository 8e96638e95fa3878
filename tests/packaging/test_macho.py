# SPDX-License-Identifier: GPL-3.0-or-later
"""A library that a Mac would not load keeps the zip from being built."""

from __future__ import annotations

import zipfile
from pathlib import Path

import fake_wheels
import pytest
from small_macho import ARM64, PAGE, X86_64, library, universal

from packaging_tools import archive, check, contents, macho, recipes
from packaging_tools.errors import PackingError

NAME = "smart_lineart/runtime_libs/openvino/libtbb.12.dylib"
BESIDE = "smart_lineart/runtime_libs/openvino/libopenvino.dylib"


def faults(data: bytes, *others: str) -> list[str]:
    return macho.faults(NAME, data, {NAME, *others})


def test_a_sound_library_passes():
    assert faults(library()) == []
    assert faults(library(("@rpath/libopenvino.dylib",), ("/opt/build", "@loader_path/")), BESIDE) == []
    assert faults(library(("@loader_path/../openvino/libopenvino.dylib",)), BESIDE) == []
    assert faults(universal((X86_64, library(processor=X86_64, signed=False)), (ARM64, library()))) == []


@pytest.mark.parametrize("at", [200, PAGE, 3 * PAGE - 1, 3 * PAGE + 99])
def test_a_changed_byte_in_any_page_is_noticed(at):
    data = bytearray(library())
    data[at] ^= 1
    assert faults(bytes(data)) == [f"{NAME} is not as it was signed (1 of its pages)"]


@pytest.mark.parametrize("covered", [{"limit": 2 * PAGE}, {"slots": 3}])
def test_code_that_no_page_of_the_signature_covers_is_noticed(covered):
    assert faults(library(**covered)) == [f"{NAME} is not as it was signed (1 of its pages)"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (library(signed=False), "is not signed"),
        (library(oldest=(12, 1)), "asks for macOS 12.1, and Krita for 12.0"),
        (library(oldest=(26, 0)), "asks for macOS 26.0"),
        (library(oldest=None), "asks for no macOS"),
        (library(("@rpath/libgone.dylib",)), "needs @rpath/libgone.dylib, which is not in the zip"),
        (library(("@rpath/libopenvino.dylib",), ("@loader_path/..",)), "needs @rpath/libopenvino.dylib"),
        (library(("@rpath/libopenvino.dylib",), ("/opt/homebrew/lib",)), "needs @rpath/libopenvino.dylib"),
        (library(("/opt/homebrew/lib/libomp.dylib",)), "needs /opt/homebrew/lib/libomp.dylib"),
        (library(processor=X86_64), "is no library for a Mac"),
        (universal((X86_64, library(processor=X86_64))), "is no library for a Mac"),
        (library()[:60], "is no library for a Mac"),
        (b"\x7fELF" + bytes(60), "is no library for a Mac"),
        (b"", "is no library for a Mac"),
    ],
)
def test_what_a_mac_would_not_load_is_told_in_a_sentence(data, said):
    (fault,) = faults(data, BESIDE)
    assert fault.startswith(f"{NAME} {said}")


@pytest.fixture
def wheels(tmp_path: Path) -> list:
    """The stand-ins for macOS's wheels, with small libraries in place of words."""
    made = fake_wheels.make(recipes.RECIPES["macos-arm64"], tmp_path)
    for _, path in made:
        with zipfile.ZipFile(path) as packed:
            files = {name: packed.read(name) for name in packed.namelist()}
        with zipfile.ZipFile(path, "w") as packed:
            for name, data in files.items():
                packed.writestr(name, library() if name.endswith((".so", ".dylib")) else data)
    return made


def test_the_zip_is_built_of_sound_libraries_only(wheels, tmp_path, monkeypatch):
    recipe = recipes.RECIPES["macos-arm64"]
    monkeypatch.setattr(check, "this_platform", lambda: "linux-x86_64")
    path = tmp_path / "macos.zip"
    archive.write(contents.gather(recipe, wheels), path)
    assert check.check(path, recipe) == ["Not tried: macos-arm64 cannot be run here."]
    entries = contents.gather(recipe, wheels)
    broken = entries.read(NAME)[:-1] + b"\0"
    spoilt = {name: broken if name == NAME else entries.read(name) for name in entries}
    with zipfile.ZipFile(path, "w") as packed:
        for name, data in spoilt.items():
            packed.writestr(name, data)
    with pytest.raises(PackingError, match=f"{NAME} is not as it was signed"):
        check.check(path, recipe)
