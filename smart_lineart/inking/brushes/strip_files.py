# SPDX-License-Identifier: GPL-3.0-or-later
"""Brush strips as files: PNG, grey, 8 bit, 256 x 64 px, nothing else.

Written here rather than left to an image library because the engine, the command and the plugin must agree
on every byte of it, and the engine has no image library. Chunks and filters are those of the PNG
specification (W3C, third edition). What is read may be hostile: sizes are checked before anything is
unpacked, and no more is unpacked than a strip holds.
"""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.errors import BadStrip
from smart_lineart.said import Said

WIDTH, HEIGHT = 256, 64  # px: pressure from 0 to 100 %, and across the mark
LARGEST = 1 << 18  # bytes: a strip that cannot be compressed takes 16 kB
SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HEADER = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 0, 0, 0, 0)
_ROW = WIDTH + 1
# Translators: stands for a file's name at the beginning of a sentence.
STRIP = Said("The brush strip")


def encode_strip(pixels: NDArray[np.uint8]) -> bytes:
    """The file of a strip: uint8 (64, 256), 0 ink, 255 paper."""
    rows = np.zeros((HEIGHT, _ROW), np.uint8)
    rows[:, 1:] = pixels
    chunks = ((b"IHDR", _HEADER), (b"IDAT", zlib.compress(rows.tobytes(), 9)), (b"IEND", b""))
    return SIGNATURE + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def decode_strip(data: bytes, name: str | Said = STRIP) -> NDArray[np.uint8]:
    """The pixels of a strip's file: uint8 (64, 256), 0 ink, 255 paper. Raises BadStrip, calling it `name`."""
    if len(data) > LARGEST:
        raise BadStrip("{name} is too large for a brush strip, which takes a few kilobytes.", name=name)
    if not data.startswith(SIGNATURE):
        raise BadStrip("{name} is not a PNG file.", name=name)
    header, packed = _read_chunks(data, name)
    width, height, depth, colour, *rest = struct.unpack(">IIBBBBB", header)
    if (width, height) != (WIDTH, HEIGHT):
        raise BadStrip(
            "{name} is {width} x {height} px; a brush strip is {wide} x {high} px.",
            name=name,
            width=width,
            height=height,
            wide=WIDTH,
            high=HEIGHT,
        )
    if (depth, colour) != (8, 0) or any(rest):
        raise BadStrip(
            "{name} is not a plain grey picture: save it as PNG, grey, 8 bit, not interlaced.", name=name
        )
    unpack = zlib.decompressobj()
    try:
        raw = unpack.decompress(packed, HEIGHT * _ROW)
    except zlib.error as error:
        raise BadStrip("{name} is damaged.", name=name) from error
    if len(raw) != HEIGHT * _ROW:
        raise BadStrip("{name} is cut short.", name=name)
    return _unfilter(np.frombuffer(raw, np.uint8).reshape(HEIGHT, _ROW), name)


def is_strip(data: bytes) -> bool:
    """Whether a file claims to be a strip: a PNG whose header is that of one."""
    return data.startswith(SIGNATURE) and data[16:29] == _HEADER


def _read_chunks(data: bytes, name: str | Said) -> tuple[bytes, bytes]:
    """The header and the packed pixels."""
    header, packed, at = b"", [], len(SIGNATURE)
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        check = data[at + 8 + length : at + 12 + length]
        if len(check) < 4 or int.from_bytes(check, "big") != zlib.crc32(kind + body):
            raise BadStrip("{name} is damaged or cut short.", name=name)
        if kind == b"IHDR" and not header and length == 13:
            header = body
        elif kind == b"IDAT":
            packed.append(body)
        elif kind == b"IEND":
            break
        at += 12 + length
    if not header or not packed:
        raise BadStrip("{name} is damaged or cut short.", name=name)
    return header, b"".join(packed)


def _unfilter(rows: NDArray[np.uint8], name: str | Said) -> NDArray[np.uint8]:
    """Undo each row's filter."""
    out = np.zeros((HEIGHT + 1, WIDTH), np.uint8)
    for number, row in enumerate(rows):
        kind, values, above = int(row[0]), row[1:], out[number]
        if kind == 0:
            out[number + 1] = values
        elif kind == 1:
            out[number + 1] = np.cumsum(values, dtype=np.uint8)
        elif kind == 2:
            out[number + 1] = values + above
        elif kind in (3, 4):
            out[number + 1] = _from_neighbours(values.tolist(), above.tolist(), paeth=kind == 4)
        else:
            raise BadStrip("{name} is damaged.", name=name)
    return out[1:]


def _from_neighbours(values: list[int], above: list[int], *, paeth: bool) -> list[int]:
    """A row filtered by the average of its left and upper neighbours, or by Paeth's choice among three."""
    out, left, corner = [], 0, 0
    for value, up in zip(values, above, strict=True):
        if paeth:
            guess = left + up - corner
            away = (abs(guess - left), abs(guess - up), abs(guess - corner))
            base = (left, up, corner)[away.index(min(away))]
        else:
            base = (left + up) >> 1
        left, corner = (value + base) & 255, up
        out.append(left)
    return out
