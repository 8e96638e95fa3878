# SPDX-License-Identifier: GPL-3.0-or-later
"""Layers that Krita lists while its own threads change them."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest


def layer(name: str) -> Any:
    identity = SimpleNamespace(toString=lambda: name)
    return SimpleNamespace(name=name, uniqueId=lambda: identity)


A, B, C = (layer(name) for name in "ABC")


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], list[Any]]:
    for name in ("PyQt5", "PyQt6"):
        monkeypatch.setitem(sys.modules, f"{name}.sip", SimpleNamespace(transferback=lambda one: one.name))
        monkeypatch.setitem(sys.modules, name, SimpleNamespace())
    monkeypatch.delitem(sys.modules, "smart_lineart.krita_host.lists", raising=False)
    from smart_lineart.krita_host.lists import children

    monkeypatch.delitem(sys.modules, "smart_lineart.krita_host.lists")
    return children


@pytest.mark.parametrize("torn", [[A, None], [A, B], [A, A, B], [A, B, None], [None]])
def test_a_list_made_while_a_layer_came_or_went_is_asked_for_again(children, torn: list[Any]) -> None:
    lists = itertools.chain([torn], itertools.repeat([A, B, C]))
    assert children(SimpleNamespace(childNodes=lambda: next(lists))) == [A, B, C]


def test_a_hole_that_stays_is_left_out(children) -> None:
    assert children(SimpleNamespace(childNodes=lambda: [A, None, B])) == [A, B]
