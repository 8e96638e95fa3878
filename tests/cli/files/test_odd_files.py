# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that came out blank, at another size or with wrong advice: each is inked now, or told as it is."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from smart_lineart.cli.decoding.decoder import Decoder
from smart_lineart.cli.errors import FileError
from smart_lineart.cli.files.page import Page, Spool, read_page
from tests.cli.photoshop import image_resource, photoshop_file

SIZE = (40, 60)
GREY = np.tile(np.linspace(0, 255, SIZE[1]).astype(np.uint8), (SIZE[0], 1))


def read(path: Path) -> Page:
    return read_page(path, Spool(1 << 30, path.parent))


def luma(page: Page) -> np.ndarray:
    return page.sketch.read_luma(0, page.sketch.size[0])


# ---- resolutions


def png(path: Path, *chunks: tuple[bytes, bytes]) -> Path:
    """A PNG with chunks before its pixels."""
    file = io.BytesIO()
    Image.fromarray(GREY).save(file, "PNG")
    data = file.getvalue()
    more = b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )
    path.write_bytes(data[:33] + more + data[33:])
    return path


def density(across: int, down: int, unit: int) -> tuple[bytes, bytes]:
    return b"pHYs", struct.pack(">IIB", across, down, unit)


PLAUSIBLE = [(2834, 71.98), (2835, 72.01), (3780, 96.01), (11811, 300.0), (23622, 600.0), (47244, 1200.0)]


@pytest.mark.parametrize(("metre", "dpi"), PLAUSIBLE)
def test_px_per_metre_are_read(tmp_path, metre, dpi):
    page = read(png(tmp_path / "page.png", density(metre, metre, 1)))
    assert page.dpi == pytest.approx((dpi, dpi), abs=0.01)
    assert page.notices == []


@pytest.mark.parametrize("value", [1, 72, 300, 2834, 11811, 2**31 - 1])
def test_a_ratio_without_a_unit_is_no_resolution(tmp_path, value):
    page = read(png(tmp_path / "page.png", density(value, value, 0)))
    assert (page.dpi, page.notices) == (None, [])


IMPLAUSIBLE = [1, 72, 300, 1000, 500_000, 10**6, 2**31 - 1]


@pytest.mark.parametrize("metre", IMPLAUSIBLE)
def test_a_resolution_that_no_drawing_has_is_none_and_told(tmp_path, metre):
    path = png(tmp_path / "page.png", density(metre, metre, 1))
    page = read(path)
    assert page.dpi is None
    (notice,) = page.notices
    assert notice.startswith(f"{path} names a resolution of {float(f'{metre * 0.0254:.3g}'):g} x ")
    assert notice.endswith("dpi, which no drawing has, so it counts as none.")


def test_no_resolution_is_made_up(tmp_path):
    assert read(png(tmp_path / "page.png")).dpi is None
    assert read(png(tmp_path / "page.png", density(0, 0, 1))).notices == []


@pytest.mark.parametrize("before", [10, 60_000, 200_000])
def test_it_is_found_behind_other_chunks(tmp_path, before):
    page = read(png(tmp_path / "page.png", (b"teXt", bytes(before)), density(11811, 5906, 1)))
    assert page.dpi == pytest.approx((300, 150), abs=0.02)


@pytest.mark.parametrize("unit", [0, 1, 2])
@pytest.mark.parametrize("value", [1, 5, 35, 72, 300, 1200, 65535])
def test_jpeg_names_inches_centimetres_or_none(tmp_path, unit, value):
    file = io.BytesIO()
    Image.fromarray(GREY).save(file, "JPEG")
    data = bytearray(file.getvalue())
    data[data.index(b"JFIF") + 7 : data.index(b"JFIF") + 12] = struct.pack(">BHH", unit, value, value)
    (tmp_path / "page.jpg").write_bytes(data)
    check(read(tmp_path / "page.jpg"), {0: None, 1: value, 2: value * 2.54}[unit], silent=value == 1)


@pytest.mark.parametrize("kind", ["jpg", "tif"])
@pytest.mark.parametrize("unit", [1, 2, 3])
@pytest.mark.parametrize("value", [0, 1, 5, 72, 300, 1200, 100_000])
def test_so_do_exif_and_tiff(tmp_path, kind, unit, value):
    path = tmp_path / f"page.{kind}"
    if kind == "tif":
        tifffile.imwrite(path, GREY, resolution=(value, value), resolutionunit=unit)
    else:
        exif = Image.Exif()
        exif[282], exif[283], exif[296] = float(value), float(value), unit
        Image.fromarray(GREY).save(path, exif=exif)
    check(read(path), {1: None, 2: value, 3: value * 2.54}[unit], silent=not value)


def check(page: Page, dpi: float | None, *, silent: bool) -> None:
    """A page has this resolution if it can be one, and says so if not."""
    if dpi is not None and 36 <= dpi <= 10_000:
        assert page.dpi == pytest.approx((dpi, dpi), rel=1e-4)
        assert page.notices == []
        return
    assert page.dpi is None
    assert len(page.notices) == (dpi is not None and not silent)


@pytest.mark.parametrize(("dpi", "told"), [(72, 0), (300, 0), (1, 1), (20_000, 1)])
def test_so_does_a_photoshop_document(tmp_path, dpi, told):
    path = photoshop_file(tmp_path / "page.psd", GREY[..., None])
    path.write_bytes(path.read_bytes().replace(struct.pack(">I", 300 << 16), struct.pack(">I", dpi << 16)))
    page = read(path)
    assert (page.dpi, len(page.notices)) == (None if told else (dpi, dpi), told)


def test_a_krita_documents_resolution_has_a_unit_too(tmp_path):
    for unit, dpi in ((0, None), (1, pytest.approx((71.98, 71.98), abs=0.01))):
        png(tmp_path / "merged.png", density(2834, 2834, unit))
        with zipfile.ZipFile(tmp_path / "page.kra", "w") as archive:
            archive.write(tmp_path / "merged.png", "mergedimage.png")
        assert read(tmp_path / "page.kra").dpi == dpi


def test_millimetres_come_out_as_such(tmp_path, run, fake_inker):
    for metre, thickness in ((72, 0.5 * 300 / 25.4), (2834, 0.5 * 2.834)):
        path = png(tmp_path / "page.png", density(metre, metre, 1))
        assert run("ink", path, "--thickness", "0.5mm").code == 0
        assert fake_inker.rendered[-1]["thickness"] == pytest.approx(thickness, abs=0.01)


# ---- Photoshop documents without a merged image


DEPTHS = {1: (0, 1), 8: (3, 3), 16: (3, 3), 32: (3, 3)}  # bits: colour mode and channels
SAYS_NO, SAYS_YES = (image_resource(1057, struct.pack(">IB", 1, merged)) for merged in (False, True))
WITHOUT = "holds no merged image of its layers: save it once more with compatibility on"


def blank(path: Path, depth: int, tone: int, *, cut: bool = False, mode: int | None = None, **how) -> Path:
    """A document of one tone throughout; `cut`: it ends with its layers."""
    dtype = {1: np.uint8, 8: np.uint8, 16: np.uint16, 32: np.uint32}[depth]
    usual, channels = DEPTHS[depth]
    pixels = np.full((*SIZE, channels), np.iinfo(dtype).max if tone else 0, dtype)
    if depth == 1:
        pixels = pixels[:, : -(-SIZE[1] // 8)]
    photoshop_file(path, pixels, mode=mode or usual, **how)
    data = bytearray(path.read_bytes())
    if depth == 1:
        data[18:24] = struct.pack(">IH", SIZE[1], 1)
    if cut:
        packed = 2 * SIZE[0] * channels if how.get("packed") else 0
        assert not packed
        del data[len(data) - pixels.nbytes - 2 :]
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("large", [False, True], ids=["psd", "psb"])
@pytest.mark.parametrize("packed", [False, True], ids=["raw", "packbits"])
@pytest.mark.parametrize("depth", [8, 16, 32])
@pytest.mark.parametrize("tone", [0, 1], ids=["black", "white"])
def test_a_document_without_its_merged_image_says_how_to_save_it(tmp_path, large, packed, depth, tone):
    path = blank(tmp_path / "layers.psd", depth, tone, large=large, packed=packed, layers=3)
    with pytest.raises(FileError, match=WITHOUT):
        read(path)


@pytest.mark.parametrize("large", [False, True], ids=["psd", "psb"])
@pytest.mark.parametrize("depth", [8, 16, 32])
def test_so_does_one_that_ends_with_its_layers(tmp_path, large, depth):
    with pytest.raises(FileError, match=WITHOUT):
        read(blank(tmp_path / "layers.psd", depth, 1, large=large, layers=1, cut=True))
    with pytest.raises(FileError, match="damaged or cut short"):
        read(blank(tmp_path / "flat.psd", depth, 1, large=large, cut=True))


@pytest.mark.parametrize("depth", [1, 8, 16, 32])
def test_so_does_one_that_says_so(tmp_path, depth):
    """Photoshop then writes words in many languages where the image would be."""
    with pytest.raises(FileError, match=WITHOUT):
        read(blank(tmp_path / "layers.psd", depth, 1, resources=SAYS_NO))


@pytest.mark.parametrize("mode", [1, 3])
@pytest.mark.parametrize("how", [{}, {"layers": 2, "resources": SAYS_YES}], ids=["flat", "merged"])
def test_an_empty_page_is_one(tmp_path, how, mode):
    assert (luma(read(blank(tmp_path / "empty.psd", 8, 1, **how))) == 1).all()


@pytest.mark.parametrize("place", [(0, 0), (20, 30), (39, 59)])
@pytest.mark.parametrize("packed", [False, True], ids=["raw", "packbits"])
@pytest.mark.parametrize("large", [False, True], ids=["psd", "psb"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_one_pixel_makes_a_drawing(tmp_path, place, packed, large, dtype):
    pixels = np.full((*SIZE, 3), np.iinfo(dtype).max, dtype)
    pixels[place] = 0
    page = read(photoshop_file(tmp_path / "dot.psd", pixels, packed=packed, large=large, layers=2))
    assert np.array_equal(luma(page) == 0, pixels[..., 0] == 0)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("large", [False, True], ids=["psd", "psb"])
def test_layers_of_any_depth_tell_of_transparency(tmp_path, dtype, large):
    full = np.iinfo(dtype).max
    pixels = np.zeros((*SIZE, 4), dtype)
    pixels[:, 10:20, 3] = full
    page = read(photoshop_file(tmp_path / "clear.psd", pixels, clear=True, large=large))
    assert np.array_equal(luma(page), 1 - pixels[..., 3] / full)


# ---- files cut short, packed in other ways, or no drawings at all


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("missing", [1, 2])
def test_a_jpeg_without_its_end_marker_is_inked_and_told(tmp_path, progressive, missing):
    file = io.BytesIO()
    noise = np.random.default_rng(5).integers(0, 256, (90, 130), np.uint8)
    Image.fromarray(noise).save(file, "JPEG", progressive=progressive)
    (tmp_path / "whole.jpg").write_bytes(file.getvalue())
    (tmp_path / "page.jpg").write_bytes(file.getvalue()[:-missing])
    page, whole = read(tmp_path / "page.jpg"), read(tmp_path / "whole.jpg")
    assert np.array_equal(luma(page), luma(whole))
    assert whole.notices == []
    assert page.notices == [
        f"{tmp_path / 'page.jpg'} lacks its end marker, though no pixel; it may have been cut short."
    ]
    with Decoder() as decoder:
        assert decoder.read(tmp_path / "page.jpg", Spool(1 << 20, tmp_path)).notices == page.notices


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"restart_marker_rows": 1}])
@pytest.mark.parametrize("missing", [3, 10, 200, 5000])
def test_a_jpeg_that_lacks_pixels_is_not_made_whole(tmp_path, options, missing):
    file = io.BytesIO()
    noise = np.random.default_rng(5).integers(0, 256, (90, 130), np.uint8)
    Image.fromarray(noise).save(file, "JPEG", quality=90, **options)
    (tmp_path / "page.jpg").write_bytes(file.getvalue()[:-missing])
    with pytest.raises(FileError, match="damaged or cut short"):
        read(tmp_path / "page.jpg")


@pytest.mark.parametrize("codec", [6, 99, 34661, 34712, 34887, 34925, 50001, 50002])
def test_a_tiff_packed_in_an_unknown_way_is_of_a_kind_that_cannot_be_read(tmp_path, codec):
    path = tmp_path / "page.tif"
    tifffile.imwrite(path, GREY)
    data = bytearray(path.read_bytes())
    with tifffile.TiffFile(path) as file:
        place = file.pages[0].tags["Compression"].valueoffset
    data[place : place + 2] = struct.pack("<H", codec)
    path.write_bytes(data)
    with pytest.raises(FileError, match="is of a kind that cannot be read"):
        read(path)


@pytest.mark.parametrize(
    "names", [[], ["hello.txt"], ["word/document.xml", "mimetype"], ["page1.png", "page2.png"]]
)
def test_an_archive_is_no_krita_document(tmp_path, names):
    with zipfile.ZipFile(tmp_path / "drawing.kra", "w") as archive:
        for name in names:
            archive.writestr(name, "x")
        if not names:
            archive.writestr("empty", "")
    with pytest.raises(FileError, match=r"is an archive, but no Krita document\.$"):
        read(tmp_path / "drawing.kra")


def test_an_openraster_document_gives_its_merged_image(tmp_path):
    Image.fromarray(GREY).save(tmp_path / "merged.png")
    with zipfile.ZipFile(tmp_path / "page.ora", "w") as archive:
        archive.writestr("mimetype", "image/openraster")
        archive.writestr("stack.xml", "<image/>")
        archive.write(tmp_path / "merged.png", "mergedimage.png")
    assert np.array_equal(np.rint(luma(read(tmp_path / "page.ora")) * 255), GREY)
    with zipfile.ZipFile(tmp_path / "page.ora", "w") as archive:
        archive.writestr("stack.xml", "<image/>")
    with pytest.raises(FileError, match="holds no merged image"):
        read(tmp_path / "page.ora")
