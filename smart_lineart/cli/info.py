# SPDX-License-Identifier: GPL-3.0-or-later
"""`smart-lineart info`: what this installation has and can do."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from smart_lineart import __version__
from smart_lineart.cli.voice import Voice
from smart_lineart.inking import STYLES, available_models, list_devices
from smart_lineart.said import Said

NOT_TOLD = 2


def info_command(*, as_json: bool) -> int:
    """Print the version, models, devices and styles; returns the exit code."""
    voice, facts = Voice(), gather()
    voice.tell(json.dumps(facts, indent=2) if as_json else "\n".join(_lines(facts)))
    return NOT_TOLD if voice.lost else 0


def gather() -> dict[str, Any]:
    """Everything `info` tells, as JSON has it."""
    faults: list[Said] = []
    models = [
        {"name": model.name, "folder": str(model.folder), "card": _card(model.folder), **model.metadata}
        for model in available_models(faults.append)
    ]
    return {
        "version": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "models": models,
        "model_faults": [str(fault) for fault in faults],
        "devices": [
            {
                "runtime": device.runtime,
                "kind": device.kind,
                "title": device.title,
                "available": device.available,
                "reason": "" if device.reason is None else str(device.reason),
            }
            for device in list_devices()
        ],
        "styles": [
            {"name": style.name, "title": str(style.title), "description": str(style.description)}
            for style in STYLES.values()
        ],
    }


def _card(folder: Path) -> str | None:
    try:
        return (folder / "README.md").read_text(encoding="utf-8")
    except OSError:
        return None


def _lines(facts: dict[str, Any]) -> Iterator[str]:
    yield f"Smart Lineart {facts['version']} (Python {facts['python']}, {facts['platform']})"
    yield from ("", "Models")
    for model in facts["models"]:
        yield f"  {model['name']} {model['version']}  {model['title']}"
        yield f"    card: {Path(model['folder']) / 'README.md'}"
    yield from (f"  {fault}" for fault in facts["model_faults"])
    if not facts["models"] and not facts["model_faults"]:
        yield "  none"
    yield from ("", "Devices")
    for device in facts["devices"]:
        state = "" if device["available"] else f"  (not available: {device['reason']})"
        yield f"  {device['runtime']} {device['kind']}  {device['title']}{state}"
    yield from ("", "Brush styles")
    for style in facts["styles"]:
        yield f"  {style['name']}  {style['title']}: {style['description']}"
