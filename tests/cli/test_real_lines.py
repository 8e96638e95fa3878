# SPDX-License-Identifier: GPL-3.0-or-later
"""`smart-lineart lines` with the network that comes along."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from smart_lineart.cli import main

SIDE = 800
SKIN, SHADE, HAIR, INK, GROUND = (250, 215, 190), (215, 160, 140), (52, 36, 60), (20, 14, 18), (170, 205, 225)


def head() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A head in cel colours, uint8 (h, w, 3); where its lines are, and where dark hair is, bool (h, w)."""
    picture = np.full((SIDE, SIDE, 3), GROUND, np.uint8)
    lines, hair = np.zeros((SIDE, SIDE), np.uint8), np.zeros((SIDE, SIDE), np.uint8)
    face = ((400, 430), (210, 250), 0, 0, 360)
    cv2.ellipse(picture, *face, SHADE, -1)
    cv2.ellipse(picture, (370, 420), (175, 235), 0, 0, 360, SKIN, -1)
    fringe = np.array([(180, 400), (200, 230), (400, 130), (600, 230), (620, 400), (500, 330), (330, 350)])
    cv2.fillPoly(picture, [fringe], HAIR)
    cv2.fillPoly(hair, [fringe], 1)
    for layer, ink, kind in ((picture, INK, cv2.LINE_AA), (lines, 1, cv2.LINE_8)):
        cv2.ellipse(layer, *face, ink, 5, kind)
        cv2.polylines(layer, [fringe], True, ink, 5, kind)
        for x in (320, 480):
            cv2.ellipse(layer, (x, 470), (36, 22), 0, 180, 360, ink, 5)
        cv2.ellipse(layer, (400, 590), (60, 20), 0, 0, 180, ink, 4)
    inner = cv2.erode(hair, np.ones((41, 41), np.uint8)) > 0
    return picture, lines > 0, inner


def away(mask: np.ndarray) -> np.ndarray:
    return cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 5)


def taken(folder: Path, picture: Image.Image, *options: str) -> np.ndarray:
    source = folder / "cel.png"
    picture.save(source)
    assert main(["lines", str(source), *options]) == 0
    return np.asarray(Image.open(folder / "cel-lines.png").getchannel("A"))


def test_the_lines_of_a_cel_come_without_its_blacks_and_shades(tmp_path: Path) -> None:
    picture, lines, hair = head()
    ink = taken(tmp_path, Image.fromarray(picture), "--thickness", "4", "--edges") > 127
    on_face = lines & (away(hair) > 30)
    assert (away(ink)[on_face] < 6).mean() > 0.95
    assert (away(lines)[ink] < 6).mean() > 0.95
    assert not ink[hair & (away(lines) > 8)].any()
    shade = np.asarray(Image.open(tmp_path / "cel-lines-shade.png").getchannel("A"))
    assert shade[300:640, 480:600].any()
    assert not shade[:, :170].any()


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_any_colour_model_is_read(tmp_path: Path, mode: str) -> None:
    picture, lines, hair = head()
    Image.fromarray(picture).convert(mode).save(tmp_path / "cel.tif")
    assert main(["lines", str(tmp_path / "cel.tif"), "--thickness", "4"]) == 0
    ink = np.asarray(Image.open(tmp_path / "cel-lines.png").getchannel("A")) > 127
    assert (away(ink)[lines & (away(hair) > 30)] < 5).mean() > 0.9


def test_a_photograph_without_lines_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rng = np.random.default_rng(3)
    field = cv2.resize(rng.random((6, 6, 3)).astype(np.float32), (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    Image.fromarray(np.clip(field * 255, 0, 255).astype(np.uint8)).save(tmp_path / "sky.jpg")
    assert main(["lines", str(tmp_path / "sky.jpg"), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert any("Hardly any drawn lines" in notice for notice in document["notices"])
    assert document["results"][0]["lengths"]["line"] < SIDE
