# SPDX-License-Identifier: GPL-3.0-or-later
"""Running code in a process of its own that is cut off from the network and watched for sockets and files."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
_CHILD = Path(__file__).with_name("watched_child.py")
# Where programs keep settings, caches and temporary files; all of it must follow HOME and TMPDIR.
_FOLDER_VARIABLES = (
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_STATE_HOME",
    "XDG_RUNTIME_DIR",
)


@dataclass(frozen=True)
class Watched:
    """How a watched process ended; ``files`` are those it left in its home, working and temporary folders."""

    status: int
    output: str
    errors: str
    files: list[Path]


def run_watched(
    code: str, folder: Path, *, may_write: bool = False, environment: dict[str, str] | None = None
) -> Watched:
    """Run ``code`` without a network; see watched_child.py for what ends it.

    ``folder`` gets the empty folders it sees as HOME, working folder and TMPDIR.
    """
    places = {name: folder / name for name in ("home", "work", "temporary")}
    for place in places.values():
        place.mkdir(parents=True)
    variables = {key: value for key, value in os.environ.items() if key not in _FOLDER_VARIABLES}
    # A setting from outside would hide that the code itself forgets it.
    variables.pop("ORT_DISABLE_TELEMETRY", None)
    variables |= {
        "HOME": str(places["home"]),
        "TMPDIR": str(places["temporary"]),
        "PYTHONPATH": str(REPOSITORY),
        "PYTHONDONTWRITEBYTECODE": "1",
        **(environment or {}),
    }
    command = [sys.executable, str(_CHILD), *([] if may_write else ["--no-writing"]), code]
    done = subprocess.run(
        [*_without_network(), *command],
        cwd=places["work"],
        env=variables,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    files = sorted(path for place in places.values() for path in place.rglob("*"))
    return Watched(done.returncode, done.stdout, done.stderr, files)


def _without_network() -> list[str]:
    """The command that takes the network away, where the system lets an ordinary user do so."""
    prefix = ["unshare", "--map-root-user", "--net"]
    try:
        allowed = subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return []
    return prefix if allowed else []
