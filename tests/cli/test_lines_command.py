# SPDX-License-Identifier: GPL-3.0-or-later
"""`smart-lineart lines`, with a network that reads the colours of dougas."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from smart_lineart.cli import main
from smart_lineart.inking.picture.classes import DOUGA, EDGES, PictureClass
from tests.inking.picture_models import write_picture_model


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(write_picture_model(tmp_path_factory.mktemp("models") / "mirror"))


def picture() -> np.ndarray:
    pixels = np.full((700, 800, 3), 255, np.uint8)
    for number, name in enumerate(EDGES):
        pixels[50:-50, 100 + 200 * number : 104 + 200 * number] = DOUGA[name]
    pixels[50:54, 50:750] = 0
    return pixels


def saved(path: Path, pixels: np.ndarray, **options: object) -> Path:
    Image.fromarray(pixels).save(path, **options)
    return path


def read(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image)


def test_lines_are_written_in_black_on_nothing(tmp_path: Path, model: str, capsys) -> None:
    source = saved(tmp_path / "cel.png", picture())
    assert main(["lines", str(source), "--model", model, "--thickness", "6"]) == 0
    ink = read(tmp_path / "cel-lines.png")
    assert ink.shape == (700, 800, 4)
    assert ink[400, 102].tolist() == [0, 0, 0, 255]
    assert not ink[300:, 200:, 3].any()
    assert "2 lines" in capsys.readouterr().out


def test_edges_come_in_files_of_their_own(tmp_path: Path, model: str) -> None:
    source = saved(tmp_path / "cel.png", picture())
    target = tmp_path / "out.png"
    assert main(["lines", str(source), "-o", str(target), "--edges", "--model", model]) == 0
    for number, name in enumerate(("shade", "highlight", "colour"), 1):
        ink = read(tmp_path / f"out-{name}.png")
        x = 102 + 200 * number
        assert ink[400, x, :3].tolist() == DOUGA[EDGES[number]].tolist()
        assert ink[400, x - 3 : x + 4, 3].max() > 200
        assert not ink[:, : x - 50, 3].any()


def test_a_douga_is_told_in_flat_colours(tmp_path: Path, model: str) -> None:
    source = saved(tmp_path / "cel.png", picture())
    assert main(["lines", str(source), "-o", str(tmp_path / "d.png"), "--douga", "--model", model]) == 0
    douga = read(tmp_path / "d.png")
    assert (douga == picture()).all(2).mean() > 0.999
    assert {tuple(c) for c in douga.reshape(-1, 3)} <= {tuple(c) for c in DOUGA}


def test_svg_has_the_lines_as_strokes(tmp_path: Path, model: str) -> None:
    source = saved(tmp_path / "cel.png", picture())
    assert main(["lines", str(source), "-o", str(tmp_path / "v.svg"), "--model", model]) == 0
    assert "<path" in (tmp_path / "v.svg").read_text()


def test_its_own_line_colour_can_be_kept(tmp_path: Path, model: str) -> None:
    pixels = picture()
    pixels[(pixels == 0).all(2)] = (40, 20, 10)
    source = saved(tmp_path / "cel.png", pixels)
    assert main(["lines", str(source), "--color", "picture", "--thickness", "6", "--model", model]) == 0
    assert read(tmp_path / "cel-lines.png")[400, 102].tolist() == [40, 20, 10, 255]


@pytest.mark.parametrize("orientation", [1, 6, 8, 3])
def test_a_turned_picture_is_read_upright(tmp_path: Path, model: str, orientation: int) -> None:
    turns = {1: 0, 6: 1, 8: 3, 3: 2}[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    source = saved(tmp_path / "cel.png", np.ascontiguousarray(np.rot90(picture(), turns)), exif=exif)
    assert main(["lines", str(source), "--douga", "-o", str(tmp_path / "d.png"), "--model", model]) == 0
    assert (read(tmp_path / "d.png") == picture()).all(2).mean() > 0.99


def test_transparency_is_white_and_cmyk_is_read(tmp_path: Path, model: str) -> None:
    pixels = np.dstack([picture(), np.full((700, 800), 255, np.uint8)])
    pixels[300:, :, 3] = 0
    source = saved(tmp_path / "a.png", pixels)
    assert main(["lines", str(source), "--douga", "-o", str(tmp_path / "d.png"), "--model", model]) == 0
    assert (read(tmp_path / "d.png")[310:] == 255).all()
    Image.fromarray(picture()).convert("CMYK").save(tmp_path / "c.tif")
    assert main(["lines", str(tmp_path / "c.tif"), "-o", str(tmp_path / "c.png"), "--model", model]) == 0
    assert read(tmp_path / "c.png")[400, 102, 3] > 200


def test_a_picture_without_lines_says_what_was_found(tmp_path: Path, model: str, capsys) -> None:
    pixels = np.full((700, 800, 3), 255, np.uint8)
    pixels[50:-50, 300:304] = DOUGA[PictureClass.COLOUR_EDGE]
    source = saved(tmp_path / "photo.png", pixels)
    assert main(["lines", str(source), "--json", "--model", model]) == 0
    document = json.loads(capsys.readouterr().out)
    (notice,) = document["notices"]
    assert "Hardly any drawn lines" in notice
    (result,) = document["results"]
    assert result["lengths"]["line"] == 0
    assert result["lengths"]["colour_edge"] == pytest.approx(600, abs=12)


@pytest.mark.parametrize(
    ("extra", "told"),
    [
        (["-o", "SOURCE"], "overwritten"),
        (["-o", "x.jpg"], "ends in"),
        (["--douga", "-o", "x.svg"], "ends in"),
        (["--douga", "--edges"], "leave out"),
        (["-o", "nowhere/x.png"], "does not exist"),
    ],
)
def test_what_cannot_be_is_told_before_any_work(
    tmp_path: Path, model: str, extra: list[str], told: str, capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    source = saved(tmp_path / "cel.png", picture())
    before = source.read_bytes()
    options = [str(source) if one == "SOURCE" else one for one in extra]
    assert main(["lines", str(source), *options, "--model", model]) == 2
    assert told in capsys.readouterr().err
    assert source.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["cel.png"]


def test_what_is_no_picture_is_told(tmp_path: Path, model: str, capsys) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    assert main(["lines", str(tmp_path / "a.png"), "--model", model]) == 2
    assert "a.png" in capsys.readouterr().err
