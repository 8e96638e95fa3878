# SPDX-License-Identifier: GPL-3.0-or-later
"""What the command and the process that decodes say to each other, in messages of framing.py."""

from __future__ import annotations

from typing import Any

from smart_lineart import framing
from smart_lineart.cli.files.picture import MAX_PROFILE, SAMPLES, Picture, check_size, plausible_dpi
from smart_lineart.framing import Garbled
from smart_lineart.said import Said, printable

MOST_PAYLOAD = max(MAX_PROFILE, 32 << 20)
_MOST_NOTICES = 8

send = framing.send


def receive(stream: Any) -> tuple[dict[str, Any], bytearray]:
    """Read one message; blocks until it is there. Raises EOFError at the end, Garbled and OSError."""
    return framing.receive(stream, MOST_PAYLOAD)


def fields_of(picture: Picture) -> dict[str, object]:
    """What is said of a picture; its profile and its strips are payloads."""
    names = ("width", "height", "bands", "sample", "dpi", "orientation", "notices")
    return {name: getattr(picture, name) for name in names}


def picture_of(fields: object, icc: bytes, name: str) -> Picture:
    """The picture told of, yet without strips; every value is checked. Raises Garbled, FileError."""
    if not isinstance(fields, dict):
        raise Garbled("no picture")
    try:
        width, height, bands = (int(fields[key]) for key in ("width", "height", "bands"))
        sample, orientation = fields["sample"], fields["orientation"]
        dpi = None if fields["dpi"] is None else tuple(float(value) for value in fields["dpi"])
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise Garbled(repr(error)) from error
    sound = (
        1 <= bands <= 4
        and isinstance(sample, str)
        and sample in SAMPLES
        and orientation in range(1, 9)
        and (dpi is None or (len(dpi) == 2 and plausible_dpi(*dpi) is not None))
    )
    if not sound:
        raise Garbled("a picture that cannot be")
    check_size(name, width, height)
    picture = Picture(width, height, bands, sample, iter(()), None, icc or None, int(orientation))
    picture.dpi = plausible_dpi(*dpi) if dpi else None
    picture.notices = notices_in(fields)
    return picture


def notices_in(fields: dict[str, Any]) -> list[str]:
    """What is said beside a picture. Raises Garbled."""
    notices = fields.get("notices")
    if not isinstance(notices, list):
        raise Garbled("notices that are none")
    return [printable(str(notice)) for notice in notices[:_MOST_NOTICES]]


def said_in(data: object) -> Said:
    """What is said of a file that was refused. Raises Garbled."""
    try:
        return Said.from_data(data)
    except ValueError as error:
        raise Garbled(str(error)) from error
