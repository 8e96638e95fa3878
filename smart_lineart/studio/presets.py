# SPDX-License-Identifier: GPL-3.0-or-later
"""Named settings of the artist's own, each a small file to keep and to share."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from smart_lineart.inking import InkError
from smart_lineart.paths import readable
from smart_lineart.studio.language.i18n import tr

from .messages import Messages
from .own_brushes import write_whole
from .settings import LONGEST_NOTE, InkSettings, read_object

KIND, ENDING = "smart_lineart preset", ".slpreset"
MOST = 100  # that are listed


class BadPreset(InkError):
    """A file that is no preset."""


def file_of(path: Path) -> Path:
    """The file that a preset of this path is kept in."""
    return path if path.suffix == ENDING else path.with_name(path.name + ENDING)


class Presets:
    """Those in a folder."""

    def __init__(self, folder: Path):
        self.folder = folder

    def known(self) -> list[Path]:
        """The files, by name; what a preset is called is the file's name without its ending."""
        try:
            found = [path for path in self.folder.iterdir() if path.suffix == ENDING]
        except OSError:
            return []
        return sorted(found, key=lambda path: path.name.casefold())[:MOST]

    def save(self, path: Path, settings: InkSettings) -> Path:
        """Write settings into a file, whole or not at all; returns it. Which colours are left out is one
        drawing's own, and not among them. Raises OSError.
        """
        path = file_of(path)
        if path.parent == self.folder:
            self.folder.mkdir(parents=True, exist_ok=True)
        values = {"kind": KIND, "version": 1, "settings": asdict(settings.with_colours_of(InkSettings()))}
        write_whole(path, json.dumps(values, indent=1, sort_keys=True).encode())
        return path

    def load(self, path: Path) -> InkSettings:
        """The settings in a file. Raises BadPreset, OSError."""
        if path.exists() and not path.is_file():  # what is no file may never end
            raise BadPreset("{path} is not a preset of settings.", path=readable(path.name))
        with path.open("rb") as file:
            text = file.read(LONGEST_NOTE + 1).decode("utf-8", "replace")
        values = read_object(text)
        if values is None or values.get("kind") != KIND:
            raise BadPreset("{path} is not a preset of settings.", path=readable(path.name))
        return InkSettings.of_ink(values.get("settings"))

    def take(self, path: Path, messages: Messages) -> InkSettings | None:
        """The settings in a file; None, and a sentence why, where there are none."""
        try:
            return self.load(path)
        except InkError as error:
            messages.report(error)
        except OSError as error:
            reason = error.strerror or error
            messages.say(tr("{path} cannot be read: {reason}.", path=path.name, reason=reason), "error")
        return None

    def keep(self, path: Path, settings: InkSettings, messages: Messages) -> None:
        """Write settings into a file, or say why that cannot be."""
        try:
            self.save(path, settings)
        except OSError as error:
            reason = error.strerror or error
            messages.say(tr("{path} cannot be written: {reason}.", path=path, reason=reason), "error")
