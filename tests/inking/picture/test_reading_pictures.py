# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines and edges of pictures, traced with a network that reads their colours."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from smart_lineart.inking import Cancelled, Inker, ModelError, PictureClass, PictureReader, available_models
from smart_lineart.inking.network import models, tiles
from smart_lineart.inking.picture import pictures
from smart_lineart.inking.picture.classes import DOUGA, EDGES
from smart_lineart.inking.picture.pictures import shown_as
from smart_lineart.inking.rendering import render
from tests.inking.picture_models import write_picture_model
from tests.inking.tiny_models import write_model_folder


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_picture_model(tmp_path_factory.mktemp("models") / "mirror")


def four_lines(height: int = 900, width: int = 800) -> np.ndarray:
    """One upright stroke in the colour of each of EDGES, far apart."""
    picture = np.full((height, width, 3), 255, np.uint8)
    for number, name in enumerate(EDGES):
        x = 100 + 200 * number
        picture[50:-50, x : x + 4] = DOUGA[name]
    return picture


class TestReading:
    def test_each_class_gets_its_own_strokes(self, model: Path) -> None:
        with PictureReader(model=model) as reader:
            found = reader.prepare(four_lines())
        assert found.size == (900, 800)
        for number, name in enumerate(EDGES):
            strokes = found.lines[name].strokes
            assert len(strokes) == 1, name
            np.testing.assert_allclose(np.median(strokes.points[:, 0]), 102 + 200 * number, atol=1)
            assert found.length(name) == pytest.approx(800, abs=12)

    def test_lines_are_as_broad_as_the_picture_s(self, model: Path) -> None:
        with PictureReader(model=model) as reader:
            assert reader.prepare(four_lines()).thickness == pytest.approx(4, abs=0.5)
            assert reader.prepare(np.full((300, 300, 3), 255, np.uint8)).thickness is None

    def test_a_line_can_be_drawn_by_what_draws_sketches(self, model: Path) -> None:
        with PictureReader(model=model) as reader:
            found = reader.prepare(four_lines())
        ink = render(found.lines[PictureClass.LINE], thickness=6, faint=0.0)
        assert ink.shape == found.size
        assert ink[400, 102] == 255
        assert not ink[:, 200:].any()

    def test_the_picture_goes_on_beyond_its_border(self, model: Path) -> None:
        dark = np.zeros((300, 300, 3), np.uint8)
        with PictureReader(model=model) as reader:
            found = reader.prepare(dark)
        assert (found.maps[PictureClass.LINE] > 200).all()

    def test_tiles_change_nothing(self, model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        patches = np.random.default_rng(1).integers(0, 256, (9, 8, 3), np.uint8)
        picture = np.kron(patches, np.ones((100, 100, 1), np.uint8))
        with PictureReader(model=model) as reader:
            whole = reader.prepare(picture)
            monkeypatch.setattr(tiles, "MOST_PIXELS", 1)
            monkeypatch.setattr(tiles, "LEAST_PIXELS", 1)
            tiled = reader.prepare(picture)
        np.testing.assert_array_equal(whole.maps, tiled.maps)

    def test_a_huge_picture_is_seen_within_the_memory_limit(self, model: Path) -> None:
        with PictureReader(model=model, memory_limit=300 << 20) as reader:
            height, width = 20_000, 20_000
            assert reader.scale((height, width)) ** 2 * height * width * pictures.WORKING_BYTES <= 100 << 20

    def test_it_can_be_cancelled(self, model: Path) -> None:
        with PictureReader(model=model) as reader, pytest.raises(Cancelled):
            reader.prepare(four_lines(), cancelled=lambda: True)

    def test_progress_rises_to_one(self, model: Path) -> None:
        told: list[float] = []
        with PictureReader(model=model) as reader:
            reader.prepare(four_lines(), progress=told.append)
        assert told == sorted(told)
        assert told[-1] == 1.0


class TestEdges:
    def test_an_edge_beside_a_line_is_none(self) -> None:
        maps = np.zeros((len(PictureClass), 40, 40), np.uint8)
        maps[PictureClass.LINE, :, 20:23] = 255
        maps[PictureClass.SHADE_EDGE, :, 24:26] = 200
        maps[PictureClass.SHADE_EDGE, :, 34:36] = 200
        shown = shown_as(maps, PictureClass.SHADE_EDGE)
        assert not shown[:, :30].any()
        assert (shown[:, 34:36] == 200).all()

    def test_of_two_edges_in_one_place_the_likelier_is_drawn(self) -> None:
        maps = np.zeros((len(PictureClass), 8, 8), np.uint8)
        maps[PictureClass.SHADE_EDGE] = 120
        maps[PictureClass.COLOUR_EDGE] = 130
        assert not shown_as(maps, PictureClass.SHADE_EDGE).any()
        assert (shown_as(maps, PictureClass.COLOUR_EDGE) == 130).all()


class TestDouga:
    def test_a_douga_comes_back_as_itself(self, model: Path) -> None:
        picture = four_lines()
        with PictureReader(model=model) as reader:
            strips = list(reader.prepare(picture).douga())
        np.testing.assert_array_equal(np.concatenate(strips), picture)

    def test_its_size_is_the_picture_s_at_any_scale(self, model: Path) -> None:
        picture = cv2.resize(four_lines(), (3200, 3600), interpolation=cv2.INTER_NEAREST)
        with PictureReader(model=model) as reader:
            found = reader.prepare(picture)
        assert found.scale < 1
        douga = np.concatenate(list(found.douga()))
        assert douga.shape == picture.shape
        assert (douga == picture).all(2).mean() > 0.99


class TestModels:
    def test_a_model_for_sketches_is_refused_and_the_other_way_round(
        self, model: Path, tmp_path: Path
    ) -> None:
        with pytest.raises(ModelError, match="channels"):
            PictureReader(model=write_model_folder(tmp_path / "tiny"))
        with pytest.raises(ModelError, match="channels"):
            Inker(model=model)

    def test_the_model_for_pictures_is_not_offered_for_sketches(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write_model_folder(tmp_path / "some" / "sketches", name="sketches")
        write_model_folder(tmp_path / "some" / models.PICTURES, name=models.PICTURES)
        monkeypatch.setattr(models, "search_folders", lambda: [tmp_path / "some"])
        assert [one.name for one in available_models()] == ["sketches"]
        assert models.default_model().name == "sketches"
