# SPDX-License-Identifier: GPL-3.0-or-later
"""The user's defaults, kept in Krita's own configuration so that updating the plugin leaves them alone."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

from smart_lineart.krita_host import application

from .engine import EngineOptions
from .picture_kinds import USUAL, kinds_of
from .settings import InkSettings, read_object


def load_settings() -> InkSettings:
    """How new sketches are inked: as the artist has set it, or as suits them."""
    kept = application.read_setting("ink")
    return InkSettings.from_dict(read_object(kept)) if kept else InkSettings(auto=True)


def save_settings(settings: InkSettings) -> None:
    """Keep them for new documents, but for the colours left out, which are one drawing's own."""
    application.write_setting("ink", json.dumps(asdict(replace(settings, left_out=(), together=()))))


def load_engine_options() -> EngineOptions:
    """Runtime, device and memory the artist chose."""
    return EngineOptions.from_dict(read_object(application.read_setting("engine")))


def save_engine_options(options: EngineOptions) -> None:
    """Keep them."""
    application.write_setting("engine", json.dumps(asdict(options)))


def load_fades() -> bool:
    """Whether a sketch fades at its first ink."""
    return application.read_setting("fades", "yes") != "no"


def save_fades(fades: bool) -> None:
    """Keep whether it does."""
    application.write_setting("fades", "yes" if fades else "no")


def load_picture() -> tuple[tuple[str, ...], bool]:
    """What is taken from finished pictures, and whether lines get the picture's own colour."""
    kept = read_object(application.read_setting("picture")) or {}
    kinds = kept.get("kinds")
    wanted = kinds_of(one for one in kinds if isinstance(one, str)) if isinstance(kinds, list) else USUAL
    return wanted or USUAL, kept.get("own_colour") is True


def save_picture(kinds: tuple[str, ...], own_colour: bool) -> None:
    """Keep them."""
    application.write_setting("picture", json.dumps({"kinds": kinds, "own_colour": own_colour}))
