# SPDX-License-Identifier: GPL-3.0-or-later
"""Something slow that is begun before it is needed, and that nobody has to wait for to its end."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from smart_lineart.inking.errors import Cancelled

LOOK_SECONDS = 0.05


class _Closable(Protocol):
    def close(self) -> None: ...


T = TypeVar("T", bound=_Closable)


class Opening(Generic[T]):
    """Opens something on a thread of its own: taken by the one who needs it, or given up and closed.

    Args:
        action: opens it; is given what tells whether it is still wanted, to look at in between.
    """

    def __init__(self, action: Callable[[Callable[[], bool]], T]) -> None:
        self._action = action
        self._opened: T | None = None
        self._error: BaseException | None = None
        self._given_up = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="worker start", daemon=True)
        self._thread.start()

    def take(self, cancelled: Callable[[], bool]) -> T:
        """Wait for it; once only. Raises what the action raised, and Cancelled, having given it up."""
        while self._thread.is_alive():
            if cancelled():
                self.give_up(0)
                raise Cancelled
            self._thread.join(LOOK_SECONDS)
        if self._error is not None:
            raise self._error
        assert self._opened is not None
        return self._opened

    def give_up(self, seconds: float) -> None:
        """Close it, now or once it is there; waits no longer than `seconds` for that."""
        with self._lock:
            self._given_up.set()
            opened, self._opened = self._opened, None
        if opened is not None:
            opened.close()
        self._thread.join(seconds)

    def _run(self) -> None:
        try:
            opened = self._action(self._given_up.is_set)
        except BaseException as error:  # noqa: BLE001 (raised for the one who waits)
            self._error = error
            return
        with self._lock:
            if not self._given_up.is_set():
                self._opened = opened
                return
        opened.close()
