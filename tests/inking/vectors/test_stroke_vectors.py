# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_strokes import drawn, kinks, likeness, random_strokes, rendered
from scipy import ndimage

from smart_lineart.inking import STYLES, BadOption, Features, Strokes, Vectors
from smart_lineart.inking.vectors import silhouettes
from smart_lineart.inking.vectors.making import make_vectors, tolerance_for
from smart_lineart.inking.vectors.paths import Path

SIZE = (400, 400)


def vectors_of(strokes: Strokes, thickness: float = 4.0, style: str = "pen", **options) -> Vectors:
    return make_vectors(strokes, None, SIZE, thickness=thickness, style=style, **options)


def one_line(*points: tuple[float, float], free=(False, False), width: float = 1.0) -> Strokes:
    """A stroke through points, with a vertex every px."""
    corners = np.array(points, float)
    parts = [corners[:1]]
    for a, b in itertools.pairwise(corners):
        steps = max(2, round(float(np.hypot(*(b - a)))))
        parts.append(a + (b - a) * (np.arange(1, steps + 1) / steps)[:, None])
    line = np.concatenate(parts).astype(np.float32)
    return Strokes.from_lists([line], [np.full(len(line), width, np.float32)], [1.0], [free])


def distance_to(path: Path, points: np.ndarray) -> np.ndarray:
    """From points (n, 2) to a path."""
    flat = path.flat(64)
    a, d = flat[:-1], np.diff(flat, axis=0)
    along = ((points[:, None] - a) * d).sum(2) / np.maximum((d * d).sum(1), 1e-12)
    nearest = a + np.clip(along, 0, 1)[..., None] * d
    return np.hypot(*(points[:, None] - nearest).transpose(2, 0, 1)).min(1)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10**6), st.floats(0.8, 9.0), st.sampled_from(["pen", "technical", "g-pen", "brush"]))
def test_every_stroke_is_there_once_and_its_ink_is_where_it_was(seed, thickness, style):
    strokes = random_strokes(seed)
    vectors = vectors_of(strokes, thickness, style)
    assert len(vectors.strokes) == len(strokes)
    assert len({stroke.id for stroke in vectors.strokes}) == len(strokes)
    for stroke in vectors.strokes:
        for path in (stroke.centre, *stroke.outline):
            assert np.isfinite(path.points).all()
            assert (np.abs(path.points - 200) < 600).all()
        assert np.isfinite(stroke.widths).all()
        assert len(stroke.widths) == 4 * len(stroke.centre.curves) + 1
        assert stroke.widths.min() <= stroke.width <= stroke.widths.max() + 1
    off = drawn(strokes, SIZE, thickness, style).astype(int) - rendered(vectors)
    block = np.ones((3, 3))
    assert not ndimage.binary_erosion(off > 160, block).any(), "ink is missing"
    assert not ndimage.binary_erosion(off < -160, block).any(), "there is more ink than drawn"


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10**6), st.integers(-300, 3000), st.integers(-300, 3000))
def test_moving_the_page_moves_the_vectors_exactly(seed, x, y):
    strokes = random_strokes(seed)
    for one, two in zip(vectors_of(strokes).strokes, vectors_of(strokes.shifted(x, y)).strokes, strict=True):
        assert np.array_equal(one.widths, two.widths)
        assert len(one.outline) == len(two.outline)
        for here, there in zip((one.centre, *one.outline), (two.centre, *two.outline), strict=True):
            assert np.array_equal(here.points + np.array([x, y]), there.points)


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10**6), st.floats(1.0, 12.0))
def test_centrelines_stay_within_a_sixtieth_of_the_width(seed, thickness):
    strokes = random_strokes(seed)
    allowed = tolerance_for(thickness)
    for stroke, paths in zip(strokes, vectors_of(strokes, thickness).strokes, strict=True):
        assert distance_to(paths.centre, stroke.points.astype(float)).max() < 1.25 * allowed + 0.002


def test_the_tolerance_follows_the_width_up_to_a_tenth_of_a_pixel():
    assert tolerance_for(3.0) == pytest.approx(0.05)
    assert tolerance_for(40.0) == 0.1


@pytest.mark.parametrize("thickness", [2.0, 4.0, 7.0])
def test_nodes_are_smooth_or_corners(thickness):
    found = []
    for seed in range(6):
        strokes = random_strokes(seed)
        lines = strokes.select(np.diff(strokes.starts) > 8)  # shorter ones are hardly more than their ends
        for stroke in vectors_of(lines, thickness).strokes:
            found += kinks([stroke.centre, *stroke.outline])
    assert found == []


@pytest.mark.parametrize(("thickness", "least"), [(2.0, 0.95), (4.0, 0.975), (7.6, 0.98)])
def test_the_ink_is_that_of_the_pixels(thickness, least):
    strokes = random_strokes(4)
    assert likeness(drawn(strokes, SIZE, thickness), rendered(vectors_of(strokes, thickness))) > least


def test_a_straight_stroke_takes_few_nodes_and_its_round_ends_are_half_circles():
    vectors = vectors_of(one_line((100, 200), (300, 200)), 8.0, "technical")
    (stroke,) = vectors.strokes
    assert len(stroke.centre.curves) == 1
    (outline,) = stroke.outline
    assert len(outline.curves) <= 6
    assert outline.flat()[:, 0].min() == pytest.approx(96, abs=0.1)
    assert outline.flat()[:, 0].max() == pytest.approx(304, abs=0.1)
    assert vectors.node_count == (2, len(outline.curves))


def test_a_corner_stays_a_corner_in_the_centreline_and_on_its_inner_side():
    (stroke,) = vectors_of(one_line((100, 300), (200, 120), (300, 300)), 6.0, "technical").strokes
    assert np.hypot(*(stroke.centre.nodes - (200, 120)).T).min() < 0.02
    (outline,) = stroke.outline
    assert kinks([outline], 30.0, 170.0), "its inner side has a corner"
    assert kinks([outline]) == []


def test_a_tapered_end_is_one_point():
    (stroke,) = vectors_of(one_line((100, 200), (300, 200), free=(True, True)), 8.0, "g-pen").strokes
    (outline,) = stroke.outline
    assert len(kinks([outline], 60.0, 180.0)) == 2
    assert kinks([outline]) == []


def test_a_closed_stroke_has_an_outline_around_and_one_inside():
    angle = np.linspace(0, 2 * np.pi, 120)
    ring = np.stack([200 + 50 * np.cos(angle), 200 + 50 * np.sin(angle)], 1).astype(np.float32)
    ring[-1] = ring[0]
    strokes = Strokes.from_lists([ring], [np.ones(120, np.float32)], [1.0])
    vectors = vectors_of(strokes, 6.0, "technical")
    (stroke,) = vectors.strokes
    assert stroke.centre.closed
    assert len(stroke.outline) == 2
    assert rendered(vectors)[200, 200] == 0
    (filled,) = vectors_of(strokes, 120.0, "technical").strokes
    assert len(filled.outline) == 1, "nothing is left inside"


def test_a_line_that_curls_up_under_a_broad_pen_is_drawn_as_it_is():
    angle = np.linspace(0, 7 * np.pi, 160)
    radius = np.linspace(3, 30, 160)
    curl = np.stack([200 + radius * np.cos(angle), 200 + radius * np.sin(angle)], 1).astype(np.float32)
    strokes = Strokes.from_lists([curl], [np.ones(160, np.float32)], [1.0], [(False, False)])
    for thickness in (3.0, 8.0, 20.0):
        ink = drawn(strokes, SIZE, thickness, "technical")
        assert likeness(ink, rendered(vectors_of(strokes, thickness, "technical"))) > 0.97


def test_a_stroke_keeps_its_id_whatever_else_is_inked():
    strokes = random_strokes(7)
    assert len(strokes) > 3
    names = [stroke.id for stroke in vectors_of(strokes).strokes]
    fewer = strokes.select(np.arange(len(strokes)) % 2 == 1)
    assert [stroke.id for stroke in vectors_of(fewer, 9.0, "technical").strokes] == names[1::2]


def test_the_same_stroke_twice_has_two_ids():
    strokes = one_line((10, 10), (50, 50))
    twice = Strokes.from_lists([strokes.points] * 2, [strokes.width] * 2, [1.0, 1.0])
    one, two = (stroke.id for stroke in vectors_of(twice).strokes)
    assert two == f"{one}-2"


def test_a_stroke_is_the_same_whatever_comes_before_it():
    strokes = random_strokes(9)
    last = np.arange(len(strokes)) == len(strokes) - 1
    (alone,) = vectors_of(strokes.select(last)).strokes
    among = vectors_of(strokes).strokes[-1]
    assert np.array_equal(alone.centre.points, among.centre.points)
    for one, two in zip(alone.outline, among.outline, strict=True):
        assert np.array_equal(one.points, two.points)


@pytest.mark.parametrize("points", [[(50, 50)], [(50, 50), (50, 50)], [(50, 50), (50.5, 50)]])
def test_a_dot_is_a_stroke_too(points):
    line = np.array(points, np.float32)
    strokes = Strokes.from_lists([line], [np.ones(len(line), np.float32)], [1.0], [(False, False)])
    (stroke,) = vectors_of(strokes, 6.0, "technical").strokes
    assert np.isfinite(stroke.centre.points).all()
    low, high = stroke.outline[0].flat().min(0), stroke.outline[0].flat().max(0)
    assert np.allclose(high - low, 6.0, atol=0.8)


def test_nothing_is_no_vectors():
    vectors = vectors_of(Strokes.empty())
    assert vectors.strokes == vectors.areas == ()
    assert vectors.node_count == (0, 0)


def test_features_have_vectors_of_what_is_drawn():
    strokes = random_strokes(3)
    faint = Strokes(strokes.points, strokes.width, strokes.strength.copy(), strokes.starts, strokes.free)
    faint.strength[0] = 0.1
    features = Features(SIZE, 1.0, inverted=False, strokes=faint, solid=None)
    assert len(features.vectors(4.0).strokes) == len(strokes) - 1
    assert len(features.vectors(4.0, faint=0.0).strokes) == len(strokes)
    assert not features.vectors(4.0).textured
    assert features.vectors(4.0, "charcoal").textured
    finer, coarser = (features.vectors(4.0, "pen", near).node_count[0] for near in (0.01, 0.5))
    assert finer > coarser
    with pytest.raises(BadOption):
        features.vectors(4.0, "feather")
    for numbers in ({"thickness": 0.0}, {"thickness": 4.0, "faint": 2.0}, {"thickness": 4.0, "weight": -1.0}):
        with pytest.raises(BadOption):
            features.vectors(**numbers)


@pytest.mark.parametrize("most", [1 << 24, 60_000, 9_000])
def test_a_large_line_is_followed_in_no_more_samples_than_there_is_room_for(monkeypatch, most):
    monkeypatch.setattr(silhouettes, "MOST_SAMPLES", most)
    asked = []
    draw = silhouettes.draw_solid

    def noted(strokes, region, **options):
        asked.append(region.width * region.height)
        return draw(strokes, region, **options)

    monkeypatch.setattr(silhouettes, "draw_solid", noted)
    turn = np.linspace(0, 5, 200)
    points = np.stack([130.0 + 90 * np.cos(turn), 90.0 + 60 * np.sin(turn)], 1).astype(np.float32)
    strokes = Strokes.from_lists([points], [np.ones(200, np.float32)], [1.0])
    (loop,) = silhouettes.traced(strokes, 0, 14.0, STYLES["technical"])
    assert asked[0] <= 1.1 * most
    apart = np.hypot(*(loop[:, None] - points[None]).transpose(2, 0, 1)).min(1)
    assert abs(apart - 7.0).max() < (0.5 if most == 1 << 24 else 2.5)
