# SPDX-License-Identifier: GPL-3.0-or-later
"""Small files that ask their decoder for gigabytes, or for time without end; made anew for each test."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pyvips
from PIL import Image

SIDE = 22_000


def tiff(*tags: tuple[int, int, int], data: bytes = b"") -> bytes:
    """A little-endian TIFF of (tag, type, value) whose only strip or tile is `data`."""
    strip = 8 + 2 + 12 * (len(tags) + 2) + 4
    named = {273, 279, 324, 325}
    tiled = any(tag == 322 for tag, _, _ in tags)
    places = ((324, 4, strip), (325, 4, len(data))) if tiled else ((273, 4, strip), (279, 4, len(data)))
    assert not named & {tag for tag, _, _ in tags}
    entries = b"".join(
        struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in sorted((*tags, *places))
    )
    return b"II*\0" + struct.pack("<IH", 8, len(tags) + 2) + entries + bytes(4) + data


def of_one_strip(**more: int) -> bytes:
    """22000 px square of 8 bits; `more`: t262=6 is a tag's value."""
    tags = {256: SIDE, 257: SIDE, 258: 8, 259: 8, 262: 1, 277: 1, 278: SIDE}
    tags.update({int(name[1:]): value for name, value in more.items()})
    return tiff(*((tag, 4, value) for tag, value in tags.items()), data=zlib.compress(bytes(1000)))


def ycc() -> bytes:
    """The same in YCbCr at half the resolution of colour: libtiff makes RGBA of the whole strip."""
    tags = [
        (256, 4, 1, SIDE), (257, 4, 1, SIDE), (258, 3, 3, 146), (259, 3, 1, 8), (262, 3, 1, 6),
        (273, 4, 1, 152), (277, 3, 1, 3), (278, 4, 1, SIDE), (279, 4, 1, 100),
        (284, 3, 1, 1), (530, 3, 2, 2 | 2 << 16),
    ]  # fmt: skip
    entries = b"".join(struct.pack("<HHII", *tag) for tag in tags)
    packed = zlib.compress(bytes(10_000))[:100].ljust(100, b"\0")
    return (
        b"II*\0"
        + struct.pack("<IH", 8, len(tags))
        + entries
        + bytes(4)
        + struct.pack("<3H", 8, 8, 8)
        + packed
    )


def svg() -> bytes:
    turbulence = '<feTurbulence numOctaves="255" baseFrequency="0.9"/><feGaussianBlur stdDeviation="500"/>'
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="20000" height="20000"><filter id="f">'
        f'{turbulence * 40}</filter><rect width="20000" height="20000" filter="url(#f)"/></svg>'
    ).encode()


def krita(path: Path, merged: bytes) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/x-krita")
        archive.writestr("mergedimage.png", merged)


def photoshop(mode: int, channels: int, side: int, depth: int = 8, packed: bool = True) -> bytes:
    head = b"8BPS" + struct.pack(">H6xHIIHH", 1, channels, side, side, depth, mode)
    run = struct.pack("bB", -127, 255)  # 128 times white
    row = run * -(-side * depth // 8 // 128)
    lengths = struct.pack(">H", len(row)) * side * channels
    return head + bytes(12) + struct.pack(">H", 1) + lengths + row * side * channels


def white(width: int, height: int, bands: int = 3) -> pyvips.Image:
    kind = "srgb" if bands == 3 else "b-w"
    return (pyvips.Image.black(width, height, bands=bands) + 255).cast("uchar").copy(interpretation=kind)


def progressive(path: Path) -> None:
    """36 megapixels whose last scan comes a thousand times."""
    white(6000, 6000).jpegsave(str(path), interlace=True)
    data = path.read_bytes()
    scan = data[data.rindex(b"\xff\xda") : -2]
    path.write_bytes(data[:-2] + scan * 1000 + b"\xff\xd9")


def png(path: Path, *, interlace: bool) -> None:
    white(9000, 9000).pngsave(str(path), interlace=interlace, compression=1)


def png_of_text(path: Path) -> None:
    """A text chunk that unpacks to 100 MB."""
    white(16, 16).pngsave(str(path))
    data = path.read_bytes()
    pack = zlib.compressobj(9)
    text = b"Comment\0\0" + b"".join(pack.compress(bytes(1 << 20)) for _ in range(100)) + pack.flush()
    body = b"zTXt" + text
    path.write_bytes(
        data[:33] + struct.pack(">I", len(text)) + body + struct.pack(">I", zlib.crc32(body)) + data[33:]
    )


def webp(path: Path) -> None:
    white(6000, 6000).webpsave(str(path), lossless=True, effort=0)


def webp_animation(path: Path) -> None:
    """Seven frames of 6 megapixels in a few kilobytes."""
    frame = Image.new("RGB", (2400, 2400), "white")
    other = Image.new("RGB", (2400, 2400), "black")
    frame.save(path, save_all=True, append_images=[other, frame] * 3, lossless=True, quality=0, method=0)


def nested(path: Path) -> None:
    """An archive in an archive, by the name that is read."""
    krita(path, svg())
    krita(path, path.read_bytes())


def written(content: bytes) -> Callable[[Path], None]:
    return lambda path: path.write_bytes(content) and None


ATTACKS: dict[str, Callable[[Path], None]] = {
    "svg.kra": lambda path: krita(path, svg()),
    "nested.kra": nested,
    "gif.kra": lambda path: krita(path, b"GIF89a" + struct.pack("<HHBBB", 65535, 65535, 0, 0, 0)),
    "swells.kra": lambda path: krita(path, b"\x89PNG\r\n\x1a\n" + bytes(200 << 20)),
    "ycc-strip.tif": written(ycc()),
    "ycc-tile.tif": written(of_one_strip(t262=6, t277=3, t322=SIDE, t323=SIDE)),
    "wide-tile.tif": written(of_one_strip(t256=16, t257=16, t322=1 << 20, t323=1 << 12)),
    "planes.tif": written(of_one_strip(t277=3, t262=2, t284=2)),
    "bands.tif": written(of_one_strip(t277=4000, t258=32, t256=100_000, t257=10, t278=10)),
    "jpeg-strip.tif": written(of_one_strip(t259=7)),
    "fax.tif": written(of_one_strip(t259=4, t258=1)),
    "ring.tif": written(b"II*\0" + struct.pack("<IHI", 8, 0, 8) + bytes(100)),
    "interlaced.png": lambda path: png(path, interlace=True),
    "text.png": png_of_text,
    "scans.jpg": progressive,
    "whole.webp": webp,
    "animation.webp": webp_animation,
    "cmyk.psd": written(photoshop(4, 4, 6000)),
    "lab.psd": written(photoshop(9, 3, 6000)),
    "palette.psd": written(photoshop(2, 1, 6000)),
    "bits.psd": written(photoshop(0, 1, 6000, depth=1)),
    "multichannel.psd": written(photoshop(7, 3, 6000)),
}
