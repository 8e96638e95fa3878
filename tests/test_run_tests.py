# SPDX-License-Identifier: GPL-3.0-or-later
"""What `make test` runs: both halves of the suite, every test in one of them, and a verdict over both."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts import run_tests

GOOD = "def test_good():\n    pass\n"
BAD = "def test_bad():\n    assert False\n"
SKIPPED = "import pytest\n\n@pytest.mark.skip\ndef test_left_out():\n    pass\n"


def halves(folder: Path, first: str, second: str) -> dict[str, list[str]]:
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
def test_the_last_line_and_the_exit_code_tell_of_both(tmp_path, capfd, first, second, told, code) -> None:
    assert run_tests.run(halves(tmp_path, first, second), []) == code
    said = capfd.readouterr().out
    assert said.splitlines()[-1] == told
    assert said.count("test session starts") == 2


def test_a_half_that_never_reports_is_a_failure(tmp_path) -> None:
    assert run_tests.counts(tmp_path / "none.xml") == (0, 1, 0)


def test_every_folder_is_in_one_half() -> None:
    krita, rest = run_tests.HALVES["krita"], run_tests.HALVES["rest"]
    assert rest == ["tests", *(f"--ignore={folder}" for folder in krita)]
