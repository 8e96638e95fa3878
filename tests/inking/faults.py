# SPDX-License-Identifier: GPL-3.0-or-later
"""Worker processes that go wrong on purpose."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import numpy as np

TILE = np.random.default_rng(9).integers(0, 256, (1, 1, 96, 128), np.uint8)
SCRIPT = Path(__file__).resolve().parents[2] / "smart_lineart/worker.py"
FAULTY_WORKER = Path(__file__).with_name("faulty_worker.py")


def faulty_script(folder: Path, fault: str, times: int) -> Path:
    """A script for `worker_process.SCRIPT`, in which the first `times` runs of a network go wrong."""
    worker = _copied(folder, fault, times)
    script = folder / "worker.py"
    script.write_text(
        "import runpy, sys\n"
        f"sys.argv[1:] = [{str(folder / 'tokens')!r}, {str(SCRIPT)!r}]\n"
        f"runpy.run_path({str(worker)!r}, run_name='__main__')\n",
        encoding="utf-8",
    )
    return script


def faulty_python(folder: Path, fault: str, times: int, python: str = sys.executable) -> Path:
    """The same as a "Python" for SMART_LINEART_PYTHON, for a program that is started; not on Windows.

    All it needs lies in `folder`, which a program in a chroot may see where it does not see this one.
    """
    worker = _copied(folder, fault, times)
    script = folder / "python-faulty"
    script.write_text(f'#!/bin/sh\nexec "{python}" -I -B "{worker}" "{folder / "tokens"}" "$@"\n')
    script.chmod(0o755)
    return script


def _copied(folder: Path, fault: str, times: int) -> Path:
    (folder / "tokens").mkdir(parents=True, exist_ok=True)
    give(folder, fault, times)
    return Path(shutil.copy(FAULTY_WORKER, folder))


def give(folder: Path, fault: str, times: int) -> None:
    """Let the next `times` runs go wrong; 0 takes back what was given."""
    for token in (folder / "tokens").iterdir():
        token.unlink()
    for number in range(times):
        (folder / "tokens" / f"{fault}-{number}").touch()


def left(folder: Path) -> int:
    """How many runs are still to go wrong."""
    return len(list((folder / "tokens").iterdir()))
