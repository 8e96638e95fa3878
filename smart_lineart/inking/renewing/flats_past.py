# SPDX-License-Identifier: GPL-3.0-or-later
"""The colours of flats as they were last written: what of them hints gave, and what the artist chose.

A layer tells which colour an area has, and not where that came from. With this a dab that is taken back
leaves nothing behind, and hints do not spread into what the artist coloured.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from smart_lineart.inking.renewing.flats import Flats, Ground
from smart_lineart.inking.renewing.pixel_codes import PixelTable

LARGEST = 1 << 20  # bytes, unpacked: enough for tens of thousands of areas
LEVEL = 6  # of zlib
MOST_ID = 1 << 20
MOST_DIGITS = len(str(MOST_ID))


@dataclass(frozen=True)
class Past:
    """What was written, by areas' ids: their pixels as the layer has them.

    Attributes:
        shown: of each area, and of the paper around them.
        without: where it is another one without hints.
        chosen: areas whose colour is the artist's own.
    """

    shown: dict[int, bytes]
    without: dict[int, bytes]
    chosen: frozenset[int]

    @classmethod
    def of(cls, ground: Ground, flats: Flats, table: PixelTable) -> Past:
        """Of flats and of what they are without hints, both in codes of a table."""
        pixels = table.pixels
        shown = {one: pixels[code].tobytes() for one, code in flats.colours.items()}
        without = {one: pixels[code].tobytes() for one, code in ground.colours.items()}
        differs = {one: pixel for one, pixel in without.items() if shown.get(one) != pixel}
        return cls(shown, differs, ground.chosen)

    def settle(self, ground: Ground, table: PixelTable) -> Ground:
        """Areas in the colours that they had before they were hinted at, where nobody has changed those."""
        pixels, colours, chosen = table.pixels, dict(ground.colours), set()
        for one, code in ground.colours.items():
            if self.shown.get(one) != pixels[code].tobytes():
                chosen.add(one)
                continue
            if one in self.without:
                colours[one] = _code(self.without[one], table)
            if one in self.chosen:
                chosen.add(one)
        return replace(ground, colours=colours, chosen=frozenset(chosen - {0}))

    def pack(self) -> bytes:
        """As it is kept in a document; :meth:`unpack` reads it."""
        lines = [
            *_lines("s", self.shown),
            *_lines("w", self.without),
            *(f"c  {one}" for one in sorted(self.chosen)),
        ]
        return zlib.compress("\n".join(lines).encode("ascii"), LEVEL)

    @classmethod
    def unpack(cls, data: bytes, size: int) -> Past | None:
        """Read what :meth:`pack` wrote of pixels of `size` bytes; None for anything else."""
        unpacked = zlib.decompressobj()
        if len(data) > LARGEST:
            return None
        try:
            lines = unpacked.decompress(data, LARGEST).decode("ascii").split("\n")
            known: dict[str, dict[int, bytes]] = {"s": {}, "w": {}, "c": {}}
            for kind, pixel, ones in (line.split(" ") for line in lines if line):
                value = bytes.fromhex(pixel)
                for digits in ones.split(","):
                    if len(digits) > MOST_DIGITS:  # int takes very long for very many
                        return None
                    one = int(digits)
                    if not 0 <= one <= MOST_ID or len(value) != (0 if kind == "c" else size):
                        return None
                    known[kind][one] = value
        except (ValueError, KeyError, zlib.error):
            return None
        return cls(known["s"], known["w"], frozenset(known["c"])) if unpacked.eof else None


def _code(pixel: bytes, table: PixelTable) -> int:
    return table.code(table.pixel(pixel))


def _lines(kind: str, pixels: dict[int, bytes]) -> Iterator[str]:
    """One line for each pixel, with the areas that have it."""
    areas: dict[bytes, list[int]] = {}
    for one, pixel in sorted(pixels.items()):
        areas.setdefault(pixel, []).append(one)
    for pixel, ones in areas.items():
        yield f"{kind} {pixel.hex()} {','.join(map(str, ones))}"
