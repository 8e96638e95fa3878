# SPDX-License-Identifier: GPL-3.0-or-later
"""Callbacks of a long run: how far it is, and whether to stop."""

from __future__ import annotations

from collections.abc import Callable

from smart_lineart.inking.errors import Cancelled

Progress = Callable[[float], None]
Cancel = Callable[[], bool]


def ignore(_: object) -> None:
    """Stands in for a callback that nobody gave."""


def never() -> bool:
    """Stands in for being asked whether to stop."""
    return False


def rising(report: Progress) -> Progress:
    """Progress that never falls back."""
    most = 0.0

    def rise(done: float) -> None:
        nonlocal most
        most = max(most, done)
        report(most)

    return rise


def stop_if(cancelled: Cancel) -> None:
    """Raise Cancelled when asked to stop."""
    if cancelled():
        raise Cancelled
