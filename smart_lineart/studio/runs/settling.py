# SPDX-License-Identifier: GPL-3.0-or-later
"""Waits for the artist's pen, and for Krita to settle after a layer was added."""

from __future__ import annotations

from collections.abc import Callable

from smart_lineart.krita_host import view
from smart_lineart.krita_host.document import Document
from smart_lineart.krita_host.layer import Layer
from smart_lineart.krita_host.pen_down import strokes_stay_on
from smart_lineart.studio.steps import Work

WAIT_FOR_PEN_MS = 30
WAIT_FOR_DOCUMENT_MS = 200  # until the artist has it in front again
SETTLE_MS, SETTLE_TURNS = 5, 60
"""How long Krita may take to select a layer that was added. A stroke meanwhile would land on that."""


def wait_for_pen(and_for: Callable[[], bool] = lambda: False) -> Work:
    """Give way, and wait until no stroke is being painted, nor anything else holds it up."""
    yield
    while view.painting() or and_for():
        yield WAIT_FOR_PEN_MS


def stay_on(document: Document, layer: Layer | None, newcomer: Layer) -> Work:
    """Krita soon selects a layer that was added; then go back to the one the artist was on."""
    with strokes_stay_on(document, layer, lambda now: now.identity == newcomer.identity):
        for _ in range(SETTLE_TURNS):
            yield SETTLE_MS
            now = document.active_layer()
            if layer is None or now is None:
                return
            if now.identity == newcomer.identity:
                if document.layer(layer.identity) is not None:  # it may have been a mask of what was replaced
                    document.activate(layer)
                return
