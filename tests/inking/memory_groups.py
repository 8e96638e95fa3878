# SPDX-License-Identifier: GPL-3.0-or-later
"""Groups of processes whose memory the kernel limits (cgroups, of either version)."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

ROOT = Path("/sys/fs/cgroup")


class NoGroup(Exception):
    """This machine lets us make none; the text says why."""


@contextmanager
def memory_group(most: int) -> Iterator[Path]:
    """A group beneath the one this process is in, whose processes have `most` bytes together; its folder.

    Raises NoGroup.
    """
    group, limit = _made()
    try:
        try:
            (group / limit).write_text(str(most))
        except OSError as error:
            raise NoGroup(f"{group / limit}: {error.strerror}") from error
        yield group
    finally:
        _removed(group)


def python_in(group: Path, folder: Path, python: str = sys.executable) -> Path:
    """A "Python" for SMART_LINEART_PYTHON that runs in a group."""
    script = folder / "python-in-group"
    script.write_text(f'#!/bin/sh\necho $$ > "{group}/cgroup.procs"\nexec "{python}" "$@"\n')
    script.chmod(0o755)
    return script


def killed_in(group: Path) -> int:
    """How many processes of a group the kernel has killed for want of memory."""
    for name in ("memory.events", "memory.oom_control"):
        if (group / name).exists():
            lines = (group / name).read_text().splitlines()
            return next((int(line.split()[1]) for line in lines if line.startswith("oom_kill ")), 0)
    return 0


def _made() -> tuple[Path, str]:
    """A new group's folder, and the name of the file that holds its limit."""
    reasons = []
    for parent, limit in _parents():
        group = parent / f"smart-lineart-{uuid4().hex}"
        try:
            group.mkdir()
        except OSError as error:
            reasons.append(f"{parent}: {error.strerror}")
            continue
        if (group / limit).exists():
            return group, limit
        group.rmdir()
        reasons.append(f"{parent}: no {limit}")
    raise NoGroup("; ".join(reasons) or "no memory groups here")


def _parents() -> Iterator[tuple[Path, str]]:
    """Groups to make one in, and the name of the file that holds a limit."""
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        number, kinds, own = line.split(":", 2)
        if number == "0":  # version 2: a group with processes of its own has no limited ones beneath it
            place = ROOT / own.lstrip("/")
            for parent in (place, *place.parents):
                control = parent / "cgroup.subtree_control"
                if control.exists() and "memory" in control.read_text().split():
                    yield parent, "memory.max"
        elif "memory" in kinds.split(","):
            yield ROOT / "memory" / own.lstrip("/"), "memory.limit_in_bytes"


def _removed(group: Path) -> None:
    """Remove a group once its processes are gone."""
    for _ in range(200):
        try:
            group.rmdir()
        except OSError:
            time.sleep(0.05)
        else:
            return
