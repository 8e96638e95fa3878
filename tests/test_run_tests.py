# SPDX-License-Identifier: GPL-3.0-or-later
"""What `make test` runs: the suite in parts, every test in one of them, and a verdict over all."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts import run_tests

GOOD = "def test_good():\n    pass\n"
BAD = "def test_bad():\n    assert False\n"
SKIPPED = "import pytest\n\n@pytest.mark.skip\ndef test_left_out():\n    pass\n"


def parts(folder: Path, first: str, second: str) -> dict[str, list[str]]:
    files = {"krita": folder / "test_first.py", "rest": folder / "test_second.py"}
    for file, text in zip(files.values(), (first, second), strict=True):
        file.write_text(text)
    return {name: [str(file), "-c", "/dev/null", f"--rootdir={folder}"] for name, file in files.items()}


@pytest.mark.parametrize(
    ("first", "second", "told", "code"),
    [
        (GOOD, SKIPPED, "total: 1 passed, 0 failed, 1 skipped", 0),
        (GOOD, BAD, "total: 1 passed, 1 failed, 0 skipped", 1),
        (BAD, GOOD, "total: 1 passed, 1 failed, 0 skipped", 1),
        (GOOD, "import nothing_of_that_name\n", "total: 1 passed, 1 failed, 0 skipped", 1),
    ],
)
def test_the_last_line_and_the_exit_code_tell_of_all(tmp_path, capfd, first, second, told, code) -> None:
    assert run_tests.run(parts(tmp_path, first, second), []) == code
    said = capfd.readouterr().out
    assert said.splitlines()[-1] == told
    assert said.count("test session starts") == 2


def test_a_part_that_never_reports_is_a_failure(tmp_path) -> None:
    assert run_tests.counts(tmp_path / "none.xml") == (0, 1, 0)


def chosen(part: list[str], file: Path) -> bool:
    """Whether a part of the suite runs a file of tests."""
    left_out = [name.removeprefix("--ignore=") for name in part if name.startswith("--ignore=")]
    taken = [name for name in part if not name.startswith("--")]
    places = [str(place) for place in (file, *file.parents)]
    return any(name in places for name in taken) and not any(name in places for name in left_out)


def test_every_file_is_in_one_part_and_what_needs_krita_may_try_twice() -> None:
    for part in run_tests.PARTS.values():
        named = [name.removeprefix("--ignore=") for name in part if name not in run_tests.SECOND_TRY]
        assert all((run_tests.ROOT / name).exists() for name in named)
    for path in (run_tests.ROOT / "tests").rglob("test_*.py"):
        file = path.relative_to(run_tests.ROOT)
        (part,) = (part for part in run_tests.PARTS.values() if chosen(part, file))
        assert (run_tests.SECOND_TRY[0] in part) == file.is_relative_to("tests/krita")


FIRST_TRY_FAILS = """
import subprocess
from pathlib import Path

import harness
import pytest

tries = []


def krita(command):
    one = object.__new__(harness.KritaProcess)
    one._process, one.log = subprocess.Popen(["sh", "-c", command]), Path("none")
    one._folder = one.log
    return one


def test_at_chance(request):
    tries.append(request.node.name)
    KRITA
    assert len(tries) > 1, "fails at first"
"""
TOLD = "1 passed in a second try:\n  test_first.test_at_chance\ntotal: 1 passed, 0 failed, 0 skipped\n"


def second_try(folder: Path, krita: str = "") -> int:
    """Run a test that fails at first, as one in Krita is run; `krita`: what happens to a Krita in it."""
    part = parts(folder, FIRST_TRY_FAILS.replace("KRITA", krita), GOOD)["krita"]
    (folder / "conftest.py").write_text(
        "from pathlib import Path\nfrom tests.krita import conftest as real\n"
        "real.HERE = Path(__file__).parent\n"
        "pytest_collection_modifyitems = real.pytest_collection_modifyitems\n"
        "pytest_runtest_setup = real.pytest_runtest_setup\n"
    )
    return run_tests.run({"krita": [*part, *run_tests.SECOND_TRY]}, [])


def test_what_passes_only_in_a_second_try_is_named_in_the_last_lines(tmp_path, capfd) -> None:
    assert second_try(tmp_path) == 0
    said = capfd.readouterr().out
    assert said.endswith(TOLD)
    assert "AssertionError: fails at first" in said


def test_a_second_failure_is_a_failure(tmp_path, capfd) -> None:
    assert second_try(tmp_path, "tries.clear()") == 1
    assert "second try" not in capfd.readouterr().out


@pytest.mark.parametrize(
    "krita",
    [
        "krita('kill -SEGV $$')._answer(Path('never'), 20)",
        "krita('sleep 5')._answer(Path('never'), 0.1)",
        "assert krita('kill -SEGV $$').wait() == 0",
        "krita('sleep 5').wait(0.1)",
        "one = krita('kill -SEGV $$'); one._process.wait(); assert one.close() == 0",
        "with pytest.raises(AssertionError): krita('kill -SEGV $$')._answer(Path('never'), 20)",
    ],
)
def test_a_krita_that_died_or_hung_gets_no_second_try(tmp_path, capfd, krita) -> None:
    assert second_try(tmp_path, krita) == 1
    said = capfd.readouterr().out
    assert said.splitlines()[-1] == "total: 0 passed, 1 failed, 0 skipped"
    assert "rerun" not in said.replace("rerunfailures", "")
