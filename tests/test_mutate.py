# SPDX-License-Identifier: GPL-3.0-or-later
"""The script that tries small faults tells those that tests notice from those that they don't."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.name != "posix", reason="faults are tried in forked processes")
if os.name == "posix":
    from scripts.mutate import ROOMS, Options, Room, Tally, try_room
    from scripts.mutations import mutations

TOY = '''"""A toy."""


def larger(a: int, b: int) -> int:
    """The larger one."""
    if a > b:
        return a
    return b


def steps(goal: int) -> int:
    at = 0
    while at < goal:
        at += 2
    return at


def alone() -> int:
    return 7
'''
TESTS = """
import sys

from smart_lineart.toy import larger, steps


def test_larger() -> None:
    assert (larger(1, 2), larger(4, 3)) == (2, 4)


def test_steps() -> None:
    assert steps(6) == 6
"""
EQUAL = """# Equal faults.
smart_lineart/toy.py: - if a > b: + if a >= b:
    the same number either way
"""


APART = """
def answer() -> int:
    return 7
"""
STARTS = """
import subprocess
import sys

PROGRAM = "import sys; from smart_lineart.apart import answer; sys.exit(answer() != 7)"


def test_answer() -> None:
    assert subprocess.run([sys.executable, "-c", PROGRAM]).returncode == 0
"""


def repository(root: Path, files: dict[str, str]) -> Path:
    """Files in a folder, and the package that they are of."""
    for name, text in ({"smart_lineart/__init__.py": ""} | files).items():
        path = root / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return root


@pytest.fixture(scope="module")
def tally(tmp_path_factory: pytest.TempPathFactory) -> Tally:
    files = {"smart_lineart/toy.py": TOY, "tests/test_toy.py": TESTS, "tests/mutants_equal.txt": EQUAL}
    root = repository(tmp_path_factory.mktemp("toy"), files)
    room = Room(("smart_lineart/*.py",), ("tests",))
    found = try_room(root, room, (), Options(most=100, patience=2.0))
    assert (root / "smart_lineart" / "toy.py").read_text() == TOY
    return found


def test_what_no_test_sees_survives(tally: Tally) -> None:
    assert tally.survived == [
        "smart_lineart/toy.py: - at += 2 + at += 3",
        "smart_lineart/toy.py: - return 7 + return 14",
        "smart_lineart/toy.py: - return 7 + return None",
    ]


def test_wrong_results_and_loops_without_end_are_noticed(tally: Tally) -> None:
    total = len(list(mutations(TOY.encode())))
    assert tally.killed == total - len(tally.survived) - tally.equal == 6


def test_faults_known_to_be_equal_do_not_count(tally: Tally) -> None:
    assert tally.equal == 1
    assert tally.share == pytest.approx(tally.killed / (tally.killed + 3))


@pytest.mark.parametrize("apart", [(), (("smart_lineart/apart", "tests/test_apart"),)])
def test_what_runs_in_a_process_of_its_own_is_tried_with_the_tests_that_start_it(
    tmp_path: Path, apart: tuple[tuple[str, str], ...]
) -> None:
    root = repository(tmp_path, {"smart_lineart/apart.py": APART, "tests/test_apart.py": STARTS})
    found = try_room(root, Room(("smart_lineart/*.py",), ("tests",), apart), (), Options(patience=5.0))
    assert (found.killed, len(found.survived)) == ((2, 0) if apart else (0, 2))


def test_every_fault_can_be_compiled_and_changes_the_file() -> None:
    source = Path(sys.modules[mutations.__module__].__file__ or "").read_bytes()
    found = list(mutations(source))
    assert len(found) > 100
    for one in found[::7]:
        changed = one.applied(source)
        assert changed != source
        compile(changed, "changed", "exec")


@pytest.mark.parametrize("name", ROOMS)
def test_a_room_names_files_and_tests_that_are_there(name: str) -> None:
    root = Path(__file__).resolve().parent.parent
    files = [path for pattern in ROOMS[name].files for path in root.glob(pattern)]
    assert len(files) > 10
    assert len(files) == len(set(files))
    tests = [test.removeprefix("--ignore=") for test in ROOMS[name].tests]
    assert [test for test in tests if not (root / test).exists()] == []
    for file, test in ROOMS[name].apart:
        assert list(root.glob(file + "*"))
        assert list(root.glob(test + "*"))
