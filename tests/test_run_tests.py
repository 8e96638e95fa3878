# SPDX-License-Identifier: GPL-3.0-or-later
"""What `make test` runs: all parts of the suite, every test in one of them, and a verdict over all."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts import run_tests

GOOD = "def test_good():\n    pass\n"
BAD = "def test_bad():\n    assert False\n"
SKIPPED = "import pytest\n\n@pytest.mark.skip\ndef test_left_out():\n    pass\n"


def parts(folder: Path, *texts: str) -> dict[str, list[str]]:
    files = {name: folder / f"test_{name}.py" for name in ("krita", "packaging", "rest")}
    for file, text in zip(files.values(), texts, strict=True):
        file.write_text(text)
    return {name: [str(file), "-c", "/dev/null", f"--rootdir={folder}"] for name, file in files.items()}


@pytest.mark.parametrize(
    ("texts", "told", "code"),
    [
        ((GOOD, GOOD, SKIPPED), "total: 2 passed, 0 failed, 1 skipped", 0),
        ((GOOD, GOOD, BAD), "total: 2 passed, 1 failed, 0 skipped", 1),
        ((GOOD, BAD, GOOD), "total: 2 passed, 1 failed, 0 skipped", 1),
        ((BAD, GOOD, GOOD), "total: 2 passed, 1 failed, 0 skipped", 1),
        ((GOOD, GOOD, "import nothing_of_that_name\n"), "total: 2 passed, 1 failed, 0 skipped", 1),
    ],
)
def test_the_last_line_and_the_exit_code_tell_of_all(tmp_path, capfd, texts, told, code) -> None:
    assert run_tests.run(parts(tmp_path, *texts), []) == code
    said = capfd.readouterr().out
    assert said.splitlines()[-1] == told
    assert said.count("test session starts") == 3


def test_a_part_that_never_reports_is_a_failure(tmp_path) -> None:
    assert run_tests.counts(tmp_path / "none.xml") == (0, 1, 0)


def test_every_folder_is_in_one_part() -> None:
    *apart, rest = run_tests.PARTS.values()
    folders = [folder for part in apart for folder in part]
    assert rest == ["tests", *(f"--ignore={folder}" for folder in folders)]
    assert all((run_tests.ROOT / folder).is_dir() for folder in folders)
