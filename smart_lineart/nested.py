# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls in which Krita handles events while it waits; who takes steps asks here whether one is under way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

AGAIN_MS = 5  # until whoever found one under way asks again: a timer of 0 ms would spin all the while

_calls = [0]


def under_way() -> bool:
    """Whether Krita is waiting inside a call of ours: what comes up now, comes up in the middle of a step."""
    return _calls[0] > 0


@contextmanager
def call() -> Iterator[None]:
    """Within, Krita may handle events."""
    _calls[0] += 1
    try:
        yield
    finally:
        _calls[0] -= 1
