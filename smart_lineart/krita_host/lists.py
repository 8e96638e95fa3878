# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists that Krita gives to scripts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

try:
    from PyQt6.sip import transferback
except ImportError:
    from PyQt5.sip import transferback


def owned(elements: Iterable[Any]) -> list[Any]:
    """Layers or documents that Krita has listed, to be freed with the last reference to them.

    Krita makes an object for every element of such a list and leaves it to nobody. What was never freed
    would keep its layer in memory, pixels and all, long after undo has forgotten it. Objects that Krita
    gives one by one belong to Python already.
    """
    mine = list(elements)
    for element in mine:
        transferback(element)
    return mine
