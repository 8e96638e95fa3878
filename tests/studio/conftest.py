# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from tests.krita_host.fake_krita import fake_krita

HOST = (
    *(
        "application",
        "colour",
        "document",
        "frames",
        "layer",
        "lineart",
        "pen_down",
        "soft_selection",
        "stack",
    ),
    *("undo_words", "view"),
)
RUNS = (
    *(
        "counting",
        "finding",
        "follow",
        "followed",
        "frame_renewal",
        "in_front",
        "jobs",
        "keyframes",
        "live",
        "one_step",
    ),
    *("live_layer", "pen"),
    *("preview", "renewing", "run", "runner", "settling", "sketch", "sliders", "staying", "take_new"),
)
STUDIO = (
    *(
        "context",
        "corrections",
        "document.copies",
        "document.flats",
        "document.memory",
        "engine",
        "glance",
        "messages",
    ),
    *("paper", "preferences", "presets", "reveal", "session", "settings", "steps", "target", "turns", "veil"),
    *(f"runs.{name}" for name in RUNS),
)


@pytest.fixture
def room() -> Iterator[SimpleNamespace]:
    """Modules of the docker's model over a small Krita, and `krita` itself."""
    with fake_krita(*(f"krita_host.{name}" for name in HOST), *(f"studio.{name}" for name in STUDIO)) as made:
        yield made
