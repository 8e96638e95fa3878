# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole suite in two halves side by side: what drives a real Krita, and everything else.

Usage: .venv/bin/python scripts/run_tests.py [PYTEST OPTION ...], or `make test`. A Krita mostly waits for its
window, so the other half costs it little. What Krita's half says is shown as it comes, the other's when it
ends; the last line has the counts of both. A test in Krita that fails is tried once more, unless a Krita died
or hung in it (tests/krita/conftest.py); those that passed only then are named above the last line.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree as ET

ROOT = Path(__file__).resolve().parent.parent
SECOND_TRY = ["--reruns=1", "--rerun-show-tracebacks"]
HALVES = {"krita": ["tests/krita", *SECOND_TRY], "rest": ["tests", "--ignore=tests/krita"]}


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


def run(halves: dict[str, list[str]], options: list[str]) -> int:
    """Run the halves with pytest's options; 0 where all went well."""
    with tempfile.TemporaryDirectory() as scratch:
        reports = {name: Path(scratch, f"{name}.xml") for name in halves}
        first, *others = halves
        started = {}
        for name in (*others, first):
            command = [sys.executable, "-m", "pytest", f"--junitxml={reports[name]}", *options, *halves[name]]
            command += ["-p", "no:cacheprovider", "--durations=25"]  # one cache is not for two
            # Not a pipe: nobody would read it while Krita's half runs.
            said = None if name == first else Path(scratch, f"{name}.txt").open("wb")  # noqa: SIM115
            started[name] = subprocess.Popen(command, cwd=ROOT, stdout=said, stderr=subprocess.STDOUT)
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
    sys.exit(run(HALVES, sys.argv[1:]))
