# SPDX-License-Identifier: GPL-3.0-or-later
"""A short fuzzing of everything that reads foreign bytes; scripts/fuzz.sh does it for hours.

The same inputs at every run, so that a change is judged by what it does and not by luck.
"""

from __future__ import annotations

import os
import socket
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.guard import Forbidden, guarded
from tests.fuzz.run import HANG_SECONDS, NAMES
from tests.fuzz.targets import TARGETS

ODD = (b"\0", b"\xff", b"\x7f\xff\xff\xff", b"\xff\xff\xff\xff", b"\0\0\0\0", b"1e999", b"NaN", b"[" * 3000)


@st.composite
def damaged(draw: st.DrawFn, name: str) -> bytes:
    """A sound file with some bytes changed, left out, put in, or repeated; or any bytes at all."""
    sound = TARGETS[name].seeds()
    if draw(st.integers(0, 9)) == 0:
        return draw(st.binary(max_size=200))
    data = bytearray(draw(st.sampled_from(sound)))
    for _ in range(draw(st.integers(1, 5))):
        place = draw(st.integers(0, max(0, len(data) - 1)))
        kind = draw(st.sampled_from(["change", "odd", "cut", "drop", "repeat", "splice"]))
        if kind == "change" and data:
            data[place] = draw(st.integers(0, 255))
        elif kind == "odd":
            odd = draw(st.sampled_from(ODD))
            data[place : place + len(odd) * draw(st.integers(0, 1))] = odd
        elif kind == "cut":
            del data[place:]
        elif kind == "drop":
            del data[place : place + draw(st.integers(1, 16))]
        elif kind == "repeat":
            data[place:place] = data[place : place + draw(st.integers(1, 300))]
        else:
            data[place:] = draw(st.sampled_from(sound))[place:]
    return bytes(data)


@pytest.mark.parametrize("name", NAMES)
def test_no_bytes_do_more_than_be_refused(name: str) -> None:
    longest = 0.0

    @settings(
        max_examples=120,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(damaged(name))
    def check(data: bytes) -> None:
        nonlocal longest
        began = time.process_time()  # as scripts/fuzz.sh has it: a crowded machine is no hang
        TARGETS[name].check(data)
        longest = max(longest, time.process_time() - began)

    check()
    assert longest < HANG_SECONDS


def test_every_target_is_fuzzed_and_reads_sound_files() -> None:
    assert set(NAMES) == set(TARGETS)
    for target in TARGETS.values():
        for data in target.seeds():
            target.check(data)


@pytest.mark.parametrize(
    "deed",
    [
        lambda: exec("1"),
        lambda: __import__("this"),
        lambda: __import__("pickle").loads(b"cos\ngetpid\n(tR."),
        lambda: os.system("true"),
        socket.socket,
        lambda: Path("/tmp/beside-the-folder").write_text("x"),
        lambda: Path("/tmp/beside-the-folder").unlink(missing_ok=True),
        lambda: Path("/tmp/beside-the-folder").mkdir(),
    ],
    ids=["exec", "import", "pickle", "program", "socket", "file", "removal", "folder"],
)
def test_what_is_forbidden_is_caught(deed, tmp_path: Path) -> None:
    import pickle  # noqa: F401 (so that unpickling is caught, not its import)

    sys.modules.pop("this", None)
    with pytest.raises(Forbidden), guarded(tmp_path):
        deed()


def test_a_folder_of_the_same_beginning_is_another(tmp_path: Path) -> None:
    allowed = tmp_path / "a"
    with guarded(allowed), pytest.raises(Forbidden):
        (tmp_path / "ab").write_text("x")
