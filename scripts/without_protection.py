# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes protections out, one at a time, in a copy of the repository, and sees that their tests fail.

Usage: .venv/bin/python scripts/without_protection.py [--list] [--jobs N] [--krita yes|no] [WORD ...]
Takes those whose names have one of the words; a number is a group. With the protection in place the same
tests must pass.
"""

from __future__ import annotations

import argparse
import os
import queue
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

if __package__:
    from .protections import GROUPS, PROTECTIONS, Protection
else:
    from protections import GROUPS, PROTECTIONS, Protection

ROOT = Path(__file__).resolve().parent.parent
LINKED = ("models", "examples", "benchmarks", "training", "drawings")  # large, and changed by nobody
NOTICED, UNNOTICED = "its tests fail", "NOBODY NOTICES"
FAILS_ANYWAY, NOT_RUN = "ITS TESTS FAIL ANYWAY", "NO TEST WAS RUN"


def copy_to(folder: Path) -> Path:
    """A copy of what git would take, for tests to run in; what is large is linked."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    for name in filter(None, names):
        if name.split("/")[0] in LINKED or not (ROOT / name).exists():
            continue
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    for name in LINKED:
        (folder / name).symlink_to(ROOT / name)
    return folder


def run(tests: tuple[str, ...], folder: Path) -> int:
    """Pytest's exit code."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, cwd=folder, capture_output=True, check=False, env=environment).returncode


def without(protection: Protection, folder: Path, passing: set[tuple[str, ...]]) -> str:
    """What comes of it, in words. `passing`: tests known to pass as things are; more are found."""
    path = folder / protection.file
    whole = path.read_bytes()
    old, new = protection.old.encode(), protection.new.encode()
    if whole.count(old) != 1:
        raise SystemExit(f"{protection.name}: {protection.file} has changed, and this script must follow")
    path.write_bytes(whole.replace(old, new))
    try:
        code = run(protection.tests, folder)
    finally:
        path.write_bytes(whole)
    if code not in {0, 1}:
        return NOT_RUN
    if code == 0:
        return UNNOTICED
    if protection.tests not in passing and run(protection.tests, folder) == 0:
        passing.add(protection.tests)
    return NOTICED if protection.tests in passing else FAILS_ANYWAY


def try_all(chosen: list[Protection], jobs: int) -> dict[Protection, str]:
    """What comes of each, told as it comes; so many at once, and one where Krita is needed."""
    outcomes: dict[Protection, str] = {}
    passing: set[tuple[str, ...]] = set()
    with tempfile.TemporaryDirectory() as scratch:
        copies: queue.SimpleQueue[Path] = queue.SimpleQueue()
        for number in range(jobs):
            copies.put(copy_to(Path(scratch, str(number))))

        def try_one(protection: Protection) -> None:
            folder = copies.get()
            try:
                outcomes[protection] = without(protection, folder, passing)
            finally:
                copies.put(folder)
            print(f"{outcomes[protection]}: without {protection.name}", flush=True)

        for in_krita, workers in ((False, jobs), (True, 1)):
            with ThreadPoolExecutor(workers) as pool:
                list(pool.map(try_one, [one for one in chosen if one.in_krita == in_krita]))
    return outcomes


def summary(outcomes: dict[Protection, str]) -> str:
    """A line for each group, and one for all."""
    lines = []
    for group, title in GROUPS.items():
        told = [outcome for protection, outcome in outcomes.items() if protection.group == group]
        if told:
            lines.append(f"{group:2}. {title}: {told.count(NOTICED)} of {len(told)} noticed")
    noticed = list(outcomes.values()).count(NOTICED)
    return "\n".join([*lines, f"{noticed} of {len(outcomes)} protections: their tests fail without them"])


def chosen_by(words: list[str], krita: str | None) -> list[Protection]:
    """The protections whose names have one of the words, or whose group is one; all without words."""
    return [
        one
        for one in PROTECTIONS
        if (not words or any(word == str(one.group) or word in one.name for word in words))
        and krita in {None, "yes" if one.in_krita else "no"}
    ]


def main() -> None:
    """List the protections, or tell of each whether its tests notice that it is gone."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("words", nargs="*", metavar="WORD", help="part of a name, or a group's number")
    parser.add_argument("--list", action="store_true", help="only list them, by groups")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="so many at once (1)")
    parser.add_argument("--krita", choices=["yes", "no"], help="only those that need a Krita, or do not")
    options = parser.parse_args()
    chosen = chosen_by(options.words, options.krita)
    if options.list:
        for group, title in GROUPS.items():
            names = [one.name for one in chosen if one.group == group]
            print(*([f"{group:2}. {title}"] if names else []), *(f"      {name}" for name in names), sep="\n")
        return
    outcomes = try_all(chosen, options.jobs)
    print(summary(outcomes))
    sys.exit(any(outcome != NOTICED for outcome in outcomes.values()))


if __name__ == "__main__":
    main()
