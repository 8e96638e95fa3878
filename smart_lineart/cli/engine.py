# SPDX-License-Identifier: GPL-3.0-or-later
"""The one place where the command gets hold of the engine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from smart_lineart.inking import Inker
from smart_lineart.said import Said


def open_inker(
    *, runtime: str, device: str, memory_limit: int, model: Path | None, notify: Callable[[Said], None]
) -> Inker:
    """Load the model into a runtime. Raises InkError."""
    return Inker(runtime=runtime, device=device, memory_limit=memory_limit, model=model, notify=notify)
