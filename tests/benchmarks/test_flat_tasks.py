# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import numpy as np
import pytest

from benchmarks.flat_drawings import FlatDrawing
from benchmarks.flat_tasks import difference, hints_needed
from smart_lineart.inking.areas import find_areas


def rooms(wall: int = 180) -> FlatDrawing:
    """Two rooms of two colours on paper; the wall between them is drawn down to a row."""
    flats = np.zeros((200, 300), np.int32)
    flats[20:180, 20:150], flats[20:180, 150:280] = 1, 2
    ink = np.zeros((200, 300), np.uint8)
    ink[18:22, 18:282] = ink[178:182, 18:282] = ink[18:182, 18:22] = ink[18:182, 278:282] = 255
    ink[18:wall, 148:152] = 255
    return FlatDrawing("rooms", ink, flats, ink < 128)


def test_the_same_areas_by_other_names_do_not_differ() -> None:
    one = rooms()
    counted = one.ink < 128
    assert difference(np.array([0, 7, 5])[one.flats], one.flats, counted) == 0.0
    joined = np.minimum(one.flats, 1)
    assert difference(joined, one.flats, counted) == pytest.approx(0.33, abs=0.03)
    assert difference(one.flats * 0, one.flats, counted) == pytest.approx(0.67, abs=0.05)
    assert difference(one.flats, joined, counted) == difference(joined, one.flats, counted)


def test_each_room_takes_a_dab_and_two_are_enough_where_their_wall_is_half_drawn() -> None:
    for one in (rooms(), rooms(wall=110)):
        assert hints_needed(find_areas(one.ink), one, 0.0) == 2
    assert hints_needed(find_areas(rooms().ink * 0), rooms(), 0.0) > 2
