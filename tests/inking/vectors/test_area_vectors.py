# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import numpy as np
import pytest
from random_strokes import kinks, likeness, rendered

from smart_lineart.inking import Rect, Strokes
from smart_lineart.inking.drawing.fills import draw_solids
from smart_lineart.inking.vectors.areas import contours, signed_area
from smart_lineart.inking.vectors.making import make_vectors


def soft_disc(shape, centre, radius, hole=0.0):
    """A map of a solid disc, its contour at 128 and as soft as those that are drawn from."""
    y, x = np.indices(shape)
    away = np.hypot(x - centre[0], y - centre[1])
    return np.clip(128 + 60 * np.minimum(radius - away, away - hole), 0, 255).astype(np.uint8)


def vectors_of(solid, size):
    return make_vectors(Strokes.empty(), solid, size, thickness=4.0, style="pen")


def test_a_disc_with_a_hole_is_one_area_of_two_paths():
    solid = soft_disc((100, 120), (60, 50), 30, hole=10)
    ((around, hole),) = contours(solid, (100, 120))
    assert signed_area(around) == pytest.approx(np.pi * 30**2, rel=0.01)
    assert signed_area(hole) == pytest.approx(-np.pi * 10**2, rel=0.02)
    (area,) = vectors_of(solid, (100, 120)).areas
    assert len(area.outline) == 2
    assert area.id.startswith("black-")
    assert kinks(area.outline) == []
    assert sum(len(path.curves) for path in area.outline) < 24


def test_an_island_in_a_hole_is_an_area_of_its_own():
    solid = np.maximum(soft_disc((100, 100), (50, 50), 45, hole=30), soft_disc((100, 100), (50, 50), 8))
    assert sorted(len(area.outline) for area in vectors_of(solid, (100, 100)).areas) == [1, 2]


@pytest.mark.parametrize("size", [(100, 120), (300, 360), (70, 84)])
def test_areas_cover_what_is_drawn_at_any_scale(size):
    solid = np.maximum(soft_disc((100, 120), (60, 50), 30, hole=10), soft_disc((100, 120), (5, 95), 20))
    ink = np.zeros(size, np.uint8)
    draw_solids(ink, solid, Rect(0, 0, size[1], size[0]), size)
    assert likeness(ink, rendered(vectors_of(solid, size))) > 0.985


def test_an_area_ends_at_the_page_s_edge():
    vectors = vectors_of(np.full((40, 60), 255, np.uint8), (80, 120))
    ((path,),) = (area.outline for area in vectors.areas)
    assert path.points.min(0).tolist() == [0, 0]
    assert path.points.max(0).tolist() == [120, 80]


def test_areas_keep_their_ids():
    solid = soft_disc((100, 100), (30, 30), 15)
    (alone,) = vectors_of(solid, (100, 100)).areas
    both = vectors_of(np.maximum(solid, soft_disc((100, 100), (70, 70), 15)), (100, 100)).areas
    assert alone.id in {area.id for area in both}
    assert len({area.id for area in both}) == 2
