# SPDX-License-Identifier: GPL-3.0-or-later
"""Which colours of flats hints gave, and which the artist chose."""

from __future__ import annotations

import time
import tracemalloc
import zlib

import numpy as np
import pytest

from smart_lineart.inking.areas import Areas
from smart_lineart.inking.renewing.flats import Ground
from smart_lineart.inking.renewing.flats_past import Past
from smart_lineart.inking.renewing.pixel_codes import PixelTable

SIDE = 12


def scene(depth: str = "u1") -> tuple[Areas, PixelTable, dict[str, int]]:
    """Three areas, and codes of some colours."""
    labels = np.zeros((SIDE, SIDE), np.int32)
    labels[1:4], labels[5:8], labels[9:11] = 1, 2, 3
    table = PixelTable(4, np.dtype(depth))
    names = ("red", "blue", "green")
    codes = {name: table.code(np.array([at, 0, 0, 1], depth)) for at, name in enumerate(names, 1)}
    return Areas.of((SIDE, SIDE), labels, labels == 0, {}), table, codes


def past_of(areas: Areas, table: PixelTable, codes: dict[str, int]) -> Past:
    """The first area is hinted at, and the third has a colour of the artist's."""
    ground = Ground.blank(areas, {0: 0, 1: codes["red"], 2: codes["blue"], 3: codes["red"]})
    ground = Ground(areas, ground.colours, ground.shown, ground.own, frozenset({3}))
    return Past.of(ground, ground.flats(colours=ground.colours | {1: codes["green"]}), table)


@pytest.mark.parametrize("depth", ["u1", "<u2", "<f2", "<f4"])
def test_colours_are_read_again_as_they_were_kept(depth: str) -> None:
    past = past_of(*scene(depth))
    assert Past.unpack(past.pack(), 4 * np.dtype(depth).itemsize) == past
    assert len(past.pack()) < 200


def test_what_cannot_be_understood_says_nothing() -> None:
    packed = past_of(*scene()).pack()
    assert Past.unpack(packed, 8) is None, "of another colour space"
    for cut in range(len(packed)):
        assert Past.unpack(packed[:cut], 4) is None
    for text in (
        "x 00 1",
        "s 00000000",
        "s 0000000g 1",
        "s 00000000 -1",
        "c 00 1",
        "s 00000000 99999999",
        "\u00e9",
    ):
        assert Past.unpack(zlib.compress(text.encode()), 4) is None, text


def test_a_hint_leaves_nothing_and_what_the_artist_recoloured_is_theirs() -> None:
    areas, table, codes = scene()
    past = past_of(areas, table, codes)
    now = Ground.blank(areas, {0: 0, 1: codes["green"], 2: codes["green"], 3: codes["red"]})
    settled = past.settle(now, table)
    assert settled.colours == {0: 0, 1: codes["red"], 2: codes["green"], 3: codes["red"]}
    assert settled.chosen == {2, 3}


def test_what_swells_is_not_unpacked_and_long_numbers_are_not_read() -> None:
    ids = ",".join(map(str, range(1 << 20)))
    swollen = zlib.compress(f"s 00000000 {ids}\n".encode() * 2 + b"c  1\n" * (1 << 20))
    digits = zlib.compress(b"c  " + b"1" * 900_000)
    zeros = zlib.compress(b"c  " + b"0" * 900_000)
    for data in (swollen, digits, zeros):
        began = time.process_time()
        tracemalloc.start()
        try:
            assert Past.unpack(data, 4) is None
            assert tracemalloc.get_traced_memory()[1] < 16 << 20
        finally:
            tracemalloc.stop()
        assert time.process_time() - began < 1.0
    many = Past(
        {one: bytes(8) for one in range(20_000)}, {one: bytes(8) for one in range(20_000)}, frozenset()
    )
    assert Past.unpack(many.pack(), 8) == many
