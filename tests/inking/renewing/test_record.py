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
from smart_lineart.inking.renewing.record import HEAD, MAGIC, TILE, VERSION, may_be_ink
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


@pytest.mark.parametrize("weight", [0.0, 0.7, 1.0])
def test_the_weight_of_its_lines_is_kept_and_ink_without_one_is_as_drawn(weight: float) -> None:
    ink = np.full((20, 30), 200, np.uint8)
    record = InkRecord.of(ink, Rect(3, 4, 30, 20), thickness=5.0, weight=weight)
    again = InkRecord.from_bytes(record.to_bytes())
    assert again.weight == weight
    assert again.moved(2, 3).turned(1, 90, 90).mirrored(90).scaled(2.0, 2.0).weight == weight
    assert (b"weight" in record.to_bytes()) == (weight != 1.0), "as versions before wrote it"


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


@pytest.mark.parametrize("factor", [(0.5, 0.25), (2.0, 3.0), (0.5, 2.0), (1.0, 1.0)])
def test_ink_is_scaled_wherever_it_lies(factor: tuple[float, float]) -> None:
    """Where edges fall on edges, ink far from the corner is scaled as it is there."""
    ink = lineart()[:200, :240]
    at_home, far = recorded(ink).scaled(*factor), recorded(ink, 400, -80).scaled(*factor)
    x, y = round(400 * factor[0]), round(-80 * factor[1])
    assert far.area == Rect(x, y, at_home.area.width, at_home.area.height)
    assert np.array_equal(far.coverage(), at_home.coverage())


def test_scaled_ink_is_the_mean_of_what_shrinks_and_lies_between_what_grows() -> None:
    ink = np.zeros((4, 6), np.uint8)
    ink[:, 2:4] = 200
    ink[1] = 100
    half = recorded(ink).scaled(0.5, 0.5).coverage()
    assert half.tolist() == [[50, 150, 50], [0, 200, 0]]
    row = recorded(ink[3:]).scaled(2.0, 1.0).coverage()
    assert row.tolist() == [[0, 0, 0, 50, 150, 200, 200, 150, 50, 0, 0, 0]]
    uneven = recorded(ink[3:]).scaled(0.6, 1.0)  # 3.6 px, so it ends within its last
    assert uneven.area.width == 4
    assert uneven.coverage()[0].tolist() == [0, 160, 80, 0]


def test_a_scaled_line_is_as_thick_as_the_area_says_and_no_thicker_than_any() -> None:
    record = recorded(lineart())
    assert record.scaled(2.0, 0.5).thickness == 5.0
    assert record.scaled(0.5, 0.5).thickness == 2.5
    assert (
        InkRecord.of(np.zeros((1, 1), np.uint8), Rect(0, 0, 1, 1), thickness=300.0).scaled(2.0, 2.0).thickness
        == 400.0
    )
    with pytest.raises(ValueError, match="ink of"):
        record.scaled(100.0, 100.0)
    tiny = record.scaled(1e-4, 1e-4)
    assert tiny.area[2:] == (1, 1)


def test_what_lies_outside_a_part_of_the_image_is_left_out() -> None:
    ink = page(300, 280, 5)
    record = recorded(ink, 10, 20)
    assert record.within(Rect(0, 0, 400, 400)) is record
    part = record.within(Rect(100, 0, 150, 200))
    assert part.area == Rect(100, 20, 150, 180)
    assert np.array_equal(part.coverage(), ink[:180, 90:240])
    for beyond in (Rect(400, 20, 9, 9), Rect(10, 400, 9, 9)):
        gone = record.within(beyond)
        assert (gone.area, gone.tiles) == (Rect(0, 0, 0, 0), {})
    assert part.thickness == record.thickness
    assert part.notes == record.notes


@pytest.mark.parametrize(
    ("area", "room", "memory", "may"),
    [
        ((4000, 4000), (4000, 4000), 0, True),  # as large as what is left of the image
        ((8192, 100), (10, 10), 1 << 30, True),
        ((8193, 100), (10, 10), 1 << 30, False),
        ((8000, 4), (2001, 10), 1 << 30, True),
        ((12_000, 100), (3000, 10), 1 << 30, True),
        ((12_001, 100), (3000, 10), 1 << 30, False),
        ((8192, 8192), (10, 10), 1 << 30, True),
        ((1000, 1000), (10, 10), 6_000_000, True),
        ((1000, 1001), (10, 10), 6_000_000, False),
        ((10_000, 16_000), (5000, 8000), 1 << 40, True),
        ((10_001, 16_000), (5000, 8000), 1 << 40, False),
    ],
)
def test_a_record_is_no_larger_than_an_image_of_which_a_quarter_is_left(area, room, memory, may) -> None:
    assert may_be_ink(Rect(-5, 9, *area), Rect(0, 0, *room), memory) == may


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
        (GOOD.replace(b'"notes":{}', b'"notes":{"a":[NaN]}'), [], b""),
        (GOOD.replace(b'"notes":{}', b'"notes":{"a":1e999}'), [], b""),
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


def test_what_is_at_its_bounds_is_read() -> None:
    for before, after in (
        (b'"thickness":4', b'"thickness":400'),
        (b"0,0,10,10", b"16777216,-16777216,10,10"),
        (b"0,0,10,10", b"0,0,0,0"),
        (b'"notes":{}', b'"notes":{"a":' + b"[" * 31 + b"]" * 31 + b"}"),
    ):
        InkRecord.from_bytes(forged(GOOD.replace(before, after), [], b""))
    for before, after in (
        (b'"thickness":4', b'"thickness":400.1'),
        (b"0,0,10,10", b"16777217,0,10,10"),
        (b"0,0,10,10", b"0,-16777217,10,10"),
        (b'"notes":{}', b'"notes":{"a":' + b"[" * 32 + b"[]" + b"]" * 32 + b"}"),
    ):
        assert damaged(forged(GOOD.replace(before, after), [], b""))
    plain = forged(GOOD, [], b"")
    assert InkRecord.from_bytes(plain, 100).area == Rect(0, 0, 10, 10)
    with pytest.raises(DamagedRecord):
        InkRecord.from_bytes(plain, 99)
    assert not InkRecord.from_bytes(forged(GOOD.replace(b"true", b"false"), [], b"")).exact
    assert not InkRecord.from_bytes(forged(GOOD.replace(b"true", b"1"), [], b"")).exact


def test_a_later_versions_record_says_so() -> None:
    with pytest.raises(DamagedRecord, match="later version"):
        InkRecord.from_bytes(forged(GOOD, [], b"", version=VERSION + 1))
