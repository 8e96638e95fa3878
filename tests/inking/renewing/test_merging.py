# SPDX-License-Identifier: GPL-3.0-or-later
"""Fresh ink merged with what an artist did to the last: their hand stays, the rest is the fresh ink."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import ndimage  # type: ignore[import-untyped]

from smart_lineart.inking import Lines, Merge, Rect, merge
from smart_lineart.inking.brushes.styles import STYLES
from smart_lineart.inking.drawing.textured import draw
from smart_lineart.inking.renewing.hands import Hand, reach
from smart_lineart.inking.strokes import Strokes
from tests.inking.pictures import ring, straight, strokes_of, wave

Bytes = NDArray[np.uint8]
SIZE = 240
THICK = 5.0
EIGHT = np.ones((3, 3), np.int_)


def inked(strokes: Strokes, thickness: float = THICK, style: str = "pen", size: int = SIZE) -> Bytes:
    return draw(strokes, Rect(0, 0, size, size), thickness=thickness, style=STYLES[style])


def lines(strokes: Strokes, thickness: float = THICK, style: str = "pen") -> Lines:
    return Lines(strokes, thickness, STYLES[style])


def erased(ink: Bytes, x: float, y: float, radius: float) -> Bytes:
    """An eraser with a soft rim."""
    rows, columns = np.indices(ink.shape) + 0.5
    left = np.clip(np.hypot(columns - x, rows - y) - radius + 0.5, 0.0, 1.0)
    return np.rint(ink * left).astype(np.uint8)


def painted(ink: Bytes, path: Any, thickness: float = THICK) -> Bytes:
    """An artist's stroke over the ink, as a layer composes it."""
    over = inked(strokes_of(path), thickness, size=len(ink)).astype(np.uint16)
    return (ink + over - (ink * over + 127) // 255).astype(np.uint8)


def merged(
    old: Bytes, current: Bytes, new: Bytes, thickness: float | tuple[float, float] = THICK, **options: Any
) -> Bytes:
    return merge(old, current, new, thickness=thickness, **options).apply(current)


def pieces(ink: Bytes) -> int:
    """How many pieces of ink there are, however pale."""
    return int(ndimage.label(ink > 24, EIGHT)[1])


HOME = strokes_of(straight((20, 60), (220, 60)), ring(120, 150, 50))
MOVED = strokes_of(straight((20, 60), (220, 60)), ring(120, 150, 50), straight((30, 220), (210, 220)))

points = st.tuples(st.floats(15, SIZE - 15), st.floats(15, SIZE - 15))
paths = st.lists(st.tuples(points, points), min_size=1, max_size=5).map(
    lambda ends: strokes_of(
        straight((9, 9), (30, 9)), *(straight(*pair) for pair in ends if pair[0] != pair[1])
    )
)
thicknesses = st.sampled_from([1.0, 2.0, 3.5, 5.0, 9.0])
pens = st.sampled_from(["pen", "g-pen", "pencil"])
wipes = st.lists(st.tuples(st.floats(0, SIZE), st.floats(0, SIZE), st.floats(3, 25)), min_size=1, max_size=3)
quickly = settings(max_examples=40, deadline=None)


@quickly
@given(paths, paths, thicknesses, thicknesses, pens)
def test_without_corrections_the_result_is_the_fresh_ink(
    before: Strokes, now: Strokes, thick: float, thicker: float, pen: str
) -> None:
    old, new = inked(before, thick, pen), inked(now, thicker, pen)
    plan = merge(old, old, new, thickness=(thick, thicker), lines=lines(now, thicker, pen))
    assert np.array_equal(plan.apply(old), new)
    assert plan.places == 0
    assert not (plan.write & (old == new)).any()


@quickly
@given(paths, wipes, st.tuples(points, points), thicknesses)
def test_without_a_change_of_the_sketch_nothing_changes(
    strokes: Strokes, eraser: list[tuple[float, float, float]], ends: Any, thick: float
) -> None:
    old = inked(strokes, thick)
    current = old
    for wipe in eraser:
        current = erased(current, *wipe)
    if ends[0] != ends[1]:
        current = painted(current, straight(*ends), thick)
    plan = merge(old, current, old, thickness=thick, lines=lines(strokes, thick))
    assert not plan.write.any()
    assert not plan.beneath.any()


def test_a_line_too_pale_to_be_seen_is_not_new_beside_a_change() -> None:
    """A stroke of a quarter of a px covers its pixels by less than a line does."""
    strokes = strokes_of(straight((9, 9), (30, 9)), straight((18, 15), (18.25, 15)))
    old = inked(strokes, 2.0)
    current = painted(old, straight((15, 15), (16, 15)), 2.0)
    plan = merge(old, current, old, thickness=2.0, lines=lines(strokes, 2.0))
    assert not plan.write.any()
    assert not plan.beneath.any()


@quickly
@given(paths, paths, wipes, thicknesses)
def test_a_merge_settles_at_once(
    before: Strokes, now: Strokes, eraser: list[tuple[float, float, float]], thick: float
) -> None:
    """Inking again what was just inked changes nothing more."""
    old, new = inked(before, thick), inked(now, thick)
    current = old
    for wipe in eraser:
        current = erased(current, *wipe)
    once = merged(old, current, new, thick, lines=lines(now, thick))
    assert np.array_equal(merged(new, once, new, thick, lines=lines(now, thick)), once)


@quickly
@given(paths, st.floats(3, 20), st.floats(20, 90), st.floats(20, 90), st.booleans())
def test_edits_in_disjoint_places_commute(
    strokes: Strokes, radius: float, x: float, y: float, draws: bool
) -> None:
    """The artist's change here and the sketch's change there: in whatever order, both are there."""
    far = 560
    there = strokes_of(*np.split(strokes.points, strokes.starts[1:-1]), wave(380, 540, 480, 20, 90))
    old, new = inked(strokes, size=far), inked(there, size=far)

    def artist(ink: Bytes) -> Bytes:
        wiped = erased(ink, x, y, radius)
        return painted(wiped, straight((x - 15, y), (x + 15, y + 9))) if draws else wiped

    result = merged(old, artist(old), new, lines=lines(there))
    assert np.array_equal(result, artist(merged(old, old, new, lines=lines(there))))


@quickly
@given(paths, paths, st.tuples(st.floats(10, 100), st.floats(10, 100)), st.floats(3, 12))
def test_corrections_far_apart_know_nothing_of_each_other(
    before: Strokes, now: Strokes, first: tuple[float, float], radius: float
) -> None:
    size = 700
    shift = np.float32(size - SIZE)

    def twice(strokes: Strokes) -> Strokes:
        parts = np.split(strokes.points, strokes.starts[1:-1])
        return strokes_of(*parts, *(part + shift for part in parts))

    old, new, pen = inked(twice(before), size=size), inked(twice(now), size=size), lines(twice(now))
    second = (first[0] + shift, first[1] + shift)
    one, two = erased(old, *first, radius), erased(old, *second, radius)
    both = merged(old, np.minimum(one, two), new, lines=pen)
    half = size // 2
    alone, other = merged(old, one, new, lines=pen), merged(old, two, new, lines=pen)
    assert np.array_equal(both[:half], alone[:half])
    assert np.array_equal(both[half:], other[half:])


@quickly
@given(paths, wipes, thicknesses, thicknesses)
def test_what_is_far_from_corrections_is_the_fresh_ink(
    now: Strokes, eraser: list[tuple[float, float, float]], thick: float, thicker: float
) -> None:
    old, new = inked(now, thick), inked(now, thicker)
    current = old
    for wipe in eraser:
        current = erased(current, *wipe)
    result = merged(old, current, new, (thick, thicker), lines=lines(now, thicker))
    near = ndimage.distance_transform_edt(current == old) <= reach((Hand(thick),), (Hand(thicker),))
    assert np.array_equal(result[~near], new[~near])


@quickly
@given(paths, paths, st.tuples(points, points), thicknesses)
def test_an_artists_stroke_stays(before: Strokes, now: Strokes, ends: Any, thick: float) -> None:
    old, new = inked(before, thick), inked(now, thick)
    if ends[0] == ends[1]:
        return
    current = painted(old, straight(*ends), thick)
    result = merged(old, current, new, thick, lines=lines(now, thick))
    theirs = current > old.astype(np.int16) + 3
    assert (result[theirs] >= current[theirs]).all()


@pytest.mark.parametrize("weights", [(0.0, 1.0), (1.0, 0.0)])
def test_an_erased_piece_stays_erased_when_the_line_gets_another_weight(
    weights: tuple[float, float],
) -> None:
    """Though it gets wider: a heavy one as drawn, a light one as it becomes even."""
    path = straight((20, 60), (220, 60))
    drawn = strokes_of(path, width=2.0 if weights[1] else 0.5)
    before, now = (drawn.weighted(weight) for weight in weights)
    old, new = inked(before, 20.0), inked(now, 20.0)
    assert (new > 127).sum() > 1.4 * (old > 127).sum()
    current = erased(old, 120, 60, 30)
    result = merged(old, current, new, 20.0, lines=lines(now, 20.0), weight=weights)
    assert not result[:, 105:136].any()
    assert np.array_equal(result[:, :60], new[:, :60])


def test_an_erased_piece_stays_erased_when_the_line_changes_elsewhere() -> None:
    old = inked(strokes_of(straight((20, 60), (220, 60))))
    bent = strokes_of(np.concatenate([straight((20, 60), (150, 60)), straight((151, 61), (220, 120))]))
    current = erased(old, 80, 60, 14)
    result = merged(old, current, inked(bent), lines=lines(bent))
    assert not result[50:70, 70:91].any()
    assert np.array_equal(result[:, 110:], inked(bent)[:, 110:])
    assert pieces(result) == 2


def test_a_line_added_across_an_erased_gap_comes_whole() -> None:
    old = inked(strokes_of(straight((20, 60), (220, 60))))
    crossed = strokes_of(straight((20, 60), (220, 60)), straight((100, 10), (100, 200)))
    current = erased(old, 100, 60, 20)
    result = merged(old, current, inked(crossed), lines=lines(crossed))
    assert (result[20:190, 99:101] == 255).all(), "the new line has a gap"
    assert not result[56:65, 84:94].any(), "the erased piece came back"
    assert pieces(result) == 3


def test_a_redrawn_line_keeps_the_sketchs_out() -> None:
    """The artist erased a line and drew it lower; the sketch's shifts a little: theirs stands."""
    old = inked(strokes_of(straight((20, 60), (220, 60))))
    current = painted(np.zeros_like(old), straight((20, 70), (220, 72)))
    shifted = strokes_of(straight((20, 61.5), (220, 61.5)))
    assert np.array_equal(merged(old, current, inked(shifted), lines=lines(shifted)), current)


@pytest.mark.parametrize("beside", [0, 2])
def test_a_line_that_the_artist_drew_first_is_not_doubled_when_the_sketch_gets_it(beside: int) -> None:
    apart = strokes_of(straight((20, 60), (220, 60)))
    both = strokes_of(
        straight((20, 60), (220, 60)), straight((30, 150), (210, 150)), straight((30, 20), (210, 20))
    )
    old, new = inked(apart), inked(both)
    current = painted(old, straight((25, 150 + beside), (215, 150 + beside)))
    result = merged(old, current, new, lines=lines(both))
    assert np.array_equal(result[100:], current[100:])
    assert np.array_equal(result[:100], new[:100]), "another new line comes"


def test_where_both_changed_the_artist_wins_and_it_is_counted() -> None:
    old = inked(HOME)
    current = painted(erased(old, 170, 150, 22), straight((160, 120), (190, 180)))
    new = inked(strokes_of(straight((20, 60), (220, 60)), ring(122, 150, 50)))
    plan = merge(old, current, new, thickness=THICK)
    result = plan.apply(current)
    theirs = current > old
    assert np.array_equal(result[theirs], np.maximum(current, result)[theirs])
    assert plan.places == 1
    place = plan.kept[0]
    assert place.x <= 165 < place.right
    assert place.y <= 150 < place.bottom
    assert plan.overlay[place.y : place.bottom, place.x : place.right].any()


@pytest.mark.parametrize(("now", "style"), [(9.0, "pen"), (2.5, "pen"), (5.0, "pencil"), (5.0, "g-pen")])
def test_thickness_and_style_keep_corrections(now: float, style: str) -> None:
    old = inked(HOME)
    stroke = straight((40, 100), (60, 200))
    current = painted(erased(old, 120, 60, 18), stroke)
    new = inked(HOME, now, style)
    result = merged(old, current, new, (THICK, now), lines=lines(HOME, now, style))
    assert not result[:80, 106:134].any(), "the gap closed"
    theirs = current > old.astype(np.int16) + 3
    assert (result[theirs] >= current[theirs]).all(), "the stroke changed"
    far = np.zeros_like(old, np.bool_)
    far[:80, 170:] = True
    assert np.array_equal(result[far], new[far])


def test_an_artists_own_strokes_are_not_thickened() -> None:
    old = inked(HOME)
    current = painted(old, straight((40, 225), (200, 225)))
    result = merged(old, current, inked(HOME, 12.0), (THICK, 12.0), lines=lines(HOME, 12.0))
    assert np.array_equal(result[215:], current[215:])


def test_no_crumbs_and_no_half_lines_beside_an_erased_line() -> None:
    """An eraser leaves soft edges; when the ink gets thicker or thinner they don't become specks."""
    old = inked(HOME)
    current = erased(old, 120, 60, 30)
    for now in (2.0, 3.5, 7.0, 12.0):
        result = merged(old, current, inked(HOME, now), (THICK, now), lines=lines(HOME, now))
        assert pieces(result[:85]) == 2, now


def test_an_artists_stroke_still_meets_a_line_that_got_thinner() -> None:
    old = inked(strokes_of(straight((20, 60), (220, 60))), 12.0)
    current = painted(old, straight((120, 130), (120, 62)), 5.0)
    thin = strokes_of(straight((20, 60), (220, 60)))
    assert pieces(merged(old, current, inked(thin, 4.0), (12.0, 4.0), lines=lines(thin, 4.0))) == 1


def test_another_colour_is_seen_and_stays() -> None:
    old = inked(HOME)
    touched = np.zeros(old.shape, np.bool_)
    touched[:, 100:140] = True
    plan = merge(old, old, inked(HOME, 8.0), thickness=(THICK, 8.0), touched=touched, lines=lines(HOME, 8.0))
    coloured = touched & (old > 0)
    assert not (plan.write & coloured).any()
    assert plan.places >= 1


def test_a_new_colour_is_written_wherever_the_artist_did_not_draw() -> None:
    old = inked(HOME)
    current = painted(erased(old, 120, 60, 10), straight((30, 110), (30, 200)))
    plan = merge(old, current, old, thickness=THICK, recolour=True)
    theirs = current > old.astype(np.int16) + 3
    assert np.array_equal(plan.write, (current > 0) & ~theirs)
    assert np.array_equal(plan.apply(current), current)


def test_conversions_rounding_is_not_a_correction() -> None:
    old = inked(HOME)
    rounded = np.where(old > 3, old - np.uint8(2), old)
    plan = merge(old, rounded, inked(MOVED), thickness=THICK, lines=lines(MOVED))
    assert plan.places == 0
    assert np.array_equal(plan.apply(rounded)[210:], inked(MOVED)[210:])


def test_blocks_leave_no_seams() -> None:
    """A page of many blocks is merged as a piece of it is."""
    size = 1100
    many = strokes_of(*(straight((20, y), (1080, y + 31)) for y in range(30, 1050, 60)))
    old = inked(many, size=size)
    current = old
    for at in (511, 512, 530, 700, 1030):
        current = erased(current, at, at, 24)
    now = 8.0
    new = inked(many, now, size=size)
    whole = merged(old, current, new, (THICK, now))
    part = slice(400, 650)
    piece = merged(old[part, part], current[part, part], new[part, part], (THICK, now))
    inner = slice(60, -60)
    assert np.array_equal(whole[part, part][inner, inner], piece[inner, inner])


def test_a_merge_can_be_read_as_masks() -> None:
    action = np.array([[0, 1, 2, 4, 5]], np.uint8)
    plan = Merge(action, np.full((1, 5), 200, np.uint8), [])
    assert plan.write.tolist() == [[False, True, False, False, True]]
    assert plan.apply(np.full((1, 5), 100, np.uint8)).tolist() == [[100, 200, 222, 100, 200]]
