# SPDX-License-Identifier: GPL-3.0-or-later
"""The user's defaults, kept in Krita's own configuration so that updating the plugin leaves them alone."""

from __future__ import annotations

import json
from dataclasses import asdict

from smart_lineart.krita_host import application

from .engine import EngineOptions
from .settings import InkSettings

LEAST_MB, MOST_MB = 128, 16384


def load_settings() -> InkSettings:
    """How the artist inked last."""
    return InkSettings.from_dict(_read("ink"))


def save_settings(settings: InkSettings) -> None:
    """Keep them for new documents."""
    application.write_setting("ink", json.dumps(asdict(settings)))


def load_engine_options() -> EngineOptions:
    """Runtime, device and memory the artist chose."""
    values = _read("engine")
    runtime, device, memory = values.get("runtime"), values.get("device"), values.get("memory")
    defaults = EngineOptions()
    return EngineOptions(
        runtime if isinstance(runtime, str) else defaults.runtime,
        device if isinstance(device, str) else defaults.device,
        min(MOST_MB, max(LEAST_MB, memory)) if isinstance(memory, int) else defaults.memory,
    )


def save_engine_options(options: EngineOptions) -> None:
    """Keep them."""
    application.write_setting("engine", json.dumps(asdict(options)))


def _read(key: str) -> dict[str, object]:
    try:
        values = json.loads(application.read_setting(key) or "{}")
    except ValueError:
        return {}
    return values if isinstance(values, dict) else {}
