# SPDX-License-Identifier: GPL-3.0-or-later
"""Merge and remember: what fresh ink makes of a lineart, and the record that is kept; without Krita."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from smart_lineart.inking import (
    STYLES,
    Base,
    FreshInk,
    InkRecord,
    LayerInk,
    Lines,
    OutOfMemory,
    Rect,
    Strokes,
)
from smart_lineart.inking.drawing.textured import draw
from smart_lineart.inking.renewing.merging import WRITE
from smart_lineart.inking.renewing.registration import HOME
from smart_lineart.studio.runs.plan import Plan, draft, plan_ink_again, record_of_new

WIDE, TALL = 90, 70
PAGE = Rect(0, 0, WIDE, TALL)
STROKE = (slice(50, 62), slice(60, 80))


def ink_of(thickness: int, *, moved: int = 0) -> np.ndarray:
    """A drawing without symmetry, uint8 (TALL, WIDE)."""
    ink = np.zeros((TALL, WIDE), np.uint8)
    ink[10 : 10 + thickness, 8:80] = 255
    ink[10:60, 20 : 20 + thickness] = 255
    ink[40 + moved : 40 + moved + thickness, 20:50] = 255
    return ink


def fresh(ink: np.ndarray, area: Rect = PAGE) -> FreshInk:
    return FreshInk(ink, area, 3.0, None, {"seen": "so"})


def base_of(layer: np.ndarray, touched: np.ndarray | None = None) -> Base:
    """A lineart that was inked 3 px thick and looks like this now."""
    touched = np.zeros(layer.shape, np.bool_) if touched is None else touched
    return Base(fresh(ink_of(3)).record(), LayerInk(layer, touched, PAGE), HOME)


def with_stroke() -> tuple[np.ndarray, np.ndarray]:
    """The ink with the artist's stroke beside it, and where it shows another colour."""
    layer, touched = ink_of(3), np.zeros((TALL, WIDE), np.bool_)
    layer[STROKE], touched[STROKE] = 255, True
    return layer, touched


def carried_out(plan: Plan, layer: np.ndarray) -> np.ndarray:
    assert plan.area == PAGE
    return np.where(plan.merge.write, plan.merge.coverage, layer)


def selected(rows: slice, share: int = 255) -> np.ndarray:
    chosen = np.zeros((TALL, WIDE), np.uint8)
    chosen[rows] = share
    return chosen


def test_fresh_ink_takes_the_place_of_the_old_and_is_remembered() -> None:
    plan = draft(base_of(ink_of(3)), fresh(ink_of(3, moved=8))).plan(None, PAGE)
    assert plan.changes
    np.testing.assert_array_equal(carried_out(plan, ink_of(3)), ink_of(3, moved=8))
    np.testing.assert_array_equal(plan.record.coverage(PAGE), ink_of(3, moved=8))
    assert plan.record.notes == {"seen": "so"}
    assert plan.merge.kept == []


def test_what_the_artist_drew_stays_in_the_layer_and_out_of_the_record() -> None:
    layer, touched = with_stroke()
    plan = draft(base_of(layer, touched), fresh(ink_of(3, moved=8))).plan(None, PAGE)
    expected = ink_of(3, moved=8)
    expected[STROKE] = 255
    np.testing.assert_array_equal(carried_out(plan, layer), expected)
    np.testing.assert_array_equal(plan.record.coverage(PAGE), ink_of(3, moved=8))
    assert len(plan.merge.kept) == 1


def test_the_same_ink_changes_nothing() -> None:
    plan = draft(base_of(ink_of(3)), fresh(ink_of(3))).plan(None, PAGE)
    assert not plan.changes
    np.testing.assert_array_equal(plan.record.coverage(PAGE), ink_of(3))


def test_the_same_ink_in_another_colour_changes_all_of_it() -> None:
    plan = draft(base_of(ink_of(3)), fresh(ink_of(3)), recolour=True).plan(None, PAGE)
    assert plan.changes
    np.testing.assert_array_equal(plan.merge.write, ink_of(3) > 0)


@pytest.mark.parametrize(
    ("rows", "changes"), [(slice(0, 30), False), (slice(40, 43), True), (slice(49, 50), True)]
)
def test_what_lies_outside_the_selection_is_no_change_and_is_remembered_as_it_was(
    rows, changes: bool
) -> None:
    chosen = selected(rows)
    plan = draft(base_of(ink_of(3)), fresh(ink_of(3, moved=8))).plan(chosen, PAGE)
    assert plan.changes is changes
    expected = np.where(chosen > 0, ink_of(3, moved=8), ink_of(3))
    np.testing.assert_array_equal(plan.record.coverage(PAGE), expected)


def test_where_it_is_selected_in_part_both_inks_are_remembered_in_part() -> None:
    plan = draft(base_of(ink_of(3)), fresh(ink_of(3, moved=8))).plan(selected(slice(None), 51), PAGE)
    assert plan.changes
    assert draft(base_of(ink_of(3)), fresh(ink_of(3, moved=8))).plan(selected(slice(None), 1), PAGE).changes
    remembered = plan.record.coverage(PAGE)
    assert remembered[41, 40] == 204
    assert remembered[49, 40] == 51
    assert remembered[11, 40] == 255


def test_a_part_is_merged_over_its_own_area_and_the_whole_over_all_ink() -> None:
    area = Rect(30, 36, 20, 16)
    part = fresh(ink_of(3, moved=8)[36:52, 30:50], area)
    drawn = draft(base_of(ink_of(3)), part, whole=False)
    assert drawn.area == area
    assert drawn.merge.action.shape == (16, 20)
    layer = ink_of(3)[36:52, 30:50]
    np.testing.assert_array_equal(np.where(drawn.merge.write, drawn.merge.coverage, layer), part.coverage)
    assert draft(base_of(ink_of(3)), part).area == PAGE


def test_ink_lies_where_its_lineart_was_moved_to() -> None:
    moved = np.roll(ink_of(3), (4, 5), (0, 1))
    found = Base.find(fresh(ink_of(3)).record(), LayerInk(moved, moved > 255, PAGE))
    assert found is not None
    plan = draft(found, fresh(ink_of(3, moved=8))).plan(None, PAGE)
    expected = np.roll(ink_of(3, moved=8), (4, 5), (0, 1))
    np.testing.assert_array_equal(plan.record.coverage(PAGE), expected)
    assert plan.area == Rect(5, 4, WIDE, TALL)
    written = np.where(plan.merge.write, plan.merge.coverage, ink_of(3))
    np.testing.assert_array_equal(written, ink_of(3, moved=8))


def test_ink_in_a_layer_of_its_own_is_remembered_as_far_as_it_is_selected() -> None:
    area = Rect(5, 6, WIDE, TALL)
    record = record_of_new(Base.blank(), fresh(ink_of(3), area), None)
    np.testing.assert_array_equal(record.coverage(area), ink_of(3))
    assert (record.thickness, record.notes) == (3.0, {"seen": "so"})
    chosen = selected(slice(0, 30))
    record = record_of_new(Base.blank(), fresh(ink_of(3), area), chosen)
    np.testing.assert_array_equal(record.coverage(area), np.where(chosen > 0, ink_of(3), 0))


def test_corrections_that_are_given_up_become_the_ink_last_made() -> None:
    layer, touched = with_stroke()
    layer[10:13, 60:70] = 0
    base = base_of(layer, touched)
    plan = plan_ink_again(base, selected(slice(45, 70)))
    assert plan.changes
    assert plan.record is base.record
    np.testing.assert_array_equal(carried_out(plan, layer), ink_of(3))
    assert set(np.unique(plan.merge.action)) == {0, WRITE}
    assert plan.merge.write[STROKE].all(), "another colour, or none"
    assert not plan_ink_again(base, selected(slice(20, 40))).changes
    assert plan_ink_again(base, selected(slice(45, 70), 1)).changes, "as little as it is selected"


class TestLeftOut:
    """A light line is left out by a slider and drawn again: what the artist did to it stays."""

    LINES = Strokes.from_lists(
        [
            np.linspace(start, stop, 73, dtype=np.float32)
            for start, stop in (((8, 12), (80, 12)), ((8, 50), (80, 50)), ((20, 12), (20, 50)))
        ],
        [np.ones(73, np.float32)] * 3,
        [1.0, 0.3, 1.0],
    )
    GAP = (slice(44, 57), slice(40, 60))  # in the light line
    CUT = (slice(6, 19), slice(50, 60))  # in a firm one
    OWN = (slice(25, 28), slice(60, 75))

    def drawn(self, least: float, thickness: float = 3.0) -> FreshInk:
        """All lines that are at least as firm as that."""
        strokes = self.LINES.select(self.LINES.strength >= least)
        ink = draw(strokes, PAGE, thickness=thickness, style=STYLES["pen"])
        lines = Lines(strokes, thickness, STYLES["pen"])
        return FreshInk(ink, PAGE, thickness, lines, every=lambda: self.drawn(0.0, thickness))

    def after(self, layer: np.ndarray, record: InkRecord, fresh: FreshInk) -> tuple[np.ndarray, InkRecord]:
        """The layer, and what is remembered, once fresh ink was merged in."""
        base = Base(record, LayerInk(layer, np.zeros(layer.shape, np.bool_), PAGE), HOME)
        plan = draft(base, fresh).plan(None, PAGE)
        assert plan.area == PAGE
        return plan.merge.apply(layer), plan.record

    def corrected(self) -> tuple[np.ndarray, InkRecord]:
        usual = self.drawn(0.0)
        layer = usual.coverage.copy()
        layer[self.GAP] = layer[self.CUT] = 0
        layer[self.OWN] = 255
        return layer, usual.record()

    @pytest.mark.parametrize("steps", [(0.5, 0.0), (0.5, 2.0, 0.0), (0.5, 0.5, 0.0), (2.0, 0.0, 0.5, 0.0)])
    def test_over_the_whole_range_and_back(self, steps: tuple[float, ...]) -> None:
        mine, record = self.corrected()
        layer = mine
        inner = slice(2, -2)  # px: lines that come back end round at their gaps
        for least in steps:
            layer, record = self.after(layer, record, self.drawn(least))
            assert (layer[self.OWN] == 255).all()
            assert not layer[self.GAP][:, inner].any()
            assert not layer[self.CUT][:, inner].any()
        apart = np.abs(layer.astype(np.int16) - mine) > 3
        for rows, columns in (self.GAP, self.CUT):
            apart[rows, columns.start - 4 : columns.stop + 4] = False
        assert not apart.any(), "the rest is as it was"

    def test_the_line_itself_is_left_out_meanwhile(self) -> None:
        layer, record = self.after(*self.corrected(), self.drawn(0.5))
        light = np.s_[44:57, 24:80]
        assert not layer[light].any()
        assert record.coverage(PAGE)[self.GAP].any(), "it is known to be erased"
        assert not record.coverage(PAGE)[44:57, 26:38].any(), "and the rest to be not drawn"

    def test_it_stays_erased_where_lines_get_thicker_meanwhile(self) -> None:
        layer, record = self.after(*self.corrected(), self.drawn(0.5))
        layer, record = self.after(layer, record, self.drawn(0.5, 6.0))
        layer, _ = self.after(layer, record, self.drawn(0.0, 6.0))
        assert not layer[44:57, 44:56].any()
        assert layer[50, 30] > 200
        assert layer[52, 70] > 128

    def test_without_corrections_nothing_more_is_drawn(self) -> None:
        def never() -> FreshInk:
            raise AssertionError

        usual = self.drawn(0.0)
        few = replace(self.drawn(0.5), every=never)
        layer, record = self.after(usual.coverage, usual.record(), few)
        np.testing.assert_array_equal(layer, few.coverage)
        np.testing.assert_array_equal(record.coverage(PAGE), few.coverage)

    def test_without_room_for_that_the_ink_comes_all_the_same(self) -> None:
        def full() -> FreshInk:
            raise OutOfMemory

        layer, record = self.after(*self.corrected(), replace(self.drawn(0.5), every=full))
        assert not layer[self.GAP].any()
        np.testing.assert_array_equal(record.coverage(PAGE), self.drawn(0.5).coverage)
