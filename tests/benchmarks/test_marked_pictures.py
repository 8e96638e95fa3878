# SPDX-License-Identifier: GPL-3.0-or-later
"""Marks of lines in real pictures, and what is measured against them."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmarks.marked_pictures import LONG, MARKS, OPEN, compare, load, marked
from smart_lineart.inking import PictureReader
from smart_lineart.inking.picture.classes import PictureClass
from tests.inking.picture_models import write_picture_model

SIZE = 400, 500


def page() -> np.ndarray:
    """A black line and a black square on red."""
    picture = np.zeros((*SIZE, 3), np.uint8)
    picture[..., 0] = 220
    picture[50:350, 100:104] = 0
    picture[150:250, 300:400] = 0
    return picture


def test_dark_lines_are_marked_and_broad_blacks_left_open() -> None:
    truth = marked(page(), {"rule": "dark", "level": 70, "broad": 9})
    assert (truth[60:340, 101] == PictureClass.LINE).all()
    assert (truth[160:240, 350] == OPEN).all()
    assert (truth[160:240, 298] == OPEN).all()
    assert not truth[:, 450:].any()


def test_lines_darker_than_what_lies_beside_them_are_marked() -> None:
    picture = page()
    picture[50:350, 200:204] = 160, 0, 0
    truth = marked(picture, {"rule": "hat", "level": 30, "reach": 9})
    assert (truth[60:340, 201] == PictureClass.LINE).all()
    assert not (truth[170:230, 330:370] == PictureClass.LINE).any()


def test_what_is_open_by_hand_or_too_small_is_not_told() -> None:
    picture = page()
    picture[10:13, 10:13] = 0
    ring = [[90, 200], [110, 200], [110, 300], [90, 300]]
    truth = marked(picture, {"rule": "dark", "level": 70, "open": [ring]})
    assert truth[11, 11] == OPEN
    assert (truth[210:290, 102] == OPEN).all()
    assert truth[100, 102] == PictureClass.LINE


def test_lines_that_are_found_count_and_those_beside_them_do_not(tmp_path: Path) -> None:
    douga = np.full((*SIZE, 3), 255, np.uint8)
    douga[50:350, 100:104] = douga[50:200, 300:304] = 0
    with PictureReader(model=write_picture_model(tmp_path / "mirror")) as reader:
        found = reader.prepare(douga)
    score = compare(found, marked(page(), {"rule": "dark", "level": 70, "broad": 9}))
    assert score.met / score.wanted > 0.98
    assert score.right / score.drawn == pytest.approx(300 / 395, abs=0.05)
    assert "there are none" in str(compare(found, marked(page(), {"rule": "none"})))


def test_pictures_are_seen_over_white_at_the_size_of_their_marks(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "a.png"), np.zeros((2000, 800, 4), np.uint8))
    picture = load(tmp_path / "a.png")
    assert picture.shape == (LONG, 400, 3)
    assert (picture == 255).all()
    assert all(mark["rule"] in ("dark", "hat", "none") for mark in json.loads(MARKS.read_text()).values())
