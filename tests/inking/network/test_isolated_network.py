# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever happens to native code in the worker process, this process goes on and the next run works."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
import venv
from pathlib import Path

import numpy as np
import pytest

from smart_lineart.inking import Inker, InkError, ModelError, OutOfMemory, ProcessFailed
from smart_lineart.inking.network.models import load_model
from smart_lineart.inking.network.runtime import interpreters, isolated, worker_process
from smart_lineart.inking.network.runtime.isolated import ANEW, INSIDE
from smart_lineart.said import Said
from tests.inking import faults
from tests.inking.faults import TILE

ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="seen with Linux's own means")
NOT_ON_WINDOWS = pytest.mark.skipif(sys.platform == "win32", reason="Windows ends programs in one way only")

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
    "a_head_without_end",
    "a_payload_without_end",
    "notices_without_end",
]
HANGS = ["hang", "hang_with_the_interpreter_locked", "a_notice_now_and_then"]


def open_descriptors() -> int:
    """On Linux; elsewhere none are counted."""
    return len(list(Path("/proc/self/fd").glob("*")))


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
    assert notices[-1] == ANEW
    assert len(notices) <= worker_process.MOST_NOTICES + 1


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
    network.release_memory()
    network.run(TILE)
    assert network.runtime_name == "onnxruntime", "the one that works is kept, in a new process too"


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


def test_memory_that_runs_out_in_the_process_is_said_and_the_process_stays(make, faulty, expected) -> None:
    faulty("out_of_memory", 1)
    network = make()
    with pytest.raises(OutOfMemory):
        network.run(TILE)
    before = network.pid
    assert np.array_equal(network.run(TILE), expected)
    assert network.pid == before


@ON_LINUX
@pytest.mark.parametrize("side", [256, 1024])
def test_allocations_that_fail_for_real_count_as_lack_of_memory(make, faulty, side: int) -> None:
    """Where in the runtime one fails depends on the tile; OpenVINO then says so in one way or another."""
    faulty("address_space_used_up", 9)
    network = make(load_model(None).onnx, runtime="openvino")
    with pytest.raises(OutOfMemory):
        network.run(np.zeros((1, 1, side, side), np.uint8))


@NOT_ON_WINDOWS
def test_processes_that_are_killed_again_and_again_count_as_lack_of_memory(make, faulty) -> None:
    faulty("killed", 2)
    with pytest.raises(OutOfMemory):
        make(runtime="openvino").run(TILE)


@NOT_ON_WINDOWS
def test_smaller_tiles_follow_where_the_system_kills_the_process(faulty, monkeypatch) -> None:
    """A page of more than one tile: what is killed twice is asked for in smaller pieces."""
    monkeypatch.setattr(isolated, "_unfit", {})
    sketch = np.full((700, 900), 255, np.uint8)
    sketch[100:600:40] = 0
    with Inker(runtime="openvino") as plain:
        wanted = plain.ink(sketch, detail=1.0)
    faulty("killed", 2)
    notices: list[Said] = []
    with Inker(runtime="openvino", isolated=True, notify=notices.append) as inker:
        assert np.array_equal(inker.ink(sketch, detail=1.0), wanted)
    assert list(map(str, notices)) == ["Memory ran short; inking goes on in smaller tiles."]


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

    def start_and_kill(cancelled):
        worker = start(cancelled)
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
    deadline = time.monotonic() + 30
    while network.pid is not None and time.monotonic() < deadline:
        time.sleep(0.05)
    assert network.pid is None
    assert np.array_equal(network.run(TILE), expected)


@ON_LINUX
def test_the_process_ends_with_the_one_that_asked(onnx: Path) -> None:
    """Even a hanging one, and even when this side is killed without a chance to clear up."""
    code = f"""
import os, sys, time
import numpy as np
from pathlib import Path
from smart_lineart.inking.network.runtime import IsolatedNetwork
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


@ON_LINUX
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


def no_program(folder: Path) -> Path:
    path = folder / "python.exe"
    path.write_text("This program cannot be run in DOS mode.")
    path.chmod(0o755)
    return path


def ends_at_once(_: Path) -> Path:
    system = Path(os.environ.get("SYSTEMROOT", "")) / "System32/hostname.exe"
    return system if sys.platform == "win32" else Path("/usr/bin/false")


@pytest.mark.parametrize("impostor", [no_program, ends_at_once])
def test_where_no_process_can_be_started_the_network_runs_in_this_one_and_that_is_said(
    impostor, make, expected, notices, tmp_path: Path, monkeypatch
) -> None:
    python = impostor(tmp_path)
    monkeypatch.setenv(interpreters.CHOICE_VARIABLE, str(python))
    network = make(runtime="openvino")
    for _ in range(2):
        assert np.array_equal(network.run(TILE), expected)
    assert network.inside
    assert notices == [INSIDE]
    assert set(isolated.why_not_isolated()) == {str(python)}


def test_a_python_that_is_chosen_without_its_whole_path_is_not_looked_for(
    make, expected, processes, monkeypatch
) -> None:
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))
    monkeypatch.setenv(interpreters.CHOICE_VARIABLE, Path(sys.executable).name)
    network = make(runtime="openvino")
    assert np.array_equal(network.run(TILE), expected)
    assert processes == []
    assert set(isolated.why_not_isolated().values()) == {"this is not its whole path"}


@pytest.mark.parametrize("fault", ["hang", "leave"])
def test_a_python_that_starts_badly_gets_a_second_chance_then_inking_goes_on_here_and_that_is_said(
    fault: str, make, faulty, expected, notices, monkeypatch
) -> None:
    monkeypatch.setattr(isolated, "START_SECONDS", 0.5)
    monkeypatch.setattr(isolated, "interpreters", lambda: [Path(sys.executable)])
    folder = faulty(f"greet.{fault}", 2)
    network = make(runtime="openvino")
    assert np.array_equal(network.run(TILE), expected)
    assert (network.inside, notices, faults.left(folder)) == (True, [INSIDE], 0)


def test_a_python_without_what_is_needed_says_so_and_the_next_is_taken(
    make, expected, notices, tmp_path: Path, monkeypatch
) -> None:
    venv.create(tmp_path / "bare")
    bare = tmp_path / "bare" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    monkeypatch.setattr(isolated, "interpreters", lambda: [bare, Path(sys.executable)])
    network = make(runtime="openvino")
    assert np.array_equal(network.run(TILE), expected)
    assert (network.inside, notices) == (False, [])
    assert "numpy" in isolated.why_not_isolated()[str(bare)]


def test_nobody_else_may_be_asked_where_the_artist_says_none(make, expected, notices, monkeypatch) -> None:
    monkeypatch.setenv(interpreters.CHOICE_VARIABLE, "none")
    network = make()
    assert np.array_equal(network.run(TILE), expected)
    assert (network.inside, notices) == (True, [])


def test_a_library_that_cannot_be_loaded_is_said_at_the_first_run(make, tmp_path: Path, monkeypatch) -> None:
    broken = tmp_path / "libs"
    broken.mkdir()
    (broken / "libopenvino_c.so").write_bytes(b"\x7fELF" + bytes(60))
    monkeypatch.setenv("SMART_LINEART_OPENVINO", str(broken))
    network = make(runtime="openvino")
    with pytest.raises(InkError, match="cannot be loaded") as caught:
        network.run(TILE)
    assert caught.value.values["folder"] == str(broken)
    assert isinstance(caught.value.values["remedy"], Said)


def test_devices_are_told_with_their_reasons(processes) -> None:
    devices = isolated.list_devices_isolated()
    assert len(processes) == 1
    assert ("openvino", "cpu", True) in {
        (device.runtime, device.kind, device.available) for device in devices
    }
    missing = [device.reason for device in devices if not device.available]
    assert missing
    assert all(isinstance(reason, Said) and reason.values for reason in missing)


@NOT_ON_WINDOWS
def test_devices_that_cannot_be_asked_for_say_why(faulty, processes) -> None:
    faulty("devices.abort", 1)
    reasons = {device.reason for device in isolated.list_devices_isolated()}
    assert [str(reason) for reason in reasons] == ["Asking for the devices failed (ended by SIGABRT)."]
    assert isinstance(reasons.pop().values["reason"], Said)


def test_a_model_that_cannot_be_run_is_said_at_the_first_run(make, tmp_path: Path) -> None:
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"not a network")
    with pytest.raises(ModelError, match="damaged") as caught:
        make(broken).run(TILE)
    assert "{file} is damaged" in caught.value.template  # as it was raised, over there
    assert caught.value.values == {"file": str(broken)}


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
    assert descriptors or sys.platform != "linux"
    for _ in range(4):
        network.run(TILE)
        network.release_memory()
    assert threading.active_count() <= threads
    assert open_descriptors() <= descriptors
