# SPDX-License-Identifier: GPL-3.0-or-later
"""Long work on the user interface's thread in short steps, with waits for a worker thread in between.

A piece of work is a generator. It yields None to let the event loop run, a number to sleep that many
milliseconds, or a `Pending` to go on with its result (or with the error it ended in, raised at the yield).

Before every step a gate is asked whether the work may go on. It says no where its document was closed or the
artist has cancelled it: then that is raised at the yield, and once more at every later one.

No step begins in the middle of another's, where Krita handles events while that waits for it.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator
from typing import Any, Protocol

from smart_lineart import nested

Work = Generator[Any, Any, Any]
Gate = Callable[[], BaseException | None]


class Loop(Protocol):
    """The user interface's event loop."""

    def later(self, milliseconds: int, action: Callable[[], None]) -> None:
        """Call `action` on this thread after a while."""

    def post(self, action: Callable[[], None]) -> None:
        """Call `action` on the loop's thread soon; may be called from any thread."""


class Pending:
    """A result that isn't there yet. Set and read on the loop's thread."""

    def __init__(self) -> None:
        self.done = False
        self.value: Any = None
        self.error: BaseException | None = None
        self._waiting: Callable[[], None] | None = None

    def finish(self, value: Any = None, error: BaseException | None = None) -> None:
        """Give the result; only the first one counts."""
        if self.done:
            return
        self.done, self.value, self.error = True, value, error
        if self._waiting:
            self._waiting()

    def when_done(self, action: Callable[[], None]) -> None:
        """Call `action` once the result is there."""
        self._waiting = action
        if self.done:
            action()


class Worker:
    """One thread that does one thing after the other, and never holds up the program's end."""

    def __init__(self, loop: Loop, name: str):
        self._loop = loop
        self._queue: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def submit(self, task: Callable[[], Any]) -> Pending:
        """Do `task` on the thread; its result arrives on the loop's thread."""
        pending = Pending()

        def do() -> None:
            try:
                value = task()
            except BaseException as error:  # noqa: BLE001 (handed to the one who waits)
                self._loop.post(lambda error=error: pending.finish(error=error))  # type: ignore[misc]
            else:
                self._loop.post(lambda: pending.finish(value))

        self._queue.put(do)
        return pending

    def stop(self, seconds: float = 2.0) -> None:
        """Take no more tasks and wait a moment for the one that runs."""
        self._queue.put(None)
        self._thread.join(seconds)

    def _run(self) -> None:
        while (task := self._queue.get()) is not None:
            task()


def start(loop: Loop, work: Work, gate: Gate, failed: Callable[[BaseException], None]) -> Pending:
    """Run a piece of work step by step; `failed` hears of an error that it raised.

    `gate` returns what to raise in the work in place of its next step, or None.
    """
    outcome = Pending()

    def step(value: Any = None, error: BaseException | None = None) -> None:
        if nested.under_way():
            loop.later(nested.AGAIN_MS, lambda: step(value, error))
            return
        try:
            error = gate() or error
            wish = work.throw(error) if error is not None else work.send(value)
        except StopIteration as end:
            outcome.finish(end.value)
        except BaseException as problem:  # noqa: BLE001 (whatever it is, the artist gets a sentence)
            try:
                failed(problem)  # first: who waits for the outcome finds told what came of it
            finally:
                outcome.finish(error=problem)
        else:
            go_on(wish)

    def go_on(wish: Any) -> None:
        if isinstance(wish, Pending):
            wish.when_done(lambda: loop.later(0, lambda: step(wish.value, wish.error)))
        else:
            loop.later(int(wish or 0), step)

    loop.later(0, step)
    return outcome
