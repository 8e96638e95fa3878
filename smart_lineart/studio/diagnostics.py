# SPDX-License-Identifier: GPL-3.0-or-later
"""What a bug report needs: versions, device, times, the last error. Names no document and no person."""

from __future__ import annotations

import platform
import sys
from collections.abc import Mapping
from pathlib import Path

from smart_lineart.paths import readable


def report(
    versions: Mapping[str, str],
    *,
    engine: str,
    options: str,
    devices: list[str],
    seconds: Mapping[str, float],
    settings: str,
    last_error: str,
) -> str:
    """A text to paste into a bug report."""
    lines = ["Smart Lineart diagnostics"]
    lines += [f"{name}: {value}" for name, value in versions.items()]
    # Not platform.platform(): it starts a program to ask for the processor.
    system = f"{platform.system()} {platform.release()} {platform.version()} {platform.machine()}"
    lines += [f"Python: {sys.version.split()[0]}", f"System: {system}"]
    lines += [f"Engine in use: {engine or 'not started'}", f"Engine options: {options}"]
    lines += [f"Device: {device}" for device in devices]
    lines.append(
        "Last run, seconds: "
        + (", ".join(f"{name} {value:.2f}" for name, value in seconds.items()) or "none")
    )
    lines.append(f"Settings: {settings}")
    lines.append("Last error: " + (last_error.strip() or "none"))
    return without_home("\n".join(lines))


def without_home(text: str) -> str:
    """The same text without the name of the user's home folder."""
    return readable(text).replace(readable(str(Path.home())), "~")
