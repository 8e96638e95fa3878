# SPDX-License-Identifier: GPL-3.0-or-later
"""A Krita that ends after a test's last answer fails the run, and the test it ended after is named."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# Answers every snippet, as the driver in Krita does; ends as the snippets and the files beside them say.
STAND_IN = """
import json, os, sys, time
from pathlib import Path

folder, ends = Path(sys.argv[1]), 0
print("last words", flush=True)
while True:
    for job in sorted(folder.glob("*.py")):
        source = job.read_text()
        job.unlink()
        part = job.with_suffix(".part")
        part.write_text(json.dumps({"value": None}))
        part.rename(job.with_suffix(".json"))
        if "die" in source:
            ends = time.monotonic() + float(source.split("die")[1].split()[0])
        if "close_all" in source:
            sys.exit(3 if (folder / "ill").exists() else 0)
    if ends and time.monotonic() > ends:
        os.kill(os.getpid(), 11)
    time.sleep(0.01)
"""
CONFTEST = """
import subprocess, sys
from pathlib import Path

import pytest
from tests.krita import conftest as real

harness = real.harness
real.HERE = Path(__file__).parent
own_krita, krita, shared = real.own_krita, real.krita, real.shared
start_krita = real.start_krita
pytest_collection_modifyitems = real.pytest_collection_modifyitems
pytest_runtest_setup = real.pytest_runtest_setup


def started(one, *_):
    one.driver.mkdir(exist_ok=True)
    one.log = one.home / "krita.log"
    stand_in = Path(__file__).with_name("stand_in.py")
    with one.log.open("w") as log:
        one._process = subprocess.Popen(
            [sys.executable, stand_in, one.driver], stdout=log, stderr=log, start_new_session=True
        )
    one._run("", 10)


harness.KritaProcess._start = started


@pytest.fixture(scope="session")
def screen():
    return None
"""


def told(folder: Path, tests: str) -> str:
    """What a run of these tests says in its end."""
    (folder / "stand_in.py").write_text(STAND_IN)
    (folder / "conftest.py").write_text(CONFTEST)
    (folder / "test_first.py").write_text("import time\n\n" + tests)
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-W",
            "ignore",
            "-c",
            "/dev/null",
            f"--rootdir={folder}",
            folder,
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    return run.stdout


LATER = "def test_later():\n    time.sleep(0.5)\n\n\n"
USES = "def test_uses(krita):\n    krita.run('')\n"


DIES = "def test_dies({0}):\n    {0}.run('die 0.2')\n\n\n"
DIES_AT_ONCE = "def test_dies({0}):\n    {0}.run('die 0')\n    time.sleep(0.5)\n"


@pytest.mark.parametrize(
    ("tests", "counted"),
    [
        (DIES_AT_ONCE.format("krita"), "1 passed, 1 error"),
        (DIES.format("krita") + LATER + USES, "2 passed, 1 error"),
        (DIES.format("krita") + LATER, "2 passed, 1 error"),
        (DIES.format("own_krita") + LATER, "2 passed, 1 error"),
        (DIES.format("own_krita") + LATER + USES.replace("krita", "own_krita"), "1 failed, 2 passed"),
        ("def test_dies(start_krita):\n    start_krita().run('die 0')\n    time.sleep(0.5)\n", "1 error"),
    ],
    ids=["at_once", "before_the_next", "before_the_end", "own", "own_before_the_next", "its_own"],
)
def test_a_krita_that_ended_unseen_is_an_error_that_names_the_test_before(tmp_path, tests, counted) -> None:
    said = told(tmp_path, tests)
    assert "Krita ended with -11 after test_first.py::test_dies:" in said
    assert "last words" in said
    assert counted in said.splitlines()[-1], said


@pytest.mark.parametrize("fixture", ["krita", "own_krita"])
def test_a_krita_that_ends_ill_when_it_is_closed_is_an_error(tmp_path, fixture) -> None:
    ill = f"def test_ill({fixture}):\n    ({fixture}.driver / 'ill').touch()\n    {fixture}.run('')\n\n\n"
    said = told(tmp_path, ill + LATER)
    assert "Krita ended with 3, when it was closed after test_first.py::test_ill:" in said
    assert "2 passed, 1 error" in said.splitlines()[-1]


def test_what_a_test_saw_is_said_once_and_what_ended_well_not_at_all(tmp_path) -> None:
    seen = "def test_seen(krita):\n    krita.run('die 0')\n    krita.wait()\n\n\n"
    fails = "def test_fails(krita):\n    krita.run('die 0.1')\n    time.sleep(0.4)\n    krita.run('')\n\n\n"
    said = told(tmp_path, seen + fails + LATER + USES)
    assert "1 failed, 3 passed" in said.splitlines()[-1], said
    assert "error" not in said.splitlines()[-1]
