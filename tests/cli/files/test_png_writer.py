# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import pyvips
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from smart_lineart.cli.files.png import PngWriter


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
