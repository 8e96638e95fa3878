# SPDX-License-Identifier: GPL-3.0-or-later
"""One worker process: what it may do to this one, and how much it may say."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from smart_lineart import framing
from smart_lineart.framing import MOST_FIELDS, MOST_PAYLOAD, Garbled, receive
from smart_lineart.inking import ModelError
from smart_lineart.inking.network.runtime import worker_process
from smart_lineart.inking.network.runtime.answers import raise_error, read_devices, read_names
from smart_lineart.inking.network.runtime.worker_process import (
    MOST_SENTENCE,
    WorkerDied,
    WorkerProcess,
    WorkerRetired,
    line_of,
    said_by,
)
from smart_lineart.said import Said

HANGS = "import time\ntime.sleep(3600)\n"
# Says one thing over and over, whatever it is asked.
SAYS = """
import struct, sys
head, payload = {head!r}, {payload}
for _ in range({times}):
    sys.stdout.buffer.write(struct.pack("<IQ", len(head), payload) + head + bytes(payload))
    sys.stdout.buffer.flush()
sys.stdin.buffer.read()
"""


def notice(said: Said) -> bytes:
    return json.dumps({"notice": said.to_data()}).encode()


@pytest.fixture
def start(tmp_path: Path, monkeypatch) -> Iterator[Callable[..., WorkerProcess]]:
    """Processes that run a script of a test's own."""
    started: list[WorkerProcess] = []

    def one(source: str, **options) -> WorkerProcess:
        script = tmp_path / "worker.py"
        script.write_text(source, encoding="utf-8")
        monkeypatch.setattr(worker_process, "SCRIPT", script)
        started.append(WorkerProcess(Path(sys.executable), **options))
        return started[-1]

    yield one
    for worker in started:
        worker.stop()


# -- a pipe that nobody reads any more

# What a program that embeds Python leaves as it is; Python's own program ignores the signal.
UNPROTECTED = """
import os, signal, sys, threading, time
from pathlib import Path
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
from smart_lineart.inking import Cancelled
from smart_lineart.inking.network.runtime import worker_process
from smart_lineart.inking.network.runtime.worker_process import WorkerDied, WorkerProcess
worker_process.SCRIPT = Path(sys.argv[1])

def full(worker):
    if sys.platform != "linux":
        time.sleep(1)
        return True
    import array, fcntl, termios
    waiting = array.array("i", [0])
    fcntl.ioctl(worker._process.stdin, termios.FIONREAD, waiting)
    return waiting[0] > 60_000  # of 64 kB, in whole pages

def kill_when_full(worker):
    while not full(worker):
        time.sleep(0.01)
    os.kill(worker.pid, signal.SIGKILL)

worker = WorkerProcess(Path(PYTHON))
"""
AFTERWARDS = """
worker.stop()
assert signal.getsignal(signal.SIGPIPE) == signal.SIG_DFL
assert signal.SIGPIPE not in signal.pthread_sigmask(signal.SIG_BLOCK, [])
print("alive")
"""
KILLED = """
threading.Thread(target=kill_when_full, args=[worker]).start()
try:
    worker.ask({}, bytes(1 << 20), seconds=60)
except WorkerDied as death:
    assert death.killed
"""
CANCELLED = """
try:
    worker.ask({}, bytes(1 << 20), seconds=60, cancelled=lambda: full(worker))
except Cancelled:
    pass
"""
ENDED_BEFORE_IT_READ = """
send = worker_process.send
def send_late(*arguments):
    worker._process.wait()
    send(*arguments)
worker_process.send = send_late
WorkerProcess.running = True  # as it was a moment ago
try:
    worker.ask({"do": "greet"}, seconds=60)
except WorkerDied:
    pass
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signal for broken pipes")
@pytest.mark.parametrize(
    ("python", "story"),
    [(sys.executable, KILLED), (sys.executable, CANCELLED), ("/usr/bin/false", ENDED_BEFORE_IT_READ)],
    ids=["killed while the pipe is full", "cancelled while the pipe is full", "no Python"],
)
def test_a_process_that_leaves_its_pipe_does_not_take_this_one_along(
    python: str, story: str, tmp_path: Path
) -> None:
    script = tmp_path / "worker.py"
    script.write_text(HANGS)
    code = UNPROTECTED.replace("PYTHON", repr(python)) + story + AFTERWARDS
    done = subprocess.run(
        [sys.executable, "-c", code, str(script)],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
        cwd=worker_process.SCRIPT.parents[1],
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "alive\n", "")


def test_on_macos_the_pipe_itself_raises_no_signal_since_any_thread_may_get_it(monkeypatch) -> None:
    asked: list[tuple] = []
    monkeypatch.setitem(sys.modules, "fcntl", SimpleNamespace(fcntl=lambda *words: asked.append(words)))
    signals = SimpleNamespace(pthread_sigmask=lambda *_: None, SIG_BLOCK=0, SIGPIPE=13)
    monkeypatch.setattr(worker_process, "signal", signals)
    monkeypatch.setattr(worker_process, "sys", SimpleNamespace(platform="darwin"))
    worker_process._spare_this_program("the pipe")
    assert asked == [("the pipe", 73, 1)]  # F_SETNOSIGPIPE


# -- how it is started, and when it is asked no more

TELLS = """
import json, os, struct, sys
told = {"variables": sorted(os.environ), "folder": os.getcwd(), "isolated": sys.flags.isolated}
head = json.dumps(told).encode()
sys.stdout.buffer.write(struct.pack("<IQ", len(head), 0) + head)
sys.stdout.buffer.flush()
sys.stdin.buffer.read()
"""


def test_it_gets_nothing_that_the_program_has_set_for_itself(start, tmp_path: Path, monkeypatch) -> None:
    for name in ("PYTHONPATH", "PYTHONSTARTUP", "QT_PLUGIN_PATH"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("SMART_LINEART_KEPT", "1")
    monkeypatch.chdir(tmp_path)
    fields, _ = start(TELLS).ask({}, seconds=60)
    told = {name.upper() for name in fields["variables"]}
    assert "SMART_LINEART_KEPT" in told
    assert {name for name in told if name.startswith(("PYTHON", "QT_"))} == set()
    assert (fields["folder"], fields["isolated"]) == (tmp_path.anchor, 1)


@pytest.mark.parametrize("idle_seconds", [0.1, 60], ids=["by itself", "by us"])
def test_a_process_that_is_being_ended_is_not_asked_any_more(idle_seconds: float, start, monkeypatch) -> None:
    monkeypatch.setattr(worker_process, "POLITE_SECONDS", 1.5)  # in which it does not end
    worker = start(HANGS, idle_seconds=idle_seconds)
    if idle_seconds == 60:
        threading.Thread(target=worker.stop).start()
    deadline = time.monotonic() + 30
    while not worker._process.stdin.closed and time.monotonic() < deadline:
        time.sleep(0.01)
    assert worker.running
    with pytest.raises(WorkerRetired):
        worker.ask({}, seconds=0.3)


# -- how much it may say


def message(head: bytes, payload: int, announced: int | None = None) -> io.BytesIO:
    size = len(head) if announced is None else announced
    return io.BytesIO(size.to_bytes(4, "little") + payload.to_bytes(8, "little") + head + bytes(payload % 99))


@pytest.mark.parametrize(
    ("stream", "most"),
    [
        (message(b"{}", MOST_PAYLOAD + 1), MOST_PAYLOAD),
        (message(b"{}", 11), 10),
        (message(b"{}", 1), 0),
        (message(b"{}", 0, MOST_FIELDS + 1), 10),
    ],
)
def test_of_a_message_that_says_too_much_nothing_is_read(stream: io.BytesIO, most: int) -> None:
    with pytest.raises(Garbled, match="a message of"):
        receive(stream, most)
    assert stream.tell() == framing._LENGTHS.size


def test_a_message_may_say_as_much_as_was_asked_for() -> None:
    assert receive(message(b"{}", 10), 10) == ({}, bytes(10))
    head = b'{"a": "' + b"b" * (MOST_FIELDS - 9) + b'"}'
    assert receive(message(head, 0), 0)[1] == b""


@pytest.mark.parametrize(
    ("head", "payload", "times"),
    [(b'{"fits": ""}', 1, 1), (notice(Said("All is well.")), 0, 1_000_000)],
    ids=["a payload", "notices without end"],
)
def test_a_process_that_says_more_than_was_asked_is_ended(
    start, head: bytes, payload: int, times: int
) -> None:
    worker = start(SAYS.format(head=head, payload=payload, times=times))
    heard: list[Said] = []
    with pytest.raises(WorkerDied, match="nonsense"):
        worker.ask({}, seconds=60, notify=heard.append)
    assert len(heard) <= worker_process.MOST_NOTICES
    worker.stop()
    assert not worker.running


def test_notices_do_not_put_off_the_end(start) -> None:
    source = "import time\n" + SAYS.replace("flush()\n", "flush(); time.sleep(0.3)\n")
    worker = start(source.format(head=notice(Said("Soon.")), payload=0, times=7))
    heard: list[Said] = []
    with pytest.raises(WorkerDied, match=r"no answer within 1 s"):
        worker.ask({}, seconds=1, notify=heard.append)
    assert len(heard) < 7


def test_a_line_can_be_shown() -> None:
    assert line_of("CPU is used\n\ninstead.") == "CPU is used instead."
    assert line_of("x" * MOST_SENTENCE) == "x" * MOST_SENTENCE
    assert len(line_of("x" * 60_000)) == MOST_SENTENCE
    assert line_of(["no", "text"]) == "['no', 'text']"


def test_what_a_process_says_keeps_its_template_and_values() -> None:
    said = Said("{file} is damaged; {remedy}.", file="a {b}", remedy=Said("install {what}", what="it"))
    assert said_by(said.to_data()) == said
    with pytest.raises(ModelError) as caught:
        raise_error({"error": "ModelError", "said": said.to_data()})
    assert caught.value.said == said


def test_a_sentence_that_is_too_long_is_cut() -> None:
    long = Said("very {long}", long="x" * 9000)
    assert len(str(said_by(long.to_data()))) == MOST_SENTENCE
    assert said_by(Said("{a}", a="x" * MOST_SENTENCE).to_data()).values == {"a": "x" * MOST_SENTENCE}
    with pytest.raises(ModelError) as caught:
        raise_error({"error": "ModelError", "said": long.to_data()})
    assert len(str(caught.value)) == MOST_SENTENCE


@pytest.mark.parametrize("said", [None, "All is well.", {"template": "{a}", "values": {}}, {"template": "a"}])
def test_a_process_that_says_something_else_has_lost_its_mind(start, said: object) -> None:
    with pytest.raises(WorkerDied, match="nonsense"):
        raise_error({"error": "ModelError", "said": said})
    worker = start(SAYS.format(head=json.dumps({"notice": said}).encode(), payload=0, times=1))
    with pytest.raises(WorkerDied, match="nonsense"):
        worker.ask({}, seconds=60)


def test_what_a_process_tells_of_devices_is_short_and_known() -> None:
    reason = Said("{why}", why="y" * 9000).to_data()
    cpu = {"runtime": "openvino", "kind": "cpu", "title": "x" * 9000, "available": False, "reason": reason}
    (device,) = read_devices({"devices": [cpu]})
    assert len(device.title) == len(str(device.reason)) == MOST_SENTENCE
    assert read_devices({"devices": [{**cpu, "reason": None}]})[0].reason is None
    strange = [{**cpu, "runtime": "x"}], [{**cpu, "kind": "x"}], [{**cpu, "reason": "none"}]
    for devices in ([cpu] * 1000, *strange):
        with pytest.raises(WorkerDied):
            read_devices({"devices": devices})
    for names in ({"runtime": "x" * 9000, "device": "cpu"}, {"runtime": "openvino", "device": "x"}):
        with pytest.raises(WorkerDied):
            read_names(names)
