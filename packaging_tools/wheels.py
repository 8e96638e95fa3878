# SPDX-License-Identifier: GPL-3.0-or-later
"""The published wheels a zip is made from: exact files, fetched with pip and checked against recorded
checksums.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from .errors import PackingError

REQUIREMENTS = Path(__file__).resolve().parent.parent / "requirements" / "plugin.json"
CACHE_VARIABLE = "SMART_LINEART_WHEELS"


@dataclass(frozen=True)
class Wheel:
    """One file: ``file`` is named as PEP 427 has it, ``sha256`` is hexadecimal."""

    file: str
    sha256: str

    @property
    def project(self) -> str:
        """The package's name, as in the file's."""
        return self.file.split("-")[0]

    @property
    def version(self) -> str:
        """The package's version."""
        return self.file.split("-")[1]

    @property
    def python(self) -> str:
        """The CPython tag, such as "cp313"."""
        return self.file.removesuffix(".whl").split("-")[-2]

    @property
    def platforms(self) -> list[str]:
        """The platform tags, such as "win_amd64"."""
        return self.file.removesuffix(".whl").split("-")[-1].split(".")


def wheels_of(platform: str, requirements: Path = REQUIREMENTS) -> list[Wheel]:
    """The wheels recorded for a platform."""
    recorded = json.loads(requirements.read_text(encoding="utf-8"))
    return [Wheel(file, sha256) for file, sha256 in sorted(recorded[platform].items())]


def cache_folder() -> Path:
    """Where fetched wheels are kept: SMART_LINEART_WHEELS, else a folder in the user's cache."""
    chosen = os.environ.get(CACHE_VARIABLE)
    if chosen:
        return Path(chosen).expanduser()
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "smart-lineart" / "wheels"


def fetch(wheel: Wheel, cache: Path) -> Path:
    """Return the wheel's file, from the cache or else from the package index pip is set up with.

    Raises PackingError when it cannot be had or is not the file that was recorded.
    """
    path = cache / wheel.file
    if not path.exists():
        _download(wheel, cache)
    if not path.exists():
        raise PackingError(f"The package index has {wheel.project} {wheel.version}, but not as {wheel.file}.")
    found = sha256_of(path)
    if found != wheel.sha256:
        raise PackingError(
            f"{path} is not the file that requirements/plugin.json records (its sha256 is {found}): delete "
            "it and try again."
        )
    return path


def sha256_of(path: Path) -> str:
    """A file's checksum, hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _download(wheel: Wheel, cache: Path) -> None:
    cache.mkdir(parents=True, exist_ok=True)
    wanted = ["--implementation", "cp", "--abi", wheel.python]
    wanted += ["--python-version", f"{wheel.python[2]}.{wheel.python[3:]}"]
    for tag in wheel.platforms:
        wanted += ["--platform", tag]
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command = [*pip, "--no-deps", "--only-binary=:all:", "--dest", str(cache), *wanted]
    ran = subprocess.run(
        [*command, f"{wheel.project}=={wheel.version}"], capture_output=True, text=True, check=False
    )
    if ran.returncode != 0:
        reason = ran.stderr.strip().splitlines()[-1:] or ["pip gave no reason"]
        raise PackingError(f"{wheel.file} could not be fetched: {reason[0]}")
