# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages between two of the project's processes through a pipe: fields as JSON, pixels as plain bytes.

One message is two little-endian lengths, the fields and the payload. Nothing in it can run code. The worker
in which networks run and the process in which images are decoded speak like this; worker.py imports this file
by itself, before anything else, so it imports nothing of the house.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import Any

_LENGTHS = struct.Struct("<IQ")
MOST_FIELDS, MOST_PAYLOAD = 1 << 16, 1 << 30  # bytes: whoever says more has lost the thread
PART = 1 << 24  # bytes read at once


class Garbled(Exception):
    """What came through a pipe is no message."""


def send(stream: Any, fields: Mapping[str, object], payload: memoryview | bytes = b"") -> None:
    """Write one message to a pipe without a buffer; blocks until it is taken. Raises OSError."""
    head = json.dumps(fields).encode()
    view = memoryview(payload).cast("B")
    _write(stream, memoryview(_LENGTHS.pack(len(head), len(view)) + head))
    _write(stream, view)


def receive(stream: Any, most_payload: int = MOST_PAYLOAD) -> tuple[dict[str, Any], bytearray]:
    """Read one message; blocks until it is there. Raises EOFError at the end, and Garbled.

    Garbled too where the payload has more than `most_payload` bytes; none of them are then read.
    """
    head, size = _LENGTHS.unpack(_read(stream, _LENGTHS.size))
    if head > MOST_FIELDS or size > most_payload:
        raise Garbled(f"a message of {head} and {size} bytes")
    try:
        fields = json.loads(_read(stream, head).decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise Garbled(str(error)) from error
    if not isinstance(fields, dict):
        raise Garbled("fields that are none")
    return fields, _read(stream, size)


def _write(stream: Any, view: memoryview) -> None:
    while view:
        view = view[stream.write(view) or 0 :]


def _read(stream: Any, size: int) -> bytearray:
    """So many bytes. Memory is taken as they come, since what is announced may be a lie."""
    data = bytearray()
    while len(data) < size:
        data += _read_part(stream, min(size - len(data), PART))
    return data


def _read_part(stream: Any, size: int) -> bytearray:
    data = bytearray(size)
    view = memoryview(data)
    while view:
        count = stream.readinto(view)
        if not count:
            raise EOFError
        view = view[count:]
    return data
