# SPDX-License-Identifier: GPL-3.0-or-later
"""Ctrl-C that is obeyed within a second, whatever native code is running."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from smart_lineart.cli.errors import Interrupted

Result = TypeVar("Result")

PATIENCE = 0.6
"""Seconds a worker gets to stop by itself, after which the process ends without it."""

_POLL = 0.05
_ENDING = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT") if hasattr(signal, name)
]


class Worker(Generic[Result]):
    """Runs work in a thread, so that signals are handled while native code computes."""

    def __init__(self, work: Callable[[Callable[[], bool]], Result]) -> None:
        self._stop = threading.Event()
        # Not the thread's own join: interrupted, it may take a running thread for a finished one.
        self._done = threading.Event()
        self._outcome: list[Result] = []
        self._fault: list[BaseException] = []
        self._thread = threading.Thread(target=self._run, args=(work,), daemon=True, name="inking")

    def result(self, at_exit: Callable[[], None]) -> Result:
        """Do the work and return what it returns; raises what it raises, and Interrupted.

        When the work does not stop in time, `at_exit` cleans up and says so, and the process ends at once.
        """
        with _as_interrupts():
            try:
                self._thread.start()  # may be interrupted as well: the work goes on by then
                while not self._done.wait(_POLL):
                    pass
            except KeyboardInterrupt:
                self._end(at_exit)
                raise Interrupted from None
        if self._fault:
            raise self._fault[0]
        return self._outcome[0]

    def _run(self, work: Callable[[Callable[[], bool]], Result]) -> None:
        try:
            self._outcome.append(work(self._stop.is_set))
        except BaseException as fault:  # noqa: BLE001 - carried to the waiting thread, whatever it is
            self._fault.append(fault)
        finally:
            self._done.set()

    def _end(self, at_exit: Callable[[], None]) -> None:
        self._stop.set()
        if not self._done.wait(PATIENCE):
            try:
                at_exit()
            finally:
                os._exit(130)


@contextlib.contextmanager
def _as_interrupts() -> Iterator[None]:
    """Let every signal that asks to end do so as Ctrl-C does, and the next ones not disturb the cleaning up.

    Signals can be set in the main thread only. One that is ignored stays so: `nohup` asks for that.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard = [number for number in _ENDING if signal.getsignal(number) != signal.SIG_IGN]

    def interrupt(*_: object) -> None:
        for number in heard:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in heard}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
