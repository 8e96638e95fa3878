# SPDX-License-Identifier: GPL-3.0-or-later
"""Flats renewed: colours and strokes stay, whatever is done to lines, layers and page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from smart_lineart.inking import Cancelled, Rect
from smart_lineart.inking.areas import Areas, find_areas, with_borders_kept
from smart_lineart.inking.renewing.flats import Ground, ground_of
from smart_lineart.inking.renewing.flats_placing import Placed, find_flats, follow_lineart
from smart_lineart.inking.renewing.pixel_codes import PixelTable
from smart_lineart.inking.renewing.registration import Registration

Picture = NDArray[np.uint8]
HEIGHT, WIDTH = 300, 420
SPOTS = {"paper": (5, 5), "ring": (150, 45), "middle": (150, 130), "other": (150, 320)}
RED = (0, 0, 255, 255)


def rings(thick: float = 4, shift: int = 0, *, apart: bool = False) -> Picture:
    """A circle in another and one beside them, uint8 coverage; `apart`: a line parts the last one."""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    out = np.zeros((HEIGHT, WIDTH))
    for cx, cy, radius in ((130 + shift, 150, 100), (130 + shift, 150, 45), (320, 150, 70)):
        away = np.abs(np.hypot(x + 0.5 - cx, y + 0.5 - cy) - radius)
        out = np.maximum(out, np.clip(thick / 2 + 0.5 - away, 0, 1))
    if apart:
        out[148:152, 250:390] = 1
    return np.rint(out * 255).astype(np.uint8)


class Layer:
    """A layer of flats: its pixels, and the areas that were last written into it."""

    def __init__(self, pixels: Picture, areas: Areas):
        self.pixels, self.areas = pixels, areas

    @classmethod
    def of(cls, ink: Picture) -> Layer:
        areas, table = find_areas(ink), PixelTable(4, np.dtype(np.uint8))
        flats = Ground.blank(areas, codes_for(areas, table)).flats()
        return cls(table.pixels[flats.codes], areas)

    def again(self, ink: Picture) -> tuple[Layer, int | None]:
        """The layer as it becomes, and how many areas are new; None where nothing changes."""
        table = PixelTable(4, np.dtype(np.uint8))
        shown = table.encode(self.pixels)
        placed = find_flats(self.areas, shown)
        assert placed is not None
        areas = find_areas(ink, before=placed.moved())
        drawn = follow_lineart(placed, areas)
        ground = ground_of(areas, placed, shown, table.pixels, drawn=drawn)
        areas = ground.areas
        new = len(areas) + 1 - len(ground.colours)
        flats = replace(ground, colours=codes_for(areas, table) | ground.colours).flats()
        return Layer(table.pixels[flats.codes], areas), new if flats.changes else None

    def colour(self, spot: str) -> tuple[int, ...]:
        return tuple(self.pixels[SPOTS[spot]].tolist())

    def fill(self, spot: str, colour: tuple[int, ...]) -> None:
        self.pixels[(self.pixels == self.pixels[SPOTS[spot]]).all(-1)] = colour


def codes_for(areas: Areas, table: PixelTable) -> dict[int, int]:
    return {one: table.code(np.array([40 + 20 * one, 90, 130, 255], np.uint8)) for one in areas.ids.tolist()}


@pytest.fixture
def layer() -> Layer:
    """Recoloured, with a stroke over one area and a hole in another."""
    one = Layer.of(rings())
    one.fill("ring", RED)
    one.pixels[100:112, 300:340] = (90, 200, 90, 255)
    one.pixels[200:210, 120:140] = 0
    return one


def test_flats_are_one_opaque_colour_an_area_and_nothing_outside() -> None:
    one = Layer.of(rings())
    assert np.unique(one.pixels[..., 3]).tolist() == [0, 255]
    assert one.colour("paper")[3] == 0
    assert len({one.colour(spot) for spot in SPOTS}) == 4


def test_nothing_changes_where_nothing_did(layer: Layer) -> None:
    now, fresh = layer.again(rings())
    np.testing.assert_array_equal(now.pixels, layer.pixels)
    assert fresh is None


def test_an_area_is_in_the_colour_that_the_layer_shows_in_most_of_it(layer: Layer) -> None:
    layer.pixels[90:150, 280:390][layer.pixels[90:150, 280:390, 3] > 0] = (1, 2, 3, 255)
    layer.pixels[150:190, 250:390][layer.pixels[150:190, 250:390, 3] > 0] = (1, 2, 3, 255)
    now, _ = layer.again(rings(thick=8))
    assert now.colour("ring") == RED
    assert now.colour("other") == (1, 2, 3, 255)
    assert tuple(now.pixels[200, 320]) == tuple(layer.pixels[200, 320]), "and the rest is the artist's now"


def test_strokes_and_holes_stay_byte_for_byte_when_lines_move(layer: Layer) -> None:
    now, fresh = layer.again(rings(shift=12))
    assert fresh == 0
    np.testing.assert_array_equal(now.pixels[100:112, 300:340], layer.pixels[100:112, 300:340])
    assert not now.pixels[202:208, 125:138].any()
    assert now.colour("ring") == RED
    assert tuple(now.pixels[150, 35]) == (0, 0, 0, 0), "where the circle was"
    assert tuple(now.pixels[150, 238]) == RED, "and where it is now"


@pytest.mark.parametrize("shift", [(57, 23), (-25, 21), (70, -40)])
def test_a_lineart_that_was_moved_without_its_flats_takes_their_colours_along(
    layer: Layer, shift: tuple[int, int]
) -> None:
    layer.fill("middle", (1, 2, 3, 255))
    moved = np.roll(rings(), shift[::-1], (0, 1))
    now, _ = layer.again(moved)
    ring, middle = SPOTS["ring"], SPOTS["middle"]
    assert tuple(now.pixels[middle[0] + shift[1], middle[1] + shift[0]]) == (1, 2, 3, 255)
    assert tuple(now.pixels[ring[0] + shift[1], ring[1] + shift[0] + 10]) == RED
    np.testing.assert_array_equal(now.pixels[100:112, 300:340], layer.pixels[100:112, 300:340])


def test_a_lineart_that_was_edited_is_not_taken_for_moved(layer: Layer) -> None:
    placed = Placed(layer.areas, (HEIGHT, WIDTH))
    for ink in (rings(shift=2), rings(apart=True), rings(thick=9), rings() * (np.arange(WIDTH) > 200)):
        assert follow_lineart(placed, find_areas(ink.astype(np.uint8))) == placed


def test_what_a_line_parts_keeps_its_colour_on_both_sides(layer: Layer) -> None:
    now, _ = layer.again(rings(apart=True))
    assert tuple(now.pixels[170, 320]) == tuple(now.pixels[140, 320]) == layer.colour("other")


def rubbed(ink: Picture, rows: slice, columns: slice) -> Picture:
    out = ink.copy()
    out[rows, columns] = 0
    return out


def test_colours_stay_where_a_line_between_them_was_rubbed_out() -> None:
    """Wholly, once and again; whatever becomes of other lines."""
    layer = Layer.of(rings(apart=True))
    upper, lower = layer.pixels[120, 320].tolist(), layer.pixels[170, 320].tolist()
    assert upper != lower
    now, fresh = layer.again(rings())
    assert fresh in {None, 0}
    for then in (now, now.again(rings(thick=9))[0], now.again(rings(shift=9))[0].again(rings())[0]):
        assert then.pixels[140, 320].tolist() == then.pixels[120, 320].tolist() == upper
        assert then.pixels[160, 320].tolist() == then.pixels[170, 320].tolist() == lower


def test_a_colour_stays_where_its_outline_was_opened_to_the_paper_or_to_another(layer: Layer) -> None:
    for spot, gap in (("other", np.s_[110:200, 370:400]), ("middle", np.s_[100:200, 150:190])):
        now, fresh = layer.again(rubbed(rings(), *gap))
        assert fresh in {None, 0}
        assert now.colour(spot) == layer.colour(spot)
        again, _ = now.again(rubbed(rings(), *gap))
        np.testing.assert_array_equal(again.pixels, now.pixels)


def test_a_shape_that_was_rubbed_out_with_its_outline_is_gone(layer: Layer) -> None:
    now, _ = layer.again(rubbed(rings(), np.s_[:], np.s_[240:]))
    assert now.pixels[150, 380, 3] == 0
    inner = rings()
    inner[100:200, 80:180] = 0
    now, _ = layer.again(inner)
    assert now.colour("middle") == now.colour("ring")


def test_areas_of_one_colour_become_one_where_their_line_was_rubbed_out() -> None:
    layer = Layer.of(rings(apart=True))
    layer.pixels[100:200, 260:380][layer.pixels[100:200, 260:380, 3] > 0] = RED
    now, _ = layer.again(rings())
    assert len(now.areas) == len(find_areas(rings()))


def test_openness_is_followed_as_long_as_no_line_goes() -> None:
    ink = rubbed(rings(), np.s_[138:162], np.s_[370:400])
    closed = find_areas(ink, openness=0.5)
    assert len(closed) == 3
    gone = find_areas(ink, openness=0.0)
    kept = with_borders_kept(gone, closed, lambda one: one)
    assert kept is gone


def test_a_border_that_was_moved_leaves_none_where_it_was() -> None:
    """Though it leaves one of the areas less than half of what it was."""
    one, other = rings(apart=True), rings()
    other[178:182, 255:385] = 255
    layer = Layer.of(one)
    now, _ = layer.again(other)
    assert len(now.areas) == len(layer.areas)
    assert now.pixels[170, 320].tolist() == layer.pixels[120, 320].tolist()


def test_a_new_area_has_a_colour_of_its_own_or_the_one_that_was_painted_there(layer: Layer) -> None:
    more = rings()
    more[20:24, 300:360] = more[60:64, 300:360] = 255
    more[20:64, 300:304] = more[20:64, 356:360] = 255
    now, fresh = layer.again(more)
    assert fresh == 1
    assert now.pixels[40, 330, 3] == 255
    layer.pixels[25:60, 305:356] = (7, 7, 90, 255)
    now, _ = layer.again(more)
    assert tuple(now.pixels[22, 330]) == (7, 7, 90, 255)


def test_an_area_that_the_artist_emptied_stays_paper_and_painted_paper_its_colour(layer: Layer) -> None:
    layer.fill("middle", (0, 0, 0, 0))
    layer.fill("paper", (250, 240, 230, 255))  # the middle, too
    layer.fill("ring", (0, 0, 0, 0))
    now, _ = layer.again(rings(shift=6))
    assert now.colour("ring")[3] == 0
    assert now.colour("paper") == (250, 240, 230, 255)
    assert tuple(now.pixels[150, 32]) == (250, 240, 230, 255), "what was the ring is paper"


MOVES: dict[str, Callable[[Picture], Picture]] = {
    "mirrored": lambda one: one[:, ::-1],
    "turned": np.rot90,
    "turned and mirrored": lambda one: np.rot90(one, -1)[:, ::-1],
    "cropped": lambda one: one[9:290, 13:],
    "moved": lambda one: np.roll(one, (7, -5), (0, 1)),
    "larger canvas": lambda one: np.pad(one, [(31, 5), (17, 40), *[(0, 0)] * (one.ndim - 2)]),
}


@pytest.mark.parametrize("move", MOVES)
def test_flats_are_found_to_the_pixel_where_they_lie_now(layer: Layer, move: str) -> None:
    change = MOVES[move]
    moved = Layer(np.ascontiguousarray(change(layer.pixels)), layer.areas)
    now, _ = moved.again(np.ascontiguousarray(change(rings())))
    apart = (now.pixels != moved.pixels).any(-1)
    assert apart.mean() < 0.008, "borders, by a pixel"
    assert (np.count_nonzero((now.pixels == RED).all(-1))) > 10_000
    stroke = (moved.pixels == (90, 200, 90, 255)).all(-1)
    assert stroke.sum() == 480
    assert not (apart & stroke).any()


@pytest.mark.parametrize("factor", [2, 3])
def test_a_scaled_page_keeps_its_colours_and_loses_the_rims_of_scaling(layer: Layer, factor: int) -> None:
    layer.pixels[146:156, 230:270] = (90, 200, 90, 255)  # across a border: its rim hangs together with this
    large = layer.pixels.repeat(factor, 0).repeat(factor, 1)
    soft = large.astype(int)
    for axis in (0, 1):  # as an interpolation leaves it
        soft = (np.roll(soft, 1, axis) + soft + np.roll(soft, -1, axis)) // 3
    scaled = Layer(soft.astype(np.uint8), layer.areas)
    now, _ = scaled.again(rings().repeat(factor, 0).repeat(factor, 1))
    assert tuple(now.pixels[150 * factor, 45 * factor]) == RED
    assert tuple(now.pixels[105 * factor, 320 * factor]) == (90, 200, 90, 255)
    rim = now.pixels[170 * factor : 240 * factor, 250 * factor : 275 * factor]
    assert len(np.unique(rim.reshape(-1, 4), axis=0)) == 2, "one colour and paper"


def test_a_soft_edge_that_a_fill_left_along_a_border_is_no_stroke(layer: Layer) -> None:
    edge = (layer.pixels == RED).all(-1)
    beside = np.zeros_like(edge)
    beside[:, 1:] |= edge[:, :-1] & ~edge[:, 1:]
    outside = beside & (layer.pixels[..., 3] == 0)
    outside[195:215, 110:150] = False  # the hole is the artist's, with its edge
    layer.pixels[outside] = (0, 0, 255, 120)
    now, _ = layer.again(rings(shift=30))
    assert not ((now.pixels == (0, 0, 255, 120)).all(-1)).any()


def test_a_stroke_along_a_border_stays(layer: Layer) -> None:
    layer.pixels[100:200, 28:32] = (3, 250, 3, 255)
    now, _ = layer.again(rings(shift=30))
    np.testing.assert_array_equal(now.pixels[100:200, 28:32], layer.pixels[100:200, 28:32])


def test_another_picture_is_not_taken_for_flats() -> None:
    one = Layer.of(rings())
    noise = np.random.default_rng(1).integers(0, 40, (HEIGHT // 6, WIDTH // 6)).astype(np.int32)
    assert find_flats(one.areas, np.kron(noise, np.ones((6, 6), np.int32))) is None
    assert find_flats(one.areas, np.full((150, 90), 3, np.int32)) is None


def test_renewing_stops_when_asked(layer: Layer) -> None:
    table = PixelTable(4, np.dtype(np.uint8))
    shown = table.encode(layer.pixels)
    with pytest.raises(Cancelled):
        ground_of(layer.areas, Placed(layer.areas, shown.shape), shown, table.pixels, lambda: True)


@pytest.mark.parametrize(
    "registration", [Registration(x=3, y=-2), Registration(mirrored=True, quarters=3, x=9)]
)
def test_any_part_of_moved_areas_is_that_part_of_the_whole(registration: Registration) -> None:
    placed = Placed(find_areas(rings()), (250, 380), registration)
    whole = placed.labels(Rect(0, 0, 380, 250))
    np.testing.assert_array_equal(placed.labels(Rect(31, 77, 200, 90)), whole[77:167, 31:231])
