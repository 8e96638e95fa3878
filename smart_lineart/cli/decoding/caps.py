# SPDX-License-Identifier: GPL-3.0-or-later
"""Limits of this process's memory and processor time that the operating system keeps, whatever code runs.

Linux and macOS: RLIMIT_AS and RLIMIT_CPU. Windows: a job object. macOS does not hold a process to RLIMIT_AS,
so a thread looks at what the process has held, and ends it.
"""

from __future__ import annotations

import math
import os
import sys
import threading
import time

from smart_lineart.cli.memory import address_space, peak_memory

OUT_OF_MEMORY = 77
"""Exit status of a process that was ended for its memory, where the system does not see to that."""

_LOOK_SECONDS = 0.02
_NOT_ENOUGH_QUOTA = 1816  # Windows' exit status of a process whose job had no time left


def ran_out_of_time(status: int) -> bool:
    """Whether a process's exit status, as subprocess gives it, says that its time was over."""
    if sys.platform == "win32":
        return status == _NOT_ENOUGH_QUOTA
    import signal

    return status == -signal.SIGXCPU


class Caps:
    """The limits of this process; each call replaces the one before."""

    def __init__(self) -> None:
        self._most_held = 0
        if sys.platform == "win32":
            from smart_lineart.cli.decoding.windows_job import Job

            self._job = Job()
            return
        import resource

        _limit(resource.RLIMIT_CORE, 0)  # a crash is told in a sentence, not kept on disk
        if sys.platform == "darwin":
            threading.Thread(target=self._watch, daemon=True, name="memory").start()

    def memory(self, more: int) -> None:
        """Let the process take so many bytes beyond what it holds now."""
        self._most_held = (peak_memory() or 0) + more
        if sys.platform == "win32":
            self._job.memory(more)
            return
        import resource

        taken = address_space()
        if taken is not None:
            _limit(resource.RLIMIT_AS, taken + more)

    def time(self, seconds: float) -> None:
        """Let the process compute for so many seconds beyond what it has."""
        until = math.ceil(time.process_time() + seconds)
        if sys.platform == "win32":
            self._job.time(until)
            return
        import resource

        _limit(resource.RLIMIT_CPU, until)

    def _watch(self) -> None:
        while not self._most_held or (peak_memory() or 0) <= self._most_held:
            time.sleep(_LOOK_SECONDS)
        os._exit(OUT_OF_MEMORY)


def _limit(which: int, value: int) -> None:
    """Set the limit that can be raised again, as far as the one that cannot be lets it."""
    import resource

    hard = resource.getrlimit(which)[1]
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(which, (value, hard))
