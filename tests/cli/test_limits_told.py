# SPDX-License-Identifier: GPL-3.0-or-later
"""What the command believes it holds, on systems that tell and on those that do not; and limits on it."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from smart_lineart.cli import memory

resource = pytest.importorskip("resource")
entry = importlib.import_module("smart_lineart.cli.main")  # its function has the same name


@pytest.fixture
def proc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Linux's files about this process: 900 pages of address space, 300 of them in memory; 4 MB at most."""
    (tmp_path / "status").write_text("Name:\tpython\nVmPeak:\t9999 kB\nVmHWM:\t    4096 kB\nThreads:\t1\n")
    (tmp_path / "statm").write_text("900 300 20 1 0 200 0\n")
    monkeypatch.setattr(memory, "_STATUS", tmp_path / "status")
    monkeypatch.setattr(memory, "_STATM", tmp_path / "statm")
    monkeypatch.setattr(memory.os, "sysconf", lambda name: {"SC_PAGE_SIZE": 4096}[name])
    return tmp_path


def test_linux_tells_in_kilobytes_and_pages(proc: Path) -> None:
    assert memory.peak_memory() == 4096 * 1024
    assert memory.memory_now() == 300 * 4096
    assert memory.address_space() == 900 * 4096


@pytest.mark.parametrize(("system", "unit"), [("darwin", 1), ("freebsd14", 1024)])
def test_other_systems_tell_the_peak_in_their_own_unit(
    proc: Path, monkeypatch, system: str, unit: int
) -> None:
    (proc / "status").unlink()
    monkeypatch.setattr(memory, "sys", SimpleNamespace(platform=system))
    monkeypatch.setattr(resource, "getrusage", lambda _: SimpleNamespace(ru_maxrss=70_000))
    assert memory.peak_memory() == 70_000 * unit


def test_windows_tells_nothing(proc: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (proc / "status").unlink()
    (proc / "statm").unlink()
    monkeypatch.setitem(sys.modules, "resource", None)
    assert memory.peak_memory() is None
    assert memory.address_space() is None
    assert memory.address_space_limit() is None
    assert memory.memory_now() == 160 << 20


def test_a_limit_is_told_where_there_is_one(proc: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for soft, told in ((1 << 30, 1 << 30), (resource.RLIM_INFINITY, None)):
        monkeypatch.setattr(resource, "getrlimit", lambda _, soft=soft: (soft, resource.RLIM_INFINITY))
        assert memory.address_space_limit() == told


def test_memory_is_given_back_where_the_c_library_can_and_nothing_happens_elsewhere(monkeypatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(memory.ctypes, "CDLL", lambda _: SimpleNamespace(malloc_trim=asked.append))
    memory.give_back()
    assert asked == [0]
    monkeypatch.setattr(memory.ctypes, "CDLL", lambda _: SimpleNamespace())
    memory.give_back()


@pytest.mark.parametrize(("limit", "threads"), [(None, None), (512 << 20, "1"), (4 << 30, "1")])
def test_within_a_limit_libraries_are_held_to_one_thread(monkeypatch, limit, threads) -> None:
    """A half gigabyte is the least; each thread of OpenBLAS takes 32 MB of it."""
    monkeypatch.setattr(entry, "address_space_limit", lambda: limit)
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "")
    monkeypatch.delenv("OPENBLAS_NUM_THREADS")
    entry._heed_the_limit()
    assert entry.os.environ.get("OPENBLAS_NUM_THREADS") == threads


def test_what_the_user_says_of_threads_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entry, "address_space_limit", lambda: 1 << 30)
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "3")
    entry._heed_the_limit()
    assert entry.os.environ["OPENBLAS_NUM_THREADS"] == "3"


def test_too_small_a_limit_is_told_in_megabytes(run, sketch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entry, "address_space_limit", lambda: (512 << 20) - 1)
    ran = run("ink", sketch)
    assert ran.code == 2
    assert ran.complaint == (
        "There is not enough memory to ink anything: this program may take 511 MB of address space"
        " (ulimit -v), and needs more than 512 MB."
    )


@pytest.mark.parametrize(
    "error", [MemoryError(), ImportError("failed to map segment"), OSError(12, "Cannot allocate memory")]
)
def test_short_memory_is_one_sentence_wherever_it_is_met(run, sketch: Path, monkeypatch, error) -> None:
    def fail(*_: object) -> int:
        raise error

    monkeypatch.setattr("smart_lineart.cli.batch.ink_command", fail)
    ran = run("ink", sketch)
    assert ran.code == 2
    assert ran.complaint == "There is not enough memory to ink anything."


def test_other_faults_are_not_hidden(run, sketch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> int:
        raise RuntimeError("odd")

    monkeypatch.setattr("smart_lineart.cli.batch.ink_command", fail)
    with pytest.raises(RuntimeError, match="odd"):
        run("ink", sketch)


def test_whoever_stops_reading_is_told_by_the_exit_code_alone(tmp_path: Path) -> None:
    script = (
        "import sys\nfrom smart_lineart.cli import info, main\n"
        "info.info_command = lambda as_json: print('x' * 1_000_000, flush=True)\n"
        "sys.exit(main(['info']))"
    )
    ours, theirs = os.pipe()
    os.close(ours)
    ran = subprocess.run([sys.executable, "-c", script], stdout=theirs, stderr=subprocess.PIPE, check=False)
    os.close(theirs)
    assert (ran.returncode, ran.stderr) == (2, b"")
