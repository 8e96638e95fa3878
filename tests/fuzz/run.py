# SPDX-License-Identifier: GPL-3.0-or-later
"""Fuzzes all targets in turn, as the least urgent thing the machine does, and tells what came of it.

Usage: python -m tests.fuzz.run SECONDS FOLDER [TARGET ...]

Each target gets SECONDS of processor time, however long that takes, in turns, a few targets at once: as many
as FUZZ_AT_ONCE says, else one. So a run that is cut short has shared its time out evenly.
FOLDER gets what the next run begins with, the logs, every input that made a target fail, and a line for every
turn, from which a run that was cut short goes on. A target that fails goes on after it, until its time is
over.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass, fields
from pathlib import Path

NAMES = ("raster", "psd", "kra", "strip", "note", "record", "preset", "model", "message")
HANG_SECONDS, MOST_MB, LONGEST_BYTES = 10, 1000, 8192  # seconds of processor time
ENOUGH_MB = 640  # a process that has grown so far is replaced: memory grows under Atheris alone
STUCK_SECONDS = 300  # of the clock: on a crowded machine the least urgent thing waits long
MOST_FAILURES = 100
TURN_SECONDS = 120.0  # of the clock
TURNS = "turns.txt"


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

    def add(self, other: Told) -> None:
        """Take in what came of another turn."""
        for field in fields(self)[1:]:
            setattr(self, field.name, getattr(self, field.name) + getattr(other, field.name))

    @classmethod
    def of_all(cls, names: Iterable[str], folder: Path) -> dict[str, Told]:
        """What came of the turns taken so far, by target."""
        all_told = {name: cls(name) for name in names}
        turns = folder / TURNS
        for line in turns.read_text(encoding="utf-8").splitlines() if turns.exists() else ():
            name, runs, failures, wall, processor = line.split()
            if name in all_told:
                all_told[name].add(cls(name, int(runs), int(failures), float(wall), float(processor)))
        return all_told


def fuzz(told: Told, seconds: float, folder: Path) -> None:
    """Fuzz one target for so long by the clock, and write down what came of it."""
    began = time.monotonic()
    while (left := seconds - (time.monotonic() - began)) >= 1 and told.failures < MOST_FAILURES:
        turn = Told(told.name)
        log = folder / f"{told.name}-{told.failures}.log"
        start = time.monotonic()
        status, turn.processor = run_once(told.name, int(left), folder, log)
        text = log.read_text(encoding="utf-8", errors="replace")
        turn.runs = max((int(number) for number in re.findall(r"^#(\d+)\s", text, re.MULTILINE)), default=0)
        turn.failures, turn.wall = int(status != 0), time.monotonic() - start
        told.add(turn)
        with (folder / TURNS).open("a", encoding="utf-8") as file:
            file.write(" ".join(map(str, astuple(turn))) + "\n")


def run_once(name: str, seconds: int, folder: Path, log: Path) -> tuple[int, float]:
    """One process until it fails or its time is over: exit status, processor time."""
    limits = (
        f"-max_total_time={seconds}",
        f"-timeout={STUCK_SECONDS}",
        f"-rss_limit_mb={MOST_MB}",
        f"-malloc_limit_mb={MOST_MB}",
        f"-max_len={LONGEST_BYTES}",
        f"-artifact_prefix={folder}/{name}-",
        "-print_final_stats=1",
    )
    command = ["nice", "-n", "19", sys.executable, "-m", "tests.fuzz.fuzz", name, str(folder / name), *limits]
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
    return status, usage.ru_utime + usage.ru_stime


def main() -> int:
    """See above; 1 where a target failed."""
    seconds, folder = float(sys.argv[1]), Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    all_told = Told.of_all(sys.argv[3:] or NAMES, folder)

    def turn(told: Told) -> None:
        fuzz(told, min(TURN_SECONDS, max(10.0, seconds - told.processor)), folder)

    with ThreadPoolExecutor(int(os.environ.get("FUZZ_AT_ONCE", "1"))) as pool:
        while waiting := [
            told for told in all_told.values() if told.processor < seconds and told.failures < MOST_FAILURES
        ]:
            list(pool.map(turn, sorted(waiting, key=lambda told: told.processor)))
            sys.stdout.write("".join(f"{told}\n" for told in all_told.values()) + "\n")
            sys.stdout.flush()
    return int(any(told.failures for told in all_told.values()))


if __name__ == "__main__":
    sys.exit(main())
