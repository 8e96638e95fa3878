# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes small faults into a copy of the package, one at a time, and sees whether the tests notice.

Usage: .venv/bin/python scripts/mutate.py [--most N] [--seed N] [--least SHARE] [--tests FILE]
    [ROOM or FILE ...]

Faults are drawn at random, with a fixed seed, at most N for a file. Tried are the tests that run the function
a fault lies in. What they don't notice is told as a diff; faults that change nothing that anyone could notice
stand in tests/mutants_equal.txt, with the reason.

mutmut and cosmic-ray were tried. mutmut 3 breaks the code it has not mutated yet (in its
classes, `next` comes to mean `JobQueue.next`); cosmic-ray writes into the checkout itself, and starts Python,
numpy and OpenCV anew for each fault, with all tests of a module: 5 s each.
"""

from __future__ import annotations

import argparse
import compileall
import contextlib
import importlib
import json
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import CodeType, FrameType

import pytest

if __package__:
    from .mutations import Mutation, mutations
else:
    from mutations import Mutation, mutations

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "smart_lineart"
COPIED = (PACKAGE, "tests", "pyproject.toml")
LINKED = ("models", "examples", "docs", "scripts", "requirements", "benchmarks", "drawings", "training")
EQUAL = "tests/mutants_equal.txt"
EVERY = "every test"
QUICK = "not krita and not slow"
# Imported once, not for each fault: that takes longer than most tests.
ONCE = (
    *("_hypothesis_pytestplugin", "hypothesis.extra.numpy", "numpy.testing", "cv2", "PIL.Image"),
    *("scipy.ndimage", "skimage.morphology"),
)
MEMORY = 8 << 30  # bytes of address space: a fault may allocate without end
WAITED = 6  # times as long as the processor's time
ENOUGH_S = 20.0  # of tests for one fault, the quickest first

Tests = dict[str, float]  # a test's id, and how many seconds it takes


@dataclass(frozen=True)
class Room:
    """Files of the package, and pytest's arguments for the tests that shall notice faults in them.

    `apart`: the beginnings of files that run in processes of their own, where nobody sees which test runs
    what, each with that of the tests that start those.
    """

    files: tuple[str, ...]
    tests: tuple[str, ...]
    apart: tuple[tuple[str, str], ...] = ()

    def started(self, file: str, found: dict[str, Tests]) -> Tests:
        """The tests that run a file in a process of its own."""
        starting = tuple(test for begins, test in self.apart if file.startswith(begins))
        return {test: seconds for test, seconds in found[EVERY].items() if test.startswith(starting)}


# Tests of processes, libraries and memory: they take long, and see little of single functions.
PROCESSES = (
    *(f"tests/inking/test_{name}.py" for name in ("memory_limit", "determinism")),
    *(
        f"tests/inking/network/test_{name}.py"
        for name in ("isolated_network", "memory_group", "privacy", "runtime", "worker_process")
    ),
)
ROOMS = {
    # Every stage; the runtimes, in network/runtime, are what those tests are of.
    "inking": Room(
        ("smart_lineart/inking/*.py", "smart_lineart/inking/*/*.py"),
        ("tests/inking", *(f"--ignore={file}" for file in PROCESSES)),
    ),
    "krita_host": Room(("smart_lineart/krita_host/*.py",), ("tests/krita_host",)),
    "cli": Room(
        ("smart_lineart/cli/**/*.py",),
        ("tests/cli",),
        (
            ("smart_lineart/cli/decoding/", "tests/cli/decoding/"),
            ("smart_lineart/cli/interrupt.py", "tests/cli/test_interruption.py"),
        ),
    ),
    # Docker, rows, widgets and the overlay, in smart_lineart/ui, are driven in a real Krita instead.
    "studio": Room(("smart_lineart/studio/**/*.py",), ("tests/studio",)),
}


@dataclass
class Tally:
    """How many faults of a file were noticed."""

    killed: int = 0
    equal: int = 0
    survived: list[str] = field(default_factory=list)

    @property
    def share(self) -> float:
        """Killed, of those that could be."""
        return self.killed / max(1, self.killed + len(self.survived))

    def plus(self, other: Tally) -> Tally:
        """Both together."""
        return Tally(self.killed + other.killed, self.equal + other.equal, [*self.survived, *other.survived])


class Recorder:
    """A pytest plugin: which functions of the package each test runs, and how long it takes."""

    def __init__(self, folder: Path):
        self._folder = str(folder) + os.sep
        self.ran: dict[str, list[str]] = {}
        self.seconds: Tests = {}
        self.failed: set[str] = set()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Watch all of a test: its fixtures call the package, too."""
        seen: dict[int, CodeType] = {}

        def note(frame: FrameType, event: str, _argument: object) -> None:
            if event == "call":
                seen[id(frame.f_code)] = frame.f_code

        began = time.perf_counter()
        threading.setprofile(note)
        sys.setprofile(note)
        try:
            return (yield)
        finally:
            sys.setprofile(None)
            threading.setprofile(None)  # type: ignore[arg-type]
            self.seconds[item.nodeid] = time.perf_counter() - began
            ours = [code for code in seen.values() if code.co_filename.startswith(self._folder + PACKAGE)]
            self.ran[item.nodeid] = [_place(code, self._folder) for code in ours]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test that fails or is skipped anyway notices nothing."""
        if not report.passed:
            self.failed.add(report.nodeid)


def _place(code: CodeType, folder: str) -> str:
    return f"{code.co_filename.removeprefix(folder)}:{code.co_firstlineno}"


class Workshop:
    """A copy of the repository in which faults are tried."""

    def __init__(self, root: Path, folder: Path):
        self.folder = folder
        for name in COPIED:
            source = root / name
            if source.is_dir():
                shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
            elif source.exists():
                shutil.copy(source, folder / name)
        for name in LINKED:
            if (root / name).exists():
                (folder / name).symlink_to(root / name)
        compileall.compile_dir(folder / PACKAGE, quiet=1)

    def survey(self, tests: Iterable[str]) -> dict[str, Tests]:
        """Which tests run which function: "file:first line" -> tests; and "file" -> tests of all of it.

        EVERY -> all tests, also those that run nothing of the package in their own process.
        """
        notes = self.folder / "survey.json"

        def watch() -> int:
            recorder = Recorder(self.folder)
            code = pytest.main(["-q", "-m", QUICK, "-p", "no:cacheprovider", *tests], plugins=[recorder])
            notes.write_text(
                json.dumps([recorder.ran, recorder.seconds, sorted(recorder.failed)]), encoding="utf-8"
            )
            return int(code)

        self._apart(watch, 3600, quiet=False)
        ran, seconds, failed = json.loads(notes.read_text(encoding="utf-8"))
        found: dict[str, Tests] = {EVERY: {}}
        for test in seconds.keys() - set(failed):
            found[EVERY][test] = seconds[test]
            for place in ran[test]:
                for key in (place, place.rpartition(":")[0]):
                    found.setdefault(key, {})[test] = seconds[test]
        return found

    def notices(self, file: str, fault: Mutation, tests: Tests, patience: float) -> bool:
        """Whether a test fails, or takes far too long, with this fault in a file."""
        chosen, total = [], 0.0
        for test, seconds in sorted(tests.items(), key=lambda item: item[1]):
            if chosen and total + seconds > ENOUGH_S:
                break
            chosen.append(test)
            total += seconds
        path = self.folder / file
        source = path.read_bytes()
        for compiled in path.parent.glob(f"__pycache__/{path.stem}.*.pyc"):
            compiled.unlink()  # may look as new as the file with the fault
        path.write_bytes(fault.applied(source))
        try:
            code = self._apart(
                lambda: int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", *chosen])),
                patience + 3 * total,
            )
        finally:
            path.write_bytes(source)
        if code == int(pytest.ExitCode.USAGE_ERROR):
            raise RuntimeError(f"pytest did not take its arguments: {chosen[:3]}")
        return code != 0

    def _apart(self, task: Callable[[], int], seconds: float, *, quiet: bool = True) -> int | None:
        """Do something in a process of its own, in the copy; its exit status, None where it was too slow.

        `seconds` are of the processor: how busy it is otherwise decides nothing.
        """
        sys.stdout.flush()
        child = os.fork()
        if not child:
            self._enter(round(seconds), quiet=quiet)
            status = 70
            try:
                status = task()
            finally:
                os._exit(status)
        deadline = time.monotonic() + WAITED * seconds  # for what sleeps; loops end by their processor time
        while time.monotonic() < deadline:
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                return status
            time.sleep(0.02)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return None

    def _enter(self, seconds: int, *, quiet: bool) -> None:
        os.setsid()
        if quiet:
            nothing = os.open(os.devnull, os.O_RDWR)
            for stream in (0, 1, 2):
                os.dup2(nothing, stream)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        os.chdir(self.folder)
        os.environ["PYTHONPATH"] = str(self.folder)
        os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
        sys.dont_write_bytecode = True
        sys.path[:0] = [str(self.folder)]
        for name in [name for name in sys.modules if name.partition(".")[0] in {PACKAGE, "tests"}]:
            del sys.modules[name]  # loaded from elsewhere


class Equals:
    """Faults that change nothing that anyone could notice: "file: - old line + new line", then a reason."""

    def __init__(self, text: str):
        entries = [line.strip() for line in text.splitlines() if line.strip() and line[0] not in "# "]
        self._waiting = set(entries)
        self._known = frozenset(entries)

    @staticmethod
    def name(file: str, diff: list[str]) -> str:
        """How a fault is called in the list."""
        return f"{file}: " + " ".join(f"{line[0]} {line[1:].strip()}" for line in diff)

    def has(self, name: str) -> bool:
        """Whether it is in the list."""
        self._waiting.discard(name)
        return name in self._known


@dataclass(frozen=True)
class Options:
    """How many faults are drawn for a file, from which seed, and the time for tests, in s."""

    most: int = 12
    seed: int = 18
    patience: float = 10.0


def try_file(
    shop: Workshop, file: str, room: Room, found: dict[str, Tests], equals: Equals, options: Options
) -> Tally:
    """Draw faults for a file, and see which are noticed."""
    started = room.started(file, found)
    source = (shop.folder / file).read_bytes()
    faults = list(mutations(source))
    chance = random.Random(f"{options.seed} {file}")
    drawn = sorted(chance.sample(faults, min(options.most, len(faults))), key=lambda fault: fault.start)
    tally = Tally()
    for fault in drawn:
        diff = fault.diff(source)
        name = equals.name(file, diff)
        key = f"{file}:{fault.function}" if fault.function else file
        # What no test runs may have run when the file was imported.
        tests = started | (found.get(key) or found.get(file, {}))
        if equals.has(name):
            tally.equal += 1
        elif tests and shop.notices(file, fault, tests, options.patience):
            tally.killed += 1
        else:
            tally.survived.append(name)
            print(f"  survived {len(tests)} tests, line {fault.line}: {name}", flush=True)
    print(f"{file}: {tally.killed} killed, {len(tally.survived)} survived, {tally.equal} equal", flush=True)
    return tally


def try_room(root: Path, room: Room, wanted: Iterable[str], options: Options) -> Tally:
    """Try faults in those files of a room that are wanted (none named: in all)."""
    files = sorted({str(path.relative_to(root)) for name in room.files for path in root.glob(name)})
    files = [file for file in files if not file.endswith("__init__.py")]
    names = list(wanted)
    equal = root / EQUAL
    equals = Equals(equal.read_text(encoding="utf-8") if equal.exists() else "")
    tally = Tally()
    for module in ONCE:
        with contextlib.suppress(ImportError):
            importlib.import_module(module)
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        shop = Workshop(root, Path(folder))
        found = shop.survey(room.tests)
        for file in files:
            if not names or any(name in file for name in names):
                tally = tally.plus(try_file(shop, file, room, found, equals, options))
    return tally


def main(arguments: list[str] | None = None) -> int:
    """The script."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("names", nargs="*", help=f"rooms ({', '.join(ROOMS)}) or parts of files' names")
    parser.add_argument("--most", type=int, default=Options.most, help="faults for a file, at most")
    parser.add_argument("--seed", type=int, default=Options.seed)
    parser.add_argument("--least", type=float, default=0.9, help="share that must be noticed in each room")
    parser.add_argument("--tests", action="append", help="a test file to take instead of the room's")
    options = parser.parse_intermixed_args(arguments)
    rooms = [name for name in options.names if name in ROOMS]
    files = [name for name in options.names if name not in ROOMS]
    shares = []
    for name in rooms or ROOMS:
        room = replace(ROOMS[name], tests=tuple(options.tests or ROOMS[name].tests))
        tally = try_room(ROOT, room, files, Options(options.most, options.seed))
        total = tally.killed + len(tally.survived)
        if total:
            shares.append(tally.share)
            print(
                f"{name}: {tally.killed} of {total} killed, {tally.share:.0%}; {tally.equal} equal",
                flush=True,
            )
    return int(any(share < options.least for share in shares))


if __name__ == "__main__":
    sys.exit(main())
