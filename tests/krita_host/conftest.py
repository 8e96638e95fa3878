# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from tests.krita_host.fake_krita import fake_krita

MODULES = (
    *(
        "application",
        "brushes",
        "colour",
        "composing",
        "document",
        "frames",
        "layer",
        "layer_box",
        "lineart",
        "living",
        "reading",
    ),
    *("outlived", "refreshing", "retouched", "view"),
)


@pytest.fixture
def host() -> Iterator[SimpleNamespace]:
    """The room's modules over a small Krita, and `krita` itself."""
    with fake_krita(*(f"krita_host.{name}" for name in MODULES)) as made:
        yield made
