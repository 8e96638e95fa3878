# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import itertools

import numpy as np
import pytest
from figures import at, box, inked, line, ring
from hypothesis import given, settings
from hypothesis import strategies as some

from smart_lineart.inking.areas import (
    PALETTES,
    PAPER,
    Areas,
    carried_colours,
    find_areas,
    first_colours,
    paint,
    palette_of,
    variations,
)
from smart_lineart.inking.areas.colouring import ciede2000, lab, neighbours

# From the supplement of Sharma, Wu and Dalal 2005.
KNOWN = [
    ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
    ((50.0, 0.0, 0.0), (50.0, -1.0, 2.0), 2.3669),
    ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
    ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
]


@pytest.mark.parametrize(("one", "other", "far"), KNOWN)
def test_differences_of_colours_are_those_published(one, other, far):
    assert ciede2000(np.array(one), np.array(other)) == pytest.approx(far, abs=1e-4)


def grid(rows: int, columns: int) -> Areas:
    """Areas like a chessboard, each touching eight others."""
    labels = np.arange(1, rows * columns + 1, dtype=np.int32).reshape(rows, columns).repeat(6, 0).repeat(6, 1)
    return Areas.of(labels.shape, labels, np.zeros(labels.shape, np.bool_), {})


def least_apart(areas: Areas, colours: dict) -> float:
    pairs = [(a, b) for a, near in neighbours(areas.labels).items() for b in near]
    one, other = (lab(np.array([colours[pair[k]] for pair in pairs])) for k in (0, 1))
    return float(ciede2000(one, other).min())


@pytest.mark.parametrize("name", PALETTES)
def test_neighbours_differ_in_every_palette(name):
    areas = grid(9, 11)
    colours = first_colours(areas, palette=PALETTES[name], seed=3)
    assert set(colours) == set(areas.ids.tolist())
    assert least_apart(areas, colours) >= 12.0


def test_neighbours_differ_even_with_a_single_colour_to_choose_from():
    areas = grid(4, 4)
    assert least_apart(areas, first_colours(areas, palette=[(120, 130, 140)])) >= 12.0


def test_there_are_two_dozen_palettes_with_shares():
    assert len(PALETTES) >= 24
    for palette in PALETTES.values():
        assert len(palette.colours) == len(palette.shares) >= 6
        assert sum(palette.shares) == pytest.approx(1.0)


def test_the_same_seed_gives_the_same_colours_and_another_one_others():
    areas = grid(5, 5)
    assert first_colours(areas, seed=1) == first_colours(areas, seed=1)
    assert first_colours(areas, seed=1) != first_colours(areas, seed=2)


def test_colours_of_a_palette_come_to_their_shares():
    areas, palette = grid(30, 30), PALETTES["lagoon"]
    colours = list(first_colours(areas, palette=palette).values())
    for colour, share in zip(palette.colours, palette.shares, strict=True):
        assert colours.count(colour) / len(colours) == pytest.approx(share, abs=0.06)


def test_variations_keep_groups_locked_colours_and_paper():
    areas = grid(2, 4)
    kept, group = (1, 2, 3), (90, 20, 20)
    colours = {1: kept, 2: group, 3: PAPER, 4: group, 5: (10, 200, 10), 6: (0, 0, 90), 7: group, 8: PAPER}
    found = variations(areas, colours, seed=5, locked={kept})
    assert len(found) == 6
    assert len({tuple(sorted(one.items())) for one in found}) == 6
    assert found == variations(areas, colours, seed=5, locked={kept})
    for one in found:
        assert one[1] == kept
        assert one[3] == one[8] == PAPER
        assert one[2] == one[4] == one[7]


def test_one_palette_gives_several_proposals_of_its_colours_alone():
    areas = grid(2, 4)
    colours = {one: (10 * one, 40, 90) for one in range(1, 9)}
    palette = PALETTES["circus"]
    found = variations(areas, colours, palettes=[palette] * 6)
    assert len({tuple(sorted(one.items())) for one in found}) == 6
    tints = [set(one.values()) - set(palette.colours) for one in found]
    assert max(len(one) for one in tints) <= 3, "a tint only where neighbours leave no colour"
    first, second = variations(areas, colours, count=2, palettes=[PALETTES["frost"], palette])
    assert set(first.values()) & set(PALETTES["frost"].colours)
    assert set(second.values()) & set(palette.colours)


def test_the_colours_of_a_picture_come_with_their_shares():
    picture = np.zeros((40, 100, 4), np.uint8)
    picture[:, :60], picture[:, 60:90], picture[:, 90:] = (200, 40, 40, 255), (40, 60, 200, 255), (9, 9, 9, 0)
    palette = palette_of(picture)
    assert palette.colours == ((200, 40, 40), (40, 60, 200))
    assert palette.shares == pytest.approx((2 / 3, 1 / 3))
    assert palette_of(np.zeros((3, 3, 4), np.uint8)) == PALETTES["calm"]


def test_flats_are_paper_or_one_opaque_colour():
    areas = find_areas(inked(ring(120, 120, 80), box(220, 200, 360, 380), line((220, 290), (360, 280))))
    colours = first_colours(areas) | {at(areas, 120, 120): PAPER}
    picture = paint(areas, colours)
    assert set(np.unique(picture[..., 3])) == {0, 255}
    assert not picture[120, 120].any()
    assert tuple(picture[220, 300]) == (*colours[at(areas, 300, 220)], 255)


PLACES = list(itertools.product((70, 200, 330), repeat=2))


@settings(max_examples=12, deadline=None)
@given(some.sets(some.sampled_from(range(9)), max_size=6), some.sets(some.sampled_from(range(9)), max_size=6))
def test_areas_that_no_edit_touched_keep_their_colour(first, second):
    one, other = (inked(*(ring(*PLACES[k], 45 + k) for k in sorted(which))) for which in (first, second))
    before = find_areas(one)
    draw = np.random.default_rng(len(first))
    colours = {k: tuple(draw.integers(0, 256, 3).tolist()) for k in before.ids.tolist()}
    after = find_areas(other, before=before)
    carried = carried_colours(after, before, colours)
    for k in first & second:
        was, now = at(before, *PLACES[k]), at(after, *PLACES[k])
        assert now == was
        assert carried[now] == colours[was]
    assert set(carried) >= set(after.ids.tolist())
