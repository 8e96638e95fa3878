# SPDX-License-Identifier: GPL-3.0-or-later
"""What a document remembers of its ink: packed, unpacked, moved with the image, and never trusted."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from smart_lineart.inking import DamagedRecord, InkRecord, Rect
from smart_lineart.inking.brushes.styles import STYLES
from smart_lineart.inking.drawing.textured import draw
from smart_lineart.inking.renewing.edits import changed_by_artist
from smart_lineart.inking.renewing.record import HEAD, MAGIC, TILE, VERSION
from tests.inking.pictures import ring, straight, strokes_of

Bytes = NDArray[np.uint8]


def page(width: int, height: int, seed: int = 0) -> Bytes:
    """Blank for the most part, with patches of ink."""
    rng = np.random.default_rng(seed)
    ink = np.zeros((height, width), np.uint8)
    for _ in range(4):
        x, y = int(rng.integers(width)), int(rng.integers(height))
        ink[y : y + 40, x : x + 40] = rng.integers(0, 256, ink[y : y + 40, x : x + 40].shape)
    return ink


def lineart() -> Bytes:
    strokes = strokes_of(ring(200, 160, 110), straight((20, 30), (380, 290)))
    return draw(strokes, Rect(0, 0, 400, 320), thickness=6.0, style=STYLES["pen"])


def recorded(ink: Bytes, x: int = 0, y: int = 0) -> InkRecord:
    return InkRecord.of(
        ink, Rect(x, y, ink.shape[1], ink.shape[0]), thickness=5.0, notes={"page": [9, 7], "word": "Fläche"}
    )


sizes = st.integers(1, 2 * TILE + 40)
places = st.integers(-700, 700)


@settings(max_examples=30, deadline=None)
@given(sizes, sizes, places, places, st.integers(0, 999))
def test_a_record_comes_back_as_it_was(width: int, height: int, x: int, y: int, seed: int) -> None:
    ink = page(width, height, seed)
    back = InkRecord.from_bytes(recorded(ink, x, y).to_bytes())
    assert np.array_equal(back.coverage(), ink)
    assert back.area == Rect(x, y, width, height)
    assert (back.thickness, back.exact, back.notes) == (5.0, True, {"page": [9, 7], "word": "Fläche"})


@settings(max_examples=30, deadline=None)
@given(st.integers(-300, 600), st.integers(-300, 600), sizes, sizes)
def test_any_part_can_be_unpacked(x: int, y: int, width: int, height: int) -> None:
    ink = page(500, 400, 3)
    wide = np.pad(ink, 1300)
    part = wide[1300 + y :, 1300 + x :][:height, :width]
    assert np.array_equal(recorded(ink).coverage(Rect(x, y, width, height)), part)


def test_a_record_goes_with_the_image() -> None:
    ink = page(500, 300, 7)
    record = recorded(ink, 20, 10)
    whole = np.zeros((400, 600), np.uint8)
    whole[10:310, 20:520] = ink
    assert record.moved(-30, 55).area == Rect(-10, 65, 500, 300)
    for quarters in range(4):
        turned = record.turned(quarters, 600, 400)
        expected = np.rot90(whole, -quarters)
        assert np.array_equal(turned.coverage(Rect(0, 0, expected.shape[1], expected.shape[0])), expected)
    assert np.array_equal(record.mirrored(600).coverage(Rect(0, 0, 600, 400)), whole[:, ::-1])


@pytest.mark.parametrize("factor", [0.5, 0.73, 2.0, 1.6])
def test_a_scaled_record_knows_resampled_ink_from_corrections(factor: float) -> None:
    import cv2

    ink = lineart()
    record = recorded(ink).scaled(factor, factor)
    shape = (record.area.width, record.area.height)
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    current = np.asarray(cv2.resize(ink, shape, interpolation=how), np.uint8)
    assert not record.exact
    assert record.thickness == pytest.approx(5.0 * factor)
    assert not changed_by_artist(record.coverage(), current, exact=False).any()
    wiped = current.copy()
    y, x = round(50 * factor), round(200 * factor)
    assert record.coverage()[y - 3 : y + 4, x - 8 : x + 8].any()
    wiped[y - 12 : y + 12, x - 14 : x + 14] = 0
    assert changed_by_artist(record.coverage(), wiped, exact=False).any()


def test_blank_ink_takes_no_room() -> None:
    record = recorded(np.zeros((3000, 4000), np.uint8))
    assert record.nbytes == 0
    assert len(record.to_bytes()) < 200


def test_the_shape_must_be_the_areas() -> None:
    with pytest.raises(ValueError, match="coverage of"):
        InkRecord.of(np.zeros((3, 4), np.uint8), Rect(0, 0, 3, 4), thickness=1.0)


# -- records that are not what was written


def damaged(data: bytes) -> bool:
    """Whether reading, or then unpacking, finds the damage."""
    try:
        InkRecord.from_bytes(data).coverage()
    except DamagedRecord:
        return True
    return False


WHOLE = recorded(lineart()).to_bytes()


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300))
def test_foreign_bytes_are_damage(data: bytes) -> None:
    assert damaged(data)
    assert damaged(MAGIC + data)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255))
def test_any_changed_byte_is_damage(at: int, change: int) -> None:
    data = bytearray(WHOLE)
    data[at] ^= change
    # A lower version number is none that ever was, but no harm: all that follows is checked.
    assert damaged(bytes(data)) or at in (len(MAGIC), len(MAGIC) + 1)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(WHOLE) - 1))
def test_a_record_cut_short_is_damage(length: int) -> None:
    assert damaged(WHOLE[:length])


def forged(facts: bytes, index: list[int], tiles: bytes, version: int = VERSION) -> bytes:
    """A record with a right checksum and wrong contents."""
    body = facts + struct.pack(f"<{len(index)}I", *index) + tiles
    return MAGIC + HEAD.pack(version, len(facts), len(index) // 3, zlib.crc32(body)) + body


GOOD = b'{"area":[0,0,10,10],"thickness":4,"exact":true,"notes":{}}'
TILE_OF_TEN = zlib.compress(bytes(range(100)))


@pytest.mark.parametrize(
    ("facts", "index", "tiles"),
    [
        (GOOD.replace(b"10,10", b"10,-10"), [], b""),
        (GOOD.replace(b"10,10", b"100000,100000"), [], b""),
        (GOOD.replace(b"0,0,10,10", b"0,0,10"), [], b""),
        (GOOD.replace(b"0,0,10,10", b"0,0,1e400,10"), [], b""),
        (GOOD.replace(b"0,0,10,10", b"0,0,NaN,10"), [], b""),
        (GOOD.replace(b'"thickness":4', b'"thickness":0'), [], b""),
        (GOOD.replace(b'"thickness":4', b'"thickness":NaN'), [], b""),
        (GOOD.replace(b'"thickness":4', b'"thickness":[4]'), [], b""),
        (GOOD.replace(b'"notes":{}', b'"notes":[]'), [], b""),
        (b"[1,2]", [], b""),
        (b"null", [], b""),
        (b"[" * 5000, [], b""),
        (b"\xff\xfe", [], b""),
        (GOOD, [1, 0, len(TILE_OF_TEN)], TILE_OF_TEN),
        (GOOD, [0, 0, len(TILE_OF_TEN)] * 2, TILE_OF_TEN * 2),
        (GOOD, [0, 0, len(TILE_OF_TEN) + 1], TILE_OF_TEN),
        (GOOD, [0, 0, len(TILE_OF_TEN)], TILE_OF_TEN + b"more"),
        (GOOD, [0, 0, 5], TILE_OF_TEN[:5]),
        (GOOD, [0, 0, len(zlib.compress(bytes(101)))], zlib.compress(bytes(101))),
        (GOOD, [0, 0, len(zlib.compress(bytes(1 << 24)))], zlib.compress(bytes(1 << 24))),
    ],
)
def test_forged_records_are_damage(facts: bytes, index: list[int], tiles: bytes) -> None:
    assert damaged(forged(facts, index, tiles))


def test_a_good_forgery_is_read() -> None:
    record = InkRecord.from_bytes(forged(GOOD, [0, 0, len(TILE_OF_TEN)], TILE_OF_TEN))
    assert record.coverage().ravel().tolist() == list(range(100))


def test_a_later_versions_record_says_so() -> None:
    with pytest.raises(DamagedRecord, match="later version"):
        InkRecord.from_bytes(forged(GOOD, [], b"", version=VERSION + 1))
