# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages between the command and the process that decodes: whole, bounded, and checked."""

from __future__ import annotations

import io
import json
import struct
from typing import Any

import pytest

from smart_lineart import framing
from smart_lineart.cli.decoding import wire
from smart_lineart.cli.errors import FileError
from smart_lineart.cli.files.picture import MAX_PROFILE, Picture
from smart_lineart.framing import Garbled

PICTURE = Picture(5, 4, 3, "uint16", iter(()), (300.0, 150.0), None, 6, ["It has 3 pages."])


class Pipe(io.BytesIO):
    """A pipe that takes and gives three bytes at once, as a full or an empty one does."""

    def write(self, data: Any) -> int:
        return super().write(bytes(data[:3]))

    def readinto(self, view: Any) -> int:
        return super().readinto(view[:3])


def sent(head: bytes, payload: bytes = b"", *, head_size: int | None = None, size: int | None = None) -> Pipe:
    lengths = struct.pack(
        "<IQ", len(head) if head_size is None else head_size, len(payload) if size is None else size
    )
    return Pipe(lengths + head + payload)


@pytest.mark.parametrize("payload", [b"", b"\0\1pixels", bytearray(1000), memoryview(b"rows of them")])
def test_a_message_arrives_whole_however_small_the_pipe(payload: Any) -> None:
    pipe = Pipe()
    wire.send(pipe, {"name": "ü", "dpi": [300, 1.5]}, payload)
    wire.send(pipe, {"end": True})
    pipe.seek(0)
    assert wire.receive(pipe) == ({"name": "ü", "dpi": [300, 1.5]}, bytearray(payload))
    assert wire.receive(pipe) == ({"end": True}, bytearray())
    with pytest.raises(EOFError):
        wire.receive(pipe)


def test_what_ends_within_a_message_is_its_end() -> None:
    for cut in (3, 8, 10, 12):
        with pytest.raises(EOFError):
            wire.receive(Pipe(sent(b"{}", b"pixels").getvalue()[:cut]))


def test_the_longest_message_is_taken_and_a_longer_one_is_nonsense() -> None:
    longest = sent(b"{}".ljust(framing.MOST_FIELDS)).getvalue()
    assert wire.receive(io.BytesIO(longest)) == ({}, bytearray())
    assert len(wire.receive(io.BytesIO(sent(b"{}", bytes(wire.MOST_PAYLOAD)).getvalue()))[1]) == 32 << 20
    for head, size in ((framing.MOST_FIELDS + 1, 0), (2, wire.MOST_PAYLOAD + 1), (2**32 - 1, 2**64 - 1)):
        with pytest.raises(Garbled, match="bytes"):  # unread
            wire.receive(sent(b"{}", head_size=head, size=size))
    assert wire.MOST_PAYLOAD >= MAX_PROFILE


@pytest.mark.parametrize("head", [b"", b"{", b"[]", b"7", b"\xff\xfe", b"[" * 60_000])
def test_fields_that_are_none_are_nonsense(head: bytes) -> None:
    with pytest.raises(Garbled):
        wire.receive(io.BytesIO(sent(head).getvalue()))


def test_a_picture_is_told_with_all_that_its_lineart_inherits() -> None:
    fields = json.loads(json.dumps(wire.fields_of(PICTURE)))
    told = wire.picture_of(fields, b"profile", "a.png")
    assert (told.width, told.height, told.bands, told.sample) == (5, 4, 3, "uint16")
    assert (told.dpi, told.icc, told.orientation) == ((300.0, 150.0), b"profile", 6)
    assert told.notices == ["It has 3 pages."]
    assert list(told.strips) == []


def test_what_a_file_does_not_say_is_none() -> None:
    told = wire.picture_of(wire.fields_of(PICTURE) | {"dpi": None, "notices": []}, b"", "a.png")
    assert (told.dpi, told.icc, told.notices) == (None, None, [])


@pytest.mark.parametrize(
    ("key", "values"), [("bands", (1, 2, 4)), ("orientation", (1, 8)), ("dpi", ([36, 36],))]
)
def test_values_at_their_bounds_are_taken(key: str, values: tuple[object, ...]) -> None:
    for value in values:
        told = getattr(wire.picture_of({**wire.fields_of(PICTURE), key: value}, b"", "a.png"), key)
        assert told == (tuple(value) if isinstance(value, list) else value)


ODD = {
    "bands": (0, 5, "many", None),
    "orientation": (0, 9, None),
    "sample": ("object", 8, ["uint8"]),
    "dpi": ([300], [300, 300, 300], [0.5, 300], [1e999, 1], "ab", 300),
    "notices": ("one", None, {}),
    "width": (None, "wide", 1e999),
}


@pytest.mark.parametrize("key", ODD)
def test_values_that_cannot_be_are_nonsense(key: str) -> None:
    for value in ODD[key]:
        with pytest.raises(Garbled):
            wire.picture_of({**wire.fields_of(PICTURE), key: value}, b"", "a.png")
    with pytest.raises(Garbled):
        wire.picture_of({k: v for k, v in wire.fields_of(PICTURE).items() if k != key}, b"", "a.png")


@pytest.mark.parametrize("fields", [None, [], "a picture"])
def test_a_picture_without_fields_is_nonsense(fields: object) -> None:
    with pytest.raises(Garbled):
        wire.picture_of(fields, b"", "a.png")


def test_a_size_no_drawing_has_is_refused_by_name() -> None:
    with pytest.raises(FileError, match=r"^a\.png has no pixels"):
        wire.picture_of({**wire.fields_of(PICTURE), "width": 0}, b"", "a.png")


def test_notices_cannot_steer_a_terminal_nor_flood_it() -> None:
    notices = ["\x1b[2Jgone\n"] + [str(number) for number in range(20)]
    told = wire.picture_of({**wire.fields_of(PICTURE), "notices": notices}, b"", "a.png").notices
    assert told == [" [2Jgone ", *map(str, range(7))]
