# SPDX-License-Identifier: GPL-3.0-or-later
"""Solid black comes out as large as it was, with a clean edge, the same in every region."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from scipy import ndimage

from smart_lineart.inking import Rect
from smart_lineart.inking.arrays import Mask
from smart_lineart.inking.drawing import fills as fills_module
from smart_lineart.inking.drawing.fills import FillTuning, draw_solids, solid_shapes, unclaimed_black
from smart_lineart.inking.raster.islands import Island
from tests.inking.pictures import Bytes, count_parts

BLACK = 240
USUAL = 3.0  # px that the page's strokes are wide


def disc(size: tuple[int, int], x: float, y: float, radius: float) -> Bytes:
    """A certain disc on uint8 (h, w)."""
    rows, columns = np.mgrid[: size[0], : size[1]]
    return np.asarray(np.where(np.hypot(columns - x, rows - y) <= radius, 255, 0), np.uint8)


def drawn_as(probability: Bytes, darkness: int = BLACK) -> Bytes:
    """Darkness of areas on white paper."""
    return np.where(probability > 0, np.uint8(darkness), np.uint8(0))


def shapes_in(
    probability: Bytes, darkness: Bytes, usual: float = USUAL, known: Mask | None = None
) -> Bytes | None:
    """What is solid where the network sees no lines."""
    return solid_shapes(np.zeros_like(probability), probability, darkness, usual, known=known)


def shapes_of(probability: Bytes) -> Bytes | None:
    return shapes_in(probability, drawn_as(probability), USUAL)


def off_contour(shapes: Bytes | None, expected: Bytes) -> int:
    """How many pixels differ, but for those along the expected areas' contours."""
    assert shapes is not None
    areas = expected > 127
    contour = ndimage.binary_dilation(areas) & ~ndimage.binary_erosion(areas)
    return int((((shapes > 127) != areas) & ~contour).sum())


def drawn(shapes: Bytes, size: tuple[int, int], region: Rect | None = None) -> Bytes:
    part = region or Rect(0, 0, size[1], size[0])
    ink = np.zeros((part.height, part.width), np.uint8)
    draw_solids(ink, shapes, part, size)
    return ink


class TestShapes:
    def test_without_solids_there_is_nothing(self) -> None:
        assert shapes_of(np.zeros((40, 50), np.uint8)) is None
        assert shapes_of(np.full((40, 50), 50, np.uint8)) is None

    def test_slivers_and_lines_are_no_solids(self) -> None:
        probability = np.zeros((60, 80), np.uint8)
        probability[20:22, 5:75] = 255
        probability[30:55, 40] = 255
        assert shapes_of(probability) is None

    def test_a_grey_shadow_is_no_solid(self) -> None:
        probability = disc((60, 80), 40, 30, 15)
        assert shapes_in(probability, drawn_as(probability, 40), USUAL) is None
        assert shapes_in(probability, drawn_as(probability), USUAL) is not None

    def test_shade_that_rises_to_black_without_an_edge_is_no_solid(self) -> None:
        probability = np.zeros((60, 200), np.uint8)
        probability[:, :80] = 255
        darkness = np.broadcast_to(np.linspace(BLACK, 0, 200).astype(np.uint8), (60, 200)).copy()
        assert shapes_in(probability, darkness, USUAL) is None
        darkness[:, 80:] = 0
        assert shapes_in(probability, darkness, USUAL) is not None

    def test_a_hatched_pupil_is_solid_to_its_contour_and_paper_beside_it_is_not(self) -> None:
        pupil, blank = disc((60, 120), 90, 30, 8), disc((60, 120), 30, 30, 8)
        darkness = np.where(pupil > 0, BLACK, 0).astype(np.uint8)
        darkness[:, ::3] = 0
        assert off_contour(shapes_in(np.maximum(pupil, blank), darkness, USUAL), pupil) == 0

    @pytest.mark.parametrize("line", [0, 60, 100, 255])
    def test_an_area_in_doubt_is_solid_where_it_is_black_rather_than_line(self, line: int) -> None:
        lash, pupil = disc((60, 160), 40, 30, 12), disc((60, 160), 120, 30, 12)
        probability = np.maximum(pupil, lash // 255 * np.uint8(80))
        lines = np.where(lash, np.uint8(line), np.uint8(0))
        darkness = drawn_as(probability)
        shapes = solid_shapes(lines, probability, darkness, USUAL)
        assert off_contour(shapes, np.maximum(lash, pupil) if line < 80 else pupil) == 0

    def test_black_in_doubt_is_as_clean_as_certain_black(self) -> None:
        # Where the probability rises slowly: a grey seam of ten pixels otherwise.
        slow = np.clip(255 - 8 * np.abs(np.arange(120) - 60.0), 0, 255).astype(np.uint8)
        probability = np.tile(slow, (60, 1))
        darkness = np.full_like(probability, BLACK)
        darkness[:, ::3] = 0
        darkness[:, :24] = darkness[:, 96:] = 0
        shapes = shapes_in(probability, darkness)
        assert shapes is not None
        assert ((shapes[30] > 16) & (shapes[30] < 240)).sum() <= 4

    @pytest.mark.parametrize("level", [0.15, 0.3, 0.6])
    def test_an_area_has_an_edge_wherever_its_contour_lies(self, level: float) -> None:
        # The network's black is a little larger than what was drawn, more so at a low level.
        far = ndimage.distance_transform_edt(disc((80, 120), 60, 40, 20) == 0)
        probability = np.clip(255 * (1 - far / 5), 0, 255).astype(np.uint8)
        darkness = drawn_as(disc((80, 120), 60, 40, 20))
        tuning = FillTuning(solid=level, weak=level)
        assert solid_shapes(np.zeros_like(probability), probability, darkness, USUAL, tuning) is not None

    def test_each_area_is_judged_by_itself(self) -> None:
        pupil = disc((60, 120), 30, 30, 9)
        shade = np.zeros_like(pupil)
        shade[10:50, 60:115] = 255
        darkness = np.where(pupil > 0, BLACK, 60).astype(np.uint8)
        assert off_contour(shapes_in(np.maximum(pupil, shade), darkness, USUAL), pupil) == 0

    def test_an_even_black_has_the_contour_that_was_drawn(self) -> None:
        star = np.zeros((80, 120), np.uint8)
        for row in range(10, 70):  # a wedge, to whose tip and corners the network's blob does not reach
            star[row, 20 : 20 + round(1.3 * (row - 10))] = 255
        blob = disc((80, 120), 45, 50, 22) & star
        shapes = shapes_in(blob, drawn_as(star), USUAL)
        assert off_contour(shapes, star) < 0.01 * np.count_nonzero(star)

    def test_a_scribbled_black_has_the_network_s_calm_contour(self) -> None:
        black, scribbled = np.zeros((2, 80, 120), np.uint8)
        black[20:60, 30:90] = 255
        scribbled[20:60, 30:90] = 255
        scribbled[10:70, 30:90:8] = scribbled[10:70, 31:90:8] = scribbled[10:70, 32:90:8] = 255
        scribbled[10:70, 33:90:8] = scribbled[10:70, 34:90:8] = 255  # strokes that reach over on both sides
        assert off_contour(shapes_in(black, drawn_as(scribbled), USUAL), black) == 0

    def test_lights_in_an_even_black_stay_white(self) -> None:
        pupil, light = disc((80, 120), 60, 40, 25), disc((80, 120), 52, 32, 5)
        shapes = shapes_in(pupil, drawn_as(pupil & ~light), USUAL)
        assert off_contour(shapes, pupil & ~light) == 0

    def test_a_black_of_which_little_is_solid_stays_as_the_network_sees_it(self) -> None:
        band, end = np.zeros((80, 120), np.uint8), disc((80, 120), 14, 40, 9)
        band[31:50, 14:115] = 255
        assert off_contour(shapes_in(end, drawn_as(band | end), USUAL), end) == 0

    def test_lines_that_run_into_a_black_are_none_of_it(self) -> None:
        pupil = disc((80, 120), 30, 40, 12)
        darkness = drawn_as(pupil)
        darkness[39:42, 30:] = BLACK
        shapes = shapes_in(pupil, darkness, USUAL)
        assert shapes is not None
        assert not (shapes[:, 42 + round(2 * USUAL) :] > 127).any()

    @pytest.mark.parametrize("usual", [2.0, 4.0, 8.0])
    def test_what_is_no_broader_than_strokes_is_a_stroke(self, usual: float) -> None:
        stroke, black = np.zeros((80, 120), np.uint8), np.zeros((80, 120), np.uint8)
        stroke[10 : 10 + round(usual), 5:115] = 255
        black[40 : 40 + round(2 * usual), 5:115] = 255
        darkness = drawn_as(np.maximum(stroke, black))
        assert shapes_in(stroke, darkness, usual) is None
        shapes = shapes_in(np.maximum(stroke, black), darkness, usual)
        assert shapes is not None
        np.testing.assert_array_equal(shapes, shapes_in(black, darkness, usual))

    def test_a_lash_keeps_its_thin_ends(self) -> None:
        probability = np.zeros((60, 120), np.uint8)
        for column in range(10, 110):
            half = 1 + round(3 * (1 - abs(column - 60) / 50))
            probability[30 - half : 30 + half, column] = 255
        shapes = shapes_of(probability)
        assert shapes is not None
        columns = np.flatnonzero((shapes > 127).any(axis=0))
        assert columns[0] <= 11
        assert columns[-1] >= 108

    def test_the_maps_are_left_alone(self) -> None:
        probability = disc((60, 80), 40, 30, 15)
        darkness = np.full_like(probability, BLACK)
        before = probability.copy()
        shapes_in(probability, darkness, USUAL)
        np.testing.assert_array_equal(probability, before)
        assert (darkness == BLACK).all()

    @pytest.mark.parametrize("radius", [4, 8, 20])
    def test_the_contour_stays_in_place(self, radius: int) -> None:
        probability = disc((60, 80), 40, 30, radius)
        shapes = shapes_of(probability)
        assert shapes is not None
        assert shapes.shape == probability.shape
        changed = (shapes > 127) != (probability > 127)
        contour = ndimage.binary_dilation(probability > 0) & ~ndimage.binary_erosion(probability > 0)
        assert not (changed & ~contour).any()
        assert changed.sum() < 0.3 * contour.sum()

    def test_strips_change_no_pixel(self, monkeypatch: pytest.MonkeyPatch) -> None:
        probability = np.maximum(disc((97, 80), 40, 30, 20), disc((97, 80), 20, 70, 9))
        whole = shapes_of(probability)
        assert whole is not None
        for rows in (1, 7, 97, 98):
            monkeypatch.setattr(fills_module, "STRIP", rows)
            np.testing.assert_array_equal(shapes_of(probability), whole)

    def test_ragged_edges_are_smoothed(self) -> None:
        probability = np.zeros((60, 120), np.uint8)
        probability[20:50, 10:110] = 255
        probability[19, 10:110:2] = 255
        shapes = shapes_of(probability)
        assert shapes is not None
        ink = drawn(shapes, (240, 480))
        tops = np.argmax(ink[:, 80:400] > 127, axis=0)
        assert np.ptp(tops) <= 2


class TestDrawing:
    SIZE = (600, 800)  # of the page, four times the map

    @pytest.fixture
    def shapes(self) -> Bytes:
        probability = np.maximum(disc((150, 200), 60, 70, 22), disc((150, 200), 150, 40, 9))
        probability[110:140, 100:190] = 255
        shapes = shapes_of(probability)
        assert shapes is not None
        return shapes

    def test_areas_are_as_large_on_the_page(self, shapes: Bytes) -> None:
        ink = drawn(shapes, self.SIZE)
        assert count_parts(ink > 127) == (3, 0)
        labels, _ = ndimage.label(ink > 127)
        areas = sorted(np.bincount(labels.ravel())[1:] / 16)
        for area, expected in zip(areas, (np.pi * 9**2, np.pi * 22**2, 30 * 90), strict=True):
            assert area == pytest.approx(expected, rel=0.08)

    def test_they_lie_where_they_were(self, shapes: Bytes) -> None:
        labels, _ = ndimage.label(drawn(shapes, self.SIZE) > 127)
        middles = np.array(ndimage.center_of_mass(labels > 0, labels, [1, 2, 3]))
        expected = np.array([(40, 150), (70, 60), (124.5, 144.5)])
        np.testing.assert_allclose((middles + 0.5) / 4 - 0.5, expected, atol=0.06)

    def test_ink_is_full_inside_and_grey_only_at_the_edge(self, shapes: Bytes) -> None:
        ink = drawn(shapes, self.SIZE)
        assert ink[280, 240] == 255
        assert ink[5, 5] == 0
        grey = (ink > 12) & (ink < 243)
        contour = (ink > 127) & ~ndimage.binary_erosion(ink > 127)
        assert grey.sum() < 2.5 * contour.sum()
        assert not (grey & ~ndimage.binary_dilation(contour, iterations=3)).any()

    def test_lines_stay_where_they_are_darker(self, shapes: Bytes) -> None:
        lines = np.random.default_rng(3).integers(0, 256, self.SIZE, np.uint8)
        both = lines.copy()
        draw_solids(both, shapes, Rect(0, 0, 800, 600), self.SIZE)
        np.testing.assert_array_equal(both, np.maximum(lines, drawn(shapes, self.SIZE)))

    @pytest.mark.parametrize("size", [(600, 800), (601, 797), (150, 200), (75, 100)])
    def test_a_region_is_that_part_of_the_page(self, shapes: Bytes, size: tuple[int, int]) -> None:
        page = drawn(shapes, size)
        rng = np.random.default_rng(5)
        for _ in range(30):
            x, y = int(rng.integers(0, size[1])), int(rng.integers(0, size[0]))
            width, height = int(rng.integers(1, size[1] + 1 - x)), int(rng.integers(1, size[0] + 1 - y))
            part = drawn(shapes, size, Rect(x, y, width, height))
            np.testing.assert_array_equal(part, page[y : y + height, x : x + width])

    @pytest.mark.parametrize("rows", [1, 2, 7, 64])
    def test_every_row_alone_is_that_row_of_the_page(self, shapes: Bytes, rows: int) -> None:
        # The rows where an area begins hold nothing darker than its antialiased edge.
        page = drawn(shapes, self.SIZE)
        for top in range(0, 600 - rows, rows):
            part = drawn(shapes, self.SIZE, Rect(0, top, 800, rows))
            np.testing.assert_array_equal(part, page[top : top + rows])

    def test_strips_change_no_pixel(self, shapes: Bytes, monkeypatch: pytest.MonkeyPatch) -> None:
        page = drawn(shapes, self.SIZE)
        monkeypatch.setattr(fills_module, "STRIP", 3)
        np.testing.assert_array_equal(drawn(shapes, self.SIZE), page)

    @pytest.mark.parametrize("size", [(1, 1), (5, 900), (900, 5)])
    def test_any_page_of_any_map(self, size: tuple[int, int]) -> None:
        ink = drawn(np.full((3, 4), 255, np.uint8), size)
        assert (ink == 255).all()
        ink = drawn(np.full((1, 1), 255, np.uint8), size)
        assert (ink == 255).all()


class TestUnclaimedBlack:
    SIZE = (120, 160)

    def found(self, black: Bytes, line: int = 40, solid: int = 90, usual: float = 8.0) -> Bytes:
        """The black of a page of which the network says the same everywhere."""
        said = (np.full(self.SIZE, value, np.uint8) for value in (line, solid))
        return unclaimed_black(*said, np.where(black > 0, np.uint8(BLACK), np.uint8(0)), usual).astype(
            np.uint8
        )

    def test_a_wide_disc_that_may_be_solid_and_is_no_line_is_black(self) -> None:
        page = disc(self.SIZE, 80, 60, 20)
        found = self.found(page)
        assert (found & (page > 0)).sum() > 0.97 * (page > 0).sum()
        assert not found[page == 0].any()

    def test_without_a_hint_of_solid_a_broad_crossing_of_strokes_is_not(self) -> None:
        smear = np.zeros(self.SIZE, np.uint8)
        smear[50:70, 20:140] = 255
        for black in (smear, disc(self.SIZE, 80, 60, 12)):
            assert not self.found(black, solid=60).any()
            assert self.found(black).any()

    @pytest.mark.parametrize("radius", [3, 5])
    def test_what_is_no_wider_than_strokes_is_not(self, radius: int) -> None:
        assert not self.found(disc(self.SIZE, 80, 60, radius), solid=250).any()

    def test_what_is_line_to_the_network_is_not(self) -> None:
        assert not self.found(disc(self.SIZE, 80, 60, 20), line=200).any()

    @pytest.mark.parametrize(("usual", "black"), [(9.0, True), (5.0, False)])
    def test_what_is_nothing_to_the_network_is_black_beside_the_widest_strokes_only(
        self, usual: float, black: bool
    ) -> None:
        found = self.found(disc(self.SIZE, 80, 60, 20), line=15, solid=10, usual=usual)
        assert found.any() == black

    def test_shading_is_not(self) -> None:
        page = disc(self.SIZE, 80, 60, 20)
        line, solid = (np.full(self.SIZE, value, np.uint8) for value in (40, 90))
        assert not unclaimed_black(line, solid, np.where(page > 0, np.uint8(170), np.uint8(0)), 8.0).any()

    def test_blank_pages_have_none(self) -> None:
        assert not self.found(np.zeros(self.SIZE, np.uint8)).any()

    def test_what_is_known_is_drawn(self) -> None:
        known = disc((120, 160), 80, 60, 20) > 0
        blank = np.zeros(known.shape, np.uint8)
        shapes = shapes_in(blank, blank, USUAL, known=known)
        assert shapes is not None
        np.testing.assert_array_equal(shapes[55:65, 75:85], 255)


def blots(seed: int, size: tuple[int, int] = (420, 500)) -> tuple[Bytes, Bytes, Bytes]:
    """Maps of lines and of black, and darkness, of discs and bars of all kinds that lie anywhere."""
    random = np.random.default_rng(seed)
    line, solid, darkness = (np.zeros(size, np.uint8) for _ in range(3))
    for _ in range(14):
        place = (
            disc(size, random.uniform(0, size[1]), random.uniform(0, size[0]), random.uniform(2, 25)) > 127
        )
        for image in (line, solid, darkness):
            image[place] = random.choice([20, 90, 160, 250])
        y = random.integers(0, size[0] - 8)
        darkness[y : y + random.integers(2, 8)] = np.maximum(darkness[y : y + 1], 180)
    return line, solid, ndimage.gaussian_filter(darkness, 1)


@pytest.mark.parametrize("seed", range(6))
def test_it_does_not_matter_that_blank_paper_is_left_out(seed, monkeypatch):
    line, solid, darkness = blots(seed)
    known = disc(line.shape, 250, 60, 9) > 127
    parted = solid_shapes(line, solid, darkness, 6, FillTuning(), known)
    everything = [Island((slice(None), slice(None)), np.ones(line.shape, np.bool_))]
    monkeypatch.setattr(fills_module, "find_islands", lambda *_: everything)
    whole = solid_shapes(line, solid, darkness, 6, FillTuning(), known)
    assert parted is not None
    assert parted.any()
    np.testing.assert_array_equal(parted, whole)


def test_blacks_of_a_large_page_take_little_memory():
    line, solid, darkness = (np.zeros((3000, 3000), np.uint8) for _ in range(3))
    for y in range(100, 3000, 400):
        for image in (solid, darkness):
            image[y : y + 20, y : y + 20] = 250
    tracemalloc.start()
    assert solid_shapes(line, solid, darkness, 4) is not None
    taken = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert taken < 8 * line.size  # bytes; as one part they take 25 times
