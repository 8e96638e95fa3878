# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes Photoshop documents for the tests that read them."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

MODES = {1: 1, 3: 3, 4: 3}  # channels to Photoshop's colour mode


def photoshop_file(
    path: Path,
    pixels: np.ndarray,
    *,
    packed: bool = False,
    mode: int | None = None,
    clear: bool = False,
    large: bool = False,
    layers: int = 0,
    resources: bytes | None = None,
) -> Path:
    """A document with a merged image, planes one after the other, and its resolution.

    `clear`: the channel after the colours is transparency, not a saved selection. `large`: a PSB. `layers`:
    how many it says it has, where documents of that depth say it. `resources`: others than 300 dpi.
    """
    height, width, channels = pixels.shape
    depth = 8 * pixels.itemsize
    if resources is None:
        resources = image_resource(1005, struct.pack(">IHHIHH", 300 << 16, 1, 1, 300 << 16, 1, 1))
    header = b"8BPS" + struct.pack(
        ">H6xHIIHH", 2 if large else 1, channels, height, width, depth, mode or MODES[channels]
    )
    section = _layer_section(depth, large, -1 if clear else layers) if clear or layers else b""
    rows = np.moveaxis(pixels, 2, 0).astype(pixels.dtype.newbyteorder(">")).reshape(-1, width)
    if packed:  # every row as literal runs of at most 128 bytes
        data = [bytes(row) for row in np.ascontiguousarray(rows).view(np.uint8)]
        runs = [[row[at : at + 128] for at in range(0, len(row), 128)] for row in data]
        coded = [b"".join(bytes([len(run) - 1]) + run for run in row) for row in runs]
        lengths = b"".join(struct.pack(">I" if large else ">H", len(row)) for row in coded)
        merged = struct.pack(">H", 1) + lengths + b"".join(coded)
    else:
        merged = struct.pack(">H", 0) + rows.tobytes()
    parts = [struct.pack(">I", 0), struct.pack(">I", len(resources)), resources]
    parts += [struct.pack(">Q" if large else ">I", len(section)), section]
    path.write_bytes(header + b"".join(parts) + merged)
    return path


def _layer_section(depth: int, large: bool, count: int) -> bytes:
    """No layers, but how many there are: more than that nobody reads."""
    length = ">Q" if large else ">I"
    number = struct.pack(">h", count)
    if depth == 8:
        return struct.pack(length, 2) + number
    block = b"8BIM" + (b"Lr16" if depth == 16 else b"Lr32") + struct.pack(length, 2) + number + bytes(2)
    other = b"8BIMPatt" + struct.pack(">I", 5) + bytes(8)
    return struct.pack(length, 0) + struct.pack(">I", 0) + other + block


def image_resource(number: int, data: bytes, name: bytes = b"") -> bytes:
    """An image resource: name and data are each padded to an even length."""
    title = bytes([len(name)]) + name
    title += bytes(len(title) % 2)
    return (
        b"8BIM"
        + struct.pack(">H", number)
        + title
        + struct.pack(">I", len(data))
        + data
        + bytes(len(data) % 2)
    )
