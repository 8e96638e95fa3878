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


FREED: list[Any] = []
A, B, C = (layer(name) for name in "ABC")


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], list[Any]]:
    for name in ("PyQt5", "PyQt6"):
        monkeypatch.setitem(sys.modules, f"{name}.sip", SimpleNamespace(transferback=FREED.append))
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


def test_a_list_is_asked_for_until_two_are_the_same_and_no_longer(children) -> None:
    lists = iter([[A, B], [A, C], [A, C], [A]])
    assert children(SimpleNamespace(childNodes=lambda: next(lists))) == [A, C]
    assert next(lists) == [A]


def test_every_object_that_is_listed_is_freed_with_its_last_reference(children) -> None:
    FREED.clear()
    children(SimpleNamespace(childNodes=lambda: [A, B]))
    assert FREED == [A, B, A, B], "Krita makes new ones for every list"
    FREED.clear()
    children(SimpleNamespace(childNodes=lambda: [A, None]))
    assert FREED[:2] == [A, A]


def test_a_tree_that_never_comes_to_rest_is_given_up(children) -> None:
    asked = itertools.count()
    names = itertools.cycle([[A], [B], [C]])
    assert len(children(SimpleNamespace(childNodes=lambda: [next(asked), next(names)][1]))) == 1
    assert next(asked) == 100
