# SPDX-License-Identifier: GPL-3.0-or-later
"""Cards of other networks stay valid: what they may say of lines and fills, and what they leave out.

Those that name no numbers are inked with these defaults, and those that do may use all of a range. A wider
range harms nobody; a narrower one, or another default, would change or refuse networks that people have.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from smart_lineart.inking.drawing.fills import solid_shapes
from smart_lineart.inking.lines.tracing import trace_strokes
from smart_lineart.inking.tuning import Tuning
from tests.inking.pictures import line_map, ring, straight

# Default, least and most.
NUMBERS = {
    "tracing.maps.line": (0.35, 0.02, 0.98),
    "tracing.spurs.spur": (7.0, 0.0, 40.0),
    "tracing.spurs.burr": (1.5, 0.0, 5.0),
    "tracing.drawn.shortest": (3.5, 0.0, 40.0),
    "tracing.drawn.sure": (0.85, 0.0, 1.0),
    "tracing.gaps.gap": (10.0, 0.0, 40.0),
    "tracing.gaps.sure_gap": (8.0, 0.0, 40.0),
    "tracing.gaps.cosine": (0.75, -1.0, 1.0),
    "tracing.gaps.line": (0.06, 0.0, 1.0),
    "tracing.redundant.shortest": (10, 5, 400),
    "tracing.redundant.longest": (60, 0, 400),
    "tracing.redundant.beside": (12.0, 0.0, 40.0),
    "tracing.redundant.along": (0.8, 0.0, 1.0),
    "tracing.redundant.unsure": (0.6, 0.0, 1.0),
    "tracing.junctions.nearest": (2.5, 2.3, 20.0),
    "tracing.junctions.farthest": (12.0, 0.0, 40.0),
    "tracing.junctions.steep": (0.6, 0.0, 3.0),
    "tracing.junctions.unsure": (0.6, 0.0, 1.0),
    "tracing.fairing.room_in_doubt": (6.0, 0.0, 40.0),
    "tracing.fairing.sure": (0.7, 0.05, 1.0),
    "tracing.levels.firm": (70.0, 0.0, 100.0),
    "tracing.levels.usually_drawn": (0.4, 0.0, 1.0),
    "tracing.assembly.speck": (6.0, 0.0, 400.0),
    "tracing.assembly.speck_line": (0.8, 0.0, 1.0),
    "tracing.assembly.scrap": (20.0, 0.0, 400.0),
    "tracing.assembly.scrap_line": (0.7, 0.0, 1.0),
    "tracing.assembly.dash": (45.0, 0.0, 400.0),
    "tracing.assembly.dash_line": (0.5, 0.0, 1.0),
    "fills.solid": (0.4, 0.0, 1.0),
    "fills.drawn": (110, 0, 255),
    "fills.black": (150, 0, 255),
    "fills.broad": (1.5, 0.0, 5.0),
}


LINES = np.maximum(
    line_map((70, 90), straight((5, 20), (85, 24)), ring(40, 40, 18), thickness=3),
    line_map((70, 90), straight((30, 5), (60, 65)), straight((8, 60), (25, 60)), thickness=2, value=140),
)


def number(tuning: Any, name: str) -> float:
    for part in name.split("."):
        tuning = getattr(tuning, part)
    return float(tuning)


@pytest.mark.parametrize("name", NUMBERS)
def test_a_card_may_leave_a_number_out_or_use_all_of_its_range(name: str) -> None:
    default, least, most = NUMBERS[name]
    assert number(Tuning(), name) == default
    for value in (least, most):
        card: Any = value
        for part in reversed(name.split(".")):
            card = {part: card}
        tuning = Tuning.from_dict(card)
        assert number(tuning, name) == value
        strokes, _ = trace_strokes(LINES, LINES, (1.0, 1.0), tuning=tuning.tracing)
        assert np.isfinite(strokes.points).all()
        solid_shapes(LINES, LINES, LINES, 3.0, tuning.fills)


@pytest.mark.parametrize("card", [{"tracing": {"lenses": {"lens": 10.0}}}, {"roughness": {"sure": 0.93}}])
def test_numbers_of_rules_that_are_gone_are_passed_over(card: Any) -> None:
    assert Tuning.from_dict(card) == Tuning()
