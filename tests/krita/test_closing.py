# SPDX-License-Identifier: GPL-3.0-or-later
"""A document is closed at any step of any work that writes into it, in a real Krita.

SMART_LINEART_LONG=1 closes at every step, in both ways.
"""

from __future__ import annotations

import os

import harness
import pytest

LONG = os.environ.get("SMART_LINEART_LONG") == "1"
WRITERS = ("new", "renew", "slider", "live", "frames", "frames_again", "take_new")
CLOSE = """
def job():
    from smart_lineart_driver import closing
    yield from fresh()
    return (yield from closing.run(WRITER, AT, WAY))
"""


def places(steps: int) -> list[tuple[int, str]]:
    """Where to close, and how: before the first step, at the last ones, and evenly between."""
    if LONG:
        return [(at, way) for at in range(steps) for way in ("script", "hand")]
    chosen = sorted({0, steps - 1, *range(steps // 8, steps, max(1, steps // 4))})
    return [(at, ("script", "hand")[number % 2]) for number, at in enumerate(chosen)]


@pytest.mark.parametrize("writer", WRITERS)
def test_closing_a_document_at_any_step_harms_nothing(krita, figures, writer: str) -> None:
    steps, still_open, said, odd = krita.run(CLOSE, timeout=90, WRITER=writer, AT=None, WAY="script")
    assert (still_open, odd) == (True, ""), said
    for at, way in places(steps):
        try:
            _, still_open, said, odd = krita.run(CLOSE, timeout=90, WRITER=writer, AT=at, WAY=way)
        except harness.KritaError as error:
            pytest.fail(f"closed at step {at} of {steps} by {way}: {error}")
        assert odd == "", f"closed at step {at} of {steps} by {way}"
        assert not still_open
    figures(f"{writer}: {steps} steps, {len(places(steps))} times closed")
