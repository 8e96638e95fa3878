# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks to run before every commit: style, types, contracts, and the quick tests, side by side.

Usage: .venv/bin/python scripts/check.py, or `make check`. What fails is shown whole; exit code 1 then.
"""

from __future__ import annotations

import re
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
LEAST_TESTS = 1300
SHARES = 2  # of the tests, run side by side
# What starts Krita, unpacks zips, trains, starts process after process or inks whole pages takes minutes:
# `make test` has it.
LATER_FOLDERS = ("krita", "packaging", "fuzz", "training", "benchmarks")
LATER_WORDS = (
    "batch",
    "decoder",
    "determinism",
    "find_scale",
    "full_disk",
    "inker",
    "interrupt",
    "isolated",
    "memory",
    "privacy",
    "process",
    "real_inking",
    "renewing",
    "runtime",
)
LINTERS = {
    "style": [str(BIN / "ruff"), "check", "."],
    "format": [str(BIN / "ruff"), "format", "--check", "."],
    "types": [str(BIN / "mypy")],
    "contracts": [str(BIN / "lint-imports")],
    "licence headers": [sys.executable, "scripts/check_spdx.py"],
}
PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "not slow and not krita"]


def shares(files: list[Path]) -> list[list[str]]:
    """The test files in about equal shares; their length tells what they take, roughly."""
    parts: list[list[str]] = [[] for _ in range(SHARES)]
    weights = [0] * SHARES
    for path in sorted(files, key=lambda path: (-path.stat().st_size, path)):
        least = weights.index(min(weights))
        weights[least] += path.stat().st_size
        parts[least].append(str(path.relative_to(ROOT)))
    return parts


def quick_tests() -> list[Path]:
    """The files of the tests that take seconds."""
    tests = ROOT / "tests"
    return [
        path
        for path in tests.rglob("test_*.py")
        if path.relative_to(tests).parts[0] not in LATER_FOLDERS
        and not any(word in path.stem for word in LATER_WORDS)
    ]


class Checks:
    """Runs commands and tells how each came out."""

    def __init__(self) -> None:
        self.failed: list[str] = []
        self.passed_tests = 0
        self._lock = threading.Lock()

    def run(self, name: str, command: list[str]) -> None:
        """One of them."""
        began = time.monotonic()
        done = subprocess.run(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        passed = re.search(r"(\d+) passed", done.stdout)
        with self._lock:
            self.passed_tests += int(passed[1]) if passed else 0
            if done.returncode:
                self.failed.append(name)
                print(done.stdout)
            told = "FAILED" if done.returncode else f"{passed[1]} passed" if passed else "ok"
            print(f"{name}: {told} ({time.monotonic() - began:.0f} s)", flush=True)


def main() -> None:
    """Everything, as many at once as there are shares."""
    checks = Checks()
    tests = {
        f"tests, part {number}": [*PYTEST, *files] for number, files in enumerate(shares(quick_tests()), 1)
    }
    with ThreadPoolExecutor(SHARES) as pool:
        for name, command in {**LINTERS, **tests}.items():
            pool.submit(checks.run, name, command)
    if checks.passed_tests < LEAST_TESTS and not checks.failed:
        checks.failed.append("tests")
        print(f"only {checks.passed_tests} tests: at least {LEAST_TESTS} belong to the quick ones")
    print(
        "failed: " + ", ".join(checks.failed) if checks.failed else f"all well, {checks.passed_tests} tests"
    )
    sys.exit(bool(checks.failed))


if __name__ == "__main__":
    main()
