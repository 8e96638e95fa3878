# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever happens to native code in the worker process, this process goes on and the next run works."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import faults
import numpy as np
import pytest
from tiny_models import write_onnx

from smart_lineart.inking import Cancelled, Inker, InkError, ModelError, OutOfMemory, ProcessFailed
from smart_lineart.inking.models import load_model
from smart_lineart.inking.runtime import interpreters, isolated, load_network, worker_process
from smart_lineart.inking.runtime.isolated import ANEW, IsolatedNetwork

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="faults are made with Linux's own means")

TILE = np.random.default_rng(9).integers(0, 256, (1, 1, 96, 128), np.uint8)
CRASHES = [
    "segmentation_fault",
    "abort",
    "leave",
    "python_error",
    "half_an_answer",
    "nonsense",
    "brackets_without_end",
    "nameless",
    "wrong_size",
]
HANGS = ["hang", "hang_with_the_interpreter_locked"]


@pytest.fixture
def onnx(tmp_path: Path) -> Path:
    return write_onnx(tmp_path / "tiny.onnx")


@pytest.fixture
def expected(onnx: Path) -> np.ndarray:
    network, *_ = load_network(onnx, runtime="openvino")
    output = network.run(TILE)
    network.close()
    return output


@pytest.fixture
def notices() -> list[str]:
    return []


@pytest.fixture
def make(onnx: Path, notices: list[str], monkeypatch) -> Iterator[Callable[..., IsolatedNetwork]]:
    """Networks that are closed, with their processes, when the test ends."""
    monkeypatch.setattr(isolated, "_unfit", {})
    made: list[IsolatedNetwork] = []

    def one(path: Path = onnx, **options) -> IsolatedNetwork:
        made.append(IsolatedNetwork(path, notify=notices.append, **options))
        return made[-1]

    yield one
    for network in made:
        network.close()
    assert children() == set()


@pytest.fixture
def faulty(tmp_path: Path, monkeypatch) -> Callable[[str, int], Path]:
    """Let the worker's first runs go wrong; returns the folder that counts them."""

    def arrange(fault: str, times: int) -> Path:
        folder = tmp_path / "faults"
        monkeypatch.setenv(interpreters.CHOICE_VARIABLE, str(faults.faulty_python(folder, fault, times)))
        return folder

    return arrange


def children() -> set[int]:
    """Processes this one has started and not yet waited for, zombies too."""
    found = ""
    for task in Path("/proc/self/task").iterdir():
        with contextlib.suppress(FileNotFoundError):  # a thread that has just ended
            found += (task / "children").read_text()
    return {int(pid) for pid in found.split() if "resource_tracker" not in command_of(int(pid))}


def open_descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


def test_the_answer_is_the_same_as_in_this_process(make, expected) -> None:
    network = make(runtime="openvino")
    assert np.array_equal(network.run(TILE), expected)
    assert (network.runtime_name, network.device_name, network.inside) == ("openvino", "cpu", False)


@pytest.mark.parametrize("fault", [*CRASHES, "killed"])
def test_a_process_that_dies_is_replaced_and_the_run_succeeds(
    fault: str, make, faulty, expected, notices
) -> None:
    folder = faulty(fault, 1)
    network = make()
    assert np.array_equal(network.run(TILE), expected)
    assert faults.left(folder) == 0
    assert notices == [ANEW]


@pytest.mark.parametrize("fault", ["segmentation_fault", "nonsense"])
def test_processes_that_keep_dying_end_in_a_sentence_and_the_next_run_works(
    fault: str, make, faulty, expected
) -> None:
    folder = faulty(fault, 2)
    network = make(runtime="openvino")
    with pytest.raises(ProcessFailed, match=r"^The inking process crashed .*document is as it was.*\.$"):
        network.run(TILE)
    assert faults.left(folder) == 0
    assert np.array_equal(network.run(TILE), expected)


def test_the_other_runtime_is_tried_where_either_may_be_used(make, faulty, notices) -> None:
    pytest.importorskip("onnxruntime")
    folder = faulty("abort", 2)
    network = make()
    network.run(TILE)
    assert faults.left(folder) == 0
    assert network.runtime_name == "onnxruntime"
    assert notices == [ANEW]


@pytest.mark.parametrize("fault", HANGS)
def test_a_process_that_does_not_answer_is_ended_and_replaced(
    fault: str, make, faulty, expected, monkeypatch
) -> None:
    monkeypatch.setattr(isolated, "RUN_SECONDS", 0.5)
    faulty(fault, 1)
    assert np.array_equal(make().run(TILE), expected)


def test_processes_that_keep_hanging_end_in_a_sentence(make, faulty, expected, monkeypatch) -> None:
    monkeypatch.setattr(isolated, "RUN_SECONDS", 0.5)
    faulty("hang", 2)
    network = make(runtime="openvino")
    began = time.monotonic()
    with pytest.raises(ProcessFailed, match="stopped answering"):
        network.run(TILE)
    assert time.monotonic() - began < isolated.START_SECONDS  # two processes of 0.5 s, on a slow computer
    monkeypatch.undo()
    assert np.array_equal(network.run(TILE), expected)


def test_cancelling_ends_a_process_that_hangs(make, faulty, expected) -> None:
    faulty("hang", 1)
    network = make()
    cancel = threading.Event()
    network.stop_when(cancel.is_set)
    threading.Timer(0.3, cancel.set).start()
    began = time.monotonic()
    with pytest.raises(Cancelled):
        network.run(TILE)
    assert time.monotonic() - began < isolated.RUN_SECONDS / 4
    network.stop_when(None)
    assert np.array_equal(network.run(TILE), expected)


def test_memory_that_runs_out_in_the_process_is_said_and_the_process_stays(make, faulty, expected) -> None:
    faulty("out_of_memory", 1)
    network = make()
    with pytest.raises(OutOfMemory):
        network.run(TILE)
    before = network.pid
    assert np.array_equal(network.run(TILE), expected)
    assert network.pid == before


@pytest.mark.parametrize("side", [256, 1024])
def test_allocations_that_fail_for_real_count_as_lack_of_memory(make, faulty, side: int) -> None:
    """Where in the runtime one fails depends on the tile; OpenVINO then says so in one way or another."""
    faulty("address_space_used_up", 9)
    network = make(load_model(None).onnx, runtime="openvino")
    with pytest.raises(OutOfMemory):
        network.run(np.zeros((1, 1, side, side), np.uint8))


def test_processes_that_are_killed_again_and_again_count_as_lack_of_memory(make, faulty) -> None:
    faulty("killed", 2)
    with pytest.raises(OutOfMemory):
        make(runtime="openvino").run(TILE)


def test_smaller_tiles_follow_where_the_system_kills_the_process(faulty, monkeypatch) -> None:
    """A page of more than one tile: what is killed twice is asked for in smaller pieces."""
    monkeypatch.setattr(isolated, "_unfit", {})
    sketch = np.full((700, 900), 255, np.uint8)
    sketch[100:600:40] = 0
    with Inker(runtime="openvino") as plain:
        wanted = plain.ink(sketch, detail=1.0)
    faulty("killed", 2)
    notices: list[str] = []
    with Inker(runtime="openvino", isolated=True, notify=notices.append) as inker:
        assert np.array_equal(inker.ink(sketch, detail=1.0), wanted)
    assert notices == ["Memory ran short; inking goes on in smaller tiles."]


def test_any_bytes_from_the_network_become_ink_or_a_sentence(faulty, monkeypatch) -> None:
    """What a NaN inside the network comes to: its output is bytes, so no NaN gets out."""
    monkeypatch.setattr(isolated, "_unfit", {})
    sketch = np.full((300, 400), 255, np.uint8)
    sketch[100:200:40] = 0
    faulty("noise", 9)
    with Inker(runtime="openvino", isolated=True) as inker:
        features = inker.prepare(sketch, detail=1.0)
        assert np.isfinite(features.strokes.points).all()
        assert np.isfinite(features.strokes.width).all()
        assert inker.render(features).shape == (300, 400)


def test_a_process_that_ends_between_its_start_and_its_first_work_is_replaced(
    make, expected, notices, monkeypatch
) -> None:
    start, killed = isolated.start_worker, []

    def start_and_kill():
        worker = start()
        if not killed:
            killed.append(worker.pid)
            os.kill(worker.pid, 9)
            while worker.running:
                time.sleep(0.01)
        return worker

    network = make()
    network.release_memory()  # the process it began with
    monkeypatch.setattr(isolated, "start_worker", start_and_kill)
    assert np.array_equal(network.run(TILE), expected)
    assert len(killed) == 1
    assert notices == [ANEW]


def test_a_process_that_ended_between_two_runs_is_replaced_without_a_word(make, expected, notices) -> None:
    network = make()
    network.run(TILE)
    os.kill(network.pid, 9)
    while network.pid is not None:
        time.sleep(0.01)
    assert np.array_equal(network.run(TILE), expected)
    assert notices == []


def test_a_process_with_nothing_to_do_ends_and_gives_everything_back(make, expected, monkeypatch) -> None:
    monkeypatch.setattr(worker_process.WorkerProcess.__init__, "__kwdefaults__", {"idle_seconds": 0.3})
    network = make()
    network.run(TILE)
    pid = network.pid
    deadline = time.monotonic() + 30
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(f"/proc/{pid}").exists()
    assert np.array_equal(network.run(TILE), expected)


def test_the_process_ends_with_the_one_that_asked(onnx: Path) -> None:
    """Even a hanging one, and even when this side is killed without a chance to clear up."""
    code = f"""
import os, sys, time
import numpy as np
from pathlib import Path
from smart_lineart.inking.runtime import IsolatedNetwork
network = IsolatedNetwork(Path({str(onnx)!r}))
network.run(np.zeros((1, 1, 32, 32), np.uint8))
print(network.pid, flush=True)
os.kill(os.getpid(), 9)
"""
    parent = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        cwd=worker_process.SCRIPT.parents[1],
    )
    pid = int(parent.stdout)
    deadline = time.monotonic() + 30
    while "worker.py" in command_of(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert "worker.py" not in command_of(pid)


def test_the_process_holds_nothing_of_this_one_and_leaves_it_memory_and_processor(make, tmp_path) -> None:
    read, write = os.pipe()
    os.set_inheritable(write, True)
    network = make()
    network.run(TILE)
    folder = Path(f"/proc/{network.pid}")
    held = {str(link.readlink()) for link in (folder / "fd").iterdir()}
    own = str(Path(f"/proc/self/fd/{write}").readlink())
    os.close(read)
    os.close(write)
    assert own not in held
    assert {link.split(":")[0] for link in held} == {"pipe", "/dev/null"}
    assert (folder / "oom_score_adj").read_text().strip() == "1000"
    assert os.getpriority(os.PRIO_PROCESS, network.pid) == min(19, os.getpriority(os.PRIO_PROCESS, 0) + 5)
    assert (folder / "cwd").readlink() == Path("/")


def test_a_program_that_is_no_python_leaves_the_network_in_this_process(
    make, expected, tmp_path: Path, monkeypatch
) -> None:
    impostor = tmp_path / "python"
    impostor.write_text("#!/bin/sh\nexit 3\n")
    impostor.chmod(0o755)
    monkeypatch.setenv(interpreters.CHOICE_VARIABLE, str(impostor))
    network = make(runtime="openvino")
    assert np.array_equal(network.run(TILE), expected)
    assert network.inside
    assert set(isolated.why_not_isolated()) == {str(impostor)}


def test_a_python_without_what_is_needed_says_so_and_the_next_is_taken(
    make, expected, tmp_path: Path, monkeypatch
) -> None:
    bare = tmp_path / "python"
    bare.write_text(f'#!/bin/sh\nexec "{sys.executable}" -S "$@"\n')  # no installed packages, so no numpy
    bare.chmod(0o755)
    monkeypatch.setattr(isolated, "interpreters", lambda: [bare, Path(sys.executable)])
    network = make(runtime="openvino")
    assert np.array_equal(network.run(TILE), expected)
    assert not network.inside
    assert "numpy" in isolated.why_not_isolated()[str(bare)]


def test_nobody_else_may_be_asked_where_the_artist_says_none(make, expected, monkeypatch) -> None:
    monkeypatch.setenv(interpreters.CHOICE_VARIABLE, "none")
    network = make()
    assert np.array_equal(network.run(TILE), expected)
    assert network.inside


def test_a_library_that_cannot_be_loaded_is_said_at_the_first_run(make, tmp_path: Path, monkeypatch) -> None:
    broken = tmp_path / "libs"
    broken.mkdir()
    (broken / "libopenvino_c.so").write_bytes(b"\x7fELF" + bytes(60))
    monkeypatch.setenv("SMART_LINEART_OPENVINO", str(broken))
    network = make(runtime="openvino")
    with pytest.raises(InkError, match="cannot be loaded"):
        network.run(TILE)


def test_a_model_that_cannot_be_run_is_said_at_the_first_run(make, tmp_path: Path) -> None:
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"not a network")
    with pytest.raises(ModelError, match="damaged"):
        make(broken).run(TILE)


def test_closing_forbids_runs(make) -> None:
    network = make()
    network.close()
    with pytest.raises(ValueError, match="closed"):
        network.run(TILE)


def test_threads_and_descriptors_do_not_pile_up(make) -> None:
    network = make()
    network.run(TILE)
    network.release_memory()
    threads, descriptors = threading.active_count(), open_descriptors()
    for _ in range(4):
        network.run(TILE)
        network.release_memory()
    assert threading.active_count() <= threads
    assert open_descriptors() <= descriptors


# -- where the process runs


def test_an_appimage_s_libraries_are_kept_from_another_python() -> None:
    environment = {
        "APPDIR": "/tmp/.mount_krita",
        "LD_LIBRARY_PATH": "/tmp/.mount_krita/usr/lib::/opt/driver",
        "PYTHONHOME": "/tmp/.mount_krita/usr",
        "PYTHONPATH": "/somewhere",
        "LD_PRELOAD": "libfoo.so",
        "QT_PLUGIN_PATH": "/tmp/.mount_krita/usr/plugins",
        "HOME": "/home/artist",
    }
    clean = interpreters.clean_environment(Path("/usr/bin/python3"), environment)
    assert clean == {
        "APPDIR": "/tmp/.mount_krita",
        "LD_LIBRARY_PATH": "/opt/driver",
        "HOME": "/home/artist",
    }
    own = interpreters.clean_environment(Path("/tmp/.mount_krita/usr/bin/python3.10"), environment)
    assert own["LD_LIBRARY_PATH"] == "/tmp/.mount_krita/usr/lib:/opt/driver"
    assert "PYTHONHOME" not in own


def test_the_python_of_the_same_version_is_asked_before_others(tmp_path: Path, monkeypatch) -> None:
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    for place, name in (("own/bin", version), ("path", "python3"), ("path", version)):
        (tmp_path / place).mkdir(parents=True, exist_ok=True)
        (tmp_path / place / name).write_text("")
        (tmp_path / place / name).chmod(0o755)
    monkeypatch.delenv(interpreters.CHOICE_VARIABLE, raising=False)
    monkeypatch.setattr(sys, "base_exec_prefix", str(tmp_path / "own"))
    monkeypatch.setattr(sys, "prefix", sys.base_prefix)
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    assert interpreters.interpreters() == [
        tmp_path / "own/bin" / version,
        tmp_path / "path" / version,
        tmp_path / "path/python3",
    ]
    (tmp_path / "own/bin" / version).chmod(0o644)
    assert interpreters.interpreters()[0] == tmp_path / "path" / version
