# SPDX-License-Identifier: GPL-3.0-or-later
"""A document is closed at any step of any work that writes into it, in a real Krita.

SMART_LINEART_LONG=1 closes at every step, in both ways, and at random moments besides.
`tests/studio/test_writers.py` closes at every step in a Krita that is not real.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator

import harness
import pytest

LONG = os.environ.get("SMART_LINEART_LONG") == "1"
SEED = os.environ.get("SMART_LINEART_SEED", "18")
WRITERS = (
    *("new", "group", "renew", "slider", "picture", "picture_again"),
    *("live", "frames", "frames_again", "take_new"),
    *("flats", "flats_again", "hints", "group_of_flats", "flats_into_a_group"),
)
FEWER = 2, 8, 24  # steps a run may take fewer at another time: some only wait until Krita is idle
MOMENTS = 30  # of each writer, in ms after it began
CLOSE = """
def job():
    from smart_lineart_driver import closing
    yield from fresh()
    return (yield from closing.run(WRITER, AT, WAY, AFTER))
"""
Place = tuple[int | None, str, int | None]


def places(writer: str, steps: int) -> list[Place]:
    """Where to close, how, or after how many ms."""
    if not LONG:
        return [(steps // 3, "hand", None), (2 * steps // 3, "script", None), (steps - 1, "script", None)]
    chance = random.Random(f"{SEED} {writer}")
    moments = [(None, "script", chance.randrange(700)) for _ in range(MOMENTS)]
    return [(at, way, None) for at in range(steps) for way in ("script", "hand")] + moments


@pytest.fixture(scope="module")
def one() -> Iterator[list[harness.KritaProcess]]:
    """The Krita that these tests share, as long as it lives."""
    held: list[harness.KritaProcess] = []
    yield held
    for process in held:
        process.end()


def alive(held: list[harness.KritaProcess], screen: harness.Screen) -> harness.KritaProcess:
    if not held or not held[-1].lives():
        held.append(harness.KritaProcess(screen))
        held[-1].run("def job():\n    arrange()\n    yield 500")
    return held[-1]


@pytest.mark.parametrize("writer", WRITERS)
def test_closing_a_document_at_any_step_harms_nothing(one, screen, figures, writer: str) -> None:
    def close(at: int | None, way: str, after: int | None) -> list:
        krita = alive(one, screen)
        return krita.run(CLOSE, timeout=150, WRITER=writer, AT=at, WAY=way, AFTER=after)

    steps, still_open, said, odd = close(None, "script", None)
    assert (still_open, odd) == (True, ""), said
    failures = []
    for place in places(writer, steps):
        try:
            _, still_open, _, odd = close(*place)
            for fewer in FEWER:
                if still_open and place[0] is not None and place[0] > fewer:
                    _, still_open, _, odd = close(place[0] - fewer, *place[1:])
        except harness.KritaError as error:
            failures.append(f"closed at {place} of {steps} steps: {str(error)[-900:]}")
            continue
        if odd or (still_open and place[0] is not None):
            failures.append(f"closed at {place} of {steps} steps: {odd}")
    figures(f"{steps} steps, {len(places(writer, steps))} times closed, {len(failures)} failures")
    assert not failures, "\n".join(failures)


@pytest.mark.parametrize("how", ["wait", "refresh"])
def test_a_document_closed_while_krita_waits_for_it_is_destroyed_afterwards(one, screen, how: str) -> None:
    """A script's timer goes on behind the dialog that Krita shows meanwhile; an artist's mouse does not."""
    krita = alive(one, screen)
    if how == "refresh" and krita.run("def job():\n    return K.version()").startswith("5.1"):
        pytest.skip("this Krita handles no events as it composes")
    shown, early, late = krita.run(
        "def job():\n    from smart_lineart_driver import closing\n    yield from fresh()\n"
        "    return (yield from closing.while_krita_waits(HOW))",
        HOW=how,
    )
    assert shown, "Krita did not wait: this shows nothing"
    assert (early, late) == (0, 1)
    assert krita.run("def job():\n    yield 500\n    return len(K.documents())") == 0


def test_a_document_may_be_closed_right_after_its_layers_were_changed(one, screen) -> None:
    """Krita's list of layers shows that a tenth of a second late, and asks for no document then."""
    krita = alive(one, screen)
    for after in (30, 60):
        krita.run(
            "def job():\n    from smart_lineart_driver import closing\n    yield from fresh()\n"
            "    yield from closing.after_changes(AFTER)",
            AFTER=after,
        )
    assert krita.lives()
