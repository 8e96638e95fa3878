# SPDX-License-Identifier: GPL-3.0-or-later
"""Where Krita keeps a user's things: the resource folder, and the configuration files beside or away from
it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .errors import PackingError


@dataclass(frozen=True)
class KritaHome:
    """``resources`` holds ``pykrita`` and ``actions``; ``config`` holds ``kritarc`` and
    ``kritashortcutsrc``.
    """

    resources: Path
    config: Path


def known_homes(environment: Mapping[str, str] = os.environ, system: str = sys.platform) -> list[KritaHome]:
    """Where the Kritas of this system keep their things, whether they are there or not; the usual one
    first.
    """
    home = Path(environment.get("USERPROFILE" if system == "win32" else "HOME") or Path.home())
    if system == "win32":
        return _windows(environment, home)
    if system == "darwin":
        sandbox = home / "Library" / "Containers" / "org.kde.krita" / "Data" / "Library"
        places = [home / "Library", sandbox]
        return [KritaHome(place / "Application Support" / "krita", place / "Preferences") for place in places]
    data = Path(environment.get("XDG_DATA_HOME") or home / ".local" / "share")
    config = Path(environment.get("XDG_CONFIG_HOME") or home / ".config")
    flatpak, snap = home / ".var" / "app" / "org.kde.krita", home / "snap" / "krita" / "current"
    return [
        KritaHome(data / "krita", config),
        KritaHome(flatpak / "data" / "krita", flatpak / "config"),
        KritaHome(snap / ".local" / "share" / "krita", snap / ".config"),
    ]


def _windows(environment: Mapping[str, str], home: Path) -> list[KritaHome]:
    roaming = Path(environment.get("APPDATA") or home / "AppData" / "Roaming")
    local = Path(environment.get("LOCALAPPDATA") or home / "AppData" / "Local")
    homes = [KritaHome(roaming / "krita", local)]
    for package in sorted((local / "Packages").glob("*Krita_*")):  # the Microsoft Store's
        cache = package / "LocalCache"
        homes.append(KritaHome(cache / "Roaming" / "krita", cache / "Local"))
    return homes


def choose_home(chosen: Path | None, homes: list[KritaHome]) -> KritaHome:
    """The home at the chosen resource folder, else the only one that is there. Raises PackingError.

    A chosen folder that is none of the known ones is a resource folder the user moved; the configuration
    stays at its
    usual place then, unless ``kritarc`` lies in the folder itself.
    """
    if chosen is not None:
        for home in homes:
            if home.resources.resolve() == chosen.resolve():
                return home
        return KritaHome(chosen, chosen if (chosen / "kritarc").exists() else homes[0].config)
    there = [home for home in homes if home.resources.is_dir()]
    if len(there) > 1:
        names = " or ".join(f'--krita-home "{home.resources}"' for home in there)
        raise PackingError(f"There is more than one Krita here; say which: {names}.")
    if not there:
        raise PackingError(
            f"Krita's folder {homes[0].resources} is not there: start Krita once, or name its resource "
            "folder with --krita-home."
        )
    return there[0]
