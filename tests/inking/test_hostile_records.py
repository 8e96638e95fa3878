# SPDX-License-Identifier: GPL-3.0-or-later
"""Records of ink come with documents that others may have made: what they say never takes much memory, is
left out where it makes no sense, and harms nothing that is in the layer.
"""

from __future__ import annotations

import json
import struct
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from smart_lineart.inking import Base, DamagedRecord, FreshInk, InkRecord, LayerInk, Merge, Rect
from smart_lineart.inking.renewing.record import HEAD, MAGIC, THICKEST, TILE
from smart_lineart.inking.renewing.renewal import scale_since

PAGE = Rect(0, 0, 600, 400)
GIGABYTE = 1 << 30


def page_ink() -> np.ndarray:
    ink = np.zeros((PAGE.height, PAGE.width), np.uint8)
    ink[60:64, 40:560] = 255
    ink[100:340, 200:204] = 255
    return ink


INK = page_ink()
LAYER = LayerInk(INK, INK > 300, PAGE)
BLACK, BLANK = (zlib.compress(bytes([shade]) * (TILE * TILE)) for shade in (255, 0))


def packed(area: list[Any], tiles: dict[tuple[int, int], bytes] | None = None, **facts: Any) -> bytes:
    """A record as a file has it, whatever it says."""
    said = {"area": area, "thickness": 4.0, "exact": True, "notes": {"page": [600, 400]}, **facts}
    head = json.dumps(said).encode()
    tiles = tiles or {}
    index = b"".join(struct.pack("<3I", x, y, len(data)) for (x, y), data in tiles.items())
    body = head + index + b"".join(tiles.values())
    return MAGIC + HEAD.pack(1, len(head), len(tiles), zlib.crc32(body)) + body


@contextmanager
def at_most(megabytes: float) -> Iterator[None]:
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < megabytes * 1e6
    finally:
        tracemalloc.stop()


def renewed(record: InkRecord, memory: int = GIGABYTE) -> Merge | None:
    """The lineart on the page renewed with the same ink, as the docker does; None: ink not found."""
    base = Base.find_on(PAGE, record, LAYER, memory)
    if base is None:
        return None
    fresh = base.place(FreshInk(INK, PAGE, 4.0, None))
    area = base.area(fresh)
    assert area.width * area.height < 64e6  # or all that follows takes gigabytes
    merge = base.merge(fresh, area)
    base.remember(fresh, np.full((area.height, area.width), 255, np.uint8), area).to_bytes()
    # What is in the layer and no record's ink is the artist's, and stays.
    assert merge.apply(base.layer.over(area)[0]).sum() >= INK.sum(dtype=np.uint64)
    return merge


@pytest.mark.parametrize(
    "area",
    [
        [-30_000, -30_000, 500, 300],
        [2**24 - 500, 0, 500, 300],
        [0, -(2**24), 500, 300],
        [-16_000_000, 0, 500, 1],
    ],
)
def test_ink_far_off_the_page_takes_no_more_memory_than_the_page(area: list[int]) -> None:
    for tile in (BLACK, BLANK):
        edge = zlib.decompress(tile)[: TILE * min(TILE, area[3])]
        record = InkRecord.from_bytes(packed(area, {(0, 0): zlib.compress(edge)}))
        with at_most(60):
            renewed(record)


@pytest.mark.parametrize("area", [[0, 0, 23_000, 23_000], [-9000, 0, 16_000_000, 2], [0, 0, 8200, 16]])
def test_ink_much_larger_than_its_page_is_left_out(area: list[int]) -> None:
    record = InkRecord.from_bytes(packed(area))
    with at_most(20), pytest.raises(DamagedRecord):
        renewed(record)


def test_ink_larger_than_memory_allows_is_left_out_and_a_page_as_large_is_not() -> None:
    record = InkRecord.from_bytes(packed([0, 0, 5000, 5000]))
    with at_most(20), pytest.raises(DamagedRecord):
        renewed(record, memory=64 << 20)
    wide = Rect(0, 0, 5000, 5000)
    ink = np.zeros((5000, 5000), np.uint8)
    assert Base.find_on(wide, record, LayerInk(ink, ink > 0, wide), 64 << 20) is not None


def test_a_large_page_that_was_cropped_is_found_in_little_memory() -> None:
    noise = zlib.compress(np.random.default_rng(7).bytes(TILE * TILE))
    tiles = {(x, y): noise for x in range(9) for y in (0, 8)}
    record = InkRecord.from_bytes(packed([-1000, -1000, 2400, 2400], tiles))
    with at_most(6 * 6 + 20):
        renewed(record)


@pytest.mark.parametrize("thickness", [1e9, 401.0, 0.0, -4.0, float("nan"), float("inf"), 10**400, "x", None])
def test_no_line_is_thicker_than_can_be_drawn(thickness: Any) -> None:
    with pytest.raises(DamagedRecord):
        InkRecord.from_bytes(packed([0, 0, 600, 400], thickness=thickness))


@pytest.mark.parametrize("weight", [-0.1, 1.1, float("nan"), float("inf"), 10**400, "x", None, []])
def test_no_line_has_a_weight_that_cannot_be_set(weight: Any) -> None:
    with pytest.raises(DamagedRecord):
        InkRecord.from_bytes(packed([0, 0, 600, 400], weight=weight))


def test_scaling_makes_no_line_thicker_than_can_be_drawn() -> None:
    made = InkRecord.of(INK[:9, :9], Rect(0, 0, 9, 9), thickness=390.0)
    assert made.scaled(40, 40).thickness == THICKEST


@pytest.mark.parametrize(
    "area",
    [
        [0, 0, float("nan"), 3],
        [0, 0, float("inf"), 3],
        [0, 0, -5, 3],
        [10**30, 0, 5, 3],
        [0, 0, 10**9, 10**9],
        [1, 2, 3],
        "area",
        None,
    ],
)
def test_places_that_make_no_sense_are_damage(area: Any) -> None:
    with pytest.raises(DamagedRecord):
        InkRecord.from_bytes(packed(area))


def nested(levels: int) -> Any:
    return [nested(levels - 1)] if levels else []


def test_notes_that_could_be_read_but_not_written_again_are_damage() -> None:
    with pytest.raises(DamagedRecord):
        InkRecord.from_bytes(packed([0, 0, 6, 4], notes={"sketch": nested(200)}))
    assert InkRecord.from_bytes(packed([0, 0, 6, 4], notes={"sketch": nested(8)})).to_bytes()


@pytest.mark.parametrize(
    "before",
    [
        None,
        {},
        [],
        [600],
        [0, 400],
        [1e-300, 400],
        [-600, 400],
        [float("nan"), 4],
        [float("inf"), 4],
        ["a", "b"],
        [10**400, 1],
    ],
)
def test_a_page_that_makes_no_sense_was_not_scaled(before: Any) -> None:
    assert scale_since(before, PAGE) == (1.0, 1.0)
    record = replace(InkRecord.of(INK, PAGE, thickness=4.0), notes={"page": before})
    assert renewed(record) is not None


def test_a_page_scaled_is_told_by_its_note() -> None:
    assert scale_since([1200, 1600], PAGE) == (0.5, 0.25)


def test_a_note_that_has_ink_scaled_up_takes_little_memory() -> None:
    record = InkRecord.from_bytes(packed([0, 0, 1500, 1000], {(2, 2): BLACK}, notes={"page": [10, 7]}))
    with at_most(40):
        renewed(record)


def test_many_pieces_take_their_pixels_only() -> None:
    tiles = {(x, y): BLANK for x in range(20) for y in range(20)}
    record = InkRecord.from_bytes(packed([-2000, -2000, 5120, 5120], tiles))
    with at_most(6 * 27):
        renewed(record)


SAME: list[Callable[[InkRecord], InkRecord]] = [
    lambda record: record,
    lambda record: record.within(Rect(-50, -50, 900, 900)),
]


@pytest.mark.parametrize("kept", SAME)
def test_sound_ink_is_found_and_nothing_counts_as_a_correction(
    kept: Callable[[InkRecord], InkRecord],
) -> None:
    merge = renewed(kept(InkRecord.of(INK, PAGE, thickness=4.0, notes={"page": [600, 400]})))
    assert merge is not None
    assert merge.kept == []
    assert not merge.action.any()
