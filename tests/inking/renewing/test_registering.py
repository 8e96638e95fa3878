# SPDX-License-Identifier: GPL-3.0-or-later
"""Landmarks of ink, where they lie now, and how pictures are laid over each other."""

from __future__ import annotations

import numpy as np
import pytest

from smart_lineart.inking import InkRecord, Rect
from smart_lineart.inking.renewing import registration
from smart_lineart.inking.renewing.registration import HOME, WAYS, Landmarks, Registration, find_registration
from smart_lineart.inking.renewing.renewal import scale_since
from tests.inking.pictures import Bytes, line_map, ring, straight, strokes_of

AREA = Rect(7, -5, 120, 90)


def noise(height: int, width: int, seed: int = 1) -> Bytes:
    return np.random.default_rng(seed).integers(0, 256, (height, width), np.uint8)


@pytest.mark.parametrize("way", WAYS)
def test_pixels_ink_and_strokes_go_the_same_way(way: Registration) -> None:
    placed = Registration(way.mirrored, way.quarters, 30, -20)
    ink = noise(AREA.height, AREA.width)
    out, area = placed.coverage(ink, AREA)
    record = placed.record(InkRecord.of(ink, AREA, thickness=2.0))
    assert record.area == area
    np.testing.assert_array_equal(record.coverage(), out)
    for x, y in ((0, 0), (119, 0), (3, 89), (60, 44)):
        (now_x,), (now_y,) = placed.pixels(np.array([x + AREA.x]), np.array([y + AREA.y]))
        assert out[now_y - area.y, now_x - area.x] == ink[y, x]
        dot = strokes_of(np.array([[x + AREA.x + 0.5, y + AREA.y + 0.5]] * 2))
        np.testing.assert_allclose(placed.strokes(dot).points[0], [now_x + 0.5, now_y + 0.5])


def test_a_contour_is_a_step_of_more_than_forty_to_the_next_pixel() -> None:
    ink = np.zeros((300, 6), np.uint8)
    ink[10, 2:] = 40
    ink[20, 2:] = 41
    ink[280, 4:] = 255
    assert registration._count_contours(ink).tolist() == [1, 1]  # in strips of 256 rows
    rows, columns = registration._chosen_contours(ink, np.array([1, 1]), np.array([0, 1]))
    assert list(zip(rows.tolist(), columns.tolist(), strict=True)) == [(20, 1), (280, 3)]
    rows, columns = registration._chosen_contours(ink, np.array([1, 1]), np.array([1]))
    assert list(zip(rows.tolist(), columns.tolist(), strict=True)) == [(280, 3)]


@pytest.mark.parametrize("size", [(90, 120), (600, 40)])
def test_landmarks_are_pairs_of_neighbours_spread_evenly_over_all_contours(size: tuple[int, int]) -> None:
    height, width = size
    ink = noise(height, width)
    area = Rect(7, -5, width, height)
    marks = Landmarks(ink, area)
    across = np.abs(np.diff(ink.astype(int), axis=1)) > 40
    down = np.abs(np.diff(ink.astype(int), axis=0)) > 40
    assert marks.count == across.sum() + down.sum() > 3000
    (x, y), (other_x, other_y) = marks._first, marks._second
    assert len(x) == 3000
    beside = (other_x - x == 1) & (other_y == y)
    below = (other_x == x) & (other_y - y == 1)
    assert (beside ^ below).all()
    assert beside.mean() == pytest.approx(across.sum() / marks.count, abs=0.01)
    assert across[y[beside] - area.y, x[beside] - area.x].all()
    assert down[y[below] - area.y, x[below] - area.x].all()
    assert np.unique(np.stack([x, y, other_x], 1), axis=0).shape == (3000, 3)
    assert np.bincount((y[beside] - area.y) * 3 // height).min() > 0.25 * beside.sum()
    np.testing.assert_array_equal(marks._values[0], ink[y - area.y, x - area.x])
    np.testing.assert_array_equal(marks._values[1], ink[other_y - area.y, other_x - area.x])


def test_ink_with_few_contours_has_as_many_landmarks_and_blank_ink_none() -> None:
    ink = np.zeros((20, 20), np.uint8)
    ink[5, 5] = 255
    marks = Landmarks(ink, Rect(0, 0, 20, 20))
    assert marks.count == 4
    assert len(marks._first[0]) == 4
    blank = Landmarks(np.zeros((20, 20), np.uint8), Rect(0, 0, 20, 20))
    assert blank.count == 0
    assert blank.found(ink, Rect(0, 0, 20, 20), HOME) == 0.0


@pytest.mark.parametrize(("change", "found"), [(3, 1.0), (-3, 1.0), (4, 0.0), (-4, 0.0)])
def test_landmarks_are_found_within_rounding(change: int, found: float) -> None:
    ink = (noise(40, 50) // 2 + 20).astype(np.uint8)
    marks = Landmarks(ink, Rect(0, 0, 50, 40))
    now = (ink.astype(int) + change).astype(np.uint8)
    assert marks.found(now, Rect(0, 0, 50, 40), HOME) == found


def test_landmarks_beyond_what_is_painted_show_nothing() -> None:
    ink = noise(40, 50) // 2 + np.uint8(60)
    marks = Landmarks(ink, Rect(0, 0, 50, 40))
    left = marks.found(ink[:, :25], Rect(0, 0, 25, 40), HOME)
    assert left == pytest.approx(0.49, abs=0.03)
    assert marks.found(ink[:20], Rect(0, 0, 50, 20), HOME) == pytest.approx(0.49, abs=0.03)
    assert marks.found(ink[10:], Rect(0, 10, 50, 30), HOME) == pytest.approx(0.74, abs=0.03)
    assert marks.found(ink, Rect(3, 4, 50, 40), Registration(x=3, y=4)) == 1.0
    assert marks.found(ink, Rect(3, 4, 50, 40), HOME) < 0.05


@pytest.mark.parametrize("factor", [1, 3, 7])
def test_pictures_are_reduced_to_means_without_the_mean_of_all(factor: int) -> None:
    image = noise(20, 33)
    tall, wide = -(-20 // factor), -(-33 // factor)
    padded = np.zeros((tall * factor, wide * factor))
    padded[:20, :33] = image
    sums = padded.reshape(tall, factor, wide, factor).sum(axis=(1, 3))
    np.testing.assert_allclose(registration._reduced(image, factor), sums - sums.mean(), rtol=1e-4, atol=0.1)


INK = line_map((200, 260), ring(90, 90, 60), straight((20, 180), (240, 150)), straight((200, 20), (230, 120)))
PLACE = Rect(0, 0, 260, 200)


def record() -> InkRecord:
    return InkRecord.of(INK, PLACE, thickness=3.0)


@pytest.mark.parametrize("left", [0.65, 0.3])
def test_ink_that_was_erased_for_the_most_part_is_found_where_it_was(left: float) -> None:
    now = INK.copy()
    now[round(200 * left) :] = 0
    assert find_registration(record(), now, PLACE) == HOME


def test_ink_that_is_gone_is_not_found_and_where_there_is_none_it_lies_where_it_was() -> None:
    other = line_map((200, 260), *(straight((10, y), (250, y + 17)) for y in range(10, 180, 19)))
    assert find_registration(record(), other, PLACE) is None
    assert find_registration(record(), np.zeros_like(INK), PLACE) == HOME
    nothing = InkRecord.of(np.zeros_like(INK), PLACE, thickness=3.0)
    assert find_registration(nothing, INK, PLACE) == HOME


@pytest.mark.parametrize("erased", [0.0, 0.45])
@pytest.mark.parametrize(
    "place", [Registration(x=13, y=-40), Registration(quarters=3, x=5, y=300), Registration(True, 2, -8, 190)]
)
def test_ink_that_was_moved_is_found_though_a_part_is_gone(place: Registration, erased: float) -> None:
    now, area = place.coverage(INK, PLACE)
    now = now.copy()
    now[: round(erased * len(now))] = 0
    assert find_registration(record(), now, area) == place


@pytest.mark.parametrize(
    ("before", "scale"),
    [
        ([200, 100], (1.0, 2.0)),
        ([100, 400], (2.0, 0.5)),
        ([3.125, 200], (64.0, 1.0)),
        ([3.1, 200], (1.0, 1.0)),
        ([12_800, 200], (1 / 64, 1.0)),
        ([12_900, 200], (1.0, 1.0)),
        ([200, 12_900], (1.0, 1.0)),
        *(
            ([0, 9], (1.0, 1.0)),
            ([9], (1.0, 1.0)),
            (None, (1.0, 1.0)),
            ("ab", (1.0, 1.0)),
            ([float("nan"), 1], (1.0, 1.0)),
        ),
    ],
)
def test_a_page_was_scaled_by_what_can_be(before: object, scale: tuple[float, float]) -> None:
    assert scale_since(before, Rect(0, 0, 200, 200)) == scale


def test_four_places_are_looked_at_closely_where_none_is_sure() -> None:
    other = line_map((200, 260), *(straight((10, y), (250, y + 17)) for y in range(10, 180, 19)))
    places = list(registration._candidates(HOME, INK, PLACE, other, PLACE))
    assert len(places) == 4
    assert len(set(places)) > 1  # those beside a place that was looked at are left out
    (place,) = registration._candidates(HOME, INK, PLACE, np.roll(INK, (4, 7), (0, 1)), PLACE)
    assert place == Registration(x=7, y=4)
