# SPDX-License-Identifier: GPL-3.0-or-later
"""The progress bar: on a terminal, and nowhere else."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest

INK = """
import sys
from cli_helpers import FakeInker
from smart_lineart.cli import engine, main
engine.open_inker = lambda **_: FakeInker()
sys.exit(main(sys.argv[1:]))
"""


def on_a_terminal(*arguments: object) -> str:
    """What a command shows on a terminal of 24 x 90."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 90, 0, 0))
    child = subprocess.Popen(
        [sys.executable, "-c", INK, *map(str, arguments)],
        cwd=Path(__file__).parent,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    shown = b""
    while True:
        try:
            part = os.read(ours, 4096)
        except OSError:  # Linux's way of saying that the other end is closed
            break
        if not part:
            break
        shown += part
    os.close(ours)
    assert child.wait() == 0
    return shown.decode()


@pytest.fixture
def second(sketch) -> Path:
    path = sketch.with_name("second.png")
    path.write_bytes(sketch.read_bytes())
    return path


def test_a_terminal_shows_how_far_a_batch_is_and_a_line_for_each_sketch(sketch, second):
    shown = on_a_terminal("ink", sketch, second)
    percents = [int(number) for number in re.findall(r"(\d+) %\|", shown)]
    assert percents == sorted(percents)
    assert percents[0] == 0
    assert any(number >= 50 for number in percents)
    assert "sketch.png: " in shown
    assert "second.png: " in shown
    for path in (sketch, second):
        assert re.search(rf"^(.*\r)?{re.escape(str(path))} -> .*\r\n", shown, re.MULTILINE)
    last = shown.split("\r\n")[-1].split("\r")
    assert not last[-1].strip()  # the bar is wiped away


def test_json_on_a_terminal_is_json_alone(sketch):
    shown = on_a_terminal("ink", sketch, "--json")
    assert shown.startswith("{")
    assert "%" not in shown


def test_a_pipe_gets_plain_lines(run, sketch, second, fake_inker):
    ran = run("ink", sketch, second)
    assert "\r" not in ran.out + ran.err
    assert len(ran.out.splitlines()) == 2
    assert ran.err == ""
