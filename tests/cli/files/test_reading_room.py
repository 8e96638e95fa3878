# SPDX-License-Identifier: GPL-3.0-or-later
"""How much memory each kind of image is let take before it is decoded, and how it is handed over."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pyvips
import tifffile
from PIL import Image

from smart_lineart.cli.errors import FileError
from smart_lineart.cli.files import read_krita, read_raster, reading
from smart_lineart.cli.files.picture import (
    MAX_PROFILE,
    Picture,
    check_memory,
    plausible_dpi,
)
from smart_lineart.cli.files.reading import open_picture

HEIGHT, WIDTH = 200, 300
PIXELS = HEIGHT * WIDTH
NOISE = np.random.default_rng(1).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)
COLOUR, GREY = Image.fromarray(NOISE), Image.fromarray(NOISE[..., 0])


def interlaced(path: Path) -> None:
    pyvips.Image.new_from_array(NOISE).pngsave(str(path), interlace=True)


# Bytes that libvips and the libraries below it take, as was measured.
ROOM: dict[str, tuple[Callable[[Path], object], int]] = {
    "rows.png": (COLOUR.save, 3 * 3 * WIDTH * 16),
    "grey.png": (GREY.save, 3 * WIDTH * 16),
    "interlaced.png": (interlaced, 3 * PIXELS),
    "rows.jpg": (COLOUR.save, 3 * 3 * WIDTH * 16),
    "scans.jpg": (lambda path: COLOUR.save(path, progressive=True, subsampling="4:2:0"), 3 * PIXELS),
    "whole-chroma.jpg": (lambda path: COLOUR.save(path, progressive=True, subsampling="4:4:4"), 6 * PIXELS),
    "rows.tif": (COLOUR.save, 3 * 3 * WIDTH * 16),
    "deep.tif": (
        lambda path: tifffile.imwrite(path, NOISE.astype(np.uint16), photometric="rgb"),
        3 * 6 * WIDTH * 16,
    ),
    "tiles.tif": (lambda path: tifffile.imwrite(path, NOISE[..., 0], tile=(64, 64)), 3 * WIDTH * 64),
    "one-tile.tif": (lambda path: tifffile.imwrite(path, NOISE[..., 0], tile=(256, 16)), 3 * WIDTH * HEIGHT),
}


@pytest.mark.parametrize("name", ROOM)
def test_a_file_is_opened_where_there_is_room_for_what_it_takes_and_not_for_less(tmp_path, name) -> None:
    save, needed = ROOM[name]
    save(tmp_path / name)
    picture = open_picture(tmp_path / name, needed)
    assert (picture.width, picture.height) == (WIDTH, HEIGHT)
    with pytest.raises(FileError, match="takes more memory to read than allowed"):
        open_picture(tmp_path / name, needed - 1)


def test_a_webp_is_unpacked_and_held_packed_at_once(tmp_path: Path) -> None:
    path = tmp_path / "a.webp"
    COLOUR.save(path, lossless=True)
    needed = 8 * PIXELS + path.stat().st_size
    assert open_picture(path, needed).width == WIDTH
    with pytest.raises(FileError, match="takes more memory to read than allowed"):
        open_picture(path, needed - 1)


def test_just_as_much_memory_as_there_is_may_be_taken() -> None:
    check_memory("a.png", 100, 100)
    with pytest.raises(FileError):
        check_memory("a.png", 101, 100)


def test_rows_come_in_strips_of_about_a_megabyte(tmp_path: Path) -> None:
    Image.fromarray(np.zeros((1000, 3000), np.uint8)).save(tmp_path / "a.png")
    picture = open_picture(tmp_path / "a.png", 1 << 30)
    sizes = [len(strip) for strip in picture.strips]
    assert sizes == [349 * 3000, 349 * 3000, 302 * 3000]
    assert picture.row_bytes == 3000


@pytest.mark.parametrize(
    ("dpi", "plausible"),
    [
        ((36, 36), True),
        ((10_000, 10_000), True),
        ((35.9, 300), False),
        ((300, 10_001), False),
        ((0, 0), False),
    ],
)
def test_a_resolution_is_one_that_a_page_can_have(dpi: tuple[float, float], plausible: bool) -> None:
    assert plausible_dpi(*dpi) == (dpi if plausible else None)


@pytest.mark.parametrize(
    ("bands", "sample", "size"), [(1, "uint8", 7), (3, "uint16", 42), (4, "float64", 224)]
)
def test_a_row_has_so_many_bytes(bands: int, sample: str, size: int) -> None:
    assert Picture(7, 1, bands, sample, iter(())).row_bytes == size


class Fields:
    """What libvips says of an image."""

    def __init__(self, **fields: Any) -> None:
        self._fields = {name.replace("_", "-"): value for name, value in fields.items()}

    def get_typeof(self, name: str) -> int:
        return int(name in self._fields)

    def get(self, name: str) -> Any:
        return self._fields[name]


def test_a_profile_is_one_of_rgb_and_no_larger_than_any() -> None:
    profile = (bytes(16) + b"RGB ").ljust(MAX_PROFILE, b"\0")
    assert read_raster._rgb_profile(Fields(icc_profile_data=profile)) == profile
    assert read_raster._rgb_profile(Fields(icc_profile_data=profile + b"\0")) is None
    assert read_raster._rgb_profile(Fields(icc_profile_data=b"CMYK" * 99)) is None
    assert read_raster._rgb_profile(Fields()) is None


@pytest.mark.parametrize(("said", "taken"), [(1, 1), (8, 8), (6, 6), (0, 1), (9, 1), (None, 1)])
def test_an_orientation_is_one_of_eight(said: int | None, taken: int) -> None:
    assert read_raster._orientation(Fields() if said is None else Fields(orientation=said)) == taken


def test_only_several_pages_are_told(tmp_path: Path) -> None:
    assert read_raster._notices(Fields(n_pages=2), "a") == ["a has 2 pages; the first one is inked."]
    assert read_raster._notices(Fields(n_pages=1), "a") == read_raster._notices(Fields(), "a") == []


def bands_of(interpretation: str, bands: int, *, alpha: bool = False) -> Any:
    image = pyvips.Image.black(3, 2, bands=bands).copy(interpretation=interpretation)
    if alpha:
        image = image.bandjoin(255)
    return read_raster._grey_or_rgb(image)


@pytest.mark.parametrize(
    ("interpretation", "bands", "left"),
    [
        *(("b-w", 1, 1), ("b-w", 2, 2), ("b-w", 5, 2), ("srgb", 3, 3), ("srgb", 4, 4), ("srgb", 6, 4)),
        *(("multiband", 1, 1), ("multiband", 2, 2), ("multiband", 3, 3), ("multiband", 4, 4)),
        *(("multiband", 5, 3), ("histogram", 2, 2), ("matrix", 1, 1)),
    ],
)
def test_a_page_is_grey_or_rgb_with_or_without_alpha(interpretation: str, bands: int, left: int) -> None:
    assert bands_of(interpretation, bands).bands == left


def test_memory_that_libvips_lacks_is_told_from_damage() -> None:
    otherwise = FileError("a.png is damaged.")
    for words in ("out of memory", "no space for row", "unable to allocate"):
        assert "memory" in str(read_raster._fault(pyvips.Error("", words), otherwise, "a.png"))
    lied = "Failed to allocate memory for to read TIFF directory (0 elements of 2 bytes each)"
    assert read_raster._fault(pyvips.Error("", lied), otherwise, "a.tif") is otherwise
    assert read_raster._fault(pyvips.Error("", "bad checksum"), otherwise, "a.png") is otherwise


def test_rows_that_libvips_made_up_for_want_of_memory_are_not_taken(tmp_path: Path, monkeypatch) -> None:
    """It says so, and goes on with black ones."""
    GREY.save(tmp_path / "a.png")
    picture = open_picture(tmp_path / "a.png", 1 << 30)
    said = iter(["", "vipspng: out of memory"])
    monkeypatch.setattr(read_raster, "_said", lambda: next(said))
    with pytest.raises(FileError, match="takes more memory to read than allowed"):
        list(picture.strips)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (MemoryError(), "takes more memory to read than allowed"),
        (FileError("It is damaged."), "It is damaged"),
    ],
)
def test_a_file_that_is_refused_is_closed(tmp_path: Path, monkeypatch, error: Exception, words: str) -> None:
    GREY.save(tmp_path / "a.png")
    opened = []

    def fail(file: Any, *_: object) -> Picture:
        opened.append(file)
        raise error

    monkeypatch.setattr(reading, "reader_of", lambda _: fail)
    with pytest.raises(FileError, match=words):
        open_picture(tmp_path / "a.png", 1 << 30)
    assert opened[0].closed == isinstance(error, FileError)


# ---- the merged image in a Krita document ----


def document(path: Path, merged: bytes, *, packing: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", packing) as archive:
        archive.writestr("mergedimage.png", merged)
    return path


def png(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "png")
    return file.getvalue()


@pytest.mark.parametrize("packing", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_merged_image_is_read_stored_or_deflated(tmp_path: Path, packing: int) -> None:
    picture = open_picture(document(tmp_path / "a.kra", png(COLOUR), packing=packing), 1 << 30)
    assert b"".join(bytes(strip) for strip in picture.strips) == NOISE.tobytes()


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_merged_image_packed_as_krita_never_does_is_refused(tmp_path: Path, packing: int) -> None:
    with pytest.raises(FileError, match="is damaged"):
        open_picture(document(tmp_path / "a.kra", png(COLOUR), packing=packing), 1 << 30)


def test_a_blank_page_may_pack_far_and_a_large_one_no_further_than_64_times(tmp_path: Path) -> None:
    """A megabyte is the least it is counted as."""
    for size, words in ((64 << 20, "is damaged"), ((64 << 20) + 1, "too large for any drawing")):
        with pytest.raises(FileError, match=words):
            open_picture(document(tmp_path / "a.kra", bytes(size)), 1 << 30)


def test_a_merged_image_of_just_the_most_bytes_is_read(tmp_path: Path, monkeypatch) -> None:
    data = png(GREY)
    path = document(tmp_path / "a.kra", data)
    monkeypatch.setattr(read_krita, "MAX_BYTES", len(data))
    assert open_picture(path, 1 << 30).width == WIDTH
    monkeypatch.setattr(read_krita, "MAX_BYTES", len(data) - 1)
    with pytest.raises(FileError, match="too large for any drawing"):
        open_picture(path, 1 << 30)


def test_a_list_of_names_is_read_up_to_four_megabytes() -> None:
    archive = read_krita._Archive(io.BytesIO(bytes(5 << 20)))  # type: ignore[arg-type]
    assert len(archive.read(4 << 20)) == 4 << 20
    archive.seek(0)
    with pytest.raises(zipfile.BadZipFile):
        archive.read((4 << 20) + 1)
    assert len(archive.read()) == 5 << 20
