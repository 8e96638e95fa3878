# SPDX-License-Identifier: GPL-3.0-or-later
"""Krita lives, and Cancel works at once, whenever the network's process freezes, ends, or never starts."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux's pipes and signals")

ALL_LAYERS = ["Background", "Sketch", "Lineart: Sketch"]
INSIDE = (
    "No inking process could be started, so inking runs inside Krita, where a fault could end it: "
    'save often; "Copy diagnostics" tells the reason.'
)
AT_ONCE = 3.0  # s: it takes about 0.6 s; a process that is stuck may take 30 s or more
HELPERS = """
import array, fcntl, os, signal, termios

def full(worker):
    waiting = array.array("i", [0])
    fcntl.ioctl(worker._process.stdin, termios.FIONREAD, waiting)
    return waiting[0] > 60_000  # of 64 kB, in whole pages

def asked_again(document, thick):
    paint(document, node_named(document, "Sketch"), strokes(500, 400, thick=thick))
    widget("ink").click()

def cancelled():
    began = time.monotonic()
    session().cancel(session().queue.jobs[-1])
    yield from until(lambda: not session().turns.taken, 60)
    return time.monotonic() - began

def process():
    return session().context.engine._inker._isolated._worker
"""
FULL_PIPE = (
    HELPERS
    + """
def job():
    yield from fresh()
    document = sketch_document(500, 400)
    yield 500
    result = [(yield from ink(100))]
    ignored = next(line for line in open("/proc/self/status") if line.startswith("SigIgn"))
    result.append(int(ignored.split()[1], 16) >> (signal.SIGPIPE - 1) & 1)
    for thick, end in ((5, "kill"), (7, "cancel")):
        worker = process()
        os.kill(worker.pid, signal.SIGSTOP)
        asked_again(document, thick)
        yield from until(lambda: full(worker), 60)
        if end == "kill":
            os.kill(worker.pid, signal.SIGKILL)
        else:
            result.append((yield from cancelled()))
        yield from idle(100)
        result.append(session().messages.shown.text)
    result.append((yield from ink(100)))
    return [*result, tree(document), modal()]
"""
)
BAD_START = (
    HELPERS
    + """
def job():
    from smart_lineart.inking.network.runtime import isolated, worker_process
    yield from fresh()
    document = sketch_document(500, 400)
    yield 500
    before, send = os.environ.get("SMART_LINEART_PYTHON"), worker_process.send
    def send_late(*arguments):  # on its own thread
        time.sleep(0.5)
        send(*arguments)
    try:
        worker_process.send = send_late
        session().context.engine.close()
        os.environ["SMART_LINEART_PYTHON"] = ENDS
        result = [(yield from ink(100)), session().context.engine.describe(), tree(document)]
        worker_process.send = send
        session().context.engine.close()
        os.environ["SMART_LINEART_PYTHON"] = STAYS
        asked_again(document, 5)
        yield 1500
        result += [session().turns.taken, (yield from cancelled())]
    finally:
        worker_process.send = send
        os.environ.pop("SMART_LINEART_PYTHON")
        if before:
            os.environ["SMART_LINEART_PYTHON"] = before
    session().context.engine.close()
    result += [(yield from ink(100)), session().context.engine.describe(), modal()]
    return result
"""
)
LOOKING = (
    HELPERS
    + """
def job():
    arrange()
    document = sketch_document(500, 400)
    yield 500
    result = [(yield from ink(100))]
    os.environ["SMART_LINEART_PYTHON"] = STAYS
    for _ in range(3):  # opened, folded up, opened again
        widget("more").click()
    yield from until(lambda: os.path.exists(STAYS + ".pids"), 60)
    before = lineart_shape(document)
    session().change("thickness", 20.0, final=True)
    yield from idle()
    device = widget("device")
    shown = [device.itemText(index) for index in range(device.count())]
    return [*result, lineart_shape(document) != before, shown]
"""
)


def is_there(pid: str) -> bool:
    """Whether a process runs or is stuck, and is not only one that nobody has asked how it ended."""
    stat = Path("/proc", pid, "stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}


def test_a_process_that_ends_while_its_pipe_is_full_does_not_take_krita_along(krita, figures) -> None:
    first, ignored, after_kill, seconds, after_cancel, last, layers, modal = krita.run(FULL_PIPE, timeout=250)
    figures(f"{seconds:.2f} s from Cancel to the end of the run, its process frozen and its pipe full")
    assert ignored == 0, "Krita ignores the signal by itself: this shows nothing"
    assert first == ""
    assert after_kill in {"", "The inking process ended unexpectedly; inking went on in a new one."}
    assert seconds < AT_ONCE
    assert (after_cancel, last, layers, modal) == ("", "", ALL_LAYERS, None)
    assert krita.running


def test_a_python_that_never_starts_is_said_and_cancel_does_not_wait_for_it(
    krita, figures, folder_krita_sees
) -> None:
    folder = folder_krita_sees()
    for name, seconds in (("ends", 0.2), ("stays", 3600)):
        program = folder / name
        program.write_text(f"#!/bin/sh\nexec sleep {seconds}\n")
        program.chmod(0o755)
    values = {"ENDS": str(folder / "ends"), "STAYS": str(folder / "stays")}
    said, place, layers, waits, seconds, last, last_place, modal = krita.run(BAD_START, timeout=250, **values)
    figures(f"{seconds:.2f} s from Cancel to the end of the run, its process stuck as it starts")
    assert said == INSIDE
    assert "in Krita's process" in place
    assert layers == ALL_LAYERS
    assert waits
    assert seconds < AT_ONCE
    assert last == ""
    assert "in a process of its own" in last_place
    assert modal is None
    assert krita.running


def test_sliders_and_closing_do_not_wait_while_devices_are_looked_for(start_krita, folder_krita_sees) -> None:
    program = folder_krita_sees() / "stays"
    program.write_text('#!/bin/sh\necho $$ >> "$0.pids"\nexec sleep 3600\n')
    program.chmod(0o755)
    krita = start_krita()
    said, followed, shown = krita.run(LOOKING, timeout=250, STAYS=str(program))
    assert (said, followed, shown) == ("", True, ["Looking for devices"])
    assert krita.close() == 0, krita.last_words
    stuck = Path(f"{program}.pids").read_text().split()
    assert [pid for pid in stuck if is_there(pid)] == []
