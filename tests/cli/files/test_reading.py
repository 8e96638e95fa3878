# SPDX-License-Identifier: GPL-3.0-or-later
"""What every kind of file says about a page's luma, resolution and profile."""

from __future__ import annotations

import contextlib
import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
import pyvips
import tifffile
from PIL import Image, ImageCms

from smart_lineart.cli.errors import FileError
from smart_lineart.cli.files import read_krita, read_psd
from smart_lineart.cli.files.page import MAX_PIXELS, Page, Spool, read_page
from smart_lineart.cli.files.read_raster import _Bytes, open_raster
from smart_lineart.inking import ArraySketch
from tests.cli.cli_helpers import files_in
from tests.cli.photoshop import photoshop_file

SIZE = (48, 80)
RAMP = np.tile(np.linspace(0, 255, SIZE[1]).round().astype(np.uint8), (SIZE[0], 1))
RAMP[:8] = 255  # told apart upside down
FINE = np.tile(np.arange(30000, 30000 + SIZE[1], dtype=np.uint16), (SIZE[0], 1))
"""Grey values that are all the same in 8 bits."""


def read(path: Path, *, in_memory: int = 1 << 30) -> Page:
    return read_page(path, Spool(in_memory, path.parent))


def luma(page: Page) -> np.ndarray:
    return page.sketch.read_luma(0, page.sketch.size[0])


def in_colour(grey: np.ndarray) -> np.ndarray:
    return np.stack([grey, grey, grey], axis=-1)


def with_alpha(colours: np.ndarray, alpha: int) -> np.ndarray:
    return np.dstack([colours, np.full(colours.shape[:2], alpha, colours.dtype)])


GREY, COLOUR = Image.fromarray(RAMP), Image.fromarray(in_colour(RAMP))

EIGHT_BIT: dict[str, Callable[[Path], None]] = {
    "grey.png": GREY.save,
    "colour.png": COLOUR.save,
    "palette.png": lambda path: GREY.convert("P").save(path),
    "opaque-grey.png": lambda path: GREY.convert("LA").save(path),
    "opaque.png": lambda path: COLOUR.convert("RGBA").save(path),
    "grey.jpg": lambda path: GREY.save(path, quality=100),
    "colour.jpg": lambda path: COLOUR.save(path, quality=100),
    "progressive.jpg": lambda path: COLOUR.save(path, quality=100, progressive=True),
    "grey.tif": GREY.save,
    "colour.tif": lambda path: COLOUR.save(path, compression="tiff_lzw"),
    "palette.tif": lambda path: GREY.convert("P").save(path),
    "white-is-zero.tif": lambda path: tifffile.imwrite(path, 255 - RAMP, photometric="miniswhite"),
    "tiles.tif": lambda path: tifffile.imwrite(path, RAMP, tile=(16, 16)),
    "colour.webp": lambda path: COLOUR.save(path, lossless=True),
    "opaque.webp": lambda path: COLOUR.convert("RGBA").save(path, lossless=True),
    "named-wrongly.jpg": lambda path: GREY.save(path, format="png"),
    "with[page=3].png": GREY.save,
}


@pytest.mark.parametrize("name", EIGHT_BIT)
def test_a_ramp_of_eight_bits_reads_as_luma(tmp_path, name):
    EIGHT_BIT[name](tmp_path / name)
    page = read(tmp_path / name)
    assert page.sketch.size == SIZE
    tolerance = 3 / 255 if name.endswith("jpg") else 1e-4
    assert np.abs(luma(page) - RAMP / 255).max() <= tolerance
    assert page.notices == []


DEEP: dict[str, Callable[[Path], None]] = {
    "grey.png": lambda path: cv2.imwrite(str(path), FINE),
    "colour.png": lambda path: cv2.imwrite(str(path), in_colour(FINE)),
    "alpha.png": lambda path: cv2.imwrite(str(path), with_alpha(in_colour(FINE), 65535)),
    "grey.tif": lambda path: tifffile.imwrite(path, FINE),
    "colour.tif": lambda path: tifffile.imwrite(path, in_colour(FINE), photometric="rgb"),
    "float.tif": lambda path: tifffile.imwrite(path, (FINE / 65535).astype(np.float32)),
    "float-colour.tif": lambda path: tifffile.imwrite(
        path, in_colour(FINE / 65535).astype(np.float32), photometric="rgb"
    ),
    "long.tif": lambda path: tifffile.imwrite(path, FINE.astype(np.uint32) << 16),
}


@pytest.mark.parametrize("name", DEEP)
def test_values_between_those_of_eight_bits_survive(tmp_path, name):
    DEEP[name](tmp_path / name)
    values = luma(read(tmp_path / name))
    assert len(np.unique(values)) == SIZE[1]
    assert np.abs(values - FINE / 65535).max() < 2 / 65535


def test_colours_weigh_as_in_krita(tmp_path):
    Image.fromarray(np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255]]], np.uint8)).save(tmp_path / "rgb.png")
    assert luma(read(tmp_path / "rgb.png"))[0] == pytest.approx([0.2126, 0.7152, 0.0722], abs=2e-5)


@pytest.mark.parametrize("kind", ["png", "tif", "webp"])
def test_what_is_transparent_is_paper(tmp_path, kind):
    pixels = np.zeros((4, 6, 4), np.uint8)
    pixels[:, 2:4, 3] = 51
    pixels[:, 4:, 3] = 255
    Image.fromarray(pixels).save(tmp_path / f"clear.{kind}", lossless=True)
    assert luma(read(tmp_path / f"clear.{kind}"))[0] == pytest.approx([1, 1, 0.8, 0.8, 0, 0], abs=2e-5)


def test_premultiplied_alpha_is_taken_apart(tmp_path):
    half = np.full((4, 4, 4), (50, 50, 50, 100), np.uint8)  # grey 127 under 39 % alpha
    tifffile.imwrite(tmp_path / "half.tif", half, photometric="rgb", extrasamples=["assocalpha"])
    assert luma(read(tmp_path / "half.tif")) == pytest.approx(1 - 100 / 255 * (1 - 127 / 255), abs=0.01)


def test_a_transparent_palette_entry_is_paper(tmp_path):
    image = Image.new("P", (4, 4), 1)
    image.putpalette([0, 0, 0, 0, 0, 0])
    image.save(tmp_path / "clear.png", transparency=1)
    assert (luma(read(tmp_path / "clear.png")) == 1).all()


@pytest.mark.parametrize("name", ["bits.png", "bits.tif"])
def test_one_bit_is_black_and_white(tmp_path, name):
    Image.fromarray(RAMP > 127).save(tmp_path / name)
    assert np.array_equal(luma(read(tmp_path / name)), (RAMP > 127).astype(np.float32))


@pytest.mark.parametrize("name", ["print.jpg", "print.tif"])
def test_ink_on_a_printed_page_is_dark(tmp_path, name):
    COLOUR.convert("CMYK").save(tmp_path / name)
    row = luma(read(tmp_path / name))[20]
    assert row[0] < 0.2
    assert row[-1] > 0.97
    assert (np.diff(row) > -0.03).all()


def test_lightness_and_colour_read_as_luma(tmp_path):
    pyvips.Image.new_from_array(RAMP).colourspace("lab").tiffsave(str(tmp_path / "lab.tif"))
    assert np.abs(luma(read(tmp_path / "lab.tif")) - RAMP / 255).max() < 0.02


def test_float_beyond_white_is_white_and_what_is_no_number_paper(tmp_path):
    values = np.array([[-1, 0, 0.5, 1, 7, np.nan]], np.float32)
    tifffile.imwrite(tmp_path / "float.tif", values)
    assert luma(read(tmp_path / "float.tif"))[0] == pytest.approx([0, 0, 0.5, 1, 1, 1], abs=1e-5)


def test_spot_channels_are_left_out(tmp_path):
    five = np.dstack([in_colour(RAMP), np.full(SIZE, 255, np.uint8), RAMP])
    extra = ["unassalpha", "unspecified"]
    tifffile.imwrite(tmp_path / "five.tif", five, photometric="rgb", extrasamples=extra)
    assert np.abs(luma(read(tmp_path / "five.tif")) - RAMP / 255).max() < 1e-4


UPRIGHT = {
    1: lambda a: a,
    2: np.fliplr,
    3: lambda a: np.rot90(a, 2),
    4: np.flipud,
    5: np.transpose,
    6: lambda a: np.rot90(a, 3),
    7: lambda a: np.rot90(a, 2).T,
    8: np.rot90,
}


@pytest.mark.parametrize("orientation", UPRIGHT)
@pytest.mark.parametrize("in_memory", [1 << 30, 0], ids=["memory", "disk"])
@pytest.mark.parametrize("kind", ["png", "tif", "jpg", "webp"])
def test_a_page_held_sideways_is_turned_upright(tmp_path, orientation, in_memory, kind):
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / f"turned.{kind}"
    GREY.save(path, exif=exif, dpi=(300, 150), lossless=True, quality=100)
    page = read(path, in_memory=in_memory)
    assert np.abs(luma(page) * 255 - UPRIGHT[orientation](RAMP)).max() < (3 if kind == "jpg" else 0.01)
    if kind != "webp":  # it has no resolution of its own
        assert page.dpi == pytest.approx((300, 150) if orientation < 5 else (150, 300), abs=0.03)


@pytest.mark.parametrize("kind", ["png", "jpg", "tif"])
def test_the_resolution_is_read_and_none_is_invented(tmp_path, kind):
    GREY.save(tmp_path / f"known.{kind}", dpi=(600, 600))
    GREY.save(tmp_path / f"unknown.{kind}")
    assert read(tmp_path / f"known.{kind}").dpi == pytest.approx((600, 600), abs=0.02)
    assert read(tmp_path / f"unknown.{kind}").dpi is None


def test_an_rgb_profile_is_kept_and_no_other(tmp_path):
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    COLOUR.save(tmp_path / "srgb.png", icc_profile=srgb)
    COLOUR.save(tmp_path / "lab.png", icc_profile=lab)
    assert read(tmp_path / "srgb.png").icc == srgb
    assert read(tmp_path / "lab.png").icc is None


def test_the_first_of_several_pages_is_read_and_told(tmp_path):
    GREY.save(tmp_path / "pages.tif", save_all=True, append_images=[Image.new("L", (10, 10))] * 2)
    page = read(tmp_path / "pages.tif")
    assert page.sketch.size == SIZE
    assert page.notices == [f"{tmp_path / 'pages.tif'} has 3 pages; the first one is inked."]


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_a_large_page_is_kept_on_disk_without_a_trace(tmp_path, dtype):
    pixels = np.random.default_rng(0).integers(0, np.iinfo(dtype).max, (301, 97), dtype)
    cv2.imwrite(str(tmp_path / "page.png"), pixels)
    on_disk, in_memory = read(tmp_path / "page.png", in_memory=1000), read(tmp_path / "page.png")
    assert on_disk.sketch._store.in_file
    assert not in_memory.sketch._store.in_file
    assert files_in(tmp_path) == {"page.png"}
    for top, bottom in [(0, 301), (300, 301), (7, 7), (100, 250)]:
        rows = on_disk.sketch.read_luma(top, bottom)
        assert rows.dtype == np.float32
        assert np.array_equal(rows, in_memory.sketch.read_luma(top, bottom))
    assert np.array_equal(np.rint(luma(on_disk) * np.iinfo(dtype).max), pixels)


# ---- Krita and Photoshop documents ----


def krita_file(path: Path, merged: bytes, **entries: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/x-krita")
        archive.writestr("mergedimage.png", merged)
        for name, data in entries.items():
            archive.writestr(name, data)
    return path


def png_bytes(tmp_path: Path, image: Image.Image = GREY, **options) -> bytes:
    image.save(tmp_path / "merged.png", **options)
    data = (tmp_path / "merged.png").read_bytes()
    (tmp_path / "merged.png").unlink()
    return data


def test_a_krita_document_gives_its_merged_image(tmp_path):
    path = krita_file(tmp_path / "drawing.kra", png_bytes(tmp_path, dpi=(300, 300)))
    page = read(path)
    assert np.abs(luma(page) - RAMP / 255).max() < 1e-4
    assert page.dpi == pytest.approx((300, 300), abs=0.02)
    assert files_in(tmp_path) == {"drawing.kra"}


def test_names_in_a_krita_document_lead_nowhere(tmp_path):
    (tmp_path / "inside").mkdir()
    path = tmp_path / "inside" / "evil.kra"
    krita_file(path, png_bytes(tmp_path), **{"../escaped.png": b"x", "/mergedimage.png": b"y"})
    assert luma(read(path)).shape == SIZE
    assert files_in(tmp_path) == {"inside"}
    assert files_in(tmp_path / "inside") == {"evil.kra"}


def test_a_krita_document_that_swells_is_refused_before_it_is_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr("smart_lineart.cli.files.read_krita.MAX_BYTES", 1 << 20)
    path = krita_file(tmp_path / "bomb.kra", bytes(2 << 20))
    assert path.stat().st_size < 10_000
    with pytest.raises(FileError, match="too large for any drawing"):
        read(path)


KINDS = [b"<svg", b"GIF89a", b"\0\0\0\x1cftypheic", b"\xff\xd8\xff\xe0", b"II*\0", b"RIFF"]


@pytest.mark.parametrize("start", KINDS)
def test_a_merged_image_of_another_kind_reaches_no_loader(tmp_path, monkeypatch, start):
    monkeypatch.setattr(read_krita, "open_raster", lambda *_: pytest.fail("a loader was asked"))
    with pytest.raises(FileError, match="is damaged or cut short"):
        read(krita_file(tmp_path / "drawing.kra", start + bytes(100)))


@pytest.mark.parametrize("loader", ["csvload", "rawload", "svgload", "gifload", "pdfload"])
def test_libvips_loaders_of_other_kinds_are_locked(tmp_path, loader):
    if not pyvips.type_find("VipsOperation", loader):
        pytest.skip("this libvips has no such loader")
    (tmp_path / "file").write_bytes(b"1")
    rest = (1, 1, 1) if loader == "rawload" else ()
    with pytest.raises(pyvips.Error, match="operation is blocked"):
        getattr(pyvips.Image, loader)(str(tmp_path / "file"), *rest)


def test_a_krita_document_without_a_merged_image_says_what_to_do(tmp_path):
    with zipfile.ZipFile(tmp_path / "drawing.kra", "w") as archive:
        archive.writestr("maindoc.xml", "<DOC/>")
    with pytest.raises(FileError, match="save it once more in Krita"):
        read(tmp_path / "drawing.kra")


@pytest.mark.parametrize("packed", [False, True], ids=["raw", "packbits"])
@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("values", [RAMP, FINE], ids=["8 bits", "16 bits"])
def test_a_photoshop_document_gives_its_merged_image(tmp_path, monkeypatch, channels, packed, values):
    monkeypatch.setattr("smart_lineart.cli.files.read_psd.STRIP_PIXELS", 7 * SIZE[1])
    pixels = values[..., None] if channels == 1 else in_colour(values)
    if channels == 4:
        pixels = with_alpha(pixels, np.iinfo(values.dtype).max)
    page = read(photoshop_file(tmp_path / "drawing.psd", pixels, packed=packed))
    assert np.abs(luma(page) - values / np.iinfo(values.dtype).max).max() < 2 / 65535
    assert page.dpi == (300, 300)


def test_transparency_in_a_photoshop_document_is_paper_and_a_saved_selection_is_not(tmp_path):
    pixels = np.dstack([in_colour(RAMP), np.where(RAMP < 128, 0, 255).astype(np.uint8)])
    clear = luma(read(photoshop_file(tmp_path / "clear.psd", pixels, clear=True)))
    saved = luma(read(photoshop_file(tmp_path / "saved.psd", pixels)))
    assert clear == pytest.approx(np.where(RAMP < 128, 1, RAMP / 255), abs=1e-4)
    assert saved == pytest.approx(RAMP / 255, abs=1e-4)


def test_rarer_photoshop_documents_are_read_too(tmp_path):
    cyan_to_black = np.dstack([RAMP] * 4)  # stored inverted: 255 is no ink
    printed = luma(read(photoshop_file(tmp_path / "print.psd", cyan_to_black, mode=4)))
    lightness = np.dstack([RAMP, np.full((*SIZE, 2), 128, np.uint8)])
    lab = luma(read(photoshop_file(tmp_path / "lab.psd", lightness, mode=9)))
    assert printed[20, 0] < 0.02
    assert printed[20, -1] > 0.98
    assert np.abs(lab - RAMP / 255).max() < 1e-4


@pytest.mark.parametrize("mode", [4, 9])
def test_a_rarer_photoshop_document_without_room_is_refused_before_it_is_unpacked(
    tmp_path, monkeypatch, mode
):
    monkeypatch.setattr(read_psd.Image, "open", lambda *_, **__: pytest.fail("it was unpacked"))
    path = photoshop_file(tmp_path / "rare.psd", np.dstack([RAMP] * 4), mode=mode)
    with path.open("rb") as file, pytest.raises(FileError, match="memory"):
        read_psd.open_psd(file, "psd", "rare.psd", 4 * RAMP.size)


def test_a_photoshop_document_that_cannot_be_read_says_what_to_do(tmp_path):
    photoshop_file(tmp_path / "deep.psd", np.dstack([FINE] * 4), mode=4)
    with pytest.raises(FileError, match="save it as PNG or TIFF"):
        read(tmp_path / "deep.psd")


# ---- files that are no pages ----


def cut(data: bytes, part: float) -> bytes:
    return data[: int(len(data) * part)]


@pytest.fixture
def noisy() -> Image.Image:
    return Image.fromarray(np.random.default_rng(1).integers(0, 256, (90, 120, 3), np.uint8))


@pytest.mark.parametrize("kind", ["png", "jpg", "tif", "webp", "psd", "kra"])
@pytest.mark.parametrize("part", [0.1, 0.5, 0.95])
def test_a_file_cut_short_is_told(tmp_path, noisy, kind, part):
    path = tmp_path / f"cut.{kind}"
    if kind == "psd":
        photoshop_file(path, np.asarray(noisy))
    elif kind == "kra":
        krita_file(path, png_bytes(tmp_path, noisy))
    else:
        noisy.save(path)
    path.write_bytes(cut(path.read_bytes(), part))
    with pytest.raises(FileError) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path} is damaged")


def test_a_merged_image_cut_short_is_told(tmp_path, noisy):
    path = krita_file(tmp_path / "cut.kra", cut(png_bytes(tmp_path, noisy), 0.6))
    with pytest.raises(FileError, match="is damaged or cut short"):
        read(path)


@pytest.mark.parametrize("position", [0.3, 0.6, 0.9])
@pytest.mark.parametrize("kind", ["png", "tif", "webp", "psd", "kra"])
def test_a_damaged_file_never_raises_anything_else(tmp_path, noisy, kind, position):
    path = tmp_path / f"damaged.{kind}"
    if kind == "psd":
        photoshop_file(path, np.asarray(noisy))
    elif kind == "kra":
        krita_file(path, png_bytes(tmp_path, noisy))
    else:
        noisy.save(path)
    data = bytearray(path.read_bytes())
    at = int(len(data) * position)
    data[at : at + 64] = bytes(64)
    path.write_bytes(data)
    with contextlib.suppress(FileError):
        assert read(path).sketch.size == (90, 120)


def png_header(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress(bytes(1000))
    chunks = [(b"IHDR", header), (b"IDAT", pixels), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


@pytest.mark.parametrize(("width", "height"), [(100_000, 100_000), (1, 400_000), (200_000, 20)])
def test_a_size_no_drawing_has_is_refused_before_memory_is_taken(tmp_path, width, height):
    (tmp_path / "bomb.png").write_bytes(png_header(width, height))
    with pytest.raises(FileError, match=rf"{width} x {height} pixels; more than .* cannot be inked"):
        read(tmp_path / "bomb.png")


def test_twenty_thousand_pixels_square_is_no_bomb():
    assert MAX_PIXELS >= 20_000**2


@pytest.mark.parametrize(("width", "height"), [(0, 0), (0, 5), (5, 0)])
def test_an_image_without_pixels_is_refused(tmp_path, width, height):
    (tmp_path / "nothing.png").write_bytes(png_header(width, height))
    with pytest.raises(FileError):
        read(tmp_path / "nothing.png")


@pytest.mark.parametrize(("bands", "expected"), [(2, 1 - 0.2), (4, 1 - 0.2)])
def test_the_last_band_of_a_tiff_that_names_no_colours_is_alpha(tmp_path, bands, expected):
    pixels = np.zeros((4, 6, bands), np.uint8)
    pixels[..., -1] = 51
    image = pyvips.Image.new_from_array(pixels).copy(interpretation="multiband")
    assert read_bands(image) == pytest.approx(expected, abs=2e-5)


def test_strips_are_no_higher_than_all_bands_of_a_file_allow(tmp_path):
    # libvips holds every band of a strip, also those that are left out.
    path = tmp_path / "bands.tif"
    pyvips.Image.black(17, 5000, bands=400).copy(interpretation="srgb").tiffsave(
        str(path), compression="deflate"
    )
    with path.open("rb") as file:
        picture = open_raster(file, "tiff", "bands.tif", 1 << 30)
        rows = [len(strip) // (17 * picture.bands) for strip in picture.strips]
    assert sum(rows) == 5000
    assert max(rows) * 17 * 400 <= 1 << 20


@pytest.mark.parametrize("bands", [1, 3, 5])
def test_an_odd_number_of_bands_without_names_has_no_alpha(bands):
    pixels = np.zeros((4, 6, bands), np.uint8)
    pixels[..., -1] = 0 if bands < 5 else 255
    image = pyvips.Image.new_from_array(pixels).copy(interpretation="multiband")
    assert read_bands(image) == pytest.approx(0, abs=2e-5)


def read_bands(image: pyvips.Image) -> np.ndarray:
    """The luma of an image that libvips has opened."""
    from smart_lineart.cli.files.read_raster import _grey_or_rgb

    return ArraySketch(_grey_or_rgb(image).numpy()).read_luma(0, image.height)


def test_no_place_before_a_file_s_beginning_is_sought():
    file = _Bytes(io.BytesIO(b"0123456789"), b"")
    assert file._seek(4, 0) == 4
    assert file._seek(-9, 0) == -1, "as libvips is told that there is none"
    assert file._seek(2, 1) == 6
