# SPDX-License-Identifier: GPL-3.0-or-later
"""Worker processes that go wrong on purpose."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

FAULTY_WORKER = Path(__file__).with_name("faulty_worker.py")


def faulty_python(folder: Path, fault: str, times: int, python: str = sys.executable) -> Path:
    """A "Python" for SMART_LINEART_PYTHON, on which the first `times` runs of a network go wrong.

    All it needs lies in `folder`, which a program in a chroot may see where it does not see this one.
    """
    tokens = folder / "tokens"
    tokens.mkdir(parents=True, exist_ok=True)
    give(folder, fault, times)
    worker = shutil.copy(FAULTY_WORKER, folder)
    script = folder / "python-faulty"
    script.write_text(f'#!/bin/sh\nexec "{python}" -I -B "{worker}" "{tokens}" "$@"\n')
    script.chmod(0o755)
    return script


def give(folder: Path, fault: str, times: int) -> None:
    """Let the next `times` runs go wrong; 0 takes back what was given."""
    for token in (folder / "tokens").iterdir():
        token.unlink()
    for number in range(times):
        (folder / "tokens" / f"{fault}-{number}").touch()


def left(folder: Path) -> int:
    """How many runs are still to go wrong."""
    return len(list((folder / "tokens").iterdir()))
