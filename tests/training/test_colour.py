# SPDX-License-Identifier: GPL-3.0-or-later
"""Painted figures and what is said to be true of them."""

from __future__ import annotations

import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest

from smart_lineart.inking.picture.classes import DOUGA, PictureClass, douga_of
from training.colour import paint as paint_module
from training.colour.figures import FINE, Figure, character, from_art, from_drawing, trapped
from training.colour.paint import SOFT, UNSURE, _Tones, _truth, paint
from training.colour.palette import APART, SHOWS, palette, with_tones
from training.colour.shapes import LIGHTS, SHADES, light_shape, shade_shape
from training.colour.stream import Figures, Pictures
from training.colour.vector_art import Piece, _toned, kept_aside

SIDE = 96
N = SIDE * FINE


def halves(*, lined: bool) -> Figure:
    """Two areas side by side, with or without a line between them."""
    areas = np.zeros((N, N), np.int32)
    areas[:, N // 2 :] = 1
    line = np.zeros((N, N), np.uint8)
    if lined:
        line[:, N // 2 - 4 : N // 2 + 4] = 255
    return Figure(areas, line, np.zeros((N, N), np.uint8), 8.0)


def no_tones(blur: float = 0.0) -> _Tones:
    return _Tones(np.zeros((N, N), np.uint8), np.ones((N, N), np.float32), blur)


class TestTruth:
    def test_a_border_of_colours_without_a_line_is_an_edge(self) -> None:
        figure = halves(lined=False)
        truth = _truth(figure.areas, no_tones(), figure.line > 127)
        assert (truth[:, SIDE // 2] == PictureClass.COLOUR_EDGE).all()
        assert not (truth == PictureClass.LINE).any()

    def test_a_line_leaves_no_edge_beside_it(self) -> None:
        figure = halves(lined=True)
        truth = _truth(figure.areas, no_tones(), figure.line > 127)
        assert set(np.unique(truth)) == {PictureClass.FLAT, PictureClass.LINE}

    @pytest.mark.parametrize(
        ("tone", "edge", "fill"),
        [
            (1, PictureClass.SHADE_EDGE, PictureClass.SHADE),
            (2, PictureClass.SHADE_EDGE, PictureClass.SHADE),
            (3, PictureClass.HIGHLIGHT_EDGE, PictureClass.HIGHLIGHT),
        ],
    )
    def test_tones_have_edges_of_their_own(self, tone: int, edge: PictureClass, fill: PictureClass) -> None:
        tones = no_tones()
        tones.which[: N // 2] = tone
        truth = _truth(np.zeros((N, N), np.int32), tones, np.zeros((N, N), np.bool_))
        assert (truth[SIDE // 2] == edge).all()
        assert (truth[4] == fill).all()
        assert (truth[-4] == PictureClass.FLAT).all()

    def test_where_shade_falls_off_softly_nothing_is_sure(self) -> None:
        tones = no_tones(blur=4 * SOFT[0])
        tones.which[: N // 2] = 1
        truth = _truth(np.zeros((N, N), np.int32), tones, np.zeros((N, N), np.bool_))
        assert (truth[SIDE // 2] == UNSURE).all()
        assert not (truth == PictureClass.SHADE_EDGE).any()

    @pytest.mark.parametrize(("below", "told"), [(0.06, False), (0.6, True)])
    def test_a_line_within_its_own_colour_is_none(
        self, below: float, told: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(paint_module, "LINES", {"black": 1.0})
        figure = Figure(np.zeros((N, N), np.int32), halves(lined=True).line, np.zeros((N, N), np.uint8), 8.0)
        for seed in range(5):
            image = np.full((N, N, 3), below, np.float32)
            _, seen = paint_module._lined(np.random.default_rng(seed), image, figure, [])
            assert seen.any() == told


class TestFigures:
    def test_areas_are_trapped_over_a_small_gap(self) -> None:
        walls = np.zeros((200, 200), np.uint8)
        cv2.rectangle(walls, (50, 50), (150, 150), 255, 3)
        walls[48:53, 98:101] = 0
        assert trapped(walls, 0)[100, 100] == trapped(walls, 0)[10, 10] == 0
        closed = trapped(walls, 2)
        assert closed[100, 100] != 0
        assert closed[10, 10] == 0

    def test_shades_of_vector_art_are_told_from_areas(self) -> None:
        def square(low: float, high: float) -> list[np.ndarray]:
            return [np.array([(low, low), (high, low), (high, high), (low, high)])]

        art = [
            Piece(square(0.1, 0.9), "area", (0.9, 0.5, 0.3)),
            Piece(square(0.2, 0.5), "area", (0.7, 0.35, 0.2)),
            Piece(square(0.6, 0.8), "area", (1.0, 0.75, 0.6)),
            Piece(square(0.3, 0.4), "area", (0.1, 0.3, 0.9)),
        ]
        assert [piece.kind for piece in _toned(art)] == ["area", "shade", "highlight", "area"]
        figure = from_art(np.random.default_rng(1), _toned(art), SIDE)
        assert figure.areas.max() >= 1

    def test_kinds_kept_aside_are_so_in_every_skin_and_gender(self) -> None:
        kind = next(
            name
            for name in (
                "artist",
                "cook",
                "pilot",
                "judge",
                "singer",
                "elf",
                "mage",
                "fairy",
                "farmer",
                "guard",
            )
            if zlib.crc32(name.encode()) % 5 == 0
        )
        for name in (kind, f"woman-{kind}", f"man-{kind}-dark-skin-tone", f"{kind}-medium-light"):
            assert kept_aside(name)

    def test_a_character_becomes_a_figure(self) -> None:
        rng = np.random.default_rng(5)
        figure = from_drawing(rng, character(rng), SIDE)
        assert figure.areas.shape == figure.line.shape == (N, N)
        assert figure.line.any()


class TestPainting:
    def test_palettes_differ_and_tones_show(self) -> None:
        rng = np.random.default_rng(2)
        colours = palette(rng, 4)
        table, seen = with_tones(rng, colours)
        assert table.shape == (4, 4, 3)
        assert ((np.abs(table[:, 1:] - table[:, :1]).max(2) > SHOWS) >= seen[:, 1:]).all()
        assert APART > SHOWS / 2

    def test_every_shape_of_shade_and_light_is_drawn(self, monkeypatch: pytest.MonkeyPatch) -> None:
        areas = halves(lined=False).areas
        for shares, draw in ((SHADES, shade_shape), (LIGHTS, light_shape)):
            for kind in list(shares):
                only = {name: float(name == kind) for name in shares}
                monkeypatch.setattr(
                    f"training.colour.shapes.{'SHADES' if shares is SHADES else 'LIGHTS'}", only
                )
                rng = np.random.default_rng(3)
                assert any(draw(rng, areas).any() for _ in range(8)), kind

    def test_a_picture_and_its_truth_are_of_one_size(self) -> None:
        rng = np.random.default_rng(7)
        for _ in range(8):
            painted = paint(rng, halves(lined=True), [])
            assert painted.picture.shape == (SIDE, SIDE, 3)
            assert painted.truth.shape == (SIDE, SIDE)
            assert painted.picture.min() >= 0
            assert painted.picture.max() <= 1
            assert set(np.unique(painted.truth)) <= {*PictureClass, UNSURE}

    def test_pictures_come_the_same_from_the_same_seed(self, corpus_folder: Path) -> None:
        figures = Figures.load(corpus_folder, None)
        figures.drawings["icons"] = figures.drawings["figures"]
        one, other = (next(iter(Pictures(figures, SIDE, 3))) for _ in range(2))
        np.testing.assert_array_equal(one, other)
        assert one.shape == (4, SIDE, SIDE)


def test_a_douga_has_a_colour_for_each_class() -> None:
    classes = np.arange(len(PictureClass), dtype=np.uint8)[None]
    np.testing.assert_array_equal(douga_of(classes)[0], DOUGA)
    assert [f"#{bytes(c).hex()}" for c in DOUGA] == [
        "#ffffff",
        "#000000",
        "#0000ff",
        "#ff0000",
        "#00ff00",
        "#8040ff",
        "#ffff00",
    ]
