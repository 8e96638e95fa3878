# SPDX-License-Identifier: GPL-3.0-or-later
"""`--by-color` and `--drop`: which lines go into which files, and that these come all or not at all."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from cli_helpers import FakeFeatures, files_in
from PIL import Image

from smart_lineart.cli import ink
from smart_lineart.cli.files import output, values
from smart_lineart.cli.files import page as page_files
from smart_lineart.cli.files.page import Spool, read_page
from smart_lineart.inking.hues.palette import Hue, Palette

DARK, RED, BLUE = (
    Hue("dark", ((0.0, 0.0),), (20, 20, 20)),
    Hue("red", ((0.9, 0.0),), (200, 30, 40)),
    Hue("blue", ((-0.4, -0.7),), (40, 80, 190)),
)


class FakeHues:
    """Takes the upper third of a page for dark, the middle for red, what is below for blue."""

    def __init__(self, *hues: Hue):
        self.palette = Palette(hues)

    def parts(self, features: FakeFeatures, names: Collection[str]) -> FakeFeatures:
        ink = features.ink.copy()
        for number, hue in enumerate((DARK, RED, BLUE)):
            third = slice(len(ink) * number // 3, len(ink) * (number + 1) // 3)
            if hue.name not in names:
                ink[third] = 0
        return replace(features, ink=ink)


@pytest.fixture
def hues(monkeypatch) -> list[Hue]:
    """The hues that pages have."""
    found = [DARK, RED, BLUE]
    monkeypatch.setattr(ink, "find_hues", lambda sketch, features: FakeHues(*found))
    return found


def pixels(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path))


def test_each_hue_has_its_file_in_its_own_colour(run, sketch, fake_inker, hues, drawing):
    ran = run("ink", sketch, "--by-color", "--color", "#101820")
    assert (ran.code, ran.err) == (0, "")
    names = ["sketch-lineart.png", "sketch-lineart-red.png", "sketch-lineart-blue.png"]
    assert files_in(sketch.parent) == {"sketch.png", *names}
    assert all(name in ran.out for name in names)
    third = len(drawing) // 3
    colours = [(0x10, 0x18, 0x20), RED.colour, BLUE.colour]
    for number, (name, colour) in enumerate(zip(names, colours, strict=True)):
        page = pixels(sketch.with_name(name))
        assert (page[..., :3] == colour).all()
        rows = slice(third * number, third * (number + 1))
        assert np.array_equal(page[rows, :, 3], 255 - drawing[rows])
        assert np.count_nonzero(page[..., 3]) == np.count_nonzero(page[rows, :, 3])


def test_what_is_dropped_is_in_no_file(run, sketch, fake_inker, hues):
    assert run("ink", sketch, "--by-color", "--drop", "blue").code == 0
    assert files_in(sketch.parent) == {"sketch.png", "sketch-lineart.png", "sketch-lineart-red.png"}
    assert run("ink", sketch, "--drop", "red,blue", "-o", sketch.with_name("all.png")).code == 0
    page = pixels(sketch.with_name("all.png"))
    assert page[:80, :, 3].any()
    assert not page[80:, :, 3].any()


def test_json_tells_hues_colours_and_files(run, sketch, fake_inker, hues):
    ran = run("ink", sketch, "--by-color", "--drop", "blue", "--format", "png,svg", "--json")
    (result,) = json.loads(ran.out)["results"]
    target = sketch.with_name("sketch-lineart.png")
    assert result["lineart"] == str(target)
    assert result["hues"] == [
        {"name": "dark", "colour": "#141414", "files": [str(target), str(target.with_suffix(".svg"))]},
        {
            "name": "red",
            "colour": "#c81e28",
            "files": [str(sketch.with_name(f"sketch-lineart-red{end}")) for end in (".png", ".svg")],
        },
        {"name": "blue", "colour": "#2850be", "files": []},
    ]
    assert "hues" not in json.loads(run("ink", sketch, "--json").out)["results"][0]


def test_a_page_of_one_hue_is_inked_as_ever(run, sketch, fake_inker, hues, drawing):
    hues[:] = [BLUE]
    assert run("ink", sketch, "-o", sketch.with_name("plain.png")).code == 0
    assert run("ink", sketch, "--by-color", "-o", sketch.with_name("apart.png")).code == 0
    assert files_in(sketch.parent) == {"sketch.png", "plain.png", "apart.png"}
    assert fake_inker.rendered[0] == fake_inker.rendered[1]
    assert (pixels(sketch.with_name("apart.png"))[..., :3] == 0).all()


def test_a_page_without_dark_lines_has_no_file_of_such(run, sketch, fake_inker, hues):
    hues[:] = [RED, BLUE]
    (result,) = json.loads(run("ink", sketch, "--by-color", "--json").out)["results"]
    assert files_in(sketch.parent) == {"sketch.png", "sketch-lineart-red.png", "sketch-lineart-blue.png"}
    assert result["lineart"] is None


def test_where_all_is_dropped_the_lineart_is_blank_and_it_says_why(run, sketch, fake_inker, hues):
    ran = run("ink", sketch, "--by-color", "--drop", "dark,red,blue")
    assert ran.code == 0
    assert not pixels(sketch.with_name("sketch-lineart.png"))[..., 3].any()
    assert "are of hues that --drop leaves out: dark, red, blue." in ran.err
    assert "--faint" not in ran.err


@pytest.mark.parametrize("more", [[], ["--by-color"]])
def test_of_a_page_of_one_hue_nothing_is_dropped_and_it_says_so(run, sketch, fake_inker, hues, more):
    hues[:] = [BLUE]
    ran = run("ink", sketch, "--drop", "blue", *more, "--json")
    (result,) = json.loads(ran.out)["results"]
    target = sketch.with_name("sketch-lineart.png")
    assert pixels(target)[..., 3].any()
    assert result["notices"] == [f"All lines of {sketch} are blue, so nothing was left out of them."]
    assert result["hues"][0]["files"] == [str(target)]
    assert run("ink", sketch, "--drop", "red", *more).err == ""


def test_json_names_no_file_that_was_not_written(run, sketch, fake_inker, hues):
    hues[:] = [RED, BLUE]
    ran = run("ink", sketch, "--by-color", "--format", "png,svg", "--json")
    (result,) = json.loads(ran.out)["results"]
    assert (result["lineart"], result["also"]) == (None, [])
    assert not sketch.with_name("sketch-lineart.svg").exists()
    ran = run("ink", sketch, "--format", "png,svg", "--json")
    (result,) = json.loads(ran.out)["results"]
    assert result["also"] == [str(sketch.with_name("sketch-lineart.svg"))]


@pytest.mark.parametrize("links", [True, False])
def test_a_set_that_fails_between_two_names_leaves_every_file_as_it_was(
    run, sketch, fake_inker, hues, monkeypatch, links
):
    """The first name is taken, the second refused: one file was there before, the others were not."""
    old = sketch.with_name("sketch-lineart-blue.png")
    old.write_bytes(b"of yesterday")
    put: list[str] = []
    replace_ = Path.replace

    def refuse_the_last(self: Path, target: Path) -> Path:
        if len(put) == 2:
            put.append("refused")
            raise PermissionError(13, "Permission denied")
        put.append(Path(target).name)
        return replace_(self, target)

    def no_link(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(Path, "replace", refuse_the_last)
    if not links:
        monkeypatch.setattr(output.os, "link", no_link)
    ran = run("ink", sketch, "--by-color")
    assert ran.code == 2
    assert "cannot be written" in ran.complaint
    assert set(put[:2]) < {"sketch-lineart.png", "sketch-lineart-red.png", "sketch-lineart-blue.png"}
    assert put[:2].count(old.name) == 1, "else nothing was to be brought back"
    assert files_in(sketch.parent) == {"sketch.png", old.name}
    assert old.read_bytes() == b"of yesterday"


def test_a_set_that_cannot_be_finished_leaves_every_file_as_it_was(run, sketch, fake_inker, hues):
    old = sketch.with_name("sketch-lineart-red.png")
    old.write_bytes(b"of yesterday")

    def fail_at_the_last() -> None:
        if len(fake_inker.rendered) == 2:
            raise MemoryError

    fake_inker.before_render = fail_at_the_last
    assert run("ink", sketch, "--by-color").code == 2
    assert files_in(sketch.parent) == {"sketch.png", old.name}
    assert old.read_bytes() == b"of yesterday"


def test_a_disk_that_is_full_at_the_last_file_leaves_none(run, sketch, fake_inker, hues, monkeypatch):
    calls = []

    def full(handle: int) -> None:
        calls.append(handle)
        if len(calls) == 3:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(output.os, "fsync", full)
    ran = run("ink", sketch, "--by-color")
    assert ran.code == 2
    assert "sketch-lineart-blue.png" in ran.complaint
    assert files_in(sketch.parent) == {"sketch.png"}


def test_lineart_of_a_hue_is_no_sketch_of_its_folder(run, sketch, fake_inker, hues):
    for _ in range(2):
        assert run("ink", sketch.parent, "--by-color").code == 0
    assert len(fake_inker.prepared) == 2
    ran = run("ink", *sorted(sketch.parent.glob("*.png")))
    assert ran.code == 0
    assert "sketch-lineart-red.png was skipped, since it is the lineart of" in ran.err
    assert len(fake_inker.prepared) == 3


@pytest.mark.parametrize("other", ["sketch-red.png", "sketch-cyan.png"])
def test_no_sketch_is_overwritten_by_a_hue_of_another(run, sketch, fake_inker, hues, other):
    second = sketch.with_name(other)
    second.write_bytes(sketch.read_bytes())
    folder = sketch.parent / "out"
    folder.mkdir()
    kept = folder / "sketch-lineart-red.png"
    kept.write_bytes(sketch.read_bytes())
    ran = run("ink", sketch, kept, "-o", folder, "--by-color")
    assert ran.code == 1
    assert "would be overwritten" in ran.err
    assert kept.read_bytes() == sketch.read_bytes()


@pytest.mark.parametrize("value", ["mauve", "", "blue;red", "blue,"])
def test_a_hue_that_there_is_not_is_told_with_those_there_are(run, sketch, fake_inker, value):
    ran = run("ink", sketch, "--drop", value)
    assert ran.code == 2
    assert "is not a hue of lines: say dark, red, orange" in ran.complaint


def test_colours_are_not_read_where_nobody_asks(run, sketch, fake_inker, monkeypatch):
    monkeypatch.setattr(ink, "find_hues", None)
    assert run("ink", sketch).code == 0


# -- reading

PAINT = np.zeros((40, 60, 3), np.uint8)
PAINT[:20], PAINT[20:, :30], PAINT[20:, 30:] = (250, 240, 220), (200, 40, 60), (40, 90, 200)


def save_print(path: Path) -> None:
    Image.fromarray(PAINT).convert("CMYK").save(path)


READERS = {
    "plain.png": lambda path: Image.fromarray(PAINT).save(path),
    "deep.png": lambda path: cv2.imwrite(str(path), PAINT[..., ::-1].astype(np.uint16) * 257),
    "palette.png": lambda path: Image.fromarray(PAINT).quantize(8).save(path),
    "opaque.png": lambda path: Image.fromarray(PAINT).convert("RGBA").save(path),
    "plain.webp": lambda path: Image.fromarray(PAINT).save(path, lossless=True),
    "floating.tif": lambda path: cv2.imwrite(str(path), PAINT[..., ::-1].astype(np.float32) / 255),
    "print.tif": save_print,
}


def colours_of(path: Path) -> np.ndarray:
    page = read_page(path, Spool(1 << 24, path.parent, colours=True))
    return page.sketch.read_colour(0, page.sketch.size[0])


@pytest.mark.parametrize("name", READERS)
def test_colours_are_read_of_any_depth_and_model(tmp_path, name):
    READERS[name](tmp_path / name)
    assert np.abs(colours_of(tmp_path / name) * 255 - PAINT).max() < (80 if name == "print.tif" else 4)


def test_colours_lie_over_white_paper_and_upright(tmp_path):
    clear = np.dstack([PAINT, np.full(PAINT.shape[:2], 255, np.uint8)])
    clear[:20, :, 3] = 0
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    Image.fromarray(clear).save(tmp_path / "turned.png", exif=exif)
    seen = colours_of(tmp_path / "turned.png") * 255
    assert seen.shape == (60, 40, 3)
    assert np.abs(np.rot90(seen)[:20] - 255).max() < 1
    assert np.abs(np.rot90(seen)[20:] - PAINT[20:]).max() < 1


def test_a_grey_page_is_grey(tmp_path):
    Image.fromarray(PAINT[..., 0]).save(tmp_path / "grey.png")
    assert np.abs(colours_of(tmp_path / "grey.png") * 255 - PAINT[..., :1]).max() < 1


def test_a_large_pages_colours_are_kept_on_disk(tmp_path):
    Image.fromarray(PAINT).save(tmp_path / "plain.png")
    page = read_page(tmp_path / "plain.png", Spool(100, tmp_path, colours=True))
    assert page.sketch._colours.in_file
    assert np.abs(page.sketch.read_colour(5, 25) * 255 - PAINT[5:25]).max() < 1


def test_colours_do_not_lie_in_memory_beside_what_finding_lines_takes(tmp_path, monkeypatch):
    monkeypatch.setattr(page_files, "COLOURS_IN_MEMORY", PAINT.nbytes - 1)
    Image.fromarray(PAINT).save(tmp_path / "plain.png")
    page = read_page(tmp_path / "plain.png", Spool(1 << 24, tmp_path, colours=True))
    assert page.sketch._colours.in_file
    assert not page.sketch._store.in_file


def test_colours_of_eight_bits_are_kept_as_they_are():
    assert values.colour(PAINT, values.usual("uint8")) is PAINT


def test_the_engine_tells_a_files_colours_apart(run, tmp_path):
    page = np.full((300, 420, 3), (238, 226, 196), np.uint8)
    for y, colour in ((60, (25, 25, 28)), (140, (205, 50, 60)), (220, (60, 110, 200))):
        points = np.array([(x, y + 12 * np.sin(x / 40)) for x in range(30, 390)], np.int32)
        cv2.polylines(page, [points], False, colour, 3, cv2.LINE_AA)
    Image.fromarray(page).save(tmp_path / "page.png")
    assert run("ink", tmp_path / "page.png", "--by-color").code == 0
    for name, y in (("", 60), ("-red", 140), ("-blue", 220)):
        ink = pixels(tmp_path / f"page-lineart{name}.png")[..., 3] > 127
        rows = np.flatnonzero(ink.any(axis=1))
        assert ink.any(axis=0).sum() > 330
        assert rows.min() > y - 20
        assert rows.max() < y + 20


@pytest.mark.parametrize("colour", [(60, 58, 62), (60, 110, 200)])
def test_a_scan_in_one_colour_is_inked_bit_for_bit_as_ever(run, tmp_path, colour):
    page = np.full((300, 420, 3), (238, 226, 196), np.uint8)
    for y in (60, 140, 220):
        points = np.array([(x, y + 12 * np.sin(x / 40)) for x in range(30, 390)], np.int32)
        cv2.polylines(page, [points], False, colour, 3, cv2.LINE_AA)
    Image.fromarray(page).save(tmp_path / "page.jpg", quality=70)
    for name, options in (("plain", []), ("apart", ["--by-color"])):
        assert run("ink", tmp_path / "page.jpg", *options, "-o", tmp_path / f"{name}.png").code == 0
    assert files_in(tmp_path) == {"page.jpg", "plain.png", "apart.png"}
    assert (tmp_path / "apart.png").read_bytes() == (tmp_path / "plain.png").read_bytes()
    assert pixels(tmp_path / "plain.png")[..., 3].any()
