# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from smart_lineart.cli import main
from smart_lineart.cli.flats_plan import flats_jobs

SIZE = (240, 200)


def lineart(path: Path, *, transparent: bool = False) -> Path:
    """Two closed boxes that share a side."""
    picture = Image.new("RGBA", SIZE, (0, 0, 0, 0) if transparent else (255, 255, 255, 255))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((30, 30, 120, 160), outline="black", width=4)
    draw.rectangle((117, 30, 210, 160), outline="black", width=4)
    picture.save(path)
    return path


def hints(path: Path, *dabs: tuple[int, int, str]) -> Path:
    picture = Image.new("RGBA", SIZE, (0, 0, 0, 0))
    for x, y, colour in dabs:
        ImageDraw.Draw(picture).ellipse((x - 5, y - 5, x + 5, y + 5), fill=colour)
    picture.save(path)
    return path


def pixels(path: Path) -> np.ndarray:
    with Image.open(path) as picture:
        assert picture.mode == "RGBA"
        return np.asarray(picture)


@pytest.mark.parametrize("transparent", [False, True])
def test_each_area_has_one_opaque_colour_and_the_rest_is_transparent(tmp_path, transparent, capsys):
    source = lineart(tmp_path / "box-lineart.png", transparent=transparent)
    assert main(["flats", str(source)]) == 0
    found = pixels(tmp_path / "box-flats.png")
    assert found.shape == (200, 240, 4)
    assert not found[10, 10].any()
    one, other = tuple(found[100, 70]), tuple(found[100, 170])
    assert one != other
    assert one[3] == other[3] == 255
    assert "2 areas" in capsys.readouterr().out


def test_json_tells_of_every_area(tmp_path, capsys):
    source = lineart(tmp_path / "box.png")
    assert main(["flats", str(source), "--json", "-o", str(tmp_path / "out.png")]) == 0
    (result,) = json.loads(capsys.readouterr().out)["results"]
    assert result["flats"] == [str(tmp_path / "out.png")]
    assert [area["id"] for area in result["areas"]] == [1, 2]
    for area in result["areas"]:
        assert area["drawn"] == 1.0
        assert len(area["box"]) == 4
        x, y = area["box"][0] + area["box"][2] // 2, area["box"][1] + area["box"][3] // 2
        assert area["colour"] == "#" + bytes(pixels(tmp_path / "out.png")[y, x, :3]).hex()


def test_hints_colour_their_areas_exactly_and_leave_the_others_paper(tmp_path):
    source = lineart(tmp_path / "box.png")
    dabs = hints(tmp_path / "hints.png", (70, 100, "#123456"))
    assert main(["flats", str(source), "--hints", str(dabs), "-o", str(tmp_path / "out.png")]) == 0
    found = pixels(tmp_path / "out.png")
    assert tuple(found[60, 60]) == (0x12, 0x34, 0x56, 255)
    assert {tuple(one) for one in found.reshape(-1, 4)} == {(0x12, 0x34, 0x56, 255), (0, 0, 0, 0)}


def test_layers_are_one_file_a_colour(tmp_path):
    source = lineart(tmp_path / "box.png")
    dabs = hints(tmp_path / "hints.png", (70, 100, "#123456"), (170, 100, "#abcdef"))
    assert main(["flats", str(source), "--hints", str(dabs), "--layers", "-o", str(tmp_path / "out")]) == 0
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["box-flats-123456.png", "box-flats-abcdef.png"]
    one, other = (pixels(tmp_path / "out" / name) for name in names)
    assert not (one[..., 3] & other[..., 3]).any()
    assert one[60, 60, 3] == other[60, 170, 3] == 255


def test_a_palette_may_be_named_or_a_picture(tmp_path):
    source = lineart(tmp_path / "box.png")
    picture = tmp_path / "sunset.png"
    halves = np.zeros((20, 20, 3), np.uint8)
    halves[:, :10], halves[:, 10:] = (250, 120, 40), (40, 30, 90)
    Image.fromarray(halves).save(picture)
    assert main(["flats", str(source), "--palette", str(picture), "-o", str(tmp_path / "out.png")]) == 0
    found = {tuple(one[:3]) for one in pixels(tmp_path / "out.png").reshape(-1, 4) if one[3]}
    assert found == {(250, 120, 40), (40, 30, 90)}
    assert main(["flats", str(source), "--palette", "harbour", "-o", str(tmp_path / "out.png")]) == 0


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--openness", "2"], "is not between 0 and 1"),
        (["--palette", "nothing"], "is not a palette"),
        (["--hints", "small.png"], "hints must be as large"),
        (["--hints", "none.png"], "none.png"),
        (["-o", "box.png"], "would be overwritten"),
        (["-o", "out.jpg"], "Flats are written as PNG"),
    ],
)
def test_what_cannot_be_is_told_in_a_sentence(tmp_path, monkeypatch, capsys, options, sentence):
    monkeypatch.chdir(tmp_path)
    source = lineart(tmp_path / "box.png")
    Image.new("RGBA", (20, 20)).save(tmp_path / "small.png")
    before = source.read_bytes()
    assert main(["flats", "box.png", *options]) == 2
    said = capsys.readouterr().err
    assert sentence in said
    assert "Traceback" not in said
    assert source.read_bytes() == before


def test_a_blank_page_becomes_blank_flats_and_says_so(tmp_path, capsys):
    Image.new("L", (40, 30), 255).save(tmp_path / "blank.png")
    assert main(["flats", str(tmp_path / "blank.png")]) == 0
    assert not pixels(tmp_path / "blank-flats.png").any()
    assert "blank" in capsys.readouterr().err


@pytest.mark.parametrize("names", [("a.png", "a-lineart.png"), ("a.png", "a.webp")])
@pytest.mark.parametrize("into", [False, True])
def test_no_flats_are_written_over_those_of_another(tmp_path, capsys, names, into):
    sources = [str(lineart(tmp_path / name)) for name in names]
    output = ["-o", str(tmp_path / "out")] if into else []
    assert main(["flats", *sources, *output]) == 2
    said = capsys.readouterr().err
    assert all(source in said for source in sources)
    assert not list(tmp_path.rglob("*-flats.png"))


def test_in_a_folder_lineart_of_a_hue_is_none_of_its_own_beside_the_dark_ones(tmp_path):
    names = [
        "a-lineart.png",
        "a-lineart-red.png",
        "a-lineart-blue.png",
        "b-lineart-red.png",
        "a-lineart-2.png",
    ]
    for name in names:
        (tmp_path / name).touch()
    jobs = flats_jobs([tmp_path], None, None)
    assert [lineart.name for lineart, _ in jobs] == ["a-lineart-2.png", "a-lineart.png", "b-lineart-red.png"]
    named, _ = flats_jobs([tmp_path / names[1]], None, None)[0]
    assert named.name == names[1], "whoever names one means it"


def test_in_a_folder_a_sketch_is_left_out_whose_lineart_is_there(tmp_path, capsys):
    for name in ("a.png", "a-lineart.png", "b.png"):
        lineart(tmp_path / name)
    assert main(["flats", str(tmp_path), "--json"]) == 0
    results = json.loads(capsys.readouterr().out)["results"]
    assert [Path(one["lineart"]).name for one in results] == ["a-lineart.png", "b.png"]
    assert sorted(one.name for one in tmp_path.glob("*-flats.png")) == ["a-flats.png", "b-flats.png"]
