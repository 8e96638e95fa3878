# SPDX-License-Identifier: GPL-3.0-or-later
"""Lineart as SVG: what is in the file, and that it shows what the pixels show."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from PIL import Image

from smart_lineart.cli.files import output
from smart_lineart.cli.files.svg import write_svg
from smart_lineart.cli.files.writer import Lineart
from smart_lineart.inking import Strokes
from tests.cli.cli_helpers import files_in
from tests.inking.vectors.random_strokes import render_svg

SVG = "{http://www.w3.org/2000/svg}"
INKSCAPE = "{http://www.inkscape.org/namespaces/inkscape}"
NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)")


def lineart(**changes) -> Lineart:
    """Two crossing strokes and a black disc on a page of 300 x 200 px."""
    along = np.linspace(0, 1, 120)[:, None]
    lines = [(20, 30) + along * (250, 130), (30, 170) + along * (240, -140)]
    y, x = np.indices((200, 300))
    disc = np.clip(128 + 60 * (20 - np.hypot(x - 240, y - 50)), 0, 255).astype(np.uint8)
    values = {
        "size": (200, 300),
        "dpi": None,
        "icc": None,
        "thickness": 5.0,
        "style": "pen",
        "colour": (32, 32, 64),
        "white": False,
        "strokes": Strokes.from_lists(
            [line.astype(np.float32) for line in lines], [np.ones(120, np.float32)] * 2, [1.0, 1.0]
        ),
        "solid": disc,
        "scale": 1.0,
        "strips": iter(()),
    }
    return Lineart(**(values | changes))


def written(**changes) -> tuple[bytes, ET.Element]:
    file, told = io.BytesIO(), []
    write_svg(file, lineart(**changes), told.append)
    assert told[-1] == 1.0
    return file.getvalue(), ET.fromstring(file.getvalue())


def layers(root: ET.Element) -> dict[str, ET.Element]:
    return {group.get(INKSCAPE + "label"): group for group in root.findall(SVG + "g")}


def test_outlines_are_seen_and_centrelines_are_hidden_with_their_widths():
    _, root = written()
    found = layers(root)
    assert list(found) == ["Lineart", "Centrelines"]
    assert {group.get(INKSCAPE + "groupmode") for group in found.values()} == {"layer"}
    inked, hidden = found["Lineart"], found["Centrelines"]
    assert (inked.get("fill"), inked.get("stroke"), inked.get("display")) == ("#202040", "none", None)
    assert (hidden.get("fill"), hidden.get("stroke"), hidden.get("display")) == ("none", "#202040", "none")
    outlines = [path.get("id") for path in inked]
    strokes = [name for name in outlines if name.startswith("stroke-")]
    assert len(strokes) == 2
    assert len(outlines) == 3
    assert [path.get("id") for path in hidden] == [f"{name}-centre" for name in strokes]
    for path in hidden:
        widths = [float(width) for width in path.get("data-widths").split()]
        (numbers,) = re.findall(r"c([^cMz]*)", path.get("d"))
        assert len(widths) == 2 * len(NUMBER.findall(numbers)) // 6 + 1
        assert 4 < float(path.get("stroke-width")) < 6
        assert min(widths) <= float(path.get("stroke-width")) <= max(widths)


def test_ids_are_unique_and_the_same_when_it_is_written_again():
    data, root = written()
    names = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(set(names)) == len(names)
    again, _ = written()
    assert again == data


def test_the_page_is_as_large_as_on_paper():
    _, root = written(dpi=(300.0, 150.0))
    assert (root.get("width"), root.get("height")) == ("25.400mm", "33.867mm")
    assert root.get("viewBox") == "0 0 300 200"
    _, root = written()
    assert (root.get("width"), root.get("height")) == ("300px", "200px")


def test_paper_is_white_only_where_it_is_asked_for():
    assert written()[1].find(SVG + "rect") is None
    paper = written(white=True)[1].find(SVG + "rect")
    assert (paper.get("fill"), paper.get("width"), paper.get("height")) == ("#ffffff", "300", "200")


def test_path_data_are_short_and_lose_nothing():
    data, root = written()
    for path in root.iter(SVG + "path"):
        text = path.get("d")
        assert not re.search(r"[^Mcz\d .-]", text)
        for numbers in re.findall(r"c([^cMz]*)", text):
            assert len(NUMBER.findall(numbers)) % 6 == 0
    assert len(data) < 9000


def test_a_renderer_shows_what_the_pixels_show(run, sketch, tmp_path):
    ran = run("ink", sketch, "-o", tmp_path, "--format", "png,svg", "--thickness", "4")
    assert (ran.code, ran.err) == (0, "")
    name = f"{sketch.stem}-lineart"
    assert files_in(tmp_path) >= {name + ".png", name + ".svg"}
    pixels = np.asarray(Image.open(tmp_path / (name + ".png")).getchannel("A")).astype(float)
    shown = render_svg((tmp_path / (name + ".svg")).read_bytes(), scale=300 / 72).astype(float)
    assert np.minimum(pixels, shown).sum() / np.maximum(pixels, shown).sum() > 0.97


def test_both_formats_are_told_and_read_once(run, sketch, fake_inker, tmp_path):
    ran = run("ink", sketch, "-o", tmp_path / "out", "--format", "svg, png", "--json")
    (result,) = json.loads(ran.out)["results"]
    assert Path(result["lineart"]).name == f"{sketch.stem}-lineart.svg"
    assert [Path(path).name for path in result["also"]] == [f"{sketch.stem}-lineart.png"]
    assert len(fake_inker.prepared) == 1


def test_a_folder_becomes_vectors_and_its_own_are_no_sketches(run, sketch, fake_inker, tmp_path):
    folder = tmp_path / "sketches"
    folder.mkdir()
    for name in ("a.png", "b.png"):
        (folder / name).write_bytes(sketch.read_bytes())
    for _ in range(2):
        ran = run("ink", folder, "--format", "svg")
        assert (ran.code, ran.err) == (0, "")
    assert files_in(folder) == {"a.png", "b.png", "a-lineart.svg", "b-lineart.svg"}


def test_a_texture_that_is_lost_is_told(run, sketch, fake_inker, tmp_path):
    target = tmp_path / "ink.svg"
    ran = run("ink", sketch, "-o", target, "--style", "charcoal")
    assert ran.code == 0
    assert f"{target} has the outlines of the strokes alone: the texture of charcoal" in ran.err
    assert run("ink", sketch, "-o", target, "--style", "pen").err == ""


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--format", "pdf"], "is not a format of lineart: say png or svg"),
        (["--format", "svg", "-o", "x.png"], "is one file of one format"),
        (["--format", "png,svg", "-o", "x.svg"], "is one file of one format"),
    ],
)
def test_formats_that_do_not_fit_are_refused(run, sketch, fake_inker, options, said):
    ran = run("ink", sketch, *options)
    assert ran.code == 2
    assert said in ran.err
    assert not fake_inker.prepared


def test_a_fault_leaves_the_old_file(run, sketch, fake_inker, tmp_path, monkeypatch):
    target = tmp_path / "ink.svg"
    target.write_text("old")

    def fail(file, lineart, progress):
        file.write(b"<svg")
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(output.WRITERS, ".svg", fail)
    assert run("ink", sketch, "-o", target).code == 2
    assert target.read_text() == "old"
    assert not [name for name in files_in(tmp_path) if name.endswith(".part")]
