# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import numpy as np
import pytest
from figures import SIZE, arc, at, box, inked, line, ring, strokes

from smart_lineart.inking import BadOption, BadSketch, Cancelled, Rect
from smart_lineart.inking.areas import find_areas


@pytest.mark.parametrize("gap", [0, 1, 2, 3, 5, 8, 12, 16, 24, 32])
@pytest.mark.parametrize("angle", [0, 37, 90])
def test_a_ring_with_a_gap_is_one_area(gap, angle):
    areas = find_areas(inked(ring(200, 200, 100, gap, angle)))
    assert len(areas) == 1
    assert at(areas, 200, 200) == 1
    assert at(areas, 20, 20) == 0
    assert areas.sizes[0] == pytest.approx(np.pi * 100**2, rel=0.02)


def test_what_is_mostly_open_is_no_area():
    assert len(find_areas(inked(arc(200, 200, 100, 0, 200)))) == 0


@pytest.mark.parametrize(("drawn", "gap"), [(44, 16), (60, 20)])
def test_gaps_in_a_line_that_goes_on_part_as_the_line_did(drawn, gap):
    starts = range(60, 380, drawn + gap)
    dashes = [line((start, 200), (min(380, start + drawn), 200)) for start in starts]
    areas = find_areas(inked(box(60, 60, 380, 340), *dashes))
    assert len(areas) == 2
    assert at(areas, 200, 100) != at(areas, 200, 300)


def test_long_lines_that_face_each_other_well_are_one_over_more_than_others():
    outline = line((222, 80), (320, 80), (320, 320), (80, 320), (80, 80), (178, 80))
    assert at(find_areas(inked(outline)), 200, 200) == 1
    aside = line((222, 80), (320, 80), (320, 320), (80, 320), (80, 104), (178, 104))
    assert at(find_areas(inked(aside)), 200, 200) == 0


def test_short_strokes_in_a_row_part_nothing():
    """Such as those of speed, and letters."""
    dashes = [line((80 + 49 * k, 200), (80 + 49 * k + 36, 200)) for k in range(6)]
    assert len(find_areas(inked(box(60, 60, 380, 340), *dashes))) == 1


def test_a_line_is_led_to_where_another_has_a_gap():
    """As if that were drawn: what lies ahead is no farther away for it."""
    outline = ring(200, 200, 120, 20, 0)
    areas = find_areas(inked(outline, line((80, 200), (300, 200))))
    assert len(areas) == 2
    assert at(areas, 200, 120) != at(areas, 200, 280)


def test_openness_says_how_much_may_be_missing():
    ink = inked(*(arc(200, 200, 40, 90 * k, 90 * k + 58) for k in range(4)))
    assert len(find_areas(ink, openness=0.1)) == 0
    assert len(find_areas(ink, openness=0.45)) == 1


def test_a_fold_that_dangles_closes_nothing():
    folds = [arc(200, 200, 60, 20, 70), line((150, 150), (170, 190)), line((260, 150), (240, 200))]
    assert len(find_areas(inked(ring(200, 200, 120), *folds))) == 1


@pytest.mark.parametrize("short", [0, 3, 6, 10, 16])
def test_a_line_that_stops_short_of_another_parts_what_it_crosses(short):
    areas = find_areas(inked(box(80, 80, 320, 320), line((80 + short, 200), (320 - short, 200))))
    assert len(areas) == 2
    assert at(areas, 200, 140) != at(areas, 200, 260)


def test_a_spiral_is_paper():
    turn = np.linspace(0, 3.5 * 2 * np.pi, 400)
    points = np.stack([200 + 7 * turn * np.cos(turn), 200 + 7 * turn * np.sin(turn)], 1)
    assert len(find_areas(inked(points.astype(np.float32)))) <= 1


def test_rings_in_rings_are_areas_of_their_own():
    areas = find_areas(inked(*(ring(200, 200, radius) for radius in (40, 90, 150))))
    assert [at(areas, 200 + x, 200) > 0 for x in (0, 65, 120, 180)] == [True, True, True, False]
    assert len(areas) == 3


def test_what_the_edge_of_the_page_cuts_off_is_an_area():
    bust = line((120, 400), (130, 250), (200, 200), (270, 250), (280, 400))
    areas = find_areas(inked(bust))
    assert at(areas, 200, 350) > 0
    assert at(areas, 30, 350) == at(areas, 370, 350) == 0


def test_a_line_that_stops_short_of_the_edge_is_led_to_it():
    bust = line((120, 392), (130, 250), (200, 200), (270, 250), (280, 390))
    assert at(find_areas(inked(bust)), 200, 350) > 0


def test_paper_that_a_figure_and_its_broom_part_is_paper_on_both_sides():
    """However many folds the figure has: lines stop short of the edge on the left and on the right."""
    x = np.arange(100, 300)
    folds = np.stack([x, 200 + 80 * np.sin(x / 4)], 1).astype(np.float32)
    broom = [line((10, 200), (100, 200 + 80 * np.sin(25))), line(tuple(folds[-1]), (390, 200))]
    areas = find_areas(inked(folds, *broom))
    assert at(areas, 200, 20) == at(areas, 200, 380) == 0


@pytest.mark.parametrize("apart", [5, 7, 8])
def test_a_sliver_between_double_lines_is_nothing(apart):
    areas = find_areas(inked(ring(200, 200, 100), ring(200, 200, 100 + apart)))
    assert len(areas) == 1


def test_a_black_is_wall_and_belongs_to_what_surrounds_it():
    ink = inked(ring(200, 200, 120))
    ink[180:220, 180:220] = 255
    areas = find_areas(ink)
    assert len(areas) == 1
    assert at(areas, 200, 200) == at(areas, 140, 200)


def test_hatching_closes_nothing():
    hatching = [line((150 + 9 * k, 240), (165 + 9 * k, 180)) for k in range(10)]
    assert len(find_areas(inked(ring(200, 200, 120), *hatching))) == 1


@pytest.mark.parametrize("apart", [7, 10, 12, 14])
@pytest.mark.parametrize("short", [0, 5])
def test_hatching_that_reaches_the_outline_makes_no_strips(apart, short):
    outline = box(60, 60, 340, 340)
    hatching = [line((60, y), (340 - short, y)) for y in np.arange(150, 250, apart)]
    areas = find_areas(inked(outline, *hatching))
    assert len(areas) <= 3, "what lies above, the hatching, and what lies below"
    slanting = [line((60, 340 - y), (60 + y, 340)) for y in np.arange(apart, 120, apart)]
    assert len(find_areas(inked(outline, *slanting))) <= 3


def test_few_or_broad_or_short_pieces_side_by_side_stay_areas():
    outline = box(60, 60, 340, 340)
    three = [line((60, y), (340, y)) for y in (180, 192, 204)]
    assert len(find_areas(inked(outline, *three))) == 4
    broad = [line((60, y), (340, y)) for y in range(100, 340, 40)]
    assert len(find_areas(inked(outline, *broad))) == 7
    windows = [line((60 + 14 * k, 190), (60 + 14 * k, 210)) for k in range(1, 20)]
    sills = [line((60, 190), (340, 190)), line((60, 210), (340, 210))]
    assert len(find_areas(inked(outline, *windows, *sills))) == 22


def test_areas_meet_under_the_middle_of_the_line():
    page = find_areas(inked(box(80, 80, 320, 320), line((80, 200), (320, 200)), thickness=11)).on_page()
    column = page[90:310, 200]
    assert set(np.unique(column)) == {1, 2}
    assert abs(int((column == column[0]).sum()) + 90 - 200) <= 1


@pytest.mark.parametrize("size", [(400, 400), (3000, 2000)])
def test_no_pixel_is_left_between_areas(size):
    scale = size[0] / SIZE
    lines = [box(80, 80, 240, 320), line((80, 200), (240, 190)), line((150, 80), (160, 320))]
    ink = inked(*(one * np.float32(scale) for one in lines), size=size, thickness=3 * scale)
    page = find_areas(ink).on_page()
    rows, columns = np.nonzero(ink > 0)
    inner = (columns > 84 * scale) & (columns < 236 * scale) & (rows > 84 * scale) & (rows < 316 * scale)
    assert (page[rows[inner], columns[inner]] > 0).all()


def test_areas_do_not_depend_on_how_thick_the_strokes_are_drawn():
    lines = [ring(150, 200, 90, 14), ring(260, 220, 60, 9, 200), arc(200, 200, 150, 10, 60)]
    packed = {
        find_areas(inked(*lines, thickness=thickness), strokes=strokes(*lines)).pack()
        for thickness in (1.0, 2.5, 6.0, 12.0)
    }
    assert len(packed) == 1


@pytest.mark.parametrize("turned", [lambda a: a.T, np.flipud, np.fliplr, np.rot90])
def test_turned_and_mirrored_drawings_have_the_same_areas(turned):
    ink = inked(ring(150, 200, 90, 14), ring(260, 220, 60, 9, 200), line((20, 300), (390, 330)))
    plain = turned(find_areas(ink).on_page())
    other = find_areas(np.ascontiguousarray(turned(ink))).on_page()
    pairs, counts = np.unique(np.stack([plain.ravel(), other.ravel()]), axis=1, return_counts=True)
    best = sum(max(counts[pairs[0] == one]) for one in np.unique(pairs[0]))
    assert best >= 0.995 * plain.size
    assert len(np.unique(plain)) == len(np.unique(other))


def test_regions_are_as_in_the_whole_page():
    ink = inked(*(one * np.float32(6) for one in (ring(150, 200, 90), ring(260, 220, 60))), size=(2400, 2400))
    areas = find_areas(ink)
    whole = areas.on_page()
    for region in (Rect(0, 0, 7, 9), Rect(701, 833, 640, 401), Rect(2000, 2300, 400, 100)):
        part = whole[region.y : region.bottom, region.x : region.right]
        assert np.array_equal(areas.on_page(region), part)
    assert not areas.on_page(Rect(-20, -20, 20, 20)).any()


def test_areas_keep_their_ids_when_others_come_and_go():
    one, other = ring(120, 120, 60), ring(280, 280, 60)
    before = find_areas(inked(one, other))
    ids = at(before, 120, 120), at(before, 280, 280)
    more = find_areas(inked(one, other, ring(300, 90, 50)), before=before)
    assert (at(more, 120, 120), at(more, 280, 280)) == ids
    assert at(more, 300, 90) not in ids
    fewer = find_areas(inked(other, ring(300, 90, 50)), before=more)
    assert at(fewer, 280, 280) == ids[1]


@pytest.mark.parametrize("size", [(1, 1), (1, 50), (50, 1), (2, 2), (3, 7)])
@pytest.mark.parametrize("value", [0, 255])
def test_tiny_pages_have_no_areas(size, value):
    areas = find_areas(np.full(size, value, np.uint8))
    assert areas.on_page().shape == size
    assert not len(areas)


def test_a_page_of_noise_has_bounded_areas():
    ink = (np.random.default_rng(1).random((1200, 1200)) < 0.3).astype(np.uint8) * 255
    assert len(find_areas(ink)) <= 20000


def test_a_run_can_be_cancelled_and_tells_how_far_it_is():
    ink = inked(ring(200, 200, 100))
    with pytest.raises(Cancelled):
        find_areas(ink, cancelled=lambda: True)
    told: list[float] = []
    find_areas(ink, report=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_what_cannot_be_is_told_in_a_sentence():
    with pytest.raises(BadOption, match="Openness must lie between 0 and 1"):
        find_areas(np.zeros((9, 9), np.uint8), openness=1.5)
    with pytest.raises(BadSketch):
        find_areas(np.zeros((0, 9), np.uint8))
    with pytest.raises(BadSketch):
        find_areas(np.zeros((9, 9, 3), np.uint8))
