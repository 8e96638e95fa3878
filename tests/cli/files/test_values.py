# SPDX-License-Identifier: GPL-3.0-or-later
"""What the numbers in a file mean: ranges, opacity, and what lies behind light strokes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
import tifffile
from PIL import Image

from smart_lineart.cli.files import values
from smart_lineart.cli.files.page import Page, Spool, read_page
from tests.cli.photoshop import photoshop_file

SIZE = (60, 90)


def read(path: Path) -> Page:
    return read_page(path, Spool(1 << 30, path.parent))


def luma(path: Path) -> np.ndarray:
    page = read(path)
    return page.sketch.read_luma(0, page.sketch.size[0])


def drawing(paper: float = 0.95, ink: float = 0.1) -> np.ndarray:
    """Lines with soft edges on paper, float64 0..1."""
    page = np.full(SIZE, float(paper))
    cv2.circle(page, (45, 30), 20, ink, 3, cv2.LINE_AA)
    cv2.line(page, (5, 5), (80, 50), (paper + ink) / 2, 2, cv2.LINE_AA)
    return page


# ---- floating point


@pytest.mark.parametrize(("black", "white"), [(0, 100), (0, 255), (0, 1023), (0, 4095), (0, 65535)])
@pytest.mark.parametrize("page", [drawing(), drawing(0.1, 0.9)], ids=["dark on light", "light on dark"])
@pytest.mark.parametrize("bands", [1, 3])
def test_floating_point_of_any_common_range_is_read_by_it(tmp_path, black, white, page, bands):
    wide = (page * white).astype(np.float32)
    tifffile.imwrite(
        tmp_path / "wide.tif",
        wide if bands == 1 else np.dstack([wide] * 3),
        photometric="rgb" if bands == 3 else "minisblack",
    )
    assert np.abs(luma(tmp_path / "wide.tif") - page).max() < 1e-4


@pytest.mark.parametrize("channel", [0, 1, 2])
def test_every_channel_is_looked_at_though_only_some_values_are(tmp_path, monkeypatch, channel):
    monkeypatch.setattr(values, "SAMPLE", 100)
    page = np.zeros((20, 30, 3), np.float32)
    page[..., channel] = 255 * np.linspace(0, 1, 600).reshape(20, 30)
    tifffile.imwrite(tmp_path / "one.tif", page, photometric="rgb")
    weight = (0.2126, 0.7152, 0.0722)[channel]
    assert luma(tmp_path / "one.tif").mean() == pytest.approx(weight / 2, rel=0.01)


@pytest.mark.parametrize(
    ("low", "high"), [(-1, 1), (-1, 0), (-100, 0), (-128, 127), (-1000, -10), (-0.5, 0.5)]
)
def test_negative_values_are_spread_from_the_darkest_to_the_lightest(tmp_path, low, high):
    page = drawing(1, 0)
    tifffile.imwrite(tmp_path / "negative.tif", (low + page * (high - low)).astype(np.float32))
    assert np.abs(luma(tmp_path / "negative.tif") - page).max() < 1e-4


@pytest.mark.parametrize("share", [0.0005, 0.02])
@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf, 3e38, -3e38])
@pytest.mark.parametrize("white", [1, 255])
def test_what_is_no_number_changes_no_range(tmp_path, share, odd, white):
    page = drawing()
    wide = (page * white).astype(np.float32)
    places = np.random.default_rng(4).random(SIZE) < share
    wide[places] = odd
    tifffile.imwrite(tmp_path / "odd.tif", wide)
    assert np.abs(luma(tmp_path / "odd.tif") - page)[~places].max() < 1e-4


@pytest.mark.parametrize("over", [0.02, 0.3, 5])
def test_a_few_values_beyond_white_or_black_are_clipped(tmp_path, over):
    page = drawing().astype(np.float32)
    page[:2] = 1 + over
    page[-1, :40] = -min(over, 0.09)
    tifffile.imwrite(tmp_path / "over.tif", page)
    assert np.abs(luma(tmp_path / "over.tif") - page.clip(0, 1)).max() < 1e-4


@pytest.mark.filterwarnings("error::RuntimeWarning")
@pytest.mark.parametrize("size", ["<f2", "<f4"])
def test_no_bits_of_floating_point_are_warned_of(tmp_path, size):
    bits = np.random.default_rng(1).integers(0, 256, (*SIZE, 4 * int(size[2:])), np.uint8)
    bits[::3] = 0xFF  # many that are no number, quiet ones and signalling ones
    bits[::3, :, ::4] = 0x01
    with np.errstate(all="ignore"):
        tifffile.imwrite(
            tmp_path / "bits.tif", bits.view(size), photometric="rgb", extrasamples=["unassalpha"]
        )
    values = luma(tmp_path / "bits.tif")
    assert ((values >= 0) & (values <= 1)).all()


def test_a_page_without_any_number_is_paper(tmp_path):
    tifffile.imwrite(tmp_path / "nothing.tif", np.full(SIZE, np.nan, np.float32))
    assert (luma(tmp_path / "nothing.tif") == 1).all()


# ---- whole numbers


@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
@pytest.mark.parametrize("kind", ["tif", "png", "psd"])
@pytest.mark.parametrize("bands", [1, 3])
def test_few_bits_in_sixteen_are_read_as_those(tmp_path, bits, kind, bands):
    page = np.rint(drawing(1) * (2**bits - 1)).astype(np.uint16)
    pixels = np.dstack([page] * bands)
    path = tmp_path / f"deep.{kind}"
    if kind == "psd":
        photoshop_file(path, pixels)
    elif kind == "png":
        cv2.imwrite(str(path), pixels)
    else:
        tifffile.imwrite(path, pixels if bands == 3 else page, photometric="rgb" if bands == 3 else None)
    assert np.abs(luma(path) - drawing(1)).max() < 1 / 255 + 1e-4


@pytest.mark.parametrize("dtype", ["int16", "uint32", "int32"])
@pytest.mark.parametrize("bits", [8, 10, 12, 14])
def test_so_are_they_in_other_whole_numbers(tmp_path, dtype, bits):
    tifffile.imwrite(tmp_path / "deep.tif", np.rint(drawing(1) * (2**bits - 1)).astype(dtype))
    assert np.abs(luma(tmp_path / "deep.tif") - drawing(1)).max() < 1 / 255 + 1e-4


def test_whole_numbers_below_zero_are_dark_and_not_black(tmp_path):
    tifffile.imwrite(tmp_path / "signed.tif", np.rint(drawing(1, 0) * 4000 - 2000).astype(np.int16))
    assert np.abs(luma(tmp_path / "signed.tif") - drawing(1, 0)).max() < 1e-3


@pytest.mark.parametrize("white", [0.55, 0.8])
def test_a_dark_scan_of_sixteen_bits_stays_as_it_is(tmp_path, white):
    page = np.rint(drawing(white) * 65535).astype(np.uint16)
    cv2.imwrite(str(tmp_path / "dark.png"), page)
    assert np.array_equal(np.rint(luma(tmp_path / "dark.png") * 65535), page)


def test_eight_bits_are_used_as_they_are_however_few(tmp_path):
    page = np.rint(drawing() * 8).astype(np.uint8)
    Image.fromarray(page).save(tmp_path / "dark.png")
    assert np.array_equal(np.rint(luma(tmp_path / "dark.png") * 255), page)


# ---- what TIFF's extra samples are


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
@pytest.mark.parametrize("colours", [1, 3])
@pytest.mark.parametrize(
    ("codes", "opacity"),
    [
        ((0,), None),
        ((1,), 0),
        ((2,), 0),
        ((0, 2), 1),
        ((2, 0), 0),
        ((0, 0, 2), 2),
        ((0, 0), None),
        ((), None),
    ],
)
@pytest.mark.parametrize("order", ["<", ">"])
def test_only_extra_samples_that_are_opacity_hide_a_pixel(tmp_path, dtype, colours, codes, opacity, order):
    full = 1 if dtype == "float32" else np.iinfo(dtype).max
    page = np.rint(drawing() * 255) / 255
    extra = [np.zeros(SIZE)] * len(codes)
    if opacity is not None:
        extra[opacity] = np.where(np.arange(SIZE[1]) < 40, 0.0, 1.0) * np.ones(SIZE)
    shown = page if opacity is None else np.where(extra[opacity] > 0, page, 1)
    stored = page * (extra[opacity] if opacity is not None and codes[opacity] == 1 else 1)
    pixels = (np.dstack([*[stored] * colours, *extra]) * full).astype(dtype)
    tifffile.imwrite(
        tmp_path / "extra.tif",
        pixels if pixels.shape[2] > 1 else pixels[..., 0],
        photometric="rgb" if colours == 3 else "minisblack",
        planarconfig="contig",
        extrasamples=codes,
        byteorder=order,
    )
    assert np.abs(luma(tmp_path / "extra.tif") - shown).max() < 2e-3


@pytest.mark.parametrize("code", [0, 999])
@pytest.mark.parametrize("bigtiff", [False, True])
def test_what_libtiff_takes_for_opacity_is_none_unless_it_says_so(tmp_path, code, bigtiff):
    page = np.rint(drawing() * 255).astype(np.uint8)
    pixels = np.dstack([page] * 3 + [page * 0])
    path = tmp_path / "extra.tif"
    tifffile.imwrite(path, pixels, photometric="rgb", extrasamples=["unassalpha"], bigtiff=bigtiff)
    with tifffile.TiffFile(path) as file:
        place = file.pages[0].tags["ExtraSamples"].valueoffset
    data = bytearray(path.read_bytes())
    data[place : place + 2] = code.to_bytes(2, "little")
    path.write_bytes(data)
    assert np.abs(luma(path) * 255 - page).max() < 0.01


def test_print_colours_have_opacity_beside_them_too(tmp_path):
    page = np.rint(drawing() * 255).astype(np.uint8)
    for code, darkest in ((0, 0.23), (2, 1)):
        pixels = np.dstack([page * 0] * 3 + [255 - page, page * 0])
        tifffile.imwrite(tmp_path / "ink.tif", pixels, photometric="separated", extrasamples=[code])
        assert luma(tmp_path / "ink.tif").min() == pytest.approx(darkest, abs=0.02)


# ---- light strokes on nothing


def saved_as(kind: str) -> Callable[[Path, np.ndarray], None]:
    def save(path: Path, pixels: np.ndarray) -> None:
        if kind == "psd":
            photoshop_file(path, pixels, clear=True)
        elif kind == "tif":
            tifffile.imwrite(path, pixels, photometric="rgb", extrasamples=["unassalpha"])
        elif kind == "deep":
            cv2.imwrite(str(path.with_suffix(".png")), pixels.astype(np.uint16) * 257)
            path.with_suffix(".png").rename(path)
        else:
            Image.fromarray(pixels).save(path, kind, lossless=True)

    return save


def strokes(grey: int, opacity: float = 1) -> np.ndarray:
    pixels = np.full((*SIZE, 4), grey, np.uint8)
    pixels[..., 3] = np.rint(255 * opacity * (1 - drawing(1, 0)))
    return pixels


@pytest.mark.parametrize("kind", ["png", "webp", "tif", "psd", "deep"])
@pytest.mark.parametrize("grey", [150, 200, 255])
@pytest.mark.parametrize("opacity", [0.3, 1])
def test_light_strokes_on_nothing_are_light_on_dark(tmp_path, kind, grey, opacity):
    pixels = strokes(grey, opacity)
    saved_as(kind)(tmp_path / "light", pixels)
    wanted = pixels[..., 3] / 255 * grey / 255
    assert np.abs(luma(tmp_path / "light") - wanted).max() < 2 / 255


@pytest.mark.parametrize("kind", ["png", "webp", "tif", "psd", "deep"])
@pytest.mark.parametrize("grey", [0, 60, 110])
@pytest.mark.parametrize("opacity", [0.3, 1])
def test_dark_strokes_on_nothing_are_dark_on_white(tmp_path, kind, grey, opacity):
    pixels = strokes(grey, opacity)
    saved_as(kind)(tmp_path / "dark", pixels)
    wanted = 1 - pixels[..., 3] / 255 * (1 - grey / 255)
    assert np.abs(luma(tmp_path / "dark") - wanted).max() < 2 / 255


@pytest.mark.parametrize("clear", [0.0, 0.1, 0.19])
def test_a_light_sheet_keeps_its_white_surroundings(tmp_path, clear):
    """Faint pencil on an opaque sheet whose edge is torn."""
    pixels = np.dstack([np.rint(drawing(1, 0.7) * 255)] * 3 + [np.full(SIZE, 255)]).astype(np.uint8)
    pixels[: int(clear * SIZE[0]), :, 3] = 0
    Image.fromarray(pixels).save(tmp_path / "sheet.png")
    shown = np.where(pixels[..., 3] > 0, pixels[..., 0] / 255, 1)
    assert np.abs(luma(tmp_path / "sheet.png") - shown).max() < 1e-4


@pytest.mark.parametrize("pick", [(30, slice(None)), (slice(None), 44), (slice(20, 22), slice(10, 80))])
def test_a_single_level_line_is_light_strokes_too(tmp_path, pick):
    pixels = np.zeros((*SIZE, 4), np.uint8)
    pixels[pick] = 255
    Image.fromarray(pixels).save(tmp_path / "line.png")
    assert np.array_equal(luma(tmp_path / "line.png") * 255, pixels[..., 3])


@pytest.mark.parametrize("grey", [20, 255])
@pytest.mark.parametrize("dtype", ["uint16", "float32"])
def test_range_and_paper_are_found_together(tmp_path, grey, dtype):
    """Ten bits in sixteen, or floating point up to 255, with opacity: three times to read."""
    full = 1023 if dtype == "uint16" else 255
    pixels = (strokes(grey) / 255 * full).astype(dtype)
    pixels[0, 0] = full  # something is opaque
    tifffile.imwrite(tmp_path / "both.tif", pixels, photometric="rgb", extrasamples=["unassalpha"])
    paper = 0 if grey == 255 else 1
    wanted = paper + pixels[..., 3] / full * (grey / 255 - paper)
    assert np.abs(luma(tmp_path / "both.tif") - wanted)[1:].max() < 3 / 255


def test_a_large_picture_is_judged_by_a_part_of_it(tmp_path, monkeypatch):
    monkeypatch.setattr(values, "SEEN_AT_ONCE", 500)
    Image.fromarray(strokes(255)).save(tmp_path / "light.png")
    assert luma(tmp_path / "light.png").min() == 0
    Image.fromarray(strokes(0)).save(tmp_path / "dark.png")
    assert luma(tmp_path / "dark.png").max() == 1
