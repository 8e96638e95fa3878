# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbers that were tuned to a network: each has a default and the range in which it makes sense."""

from __future__ import annotations

import math
from dataclasses import field, fields
from typing import Any, TypeVar

T = TypeVar("T", int, float)


def tuned(default: T, low: float, high: float) -> T:
    """A field of a frozen dataclass of such numbers, that may lie between `low` and `high`."""
    made: T = field(default=default, metadata={"range": (low, high)})
    return made


def unsound(numbers: Any) -> str | None:
    """Which number of a dataclass of them, or of those in it, is none or out of range; None if all are sound.

    Names are joined by dots. Whole numbers stay whole; what may be a fraction may be whole.
    """
    for one in fields(numbers):
        value = getattr(numbers, one.name)
        if "range" not in one.metadata:
            inner = unsound(value)
            if inner is not None:
                return f"{one.name}.{inner}"
        elif not _is_number(value, whole=isinstance(one.default, int)):
            return one.name
        else:
            low, high = one.metadata["range"]
            if not low <= value <= high:
                return one.name
    return None


def _is_number(value: object, *, whole: bool) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return isinstance(value, int) if whole else abs(value) < 1e9 and math.isfinite(value)
