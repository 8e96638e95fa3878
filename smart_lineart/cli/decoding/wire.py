# SPDX-License-Identifier: GPL-3.0-or-later
"""What the command and the process that decodes say to each other: fields as JSON, pixels as plain bytes."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import Any

from smart_lineart.cli.files.picture import MAX_PROFILE, SAMPLES, Picture, check_size, plausible_dpi
from smart_lineart.said import Said, printable

_LENGTHS = struct.Struct("<II")
MOST_FIELDS, MOST_PAYLOAD = 1 << 16, max(MAX_PROFILE, 32 << 20)
_MOST_NOTICES = 8


class Nonsense(Exception):
    """What the other side said makes no sense."""


def send(stream: Any, fields: Mapping[str, object], payload: bytes | bytearray | memoryview = b"") -> None:
    """Write one message to a pipe without a buffer; blocks until it is taken. Raises OSError."""
    head = json.dumps(fields).encode()
    for part in (_LENGTHS.pack(len(head), len(payload)) + head, payload):
        view = memoryview(part)
        while view:
            view = view[stream.write(view) or 0 :]


def receive(stream: Any) -> tuple[dict[str, Any], bytearray]:
    """Read one message; blocks until it is there. Raises EOFError at the end, Nonsense and OSError."""
    head, size = _LENGTHS.unpack(_read(stream, _LENGTHS.size))
    if head > MOST_FIELDS or size > MOST_PAYLOAD:
        raise Nonsense(f"a message of {head} and {size} bytes")
    try:
        fields = json.loads(_read(stream, head).decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise Nonsense(str(error)) from error
    if not isinstance(fields, dict):
        raise Nonsense("fields that are none")
    return fields, _read(stream, size)


def _read(stream: Any, size: int) -> bytearray:
    data = bytearray(size)
    view = memoryview(data)
    while view:
        count = stream.readinto(view)
        if not count:
            raise EOFError
        view = view[count:]
    return data


def fields_of(picture: Picture) -> dict[str, object]:
    """What is said of a picture; its profile and its strips are payloads."""
    names = ("width", "height", "bands", "sample", "dpi", "orientation", "notices")
    return {name: getattr(picture, name) for name in names}


def picture_of(fields: object, icc: bytes, name: str) -> Picture:
    """The picture told of, yet without strips; every value is checked. Raises Nonsense, FileError."""
    if not isinstance(fields, dict):
        raise Nonsense("no picture")
    try:
        width, height, bands = (int(fields[key]) for key in ("width", "height", "bands"))
        sample, orientation, notices = fields["sample"], fields["orientation"], fields["notices"]
        dpi = None if fields["dpi"] is None else tuple(float(value) for value in fields["dpi"])
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise Nonsense(repr(error)) from error
    sound = (
        1 <= bands <= 4
        and isinstance(sample, str)
        and sample in SAMPLES
        and orientation in range(1, 9)
        and (dpi is None or (len(dpi) == 2 and plausible_dpi(*dpi) is not None))
        and isinstance(notices, list)
    )
    if not sound:
        raise Nonsense("a picture that cannot be")
    check_size(name, width, height)
    picture = Picture(width, height, bands, sample, iter(()), None, icc or None, int(orientation))
    picture.dpi = plausible_dpi(*dpi) if dpi else None
    picture.notices = [printable(str(notice)) for notice in notices[:_MOST_NOTICES]]
    return picture


def said_in(data: object) -> Said:
    """What is said of a file that was refused. Raises Nonsense."""
    try:
        return Said.from_data(data)
    except ValueError as error:
        raise Nonsense(str(error)) from error
