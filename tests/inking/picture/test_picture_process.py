# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures read in a process of their own, as a painting program does; and what else is told of them."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from smart_lineart.inking import Cancelled, ModelError, PictureClass, PictureFeatures, PictureReader, Strokes
from smart_lineart.inking.features import Features
from smart_lineart.inking.network import models
from smart_lineart.inking.picture.classes import EDGES
from smart_lineart.inking.rendering import render
from tests.inking.picture_models import write_picture_model


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_picture_model(tmp_path_factory.mktemp("models") / "mirror")


def lined() -> np.ndarray:
    picture = np.full((720, 760, 3), 255, np.uint8)
    picture[50:-50, 300:304] = 0, 0, 0
    return picture


def test_a_process_of_its_own_says_the_same_and_ends(model: Path) -> None:
    with PictureReader(model=model, isolated=True) as reader:
        apart = reader.prepare(lined())
        network = reader._network
        assert network.pid is not None  # type: ignore[attr-defined]
    assert network.pid is None  # type: ignore[attr-defined]
    with PictureReader(model=model) as reader:
        inside = reader.prepare(lined())
    np.testing.assert_array_equal(apart.maps, inside.maps)
    assert len(apart.lines[PictureClass.LINE].strokes) == 1


def test_it_can_be_cancelled_while_its_process_starts(model: Path) -> None:
    with PictureReader(model=model, isolated=True) as reader, pytest.raises(Cancelled):
        reader.prepare(lined(), cancelled=lambda: True)


def test_the_colour_of_most_lines_is_told(model: Path) -> None:
    picture = lined()
    picture[50:-50, 300:304] = 40, 20, 10
    picture[50:100, 300:304] = 0, 0, 0
    blank = np.full((300, 300, 3), 255, np.uint8)
    with PictureReader(model=model) as reader:
        assert reader.prepare(picture).colour == (40, 20, 10)
        assert reader.prepare(blank).colour is None


def with_maps(maps: np.ndarray) -> PictureFeatures:
    size = 2 * maps.shape[1], 2 * maps.shape[2]
    none = Features(size, 0.5, inverted=False, strokes=Strokes.empty(), solid=None)
    return PictureFeatures(size, 0.5, maps, dict.fromkeys(EDGES, none), None)


class TestAreas:
    def test_an_area_is_filled_where_its_class_is_the_likeliest(self) -> None:
        maps = np.zeros((len(PictureClass), 60, 60), np.uint8)
        maps[PictureClass.FLAT] = 200
        maps[PictureClass.SHADE, 20:40, 10:50] = 220
        maps[PictureClass.SHADE, 50:58, 10:50] = 190  # not the likeliest
        area = with_maps(maps).area(PictureClass.SHADE)
        ink = render(area, thickness=5.0)
        assert ink.shape == (120, 120)
        assert (ink[44:76, 26:94] == 255).all()
        assert not ink[:36].any()
        assert not ink[84:].any()
        assert (ink > 127).sum() == pytest.approx(40 * 80, rel=0.06)

    def test_where_there_is_none_nothing_is_filled(self) -> None:
        maps = np.zeros((len(PictureClass), 30, 30), np.uint8)
        maps[PictureClass.FLAT] = 255
        area = with_maps(maps).area(PictureClass.HIGHLIGHT)
        assert area.solid is None
        assert not render(area, thickness=5.0).any()


def test_a_folder_of_the_user_s_is_not_taken_for_the_model(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The painting program may have been started anywhere."""
    (tmp_path / models.PICTURES).mkdir()
    monkeypatch.chdir(tmp_path)
    shutil.copytree(model, tmp_path / "ours" / models.PICTURES)
    monkeypatch.setattr(models, "search_folders", lambda: [tmp_path / "ours"])
    with PictureReader() as reader:
        assert reader._model.folder == tmp_path / "ours" / models.PICTURES
    monkeypatch.setattr(models, "search_folders", lambda: [tmp_path / "gone"])
    with pytest.raises(ModelError, match="does not exist"):
        PictureReader()
