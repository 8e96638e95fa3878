# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import pyvips
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from smart_lineart.cli.files.png import PngWriter, _colours, write_png


def encode(pixels: np.ndarray, strips: list[int], **options) -> bytes:
    file = io.BytesIO()
    height, width, channels = pixels.shape
    writer = PngWriter(file, width=width, height=height, channels=channels, **options)
    top = 0
    for rows in strips:
        writer.write(pixels[top : top + rows])
        top += rows
    writer.finish()
    return file.getvalue()


@settings(deadline=None)
@given(
    strips=st.lists(st.integers(1, 40), min_size=1, max_size=5),
    width=st.integers(1, 70),
    channels=st.sampled_from([3, 4]),
    seed=st.integers(0, 2**32 - 1),
)
def test_two_decoders_read_back_the_pixels_written_in_any_strips(strips, width, channels, seed):
    pixels = np.random.default_rng(seed).integers(0, 256, (sum(strips), width, channels), np.uint8)
    png = encode(pixels, strips)
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(png))), pixels)
    assert np.array_equal(pyvips.Image.new_from_buffer(png, "", fail_on="warning").numpy(), pixels)


def test_resolution_is_kept_both_ways():
    png = encode(np.zeros((3, 5, 4), np.uint8), [3], dpi=(300, 150))
    assert Image.open(io.BytesIO(png)).info["dpi"] == pytest.approx((300, 150), abs=0.02)


def test_without_a_resolution_none_is_invented():
    assert "dpi" not in Image.open(io.BytesIO(encode(np.zeros((3, 5, 4), np.uint8), [3]))).info


def test_a_profile_replaces_the_srgb_mark():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    with_profile = Image.open(io.BytesIO(encode(np.zeros((3, 5, 4), np.uint8), [3], icc=profile)))
    without = Image.open(io.BytesIO(encode(np.zeros((3, 5, 4), np.uint8), [3])))
    assert with_profile.info["icc_profile"] == profile
    assert "srgb" not in with_profile.info
    assert without.info["srgb"] == 0


def test_an_image_that_misses_rows_is_not_finished():
    writer = PngWriter(io.BytesIO(), width=5, height=4, channels=4)
    writer.write(np.zeros((3, 5, 4), np.uint8))
    with pytest.raises(AssertionError):
        writer.finish()


def test_flat_ink_packs_well(tmp_path: Path):
    pixels = np.zeros((500, 500, 4), np.uint8)
    pixels[100:110, :, 3] = 255
    assert len(encode(pixels, [128, 128, 128, 116])) < pixels.size / 100


def chunks(png: bytes) -> list[tuple[bytes, bytes]]:
    """Kind and data of every chunk, each with its length and checksum looked at."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    at, found = 8, []
    while at < len(png):
        (size,) = struct.unpack(">I", png[at : at + 4])
        kind, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + size]
        assert struct.unpack(">I", png[at + 8 + size : at + 12 + size])[0] == zlib.crc32(kind + data)
        found.append((kind, data))
        at += 12 + size
    return found


def test_a_file_is_made_of_the_chunks_that_png_asks_for_in_their_order():
    pixels = np.random.default_rng(5).integers(0, 256, (6, 5, 4), np.uint8)
    found = chunks(encode(pixels, [4, 2], dpi=(300, 150)))
    kinds = [kind for kind, _ in found]
    assert kinds[:3] == [b"IHDR", b"sRGB", b"pHYs"]
    assert set(kinds[3:-1]) == {b"IDAT"}
    assert found[-1] == (b"IEND", b"")
    assert found[0][1] == struct.pack(">IIBBBBB", 5, 6, 8, 6, 0, 0, 0)  # deflate, one filter, not interlaced
    assert found[1][1] == b"\0"  # perceptual
    assert found[2][1] == struct.pack(">IIB", 11811, 5906, 1)  # px per metre
    lines = zlib.decompress(b"".join(data for kind, data in found if kind == b"IDAT"))
    assert lines == b"".join(b"\0" + row.tobytes() for row in pixels)


def test_a_profile_is_packed_under_a_name():
    profile = bytes(range(256)) * 3
    (data,) = [
        data
        for kind, data in chunks(encode(np.zeros((1, 1, 3), np.uint8), [1], icc=profile))
        if kind == b"iCCP"
    ]
    name, packed = data.split(b"\0", 1)
    assert name == b"ICC profile"
    assert packed[0] == 0  # deflate
    assert zlib.decompress(packed[1:]) == profile


def test_a_page_is_written_as_it_comes_and_packed_fast():
    """Pixels are never held: most are in the file before it is finished, at the level zlib calls fastest."""
    file = io.BytesIO()
    noise = np.random.default_rng(5).integers(0, 256, (400, 300, 4), np.uint8)
    writer = PngWriter(file, width=300, height=400, channels=4)
    writer.write(noise[:390])
    assert file.tell() > 0.9 * noise.nbytes
    writer.write(noise[390:])
    writer.finish()
    packed = b"".join(data for kind, data in chunks(file.getvalue()) if kind == b"IDAT")
    assert packed[:2] == b"\x78\x01"


def test_rows_beyond_the_page_are_refused():
    writer = PngWriter(io.BytesIO(), width=5, height=4, channels=4)
    with pytest.raises(AssertionError):
        writer.write(np.zeros((5, 5, 4), np.uint8))


def test_ink_is_a_colour_with_alpha_or_lies_over_white():
    clear = _colours(SimpleNamespace(colour=(10, 20, 30), white=False))
    assert clear.tolist() == [[10, 20, 30, alpha] for alpha in range(256)]
    over = _colours(SimpleNamespace(colour=(0, 100, 255), white=True))
    assert over.shape == (256, 3)
    assert over[[0, 51, 255]].tolist() == [[255, 255, 255], [204, 224, 255], [0, 100, 255]]


def test_it_is_told_how_much_is_written():
    told: list[float] = []
    strips = [np.zeros((rows, 6), np.uint8) for rows in (3, 5, 2)]
    write_png(
        io.BytesIO(),
        SimpleNamespace(colour=(0, 0, 0), white=False, size=(10, 6), icc=None, dpi=None, strips=iter(strips)),
        told.append,
    )
    assert told == [0.3, 0.8, 1.0]
