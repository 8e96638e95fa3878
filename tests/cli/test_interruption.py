# SPDX-License-Identifier: GPL-3.0-or-later
"""Ctrl-C and termination, while native code computes for ten minutes and never looks up."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from cli_helpers import files_in

from smart_lineart.cli import interrupt

# The child sleeps far longer than the parent waits, so that only obedience lets the test pass.
SLEEP, WAIT = 600, 60
STUCK = f"""
import sys, time
from cli_helpers import FakeInker
from smart_lineart.cli import engine, main
stage, *arguments = sys.argv[1:]

def compute():
    print("busy", flush=True)
    time.sleep({SLEEP})

inker = FakeInker(**{{stage: compute}})
engine.open_inker = lambda **_: inker
sys.exit(main(arguments))
"""


def start(stage: str, *arguments: object) -> subprocess.Popen[str]:
    child = subprocess.Popen(
        [sys.executable, "-c", STUCK, stage, *map(str, arguments)],
        cwd=Path(__file__).parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stdout.readline() == "busy\n"
    return child


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("stage", ["before_prepare", "before_render"])
def test_an_interrupt_ends_the_command_and_leaves_nothing(sketch, stage, number):
    target = sketch.with_name("sketch-lineart.png")
    target.write_bytes(b"old")
    child = start(stage, "ink", sketch)
    if stage == "before_render":
        assert len(files_in(sketch.parent)) == 3  # the file being written is there, under another name
    child.send_signal(number)
    _, err = child.communicate(timeout=WAIT)
    assert child.returncode == 130
    assert err.strip() == "smart-lineart: Inking was interrupted; nothing half-done was left behind."
    assert target.read_bytes() == b"old"
    assert files_in(sketch.parent) == {"sketch.png", "sketch-lineart.png"}


def test_lineart_finished_before_the_interrupt_is_kept(sketch, tmp_path):
    script = STUCK.replace("def compute():", "def compute():\n    if not inker.prepared: return")
    second = tmp_path / "second.png"
    second.write_bytes(sketch.read_bytes())
    command = [sys.executable, "-c", script, "before_prepare", "ink", str(sketch), str(second)]
    child = subprocess.Popen(command, cwd=Path(__file__).parent, stdout=subprocess.PIPE, text=True)
    assert "sketch-lineart.png" in child.stdout.readline()
    assert child.stdout.readline() == "busy\n"
    child.send_signal(signal.SIGINT)
    child.communicate(timeout=WAIT)
    assert child.returncode == 130
    assert files_in(tmp_path) == {"sketch.png", "second.png", "sketch-lineart.png"}


def test_a_worker_that_does_not_stop_is_waited_for_less_than_a_second():
    assert interrupt.PATIENCE + interrupt._POLL < 1


def test_an_engine_that_looks_up_is_stopped_from_within(run, sketch, fake_inker, monkeypatch):
    def compute():
        signal.raise_signal(signal.SIGINT)
        time.sleep(1)

    monkeypatch.setattr("smart_lineart.cli.interrupt.PATIENCE", WAIT)
    fake_inker.before_prepare = compute
    ran = run("ink", sketch, "--json")
    assert ran.code == 130
    assert "interrupted" in ran.complaint
    assert json.loads(ran.out)["results"] == []
    assert files_in(sketch.parent) == {"sketch.png"}
    assert fake_inker.closed


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGQUIT])
def test_a_closed_terminal_and_quit_are_interrupts_too(sketch, number):
    child = start("before_render", "ink", sketch)
    child.send_signal(number)
    _, err = child.communicate(timeout=WAIT)
    assert child.returncode == 130, err
    assert files_in(sketch.parent) == {"sketch.png"}


def test_what_was_started_to_outlive_its_terminal_does(sketch):
    script = "import signal\nsignal.signal(signal.SIGHUP, signal.SIG_IGN)\n" + STUCK.replace("600", "2")
    command = [sys.executable, "-c", script, "before_render", "ink", str(sketch)]
    child = subprocess.Popen(command, cwd=Path(__file__).parent, stdout=subprocess.PIPE, text=True)
    assert child.stdout.readline() == "busy\n"
    child.send_signal(signal.SIGHUP)
    child.communicate(timeout=WAIT)
    assert child.returncode == 0


SLOW_TO_CLEAN = (
    STUCK.replace(
        "sys.exit(main(arguments))",
        """
from smart_lineart.cli import batch
remove = batch.remove_unfinished

def slowly():
    print("cleaning", flush=True)
    time.sleep(1.5)
    remove()

batch.remove_unfinished = slowly
sys.exit(main(arguments))
""",
    )
)  # fmt: skip


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_second_interrupt_does_not_disturb_the_cleaning_up(sketch, number):
    command = [sys.executable, "-c", SLOW_TO_CLEAN, "before_render", "ink", str(sketch)]
    child = subprocess.Popen(
        command, cwd=Path(__file__).parent, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert child.stdout.readline() == "busy\n"
    child.send_signal(signal.SIGINT)
    assert child.stdout.readline() == "cleaning\n"
    for _ in range(3):
        child.send_signal(number)
        time.sleep(0.05)
    _, err = child.communicate(timeout=WAIT)
    assert child.returncode == 130
    assert err.strip() == "smart-lineart: Inking was interrupted; nothing half-done was left behind."
    assert files_in(sketch.parent) == {"sketch.png"}
