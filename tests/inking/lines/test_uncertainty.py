# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the network is in doubt is found, looked at again, and taken only where that is tidier and whole."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from smart_lineart.inking import Inker
from smart_lineart.inking.geometry import Rect
from smart_lineart.inking.lines import uncertainty as uncertainty_module
from smart_lineart.inking.lines.uncertainty import (
    CELL,
    UncertaintyTuning,
    doubt,
    find_zones,
    is_searching,
    page_from_afar,
    settle,
)
from smart_lineart.inking.network.maps import Prediction
from smart_lineart.inking.raster.resampling import resize
from tests.inking.pictures import Bytes, straight

SIZE = (200, 400)
SURE, UNSURE = 255, 110
FARTHER, DARKER = UncertaintyTuning().farther, UncertaintyTuning().darker


def put(line: Bytes, start: tuple[float, float], stop: tuple[float, float], value: int) -> None:
    """Draw a line 3 px wide on a line map."""
    for x, y in np.rint(straight(start, stop)).astype(int):
        spot = line[y - 1 : y + 2, x - 1 : x + 2]
        np.maximum(spot, value, out=spot)


def torn(value: int = UNSURE) -> Bytes:
    """A sure line above, and below one that is torn into strands from x = 100 to 200."""
    line = np.zeros(SIZE, np.uint8)
    put(line, (20, 50), (380, 50), SURE)
    put(line, (20, 140), (100, 140), SURE)
    put(line, (200, 140), (380, 140), SURE)
    for y, left, right in ((134, 100, 128), (141, 124, 152), (145, 148, 176), (138, 172, 200)):
        put(line, (left, y), (right, y), value)
    return line


def from_afar(value: int = SURE, lines: tuple[int, ...] = (50, 140)) -> Prediction:
    """What the second look says: whole lines."""
    line = np.zeros((round(FARTHER * SIZE[0]), round(FARTHER * SIZE[1])), np.uint8)
    for y in lines:
        put(line, (FARTHER * 20, FARTHER * y), (FARTHER * 380, FARTHER * y), value)
    return Prediction(line, np.stack([line, line]))


def test_a_sure_line_leaves_no_doubt_and_a_half_seen_one_does() -> None:
    told = doubt(torn())
    assert told.shape == (SIZE[0] // CELL, SIZE[1] // CELL)
    assert told[50 // CELL].max() < 0.05
    assert told[140 // CELL, 140 // CELL] == pytest.approx(1 - UNSURE / 255, abs=0.03)
    assert not doubt(np.zeros(SIZE, np.uint8)).any()


def test_the_torn_stretch_is_the_one_zone() -> None:
    (zone,) = find_zones(torn())
    part = zone.rect(SIZE)
    assert 50 < part.x <= 110
    assert 190 <= part.right < 250
    assert 60 < part.y <= 130
    assert part.bottom >= 148
    assert zone.weight.max() == 1.0
    assert find_zones(torn(SURE)) == []
    assert find_zones(np.zeros(SIZE, np.uint8)) == []


def test_doubt_at_the_border_of_a_page_stays_on_it() -> None:
    line = np.full((61, 43), UNSURE, np.uint8)
    for zone in find_zones(line):
        assert zone.rect(line.shape) == Rect(0, 0, 43, 61)
    assert len(find_zones(line)) == 1


def test_from_afar_only_the_zones_are_shown() -> None:
    line = torn()
    page = page_from_afar(line, find_zones(line), reach=10)
    assert page.shape == (150, 300)
    whole = np.minimum(np.rint(resize(line, 150, 300) * np.float32(DARKER)), 255).astype(np.uint8)
    assert page.any()
    assert np.array_equal(page[92:118, 80:148], whole[92:118, 80:148])
    assert not page[:58].any()
    assert not page[:, 230:].any()


def test_a_tidier_answer_is_taken_and_only_there() -> None:
    line = torn()
    darkness = line.copy()
    before = line.copy(), darkness.copy()
    settled, dark, _ = settle(line, darkness, find_zones(line), from_afar())
    assert np.array_equal(before[0], line)
    assert np.array_equal(before[1], darkness)
    assert settled[140, 125:180].min() > 200
    assert (settled[130:150, 20:380].max(axis=0) >= 89).all(), "no gap where one takes over from the other"
    assert line[145, 155:168].min() == UNSURE
    assert settled[145, 155:168].max() < 89
    assert (dark[140, 120:180] > 200).all()
    assert np.array_equal(settled[:100], line[:100])
    assert np.array_equal(settled[:, 260:], line[:, 260:])


@pytest.mark.parametrize("second", ["a line is lost", "as torn", "no surer", "two lines become one"])
def test_a_worse_answer_is_not_taken(second: str) -> None:
    line = torn()
    again = from_afar()
    if second == "a line is lost":
        again = from_afar(lines=(50,))
    elif second == "as torn":
        shrunk = np.rint(resize(line, *again.page.shape)).astype(np.uint8)
        again = Prediction(shrunk, np.stack([shrunk] * 2))
    elif second == "no surer":
        again = from_afar(UNSURE - 10)
    else:
        put(line, (100, 130), (200, 130), UNSURE)
        put(line, (100, 149), (200, 149), UNSURE)
    settled, dark, _ = settle(line, line, find_zones(line), again)
    assert np.array_equal(settled, line)
    assert np.array_equal(dark, line)


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, ...]]:
    """The shapes of the zones that were judged so far."""
    shapes = []
    judge = uncertainty_module._is_better

    def counted(near: Bytes, *rest: Any) -> bool:
        shapes.append(near.shape)
        return judge(near, *rest)

    monkeypatch.setattr(uncertainty_module, "_is_better", counted)
    return shapes


@pytest.mark.parametrize("second", [from_afar(), from_afar(lines=(50,))], ids=["better", "worse"])
def test_a_zone_that_stays_the_same_is_not_judged_again(
    second: Prediction, judged: list[tuple[int, ...]]
) -> None:
    line = torn()
    first = settle(line, line, find_zones(line), second)
    assert len(judged) == 1
    again = settle(line, line, find_zones(line), second, first.verdicts)
    assert len(judged) == 1
    assert again.verdicts == first.verdicts
    for one, other in zip(first[:3], again[:3], strict=True):
        assert np.array_equal(one, other)


@pytest.mark.parametrize("change", ["near", "far", "weight"])
def test_a_zone_that_changes_is_judged_anew(change: str, judged: list[tuple[int, ...]]) -> None:
    line, second = torn(), from_afar()
    (zone,) = find_zones(line)
    known = settle(line, line, [zone], second).verdicts
    if change == "near":
        line[150, 150] = 1
    elif change == "far":
        second.named.line[round(FARTHER * 150), round(FARTHER * 150)] = 2
    else:
        zone = zone._replace(weight=zone.weight * np.float32(0.9) - np.float32(0.2))
    again = settle(line, line, [zone], second, known)
    assert len(judged) == 2
    fresh = settle(line, line, [zone], second)
    assert again.verdicts == fresh.verdicts
    assert not again.verdicts.keys() & known.keys(), "only what is of use is kept"
    for one, other in zip(again[:3], fresh[:3], strict=True):
        assert np.array_equal(one, other)


def searching() -> Bytes:
    """A sketch, darkness on white, of one line tried many times over, and of a firm one."""
    page = np.zeros((500, 1300), np.uint8)
    put(page, (60, 80), (1240, 80), 220)
    random = np.random.default_rng(5)
    for left in range(60, 1160, 30):
        y, tilt = 300 + random.uniform(-24, 24), random.uniform(-14, 14)
        put(page, (left, y), (left + random.uniform(60, 120), y + tilt), 150)
    return 255 - page


def test_the_network_looks_again_at_a_searching_line_only() -> None:
    page = searching()
    with Inker() as inker:
        rough = inker.prepare(page, detail=0.7)
        clean = inker.prepare(np.where(page < 60, page, 255).astype(np.uint8), detail=0.7)
    assert clean.seen is not None
    assert clean.seen.from_afar is None
    assert rough.seen is not None
    assert rough.seen.from_afar is not None
    shown = rough.seen.from_afar.page
    assert shown[int(300 * 0.7 * FARTHER)].any()
    assert rough.seen.nbytes <= 9 * rough.seen.darkness.size


def test_a_page_with_little_in_doubt_is_not_looked_at_again() -> None:
    line = torn()
    zones = find_zones(line)
    assert is_searching(line, zones)
    assert not is_searching(line, [])
    for y in range(4, 40, 6):
        put(line, (4, y), (394, y), SURE)
    for x in range(300, 390, 6):
        put(line, (x, 80), (x, 190), SURE)
    (same,) = find_zones(line)
    assert not is_searching(line, [same])


def test_verdicts_are_kept_with_a_page(judged: list[tuple[int, ...]]) -> None:
    page = searching()
    page[400:440, 100:900] = page[285:325, 60:860]  # a second zone
    edited = page.copy()
    edited[402:438, 400:460] = 255
    with Inker() as inker:
        first = inker.prepare(page, detail=0.7)
        anew = len(judged)
        judged.clear()
        inker.prepare(page, detail=0.7, previous=first)
        assert judged == []
        again = inker.prepare(edited, detail=0.7, previous=first)
        assert 0 < len(judged) < anew
        fresh = inker.prepare(edited, detail=0.7, calibration=first.calibration)
    for name in ("points", "width", "strength", "starts", "free"):
        assert np.array_equal(getattr(again.strokes, name), getattr(fresh.strokes, name))
    assert again.seen is not None
    assert fresh.seen is not None
    assert again.seen.verdicts == fresh.seen.verdicts


def test_how_a_page_is_seen_is_kept() -> None:
    page = searching()
    firm = np.where(page < 60, page, 255).astype(np.uint8)
    with Inker() as inker:
        rough = inker.prepare(page, detail=0.7)
        clean = inker.prepare(firm, detail=0.7)
        edited = page.copy()
        edited[290:310, 600:640] = 255
        again = inker.prepare(edited, detail=0.7, previous=rough)
        anew = inker.prepare(edited, detail=0.7, calibration=rough.calibration)
    assert rough.calibration is not None
    assert clean.calibration is not None
    assert rough.calibration.searching
    assert not clean.calibration.searching
    assert again.seen is not None
    assert anew.seen is not None
    assert again.seen.from_afar is not None
    assert anew.seen.from_afar is not None
    assert np.array_equal(again.seen.from_afar.page, anew.seen.from_afar.page)
    assert np.array_equal(again.seen.from_afar.maps, anew.seen.from_afar.maps)
    assert np.array_equal(again.strokes.points, anew.strokes.points)
    differs = np.argwhere(inker.render(again) != inker.render(rough))
    assert len(differs)
    assert differs[:, 0].min() > 200, "the firm line stays as it was"
