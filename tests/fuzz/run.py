# SPDX-License-Identifier: GPL-3.0-or-later
"""Fuzzes all targets side by side, as the least urgent thing the machine does, and tells what came of it.

Usage: python -m tests.fuzz.run SECONDS FOLDER [TARGET ...]

FOLDER gets what the next run begins with, the logs, and every input that made a target fail. A target that
fails goes on after it, until its time is over.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

NAMES = ("raster", "psd", "kra", "strip", "note", "record", "preset", "model", "message")
HANG_SECONDS, MOST_MB, LONGEST_BYTES = 10, 1500, 8192
MOST_FAILURES = 100


@dataclass
class Told:
    """What came of one target; times in seconds."""

    name: str
    runs: int = 0
    failures: int = 0
    wall: float = 0.0
    processor: float = 0.0

    def __str__(self) -> str:
        return (
            f"{self.name:8} {self.runs:9} runs, {self.failures} failures, "
            f"{self.wall:5.0f} s, {self.processor:5.0f} s of processor time"
        )


def fuzz(name: str, seconds: float, folder: Path) -> Told:
    """Fuzz one target for so long."""
    told, began = Told(name), time.monotonic()
    while (left := seconds - told.wall) >= 1 and told.failures < MOST_FAILURES:
        log = folder / f"{name}-{told.failures}.log"
        status, used = run_once(name, int(left), folder, log)
        text = log.read_text(encoding="utf-8", errors="replace")
        told.runs += max((int(number) for number in re.findall(r"^#(\d+)\s", text, re.MULTILINE)), default=0)
        told.processor += used
        told.wall = time.monotonic() - began
        if status == 0:
            break
        told.failures += 1
    return told


def run_once(name: str, seconds: int, folder: Path, log: Path) -> tuple[int, float]:
    """One process until it fails or its time is over: exit status, processor time."""
    limits = (
        f"-max_total_time={seconds}",
        f"-timeout={HANG_SECONDS}",
        f"-rss_limit_mb={MOST_MB}",
        f"-malloc_limit_mb={MOST_MB}",
        f"-max_len={LONGEST_BYTES}",
        f"-artifact_prefix={folder}/{name}-",
    )
    command = ["nice", "-n", "19", sys.executable, "-m", "tests.fuzz.fuzz", name, str(folder / name), *limits]
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
    return status, usage.ru_utime + usage.ru_stime


def main() -> None:
    """See above."""
    seconds, folder = float(sys.argv[1]), Path(sys.argv[2])
    names = sys.argv[3:] or NAMES
    folder.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(len(names)) as pool:
        for told in pool.map(lambda name: fuzz(name, seconds, folder), names):
            sys.stdout.write(f"{told}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
