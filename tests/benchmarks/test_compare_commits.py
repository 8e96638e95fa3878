# SPDX-License-Identifier: GPL-3.0-or-later
"""benchmarks/compare.py, on a small repository whose commits take known time and say who ran."""

from __future__ import annotations

import subprocess
from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmarks import compare

PROGRAM = """
import json, pathlib, sys, time
begun = time.process_time()
while time.process_time() - begun < {seconds}:
    pass
with open({log!r}, "a") as log:
    log.write({name!r})
target = sys.argv[sys.argv.index("-o") + 1]
pathlib.Path(target).write_bytes(b"")
result = {{"scale": 1.0, "seconds": {{"total": 0.1}}}}
print(json.dumps({{"peak_memory_bytes": {peak}, "results": [result]}}))
"""


def git(repository: Path, *arguments: str) -> str:
    who = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.org")
    done = subprocess.run(
        ["git", "-C", str(repository), *who, *arguments], check=True, capture_output=True, text=True
    )
    return done.stdout


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """With two commits, `quick` and `slow`, which write "a" and "b" into `log`."""
    root = tmp_path / "repository"
    package = root / "smart_lineart"
    package.mkdir(parents=True)
    git(root, "init", "--quiet")
    (package / "__init__.py").write_text("")
    for name, tag, seconds, peak in (("a", "quick", 0.05, 100e6), ("b", "slow", 0.6, 250e6)):
        log = str(tmp_path / "log")
        text = PROGRAM.format(seconds=seconds, log=log, name=name, peak=peak)
        (package / "__main__.py").write_text(text)
        git(root, "add", ".")
        git(root, "commit", "--quiet", "-m", tag)
        git(root, "tag", tag)
    return root


@pytest.fixture
def page(tmp_path: Path) -> Path:
    file = tmp_path / "page.png"
    cv2.imwrite(str(file), np.full((40, 30), 255, np.uint8))
    return file


def test_commits_take_turns_and_are_told_apart(repository: Path, page: Path, tmp_path: Path) -> None:
    with (
        compare.checkout("quick", repository) as before,
        compare.checkout("slow", repository) as after,
    ):
        pairs = compare.measured(page, before, after, 3)
    assert (tmp_path / "log").read_text() == "ababab"
    assert len(pairs) == 3
    for first, second in pairs:
        assert second["core_seconds"] > first["core_seconds"] + 0.3
        assert (first["peak"], second["peak"]) == (100e6, 250e6)
    assert compare.table(pairs)[-1] == "| peak MB | 100 | 250 | 2.500 | 2.500 | 2.500 |"


def test_checkouts_are_gone_afterwards(repository: Path) -> None:
    with compare.checkout("quick", repository) as files:
        assert (files / "smart_lineart/__main__.py").is_file()
        assert len(git(repository, "worktree", "list").splitlines()) == 2
    assert not files.exists()
    assert len(git(repository, "worktree", "list").splitlines()) == 1


def test_ratios_are_those_of_pairs() -> None:
    def run(seconds: float) -> dict:
        return {"seconds": seconds, "core_seconds": seconds, "peak": 1e6}

    # A busy moment hits both of a pair: the ratio of medians would be 1.
    rows = compare.table([(run(1), run(2)), (run(2), run(4)), (run(4), run(2))])
    assert rows[2] == "| s | 2.00 | 2.00 | 2.000 | 0.500 | 2.000 |"


@pytest.mark.parametrize("wrong", [["nowhere", "HEAD"], ["HEAD", "HEAD", "no such page.png"]])
def test_what_is_no_commit_and_no_page_is_said(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert compare.main(wrong) == 2
    said = capsys.readouterr().err
    assert said.startswith("compare: ")
    assert (wrong[0] if len(wrong) == 2 else wrong[2]) in said
