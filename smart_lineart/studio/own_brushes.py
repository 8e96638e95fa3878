# SPDX-License-Identifier: GPL-3.0-or-later
"""The artist's own brush styles: strips in a folder of theirs, which an update of the plugin leaves alone."""

from __future__ import annotations

import os
import re
from pathlib import Path

from smart_lineart.inking import STYLES, BadStrip, Strip, Style
from smart_lineart.paths import openable, readable
from smart_lineart.said import Said
from smart_lineart.studio.language.i18n import tr

from .settings import InkSettings
from .signal import Signal

PREFIX = "own:"
"""Before the file's name, so that no brush of one's own hides a bundled one."""
LONGEST = 60
MOST_BYTES = 1 << 20  # of a strip's file; 256 x 64 px need a tenth of it
RESERVED = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
)


class OwnBrushes:
    """Every style there is to choose from: the bundled ones, then the strips in `folder`."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.changed = Signal()
        self.broken: list[Said] = []
        self._own: dict[str, Style] = {}
        self._seen: tuple[tuple[str, int], ...] | None = None
        self.refresh()

    def refresh(self) -> None:
        """Look at the folder again: another Krita, or the artist, may have put a strip there."""
        try:
            files = sorted(self.folder.glob("*.png"), key=lambda path: path.stem.lower())
            seen = tuple((path.name, path.stat().st_mtime_ns) for path in files)
        except OSError:
            files, seen = [], ()
        if seen == self._seen:
            return
        own: dict[str, Style] = {}
        self._seen, self.broken = seen, []
        for path in files:
            try:
                strip = Strip.from_bytes(_strip_bytes(path), readable(path.name))
            except BadStrip as error:
                self.broken.append(error.said)
            except OSError as error:
                reason = error.strerror or error
                self.broken.append(Said("{path} cannot be read: {reason}.", path=path.name, reason=reason))
            else:
                title = readable(path.stem)
                own[PREFIX + title] = Style(PREFIX + title, title, readable(str(path)), strip)
        self._own = own  # at once, for lines are drawn on other threads meanwhile
        self.changed.emit()

    def styles(self) -> list[Style]:
        """All of them, the bundled ones first."""
        return [*STYLES.values(), *self._own.values()]

    def is_own(self, name: str) -> bool:
        """Whether a style is the artist's own, on this computer."""
        return name in self._own

    def has(self, name: str) -> bool:
        """Whether there is such a style on this computer."""
        return name in STYLES or name in self._own

    def find(self, name: str) -> Style:
        """The style called so; the pen where it isn't on this computer."""
        return self._own.get(name) or STYLES.get(name) or next(iter(STYLES.values()))

    def known(self, settings: InkSettings) -> InkSettings:
        """Settings whose brush is on this computer."""
        self.refresh()
        return settings.with_value("style", self.find(settings.style).name)

    def add(self, title: str, strip: Strip) -> Style:
        """Keep a strip under a name like `title` that isn't taken yet. Raises OSError."""
        path = _free(self.folder, file_name(title))
        write_whole(path, strip.to_bytes())
        self.refresh()
        return self.find(PREFIX + readable(path.stem))

    def remove(self, name: str) -> Path:
        """Put a strip of one's own aside; returns where it is kept. Raises OSError."""
        path = openable(self.folder / f"{name.removeprefix(PREFIX)}.png")
        kept = _free(self.folder / "removed", readable(path.stem))
        path.replace(kept)
        self.refresh()
        return kept


def _strip_bytes(path: Path) -> bytes:
    """A strip's file. Raises OSError, and BadStrip for what cannot be one: a pipe, a very large file."""
    if not path.is_file() or path.stat().st_size > MOST_BYTES:
        raise BadStrip("{path} is not a picture that can be read.", path=path.name)
    return path.read_bytes()


def _free(folder: Path, stem: str) -> Path:
    """A strip's file in a folder, named so or with a number behind where that is taken. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    taken = {readable(path.stem).lower() for path in folder.glob("*.png")}
    name, number = stem, 2
    while name.lower() in taken:
        name, number = f"{stem} {number}", number + 1
    return openable(folder / f"{name}.png")


def shown_name(name: str) -> str:
    """A style's name as the artist knows it."""
    return name.removeprefix(PREFIX)


def missing(name: str) -> str:
    """Says that a document's brush is not here."""
    return tr(
        'The brush "{name}" of this document is not on this computer: the pen inks instead.',
        name=shown_name(name),
    )


def file_name(title: str) -> str:
    """A title as a file's name that every system takes."""
    name = re.sub(r"[^\w\s()+,\-]", " ", title)
    name = re.sub(r"\s+", " ", name).strip(" -")[:LONGEST].strip()
    if name.lower() in RESERVED:
        name += "_"
    return name or tr("Brush")


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it is either whole or as before. Raises OSError."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        partial.write_bytes(data)
        partial.replace(path)
    except OSError:
        partial.unlink(missing_ok=True)
        raise
