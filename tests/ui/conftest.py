# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from tests.krita_host.fake_krita import fake_krita

HOST = ("application", "document", "layer", "lineart", "view", "frames")
UI = (
    "corrections",
    "engine",
    "follow",
    "jobs",
    "memory",
    "preferences",
    "renewing",
    "session",
    "settings",
    "settling",
)


@pytest.fixture
def room() -> Iterator[SimpleNamespace]:
    """Modules of the docker's model over a small Krita, and `krita` itself."""
    names = (*(f"krita_host.{name}" for name in HOST), *(f"ui.{name}" for name in UI), "ui.run", "ui.live")
    with fake_krita(*names) as made:
        yield made
