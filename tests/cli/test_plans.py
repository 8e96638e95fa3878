# SPDX-License-Identifier: GPL-3.0-or-later
"""What is named on the command line, rightly or wrongly, and what becomes of it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from cli_helpers import FakeFeatures, files_in
from PIL import Image

from smart_lineart.inking import Strokes


@pytest.fixture
def page(drawing) -> Image.Image:
    return Image.fromarray(drawing)


# ---- nothing found


@pytest.fixture
def finds_nothing(fake_inker, monkeypatch):
    monkeypatch.setattr(FakeFeatures, "drawn_at", lambda self, faint, weight: Strokes.empty())
    return fake_inker


def test_a_lineart_without_ink_is_told(run, sketch, finds_nothing):
    ran = run("ink", sketch)
    assert ran.code == 0
    assert ran.err == (
        f"The lineart is blank, since no lines were found in {sketch};"
        " a lower --faint or a higher --detail may find some.\n"
    )


def test_json_tells_it_too(run, sketch, finds_nothing):
    ran = run("ink", sketch, "--json")
    (result,) = json.loads(ran.out)["results"]
    assert (ran.code, ran.err, result["blank"]) == (0, "", True)
    assert f"no lines were found in {sketch}" in result["notices"][0]


@pytest.mark.parametrize(("tone", "blank"), [(0, True), (127, True), (128, False), (255, False)])
def test_shapes_of_solid_black_are_ink(run, sketch, fake_inker, monkeypatch, tone, blank):
    def only_shapes(self, _faint, _weight):
        self.solid = np.full((4, 4), tone, np.uint8)
        return Strokes.empty()

    monkeypatch.setattr(FakeFeatures, "drawn_at", only_shapes)
    assert ("no lines were found" in run("ink", sketch).err) == blank


@pytest.mark.parametrize("tone", [0, 128, 255])
def test_a_flat_page_has_no_lines(run, tmp_path, tone):
    Image.new("L", (200, 150), tone).save(tmp_path / "flat.png")
    ran = run("ink", tmp_path / "flat.png")
    assert ran.code == 0
    assert f"no lines were found in {tmp_path / 'flat.png'};" in ran.err
    assert not np.asarray(Image.open(tmp_path / "flat-lineart.png"))[..., 3].any()


# ---- folders and patterns


@pytest.mark.parametrize("kind", ["jpg", "png", "tif"])
@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize("out", [False, True], ids=["beside", "elsewhere"])
def test_a_pattern_named_again_makes_no_lineart_of_lineart(run, tmp_path, page, fake_inker, kind, times, out):
    for name in "abc":
        page.save(tmp_path / f"{name}.{kind}")
    assert run("ink", *sorted(tmp_path.iterdir())).code == 0
    before = files_in(tmp_path)
    where = ["-o", tmp_path] if out else []
    for _ in range(times):
        ran = run("ink", *sorted(tmp_path.iterdir()), *where)
        assert ran.code == 0
        assert len(ran.out.splitlines()) == 3 + out
        assert [line.split(" was skipped, ")[0] for line in ran.err.splitlines()] == [
            str(tmp_path / f"{name}-lineart.png") for name in "abc"
        ]
    assert files_in(tmp_path) == before


def test_lineart_that_is_named_alone_is_inked(run, tmp_path, page, fake_inker):
    """It is somebody's wish, or another program's name for a sketch."""
    (tmp_path / "folder").mkdir()
    for name in ("a-lineart.png", "b.png", "folder/b-lineart.png"):
        page.save(tmp_path / name)
    ran = run("ink", tmp_path / "a-lineart.png", tmp_path / "b.png", tmp_path / "folder" / "b-lineart.png")
    assert (ran.code, ran.err) == (0, "")
    assert (tmp_path / "a-lineart-lineart.png").exists()
    assert (tmp_path / "folder" / "b-lineart-lineart.png").exists()


def test_lineart_of_lineart_is_skipped_as_well(run, tmp_path, page, fake_inker):
    for name in ("a.png", "a-lineart.png", "a-lineart-lineart.png"):
        page.save(tmp_path / name)
    ran = run("ink", *sorted(tmp_path.iterdir()), "--json")
    document = json.loads(ran.out)
    assert [Path(result["sketch"]).name for result in document["results"]] == ["a.png"]
    once, twice, original = (tmp_path / f"a{end}.png" for end in ("-lineart", "-lineart-lineart", ""))
    assert document["notices"] == [
        f"{twice} was skipped, since it is the lineart of {once}.",
        f"{once} was skipped, since it is the lineart of {original}.",
    ]


@pytest.mark.parametrize(
    ("others", "said"),
    [
        (["a.bmp"], "1 other file was left in {}: its kind of picture cannot be inked.\n"),
        (
            ["a.bmp", "B.GIF", "c.heic", "d.clip"],
            "4 other files were left in {}: their kinds of picture cannot be inked.\n",
        ),
        (["notes.txt", "Thumbs.db", ".hidden.bmp", "a-lineart.png"], ""),
    ],
)
def test_pictures_of_other_kinds_in_a_folder_are_counted(run, tmp_path, page, fake_inker, others, said):
    page.save(tmp_path / "sketch.png")
    for name in others:
        (tmp_path / name).write_bytes(b"x")
    ran = run("ink", tmp_path)
    assert (ran.code, ran.err) == (0, said.format(tmp_path))
    notices = json.loads(run("ink", tmp_path, "--json").out)["notices"]
    assert notices == ([said.format(tmp_path).strip()] if said else [])


@pytest.mark.parametrize("suffix", [".jfif", ".JPE", ".jpeg", ".Jpg"])
def test_other_names_of_jpeg_are_taken_from_a_folder(run, tmp_path, page, fake_inker, suffix):
    page.save(tmp_path / f"sketch{suffix}", "JPEG")
    ran = run("ink", tmp_path)
    assert (ran.code, ran.err) == (0, "")
    assert (tmp_path / "sketch-lineart.png").exists()


# ---- wrong names


@pytest.mark.parametrize("folders", ["skethces", "a/b/c"])
def test_a_folder_that_is_not_there_is_told_as_the_sketch_it_was_named_for(run, fake_inker, folders):
    ran = run("ink", f"{folders}/a.png")
    assert ran.code == 2
    assert ran.complaint == f"{folders}/a.png does not exist: there is no folder {folders}."


@pytest.mark.parametrize("stream", ["-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"])
@pytest.mark.parametrize("more", [False, True])
def test_the_standard_input_is_no_sketch(run, sketch, fake_inker, stream, more):
    ran = run("ink", stream, *([sketch] if more else []))
    assert ran.code == (1 if more else 2)
    assert ran.complaint == (
        f"A sketch cannot be read from the standard input ({stream}): save it, and name the file."
    )
    assert len(fake_inker.prepared) == more


@pytest.mark.parametrize("stream", ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
def test_the_standard_output_takes_no_lineart_by_any_name(run, sketch, fake_inker, stream):
    ran = run("ink", sketch, "-o", stream)
    assert ran.code == 2
    assert ran.complaint == "Lineart cannot be written to the standard output: name a file or a folder."


def test_a_file_called_like_the_standard_input_is_a_file(run, sketch, fake_inker, monkeypatch):
    monkeypatch.chdir(sketch.parent)
    shutil.copy(sketch, "-")
    assert run("ink", "./-").code == 0
    assert Path("--lineart.png").exists()


@pytest.mark.parametrize("option", ["sketch", "output"])
def test_an_empty_name_is_not_the_folder_one_is_in(run, sketch, fake_inker, monkeypatch, option):
    """As of a variable that is not set."""
    monkeypatch.chdir(sketch.parent)
    ran = run("ink", "") if option == "sketch" else run("ink", sketch, "-o", "")
    assert ran.code == 2
    assert "its name is empty" in ran.complaint
    assert fake_inker.prepared == []


@pytest.mark.parametrize(
    ("option", "value", "example"),
    [
        ("--faint", "0,3", "0.3"),
        ("--weight", "0,5", "0.5"),
        ("--detail", "0,5", "0.5"),
        ("--detail", "1,25", "0.5"),
        ("--thickness", "0,5mm", "0.5mm"),
        ("--thickness", "2,5", "0.5mm"),
        ("--memory-limit", "1,5G", "1.5G"),
    ],
)
def test_a_comma_is_told_as_one(run, sketch, fake_inker, option, value, example):
    complaint = run("ink", sketch, option, value).complaint
    assert f'"{value}" has a comma where a point belongs: write it as in {example}' in complaint
