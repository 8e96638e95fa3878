# SPDX-License-Identifier: GPL-3.0-or-later
"""Gives Wine's C runtime the complex-number functions that numpy calls when it is imported.

Wine 8 has stubs there, which end the program. Each stub is overwritten by the function's machine code, in a
copy that is no longer marked as Wine's own.
"""

from __future__ import annotations

import struct

# A pair of floats comes in RCX, a pair of doubles by its address there; the answer goes into XMM0.
CODE = {
    b"crealf": "66 0f 6e c1 c3",
    b"cimagf": "48 c1 e9 20 66 0f 6e c1 c3",
    b"creall": "f2 0f 10 01 c3",
    b"cimag": "f2 0f 10 41 08 c3",
    b"cimagl": "f2 0f 10 41 08 c3",
}
_STUB = bytes.fromhex("48 83 ec 28 48 8d 0d")
_MARK, _MARK_AT = b"Wine builtin DLL", 0x40


def with_complex_numbers(library: bytes) -> bytes:
    """A copy of ucrtbase.dll with the functions in place of stubs; a later Wine's own functions stay."""
    image = bytearray(library)
    header = struct.unpack_from("<I", image, 0x3C)[0]
    count, optional = (struct.unpack_from("<H", image, header + at)[0] for at in (6, 20))
    sections = [struct.unpack_from("<4I", image, header + 24 + optional + 40 * n + 8) for n in range(count)]

    def offset(address: int) -> int:
        return next(
            address - base + at for size, base, raw, at in sections if base <= address < base + max(size, raw)
        )

    table = offset(struct.unpack_from("<I", image, header + 24 + 112)[0])
    names = struct.unpack_from("<I", image, table + 24)[0]
    functions, name_list, ordinals = (offset(one) for one in struct.unpack_from("<3I", image, table + 28))
    for n in range(names):
        at = offset(struct.unpack_from("<I", image, name_list + 4 * n)[0])
        code = bytes.fromhex(CODE.get(bytes(image[at : image.index(0, at)]), ""))
        ordinal = struct.unpack_from("<H", image, ordinals + 2 * n)[0]
        where = offset(struct.unpack_from("<I", image, functions + 4 * ordinal)[0])
        if image[where : where + len(_STUB)] == _STUB:
            image[where : where + len(code)] = code
    if image[_MARK_AT : _MARK_AT + len(_MARK)] == _MARK:
        image[_MARK_AT : _MARK_AT + len(_MARK)] = bytes(len(_MARK))
    return bytes(image)
