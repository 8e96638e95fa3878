# SPDX-License-Identifier: GPL-3.0-or-later
"""How many threads are worth starting."""

from __future__ import annotations

import os
from pathlib import Path

_CPUS = Path("/sys/devices/system/cpu")


def physical_cores(cpus: Path = _CPUS) -> int | None:
    """Return the number of physical cores this process may use, or None where the system does not say.

    Counted where Linux describes its cores; elsewhere ONNX Runtime counts them itself, which it does
    without looking at the cores a process is confined to.
    """
    if not hasattr(os, "sched_getaffinity"):
        return None
    siblings = set()
    for cpu in os.sched_getaffinity(0):
        try:
            siblings.add(
                (cpus / f"cpu{cpu}" / "topology" / "thread_siblings_list").read_text(encoding="ascii")
            )
        except OSError:
            return None
    return len(siblings) or None
