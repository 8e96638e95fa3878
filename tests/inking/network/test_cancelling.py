# SPDX-License-Identifier: GPL-3.0-or-later
"""A worker process that is stuck holds up nobody who cancels, closes, or has something else to do."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from smart_lineart.inking import Cancelled
from smart_lineart.inking.network.runtime import interpreters, isolated
from tests.inking import faults
from tests.inking.faults import TILE

STAGES = ["greet.", "load.", ""]  # "": while it runs
AT_ONCE, PATIENCE = 3.0, 15.0  # s: it takes about 0.4 s; a process that is stuck is ended after 15 s here


@pytest.fixture(autouse=True)
def less_patient(monkeypatch) -> None:
    for name in ("START_SECONDS", "LOAD_SECONDS", "RUN_SECONDS"):
        monkeypatch.setattr(isolated, name, PATIENCE)


class Cancel:
    """The artist cancels as soon as a fault has been taken; told to the one who asks, as it is in Krita."""

    def __init__(self, folder: Path) -> None:
        self._most = faults.left(folder)
        self.seen: float | None = None
        threading.Thread(target=self._watch, args=[folder], daemon=True).start()

    def _watch(self, folder: Path) -> None:
        while faults.left(folder) == self._most:
            time.sleep(0.01)
        self.seen = time.monotonic()

    def __call__(self) -> bool:
        return self.seen is not None


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def children() -> set[int]:
    """The processes that this one has started and that are there still; none are told but by Linux."""
    lists = Path("/proc/self/task").glob("*/children")
    return {int(child) for one in lists for child in one.read_text().split()}


def gone_at_once(before: set[int]) -> bool:
    """Whether what was started since ends, while nobody waits for it."""
    deadline = time.monotonic() + AT_ONCE
    while children() - before and time.monotonic() < deadline:
        time.sleep(0.02)
    return not children() - before


def seconds_of(action: Callable[[], object]) -> float:
    began = time.monotonic()
    action()
    return time.monotonic() - began


@pytest.mark.parametrize("stage", STAGES)
def test_cancel_takes_effect_wherever_the_process_is_stuck_and_the_next_run_works(
    stage: str, make, faulty, expected
) -> None:
    folder, before = faulty(f"{stage}hang", 2), children()
    network = make(runtime="openvino")
    cancel = Cancel(folder)
    network.stop_when(cancel)
    with pytest.raises(Cancelled):
        network.run(TILE)
    assert time.monotonic() - cancel.seen < AT_ONCE
    assert gone_at_once(before)
    faults.give(folder, "hang", 0)
    network.stop_when(None)
    assert np.array_equal(network.run(TILE), expected)
    assert not network.inside


@pytest.mark.parametrize("end", ["close", "release_memory"])
@pytest.mark.parametrize("stage", STAGES[:2])
def test_closing_does_not_wait_for_a_process_that_is_stuck_as_it_starts(
    stage: str, end: str, make, faulty
) -> None:
    folder, before = faulty(f"{stage}hang", 1), children()
    network = make(runtime="openvino")
    wait_until(lambda: faults.left(folder) == 0)
    assert seconds_of(getattr(network, end)) < AT_ONCE
    assert gone_at_once(before)


def test_looking_for_devices_does_not_wait_for_a_process_that_is_stuck_as_it_greets(
    faulty, processes
) -> None:
    cancel = Cancel(faulty("greet.hang", 1))
    with pytest.raises(Cancelled):
        isolated.list_devices_isolated(cancel)
    assert time.monotonic() - cancel.seen < AT_ONCE


@pytest.mark.skipif(sys.platform == "win32", reason="Windows freezes no processes")
def test_looking_for_devices_does_not_wait_for_a_driver_that_is_stuck(processes, monkeypatch) -> None:
    asked, ask = threading.Event(), isolated.WorkerProcess.ask

    def watched(worker, fields, **options):
        if fields["do"] == "devices":
            os.kill(worker.pid, signal.SIGSTOP)
            asked.set()
        return ask(worker, fields, **options)

    monkeypatch.setattr(isolated.WorkerProcess, "ask", watched)
    with pytest.raises(Cancelled):
        isolated.list_devices_isolated(asked.is_set)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows freezes no processes")
@pytest.mark.parametrize("end", ["close", "release_memory"])
def test_closing_does_not_wait_for_a_process_that_is_frozen(end: str, make) -> None:
    network = make(runtime="openvino")
    network.run(TILE)
    os.kill(network.pid, signal.SIGSTOP)
    assert seconds_of(getattr(network, end)) < AT_ONCE
    assert network.pid is None


def test_a_run_that_is_cancelled_before_it_needs_the_process_leaves_it_to_the_next(
    make, expected, processes
) -> None:
    network = make(runtime="openvino")
    network.stop_when(lambda: True)
    wait_until(lambda: not network._opening._thread.is_alive())
    network.stop_when(None)
    assert np.array_equal(network.run(TILE), expected)
    assert len(processes) == 1


def test_cancel_does_not_wait_for_a_network_that_is_loaded_in_this_process(make, monkeypatch) -> None:
    monkeypatch.setenv(interpreters.CHOICE_VARIABLE, "none")
    asked, go_on, closed = threading.Event(), threading.Event(), threading.Event()

    class Slow:
        def close(self) -> None:
            closed.set()

    def load(*_, **__):
        asked.set()
        assert go_on.wait(60)
        return Slow(), "openvino", "cpu"

    monkeypatch.setattr(isolated, "load_network", load)
    network = make()
    network.stop_when(asked.is_set)
    with pytest.raises(Cancelled):
        network.run(TILE)
    assert not closed.is_set()
    go_on.set()
    assert closed.wait(60), "what comes too late is let go of"
