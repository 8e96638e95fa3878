# SPDX-License-Identifier: GPL-3.0-or-later
"""Which Pythons a worker process may run on, and in which environment."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from smart_lineart.inking.network.runtime import interpreters

VERSION = f"python{sys.version_info[0]}.{sys.version_info[1]}"
PLANTED = ["python.exe", "python3", VERSION, f"bin/{VERSION}", "python/python.exe", f"python/bin/{VERSION}"]


def program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("")
    path.chmod(0o755)
    return path


@pytest.fixture
def embedded(monkeypatch) -> Callable[..., None]:
    """Let this Python be one that a painting program embeds."""
    monkeypatch.delenv(interpreters.CHOICE_VARIABLE, raising=False)

    def arrange(platform: str, prefix: str, executable: str = "", library: str = "", path: str = "") -> None:
        python = SimpleNamespace(
            platform=platform,
            base_exec_prefix=prefix,
            prefix="",
            base_prefix="",
            executable=executable,
            version_info=sys.version_info,
        )
        monkeypatch.setattr(interpreters, "sys", python)
        monkeypatch.setattr(interpreters, "_library_folder", lambda: Path(library))
        monkeypatch.setenv("PATH", path)

    return arrange


@pytest.mark.parametrize("platform", ["win32", "linux", "darwin"])
@pytest.mark.parametrize("prefix", ["", ".", "python", "{here}", "{here}/python/.."])
@pytest.mark.parametrize("path", ["", ".", ":bin:", "../documents"])
@pytest.mark.parametrize("executable", ["", "krita.exe", "bin/krita.exe"])
def test_a_python_that_lies_beside_a_document_is_never_run(
    platform, prefix, path, executable, embedded, tmp_path: Path, monkeypatch
) -> None:
    here = tmp_path / "documents"
    for name in PLANTED:
        program(here / name)
    monkeypatch.chdir(here)
    embedded(platform, prefix.format(here=here), executable=executable, path=path)
    found = interpreters.interpreters()
    assert [path for path in found if not path.is_absolute() or here in path.resolve().parents] == []


def test_on_windows_only_what_comes_with_the_program_is_run(embedded, tmp_path: Path) -> None:
    beside = program(tmp_path / "Krita/python/python.exe")
    own = program(tmp_path / "library/python.exe")
    program(tmp_path / "prefix/python.exe")  # which may have been the current folder once
    program(tmp_path / "path/python.exe")
    embedded(
        "win32",
        prefix=str(tmp_path / "prefix"),
        executable=str(tmp_path / "Krita/bin/krita.exe"),
        library=str(tmp_path / "library"),
        path=str(tmp_path / "path"),
    )
    assert interpreters.interpreters() == [own, beside]


@pytest.mark.skipif(sys.platform != "win32", reason="only Windows tells of the library")
def test_the_library_of_this_python_is_found() -> None:
    assert list(interpreters._library_folder().glob("python3*.dll"))


@pytest.mark.skipif(sys.platform == "win32", reason="the places of other systems")
def test_the_python_of_the_same_version_is_asked_before_others(embedded, tmp_path: Path) -> None:
    own = program(tmp_path / "own/bin" / VERSION)
    others = [program(tmp_path / "path" / name) for name in (VERSION, "python3")]
    embedded("linux", str(tmp_path / "own"), path=str(tmp_path / "path"))
    assert interpreters.interpreters() == [own, *others]
    own.chmod(0o644)
    assert interpreters.interpreters() == others


@pytest.mark.parametrize("choice", ["", "none"])
def test_the_artist_may_want_no_other_python(choice: str, monkeypatch) -> None:
    monkeypatch.setenv(interpreters.CHOICE_VARIABLE, choice)
    assert interpreters.wants_none()
    assert interpreters.interpreters() == []


@pytest.mark.skipif(sys.platform == "win32", reason="an AppImage is for Linux")
def test_an_appimage_s_libraries_are_kept_from_another_python() -> None:
    environment = {
        "APPDIR": "/tmp/.mount_krita",
        "LD_LIBRARY_PATH": "/tmp/.mount_krita/usr/lib::/opt/driver",
        "PYTHONHOME": "/tmp/.mount_krita/usr",
        "PYTHONPATH": "/somewhere",
        "LD_PRELOAD": "libfoo.so",
        "QT_PLUGIN_PATH": "/tmp/.mount_krita/usr/plugins",
        "HOME": "/home/artist",
    }
    clean = interpreters.clean_environment(Path("/usr/bin/python3"), environment)
    assert clean == {
        "APPDIR": "/tmp/.mount_krita",
        "LD_LIBRARY_PATH": "/opt/driver",
        "HOME": "/home/artist",
    }
    own = interpreters.clean_environment(Path("/tmp/.mount_krita/usr/bin/python3.10"), environment)
    assert own["LD_LIBRARY_PATH"] == "/tmp/.mount_krita/usr/lib:/opt/driver"
    assert "PYTHONHOME" not in own
