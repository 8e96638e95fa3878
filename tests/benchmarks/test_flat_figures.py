# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.flat_drawings import FlatDrawing, is_kept_aside, kind_of, layers, trusted, with_gaps
from benchmarks.flats import flood, leak, needless


def rooms() -> FlatDrawing:
    """Two rooms of two colours with a wall between them, on paper."""
    flats = np.zeros((100, 200), np.int32)
    flats[20:80, 20:100], flats[20:80, 100:180] = 1, 2
    ink = np.zeros((100, 200), np.uint8)
    ink[18:22, 18:182] = ink[78:82, 18:182] = 255
    for x in (18, 98, 178):
        ink[18:82, x : x + 4] = 255
    return FlatDrawing("rooms", ink, flats, ink < 128)


def test_flats_that_are_right_leak_nothing():
    one = rooms()
    assert leak(one.flats, one.flats, one.ink < 128) == 0.0
    assert needless(one.flats, one) == 0.0


def test_a_wall_that_is_missed_leaks_the_smaller_room():
    one = rooms()
    labels = np.minimum(one.flats, 1)
    assert leak(labels, one.flats, one.ink < 128) == pytest.approx(0.5, abs=0.02)


def test_an_area_that_is_parted_is_a_needless_split():
    one = rooms()
    labels = one.flats.copy()
    labels[50:, :][labels[50:, :] == 1] = 3
    assert leak(labels, one.flats, one.ink < 128) == 0.0
    assert needless(labels, one) == pytest.approx(12 / 2)


def test_areas_that_gaps_alone_join_are_no_needless_splits():
    one = rooms()
    one = replace(one, flats=np.minimum(one.flats, 1))
    labels = one.flats.copy()
    labels[:, 100:] *= 2  # as the wall parts them, which has a gap in what the areas were found from
    assert needless(labels, one) == 0.0


@pytest.mark.parametrize("short", [0, 5])
def test_colours_that_end_a_little_short_of_a_line_are_no_leak(short):
    ink, flats = np.zeros((100, 100), np.uint8), np.zeros((100, 100), np.int32)
    ink[20:80, 20:80] = 255
    ink[23:77, 23:77] = 0
    flats[23 + short : 77 - short, 23 + short : 77 - short] = 1
    one = trusted("box", ink, flats)
    assert one is not None
    assert leak(flood(ink), flats, one.counted) == 0.0


def test_a_black_shape_has_nothing_to_fill():
    ink, flats = np.zeros((100, 100), np.uint8), np.zeros((100, 100), np.int32)
    ink[20:80, 20:80], flats[19:81, 19:81] = 255, 1
    assert trusted("black", ink, flats) is None


def test_gaps_are_as_wide_as_asked():
    ink = np.zeros((300, 900), np.uint8)
    ink[148:153] = 255
    gapped = with_gaps(ink, 16, seed=1)
    holes = (gapped[150] == 0).sum()
    assert gapped.sum() < ink.sum()
    assert 3 * 12 <= holes <= 5 * 24


def test_a_picture_parts_into_lines_and_colours():
    lined = '<g fill="none" stroke="#000"><path d="M0 0h9"/></g>'
    body = lined + '<path fill="#fa0" d="M1 1h3v3z"/><path d="M5 5h2v2z"/>'
    lines, colours = layers(body)
    assert lines.count("<path") == 2
    assert colours.count("<path") == 1
    assert "#fa0" in colours


def test_kinds_are_kept_aside_whatever_their_gender_and_skin():
    assert kind_of("woman-cook-dark-skin-tone") == kind_of("man-cook") == "cook"
    assert {is_kept_aside(name) for name in ("zebra", "shark", "dodo", "hotel", "honeybee")} == {False}
