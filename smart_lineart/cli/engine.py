# SPDX-License-Identifier: GPL-3.0-or-later
"""The one place where the command gets hold of the engine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from smart_lineart.cli.memory import keep_large_apart
from smart_lineart.inking import Inker
from smart_lineart.said import Said

TIGHT = 512 << 20  # bytes: a memory limit at which holes in the heap count


def open_inker(
    *, runtime: str, device: str, memory_limit: int, model: Path | None, notify: Callable[[Said], None]
) -> Inker:
    """Load the model into a runtime. Raises InkError."""
    if memory_limit < TIGHT:
        keep_large_apart()
    return Inker(runtime=runtime, device=device, memory_limit=memory_limit, model=model, notify=notify)
