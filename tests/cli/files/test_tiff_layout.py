# SPDX-License-Identifier: GPL-3.0-or-later
"""What one strip or tile of a TIFF unpacks to, told by its first directory alone."""

from __future__ import annotations

import io
import struct

import pytest

from smart_lineart.cli.files.tiff_layout import bytes_at_once

WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC, SAMPLES = 256, 257, 258, 259, 262, 277
STRIP_ROWS, TILE_WIDTH, TILE_HEIGHT, PLANAR = 278, 322, 323, 284
PAGE = {WIDTH: 1000, HEIGHT: 600}
LAYOUTS = {
    "strips of whole pixels": ({**PAGE, BITS: 8, SAMPLES: 3, STRIP_ROWS: 100}, 0),
    "tiles": ({**PAGE, BITS: 16, SAMPLES: 3, TILE_WIDTH: 256, TILE_HEIGHT: 128}, 2 * 3 * 256 * 128),
    "tiles of one bit": ({**PAGE, TILE_WIDTH: 24, TILE_HEIGHT: 16}, 3 * 16),
    "bits that fill no byte": ({**PAGE, WIDTH: 9, BITS: 1, PLANAR: 2, STRIP_ROWS: 5}, 2 * 5),
    "tiles without a width": ({**PAGE, BITS: 8, TILE_HEIGHT: 16}, 1000 * 16),
    "planes": ({**PAGE, BITS: 8, SAMPLES: 3, PLANAR: 2, STRIP_ROWS: 50}, 3 * 1000 * 50),
    "planes in one strip": ({**PAGE, BITS: 8, PLANAR: 2}, 1000 * 600),
    "planes in a strip longer than the page": ({**PAGE, BITS: 8, PLANAR: 2, STRIP_ROWS: 9999}, 1000 * 600),
    "YCbCr": ({**PAGE, PHOTOMETRIC: 6, STRIP_ROWS: 20}, 4 * 1000 * 20),
    "old JPEG": ({**PAGE, COMPRESSION: 6, STRIP_ROWS: 20}, 4 * 1000 * 20),
    "JPEG in tiles": ({**PAGE, COMPRESSION: 7, TILE_WIDTH: 64, TILE_HEIGHT: 64}, 4 * 64 * 64),
    "no size": ({BITS: 8}, 0),
}


def tiff(tags: dict[int, int], order: str = "<", *, big: bool = False, kind: int = 4) -> io.BytesIO:
    """A file with a directory of these tags, and nothing else."""
    letter = {1: "B", 3: "H", 4: "I", 16: "Q"}[kind]
    mark = b"II" if order == "<" else b"MM"
    if big:
        head = mark + struct.pack(order + "HHHQ", 43, 8, 0, 24) + bytes(8)
        count, entry, room = struct.pack(order + "Q", len(tags)), "HHQ", 8
    else:
        head = mark + struct.pack(order + "HI", 42, 16) + bytes(8)
        count, entry, room = struct.pack(order + "H", len(tags)), "HHI", 4
    entries = [
        struct.pack(order + entry, tag, kind, 1) + struct.pack(order + letter, value).ljust(room, b"\0")
        for tag, value in tags.items()
    ]
    return io.BytesIO(head + count + b"".join(entries))


@pytest.mark.parametrize("order", ["<", ">"], ids=["little", "big"])
@pytest.mark.parametrize("big", [False, True], ids=["TIFF", "BigTIFF"])
@pytest.mark.parametrize("name", LAYOUTS)
def test_what_unpacks_as_a_whole_is_told_in_bytes(name: str, order: str, big: bool) -> None:
    tags, expected = LAYOUTS[name]
    file = tiff(tags, order, big=big)
    assert bytes_at_once(file) == expected
    assert file.tell() == 0


@pytest.mark.parametrize(("kind", "big"), [(3, False), (16, True)])
def test_a_value_is_read_at_its_own_width(kind: int, big: bool) -> None:
    tags, expected = LAYOUTS["tiles"]
    assert bytes_at_once(tiff(tags, ">", big=big, kind=kind)) == expected


@pytest.mark.parametrize("big", [False, True], ids=["TIFF", "BigTIFF"])
def test_of_many_values_the_first_is_read_wherever_they_lie(big: bool) -> None:
    """Bits of three channels: six bytes, which a TIFF's entry has no room for and a BigTIFF's has."""
    tags, expected = LAYOUTS["tiles"]
    data = bytearray(tiff(tags, big=big).getvalue())
    entry = struct.pack("<HH", BITS, 4)
    at = data.index(entry)
    if big:
        values = struct.pack("<HHQHHHH", BITS, 3, 3, 16, 8, 8, 0)
    else:
        values = struct.pack("<HHII", BITS, 3, 3, len(data))
        data += struct.pack("<HHH", 16, 8, 8)
    data[at : at + len(values)] = values
    assert bytes_at_once(io.BytesIO(data)) == expected


def test_a_bigtiff_s_values_that_lie_elsewhere_are_found_there() -> None:
    tags, expected = LAYOUTS["tiles"]
    data = bytearray(tiff(tags, ">", big=True).getvalue())
    at = data.index(struct.pack(">HH", BITS, 4))
    data[at : at + 20] = struct.pack(">HHQQ", BITS, 4, 3, len(data))
    data += struct.pack(">III", 16, 8, 8)
    assert bytes_at_once(io.BytesIO(data)) == expected


def test_tags_of_odd_kinds_and_without_values_tell_nothing() -> None:
    data = tiff(LAYOUTS["tiles"][0]).getvalue()
    odd = data.replace(struct.pack("<HH", TILE_HEIGHT, 4), struct.pack("<HH", TILE_HEIGHT, 12))
    empty = data.replace(struct.pack("<HHI", TILE_HEIGHT, 4, 1), struct.pack("<HHI", TILE_HEIGHT, 4, 0))
    assert bytes_at_once(io.BytesIO(odd)) == bytes_at_once(io.BytesIO(empty)) == 0


@pytest.mark.parametrize("data", [b"", b"II*\0", b"II*\0\xff\xff\xff\x7f" + bytes(8), b"no image at all!"])
def test_a_file_that_tells_nothing_is_left_to_its_decoder(data: bytes) -> None:
    file = io.BytesIO(data)
    assert bytes_at_once(file) == 0
    assert file.tell() == 0


def test_a_directory_without_end_is_read_only_so_far() -> None:
    """65,535 tags take long to read; those that count come first, as TIFF sorts them."""
    early = tiff({1: 0, **LAYOUTS["tiles"][0]})
    assert bytes_at_once(early) == LAYOUTS["tiles"][1]
    late = tiff({**{10_000 + tag: 0 for tag in range(4096)}, **LAYOUTS["tiles"][0]})
    assert bytes_at_once(late) == 0
