# SPDX-License-Identifier: GPL-3.0-or-later
"""A selection's soft edge; without Krita."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import numpy as np
import pytest

from smart_lineart.inking import Rect
from tests.krita_host.fake_krita import Selection, fake_krita

WIDE, TALL = 120, 90
PAGE = Rect(0, 0, WIDE, TALL)


@pytest.fixture
def room() -> Iterator[SimpleNamespace]:
    with fake_krita("krita_host.document", "krita_host.soft_selection") as made:
        yield made


def soft(room: SimpleNamespace, rows: slice, columns: slice, rect: Rect = PAGE) -> np.ndarray:
    chosen = np.zeros((TALL, WIDE), np.uint8)
    chosen[rows, columns] = 255
    selection = room.soft_selection.softened(Selection(chosen), PAGE)
    return room.document.selection_strip(selection, rect)


def test_it_rises_inwards_and_reaches_nothing_outside(room) -> None:
    found = soft(room, slice(10, 70), slice(20, 100))
    assert not found[:, :20].any()
    assert not found[:, 100:].any()
    assert not found[:10].any()
    row = found[40, 20:30].astype(int)
    assert (np.diff(row) >= 0).all()
    assert row[0] < 30
    assert (row[6:] == 255).all()
    assert (found[20:60, 30:90] == 255).all()


def test_the_border_of_the_page_is_no_edge(room) -> None:
    assert (soft(room, slice(0, TALL), slice(0, WIDE)) == 255).all()
    assert (soft(room, slice(0, TALL), slice(0, 60))[:, :50] == 255).all()


def test_a_strip_is_that_part_of_the_whole(room) -> None:
    rows, columns = slice(10, 70), slice(20, 100)
    strip = Rect(0, 12, WIDE, 7)
    np.testing.assert_array_equal(soft(room, rows, columns, strip), soft(room, rows, columns)[12:19])
    assert soft(room, rows, columns, Rect(-50, -50, 20, 20)).shape == (20, 20)


def test_what_is_narrow_in_a_large_selection_is_not_lost(room) -> None:
    chosen = np.zeros((TALL, WIDE), np.uint8)
    chosen[10:70, 20:60] = chosen[40, 60:110] = 255
    selection = room.soft_selection.softened(Selection(chosen), PAGE)
    found = room.document.selection_strip(selection, PAGE)
    assert (found[40, 75:104] == 255).all()
    assert not (found > chosen).any()


def test_a_small_selection_stays_as_it_is(room) -> None:
    assert (soft(room, slice(10, 16), slice(10, 16))[10:16, 10:16] == 255).all()


def test_no_selection_has_no_edge(room) -> None:
    assert room.soft_selection.softened(None, PAGE) is None


def test_it_is_softened_only_where_anything_is_selected(room, monkeypatch) -> None:
    chosen = np.zeros((TALL, WIDE), np.uint8)
    chosen[20:60, 30:90] = 255
    selection, softened = room.soft_selection.softened(Selection(chosen), PAGE), []
    original = selection._softened
    monkeypatch.setattr(selection, "_softened", lambda part: softened.append(part) or original(part))
    whole = room.document.selection_strip(selection, PAGE)
    assert softened == [Rect(30, 20, 60, 40)]
    assert not room.document.selection_strip(selection, Rect(0, 62, WIDE, 20)).any()
    assert len(softened) == 1
    selection._box = PAGE
    np.testing.assert_array_equal(whole, room.document.selection_strip(selection, PAGE))
