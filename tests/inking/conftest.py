# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks in processes of their own, and processes that go wrong."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import faults
import numpy as np
import pytest
from tiny_models import write_onnx

from smart_lineart.inking.network.runtime import isolated, load_network, worker_process
from smart_lineart.inking.network.runtime.isolated import IsolatedNetwork
from smart_lineart.inking.network.runtime.worker_process import WorkerProcess
from smart_lineart.said import Said


@pytest.fixture
def onnx(tmp_path: Path) -> Path:
    return write_onnx(tmp_path / "tiny.onnx")


@pytest.fixture
def expected(onnx: Path) -> np.ndarray:
    """What a network answers to `faults.TILE`."""
    network, *_ = load_network(onnx, runtime="openvino")
    output = network.run(faults.TILE)
    network.close()
    return output


@pytest.fixture
def notices() -> list[Said]:
    return []


@pytest.fixture
def processes(monkeypatch) -> Iterator[list[WorkerProcess]]:
    """All worker processes that are started; in the end none of them may be there, nor be a zombie."""
    started: list[WorkerProcess] = []

    class Noted(WorkerProcess):
        def __init__(self, python: Path) -> None:
            super().__init__(python)
            started.append(self)

    monkeypatch.setattr(isolated, "WorkerProcess", Noted)
    monkeypatch.setattr(isolated, "_unfit", {})
    yield started
    deadline = time.monotonic() + 30
    while any(one._process.returncode is None for one in started) and time.monotonic() < deadline:
        time.sleep(0.01)  # one that was given up is ended by its own thread
    assert [one.pid for one in started if one._process.returncode is None] == []


@pytest.fixture
def make(onnx: Path, notices: list[Said], processes) -> Iterator[Callable[..., IsolatedNetwork]]:
    """Networks that are closed, with their processes, when the test ends."""
    made: list[IsolatedNetwork] = []

    def one(path: Path = onnx, **options) -> IsolatedNetwork:
        made.append(IsolatedNetwork(path, notify=notices.append, **options))
        return made[-1]

    yield one
    for network in made:
        network.close()


@pytest.fixture
def faulty(tmp_path: Path, monkeypatch) -> Callable[[str, int], Path]:
    """Let the worker's first runs go wrong; returns the folder that counts them."""

    def arrange(fault: str, times: int) -> Path:
        folder = tmp_path / "faults"
        monkeypatch.setattr(worker_process, "SCRIPT", faults.faulty_script(folder, fault, times))
        return folder

    return arrange
