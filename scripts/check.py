# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks to run before every commit: style, types, contracts, and the quick tests, side by side.

Usage: .venv/bin/python scripts/check.py [--coverage], or `make check`. What fails is shown whole; exit code 1
then. `--coverage`, or `make coverage`, also tells which lines the quick tests run, and fails where they are
fewer than pyproject.toml asks for; it takes a tenth to a fifth longer.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
LEAST_TESTS = 1300
SHARES = 6  # of the tests: a file's length tells its time roughly, so that two would end far apart
AT_ONCE = 2
# What starts Krita, unpacks zips, trains, starts process after process or inks whole pages takes minutes:
# `make test` has it.
LATER_FOLDERS = ("krita", "packaging", "fuzz", "training", "benchmarks")
LATER_WORDS = (
    "batch",
    "cancelling",
    "decoder",
    "determinism",
    "find_scale",
    "full_disk",
    "inker",
    "interrupt",
    "isolated",
    "memory",
    "mutate",
    "plans",
    "privacy",
    "process",
    "real_inking",
    "renewing",
    "run_tests",
    "runtime",
    "sheet",
    "shell",
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

    def run(self, name: str, command: list[str], environment: Mapping[str, str] | None = None) -> None:
        """One of them; what it says is shown where it fails."""
        began = time.monotonic()
        done = subprocess.run(
            command,
            cwd=ROOT,
            env={**os.environ, **(environment or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        passed = re.search(r"(\d+) passed", done.stdout)
        with self._lock:
            self.passed_tests += int(passed[1]) if passed else 0
            if done.returncode:
                self.failed.append(name)
                print(done.stdout)
            told = "FAILED" if done.returncode else f"{passed[1]} passed" if passed else "ok"
            print(f"{name}: {told} ({time.monotonic() - began:.0f} s)", flush=True)


def run_all(checks: Checks, coverage: Path | None) -> None:
    """Everything, as many at once as there are shares; `coverage`: a folder for what tests cover, or None."""
    tests = {
        f"tests, part {number}": [*PYTEST, *files] for number, files in enumerate(shares(quick_tests()), 1)
    }
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for name, command in LINTERS.items():
            pool.submit(checks.run, name, command)
        for number, (name, command) in enumerate(tests.items(), 1):
            if coverage is None:
                pool.submit(checks.run, name, command)
            else:
                data = {"COVERAGE_FILE": str(coverage / f"part-{number}")}
                pool.submit(
                    checks.run, name, [*command, "--cov", "--cov-report=", "--cov-fail-under=0"], data
                )


def report_coverage(checks: Checks, folder: Path) -> None:
    """Print what the parts covered together; too little fails."""
    report = [sys.executable, "-m", "coverage"]
    data = {**os.environ, "COVERAGE_FILE": str(folder / "whole")}
    parts = sorted(str(path) for path in folder.glob("part-*"))
    subprocess.run([*report, "combine", "-q", *parts], cwd=ROOT, env=data, check=False)
    if subprocess.run([*report, "report"], cwd=ROOT, env=data, check=False).returncode:
        checks.failed.append("coverage")


def main(arguments: Sequence[str] = ()) -> None:
    """Run the checks."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--coverage", action="store_true", help="tell which lines the tests run")
    checks = Checks()
    if parser.parse_args(arguments).coverage:
        with tempfile.TemporaryDirectory() as folder:
            run_all(checks, Path(folder))
            report_coverage(checks, Path(folder))
    else:
        run_all(checks, None)
    if checks.passed_tests < LEAST_TESTS and not checks.failed:
        checks.failed.append("tests")
        print(f"only {checks.passed_tests} tests: at least {LEAST_TESTS} belong to the quick ones")
    print(
        "failed: " + ", ".join(checks.failed) if checks.failed else f"all well, {checks.passed_tests} tests"
    )
    sys.exit(bool(checks.failed))


if __name__ == "__main__":
    main(sys.argv[1:])
