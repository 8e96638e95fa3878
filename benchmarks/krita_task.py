# SPDX-License-Identifier: GPL-3.0-or-later
"""How long inking an A4 page of 300 dpi takes in Krita, from the click to the layer, and Krita's memory.

Run by benchmarks/performance.py as `python -m benchmarks.krita_task`; starts a Krita on a screen of its own
with the tests' harness and prints a line of JSON: seconds of the first run, with starting the network, those
of all cores, bytes that Krita's own process grew by at the peak, what was left once the features were let
go, and the most that the network's process held.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
import time
from pathlib import Path
from types import TracebackType

from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "krita"))

import harness  # noqa: E402 - the tests' own, once its folder is on the path

SKETCH = ROOT / "examples" / "skull-a4-300dpi.jpg"
OPEN = """
def job():
    arrange()
    yield 500
    image = QtGui.QImage(PATH)
    document = new_document(image.width(), image.height())
    node = document.createNode("Sketch", "paintlayer")
    paint(document, node, image_array(image))
    document.rootNode().addChildNode(node, document.rootNode().childNodes()[-1])
    document.waitForDone()
    document.setActiveNode(node)
    del image
    yield 3000
    session().look()
    yield 1000
"""
INK = """
def job():
    document = K.activeDocument()
    document.setActiveNode(node_named(document, "Sketch"))
    yield 300
    begun = time.perf_counter()
    widget("ink").click()
    ours = session()
    yield from until(lambda: not ours.queue.active and not ours._running and not ours._followers, 200)
    seconds = time.perf_counter() - begun
    yield 500
    return [seconds, node_named(document, "Lineart: Sketch") is not None, ours.last_error]
"""
LET_GO = """
def job():
    ours = session()
    ours.cache.keep_only(lambda _: False)
    ours.engine.close()
    yield 3000
"""


class Watch:
    """Samples how much memory a process and its children hold while it is open; bytes."""

    def __init__(self, pid: int):
        self._pid = pid
        self.peak = self.children = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._sample)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._stop.wait(0.01):
            self.peak = max(self.peak, resident(self._pid))
            self.children = max(self.children, sum(resident(child) for child in _children(self._pid)))


def resident(pid: int) -> int:
    """Bytes of memory that a process holds; 0 when it is gone."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
    return 0


def processor_seconds(pid: int) -> float:
    """Seconds of all cores that a process and its children have used, those included that ended."""
    found = 0.0
    for one in (pid, *_children(pid)):
        with contextlib.suppress(OSError):
            used = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()[11:15]
            found += sum(int(ticks) for ticks in used) / os.sysconf("SC_CLK_TCK")
    return found


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += [int(child) for child in task.read_text().split()]
    return found


def krita_pid(launched: int) -> int:
    """The process that is Krita, of the one that was started and those it started or became."""
    waiting = [launched]
    for pid in waiting:
        with contextlib.suppress(OSError):
            if Path(f"/proc/{pid}/comm").read_text().strip().startswith("krita"):
                return pid
        waiting += _children(pid)
    raise RuntimeError("Krita's process was not found.")


def measure() -> dict[str, float]:
    missing = harness.missing()
    if missing:
        raise RuntimeError(missing)
    screen = harness.Screen()
    try:
        krita = harness.KritaProcess(screen, steady=True)
        try:
            return _measure(krita)
        finally:
            krita.close()
    finally:
        screen.close()


def _measure(krita: harness.KritaProcess) -> dict[str, float]:
    picture = krita.home / "sketch.png"
    with Image.open(SKETCH) as image:
        image.convert("RGB").save(picture)
    krita.run(OPEN, timeout=120, PATH=str(picture))
    pid = krita_pid(krita.pid)
    before, used = resident(pid), processor_seconds(pid)
    with Watch(pid) as watch:
        seconds, inked, error = krita.run(INK, timeout=240)
    used = processor_seconds(pid) - used
    if not inked or error:
        raise RuntimeError(f"Krita did not ink the page: {error}")
    kept = resident(pid)
    krita.run(LET_GO, timeout=60)
    time.sleep(1.0)
    return {
        "seconds": seconds,
        "core_seconds": used,
        "before": before,
        "growth": watch.peak - before,
        "kept": kept - before,
        "left": resident(pid) - before,
        "network process": watch.children,
    }


def main() -> int:
    try:
        found = measure()
    except (RuntimeError, AssertionError, OSError) as error:
        print(f"krita: {error}", file=sys.stderr)
        return 2
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
