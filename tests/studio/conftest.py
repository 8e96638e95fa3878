# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from tests.krita_host.fake_krita import fake_krita

HOST = ("application", "document", "layer", "lineart", "view", "frames", "stack")
RUNS = (
    *("finding", "follow", "frame_renewal", "jobs", "keyframes", "live", "live_layer", "pen", "renewing"),
    *("run", "runner", "settling", "sketch", "sliders", "staying", "take_new"),
)
STUDIO = (
    *("context", "corrections", "document.memory", "engine", "messages", "preferences", "session"),
    *("glance", "reveal", "settings", "steps", "turns", "veil", *(f"runs.{name}" for name in RUNS)),
)


@pytest.fixture
def room() -> Iterator[SimpleNamespace]:
    """Modules of the docker's model over a small Krita, and `krita` itself."""
    with fake_krita(*(f"krita_host.{name}" for name in HOST), *(f"studio.{name}" for name in STUDIO)) as made:
        yield made
