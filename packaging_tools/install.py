# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts the plugin into a user's Krita as its importer would, enables it, and takes everything away again."""

from __future__ import annotations

import contextlib
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

    The artist's own brushes stay, see `kept`. Raises PackingError.
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
        _remove_empty(home.resources / NAME)
        settings = [home.config / name for name in ("kritarc", "kritashortcutsrc")]
        removed += [path for path in settings if _edit(path, without_plugin)]
    except OSError as error:
        raise PackingError(f"The plugin could not be removed from {home.resources}: {error}.") from error
    return removed


def kept(home: KritaHome) -> list[str]:
    """Sentences about what is the artist's own, and stays when the plugin goes."""
    brushes = home.resources / NAME
    if not brushes.is_dir():
        return []
    return [f"Kept the brushes you made, in {brushes}: delete that folder when you want them no more."]


def with_value(text: str, group: str, key: str, value: str) -> str:
    """A configuration text with one value set; everything else stays as it is, line ends too."""
    lines = _lines(text)
    end = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += end
    bare = [line.rstrip("\r\n") for line in lines]
    if f"[{group}]" not in bare:
        return "".join([*lines, *([end] if lines else []), f"[{group}]{end}", f"{key}={value}{end}"])
    start = bare.index(f"[{group}]") + 1
    stop = next((at for at in range(start, len(bare)) if _GROUP.match(bare[at])), len(bare))
    others = [line for line in lines[start:stop] if line.partition("=")[0] != key]
    return "".join([*lines[:start], f"{key}={value}{end}", *others, *lines[stop:]])


def without_plugin(text: str) -> str:
    """A configuration text without the plugin's groups and keys: switches, settings, docker, shortcut."""
    left, ours = [], False
    for line in _lines(text):
        if match := _GROUP.match(line.rstrip("\r\n")):
            ours = match[1] in _OUR_GROUPS
        if not ours and line.partition("=")[0] not in _OUR_KEYS:
            left.append(line)
    return "".join(left)


def _lines(text: str) -> list[str]:
    """The lines with their ends; str.splitlines would also split at characters that a value may hold."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _remove_empty(brushes: Path) -> None:
    """Remove the folder of the artist's brushes where none is in it."""
    for folder in (brushes / "brushes" / "removed", brushes / "brushes", brushes):
        with contextlib.suppress(OSError):
            folder.rmdir()


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
    """Rewrite a text file, or the file that a link leads to; whether it changed."""
    target = path.resolve()
    # Whatever is not UTF-8 in a stranger's values goes through as it is.
    before = target.read_bytes().decode("utf-8", "surrogateescape") if target.exists() else ""
    after = change(before)
    if after == before:
        return False
    partial = target.with_name(f"{target.name}.new")
    partial.write_bytes(after.encode("utf-8", "surrogateescape"))
    if target.exists():
        shutil.copymode(target, partial)
    partial.replace(target)
    return True
