# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine behind the docker draws a part of a sketch where that lies in the image."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from smart_lineart.inking import Features, Rect
from smart_lineart.inking.strokes import Strokes
from smart_lineart.studio import line_hues
from smart_lineart.studio.engine import CachedFeatures, Engine, FeatureCache
from smart_lineart.studio.settings import InkSettings

AREA = Rect(-16, 8, 60, 40)


class FakeInker:
    """Gives a page whose every pixel tells its place."""

    def __init__(self, **_: Any):
        self.asked: list[dict[str, Any]] = []

    def render(self, features: Features, *, region: Rect, **options: Any) -> np.ndarray:
        self.asked.append({"region": region, **options})
        page = np.arange(AREA.width)[None] + 4 * np.arange(AREA.height)[:, None]
        return page[region.y : region.y + region.height, region.x : region.x + region.width].astype(np.uint8)


@pytest.fixture
def item() -> CachedFeatures:
    points = [np.array([[10, 20], [50, 30]], np.float32), np.array([[5, 5], [9, 5]], np.float32)]
    strokes = Strokes.from_lists(points, [np.float32([4, 4]), np.float32([1, 1])], [1.0, 0.01])
    return CachedFeatures("d", "{s}", Features((40, 60), 1.0, False, strokes, None), AREA, 0.0)


def test_a_part_is_cut_out_where_it_lies_over_the_sketch(item: CachedFeatures) -> None:
    engine = Engine(lambda _: None, make=FakeInker)  # type: ignore[arg-type]
    whole = engine.draw(item, InkSettings(thickness=5.0, faint=0.7))
    assert (whole.area, whole.coverage.shape, whole.thickness) == (AREA, (40, 60), 5.0)
    part = engine.draw(item, InkSettings(thickness=5.0, faint=0.7, weight=0.2), part=Rect(4, 11, 20, 9))
    assert part.area == Rect(4, 11, 20, 9)
    np.testing.assert_array_equal(part.coverage, whole.coverage[3:12, 20:40])
    asked = engine.inker(engine.options).asked[-1]  # type: ignore[attr-defined]
    assert asked["region"] == Rect(20, 3, 20, 9)
    assert (asked["thickness"], asked["faint"], asked["style"].name) == (5.0, 0.7, "pen")
    assert asked["weight"] == part.weight == part.record().weight == 0.2
    assert part.notes == {"sketch": item.notes()}


def test_its_lines_lie_where_its_ink_does_and_faint_ones_are_left_out(item: CachedFeatures) -> None:
    engine = Engine(lambda _: None, make=FakeInker)  # type: ignore[arg-type]
    part = engine.draw(item, InkSettings(thickness=5.0, faint=0.7), part=Rect(4, 11, 20, 9))
    assert part.lines is not None
    assert part.lines.strokes.points.tolist() == [[-10, 17], [30, 27]]
    whole = engine.draw(item, InkSettings(faint=0.0, weight=0.5))
    assert whole.lines is not None
    assert whole.lines.strokes.width.tolist() == [2.0, 2.0, 1.0, 1.0]
    assert whole.lines.strokes.points.tolist() == [[10, 20], [50, 30], [5, 5], [9, 5]]


@pytest.mark.parametrize(
    ("faint", "cut", "looked"), [(0.49, "share", True), (0.5, "share", False), (0.2, "strength", False)]
)
def test_lighter_lines_are_looked_for_once_where_they_may_be_drawn(
    monkeypatch: pytest.MonkeyPatch, item: CachedFeatures, faint: float, cut: str, looked: bool
) -> None:
    lit = replace(item.features, light=Strokes.empty())
    monkeypatch.setattr(line_hues, "with_light", lambda _: lit)
    engine, before = Engine(lambda _: None, make=FakeInker), item.features  # type: ignore[arg-type]
    engine.draw(item, replace(InkSettings(faint=faint), cut=cut))
    assert item.features is (lit if looked else before)
    assert engine.inker(engine.options).asked[-1]["cut"] == cut  # type: ignore[attr-defined]


def test_with_all_its_lines_it_is_the_same_ink_but_for_those_left_out(item: CachedFeatures) -> None:
    engine = Engine(lambda _: None, make=FakeInker)  # type: ignore[arg-type]
    few = engine.draw(item, InkSettings(thickness=5.0, faint=0.7), cancelled=lambda: True)
    assert few.every is not None
    every = few.every()
    assert few.lines is not None
    assert every.lines is not None
    assert (len(few.lines.strokes), len(every.lines.strokes)) == (1, 2)
    assert (every.area, every.thickness, every.values) == (few.area, few.thickness, few.values)
    asked = engine.inker(engine.options).asked[-1]  # type: ignore[attr-defined]
    assert (asked["faint"], asked["cut"], asked["cancelled"]) == (0.0, "share", None)
    assert every.inside is not None
    part = every.inside({"faint": 0.9, "cut": "share", "thickness": 7.0}, AREA)
    assert part is not None
    assert part.lines is not None
    assert (part.thickness, len(part.lines.strokes)) == (7.0, 2)


def test_the_cache_holds_as_much_as_it_may(item: CachedFeatures) -> None:
    def kept(sketch: str, size: int) -> Any:
        return SimpleNamespace(document="d", sketch=sketch, picture=None, nbytes=size)

    cache = FeatureCache(limit=100)
    cache.put(kept("a", 60))
    cache.put(kept("b", 40))
    assert cache.get("d", "a") is not None
    cache.put(kept("c", 1))
    assert cache.get("d", "b") is None, "the one not asked for the longest"
    assert cache.get("d", "a") is not None
    cache.put(kept("big", 500))
    assert cache.get("d", "big") is not None, "the last one always stays"
    assert cache.get("d", "a") is None
