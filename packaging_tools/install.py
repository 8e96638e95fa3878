# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts the plugin into a user's Krita as its importer would, enables it, and takes everything away again."""

from __future__ import annotations

import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from .contents import NAME
from .errors import PackingError
from .krita_homes import KritaHome

# What the plugin itself keeps in Krita's resource folder; see smart_lineart/bundled.py.
_KEPT_BESIDE = (f"{NAME}-libraries", f"{NAME}-packages")
_GROUP = re.compile(r"^\[(.+)\]$")
_OUR_GROUPS = (NAME, f"MainWindow][DockWidget {NAME}_docker")
_OUR_KEYS = (f"enable_{NAME}", f"{NAME}_ink")


def install(archive: Path, home: KritaHome) -> None:
    """Unpack the zip into Krita's resource folder, in place of an older version, and enable it.

    Raises PackingError; what was there before stays until the new files are all written.
    """
    pykrita, actions = home.resources / "pykrita", home.resources / "actions"
    try:
        for folder in (pykrita, actions, home.config):
            folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home.resources) as scratch, zipfile.ZipFile(archive) as packed:
            packed.extractall(scratch)
            _replace_folder(Path(scratch) / NAME, pykrita / NAME, Path(scratch) / "old")
            (Path(scratch) / f"{NAME}.desktop").replace(pykrita / f"{NAME}.desktop")
            (Path(scratch) / f"{NAME}.action").replace(actions / f"{NAME}.action")
        _edit(home.config / "kritarc", lambda text: with_value(text, "python", f"enable_{NAME}", "true"))
    except OSError as error:
        raise PackingError(f"The plugin could not be installed into {home.resources}: {error}.") from error


def uninstall(home: KritaHome) -> list[Path]:
    """Remove the plugin, what it keeps, and what Krita remembers of it; returns what was removed or changed.

    Raises PackingError.
    """
    removed = []
    paths = [home.resources / "pykrita" / NAME, home.resources / "pykrita" / f"{NAME}.desktop"]
    paths += [
        home.resources / "actions" / f"{NAME}.action",
        *(home.resources / name for name in _KEPT_BESIDE),
    ]
    try:
        for path in paths:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            elif path.exists() or path.is_symlink():
                path.unlink()
            else:
                continue
            removed.append(path)
        settings = [home.config / name for name in ("kritarc", "kritashortcutsrc")]
        removed += [path for path in settings if _edit(path, without_plugin)]
    except OSError as error:
        raise PackingError(f"The plugin could not be removed from {home.resources}: {error}.") from error
    return removed


def with_value(text: str, group: str, key: str, value: str) -> str:
    """A configuration text with one value set; everything else stays as it is."""
    lines = text.splitlines()
    if f"[{group}]" not in lines:
        lines += ["", f"[{group}]"] if lines else [f"[{group}]"]
    start = lines.index(f"[{group}]") + 1
    end = next((at for at in range(start, len(lines)) if _GROUP.match(lines[at])), len(lines))
    kept = [line for line in lines[start:end] if line.partition("=")[0] != key]
    return "\n".join([*lines[:start], f"{key}={value}", *kept, *lines[end:]]) + "\n"


def without_plugin(text: str) -> str:
    """A configuration text without the plugin's groups and keys: switches, settings, docker, shortcut."""
    kept, ours = [], False
    for line in text.splitlines():
        if match := _GROUP.match(line):
            ours = match[1] in _OUR_GROUPS
        if not ours and line.partition("=")[0] not in _OUR_KEYS:
            kept.append(line)
    return "\n".join(kept) + "\n" if kept else ""


def _replace_folder(new: Path, target: Path, old: Path) -> None:
    if target.exists():
        target.rename(old)
    try:
        new.rename(target)
    except OSError:
        if old.exists():
            old.rename(target)
        raise


def _edit(path: Path, change: Callable[[str], str]) -> bool:
    """Rewrite a text file; whether it changed."""
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    after = change(before)
    if after == before or (not path.exists() and not after):
        return False
    partial = path.with_name(f"{path.name}.new")
    partial.write_text(after, encoding="utf-8", newline="\n")
    partial.replace(path)
    return True
