# SPDX-License-Identifier: GPL-3.0-or-later
"""Limits of the process that decodes, as they are asked of the system; test_decoder.py has it keep them."""

from __future__ import annotations

import ctypes
import importlib
import signal
import sys
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from smart_lineart.cli.decoding import caps

resource = pytest.importorskip("resource")


class Limits:
    """Limits that are noted instead of kept; `hard` are the highest that may be set."""

    def __init__(self, hard: dict[int, int] | None = None) -> None:
        self.hard = hard or {}
        self.set: dict[int, tuple[int, int]] = {}

    def getrlimit(self, which: int) -> tuple[int, int]:
        return -7, self.hard.get(which, resource.RLIM_INFINITY)

    def setrlimit(self, which: int, limits: tuple[int, int]) -> None:
        self.set[which] = limits


def limits(monkeypatch: pytest.MonkeyPatch, hard: dict[int, int] | None = None) -> Limits:
    noted = Limits(hard)
    for name in ("getrlimit", "setrlimit"):
        monkeypatch.setattr(resource, name, getattr(noted, name))
    return noted


def test_a_crash_leaves_no_picture_of_memory_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    noted = limits(monkeypatch)
    caps.Caps()
    assert noted.set == {resource.RLIMIT_CORE: (0, resource.RLIM_INFINITY)}


def test_memory_is_counted_from_what_is_taken_and_time_from_what_was_computed(monkeypatch) -> None:
    noted = limits(monkeypatch)
    monkeypatch.setattr(caps, "address_space", lambda: 1000)
    monkeypatch.setattr(caps.time, "process_time", lambda: 2.2)
    made = caps.Caps()
    for more, seconds in ((50, 10.0), (70, 0.5)):
        made.memory(more)
        made.time(seconds)
        assert noted.set[resource.RLIMIT_AS] == (1000 + more, resource.RLIM_INFINITY)
        assert noted.set[resource.RLIMIT_CPU] == (13 if seconds > 1 else 3, resource.RLIM_INFINITY)


def test_a_limit_that_cannot_be_raised_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever started the command may have set lower ones; they can be lowered, and never asked beyond."""
    noted = limits(monkeypatch, {resource.RLIMIT_AS: 1020, resource.RLIMIT_CPU: 1 << 40})
    monkeypatch.setattr(caps, "address_space", lambda: 1000)
    monkeypatch.setattr(caps.time, "process_time", lambda: 0.0)
    made = caps.Caps()
    made.memory(50)
    made.time(7)
    assert noted.set[resource.RLIMIT_AS] == (1020, 1020)
    assert noted.set[resource.RLIMIT_CPU] == (7, 1 << 40)


def test_where_the_system_does_not_tell_what_is_taken_no_limit_is_guessed(monkeypatch) -> None:
    noted = limits(monkeypatch)
    monkeypatch.setattr(caps, "address_space", lambda: None)
    caps.Caps().memory(50)
    assert resource.RLIMIT_AS not in noted.set


class Ended(Exception):
    """Instead of the process."""


def test_on_a_mac_a_thread_ends_the_process_once_it_has_held_more(monkeypatch: pytest.MonkeyPatch) -> None:
    limits(monkeypatch)
    held, started, looked = [100], [], []

    def look(seconds: float) -> None:
        looked.append((held[0], seconds))
        held[0] += 25

    def end(status: int) -> None:
        raise Ended(status)

    def thread(**options: Any) -> SimpleNamespace:
        return SimpleNamespace(start=lambda: started.append(options))

    monkeypatch.setattr(caps, "sys", SimpleNamespace(platform="darwin"))
    monkeypatch.setattr(caps, "peak_memory", lambda: held[0])
    monkeypatch.setattr(caps, "address_space", lambda: None)
    monkeypatch.setattr(caps, "threading", SimpleNamespace(Thread=thread))
    monkeypatch.setattr(caps, "time", SimpleNamespace(sleep=look))
    monkeypatch.setattr(caps, "os", SimpleNamespace(_exit=end))
    made = caps.Caps()
    (options,) = started
    assert options["daemon"], "the process ends with what it does, not with this thread"
    made.memory(60)
    with pytest.raises(Ended) as ended:
        options["target"]()
    assert ended.value.args == (caps.OUT_OF_MEMORY,)
    assert [size for size, _ in looked] == [100, 125, 150]  # of 160 that it may
    assert all(0 < seconds < 0.1 for _, seconds in looked)


def test_no_thread_watches_before_there_is_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor where the system keeps the limit itself."""
    limits(monkeypatch)
    monkeypatch.setattr(caps.threading, "Thread", lambda **_: pytest.fail("a thread was made"))
    monkeypatch.setattr(caps, "sys", SimpleNamespace(platform="linux"))
    made = caps.Caps()
    monkeypatch.setattr(caps, "peak_memory", lambda: 1 << 40)

    def look(_: float) -> None:
        raise Ended

    monkeypatch.setattr(caps.time, "sleep", look)
    with pytest.raises(Ended):
        made._watch()


def test_on_windows_a_job_object_keeps_both(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, int]] = []

    class Job:
        """Notes what it is to keep."""

        def memory(self, more: int) -> None:
            asked.append(("memory", more))

        def time(self, until: int) -> None:
            asked.append(("time", until))

    monkeypatch.setitem(sys.modules, "smart_lineart.cli.decoding.windows_job", SimpleNamespace(Job=Job))
    monkeypatch.setattr(caps, "sys", SimpleNamespace(platform="win32"))
    monkeypatch.setattr(caps.time, "process_time", lambda: 1.5)
    noted = limits(monkeypatch)
    made = caps.Caps()
    made.memory(70)
    made.time(3)
    assert asked == [("memory", 70), ("time", 5)]
    assert noted.set == {}


@pytest.mark.parametrize(
    ("system", "status", "expected"),
    [
        ("linux", -24, True),
        ("linux", -9, False),
        ("linux", 24, False),
        ("linux", 1816, False),
        ("win32", 1816, True),
        ("win32", 1, False),
        ("win32", -24, False),
    ],
)
def test_a_process_that_ran_out_of_time_is_told_by_its_status(monkeypatch, system, status, expected) -> None:
    assert signal.SIGXCPU == 24
    monkeypatch.setattr(caps, "sys", SimpleNamespace(platform=system))
    assert caps.ran_out_of_time(status) is expected


# ---- Windows' job object, before a kernel that notes what it is asked ----


class Function:
    """One of the kernel's functions."""

    def __init__(self, result: Any) -> None:
        self.restype: Any = None
        self.result = result
        self.asked: list[tuple[Any, ...]] = []

    def __call__(self, *arguments: Any) -> Any:
        self.asked.append(arguments)
        return self.result(*arguments) if callable(self.result) else self.result


class Kernel:
    """As much of kernel32 as a job object takes: a process that has committed 5000 bytes."""

    def __init__(self) -> None:
        self.CreateJobObjectW = Function(77)
        self.GetCurrentProcess = Function(88)
        self.AssignProcessToJobObject = Function(1)
        self.SetInformationJobObject = Function(self._set)
        self.K32GetProcessMemoryInfo = Function(self._info)
        self.limits: list[tuple[int, int, int, int]] = []
        self.refuses = False

    def _set(self, job: Any, kind: int, limits: Any, size: int) -> int:
        """JOBOBJECT_EXTENDED_LIMIT_INFORMATION, as 64-bit Windows lays it out."""
        assert (job.value, kind, size) == (77, 9, 144)
        data = bytes(limits._obj)
        found = [int.from_bytes(data[at : at + width], "little") for at, width in ((16, 4), (0, 8), (112, 8))]
        self.limits.append((found[0], found[1], found[2], size))
        return 0 if self.refuses else 1

    def _info(self, process: Any, counters: Any, size: int) -> int:
        """PROCESS_MEMORY_COUNTERS, whose size is asked for twice; what is committed lies at 56."""
        assert (process.value, size, counters._obj.size) == (88, 72, 72)
        ctypes.memmove(ctypes.addressof(counters._obj) + 56, (5000).to_bytes(8, "little"), 8)
        return 1


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The module as Windows loads it, and the kernel it finds."""
    from smart_lineart.cli.decoding import windows_job

    kernel = Kernel()
    monkeypatch.setattr(ctypes, "WinDLL", lambda name, **_: kernel, raising=False)
    monkeypatch.setattr(ctypes, "WinError", lambda code: OSError(code, "refused"), raising=False)
    monkeypatch.setattr(ctypes, "get_last_error", lambda: 5, raising=False)
    platform = sys.platform
    sys.platform = "win32"
    try:
        module: ModuleType = importlib.reload(windows_job)
    finally:
        sys.platform = platform
    yield module, kernel
    importlib.reload(windows_job)


@pytest.mark.skipif(ctypes.sizeof(ctypes.c_void_p) != 8, reason="the layout is that of 64 bits")
def test_windows_is_asked_to_keep_memory_and_time_of_this_process(windows: Any) -> None:
    module, kernel = windows
    job = module.Job()
    assert kernel.AssignProcessToJobObject.asked[0][0].value == 77
    assert kernel.AssignProcessToJobObject.asked[0][1].value == 88
    assert kernel.CreateJobObjectW.asked == [(None, None)]
    job.memory(1000)
    job.time(3)
    job.memory(2000)
    seconds = 3 * 10_000_000  # in steps of 100 ns
    assert [asked[:3] for asked in kernel.limits] == [
        (0x100, 0, 6000),
        (0x102, seconds, 6000),
        (0x102, seconds, 7000),
    ]
    kernel.refuses = True
    with pytest.raises(OSError, match="refused"):
        job.time(4)
