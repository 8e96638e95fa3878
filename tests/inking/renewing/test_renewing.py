# SPDX-License-Identifier: GPL-3.0-or-later
"""After a change of the sketch only what it can reach is run again, and what comes out is the same."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smart_lineart.inking import Calibration, Features, Inker, Rect, load_model
from smart_lineart.inking import inker as inker_module
from smart_lineart.inking.network.runtime import load_network
from smart_lineart.inking.strokes import Strokes
from tests.inking.counting import Counting
from tests.inking.pictures import Bytes, MadeSketch, line_map, ring, straight, wave

LONG = os.environ.get("SMART_LINEART_LONG") == "1"
SIZE = (900, 1400)
MODEL = load_model(None)
HALO = -(-(MODEL.receptive_field // 2) // MODEL.stride) * MODEL.stride
# px at working scale 1: lines and darkness an edit can reach are within a halo, what the network must see of
# them within two.
REACH = HALO + 60
WINDOW = 64 + 4 * HALO + 2 * MODEL.stride


def drawing(size: tuple[int, int] = SIZE) -> Bytes:
    """Separate lines all over a page, on white paper."""
    height, width = size
    rings = [
        ring(x, y, 34)
        for y in range(90, height - 60, 140)
        for x in range(80, width - 60, 160)
        if (x // 160 + y // 140) % 2
    ]
    waves = [wave(60, width - 60, y, 8, 170) for y in range(30, height - 10, 280)]
    return 255 - line_map(size, *rings, *waves, thickness=4, value=200)


def with_line(page: Bytes, start: tuple[int, int], stop: tuple[int, int], value: int = 200) -> Bytes:
    """The page with one more line on it."""
    return np.minimum(page, 255 - line_map(page.shape, straight(start, stop), thickness=4, value=value))


def around(start: tuple[int, int], stop: tuple[int, int]) -> Rect:
    (x, y), (right, bottom) = np.minimum(start, stop) - 4, np.maximum(start, stop) + 5
    return Rect(int(x), int(y), int(right - x), int(bottom - y))


PAGE = drawing()
EDIT = ((700, 420), (760, 452))
EDITED = with_line(PAGE, *EDIT)


@pytest.fixture(scope="module")
def network() -> Iterator[Counting]:
    real, _, _ = load_network(load_model(None).onnx, runtime="openvino")
    yield Counting(real)
    real.close()


@pytest.fixture(scope="module")
def inker(network: Counting) -> Iterator[Inker]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inker_module, "load_network", lambda *_, **__: (network, "openvino", "cpu"))
        yield Inker()


@pytest.fixture(scope="module")
def first(inker: Inker) -> Features:
    return inker.prepare(PAGE, detail=1.0)


def assert_same(one: Features, two: Features) -> None:
    for name in ("points", "width", "strength", "starts", "free"):
        np.testing.assert_array_equal(getattr(one.strokes, name), getattr(two.strokes, name))
    assert (one.solid is None) == (two.solid is None)
    if one.solid is not None:
        np.testing.assert_array_equal(one.solid, two.solid)
    assert one.seen is not None
    assert two.seen is not None
    for name in ("luma", "darkness", "maps"):
        np.testing.assert_array_equal(getattr(one.seen, name), getattr(two.seen, name))
    assert (one.scale, one.calibration, one.renewed) == (two.scale, two.calibration, two.renewed)


def outside(picture: Bytes, rects: list[Rect]) -> Bytes:
    """The picture with nothing left in the rectangles."""
    rest = picture.copy()
    for rect in rects:
        rest[rect.y : rect.bottom, rect.x : rect.right] = 0
    return rest


class TestSameAsAnew:
    def test_a_small_edit(self, inker: Inker, first: Features) -> None:
        again = inker.prepare(EDITED, detail=1.0, previous=first)
        anew = inker.prepare(EDITED, detail=1.0, calibration=first.calibration)
        assert not again.renewed
        assert_same(again, anew)

    @given(data=st.data())
    @settings(max_examples=60 if LONG else 3, deadline=None)
    def test_random_edits_one_after_the_other(self, inker: Inker, data: st.DataObject) -> None:
        paper = data.draw(st.sampled_from([255, 228]))
        rng = np.random.default_rng(data.draw(st.integers(0, 9)))
        page = np.clip(drawing((500, 640)) * (paper / 255) + rng.normal(0, 1.5, (500, 640)), 0, 255)
        page = page.astype(np.uint8)
        detail = data.draw(st.sampled_from([None, 0.5]))
        known = inker.prepare(page, detail=detail)
        for _ in range(2):
            x, y = data.draw(st.integers(0, 620)), data.draw(st.integers(0, 480))
            wide, tall = data.draw(st.integers(4, 200)), data.draw(st.integers(4, 90))
            page = page.copy()
            part = page[y : y + tall, x : x + wide]
            if data.draw(st.booleans()):
                part[:] = paper  # erased
            else:
                part[:] = part[::-1, ::-1]
            change = Rect(x, y, part.shape[1], part.shape[0])
            told = inker.prepare(page, detail=detail, previous=known, changed=change)
            assert_same(told, inker.prepare(page, detail=detail, previous=known))
            anew = inker.prepare(page, detail=detail, calibration=known.calibration)
            assert_same(told, anew)
            rects = told.changed_from(known, thickness=5.0)
            before, after = (inker.render(f, thickness=5.0) for f in (known, told))
            np.testing.assert_array_equal(outside(before, rects), outside(after, rects))
            known = told

    @pytest.mark.parametrize("factor", [1, pytest.param(3, marks=pytest.mark.long)])
    def test_a_page_that_is_reduced_while_it_is_read(self, inker: Inker, factor: int) -> None:
        size = (400, 4096 * factor + 5)
        page = drawing(size)
        known = inker.prepare(page)
        edit = ((1000, 180), (1100, 260))
        edited = with_line(page, *edit)
        told = inker.prepare(edited, previous=known, changed=around(*edit))
        assert not told.renewed
        assert_same(told, inker.prepare(edited, calibration=known.calibration))

    def test_what_was_found_before_is_not_touched(self, inker: Inker, first: Features) -> None:
        kept = [getattr(first.seen, name).copy() for name in ("luma", "darkness", "maps")]
        for changed in (None, around(*EDIT)):
            inker.prepare(EDITED, detail=1.0, previous=first, changed=changed)
        for name, before in zip(("luma", "darkness", "maps"), kept, strict=True):
            np.testing.assert_array_equal(getattr(first.seen, name), before)

    def test_without_a_change_nothing_is_run(self, inker: Inker, network: Counting, first: Features) -> None:
        network.pixels = 0
        again = inker.prepare(PAGE, detail=1.0, previous=first)
        assert network.pixels == 0
        assert_same(again, inker.prepare(PAGE, detail=1.0, calibration=first.calibration))

    def test_undone_an_edit_leaves_no_trace(self, inker: Inker, first: Features) -> None:
        edited = inker.prepare(EDITED, detail=1.0, previous=first)
        back = inker.prepare(PAGE, detail=1.0, previous=edited)
        assert_same(back, inker.prepare(PAGE, detail=1.0, previous=first))

    def test_an_erased_page_has_no_ink_and_can_be_drawn_on_again(self, inker: Inker, first: Features) -> None:
        gone = inker.prepare(np.full(SIZE, 255, np.uint8), detail=1.0, previous=first)
        assert not len(gone.strokes)
        assert gone.calibration is None
        assert gone.renewed
        back = inker.prepare(PAGE, detail=1.0, previous=gone)
        assert not back.renewed
        np.testing.assert_array_equal(back.strokes.points, first.strokes.points)


class TestNothingTooMuch:
    def test_only_tiles_around_the_edit_are_run(
        self, inker: Inker, network: Counting, first: Features
    ) -> None:
        network.pixels = 0
        inker.prepare(PAGE, detail=1.0)
        whole = network.pixels
        network.pixels = 0
        inker.prepare(EDITED, detail=1.0, previous=first)
        assert 0 < network.pixels <= WINDOW**2
        assert network.pixels < whole / 3

    def test_two_edits_far_apart_cost_two_small_runs(
        self, inker: Inker, network: Counting, first: Features
    ) -> None:
        edited = with_line(with_line(PAGE, (20, 60), (60, 70)), (1300, 800), (1340, 830))
        network.pixels = 0
        inker.prepare(edited, detail=1.0, previous=first)
        assert 0 < network.pixels <= 2 * WINDOW**2

    def test_an_erased_corner_runs_nothing_but_what_it_leaves(self, inker: Inker, network: Counting) -> None:
        page = np.full(SIZE, 255, np.uint8)
        page[:500] = PAGE[:500]
        lonely = with_line(page, (1200, 850), (1260, 860))
        known = inker.prepare(lonely, detail=1.0)
        network.pixels = 0
        inker.prepare(page, detail=1.0, previous=known)
        assert network.pixels <= (2 * HALO + MODEL.stride) ** 2, "blank paper is asked about once"

    def test_only_rows_that_changed_are_read(self, inker: Inker, first: Features) -> None:
        sketch = MadeSketch(SIZE, lambda top, bottom: EDITED[top:bottom].astype(np.float32) / 255)
        told = inker.prepare(sketch, detail=1.0, previous=first, changed=around(*EDIT))
        assert sum(bottom - top for top, bottom in sketch.reads) < 64
        assert_same(told, inker.prepare(EDITED, detail=1.0, previous=first))

    def test_what_is_kept_is_five_bytes_a_working_pixel_and_lines(
        self, inker: Inker, first: Features
    ) -> None:
        assert first.seen is not None
        lines = sum(line.nbytes for line in first.seen.faired.values())
        assert first.seen.nbytes - lines == 5 * SIZE[0] * SIZE[1]
        assert lines <= 1.05 * first.strokes.points.nbytes
        assert first.nbytes == first.without_seen().nbytes + first.seen.nbytes
        assert inker.prepare(PAGE, detail=1.0, keep=False).nbytes == first.without_seen().nbytes

    @pytest.mark.parametrize("how", ["not kept", "another size", "another detail", "another network"])
    def test_what_cannot_be_used_again_is_not(self, inker: Inker, first: Features, how: str) -> None:
        detail, page, previous = 1.0, EDITED, first
        if how == "not kept":
            previous = first.without_seen()
        elif how == "another size":
            page = np.pad(EDITED, ((0, 30), (0, 0)), constant_values=255)
        elif how == "another detail":
            detail = 0.8
        else:
            assert first.seen is not None
            wrong = np.zeros_like(first.seen.maps)
            seen = inker_module.Seen(first.seen.luma, first.seen.darkness, wrong, "another network")
            previous = inker_module.replace(first, seen=seen)
        again = inker.prepare(page, detail=detail, previous=previous, changed=around(*EDIT))
        anew = inker.prepare(page, detail=detail, calibration=first.calibration)
        assert again.renewed == (how == "another detail")
        assert_same(again, anew)


class TestInkStays:
    def test_ink_changes_near_the_edit_only(self, inker: Inker, first: Features) -> None:
        again = inker.prepare(EDITED, detail=1.0, previous=first)
        # A line within reach comes out some hundredths of a px longer, and shifts as much along itself.
        differs = np.abs(inker.render(again).astype(int) - inker.render(first)) > 4
        rows, columns = np.nonzero(differs)
        assert rows.size
        near = around(*EDIT)
        assert near.x - REACH <= columns.min()
        assert columns.max() <= near.right + REACH
        assert near.y - REACH <= rows.min()
        assert rows.max() <= near.bottom + REACH

    def test_without_a_calibration_all_ink_might_move(self, inker: Inker, first: Features) -> None:
        # Were it otherwise the test above would prove nothing: a few firmer lines change what is firm.
        firmer = PAGE.copy()
        for x in range(60, 1300, 40):
            firmer = with_line(firmer, (x, 850), (x + 20, 880), value=255)
        alone = inker.prepare(firmer, detail=1.0)
        kept = inker.prepare(firmer, detail=1.0, previous=first)
        assert not kept.renewed
        top = slice(0, 200)
        assert (inker.render(alone, faint=0.0)[top] != inker.render(first, faint=0.0)[top]).any()
        np.testing.assert_array_equal(inker.render(kept, faint=0.0)[top], inker.render(first, faint=0.0)[top])


class TestRenewal:
    @pytest.mark.parametrize("detail", [None, 1.0])
    def test_a_few_strokes_becoming_a_drawing(self, inker: Inker, detail: float | None) -> None:
        begun = with_line(np.full(SIZE, 255, np.uint8), (400, 400), (500, 450))
        known = inker.prepare(begun, detail=detail)
        assert known.calibration is not None
        grown = inker.prepare(PAGE, detail=detail, previous=known)
        assert grown.renewed
        assert grown.calibration == inker.prepare(PAGE, detail=detail).calibration
        further = inker.prepare(EDITED, detail=detail, previous=grown)
        assert not further.renewed
        assert further.calibration == grown.calibration

    def test_a_stroke_more_on_a_page_of_few_is_no_reason(self, inker: Inker) -> None:
        begun = with_line(np.full(SIZE, 255, np.uint8), (400, 400), (500, 450))
        more = with_line(begun, (300, 600), (500, 600))
        assert not inker.prepare(more, previous=inker.prepare(begun)).renewed

    def test_an_inverted_page(self, inker: Inker, first: Features) -> None:
        assert inker.prepare(255 - PAGE, detail=1.0, previous=first).renewed

    def test_a_page_inked_far_firmer(self, inker: Inker) -> None:
        faint = 255 - (255 - PAGE) // 4
        assert inker.prepare(PAGE, detail=1.0, previous=inker.prepare(faint, detail=1.0)).renewed

    def test_darker_paper(self, inker: Inker, first: Features) -> None:
        assert inker.prepare((PAGE * 0.55).astype(np.uint8), detail=1.0, previous=first).renewed

    def test_a_first_run_renews_nothing(self, first: Features) -> None:
        assert not first.renewed


class TestCalibration:
    def test_it_survives_json(self, first: Features) -> None:
        calibration = first.calibration
        assert calibration is not None
        assert Calibration.from_dict(json.loads(json.dumps(calibration.to_dict()))) == calibration

    @pytest.mark.parametrize(
        "change",
        [
            {"scale": 0.0},
            {"scale": float("nan")},
            {"scale": "1"},
            {"scale": True},
            {"inverted": 1},
            {"detail": 99.0},
            {"firm": -1.0},
            {"certain": 0.0},
            {"usual": float("inf")},
            {"usual": 1e-46},
            {"usual": 1e-30},
            {"middle": 1.0},
            {"drawn": 2.0},
            {"surplus": 1.0},
            {"darkest": None},
        ],
        ids=str,
    )
    def test_a_damaged_one_is_none(self, first: Features, change: dict[str, Any]) -> None:
        assert first.calibration is not None
        assert Calibration.from_dict(first.calibration.to_dict() | change) is None

    def test_one_of_an_earlier_version_keeps_all_but_the_widths(self, inker: Inker, first: Features) -> None:
        assert first.calibration is not None
        values = first.calibration.to_dict()
        del values["usual"], values["searching"]
        old = Calibration.from_dict(values | {"middle": 1.25})
        assert old is not None
        again = inker.prepare(PAGE, detail=1.0, calibration=old)
        assert not again.renewed
        assert again.calibration == first.calibration

    @pytest.mark.parametrize("values", [None, [], "scale", {}, {"scale": 1.0}])
    def test_something_else_is_none(self, values: Any) -> None:
        assert Calibration.from_dict(values) is None


class TestChangedFrom:
    def test_another_page_has_changed_everywhere(self, first: Features) -> None:
        whole = [Rect(0, 0, SIZE[1], SIZE[0])]
        assert first.changed_from(None, thickness=3.0) == whole
        other = Features((5, 5), 1.0, inverted=False, strokes=first.strokes, solid=None)
        assert first.changed_from(other, thickness=3.0) == whole

    def test_the_same_has_changed_nowhere(self, first: Features) -> None:
        assert first.changed_from(first, thickness=30.0) == []

    @pytest.mark.parametrize("style", ["pen", "brush", "charcoal"])
    def test_rectangles_hold_all_that_is_drawn_otherwise(
        self, inker: Inker, first: Features, style: str
    ) -> None:
        again = inker.prepare(EDITED, detail=1.0, previous=first)
        rects = again.changed_from(first, thickness=9.0, style=style)
        assert rects
        assert sum(r.width * r.height for r in rects) < SIZE[0] * SIZE[1] / 2
        for weight in (1.0, 0.4, 0.0):
            before, after = (
                inker.render(f, thickness=9.0, style=style, weight=weight) for f in (first, again)
            )
            assert (before != after).any()
            np.testing.assert_array_equal(outside(before, rects), outside(after, rects))
        for index, one in enumerate(rects):
            assert one.intersection(Rect(0, 0, SIZE[1], SIZE[0])) == one
            assert not any(all(one.intersection(two)[2:]) for two in rects[:index])

    def test_a_solid_area_that_grew(self, inker: Inker, first: Features) -> None:
        before, after = (np.zeros((225, 350), np.uint8) for _ in range(2))
        before[30:60, 40:70] = after[30:60, 40:90] = 255
        known, grown = (
            Features(
                SIZE, 0.25, inverted=False, strokes=first.strokes, solid=solid, calibration=first.calibration
            )
            for solid in (before, after)
        )
        for one, two in ((known, grown), (grown, known), (first, grown)):
            rects = two.changed_from(one, thickness=3.0)
            np.testing.assert_array_equal(
                outside(inker.render(one), rects), outside(inker.render(two), rects)
            )
            assert 0 < sum(r.width * r.height for r in rects) < 400 * 300

    def test_the_same_strokes_in_another_order_count_as_changed(self, first: Features) -> None:
        strokes = first.strokes
        parts = [
            (strokes.points[a:b], strokes.width[a:b])
            for a, b in zip(strokes.starts[:-1], strokes.starts[1:], strict=True)
        ]
        back = Strokes.from_lists(
            [p for p, _ in parts[::-1]], [w for _, w in parts[::-1]], list(strokes.strength[::-1])
        )
        turned = Features(SIZE, 1.0, inverted=False, strokes=back, solid=None)
        assert turned.changed_from(first, thickness=3.0)
