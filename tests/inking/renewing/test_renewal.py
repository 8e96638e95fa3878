# SPDX-License-Identifier: GPL-3.0-or-later
"""A lineart layer renewed wherever it lies now, all of it or a part."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from smart_lineart.inking import Base, DamagedRecord, FreshInk, InkRecord, LayerInk, Lines, Rect
from smart_lineart.inking.brushes.styles import STYLES
from smart_lineart.inking.drawing.textured import draw
from smart_lineart.inking.renewing.edits import changed_by_artist
from smart_lineart.inking.renewing.registration import HOME, Registration
from smart_lineart.inking.strokes import Strokes
from tests.inking.pictures import ring, straight, strokes_of, wave

Bytes = NDArray[np.uint8]
PAGE = Rect(0, 0, 500, 360)
THICK = 5.0
BEFORE = strokes_of(ring(180, 150, 90), wave(40, 460, 300, 15, 120), straight((330, 40), (470, 200)))
AFTER = strokes_of(
    ring(180, 150, 90),
    wave(40, 460, 300, 15, 120),
    straight((330, 40), (470, 200)),
    straight((150, 150), (220, 170)),
)


def inked(strokes: Strokes, area: Rect = PAGE) -> Bytes:
    return draw(strokes, area, thickness=THICK, style=STYLES["pen"])


def fresh(strokes: Strokes, area: Rect = PAGE) -> FreshInk:
    return FreshInk(inked(strokes, area), area, THICK, Lines(strokes, THICK, STYLES["pen"]))


def test_what_was_erased_stays_so_in_ink_of_another_weight() -> None:
    """The record tells the weight of the ink there is: a line drawn firmly gets twice as wide."""
    thick, drawn = 20.0, strokes_of(straight((40, 150), (460, 150)), width=2.0)

    def of_weight(weight: float) -> FreshInk:
        strokes = drawn.weighted(weight)
        ink = draw(strokes, PAGE, thickness=thick, style=STYLES["pen"])
        return FreshInk(ink, PAGE, thick, Lines(strokes, thick, STYLES["pen"]), weight=weight)

    even = of_weight(0.0)
    alpha = even.coverage.copy()
    alpha[:, 200:260] = 0
    base = Base.find(InkRecord.from_bytes(even.record().to_bytes()), layer(alpha))
    assert base is not None
    ink, _ = renewed(base, of_weight(1.0))
    assert not ink[:, 208:252].any()
    assert (ink[:, 100] > 127).sum() > 1.5 * (even.coverage[:, 100] > 127).sum()


GAP = (slice(None), slice(200, 260))
WELL_WITHIN = (slice(0, 240), slice(208, 252))
PART = Rect(0, 260, 500, 100)
HEAVY = strokes_of(straight((40, 150), (460, 150)), straight((40, 310), (460, 310)), width=2.0)


def of_hand(thickness: float, weight: float, area: Rect = PAGE) -> FreshInk:
    """Two lines that were drawn firmly, in some thickness and weight."""
    strokes = HEAVY.weighted(weight).shifted(-area.x, -area.y)
    ink = draw(strokes, Rect(0, 0, area.width, area.height), thickness=thickness, style=STYLES["pen"])
    return FreshInk(ink, area, thickness, Lines(strokes, thickness, STYLES["pen"]), weight=weight)


def with_part(whole: FreshInk, values: dict[str, float], *, known: bool = True) -> FreshInk:
    """Ink with a part that has another thickness or weight, `known`: from known lines."""

    def inside(own: dict[str, float], area: Rect) -> FreshInk | None:
        hand = {"thickness": whole.thickness, "weight": whole.weight, **own}
        return of_hand(area=area, **hand) if known else None

    return replace(whole, inside=inside, values=None)


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize(
    ("first", "part", "then"),
    [
        ((20.0, 0.0), {"weight": 1.0}, (20.0, 1.0)),
        ((8.0, 0.0), {"thickness": 40.0}, (40.0, 0.0)),
    ],
)
@pytest.mark.parametrize("renewed_first", [False, True])
def test_what_was_erased_of_the_whole_stays_so_whatever_a_part_was_drawn_like(
    first: tuple[float, float],
    part: dict[str, float],
    then: tuple[float, float],
    renewed_first: bool,
    known: bool,
) -> None:
    """A part, the lower line, is as wide as the whole becomes later."""
    whole = of_hand(*first)
    base = Base(whole.record(), layer(whole.coverage), HOME)
    selected = np.zeros((PAGE.height, PAGE.width), np.uint8)
    selected[PART.y : PART.bottom] = 255
    hand = {"thickness": whole.thickness, "weight": whole.weight, **part}
    own = replace(of_hand(**hand), values=part)
    record = base.remember(own, selected, PAGE)
    if renewed_first:
        before = record.coverage()
        base = Base(record, layer(before), HOME)
        record = base.remember(base.place(with_part(whole, part, known=known)), None, PAGE)
        np.testing.assert_array_equal(record.coverage(), before)
    alpha = record.coverage()
    alpha[:240][GAP] = 0
    base = Base(InkRecord.from_bytes(record.to_bytes()), layer(alpha), HOME)
    ink, _ = renewed(base, with_part(of_hand(*then), part, known=known))
    assert (ink[:240, 100] > 127).sum() > 1.5 * (whole.coverage[:240, 100] > 127).sum()
    assert not ink[WELL_WITHIN].any(), "no rim of what was erased"
    assert (ink[260:, 100] > 127).sum() == (own.coverage[260:, 100] > 127).sum()


@pytest.mark.parametrize(
    ("whole", "part"), [((20.0, 1.0), {"weight": 0.0}), ((40.0, 0.0), {"thickness": 8.0})]
)
def test_what_was_erased_of_a_part_stays_so_when_it_is_drawn_as_the_whole_again(
    whole: tuple[float, float], part: dict[str, float]
) -> None:
    selected = np.zeros((PAGE.height, PAGE.width), np.uint8)
    selected[PART.y : PART.bottom] = 255
    first = of_hand(*whole)
    own = of_hand(**{"thickness": first.thickness, "weight": first.weight, **part})
    base = Base(first.record(), layer(first.coverage), HOME)
    record = base.remember(replace(own, values=part), selected, PAGE)
    alpha = record.coverage()
    alpha[PART.y :][GAP] = 0
    base = Base(InkRecord.from_bytes(record.to_bytes()), layer(alpha), HOME)
    ink, _ = renewed(base, replace(first, values={}))
    assert (ink[PART.y :, 100] > 127).sum() > 1.5 * (own.coverage[PART.y :, 100] > 127).sum()
    assert not ink[PART.y :, 208:252].any(), "no rim of what was erased"
    assert base.remember(replace(first, values={}), selected, PAGE).hand == first.hand


def record() -> InkRecord:
    return fresh(BEFORE).record()


def corrected() -> Bytes:
    ink = inked(BEFORE)
    ink[200:260, 120:200] = 0
    return ink


def layer(alpha: Bytes, area: Rect = PAGE) -> LayerInk:
    return LayerInk(alpha, np.zeros(alpha.shape, np.bool_), area)


def renewed(base: Base, ink: FreshInk) -> tuple[Bytes, Rect]:
    ink = base.place(ink)
    area = base.area(ink)
    return base.merge(ink, area).apply(base.layer.over(area)[0]), area


def expected() -> Bytes:
    """In place: the new line, and the gap."""
    base = Base.find(record(), layer(corrected()))
    assert base is not None
    out, _ = renewed(base, fresh(AFTER))
    assert (out[150:170, 150:220] > 128).any()
    assert not out[215:250, 130:190].any()
    return out


def test_a_layer_that_was_moved_alone_is_renewed_where_it_is() -> None:
    for place in (Registration(x=40, y=-25), Registration(True, 0, 500, 0), Registration(False, 1, 360, 20)):
        alpha, area = place.coverage(corrected(), PAGE)
        base = Base.find(record(), layer(alpha, area))
        assert base is not None
        assert base.registration == place
        out, where = renewed(base, fresh(AFTER))
        assert where == area
        wanted = place.coverage(expected(), PAGE)[0]
        # Lines drawn turned and ink turned differ by rounding.
        assert np.abs(out.astype(int) - wanted).max() <= 40
        assert (out != wanted).mean() < 2e-3


def test_a_sketch_moved_along_is_inked_where_it_is_now() -> None:
    moved = Rect(-30, -20, PAGE.width, PAGE.height)  # a crop took both along
    base = Base.find(record(), layer(corrected(), moved))
    assert base is not None
    ink = FreshInk(inked(AFTER), moved, THICK, Lines(AFTER, THICK, STYLES["pen"]))
    assert base.place(ink).area == moved
    out, area = renewed(base, ink)
    assert area == moved
    assert np.array_equal(out, expected())


def test_the_sketch_may_lie_in_a_larger_area_than_before() -> None:
    area = Rect(-20, -10, 560, 400)
    base = Base.find(record(), layer(corrected()))
    assert base is not None
    shifted = strokes_of(
        *(part + np.float32([20, 10]) for part in np.split(AFTER.points, AFTER.starts[1:-1]))
    )
    ink = FreshInk(
        draw(shifted, Rect(0, 0, 560, 400), thickness=THICK, style=STYLES["pen"]), area, THICK,
        Lines(shifted, THICK, STYLES["pen"]),
    )  # fmt: skip
    out, where = renewed(base, ink)
    assert where == area
    inner = out[10:370, 20:520]
    assert np.abs(inner.astype(int) - expected()).max() <= 2


def test_a_blank_layer_takes_all_fresh_ink() -> None:
    out, area = renewed(Base.blank(), fresh(AFTER))
    assert area == PAGE
    assert np.array_equal(out, inked(AFTER))


def test_ink_that_is_not_there_is_not_found() -> None:
    other = inked(strokes_of(*(straight((20, y), (480, y + 33.3)) for y in range(20, 330, 29))))
    assert Base.find(record(), layer(other)) is None


def test_a_scaled_page_keeps_its_corrections() -> None:
    import cv2

    half = Rect(0, 0, 250, 180)
    alpha = np.asarray(cv2.resize(corrected(), (250, 180), interpolation=cv2.INTER_AREA), np.uint8)
    base = Base.find(record(), layer(alpha, half), (0.5, 0.5))
    assert base is not None
    small = strokes_of(*(part * np.float32(0.5) for part in np.split(AFTER.points, AFTER.starts[1:-1])))
    out, area = renewed(base, fresh(small, half))
    assert area == half
    assert not out[110:122, 66:94].any(), "the gap closed"
    assert (out[74:86, 75:110] > 128).any(), "the new line is missing"


def test_a_part_of_a_scaled_page_leaves_the_rest_as_krita_scaled_it() -> None:
    import cv2

    half = Rect(0, 0, 250, 180)
    alpha = np.asarray(cv2.resize(corrected(), (250, 180), interpolation=cv2.INTER_LINEAR), np.uint8)
    alpha = cv2.GaussianBlur(alpha, (0, 0), 0.4)  # no other resampling is Krita's
    base = Base.find(record(), layer(alpha, half), (0.5, 0.5))
    assert base is not None
    assert not base.record.exact
    selected = np.zeros(alpha.shape, np.uint8)
    selected[:, 130:] = 255
    small = strokes_of(*(part * np.float32(0.5) for part in np.split(AFTER.points, AFTER.starts[1:-1])))
    kept = base.remember(fresh(small, half), selected, half)
    assert kept.exact
    changed = changed_by_artist(kept.coverage(half), alpha, exact=True)[:, :130]
    assert changed[105:125, 62:98].any(), "the artist's gap is forgotten"
    changed[96:134, 56:104] = False
    assert not changed.any(), "what Krita resampled counts as the artist's"


def test_what_was_written_into_a_selection_is_remembered_so() -> None:
    base = Base.find(record(), layer(corrected()))
    assert base is not None
    selected = np.zeros(corrected().shape, np.uint8)
    selected[:, 100:] = 128
    selected[:, 160:] = 255
    kept = base.remember(fresh(AFTER), selected, PAGE).coverage()
    old, new = inked(BEFORE), inked(AFTER)
    assert np.array_equal(kept[:, :100], old[:, :100])
    assert np.array_equal(kept[:, 160:], new[:, 160:])
    assert np.abs(kept[:, 100:160] - (old[:, 100:160] / 2 + new[:, 100:160] / 2)).max() <= 1
    assert np.array_equal(base.remember(fresh(AFTER), None, PAGE).coverage(), new)


class TestCroppedPages:
    CROP = Rect(0, 0, 500, 300)  # through the wave

    def test_what_a_crop_took_is_no_correction(self) -> None:
        base = Base.find(record(), layer(corrected()[:300], self.CROP))
        assert base is not None
        base = base.cropped(self.CROP)
        merged = base.merge(fresh(BEFORE, self.CROP), self.CROP)
        assert base.record.area == self.CROP
        assert len(merged.kept) == 1  # the gap

    def test_ink_that_lies_beyond_the_page_still_counts(self) -> None:
        base = Base.find(record(), layer(corrected()))
        assert base is not None
        assert base.cropped(self.CROP) is base

    def test_a_page_that_holds_all_ink_changes_nothing(self) -> None:
        base = Base.find(record(), layer(corrected()))
        assert base is not None
        assert base.cropped(PAGE) is base


class TestLayers:
    INK = np.arange(20, dtype=np.uint8).reshape(4, 5)
    NONE = np.zeros((4, 5), np.bool_)
    AREA = Rect(3, 2, 5, 4)

    def test_two_hold_the_same_where_ink_colour_and_place_are(self) -> None:
        one = LayerInk(self.INK, self.NONE, self.AREA)
        assert one.same_as(LayerInk(self.INK.copy(), self.NONE.copy(), self.AREA))
        painted = LayerInk(self.INK, ~self.NONE, self.AREA)
        assert one.covers_as(painted)
        assert not one.same_as(painted)
        for other in (
            LayerInk(self.INK + np.uint8(1), self.NONE, self.AREA),
            LayerInk(self.INK, self.NONE, Rect(3, 3, 5, 4)),
        ):
            assert not one.covers_as(other)
            assert not one.same_as(other)

    def test_over_another_area_there_is_nothing_where_it_does_not_reach(self) -> None:
        one = LayerInk(self.INK, self.INK > 9, self.AREA)
        assert one.over(self.AREA)[0] is self.INK
        alpha, touched = one.over(Rect(1, 4, 5, 9))
        expected = np.zeros((9, 5), np.uint8)
        expected[:2, 2:] = self.INK[2:, :3]
        assert np.array_equal(alpha, expected)
        assert np.array_equal(touched, expected > 9)
        for beyond in (Rect(8, 2, 4, 4), Rect(3, 6, 4, 4), Rect(-9, 2, 12, 4)):
            assert not one.over(beyond)[0].any()

    def test_ink_lies_where_the_last_or_the_fresh_does(self) -> None:
        base = Base(
            InkRecord(Rect(10, 20, 30, 40), 2.0), LayerInk(self.INK, self.NONE, self.AREA), Registration()
        )
        assert base.area(FreshInk(self.INK, self.AREA, 2.0, None)) == Rect(3, 2, 37, 58)


def test_a_crop_takes_ink_beyond_the_page_where_the_layer_holds_none() -> None:
    ink = inked(BEFORE)
    page = Rect(0, 0, 300, 250)
    kept = ink[:250, :300]
    base = Base(record(), layer(kept.copy(), page), Registration())
    cropped = base.cropped(page)
    assert cropped.record.area == page
    assert np.array_equal(cropped.record.coverage(), kept)
    beyond = Base(record(), layer(ink), Registration())
    assert beyond.cropped(page) is beyond
    assert base.cropped(PAGE) is base
    apart = Base(record(), layer(kept.copy(), page), Registration()).cropped(Rect(900, 900, 50, 50))
    assert apart.record.area == PAGE


def test_no_ink_is_looked_for_far_around_the_page_and_its_layer() -> None:
    wide = InkRecord.of(np.full((4, 5000), 9, np.uint8), Rect(-2000, 0, 5000, 4), thickness=2.0)
    page = Rect(0, 0, 300, 250)
    base = Base(wide, layer(np.zeros((4, 310), np.uint8), Rect(-5, 0, 310, 4)), Registration())
    found = base.cropped(page).record
    assert found.area == Rect(0, 0, 300, 4)
    painted = Base(wide, layer(np.full((4, 310), 9, np.uint8), Rect(-5, 0, 310, 4)), Registration())
    assert painted.cropped(page).record.area == Rect(-5 - 1024, 0, 310 + 2 * 1024, 4)


def test_a_record_too_large_for_page_and_memory_is_damage_and_one_scaled_so_is_taken_as_it_is() -> None:
    alpha = layer(corrected())
    with pytest.raises(DamagedRecord):
        Base.find(
            record(), LayerInk(alpha.alpha[:10, :10], alpha.touched[:10, :10], Rect(0, 0, 10, 10)), memory=600
        )
    found = Base.find(record(), alpha, (60.0, 60.0))
    assert found is not None
    assert found.record.area == PAGE
