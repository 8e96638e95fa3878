# SPDX-License-Identifier: GPL-3.0-or-later
"""How broad a brush's line is, and the size that makes it as broad as asked, with brushes made of numpy."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

from smart_lineart.inking import Rect
from tests.krita_host.fake_krita import fake_krita, run

with fake_krita("krita_host.brush_marks") as host:
    brush_marks = host.brush_marks


def band(width: float, tone: float = 255.0, soft: float = 0.0, height: int = 64) -> np.ndarray:
    """A level line, exactly covered, faded over so many px at both sides."""
    fine = (np.arange(height * 32) + 0.5) / 32 - height / 2
    ink = np.clip((width / 2 + soft / 2 - abs(fine)) / max(soft, 1e-6), 0, 1)
    rows = ink.reshape(height, 32).mean(1) * tone
    return np.rint(np.repeat(rows[:, None], 40, axis=1)).astype(np.uint8)


@pytest.mark.parametrize("width", [12.0, 12.5, 15.3, 20.0, 33.3])
@pytest.mark.parametrize(("tone", "soft"), [(255, 0.0), (90, 0.0), (255, 6.0), (60, 9.0)])
def test_a_line_is_as_broad_as_it_is_half_dark(width: float, tone: float, soft: float) -> None:
    assert brush_marks.width_of(band(width, tone, soft)) == pytest.approx(width, abs=0.3)


def test_no_ink_has_no_width() -> None:
    assert brush_marks.width_of(np.zeros((64, 40), np.uint8)) == 0.0


class Shifted:
    """A window's stand-in whose round brush paints so many px to the right and further down."""

    def __init__(self, right: float, down: float):
        self.off = np.array([right, down])

    def clear(self) -> None:
        self.ink = np.zeros((512, 512))

    @contextmanager
    def painting(self, size: float):
        self.size = size
        yield

    def stroke(self, points: np.ndarray, _pressure: np.ndarray) -> None:
        rows, columns = np.indices(self.ink.shape) + 0.5
        (x0, y0), (x1, y1) = points[[0, -1]] + self.off
        length = np.hypot(x1 - x0, y1 - y0)
        apart = abs((columns - x0) * (y1 - y0) - (rows - y0) * (x1 - x0)) / length
        self.ink = np.maximum(self.ink, 255 * np.clip(self.size / 2 + 0.5 - apart, 0, 1))

    def settled(self):
        yield 0

    def alpha(self, rect: Rect) -> np.ndarray:
        part = self.ink[rect.y : rect.y + rect.height, rect.x : rect.x + rect.width]
        return np.rint(part).astype(np.uint8)


@pytest.mark.parametrize(("right", "down"), [(0.0, 0.0), (0.4, 0.5), (-0.33, -0.33), (3.0, -2.25)])
@pytest.mark.parametrize("size", [1.5, 9.0])
def test_how_far_beside_its_way_a_brush_paints_is_seen(right: float, down: float, size: float) -> None:
    found = run(brush_marks.beside(Shifted(right, down), size))
    # Lines drift a little across their way, so one's place along it counts for a sixtieth.
    assert found == (pytest.approx(right, abs=0.08), pytest.approx(down, abs=0.08))


def test_no_mark_lies_beside_nothing() -> None:
    assert (
        brush_marks.off_the_way(np.zeros((512, 300), np.uint8), np.array([0.0, 512.0]), np.array([256.0] * 2))
        == 0
    )


class Brush:
    """A window's stand-in: lines are `share` of the brush's size broad, and of one tone."""

    def __init__(self, share: float, tone: float = 255.0, least: float = 0.0):
        self.share, self.tone, self.least, self.painted = share, tone, least, 0

    def clear(self) -> None:
        self.ink = np.zeros((64, 40), np.uint8)

    @contextmanager
    def painting(self, size: float):
        self.size = size
        yield

    def stroke(self, _points: np.ndarray, _pressure: np.ndarray) -> None:
        self.painted += 1
        self.ink = band(max(self.least, self.size * self.share), self.tone)

    def settled(self):
        yield 0

    def alpha(self, _rect: object) -> np.ndarray:
        return self.ink


def fitted(brush: Brush, thickness: float) -> Any:
    return run(brush_marks.size_for(brush, thickness))


@pytest.mark.parametrize("thickness", [1.5, 2.0, 4.0, 8.0, 15.0, 30.0])
@pytest.mark.parametrize("share", [0.33, 0.5, 1.0, 1.7])
@pytest.mark.parametrize("tone", [255.0, 60.0])
def test_thin_and_pale_lines_become_as_broad_as_asked(thickness: float, share: float, tone: float) -> None:
    brush = Brush(share, tone)
    found = fitted(brush, thickness)
    assert found.size * share == pytest.approx(thickness, rel=0.1)
    assert found.width == pytest.approx(thickness, rel=0.05)
    assert brush.painted < 12


def test_a_brush_that_gets_no_thinner_says_how_broad_it_is() -> None:
    assert fitted(Brush(1.0, least=6.0), 2.0).width == pytest.approx(6.0, rel=0.05)


def test_a_brush_without_a_mark_says_so() -> None:
    assert fitted(Brush(1.0, tone=0.0), 4.0).width == 0.0
