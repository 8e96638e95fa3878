# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import cv2
import numpy as np
import pytest
from figures import SIZE, arc, at, box, inked, line, ring

from smart_lineart.inking import BadOption, BadSketch
from smart_lineart.inking.areas import PAPER, PAPER_HINT, find_areas, first_colours, paint, with_hints

RED, BLUE, GREEN = (200, 10, 20), (20, 30, 210), (10, 160, 40)


def blank() -> np.ndarray:
    return np.zeros((SIZE, SIZE, 4), np.uint8)


def dab(hints: np.ndarray, x: int, y: int, colour: tuple[int, int, int], radius: int = 6) -> None:
    cv2.circle(hints, (x, y), radius, (*colour, 255), -1)


def stroke(
    hints: np.ndarray, start: tuple[int, int], stop: tuple[int, int], colour: tuple[int, int, int]
) -> None:
    cv2.line(hints, start, stop, (*colour, 255), 5)


def two_boxes() -> np.ndarray:
    return inked(box(60, 100, 200, 300), box(200, 100, 340, 300))


def test_a_dab_colours_its_area_with_exactly_its_colour():
    areas, hints = find_areas(two_boxes()), blank()
    dab(hints, 120, 200, RED)
    colours = first_colours(areas)
    found, now = with_hints(areas, hints, colours)
    assert now[at(found, 120, 200)] == RED
    other = at(found, 270, 200)
    assert now[other] == colours[other]
    assert np.array_equal(found.labels, areas.labels)


def test_a_dab_of_paper_leaves_its_area_transparent():
    areas, hints = find_areas(two_boxes()), blank()
    dab(hints, 120, 200, PAPER_HINT)
    found, now = with_hints(areas, hints, first_colours(areas))
    assert now[at(found, 120, 200)] == PAPER
    assert not paint(found, now)[200, 120].any()


def test_a_stroke_over_several_areas_joins_them():
    areas, hints = find_areas(two_boxes()), blank()
    stroke(hints, (120, 200), (280, 200), GREEN)
    found, now = with_hints(areas, hints, first_colours(areas))
    assert len(found) == 1
    assert now == {1: GREEN}
    assert (paint(found, now)[105:295, 65:335] == (*GREEN, 255)).all()


def test_a_stroke_that_overshoots_does_not_join():
    areas, hints = find_areas(two_boxes()), blank()
    stroke(hints, (90, 200), (206, 200), GREEN)
    found, now = with_hints(areas, hints, {})
    assert len(found) == 2
    assert list(now.values()) == [GREEN]


def dumbbell() -> np.ndarray:
    """Two rooms with a passage 20 px wide between them."""
    outline = line(
        (50, 120), (180, 120), (180, 190), (220, 190), (220, 120), (350, 120), (350, 280), (220, 280),
        (220, 210), (180, 210), (180, 280), (50, 280), (50, 120),
    )  # fmt: skip
    return inked(outline)


def test_two_colours_in_one_area_split_it_where_it_is_narrow():
    areas, hints = find_areas(dumbbell()), blank()
    assert len(areas) == 1
    dab(hints, 80, 140, RED)
    dab(hints, 250, 260, BLUE)
    found, now = with_hints(areas, hints, {})
    assert len(found) == 2
    picture = paint(found, now)
    assert (picture[130:270, 60:175] == (*RED, 255)).all()
    assert (picture[130:270, 225:340] == (*BLUE, 255)).all()


def test_a_dab_inside_an_open_outline_colours_no_more_than_that():
    areas, hints = find_areas(inked(arc(200, 200, 100, 40, 320))), blank()
    assert not len(areas)
    dab(hints, 170, 200, RED)
    found, now = with_hints(areas, hints, {})
    picture = paint(found, now)
    assert tuple(picture[200, 150]) == (*RED, 255)
    assert not picture[20, 20].any()
    assert not picture[200, 390].any()


def test_a_dab_on_open_ground_colours_all_of_it():
    areas, hints = find_areas(inked(ring(200, 200, 60))), blank()
    dab(hints, 40, 60, BLUE)
    found, now = with_hints(areas, hints, {})
    picture = paint(found, now)
    assert tuple(picture[390, 390]) == (*BLUE, 255)
    assert not picture[200, 200].any()


def test_what_has_no_hint_takes_a_colour_over_seams_only_and_over_lines_with_spread():
    parted = line((200, 100), (200, 188)), line((200, 212), (200, 300))
    areas, hints = find_areas(inked(box(60, 100, 340, 300), *parted, ring(200, 350, 25))), blank()
    left, right, apart = (at(areas, x, y) for x, y in ((120, 200), (270, 200), (200, 350)))
    assert len({left, right, apart}) == 3
    dab(hints, 120, 200, RED)
    _, now = with_hints(areas, hints, {})
    assert now == {left: RED, right: RED}
    touching = find_areas(two_boxes())
    _, now = with_hints(touching, hints, {})
    assert len(now) == 1
    _, now = with_hints(touching, hints, {}, spread=1.0)
    assert set(now.values()) == {RED}
    assert len(now) == 2


@pytest.mark.parametrize("seed", range(6))
def test_messy_hints_give_only_colours_that_were_given(seed):
    """As those of Hati et al. 2019: up to 120 strokes, overshooting, of a soft brush."""
    draw = np.random.default_rng(seed)
    areas, hints = (
        find_areas(inked(*(ring(x, y, 48) for x in (80, 200, 320) for y in (80, 200, 320)))),
        blank(),
    )
    given = [tuple(draw.integers(0, 255, 3).tolist()) for _ in range(int(draw.integers(1, 8)))]
    for _ in range(int(draw.integers(0, 121))):
        start, stop = draw.integers(0, SIZE, 2), draw.integers(-60, 60, 2)
        colour = given[int(draw.integers(len(given)))]
        wide = int(draw.integers(1, 9))
        cv2.line(hints, start.tolist(), (start + stop).tolist(), (*colour, 255), wide)
        cv2.line(hints, start.tolist(), (start + stop).tolist(), (*colour, 90), 1)
    found, now = with_hints(areas, hints, {}, spread=0.3)
    shown = {tuple(one) for one in paint(found, now).reshape(-1, 4)}
    assert shown <= {(*one, 255) for one in given} | {(0, 0, 0, 0)}


@pytest.mark.parametrize("chosen", [True, False])
def test_hints_do_not_spread_into_what_has_a_chosen_colour_unless_they_lie_in_it(chosen: bool):
    areas, hints = find_areas(two_boxes()), blank()
    dab(hints, 120, 200, RED)
    here, other = at(areas, 120, 200), at(areas, 270, 200)
    _, now = with_hints(areas, hints, {other: BLUE}, spread=1.0, chosen={other} if chosen else ())
    assert now == {here: RED, other: BLUE if chosen else RED}
    dab(hints, 270, 200, GREEN)
    _, now = with_hints(areas, hints, {other: BLUE}, spread=1.0, chosen={other})
    assert now[other] == GREEN


def test_a_soft_brush_with_two_colours_gives_no_mixture():
    areas, hints = find_areas(two_boxes()), blank()
    dab(hints, 120, 200, RED, 12)
    for column in range(6):
        hints[188:212, 128 + column] = (180 - 20 * column, 15, 40 + 25 * column, 255)
    _, now = with_hints(areas, hints, {})
    assert set(now.values()) == {RED}


def test_no_hints_change_nothing():
    areas = find_areas(two_boxes())
    colours = first_colours(areas)
    same, now = with_hints(areas, blank(), colours)
    assert same is areas
    assert now == colours


def test_hints_are_the_same_on_a_large_page():
    ink = inked(box(480, 800, 1600, 2400), box(1600, 800, 2720, 2400), size=(3200, 3200), thickness=9)
    areas, hints = find_areas(ink), np.zeros((3200, 3200, 4), np.uint8)
    hints[1600:1602, 900:902] = (*RED, 255)  # smaller than a working pixel
    found, now = with_hints(areas, hints, {})
    assert now == {at(found, 1000, 1600): RED}


def test_what_cannot_be_is_told_in_a_sentence():
    areas = find_areas(two_boxes())
    with pytest.raises(BadOption, match="Spread must lie between 0 and 1"):
        with_hints(areas, blank(), {}, spread=-1)
    with pytest.raises(BadSketch, match="as large as the lineart"):
        with_hints(areas, np.zeros((9, 9, 4), np.uint8), {})
