# SPDX-License-Identifier: GPL-3.0-or-later
"""What else is made of a lineart's strokes has those that are drawn: light ones, too, as they were cut."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from smart_lineart.inking import STYLES, Calibration, Features, Rect
from smart_lineart.inking.renewing.merging import WRITE
from smart_lineart.inking.renewing.registration import HOME
from smart_lineart.inking.strokes import Strokes
from tests.krita_host.fake_krita import fake_krita

AREA = Rect(0, 0, 90, 60)
SEEN = Calibration(
    detail=None, scale=1.0, inverted=False, darkest=0.6, firm=0.6, drawn=0.05, certain=50000.0, usual=3.5,
    firmest=(0.0, 1.0), lightest=(0.0, 1.0),
)  # fmt: skip
LEVEL, UPRIGHT = (10.5, 30.5, 80.5, 30.5), (45.5, 5.5, 45.5, 55.5)


def stroke(line: tuple[float, ...], *, strength: float, standing: float) -> Strokes:
    points = np.linspace(line[:2], line[2:], 51).astype(np.float32)
    return Strokes.from_lists([points], [np.ones(51, np.float32)], [strength], standing=[standing])


@pytest.fixture
def room() -> Any:
    parts = ("engine", "line_hues", "settings", "runs.stroke_cut", "runs.redraw", "runs.flats_work")
    with fake_krita(*(f"studio.{part}" for part in parts)) as made:
        yield made


@pytest.fixture(params=[True, False], ids=["known", "looked for"])
def lines(room: SimpleNamespace, request: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A firm level line, and a light upright one that is drawn where `faint` is less than usual."""
    firm = stroke(LEVEL, strength=1.0, standing=1.0)
    features = Features((60, 90), 1.0, False, firm, None, SEEN)
    lit = replace(features, light=stroke(UPRIGHT, strength=0.0, standing=0.9))
    monkeypatch.setattr(room.line_hues, "with_light", lambda _: lit)
    return room.engine.CachedFeatures("d", "{s}", lit if request.param else features, AREA, 0.0)


def rendered(features: Features, settings: Any, region: Rect) -> np.ndarray:
    """Lines of 3 px."""
    page = np.zeros((AREA.height, AREA.width), np.uint8)
    for one in features.drawn_at(settings.faint, settings.weight, settings.cut):
        low, high = one.points.min(0).astype(int) - 1, one.points.max(0).astype(int) + 2
        page[low[1] : high[1], low[0] : high[0]] = 255
    return page[region.y : region.bottom, region.x : region.right]


def cut_at(room: SimpleNamespace, lines: Any, spot: tuple[float, float, float], *, faint: float) -> Any:
    settings = room.settings.InkSettings(thickness=3.0, faint=faint)
    shown = rendered(room.line_hues.lines_of(lines, settings), settings, AREA)
    base = SimpleNamespace(
        registration=HOME, record=None, layer=SimpleNamespace(over=lambda _area: (shown, None))
    )
    engine = SimpleNamespace(render=rendered, find_style=lambda _: STYLES["pen"])
    cutting = room.stroke_cut.StrokeCut(SimpleNamespace(engine=engine), None, None)
    return cutting._plan((lines, settings, ""), spot, base, to_crossing=False), shown


def test_a_light_line_under_the_pen_is_taken_out(room, lines) -> None:
    plan, shown = cut_at(room, lines, (46.0, 12.0, 4.0), faint=0.2)
    assert plan is not None
    assert plan.changes
    left, area, written = shown.copy(), plan.area, plan.merge.action == WRITE
    left[area.y : area.bottom, area.x : area.right][written] = plan.merge.coverage[written]
    assert not left[5:25, 40:50].any()
    assert not left[36:55, 40:50].any()
    assert (left[30, 12:79] == 255).all(), "the firm line crosses it and stays"


def test_a_line_that_is_not_drawn_is_not_under_the_pen(room, lines) -> None:
    assert cut_at(room, lines, (46.0, 12.0, 4.0), faint=0.5)[0] is None


@pytest.mark.parametrize(("faint", "count"), [(0.2, 2), (0.5, 1)])
def test_light_lines_are_redrawn_where_they_are_drawn(room, lines, faint, count) -> None:
    settings = room.settings.InkSettings(thickness=3.0, faint=faint)
    assert len(room.redraw._plan(lines, settings, (STYLES["pen"],) * 2, None, "").strokes) == count


def test_flats_end_at_light_lines_where_they_are_drawn(room, lines) -> None:
    record = SimpleNamespace(regions=[], coverage=lambda _page: np.zeros((60, 90), np.uint8))
    for faint, cut, count in ((0.2, "share", 2), (0.2, "strength", 1), (0.5, "share", 1)):
        settings = replace(room.settings.InkSettings(faint=faint), cut=cut)
        found = room.flats_work.strokes_as_inked(lines, settings, record, np.zeros((60, 90), np.uint8))
        assert len(found) == count


def test_where_other_ink_is_there_too_the_strokes_are_not_all(room, lines) -> None:
    record = SimpleNamespace(regions=[], coverage=lambda _page: np.zeros((60, 90), np.uint8))
    settings = room.settings.InkSettings()
    assert room.flats_work.strokes_as_inked(lines, settings, record, np.ones((60, 90), np.uint8)) is None
