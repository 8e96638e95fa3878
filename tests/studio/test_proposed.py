# SPDX-License-Identifier: GPL-3.0-or-later
"""Other colours for flats, as small pictures."""

from __future__ import annotations

import numpy as np
import pytest

from smart_lineart.inking import Rect
from smart_lineart.inking.areas import PALETTES, Areas
from smart_lineart.inking.renewing.flats import Ground
from smart_lineart.inking.renewing.flats_past import Past
from smart_lineart.inking.renewing.pixel_codes import PixelTable
from smart_lineart.studio.runs.flats_work import Strips
from smart_lineart.studio.runs.proposed import NAMES, PROPOSALS, SIDE, Ask, looked_at, picture_of, proposed

HEIGHT, WIDTH = 60, 200
RED, BLUE, GREEN = (200, 10, 20), (20, 30, 210), (10, 160, 40)


def areas_of() -> Areas:
    labels = np.zeros((HEIGHT, WIDTH), np.int32)
    for one in range(1, 5):
        labels[5:55, one * 45 - 35 : one * 45 + 10] = one
    ink = np.zeros_like(labels, np.bool_)
    ink[:, 8:12] = True
    return Areas.of((HEIGHT, WIDTH), labels, ink, {})


def shown(colours: dict[int, tuple[int, int, int]]) -> Strips:
    """Areas filled with colours, as a layer of bytes has them."""
    table = np.zeros((5, 4), np.uint8)
    for one, (red, green, blue) in colours.items():
        table[one] = blue, green, red, 255
    return Strips(Rect(0, 0, WIDTH, HEIGHT), (table[areas_of().labels],))


def ask_of(colours: dict[int, tuple[int, int, int]], ask: Ask, past: Past | None = None):
    table = PixelTable(4, np.dtype(np.uint8))
    looked = looked_at(areas_of(), shown(colours), table, past)
    assert looked is not None
    return proposed(looked, {code: tuple(table.pixels[code, 2::-1].tolist()) for code in looked.used}, ask)


def test_six_proposals_differ_and_are_the_same_each_time() -> None:
    colours = {1: RED, 2: BLUE, 3: RED, 4: GREEN}
    one, again = (ask_of(colours, Ask()) for _ in range(2))
    assert one.colours[0] == RED, "it has most of the page"
    assert set(one.colours) == {RED, BLUE, GREEN}
    assert one.recoloured == again.recoloured
    assert len({picture.tobytes() for picture in one.pictures}) == PROPOSALS
    assert all(new[1] == new[3] for new in one.recoloured), "of one colour they stay"
    others = ask_of(colours, Ask(first=PROPOSALS))
    assert not {picture.tobytes() for picture in one.pictures} & {p.tobytes() for p in others.pictures}


def test_there_are_two_dozen_palettes_and_each_is_seen() -> None:
    assert len(NAMES) >= 24
    colours, seen = {1: RED, 2: BLUE, 3: GREEN, 4: (9, 9, 9)}, set()
    for first in range(0, len(NAMES) + PROPOSALS, PROPOSALS):
        for new in ask_of(colours, Ask(first)).recoloured:
            seen |= {name for name in NAMES if set(new.values()) <= set(PALETTES[name].colours)}
    assert len(seen) >= 24


def test_locked_colours_stay_and_at_first_those_that_are_the_artists() -> None:
    colours = {1: RED, 2: BLUE, 3: RED, 4: GREEN}
    found = ask_of(colours, Ask(locked=frozenset({BLUE})))
    assert found.locked == {BLUE}
    assert all(2 not in new and {1, 3, 4} <= set(new) for new in found.recoloured)
    table = PixelTable(4, np.dtype(np.uint8))
    code = {name: table.code(np.array([*name[::-1], 255], np.uint8)) for name in (RED, BLUE, GREEN)}
    written = {0: 0, 1: code[RED], 2: code[BLUE], 3: code[RED], 4: code[RED]}
    ground = Ground.blank(areas_of(), written)
    past = Past.of(ground, ground.flats(colours=written | {2: code[BLUE]}), table)
    assert ask_of(colours, Ask(), past).locked == {GREEN}, "written as red, and green now"
    hinted = Past.of(ground, ground.flats(colours=written | {4: code[GREEN]}), table)
    assert ask_of(colours, Ask(), hinted).locked == {GREEN}, "a hint gave it"
    all_own = Past({}, {}, frozenset())
    assert ask_of(colours, Ask(), all_own).locked == frozenset(), "or nothing could be proposed"


def test_paper_stays_and_what_cannot_be_found_gives_none() -> None:
    found = ask_of({1: RED, 2: BLUE, 4: GREEN}, Ask())
    assert all(3 not in new for new in found.recoloured)
    other = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    other[np.add.outer(np.arange(HEIGHT), np.arange(WIDTH)) % 90 < 40] = 255  # slanted stripes
    strips = Strips(Rect(0, 0, WIDTH, HEIGHT), (other,))
    assert looked_at(areas_of(), strips, PixelTable(4, np.dtype(np.uint8)), None) is None


@pytest.mark.parametrize("shape", [(3000, 1000), (10, 400), (1, 1)])
def test_pictures_are_small_and_keep_their_shape(shape: tuple[int, int]) -> None:
    working = tuple(max(1, side // 3) for side in shape)
    labels = np.ones(working, np.int32)
    areas = Areas.of(shape, labels, labels > 1, {})
    picture = picture_of(areas, {1: RED})
    assert max(picture.shape) <= SIDE
    assert picture.shape[2] == 3
    assert (picture == RED).all()


def test_lines_are_dark_and_paper_is_white_in_a_picture() -> None:
    picture = picture_of(areas_of(), {1: RED})
    assert picture[0, -1].tolist() == [255, 255, 255]
    assert picture[HEIGHT * SIDE // WIDTH // 2, 5].max() < 120
    assert picture[15, 12].tolist() == list(RED)
