# SPDX-License-Identifier: GPL-3.0-or-later
"""An artist's stroke goes on across old ink that goes, straight, to where it arrives, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from smart_lineart.inking.renewing import continuation
from smart_lineart.inking.renewing.continuation import continue_strokes
from smart_lineart.inking.renewing.piece import Piece

Bytes = NDArray[np.uint8]
Mask = NDArray[np.bool_]
HIGH, WIDE = 60, 80


def blank() -> Bytes:
    return np.zeros((HIGH, WIDE), np.uint8)


def slanted(degrees: float, thickness: float) -> Mask:
    """A stroke through the middle, `degrees` from the vertical."""
    y, x = np.indices((HIGH, WIDE)) - np.array([HIGH / 2, WIDE / 2])[:, None, None]
    turn = np.deg2rad(degrees)
    return np.abs(x * np.cos(turn) - y * np.sin(turn)) <= thickness / 2


def continued(
    stroke: Mask, line: Mask, ink: Bytes | None = None, thickness: float = 5.0, apart: Mask | None = None
) -> Bytes:
    """The ink where `line` goes but for `ink`, and an artist's stroke crosses it or ends on it."""
    current = (255 * (stroke | line)).astype(np.uint8)
    drawn = stroke & ~line
    out = blank() if ink is None else ink.copy()
    out[drawn] = 255  # what the artist drew stays, before this
    apart = drawn if apart is None else apart
    piece = Piece(*(blank() for _ in range(3)), apart, np.zeros_like(drawn), blank(), blank())
    piece = Piece(piece.old, current, piece.new, apart, piece.coloured, piece.allowed, piece.fresh)
    continue_strokes(out, piece, drawn, thickness)
    return out


BAND = np.zeros((HIGH, WIDE), np.bool_)
BAND[:, 38:43] = True
ACROSS = np.zeros((HIGH, WIDE), np.bool_)
ACROSS[28:33] = True
LEFT = ACROSS & (np.arange(WIDE) < 40)


def test_a_stroke_across_a_line_that_goes_stays_in_one_piece() -> None:
    out = continued(ACROSS, BAND)
    assert (out[29:32] == 255).all()
    assert not out[:26, 38:43].any()
    assert not out[35:, 38:43].any()


def test_a_stroke_that_ended_in_a_line_goes_on_to_the_thinner_line_in_its_middle() -> None:
    thin = blank()
    thin[:, 40] = 255
    out = continued(LEFT, BAND, thin)
    assert (out[29:32, :41] == 255).all()
    assert not out[:, 41:].any(), "it goes no farther than the line"
    assert not out[:26, 38:40].any()


def test_pale_fresh_ink_is_no_place_to_arrive_at() -> None:
    for value, arrives in ((127, False), (128, True)):
        thin = blank()
        thin[:, 42] = value
        assert (continued(LEFT, BAND, thin)[30, 39] == 255) is np.bool_(arrives)


def test_a_pale_stroke_claims_nothing() -> None:
    for value, goes_on in ((127, False), (128, True)):
        current = np.where(BAND, 255, np.where(ACROSS, value, 0)).astype(np.uint8)
        drawn = ACROSS & ~BAND
        out = np.where(drawn, current, 0).astype(np.uint8)
        piece = Piece(blank(), current, blank(), drawn, np.zeros_like(drawn), blank(), blank())
        continue_strokes(out, piece, drawn, 5.0)
        assert out[:, 38:43].any() == goes_on


def test_a_stroke_with_nothing_ahead_ends_where_the_artist_ended_it() -> None:
    assert not continued(LEFT, BAND)[:, 38:].any()


def test_nothing_is_carried_where_nothing_goes_or_nothing_was_drawn() -> None:
    full = np.where(BAND, 255, 0).astype(np.uint8)
    np.testing.assert_array_equal(continued(ACROSS, BAND, full)[:, 38:43], full[:, 38:43])
    assert not continued(np.zeros_like(BAND), BAND).any()


def test_what_the_artist_erased_is_not_carried_back() -> None:
    out = continued(ACROSS, BAND, apart=ACROSS | BAND)
    assert not out[:, 38:43].any()


def test_a_slanted_stroke_gets_across_at_40_degrees_and_hardly_any_flatter() -> None:
    """It has 1.6 thicknesses and 3 px to get across: 15.8 for a line of 8 at 40 degrees, which takes 12.4."""
    wide = np.zeros((HIGH, WIDE), np.bool_)
    wide[:, 36:44] = True
    for degrees, whole in ((90, True), (60, True), (40, True), (22, False)):
        out = continued(slanted(degrees, 6), wide, thickness=8.0)
        row = out[30, 36:44]
        assert bool(row.all()) is whole, degrees


# ---- its steps ----


def test_pixels_that_touch_are_one_group_no_wider_than_asked_for() -> None:
    rows = np.array([5, 6, 7, 20, 5, 5, 5, 5])
    columns = np.array([5, 6, 7, 20, 6, 7, 8, 9])
    groups = continuation._groups(rows, columns, 9)
    assert sorted(sorted(group) for group in groups) == [[0, 1, 2, 4, 5, 6, 7], [3]]
    row = np.zeros(30, np.intp)
    small = continuation._groups(row, np.arange(30), 3)
    assert sorted(index for group in small for index in group) == list(range(30))
    assert all(max(group) - min(group) <= 6 for group in small)
    assert max(len(group) for group in small) >= 4


@pytest.mark.parametrize("radius", [2, 3, 5])
def test_a_mean_offset_is_that_of_the_pixels_in_a_square(radius: int) -> None:
    mask = np.random.default_rng(2).random((30, 30)) < 0.4
    for middle in (np.array([12.0, 15.0]), np.array([1.0, 2.0]), np.array([28.0, 29.0])):
        y, x = middle.astype(int)
        at = [
            (row - y, column - x)
            for row in range(max(0, y - radius), min(30, y + radius + 1))
            for column in range(max(0, x - radius), min(30, x + radius + 1))
            if mask[row, column]
        ]
        expected = np.mean(at, axis=0)
        np.testing.assert_allclose(continuation._mean_offset(mask, middle, radius, None), expected)
        away = np.array([1.0, -0.5])
        behind = [offset for offset in at if np.dot(offset, away) <= 0]
        found = continuation._mean_offset(mask, middle, radius, away)
        np.testing.assert_allclose(found, np.mean(behind, axis=0) if behind else [0, 0])
    nothing = continuation._mean_offset(np.zeros_like(mask), np.array([9.0, 9.0]), radius, None)
    assert nothing.tolist() == [0, 0]


def test_a_stroke_goes_on_as_it_came() -> None:
    for turn in np.deg2rad([0, 30, -45, 80]):
        way = np.array([np.sin(turn), np.cos(turn)])
        y, x = np.indices((HIGH, WIDE)) - np.array([30, 40])[:, None, None]
        ahead, aside = y * way[0] + x * way[1], y * way[1] - x * way[0]
        firm = (np.abs(aside) <= 3) & (ahead <= 0)
        contact = firm & (ahead > -1)
        rows, columns = np.nonzero(contact)
        directions = continuation._directions(firm, ~firm & (ahead > 0), rows, columns, 9)
        np.testing.assert_allclose(np.hypot(*directions.T), 1)
        assert (directions @ way > 0.98).all()


def test_a_dot_goes_nowhere() -> None:
    firm = np.zeros((20, 20), np.bool_)
    firm[10, 10] = True
    where = np.array([10]), np.array([10])
    assert continuation._directions(firm, ~firm, *where, 5).tolist() == [[0, 0]]
    beside = np.zeros_like(firm)
    beside[:, 11:] = True
    for far, goes in ((8, False), (7, True)):  # on average one px behind it tells no way
        firm[:] = False
        firm[10, [far, 10]] = True
        assert continuation._directions(firm, beside, *where, 5).any() == goes


def marched(
    way: tuple[float, float], farthest: int, *, to: int = 10, start: tuple[int, int] = (4, 4)
) -> Mask:
    """Ways from a pixel through columns 5 to 9 of 12 rows, to a column."""
    through, arrive = np.zeros((12, 20), np.bool_), np.zeros((12, 20), np.bool_)
    through[:, 5:10] = True
    arrive[:, to] = True
    rows, columns = np.array([start[0]]), np.array([start[1]])
    return continuation._march(rows, columns, np.array([way]), through, arrive, farthest)


def test_a_way_is_straight_and_ends_where_it_arrives() -> None:
    straight_on = marched((0.0, 1.0), 8)
    assert np.argwhere(straight_on).tolist() == [[4, x] for x in range(5, 10)]
    down = marched((2**-0.5, 2**-0.5), 12)
    assert np.argwhere(down).tolist() == [[4 + x, 4 + x] for x in range(1, 6)]
    nearer = marched((0.0, 1.0), 8, to=7)
    assert np.argwhere(nearer).tolist() == [[4, 5], [4, 6]]


def test_a_way_begins_on_the_strokes_own_edge_too() -> None:
    assert np.argwhere(marched((0.0, 1.0), 9, start=(4, 2))).tolist() == [[4, x] for x in range(5, 10)]


@pytest.mark.parametrize(("farthest", "arrives"), [(5, True), (4, False)])
def test_a_way_is_no_longer_than_allowed(farthest: int, arrives: bool) -> None:
    assert marched((0.0, 1.0), farthest).any() == arrives


@pytest.mark.parametrize("way", [(0.0, 0.0), (0.0, -1.0), (-1.0, 0.0)])
def test_a_way_that_does_not_arrive_leaves_nothing(way: tuple[float, float]) -> None:
    assert not marched(way, 8).any()


def test_a_way_ends_at_the_page_s_edge() -> None:
    through, to = np.ones((12, 20), np.bool_), np.zeros((12, 20), np.bool_)
    to[0, :] = to[:, 0] = to[:, 19] = True
    to[11] = True
    through &= ~to
    edges = continuation._march(
        np.array([5, 5]), np.array([17, 3]), np.array([[0.0, 1.0], [0.0, -1.0]]), through, to, 9
    )
    assert np.argwhere(edges).tolist() == [[5, 1], [5, 2], [5, 18]]
    open_ended = np.ones((12, 20), np.bool_)
    nowhere = np.zeros_like(open_ended)
    for way in ([0.0, 1.0], [0.0, -1.0], [1.0, 0.0], [-1.0, 0.0]):
        ways = continuation._march(np.array([5]), np.array([9]), np.array([way]), open_ended, nowhere, 30)
        assert not ways.any()


def test_edges_are_softened_as_a_pen_s_are() -> None:
    mask = np.zeros((9, 9), np.bool_)
    mask[:, 4:] = True
    soft = continuation._softened(mask)
    assert soft[4].tolist() == [0, 0, 0, 51, 204, 255, 255, 255, 204]  # beyond the page lies nothing
    alone = np.zeros((5, 5), np.bool_)
    alone[2, 2] = True
    assert not continuation._softened(alone).any()
    assert continuation._softened(np.ones((3, 3), np.bool_))[1, 1] == 255
