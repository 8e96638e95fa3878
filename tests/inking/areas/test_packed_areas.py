# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import struct
import tracemalloc
import zlib

import numpy as np
import pytest
from figures import arc, box, inked, ring

from smart_lineart.inking import InkError
from smart_lineart.inking.areas import Areas, DamagedAreas, find_areas
from smart_lineart.inking.areas.packing import HEAD, MAGIC


@pytest.fixture(scope="module")
def areas() -> Areas:
    return find_areas(inked(ring(150, 200, 90, 14), box(260, 220, 380, 300), arc(200, 200, 180, 0, 60)))


def test_what_was_packed_comes_back(areas):
    again = Areas.unpack(areas.pack())
    assert again.shape == areas.shape
    assert again.boxes == areas.boxes
    for name in ("labels", "ink", "ids", "sizes"):
        assert np.array_equal(getattr(again, name), getattr(areas, name))
    assert np.allclose(again.drawn, areas.drawn, atol=1e-4)
    for ours, theirs in zip(areas.seams + areas.open_seams, again.seams + again.open_seams, strict=True):
        assert np.allclose(ours, theirs, atol=0.07)
    assert again.pack() == areas.pack()


def test_a_page_without_areas_can_be_packed():
    again = Areas.unpack(find_areas(np.zeros((30, 40), np.uint8)).pack())
    assert again.shape == (30, 40)
    assert not len(again)


def test_an_a4_page_of_many_areas_packs_small():
    draw = np.random.default_rng(5)
    rings = [ring(*draw.uniform(60, 2400, 2), draw.uniform(15, 160)) for _ in range(300)]
    assert len(find_areas(inked(*rings, size=(3508, 2480), thickness=6)).pack()) <= 200_000


def test_damaged_bytes_are_told_in_a_sentence(areas):
    data = areas.pack()
    draw = np.random.default_rng(2)
    for _ in range(400):
        hostile = bytearray(data)
        for at in draw.integers(0, len(data), int(draw.integers(1, 4))):
            hostile[at] ^= int(draw.integers(1, 256))
        with pytest.raises(DamagedAreas):
            Areas.unpack(bytes(hostile))
    for length in (0, 3, 4, 20, HEAD.size + 4, len(data) - 1):
        with pytest.raises(DamagedAreas):
            Areas.unpack(data[:length])
    assert issubclass(DamagedAreas, InkError)


def forged(**changes: int) -> bytes:
    """A record whose checksum is right and whose head lies."""
    names = ("tall", "wide", "height", "width", "count", "seams", "opens", "points")
    sizes = dict.fromkeys(names, 0) | {"tall": 8, "wide": 8, "height": 8, "width": 8} | changes
    packed = zlib.compress(bytes(changes.get("bytes", 256)))
    return MAGIC + HEAD.pack(1, *(sizes[name] for name in names), zlib.crc32(packed)) + packed


@pytest.mark.parametrize(
    "changes",
    [
        {"height": 1 << 15, "width": 1 << 15, "tall": 1 << 15, "wide": 1 << 15},
        {"height": 1601, "width": 1600, "tall": 1601, "wide": 1600, "bytes": 1601 * 1600 * 4},
        {"tall": 1 << 15, "wide": (1 << 14) + 1},
        {"count": 1 << 31},
        {"count": 3},
        {"points": 1 << 31},
        {"points": 1 << 20, "bytes": (1 << 23) + 256},
        {"opens": 1 << 17, "bytes": (1 << 19) + 256},
        {"seams": 1 << 20},
        {"seams": 2, "points": 9},
        {"height": 9},
        {"width": 0},
        {"bytes": 1 << 24},
    ],
)
def test_a_head_that_lies_takes_no_memory(changes):
    data = forged(**changes)
    tracemalloc.start()
    try:
        with pytest.raises(DamagedAreas):
            Areas.unpack(data)
        assert tracemalloc.get_traced_memory()[1] < 1 << 18
    finally:
        tracemalloc.stop()


def test_a_forged_record_that_is_sound_is_read():
    assert not len(Areas.unpack(forged()))
    assert Areas.unpack(forged(tall=1 << 15, wide=1 << 14)).shape == (1 << 15, 1 << 14)
    sizes = {"height": 1600, "width": 1600, "tall": 1600, "wide": 1600, "bytes": 1600 * 1600 * 4}
    assert Areas.unpack(forged(**sizes)).labels.shape == (1600, 1600)


def test_random_bytes_behind_a_right_checksum_never_do_worse(areas):
    draw = np.random.default_rng(3)
    plain = zlib.decompress(areas.pack()[4 + HEAD.size :])
    head = list(HEAD.unpack_from(areas.pack(), 4))
    for _ in range(60):
        body = bytearray(plain)
        for at in draw.integers(0, min(len(body), 400), 3):
            body[at] ^= int(draw.integers(1, 256))
        packed = zlib.compress(bytes(body), 1)
        head[-1] = zlib.crc32(packed)
        try:
            Areas.unpack(MAGIC + HEAD.pack(*head) + packed)
        except DamagedAreas:
            continue


def test_a_later_version_says_so(areas):
    data = areas.pack()
    later = data[:4] + struct.pack("<H", 9) + data[6:]
    with pytest.raises(DamagedAreas, match="later version"):
        Areas.unpack(later)
