# SPDX-License-Identifier: GPL-3.0-or-later
"""What was set for a part of a lineart stays when the whole is drawn anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from smart_lineart.inking import Base, DamagedRecord, FreshInk, InkRecord, LayerInk, Rect
from smart_lineart.inking.renewing.hands import Hand
from smart_lineart.inking.renewing.record import MOST_REGIONS
from smart_lineart.inking.renewing.regional import set_inside, values_of
from smart_lineart.inking.renewing.registration import HOME

WIDE, TALL = 400, 300
HAND = Hand(9.0)
PAGE = Rect(0, 0, WIDE, TALL)


def lines(thick: int, left: int = 40) -> np.ndarray:
    """A loop of some thickness, and a tick that tells which way is up."""
    ink = np.zeros((TALL, WIDE), np.uint8)
    ink[60 : 60 + thick, left:340] = ink[220 : 220 + thick, left:340] = 255
    ink[60:220, left : left + thick] = ink[60:220, 340 : 340 + thick] = 255
    ink[30:60, left : left + thick] = 255
    return ink


def part(columns: slice, rows: slice = slice(None), value: int = 255) -> np.ndarray:
    chosen = np.zeros((TALL, WIDE), np.uint8)
    chosen[rows, columns] = value
    return chosen


def draw(settings: dict[str, Any], area: Rect = PAGE) -> FreshInk:
    ink = lines(settings["thick"])[area.y : area.bottom, area.x : area.right]
    return FreshInk(ink, area, float(settings["thick"]), None)


def fresh(values: dict[str, Any] | None = None, **settings: Any) -> FreshInk:
    """Ink as an engine draws it."""

    def inside(own: dict[str, Any], area: Rect) -> FreshInk | None:
        return None if own.get("unknown") else draw({**settings, **own}, area)

    return replace(draw(settings), values=values, inside=inside)


def base(*regions: tuple[np.ndarray, dict[str, Any]], thick: int = 3) -> Base:
    """A lineart whose regions were set like this."""
    record = draw({"thick": thick}).record()
    for chosen, values in regions:
        record = replace(record, regions=set_inside(record.regions, chosen, PAGE, values, HAND))
    ink = record.coverage()
    return Base(record, LayerInk(ink, ink > 255, PAGE), HOME)


def told(regions: tuple[InkRecord, ...]) -> list[tuple[dict[str, Any], int]]:
    return [(values_of(region), int((region.coverage(PAGE) > 127).sum())) for region in regions]


def test_a_region_keeps_what_was_set_for_it_and_takes_the_rest() -> None:
    found = base((part(slice(200, None)), {"thick": 9}))
    whole = found.place(fresh(thick=5))
    expected = lines(5)
    expected[:, 200:] = lines(9)[:, 200:]
    np.testing.assert_array_equal(whole.coverage, expected)
    assert (whole.hand, *whole.parts) == (Hand(5), Hand(9))
    record = found.remember(whole, None, PAGE)
    (region,) = record.regions
    assert values_of(region) == {"thick": 9}
    assert (record.hand, *record.parts) == (Hand(5), Hand(9))


def test_a_soft_edge_leads_from_one_to_the_other() -> None:
    mixed = base((part(slice(200, None), value=128), {"thick": 9})).place(fresh(thick=5)).coverage
    assert mixed[67, 100] == 0
    assert mixed[67, 250] == 128
    assert mixed[62, 250] == 255


def test_a_part_of_a_drag_shows_it_too() -> None:
    found, area = base((part(slice(200, None)), {"thick": 9})), Rect(150, 40, 100, 60)
    one = fresh(thick=5)
    drawn = replace(one, coverage=one.coverage[40:100, 150:250], area=area)
    whole = found.place(fresh(thick=5)).coverage
    np.testing.assert_array_equal(found.place(drawn).coverage, whole[40:100, 150:250])


def test_where_its_lines_are_not_known_its_ink_stays() -> None:
    found = base((part(slice(200, None)), {"unknown": True}))
    whole = found.place(fresh(thick=9)).coverage
    np.testing.assert_array_equal(whole[:, 200:], lines(3)[:, 200:])
    np.testing.assert_array_equal(whole[:, :200], lines(9)[:, :200])


def test_ink_that_was_placed_for_another_lineart_has_none_of_its_parts() -> None:
    placed = base().place(base((part(slice(200, None)), {"thick": 9})).place(fresh(thick=5)))
    assert placed.parts == ()
    assert base().remember(placed, None, PAGE).regions == ()


def test_ink_for_a_selection_is_as_it_was_drawn() -> None:
    one = fresh({}, thick=5)
    assert base((part(slice(200, None)), {"thick": 9})).place(one) is one


class TestOnANewLayer:
    def taken_over(
        self, found: Base, drawn: FreshInk, kept: InkRecord | None = None
    ) -> tuple[Any, InkRecord]:
        """What a layer of its own shows of fresh ink, and what is remembered of it."""
        parts = found.parts_for_new(kept or found.record, drawn)
        placed = parts.place(drawn)
        np.testing.assert_array_equal(
            parts.merge(placed, PAGE).coverage[placed.coverage > 0], placed.coverage[placed.coverage > 0]
        )
        return placed, parts.remember(placed, None, PAGE)

    def test_its_regions_are_taken_over_and_its_ink_is_not(self) -> None:
        found = base((part(slice(200, WIDE)), {"thick": 9}))
        placed, record = self.taken_over(found, fresh(thick=4))
        np.testing.assert_array_equal(placed.coverage[:, :200], lines(4)[:, :200])
        np.testing.assert_array_equal(placed.coverage[:, 200:], lines(9)[:, 200:])
        assert told(record.regions) == told(found.record.regions)
        np.testing.assert_array_equal(record.coverage(PAGE), placed.coverage)

    def test_a_region_whose_lines_are_not_known_is_drawn_as_the_whole(self) -> None:
        placed, record = self.taken_over(base((part(slice(200, WIDE)), {"unknown": 1})), fresh(thick=4))
        np.testing.assert_array_equal(placed.coverage, lines(4))
        assert len(record.regions) == 1

    def test_they_lie_over_the_sketch_wherever_the_older_layer_is(self) -> None:
        kept = base((part(slice(200, WIDE)), {"thick": 9})).record
        moved = np.roll(kept.coverage(), (20, 30), (0, 1))
        found = Base.find(kept, LayerInk(moved, moved > 255, PAGE))
        assert found is not None
        assert found.registration != HOME
        _, record = self.taken_over(found, fresh(thick=4), kept)
        assert told(record.regions) == told(kept.regions)
        drawn = FreshInk(moved, PAGE, 3.0, None)
        record = found.parts_for_new(kept, drawn).remember(drawn, None, PAGE)
        assert record.regions[0].coverage(PAGE)[100, [229, 230]].tolist() == [0, 255]


class TestSettingInside:
    def test_the_newest_wins_and_the_rest_of_the_older_stays(self) -> None:
        regions = set_inside((), part(slice(0, 100)), PAGE, {"thick": 9}, HAND)
        regions = set_inside(regions, part(slice(60, 140)), PAGE, {"faint": 0.2}, HAND)
        assert told(regions) == [({"thick": 9}, 60 * TALL), ({"faint": 0.2}, 80 * TALL)]

    def test_the_same_set_beside_it_is_one_region(self) -> None:
        regions = set_inside((), part(slice(0, 100)), PAGE, {"thick": 9}, HAND)
        assert told(set_inside(regions, part(slice(100, 140)), PAGE, {"thick": 9}, HAND)) == [
            ({"thick": 9}, 140 * TALL)
        ]

    def test_what_is_as_the_whole_again_is_none(self) -> None:
        regions = set_inside((), part(slice(0, 100)), PAGE, {"thick": 9}, HAND)
        assert told(set_inside(regions, part(slice(50, 200)), PAGE, {}, HAND)) == [({"thick": 9}, 50 * TALL)]
        assert set_inside(regions, part(slice(None)), PAGE, {}, HAND) == ()

    def test_there_are_no_more_than_so_many(self) -> None:
        regions: tuple[InkRecord, ...] = ()
        for number in range(MOST_REGIONS + 3):
            regions = set_inside(
                regions, part(slice(9 * number, 9 * number + 9)), PAGE, {"thick": number}, HAND
            )
        assert len(regions) == MOST_REGIONS
        assert values_of(regions[-1]) == {"thick": MOST_REGIONS + 2}

    def test_a_note_that_makes_no_sense_sets_nothing(self) -> None:
        region = InkRecord.of(part(slice(9)), PAGE, thickness=1.0, notes={"set": [1]})
        assert values_of(region) == {}


def test_ink_written_into_a_selection_is_remembered_with_what_was_set() -> None:
    found = base()
    selected = part(slice(100, 200))
    record = found.remember(found.place(fresh({"thick": 7}, thick=7)), selected, PAGE)
    assert told(record.regions) == [({"thick": 7}, 100 * TALL)]
    assert found.remember(found.place(fresh(thick=7)), selected, PAGE).regions == ()


MOVES: dict[str, Callable[[InkRecord], InkRecord]] = {
    "moved": lambda record: record.moved(7, -3),
    "turned": lambda record: record.turned(3, WIDE, TALL),
    "mirrored": lambda record: record.mirrored(WIDE),
    "scaled": lambda record: record.scaled(0.5, 2.0),
    "cut": lambda record: record.within(Rect(20, 10, 200, 400)),
}


@pytest.mark.parametrize("move", MOVES)
def test_regions_go_where_the_ink_goes(move: str) -> None:
    """Ink of the same shape tells where."""
    mask = part(slice(30, 250), slice(40, 200))
    record = InkRecord.of(mask, PAGE, thickness=3.0)
    record = replace(record, regions=set_inside((), mask, PAGE, {"thick": 9}, HAND))
    moved = MOVES[move](record)
    (region,) = moved.regions
    assert region.area == moved.area
    np.testing.assert_array_equal(region.coverage(), moved.coverage())
    assert values_of(region) == {"thick": 9}


def test_a_layer_that_was_moved_keeps_its_regions_where_they_are_on_it() -> None:
    record = base((part(slice(200, None)), {"thick": 9})).record
    ink = np.zeros((TALL, WIDE), np.uint8)
    ink[:, 30:] = record.coverage()[:, :-30]
    found = Base.find(record, LayerInk(ink, ink > 255, PAGE))
    assert found is not None
    placed = found.place(fresh(thick=5))
    whole = np.zeros((TALL, WIDE + 30), np.uint8)
    whole[:, 30:] = np.where(np.arange(WIDE) < 200, lines(5), lines(9))
    assert placed.area == Rect(30, 0, WIDE, TALL)
    np.testing.assert_array_equal(placed.coverage, whole[:, 30:])


class TestInAFile:
    def record(self) -> InkRecord:
        return base((part(slice(50)), {"thick": 9}), (part(slice(200, 300)), {"faint": 0.2})).record

    def test_they_come_back(self) -> None:
        back = InkRecord.from_bytes(self.record().to_bytes())
        assert told(back.regions) == told(self.record().regions)
        np.testing.assert_array_equal(back.coverage(), self.record().coverage())
        assert back.nbytes == self.record().nbytes > base().record.nbytes

    def test_a_record_without_any_is_written_as_before(self) -> None:
        data = base().record.to_bytes()
        assert data[4:6] == b"\x01\x00"
        assert self.record().to_bytes()[4:6] == b"\x02\x00"

    @pytest.mark.parametrize("case", ["nested", "elsewhere", "many"])
    def test_what_nobody_writes_is_damaged(self, case: str) -> None:
        record = self.record()
        one = record.regions[0]
        wrong = {
            "nested": (replace(one, regions=(one,)),),
            "elsewhere": (one.moved(1, 0),),
            "many": (one,) * (MOST_REGIONS + 1),
        }[case]
        with pytest.raises(DamagedRecord):
            InkRecord.from_bytes(replace(record, regions=wrong).to_bytes())

    def test_cut_short_anywhere_it_is_damaged(self) -> None:
        data = self.record().to_bytes()
        for size in range(0, len(data), 97):
            with pytest.raises(DamagedRecord):
                InkRecord.from_bytes(data[:size])
