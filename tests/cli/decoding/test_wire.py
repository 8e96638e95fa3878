# SPDX-License-Identifier: GPL-3.0-or-later
"""What comes from the process that decodes is bounded before it is read."""

from __future__ import annotations

import io

import pytest

from smart_lineart import framing
from smart_lineart.cli.decoding import wire
from smart_lineart.cli.files.picture import MAX_PROFILE


def announced(fields: int, payload: int) -> io.BytesIO:
    """A message that says how long it is, and nothing more."""
    return io.BytesIO(framing._LENGTHS.pack(fields, payload))


def test_a_message_arrives_as_it_was_sent() -> None:
    pipe = io.BytesIO()
    wire.send(pipe, {"a": [1, "b"]}, bytearray(b"pixels"))
    wire.send(pipe, {})
    pipe.seek(0)
    assert wire.receive(pipe) == ({"a": [1, "b"]}, bytearray(b"pixels"))
    assert wire.receive(pipe) == ({}, bytearray())
    with pytest.raises(EOFError):
        wire.receive(pipe)


@pytest.mark.parametrize(
    ("fields", "payload"), [(2, wire.MOST_PAYLOAD + 1), (framing.MOST_FIELDS + 1, 0), (2**32 - 1, 2**64 - 1)]
)
def test_more_than_a_picture_takes_is_refused_unread(fields: int, payload: int) -> None:
    with pytest.raises(framing.Garbled, match="bytes"):
        wire.receive(announced(fields, payload))


def test_a_profile_and_a_strip_fit() -> None:
    assert wire.MOST_PAYLOAD >= MAX_PROFILE
    with pytest.raises(EOFError):
        wire.receive(announced(2, wire.MOST_PAYLOAD))
