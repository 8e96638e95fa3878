# SPDX-License-Identifier: GPL-3.0-or-later
"""How long Krita's user interface stands still, and in which line of Python it does."""

from __future__ import annotations

import faulthandler
import tempfile
import threading
import time
from pathlib import Path

try:
    from PyQt6 import QtCore
except ImportError:
    from PyQt5 import QtCore

TICK_MS = 10
SUSPICIOUS_S = 0.1


class StallWatch:
    """A 10 ms timer that notes every late tick.

    A tick may also be late because the machine gave its processors or its disk to others: Krita itself then
    stands still, whatever is inked. The kernel counts how long a thread was ready and had to wait (schedstat,
    Linux), and a second thread looks how long it slept on the disk (state D), so `own` is what the stall
    would have been on a machine with nothing else to do. The stack of a stalled thread is written by a
    watchdog that needs no interpreter lock, so what holds the lock is seen too.
    """

    def __init__(self):
        task = Path(f"/proc/self/task/{threading.get_native_id()}")
        self._schedstat, self._stat = task / "schedstat", task / "stat"
        self._stacks = tempfile.TemporaryFile("w+")  # noqa: SIM115 (open as long as the watch lasts)
        self.late: list[dict] = []
        self.worst = 0.0
        self.ticks = 0
        self._seen = 0
        self._on_disk = 0.0
        self._mark = self._now()
        self._watching = True
        threading.Thread(target=self._watch_state, daemon=True).start()
        self._timer = QtCore.QTimer()
        self._timer.setTimerType(QtCore.Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start(TICK_MS)
        self._arm()

    def _now(self) -> tuple[float, float, float, float]:
        run, waited, _ = self._schedstat.read_text().split()
        return time.monotonic(), int(run) / 1e9, int(waited) / 1e9, self._on_disk

    def _watch_state(self) -> None:
        before, slept = time.monotonic(), False
        while self._watching:
            sleeps = self._stat.read_text().rpartition(")")[2].split()[0] == "D"
            now = time.monotonic()
            if sleeps and slept:  # seen on the disk twice in a row
                self._on_disk += now - before
            before, slept = now, sleeps
            time.sleep(TICK_MS / 2000)

    def _arm(self) -> None:
        faulthandler.dump_traceback_later(SUSPICIOUS_S, file=self._stacks)

    def _tick(self) -> None:
        now = self._now()
        gap, ran, waited, on_disk = (b - a for a, b in zip(self._mark, now, strict=True))
        own = gap - waited - on_disk
        self.ticks += 1
        self.worst = max(self.worst, own)
        if gap > SUSPICIOUS_S:
            self._stacks.flush()
            self._stacks.seek(self._seen)
            stacks = self._stacks.read()
            self._seen = self._stacks.tell()
            self.late.append(
                {"gap": gap, "own": own, "ran": ran, "waited": waited, "on_disk": on_disk, "stacks": stacks}
            )
        self._mark = self._now()
        self._arm()

    def stop(self) -> dict:
        """Worst own and real gap in seconds, how many ticks there were, and every late one."""
        self._timer.stop()
        self._watching = False
        faulthandler.cancel_dump_traceback_later()
        return {"worst": self.worst, "ticks": self.ticks, "late": self.late}
