# SPDX-License-Identifier: GPL-3.0-or-later
"""A change others can listen to; the model's half of the binding to the docker."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Signal:
    """Calls every listener, in the order in which they connected."""

    def __init__(self) -> None:
        self._listeners: list[Callable[..., Any]] = []

    def connect(self, listener: Callable[..., Any]) -> None:
        """Call `listener` from now on."""
        self._listeners.append(listener)

    def disconnect(self, listener: Callable[..., Any]) -> None:
        """Call it no longer; nothing happens if it wasn't connected."""
        if listener in self._listeners:
            self._listeners.remove(listener)

    def emit(self, *values: object) -> None:
        """Tell all listeners."""
        for listener in tuple(self._listeners):
            listener(*values)
