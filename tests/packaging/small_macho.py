# SPDX-License-Identifier: GPL-3.0-or-later
"""Small Mach-O files as a linker and codesign would make them, for an Apple processor."""

from __future__ import annotations

import hashlib
import struct

ARM64, X86_64 = 0x0100000C, 0x01000007
PAGE = 4096


def library(
    imports: tuple[str, ...] = ("/usr/lib/libSystem.B.dylib",),
    rpaths: tuple[str, ...] = ("@loader_path",),
    oldest: tuple[int, int] | None = (11, 0),
    *,
    processor: int = ARM64,
    signed: bool = True,
    pages: int = 3,
    limit: int | None = None,
    slots: int | None = None,
) -> bytes:
    """A library of so many pages of code and a bit, of which `limit` bytes or `slots` pages are signed."""
    commands = [_text_command(0xC, 24, name) for name in imports]
    commands += [_text_command(0x8000001C, 12, path) for path in rpaths]
    if oldest is not None:
        commands.append(struct.pack("<6I", 0x32, 24, 1, oldest[0] << 16 | oldest[1] << 8, 0, 0))
    size = PAGE * pages + 100  # the last page is not full
    if signed:
        commands.append(struct.pack("<4I", 0x1D, 16, size, 44 + 32 * (pages + 1) + 20))
    body = b"".join(commands)
    head = struct.pack("<8I", 0xFEEDFACF, processor, 0, 6, len(commands), len(body), 0, 0)
    code = (head + body).ljust(size, b"\xd5")
    return code + _signature(code[:limit], slots) if signed else code


def universal(*parts: tuple[int, bytes]) -> bytes:
    """One file with a part for each processor."""
    at, table, body = 4096, b"", b""
    for processor, data in parts:
        table += struct.pack(">5I", processor, 0, at + len(body), len(data), 12)
        body += data
    return (struct.pack(">2I", 0xCAFEBABE, len(parts)) + table).ljust(at, b"\0") + body


def _text_command(kind: int, start: int, text: str) -> bytes:
    body = text.encode() + b"\0"
    body += bytes(-(start + len(body)) % 8)
    return struct.pack("<3I", kind, start + len(body), start).ljust(start, b"\0") + body


def _signature(code: bytes, slots: int | None) -> bytes:
    pages = [code[at : at + PAGE] for at in range(0, len(code), PAGE)][:slots]
    hashes = b"".join(hashlib.sha256(page).digest() for page in pages)
    length = 44 + len(hashes)
    counts = (length, 0x20000, 2, 44, 0, 0, len(pages), len(code))
    directory = struct.pack(">9I4BI", 0xFADE0C02, *counts, 32, 2, 0, 12, 0)
    return struct.pack(">5I", 0xFADE0CC0, 20 + length, 1, 0, 20) + directory + hashes
