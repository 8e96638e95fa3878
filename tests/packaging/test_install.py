# SPDX-License-Identifier: GPL-3.0-or-later
"""Installing into a Krita's folders, and leaving nothing behind."""

from __future__ import annotations

import shutil
import sys
import zipfile
from pathlib import Path

import pytest

import build_plugin
from packaging_tools import install, krita_homes
from packaging_tools.errors import PackingError
from packaging_tools.krita_homes import KritaHome

KRITARC = "first=1\n\n[MainWindow]\nState=AAAA\n\n[python]\nenable_other=true\n\n[theme]\nTheme=Krita dark\n"


@pytest.fixture
def home(tmp_path) -> KritaHome:
    found = KritaHome(tmp_path / "data/krita", tmp_path / "config")
    (found.resources / "pykrita/other").mkdir(parents=True)
    (found.resources / "pykrita/other/__init__.py").write_text("")
    (found.resources / "actions").mkdir()
    found.config.mkdir()
    (found.config / "kritarc").write_text(KRITARC)
    (found.config / "kritashortcutsrc").write_text("[Shortcuts]\nother=F9\n")
    return found


def plugin_zip(folder: Path, version: str, *extra: str) -> Path:
    path = folder / f"plugin-{version}.zip"
    names = ("smart_lineart.desktop", "smart_lineart.action", "smart_lineart/__init__.py", *extra)
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("smart_lineart/", "")
        for name in names:
            packed.writestr(name, version)
    return path


def snapshot(folder: Path) -> dict[str, bytes | None]:
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


def test_what_is_installed_is_enabled_and_uninstalling_leaves_nothing(home, tmp_path):
    archive = plugin_zip(tmp_path, "1", "smart_lineart/vendor/numpy/x.so")
    before = snapshot(tmp_path)
    install.install(archive, home)
    pykrita = home.resources / "pykrita"
    assert (pykrita / "smart_lineart/vendor/numpy/x.so").exists()
    assert (pykrita / "smart_lineart.desktop").exists()
    assert (home.resources / "actions/smart_lineart.action").exists()
    text = (home.config / "kritarc").read_text()
    assert "[python]\nenable_smart_lineart=true\nenable_other=true\n" in text
    # What a session leaves behind.
    text += "[MainWindow][DockWidget smart_lineart_docker]\nCollapsed=false\n\n[smart_lineart]\nink={}\n"
    (home.config / "kritarc").write_text(text)
    (home.config / "kritashortcutsrc").write_text("[Shortcuts]\nother=F9\nsmart_lineart_ink=F7\n")
    for name in ("smart_lineart-libraries/0123/runtime_libs", "smart_lineart-packages/cp310/onnxruntime"):
        (home.resources / name).mkdir(parents=True)
    (pykrita / "smart_lineart/__pycache__").mkdir()
    install.uninstall(home)
    assert snapshot(tmp_path) == before
    assert install.uninstall(home) == []


def test_an_update_replaces_every_old_file(home, tmp_path):
    install.install(plugin_zip(tmp_path, "1", "smart_lineart/gone.py"), home)
    install.install(plugin_zip(tmp_path, "2"), home)
    package = home.resources / "pykrita/smart_lineart"
    assert (package / "__init__.py").read_text() == "2"
    assert not (package / "gone.py").exists()
    assert (home.config / "kritarc").read_text().count("enable_smart_lineart=true") == 1


def test_a_failed_update_leaves_the_old_version(home, tmp_path, monkeypatch):
    install.install(plugin_zip(tmp_path, "1"), home)
    before = snapshot(home.resources)

    def full(*_):
        raise OSError("no space left on the disk")

    with monkeypatch.context() as patched, pytest.raises(PackingError, match="no space left"):
        patched.setattr(zipfile.ZipFile, "extractall", full)
        install.install(plugin_zip(tmp_path, "2"), home)
    assert snapshot(home.resources) == before


def test_brushes_of_ones_own_stay_and_are_named(home, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(krita_homes, "known_homes", lambda: [home])
    brush = home.resources / "smart_lineart/brushes/removed/mine.png"
    brush.parent.mkdir(parents=True)
    brush.write_bytes(b"a strip")
    install.install(plugin_zip(tmp_path, "1"), home)
    assert build_plugin.main(["--uninstall"]) == 0
    assert f"Kept the brushes you made, in {home.resources / 'smart_lineart'}:" in capsys.readouterr().out
    assert brush.read_bytes() == b"a strip"
    brush.unlink()
    assert build_plugin.main(["--uninstall"]) == 0
    assert "Kept" not in capsys.readouterr().out
    assert not (home.resources / "smart_lineart").exists()


@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
def test_line_ends_and_foreign_bytes_stay_as_they_are(home, tmp_path, end):
    # A line separator inside a value is no line's end to Krita, and not all values are UTF-8.
    settings = KRITARC.encode().replace(b"AAAA", "A\u2028\x0cA".encode() + b"\xff").replace(b"\n", end)
    (home.config / "kritarc").write_bytes(settings)
    shortcuts = end.join([b"[Shortcuts]", b"other=F9", b"last=F8"])  # no end after the last line
    (home.config / "kritashortcutsrc").write_bytes(shortcuts + end + b"smart_lineart_ink=F7" + end)
    install.install(plugin_zip(tmp_path, "1"), home)
    switched_on = b"[python]" + end + b"enable_smart_lineart=true" + end
    assert (home.config / "kritarc").read_bytes() == settings.replace(b"[python]" + end, switched_on)
    install.uninstall(home)
    assert (home.config / "kritarc").read_bytes() == settings
    assert (home.config / "kritashortcutsrc").read_bytes() == shortcuts + end


@pytest.mark.skipif(sys.platform == "win32", reason="links and modes are POSIX's")
def test_settings_that_are_links_stay_links_to_a_file_of_the_same_mode(home, tmp_path):
    for name in ("kritarc", "kritashortcutsrc"):
        elsewhere = tmp_path / "dotfiles" / name
        elsewhere.parent.mkdir(exist_ok=True)
        (home.config / name).rename(elsewhere)
        elsewhere.chmod(0o600)
        (home.config / name).symlink_to(elsewhere)
    (tmp_path / "dotfiles/kritashortcutsrc").write_text("smart_lineart_ink=F7\nother=F9\n")
    install.install(plugin_zip(tmp_path, "1"), home)
    assert "enable_smart_lineart=true" in (tmp_path / "dotfiles/kritarc").read_text()
    install.uninstall(home)
    assert (tmp_path / "dotfiles/kritarc").read_text() == KRITARC
    assert (tmp_path / "dotfiles/kritashortcutsrc").read_text() == "other=F9\n"
    for name in ("kritarc", "kritashortcutsrc"):
        assert (home.config / name).is_symlink()
        assert (home.config / name).stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in home.config.iterdir()) == ["kritarc", "kritashortcutsrc"]


def test_a_new_user_gets_a_configuration_with_the_switch_alone(tmp_path):
    home = KritaHome(tmp_path / "krita", tmp_path / "config")
    install.install(plugin_zip(tmp_path, "1"), home)
    assert (home.config / "kritarc").read_text() == "[python]\nenable_smart_lineart=true\n"


@pytest.mark.parametrize(
    ("system", "environment", "resources", "config"),
    [
        ("linux", {"HOME": "/h"}, "/h/.local/share/krita", "/h/.config"),
        ("linux", {"HOME": "/h", "XDG_DATA_HOME": "/d", "XDG_CONFIG_HOME": "/c"}, "/d/krita", "/c"),
        ("linux", {"HOME": "/h"}, "/h/.var/app/org.kde.krita/data/krita", "/h/.var/app/org.kde.krita/config"),
        ("darwin", {"HOME": "/h"}, "/h/Library/Application Support/krita", "/h/Library/Preferences"),
        ("win32", {"USERPROFILE": "/h", "APPDATA": "/r", "LOCALAPPDATA": "/l"}, "/r/krita", "/l"),
    ],
)
def test_kritas_folders_are_known(system, environment, resources, config):
    assert KritaHome(Path(resources), Path(config)) in krita_homes.known_homes(environment, system)


def test_the_home_is_the_chosen_one_or_the_only_one(tmp_path):
    homes = [KritaHome(tmp_path / name, tmp_path / f"{name}-config") for name in ("usual", "flatpak")]
    with pytest.raises(PackingError, match="start Krita once"):
        krita_homes.choose_home(None, homes)
    homes[1].resources.mkdir()
    assert krita_homes.choose_home(None, homes) == homes[1]
    homes[0].resources.mkdir()
    with pytest.raises(PackingError, match="more than one Krita"):
        krita_homes.choose_home(None, homes)
    assert krita_homes.choose_home(tmp_path / "flatpak", homes) == homes[1]
    assert krita_homes.choose_home(tmp_path / "moved", homes) == KritaHome(
        tmp_path / "moved", homes[0].config
    )
    (tmp_path / "portable").mkdir()
    (tmp_path / "portable/kritarc").write_text("")
    assert krita_homes.choose_home(tmp_path / "portable", homes).config == tmp_path / "portable"


def test_the_command_uninstalls_and_answers_mistakes_with_a_sentence(home, tmp_path, monkeypatch, capsys):
    # Not by variables: each system has others, and a real plugin would be uninstalled.
    monkeypatch.setattr(krita_homes, "known_homes", lambda: [home])
    install.install(plugin_zip(tmp_path, "1"), home)
    assert build_plugin.main(["--uninstall"]) == 0
    assert "Removed or cleaned" in capsys.readouterr().out
    assert build_plugin.main(["--uninstall", "--krita-home", str(home.resources)]) == 0
    assert "was not installed" in capsys.readouterr().out
    assert build_plugin.main(["--install", "--all"]) == 1
    assert "Only this platform's zip" in capsys.readouterr().err
    assert build_plugin.main(["--platform", "macos-arm64", "--gpu"]) == 1
    shutil.rmtree(home.resources)
    assert build_plugin.main(["--uninstall"]) == 1
    assert "start Krita once" in capsys.readouterr().err
