# SPDX-License-Identifier: GPL-3.0-or-later
"""Painted figures and what is said to be true of them."""

from __future__ import annotations

import zlib
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from smart_lineart.inking.picture.classes import DOUGA, PictureClass, douga_of
from training.colour import paint as paint_module
from training.colour.figures import FINE, Figure, character, from_art, from_drawing, trapped
from training.colour.paint import paint
from training.colour.palette import APART, SHOWS, palette, with_tones
from training.colour.shapes import LIGHTS, SHADES, light_shape, shade_shape
from training.colour.stream import Figures, Pictures
from training.colour.surfaces import airbrushed, haired
from training.colour.truth import (
    ANY_EDGE,
    ANY_FILL,
    EDGE_OR_LINE,
    NEARBY,
    NO_LINE,
    SETS,
    SOFT,
    UNSURE,
    Layers,
    Tones,
    apart,
    truth_of,
)
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


RED, BLUE, DARK_RED = (0.9, 0.3, 0.2), (0.2, 0.4, 0.9), (0.6, 0.2, 0.15)


def layers(
    colours: np.ndarray | None = None,
    line: np.ndarray | None = None,
    palette: tuple[tuple[float, float, float], ...] = (RED, BLUE),
    tones: Tones | None = None,
) -> Layers:
    """A picture in the first colour alone, or as told."""
    colours = np.zeros((N, N), np.int32) if colours is None else colours
    tones = no_tones() if tones is None else tones
    image = np.array(palette, np.float32)[colours] * np.where(tones.which, 0.6, 1)[..., None]
    nothing = np.zeros((N, N), np.bool_)
    line = nothing if line is None else line
    return Layers(colours, np.array(palette), tones, image.astype(np.float32), line, nothing, nothing)


def no_tones(blur: float = 0.0) -> Tones:
    return Tones(np.zeros((N, N), np.uint8), np.ones((N, N), np.float32), blur)


class TestTruth:
    def test_a_border_of_colours_without_a_line_is_an_edge(self) -> None:
        truth = truth_of(layers(halves(lined=False).areas))
        assert (truth[:, SIDE // 2] == PictureClass.COLOUR_EDGE).all()
        assert not (truth == PictureClass.LINE).any()

    def test_a_line_leaves_no_edge_beside_it(self) -> None:
        figure = halves(lined=True)
        truth = truth_of(layers(figure.areas, figure.line > 127))
        assert set(np.unique(truth)) == {PictureClass.FLAT, PictureClass.LINE}

    def test_a_colour_that_could_be_a_shade_is_any_edge(self) -> None:
        truth = truth_of(layers(halves(lined=False).areas, palette=(RED, DARK_RED)))
        assert (truth[:, SIDE // 2] == ANY_EDGE).all()
        told = apart(np.array([RED, DARK_RED, BLUE, (0.5, 0.5, 0.5)]))
        assert told.tolist() == [
            [False, False, True, False],
            [False, False, True, False],
            [True, True, False, False],
            [False] * 4,
        ]

    def test_a_border_that_does_not_show_is_no_edge(self) -> None:
        truth = truth_of(layers(halves(lined=False).areas, palette=(RED, (0.9, 0.31, 0.2))))
        assert set(np.unique(truth)) == {PictureClass.FLAT, NO_LINE}

    def test_a_border_beside_ink_may_have_a_line(self) -> None:
        areas = halves(lined=False).areas
        truth = truth_of(replace(layers(areas), inked=areas == 1))
        assert (truth[:, SIDE // 2] == EDGE_OR_LINE).all()

    def test_what_looks_like_a_line_is_left_open(self) -> None:
        areas = np.zeros((N, N), np.int32)
        areas[:, 40:45] = 1
        truth = truth_of(layers(areas))
        assert (truth[:, 20:22] == UNSURE).all()
        lines = np.zeros((N, N), np.bool_)
        lines[:, 37:42] = lines[:, 46:51] = True
        areas[:, 45:48] = 1
        assert (truth_of(layers(areas, lines))[:, 21] == PictureClass.FLAT).all()

    def test_a_hairline_is_a_line_without_gaps(self) -> None:
        line = np.zeros((N, N), np.bool_)
        line[:, 41] = True
        assert (truth_of(layers(line=line))[:, 20] == PictureClass.LINE).all()
        line[:, 41:46] = True
        assert [(truth_of(layers(line=line))[:, x] == PictureClass.LINE).all() for x in range(19, 25)] == [
            False,
            True,
            True,
            True,
            False,
            False,
        ]

    def test_an_edge_close_to_a_line_is_left_open(self) -> None:
        tones = no_tones()
        tones.which[:, N // 2 :] = 1
        line = np.zeros((N, N), np.bool_)
        line[:, N // 2 - 12 : N // 2 - 6] = True
        truth = truth_of(layers(line=line, tones=tones))
        beside = truth[:, SIDE // 2 - 3 : SIDE // 2 - 3 + int(NEARBY)]
        assert NO_LINE in beside
        assert PictureClass.SHADE_EDGE not in beside

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
        truth = truth_of(layers(tones=tones))
        assert (truth[SIDE // 2] == edge).all()
        assert (truth[4] == fill).all()
        assert (truth[-4] == PictureClass.FLAT).all()

    def test_a_shade_with_nothing_lit_beside_it_may_be_a_colour(self) -> None:
        figure, tones = halves(lined=True), no_tones()
        tones.which[figure.areas == 1] = 1
        truth = truth_of(layers(figure.areas, figure.line > 127, tones=tones))
        assert set(np.unique(truth)) == {PictureClass.FLAT, PictureClass.LINE, ANY_FILL}

    @pytest.mark.parametrize(
        ("blur", "told"), [(0.5 * (SOFT[0] + SOFT[1]), NO_LINE), (2 * SOFT[1], ANY_FILL)]
    )
    def test_where_shade_falls_off_softly_there_is_no_line(self, blur: float, told: int) -> None:
        tones = no_tones(blur)
        tones.which[: N // 2] = 1
        truth = truth_of(layers(tones=tones))
        assert (truth[SIDE // 2] == told).all()
        assert not (truth == PictureClass.SHADE_EDGE).any()

    @pytest.mark.parametrize(("below", "told"), [(0.06, False), (0.6, True)])
    def test_a_line_within_its_own_colour_is_none(
        self, below: float, told: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(paint_module, "LINES", {"black": 1.0})
        figure = Figure(np.zeros((N, N), np.int32), halves(lined=True).line, np.zeros((N, N), np.uint8), 8.0)
        for seed in range(5):
            image = np.full((N, N, 3), below, np.float32)
            _, seen, _ = paint_module._lined(np.random.default_rng(seed), image, figure, figure.line, [])
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
            assert set(np.unique(painted.truth)) <= {*PictureClass, *SETS, UNSURE}

    def test_hair_and_airbrush_stay_within_areas(self) -> None:
        areas, image = halves(lined=False).areas, np.full((N, N, 3), 0.5, np.float32)
        found = set()
        for seed in range(12):
            for draw in (haired, airbrushed):
                out, where = draw(np.random.default_rng(seed), image, areas)
                assert out.dtype == np.float32
                assert np.abs(out - image)[~where].max(initial=0) < 0.1
                found.add((draw.__name__, bool(where.any() and (out != image).any())))
        assert {("haired", True), ("airbrushed", True)} <= found

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
