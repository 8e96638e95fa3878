# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole suite in four parts side by side: two of what drives a real Krita, two of everything else.

Usage: .venv/bin/python scripts/run_tests.py [PYTEST OPTION ...], or `make test`. A Krita mostly waits, for
its window or for us: two of them take half of a core, and the parts that compute go behind them. What the
first part says is shown as it comes, the others' when all have ended; the last line has the counts of all. A
test in Krita that fails is tried once more, unless a Krita died or hung in it (tests/krita/conftest.py);
those that passed only then are named above the last line.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree as ET

ROOT = Path(__file__).resolve().parent.parent
SECOND_TRY = ["--reruns=1", "--rerun-show-tracebacks"]
# About half of Krita's and half of the others, by the time they take; what is new goes to the second half.
HALF = ("brush_styles", "calm", "closing", "corrections", "documents", "faults", "flats", "inking")
KRITA = [f"tests/krita/test_{name}.py" for name in HALF]
ENGINE = ["tests/inking", "tests/cli"]
PARTS = {
    "krita": [*KRITA, *SECOND_TRY],
    "krita, second half": ["tests/krita", *(f"--ignore={name}" for name in KRITA), *SECOND_TRY],
    "engine": ENGINE,
    "others": ["tests", *(f"--ignore={name}" for name in ("tests/krita", *ENGINE))],
}
NICER = 10  # twice as far back as the plugin's own process, which goes behind Krita


def counts(report: Path) -> tuple[int, int, int]:
    """Passed, failed and skipped tests of a JUnit report; one that was never written is a failure."""
    if not report.is_file():
        return 0, 1, 0
    suites = ET.parse(report).getroot().iter("testsuite")  # noqa: S314 (pytest has just written it)
    passed = failed = skipped = 0
    for suite in suites:
        told = {name: int(suite.get(name, 0)) for name in ("tests", "failures", "errors", "skipped")}
        failed += told["failures"] + told["errors"]
        skipped += told["skipped"]
        passed += told["tests"] - told["failures"] - told["errors"] - told["skipped"]
    return passed, failed, skipped


def second_tries(report: Path) -> list[str]:
    """The tests that passed, but had failed before: a JUnit report has them twice, once for each try."""
    if not report.is_file():
        return []
    tries: dict[str, list[bool]] = {}
    for case in ET.parse(report).getroot().iter("testcase"):  # noqa: S314 (pytest has just written it)
        failed = case.find("failure") is not None or case.find("error") is not None
        tries.setdefault(f"{case.get('classname')}.{case.get('name')}", []).append(failed)
    return [name for name, failed in tries.items() if len(failed) > 1 and not any(failed)]


def start(name: str, arguments: list[str], said: Path | None) -> subprocess.Popen[bytes]:
    """Start one part's tests. `said`: the file for what they say, if not the screen."""
    command = [sys.executable, "-m", "pytest", *arguments]
    command += ["-p", "no:cacheprovider", "--durations=25"]  # one cache is not for several
    if not name.startswith("krita"):
        command = ["nice", "-n", str(NICER), *command]
    # Hundreds of programs are started: what is compiled is kept, also where Python is told to keep nothing.
    values = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    # Not a pipe: nobody would read it while the first part runs.
    file = said.open("wb") if said else None
    return subprocess.Popen(command, cwd=ROOT, env=values, stdout=file, stderr=subprocess.STDOUT)


def run(parts: dict[str, list[str]], options: list[str]) -> int:
    """Run the parts with pytest's options; 0 where all went well."""
    with tempfile.TemporaryDirectory() as scratch:
        reports = {name: Path(scratch, f"{name}.xml") for name in parts}
        first, *others = parts
        started = {}
        for name in (*others, first):
            arguments = [f"--junitxml={reports[name]}", *options, *parts[name]]
            said = None if name == first else Path(scratch, f"{name}.txt")
            started[name] = start(name, arguments, said)
        codes = {name: child.wait() for name, child in reversed(started.items())}
        for name in others:
            print(Path(scratch, f"{name}.txt").read_text("utf-8", "replace"), flush=True)
        passed, failed, skipped = map(sum, zip(*map(counts, reports.values()), strict=True))
        again = [name for report in reports.values() for name in second_tries(report)]
    if again:
        print(f"{len(again)} passed in a second try:", *again, sep="\n  ", flush=True)
    print(f"total: {passed} passed, {failed} failed, {skipped} skipped", flush=True)
    return int(any(codes.values()) or failed > 0)


if __name__ == "__main__":
    sys.exit(run(PARTS, sys.argv[1:]))
