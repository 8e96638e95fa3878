# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from tests.krita_host.fake_krita import fake_krita

HOST = ("application", "document", "layer", "lineart", "view", "frames")
STUDIO = (
    *("document.memory", "engine", "preferences", "session", "settings"),
    *(f"runs.{name}" for name in ("corrections", "follow", "jobs", "live", "renewing", "run", "settling")),
)


@pytest.fixture
def room() -> Iterator[SimpleNamespace]:
    """Modules of the docker's model over a small Krita, and `krita` itself."""
    with fake_krita(*(f"krita_host.{name}" for name in HOST), *(f"studio.{name}" for name in STUDIO)) as made:
        yield made
