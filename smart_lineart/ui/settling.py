# SPDX-License-Identifier: GPL-3.0-or-later
"""Waits for Krita to settle after a layer was added, and keeps the artist where they were."""

from __future__ import annotations

from smart_lineart.krita_host import application
from smart_lineart.krita_host.document import Document
from smart_lineart.krita_host.layer import Layer

from .steps import Work

SETTLE_MS, SETTLE_TURNS = 15, 20
"""How long Krita may take to select a layer that was added."""


def stay_on(document: Document, layer: Layer | None, newcomer: Layer) -> Work:
    """Krita soon selects a layer that was added; then go back to the one the artist was on."""
    for _ in range(SETTLE_TURNS):
        yield SETTLE_MS
        now = document.active_layer() if application.is_open(document) else None
        if layer is None or now is None:
            return
        if now.identity == newcomer.identity:
            document.activate(layer)
            return
