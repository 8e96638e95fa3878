# SPDX-License-Identifier: GPL-3.0-or-later
"""Photoshop documents section by section: resources, layers, channels, packed rows, and their bounds."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from smart_lineart.cli.errors import FileError
from smart_lineart.cli.files import psd_sections, read_psd
from smart_lineart.cli.files.picture import Picture
from tests.cli.photoshop import image_resource, photoshop_file

GREY = np.arange(35, dtype=np.uint8).reshape(5, 7, 1) * 7
PROFILE = bytes(16) + b"RGB " + bytes(41)  # of an odd length


def resolution(across: float, down: float) -> bytes:
    return image_resource(1005, struct.pack(">IHHIHH", int(across * 65536), 1, 1, int(down * 65536), 1, 1))


def opened(path: Path, room: int = 1 << 30) -> Picture:
    with path.open("rb") as file:
        return read_psd.open_psd(io.BytesIO(file.read()), "psd", path.name, room)


def rows(picture: Picture) -> np.ndarray:
    data = np.frombuffer(b"".join(bytes(strip) for strip in picture.strips), picture.sample)
    return data.reshape(picture.height, picture.width, picture.bands)


def test_a_resolution_is_read_both_ways_and_in_parts_of_a_dot(tmp_path: Path) -> None:
    path = photoshop_file(tmp_path / "a.psd", GREY, resources=resolution(299.5, 150.25))
    assert opened(path).dpi == (299.5, 150.25)


@pytest.mark.parametrize("data", [b"", image_resource(1005, bytes(15)), resolution(0.5, 300)])
def test_a_resolution_that_is_none_is_left_out(tmp_path: Path, data: bytes) -> None:
    assert opened(photoshop_file(tmp_path / "a.psd", GREY, resources=data)).dpi is None


def test_resources_are_found_behind_others_with_names_and_odd_lengths(tmp_path: Path) -> None:
    data = b"".join(
        (
            image_resource(1006, b"odd", b"even"),
            image_resource(1007, b"even", b"odd"),
            image_resource(1039, PROFILE, b"sRGB"),
            resolution(300, 200),
        )
    )
    picture = opened(photoshop_file(tmp_path / "a.psd", GREY, resources=data))
    assert picture.icc == PROFILE
    assert picture.dpi == (300, 200)
    assert np.array_equal(rows(picture), GREY)


@pytest.mark.parametrize("space", [b"CMYK", b"GRAY", b"Lab "])
def test_a_profile_of_other_colours_is_left_out(tmp_path: Path, space: bytes) -> None:
    data = image_resource(1039, PROFILE.replace(b"RGB ", space))
    assert opened(photoshop_file(tmp_path / "a.psd", GREY, resources=data)).icc is None


def test_a_resource_larger_than_any_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = photoshop_file(
        tmp_path / "a.psd", GREY, resources=image_resource(1039, PROFILE) + resolution(300, 200)
    )
    monkeypatch.setattr(psd_sections, "_LARGEST", len(PROFILE))
    assert opened(path).icc == PROFILE
    monkeypatch.setattr(psd_sections, "_LARGEST", len(PROFILE) - 1)
    picture = opened(path)
    assert (picture.icc, picture.dpi) == (None, (300, 200))
    assert np.array_equal(rows(picture), GREY)


def test_only_so_many_resources_are_looked_at(tmp_path: Path) -> None:
    """Millions of empty ones would take minutes."""
    many = image_resource(1, b"") * ((1 << 14) - 1)
    for more, dpi in ((b"", (300, 200)), (image_resource(1, b""), None)):
        path = photoshop_file(tmp_path / "a.psd", GREY, resources=many + more + resolution(300, 200))
        picture = opened(path)
        assert picture.dpi == dpi
        assert np.array_equal(rows(picture), GREY)


@pytest.mark.parametrize(("colours", "mode"), [(1, 1), (3, 3)])
@pytest.mark.parametrize("clear", [False, True])
@pytest.mark.parametrize("packed", [False, True])
def test_transparency_is_the_channel_after_the_colours_and_what_follows_is_left_out(
    tmp_path: Path, colours: int, mode: int, clear: bool, packed: bool
) -> None:
    pixels = np.random.default_rng(3).integers(0, 256, (5, 7, colours + 3), np.uint8)
    picture = opened(photoshop_file(tmp_path / "a.psd", pixels, mode=mode, clear=clear, packed=packed))
    used = colours + clear
    assert picture.bands == used
    assert np.array_equal(rows(picture), pixels[..., :used])


def test_a_document_said_to_be_clear_without_a_channel_for_it_is_opaque(tmp_path: Path) -> None:
    picture = opened(photoshop_file(tmp_path / "a.psd", GREY, clear=True))
    assert picture.bands == 1
    assert np.array_equal(rows(picture), GREY)


def test_layers_are_passed_over_whatever_their_length(tmp_path: Path) -> None:
    plain = photoshop_file(tmp_path / "a.psd", GREY, resources=b"").read_bytes()
    head, merged = plain[:34], plain[38:]  # header, no palette, no resources; then the length of the layers
    for layers in (b"", bytes(5), bytes(6), struct.pack(">Ih", 2, -1) + bytes(301)):
        path = tmp_path / "b.psd"
        path.write_bytes(head + struct.pack(">I", len(layers)) + layers + merged)
        assert np.array_equal(rows(opened(path)), GREY)


@pytest.mark.parametrize("pixels", [1, 7, 14, 100])
@pytest.mark.parametrize("packed", [False, True])
def test_a_document_is_read_in_strips_of_whole_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pixels: int, packed: bool
) -> None:
    monkeypatch.setattr(read_psd, "STRIP_PIXELS", pixels)
    colours = np.random.default_rng(3).integers(0, 1 << 16, (5, 7, 3), np.uint16)
    strips = list(opened(photoshop_file(tmp_path / "a.psd", colours, packed=packed)).strips)
    heights = [len(strip) // (7 * 3 * 2) for strip in strips]
    assert heights == {1: [1] * 5, 7: [1] * 5, 14: [2, 2, 1], 100: [5]}[pixels]
    assert b"".join(strips) == colours.tobytes()


def test_a_row_that_grew_by_packing_beyond_all_measure_is_damage(tmp_path: Path) -> None:
    path = photoshop_file(tmp_path / "a.psd", GREY, packed=True, resources=b"")
    data = bytearray(path.read_bytes())
    at = 26 + 3 * 4 + 2  # the first row's length
    for length, fits in ((2 * 7 + 2, True), (2 * 7 + 3, False)):
        data[at : at + 2] = struct.pack(">H", length)
        path.write_bytes(data + bytes(100))
        if fits:
            rows(opened(path))
        else:
            with pytest.raises(FileError, match="damaged"):
                rows(opened(path))


@pytest.mark.parametrize(("channels", "fits"), [(0, False), (1, True), (56, True), (57, False)])
def test_a_document_has_its_colours_and_no_more_channels_than_photoshop_allows(
    tmp_path: Path, channels: int, fits: bool
) -> None:
    path = photoshop_file(tmp_path / "a.psd", np.repeat(GREY, 57, axis=2), mode=1)
    data = bytearray(path.read_bytes())
    data[12:14] = struct.pack(">H", channels)
    path.write_bytes(data)
    if fits:
        assert np.array_equal(rows(opened(path)), GREY)
    else:
        with pytest.raises(FileError, match="damaged"):
            opened(path)


def test_a_document_of_32_bits_is_not_read_as_eight(tmp_path: Path) -> None:
    path = photoshop_file(tmp_path / "a.psd", GREY)
    data = bytearray(path.read_bytes())
    data[22:24] = struct.pack(">H", 32)
    path.write_bytes(data)
    with pytest.raises(FileError, match="rare kind"):
        opened(path)


def test_a_document_of_one_bit_is_read_in_two_tones(tmp_path: Path) -> None:
    path = photoshop_file(tmp_path / "a.psd", GREY)
    data = bytearray(path.read_bytes())
    data[22:26] = struct.pack(">HH", 1, 0)
    path.write_bytes(data[: -GREY.size] + bytes([0b10100000] * 5))
    picture = opened(path)
    assert (picture.bands, picture.sample) == (1, "uint8")
    assert np.unique(rows(picture)).tolist() == [0, 255]


def test_a_rare_document_is_unpacked_where_there_is_room_for_five_bytes_a_pixel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = photoshop_file(tmp_path / "a.psd", np.repeat(GREY, 4, axis=2), mode=4)
    assert opened(path, 5 * GREY.size).bands == 3
    with pytest.raises(FileError, match="memory"):
        opened(path, 5 * GREY.size - 1)
    monkeypatch.setattr(read_psd, "_PILLOW_PIXELS", GREY.size)
    assert opened(path).bands == 3
    monkeypatch.setattr(read_psd, "_PILLOW_PIXELS", GREY.size - 1)
    with pytest.raises(FileError, match="large Photoshop document of a rare kind"):
        opened(path)


def test_a_rare_document_is_converted_in_strips(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = photoshop_file(tmp_path / "a.psd", np.repeat(GREY, 3, axis=2), mode=9)
    whole = rows(opened(path))
    monkeypatch.setattr(read_psd, "STRIP_PIXELS", 14)
    picture = opened(path)
    assert [len(strip) for strip in picture.strips] == [14, 14, 7]
    assert np.array_equal(whole[..., 0], GREY[..., 0])
    assert Image.MAX_IMAGE_PIXELS is None
