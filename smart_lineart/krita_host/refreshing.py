# SPDX-License-Identifier: GPL-3.0-or-later
"""Showing pixels written into a layer without a stall longer than Krita needs to compose the page once."""

from __future__ import annotations

from collections.abc import Callable, Generator

from . import view
from .document import Document

TURN_MS, TURNS = 10, 100


def refresh_when_idle(document: Document, *, dragging: bool = False) -> Generator[int, None, None]:
    """Let Krita finish composing first, for a second at most, then show; yields milliseconds to wait.

    `Document.refresh` stands still until Krita has done what it had begun, such as composing a page in which
    a layer was just replaced. Waiting for that beforehand, with the event loop running, halves the stall.
    `dragging`: the artist is at a slider, so that a button that is down paints nothing.
    """
    yield from _wait(document, dragging=dragging)
    document.refresh()
    yield 0  # it may have been closed there


def change_background(
    document: Document,
    colour: Callable[[], tuple[int, int, int, int] | None],
    begin: Callable[[tuple[int, int, int, int]], None],
) -> Generator[int, None, None]:
    """Put another colour under all layers and show it, after the same wait; yields milliseconds.

    `colour` tells then which one, red, green, blue, alpha; None: leave it. `begin` hears of it right before.
    """
    yield from _wait(document)
    wanted = colour()
    if wanted is None:
        document.refresh()
    else:
        begin(wanted)
        document.set_background(wanted)
    yield 0  # it may have been closed there


def _wait(document: Document, *, dragging: bool = False) -> Generator[int, None, None]:
    while view.painting() and not dragging:  # composing would cut the stroke short
        yield TURN_MS
    for _ in range(TURNS):
        if document.idle:
            break
        yield TURN_MS
