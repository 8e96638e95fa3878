# SPDX-License-Identifier: GPL-3.0-or-later
"""Loading a library must not hold Python's lock: Krita's user interface would stand still meanwhile."""

from __future__ import annotations

import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

SLOW_LIBRARY = """
#include <time.h>
__attribute__((constructor)) static void slow(void) {
    struct timespec pause = {0, 600000000};
    nanosleep(&pause, 0);
}
"""
PROGRAM = """
import sys, threading, time
from pathlib import Path
from smart_lineart.inking.network.runtime.openvino_library import _load_unlocked

ticks = []
def tick():
    while True:
        ticks.append(time.monotonic())
        time.sleep(0.01)
threading.Thread(target=tick, daemon=True).start()
time.sleep(0.05)
before = len(ticks)
{load}
print(len(ticks) - before)
"""


@pytest.mark.skipif(sys.platform == "win32" or not shutil.which("cc"), reason="no C compiler here")
@pytest.mark.parametrize(
    ("load", "runs_on"),
    [
        ("_load_unlocked(Path({file!r}))", True),
        ("import ctypes; ctypes.CDLL({file!r})", False),  # what the function is there to avoid
    ],
)
def test_other_threads_run_while_a_library_loads(tmp_path: Path, load: str, runs_on: bool) -> None:
    source, library = tmp_path / "slow.c", tmp_path / "libslow.so"
    source.write_text(SLOW_LIBRARY)
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source], check=True)
    program = PROGRAM.replace("{load}", load.format(file=str(library)))
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], check=True, capture_output=True, text=True
    )
    assert (int(done.stdout) > 8) == runs_on  # at 10 ms each, of 600 ms
