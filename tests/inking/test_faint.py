# SPDX-License-Identifier: GPL-3.0-or-later
"""`faint` over its whole range, on pages of several kinds: each tenth of it is to be seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from pictures import line_map, ring, straight, wave

from smart_lineart.inking import Features, Inker, Rect, Strokes
from smart_lineart.inking.faint import with_light, with_shares
from smart_lineart.inking.features import CUTS

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
TENTHS = [n / 10 for n in range(11)]
MANY_LINES = ["fruit.png", "pepper.png", "characters/gopher_book.jpg"]
LIGHT = [
    straight((60, 20), (60, 380)),
    straight((20, 330), (500, 330)),
    ring(330, 190, 90),
    straight((20, 30), (500, 30)),
    straight((490, 60), (440, 370)),
    straight((120, 350), (400, 390)),
]


@pytest.fixture(scope="module")
def inker() -> Iterator[Inker]:
    with Inker() as inker:
        yield inker


def constructed() -> np.ndarray:
    """A drawing in ink over construction lines that are a sixth as dark."""
    firm = [
        ring(160, 190, 80),
        wave(30, 480, 280, 14, 120),
        *(straight((x, 60), (x + 20, 140)) for x in (290, 340)),
    ]
    page = np.maximum(
        line_map((400, 520), *firm, thickness=4), line_map((400, 520), *LIGHT, thickness=3, value=42)
    )
    return np.asarray(255 - page * 0.9, np.uint8)


def page_of(name: str) -> np.ndarray:
    if name == "constructed":
        return constructed()
    page = cv2.imread(str(EXAMPLES / name), cv2.IMREAD_GRAYSCALE)
    assert page is not None
    return np.asarray(page)


@pytest.fixture(scope="module", params=["constructed", *MANY_LINES])
def features(request: pytest.FixtureRequest, inker: Inker) -> Features:
    return inker.prepare(page_of(request.param), light=True)


@pytest.fixture(scope="module")
def drawn(inker: Inker) -> Features:
    return inker.prepare(constructed(), detail=1.0)


def length(strokes: Strokes) -> int:
    return len(strokes.points)


def assert_same(one: Strokes, two: Strokes) -> None:
    for name in ("points", "width", "strength", "starts", "free"):
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name))


class TestRange:
    @pytest.mark.parametrize("features", MANY_LINES, indirect=True)
    def test_each_tenth_leaves_out_about_as_much_as_any_other(self, features: Features) -> None:
        lengths = [length(features.drawn_at(faint)) for faint in TENTHS]
        usual = lengths[5]
        steps = -np.diff(lengths[5:]) / usual
        assert (steps > 0.04).all(), "each is to be seen"
        assert (steps < 0.45).all()
        assert 0.05 < lengths[10] / usual < 0.3, "at the end the darkest stay"
        assert lengths[:6] == sorted(lengths[:6], reverse=True)

    def test_what_stays_is_darker_than_what_went(self, features: Features) -> None:
        strokes = features.drawn_at(0.5)
        few = {stroke.points.tobytes() for stroke in features.drawn_at(1.0)}
        stayed = np.array([stroke.points.tobytes() in few for stroke in strokes])
        assert strokes.standing is not None
        assert strokes.standing[stayed].min() >= np.median(strokes.standing)
        assert strokes.strength[stayed].mean() >= strokes.strength[~stayed].mean()

    @pytest.mark.parametrize("features", ["constructed", "fruit.png"], indirect=True)
    def test_construction_comes_tenth_by_tenth(self, features: Features) -> None:
        lengths = np.array([length(features.drawn_at(faint)) for faint in TENTHS])
        added = -np.diff(lengths[:6])
        assert lengths[0] > 1.3 * lengths[5]
        assert (added > 0.02 * lengths[5]).all()

    def test_it_lies_where_it_was_drawn(self, inker: Inker) -> None:
        page = inker.prepare(constructed(), light=True)
        assert page.light is not None
        assert length(page.light) > 0.5 * sum(map(len, LIGHT))
        apart = cv2.distanceTransform(255 - line_map((400, 520), *LIGHT, thickness=1), cv2.DIST_L2, 5)
        at = np.clip(page.light.points.astype(int), 0, (519, 399))
        assert np.quantile(apart[at[:, 1], at[:, 0]], 0.95) < 3.0

    def test_what_is_drawn_usually_is_as_it_was(self, features: Features) -> None:
        before = features.strokes.select(features.strokes.strength >= 0.4).weighted(0.7)
        assert_same(features.drawn_at(0.5), before)
        assert_same(replace(features, light=None).drawn_at(0.5), before)

    @pytest.mark.parametrize("faint", [0.0, 0.3, 0.75, 1.0])
    def test_it_can_be_cut_by_strength_as_it_was_once(self, features: Features, faint: float) -> None:
        kept = features.strokes.select(features.strokes.strength >= 0.8 * faint).weighted(0.7)
        assert_same(features.drawn_at(faint, cut="strength"), kept)

    def test_a_clean_drawing_has_nothing_lighter(self, inker: Inker) -> None:
        clean = inker.prepare(255 - line_map((400, 520), ring(160, 190, 80), ring(360, 190, 50)), light=True)
        assert length(clean.drawn_at(0.0)) == length(clean.drawn_at(0.5))

    def test_there_is_no_other_cut(self, inker: Inker, drawn: Features) -> None:
        assert CUTS == ("share", "strength")
        with pytest.raises(ValueError, match="length"):
            inker.render(drawn, cut="length")


class TestKept:
    def test_light_lines_are_the_same_after_an_edit_as_anew(self, inker: Inker, drawn: Features) -> None:
        first = with_light(drawn)
        page = constructed()
        page[40:120, 230:300] = 255
        page[210:214, 380:500] = 30
        again = with_light(inker.prepare(page, detail=1.0, previous=first))
        anew = with_light(inker.prepare(page, detail=1.0, calibration=first.calibration))
        assert again.calibration == anew.calibration == first.calibration
        for faint in (0.0, 0.2, 0.7, 0.9):
            assert_same(again.drawn_at(faint), anew.drawn_at(faint))
        rects = again.changed_from(first, thickness=4.0)
        assert rects != [Rect(0, 0, 520, 400)]
        before, after = (inker.render(one, faint=0.1) for one in (first, again))
        for part in rects:
            before[part.y : part.bottom, part.x : part.right] = after[
                part.y : part.bottom, part.x : part.right
            ]
        np.testing.assert_array_equal(before, after)

    def test_a_region_is_part_of_the_page(self, inker: Inker, drawn: Features) -> None:
        whole = inker.render(with_light(drawn), faint=0.1)
        part = Rect(37, 150, 203, 190)
        np.testing.assert_array_equal(
            inker.render(with_light(drawn), faint=0.1, region=part),
            whole[part.y : part.bottom, part.x : part.right],
        )

    def test_shares_that_are_known_are_kept(self, drawn: Features) -> None:
        known = drawn.calibration
        assert known is not None
        assert known.firmest
        other = replace(drawn, calibration=replace(known, firmest=(0.1,) * 3, lightest=(0.2, 0.3), rise=20))
        assert with_light(with_shares(other)).calibration == other.calibration

    def test_an_earlier_calibration_gets_shares_and_the_usual_ink(
        self, inker: Inker, drawn: Features
    ) -> None:
        assert drawn.calibration is not None
        earlier = replace(drawn.calibration, firmest=())
        again = inker.prepare(constructed(), detail=1.0, calibration=earlier)
        assert not again.renewed
        assert again.calibration == drawn.calibration
        np.testing.assert_array_equal(inker.render(again), inker.render(drawn))

    def test_where_light_lines_are_known_on_one_side_only_all_may_differ(self, drawn: Features) -> None:
        assert with_light(drawn).changed_from(drawn, thickness=4.0) == [Rect(0, 0, 520, 400)]

    def test_nothing_is_looked_for_without_what_was_seen(self, drawn: Features) -> None:
        blind = drawn.without_seen()
        assert with_light(blind) is blind
        assert length(blind.drawn_at(0.0)) == length(drawn.strokes)

    def test_what_is_inked_at_once_has_them_too(self, inker: Inker, drawn: Features) -> None:
        ink = inker.ink(constructed(), detail=1.0, faint=0.1)
        np.testing.assert_array_equal(ink, inker.render(with_light(drawn), faint=0.1))
        assert ink.sum() > inker.ink(constructed(), detail=1.0).sum()

    def test_the_thickness_that_suits_does_not_follow_construction(self, drawn: Features) -> None:
        assert with_light(drawn).suiting_thickness() == drawn.suiting_thickness()


@pytest.mark.parametrize("noise", [20, 60])
def test_grain_is_no_construction_and_costs_no_more_than_a_page(inker: Inker, noise: int) -> None:
    rng = np.random.default_rng(3)
    grain = rng.normal(0, noise / 3, (400, 520))
    page = np.clip(constructed().astype(float) - np.abs(grain), 0, 255).astype(np.uint8)
    features = inker.prepare(page, light=True)
    assert features.light is not None
    assert length(features.light) < 3 * sum(map(len, LIGHT))
