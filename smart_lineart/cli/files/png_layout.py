# SPDX-License-Identifier: GPL-3.0-or-later
"""What a PNG says of its resolution, with the unit, which libvips does not tell.

The chunks are those of the PNG specification (W3C, third edition).
"""

from __future__ import annotations

import io
import struct
from typing import BinaryIO

from smart_lineart.units import MM_PER_INCH

_SIGNATURE_BYTES = 8
_MOST_CHUNKS = 4096
_PIXELS, _DENSITY = b"IDAT", b"pHYs"
_METRE = 1
_MM_PER_METRE = 1000


def png_dpi(file: BinaryIO) -> tuple[float, float] | None:
    """The px per inch, across and down, that a PNG names; None where it names none, or only their ratio.

    The file is at its beginning before and after. Of one that cannot be read twice, what lies in its buffer
    is looked at, which holds all that programs write before the pixels but for a large colour profile.
    """
    if file.seekable():
        found = _density(file)
        file.seek(0)
    else:
        assert isinstance(file, io.BufferedReader)
        found = _density(io.BytesIO(file.peek()))
    if found is None:
        return None
    across, down, unit = found
    if unit != _METRE:
        return None
    return across * MM_PER_INCH / _MM_PER_METRE, down * MM_PER_INCH / _MM_PER_METRE


def _density(file: BinaryIO) -> tuple[int, int, int] | None:
    file.seek(_SIGNATURE_BYTES)
    for _ in range(_MOST_CHUNKS):
        head = file.read(8)
        if len(head) < 8 or head[4:] == _PIXELS:
            return None
        size = int.from_bytes(head[:4], "big")
        if head[4:] == _DENSITY and size == 9:
            data = file.read(9)
            return struct.unpack(">IIB", data) if len(data) == 9 else None
        file.seek(size + 4, io.SEEK_CUR)
    return None
