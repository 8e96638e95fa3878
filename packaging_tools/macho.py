# SPDX-License-Identifier: GPL-3.0-or-later
"""What macOS looks at before it loads a library: its processor, version, references and signature.

Reads Mach-O files with nothing but the standard library, so that every computer that builds the zip checks
it. A signature is not verified against anybody's certificate: numpy and OpenVINO are signed ad hoc. What is
checked is what ends a program at once (``CODESIGNING: Invalid Page``): that each page is the one signed.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Collection, Iterator
from pathlib import PurePosixPath

OLDEST = (12, 0)
"""The newest macOS that a library may ask for: the oldest that Krita itself runs on."""

_ARM64 = 0x0100000C
_FAT, _THIN = b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe"
_SIGNATURE, _DIRECTORY = 0xFADE0CC0, 0xFADE0C02
_MACOS = 1
_LOAD = {0xC, 0x80000018, 0x8000001F, 0x20, 0x80000023}  # plain, weak, re-exported, lazy, upward
_RPATH, _CODE_SIGNATURE, _BUILD_VERSION, _VERSION_MIN = 0x8000001C, 0x1D, 0x32, 0x24
_HASHES = {1: "sha1", 2: "sha256", 3: "sha256", 4: "sha384"}
_OF_THE_SYSTEM = ("/usr/lib/", "/System/Library/")


def faults(name: str, data: bytes, names: Collection[str]) -> list[str]:
    """Why macOS would not load a library from the zip that holds the files ``names``; empty when it would."""
    try:
        return list(_faults(name, _arm64(data), names))
    except (struct.error, ValueError, IndexError, KeyError):
        return [f"{name} is no library for a Mac with an Apple processor"]


def _faults(name: str, data: bytes, names: Collection[str]) -> Iterator[str]:
    imports, rpaths, signed, oldest = [], [], False, None
    for kind, body in _commands(data):
        if kind in _LOAD:
            imports.append(_text(body))
        elif kind == _RPATH:
            rpaths.append(_text(body))
        elif kind == _VERSION_MIN or (kind == _BUILD_VERSION and _number(body, 8) == _MACOS):
            packed = _number(body, 12 if kind == _BUILD_VERSION else 8)
            oldest = packed >> 16, packed >> 8 & 0xFF
        elif kind == _CODE_SIGNATURE:
            signed = True
            yield from _signature_faults(name, data, *struct.unpack_from("<2I", body, 8))
    if not signed:
        yield f"{name} is not signed"
    if oldest is None or oldest > OLDEST:
        asked = "no macOS" if oldest is None else f"macOS {oldest[0]}.{oldest[1]}"
        yield f"{name} asks for {asked}, and Krita for {OLDEST[0]}.{OLDEST[1]}"
    for wanted in imports:
        if not wanted.startswith(_OF_THE_SYSTEM) and not _places(name, wanted, rpaths) & set(names):
            yield f"{name} needs {wanted}, which is not in the zip"


def _arm64(data: bytes) -> bytes:
    """The part for Apple's processors. Raises ValueError."""
    if data[:4] == _FAT:
        for at in range(int.from_bytes(data[4:8], "big")):
            processor, _, start, size = struct.unpack_from(">4I", data, 8 + 20 * at)
            if processor == _ARM64:
                data = data[start : start + size]
                break
    if data[:4] != _THIN or _number(data, 4) != _ARM64:
        raise ValueError
    return data


def _commands(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 32
    for _ in range(_number(data, 16)):
        kind, size = struct.unpack_from("<2I", data, at)
        if size < 8:
            raise ValueError
        yield kind, data[at : at + size]
        at += size


def _number(data: bytes, at: int) -> int:
    return int(struct.unpack_from("<I", data, at)[0])


def _text(body: bytes) -> str:
    return body[_number(body, 8) :].split(b"\0")[0].decode()


def _places(name: str, wanted: str, rpaths: list[str]) -> set[str]:
    """The files of the zip that a reference may mean."""
    paths = [wanted]
    if wanted.startswith("@rpath/"):
        paths = [f"{rpath.rstrip('/')}/{wanted.removeprefix('@rpath/')}" for rpath in rpaths]
    inside = [path.removeprefix("@loader_path/") for path in paths if path.startswith("@loader_path/")]
    return {_normal(PurePosixPath(name).parent / path) for path in inside}


def _normal(path: PurePosixPath) -> str:
    parts: list[str] = []
    for part in path.parts:
        parts = parts[:-1] if part == ".." else [*parts, part]
    return "/".join(parts)


def _signature_faults(name: str, data: bytes, start: int, size: int) -> Iterator[str]:
    signature = data[start : start + size]
    magic, _, count = struct.unpack_from(">3I", signature)
    if magic != _SIGNATURE:
        raise ValueError
    offsets = [struct.unpack_from(">I", signature, 16 + 8 * at)[0] for at in range(count)]
    directories = [at for at in offsets if struct.unpack_from(">I", signature, at)[0] == _DIRECTORY]
    if not directories:
        yield f"{name} is not signed"
    for at in directories:
        wrong = _wrong_pages(data, signature[at:], start)
        if wrong:
            yield f"{name} is not as it was signed ({wrong} of its pages)"


def _wrong_pages(data: bytes, directory: bytes, end: int) -> int:
    """How many pages differ from what was signed; what was not signed at all counts as one."""
    hashes, _, _, slots, limit = struct.unpack_from(">5I", directory, 16)
    length, kind, _, page_bits = struct.unpack_from(">4B", directory, 36)
    page = 1 << page_bits
    wrong = int(limit < end or slots * page < limit)
    for slot in range(slots):
        found = hashlib.new(_HASHES[kind], data[slot * page : min((slot + 1) * page, limit)]).digest()
        wrong += found[:length] != directory[hashes + slot * length : hashes + (slot + 1) * length]
    return wrong
