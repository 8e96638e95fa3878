# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists that Krita gives to scripts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

try:
    from PyQt6.sip import transferback
except ImportError:
    from PyQt5.sip import transferback

TRIES = 100


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


def children(node: Any) -> list[Any]:
    """What lies in a group, on a layer, or in a document's root, from the bottom; freed as `owned` has it.

    Krita changes its tree of layers on threads of its own, as when it converts a layer, and makes such a
    list one by one: one that was gone meanwhile is None in it, another may be missing or come twice. So Krita
    is asked until it gives the same list two times running.
    """
    found: list[Any] = []
    before: list[str] | None = None
    for _ in range(TRIES):
        listed = list(node.childNodes())
        found = owned(one for one in listed if one is not None)
        now = [one.uniqueId().toString() for one in found] if len(found) == len(listed) else None
        if now is not None and now == before:
            break
        before = now
    return found
