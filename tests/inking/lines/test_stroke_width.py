# SPDX-License-Identifier: GPL-3.0-or-later
"""How wide a sketch's strokes are: as drawn, whatever lies beside them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from smart_lineart.inking.lines.stroke_width import CHUNK, stroke_widths
from tests.inking.pictures import Bytes, Floats, line_map, ring, straight, wave

SIZE = (200, 300)
LONG = straight((20, 100), (280, 100))


def swelling(path: Floats, widths: Floats, finer: int = 8) -> Bytes:
    """A stroke as wide as told at each of its vertices, on uint8 SIZE."""
    large = np.zeros((SIZE[0] * finer, SIZE[1] * finer), np.uint8)
    for (x, y), width in zip(path, widths, strict=True):
        at = round((x + 0.5) * finer), round((y + 0.5) * finer)
        cv2.circle(large, at, round(width * finer / 2), 255, -1)
    return np.asarray(cv2.resize(large, SIZE[::-1], interpolation=cv2.INTER_AREA), np.uint8)


def widths(sketch: Bytes, *paths: Floats, closed: bool = False) -> list[np.ndarray]:
    return stroke_widths(sketch, [path.astype(np.float32) for path in paths], [closed] * len(paths)).whole


def passes(*offsets: float, thickness: float = 2.0, value: int = 200) -> tuple[np.ndarray, np.ndarray]:
    """How wide a line is on which passes lie so many px beside each other: all of them, and one alone."""
    drawn = [LONG + np.array([0.0, offset]) for offset in offsets]
    sketch = line_map(SIZE, *drawn, thickness=thickness, value=value)
    whole, alone = stroke_widths(sketch, [LONG.astype(np.float32)], [False])
    return whole[0], alone[0]


@pytest.mark.parametrize("offsets", [(-2.0, 2.0), (-3.0, 0.0, 3.0), (-1.5, 2.0)])
def test_passes_beside_each_other_are_told_from_one(offsets: tuple[float, ...]) -> None:
    single, _ = passes(0.0)
    whole, alone = passes(*offsets)
    assert np.median(whole) > 0.9 * len(offsets) * np.median(single)
    assert np.median(alone) == pytest.approx(np.median(single), rel=0.3)


@pytest.mark.parametrize(("thickness", "value"), [(2.0, 90), (2.0, 250), (5.0, 200), (9.0, 250)])
def test_one_pass_is_all_there_is_however_firm_it_was(thickness: float, value: int) -> None:
    whole, alone = passes(0.0, thickness=thickness, value=value)
    np.testing.assert_array_equal(alone, whole)


def test_no_lines_have_no_widths() -> None:
    assert stroke_widths(np.zeros(SIZE, np.uint8), [], []) == ([], [])


@pytest.mark.parametrize("degrees", [0, 23, 45, 90])
@pytest.mark.parametrize("width", [1.5, 3.0, 7.0, 15.0])
def test_a_line_is_as_wide_as_drawn(width: float, degrees: float) -> None:
    along = 80 * np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))])
    path = straight(tuple(np.array([150, 100]) - along), tuple(np.array([150, 100]) + along))
    (found,) = widths(line_map(SIZE, path, thickness=width), path)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found[10:-10], width, rtol=0.04, atol=0.3)  # drawn a quarter px too wide


def test_a_fainter_stroke_counts_as_thinner() -> None:
    full, half = (widths(line_map(SIZE, LONG, thickness=4, value=value), LONG)[0] for value in (240, 120))
    np.testing.assert_allclose(half, full / 2, rtol=0.02)


@pytest.mark.parametrize("path", [LONG, wave(20, 280, 100, 40, 200)], ids=["straight", "wave"])
def test_a_stroke_swells_as_drawn(path: Floats) -> None:
    drawn = 2 + 8 * np.sin(np.linspace(0, np.pi, len(path))) ** 2
    (found,) = widths(swelling(path, drawn), path)
    inner = slice(20, -20)
    assert np.corrcoef(found[inner], drawn[inner])[0, 1] > 0.99
    assert np.abs(found[inner] - drawn[inner]).max() < 1.0
    assert np.abs(np.diff(found)).max() < 0.15


def test_a_line_that_is_a_little_beside_its_stroke_is_as_wide() -> None:
    path = LONG + np.array([0, 1.5])
    (found,) = widths(line_map(SIZE, LONG, thickness=4), path)
    np.testing.assert_allclose(found, 4.0, atol=0.3)


def test_passes_beside_each_other_add_up() -> None:
    one, two = LONG - [0, 2], straight((150, 102), (280, 102))
    (found,) = widths(line_map(SIZE, one, two, thickness=2), LONG)
    assert found[40] == pytest.approx(2.0, abs=0.4)
    assert found[220] == pytest.approx(4.0, abs=0.4)


@pytest.mark.parametrize("degrees", [30, 60, 90])
def test_lines_that_cross_do_not_thicken_each_other(degrees: float) -> None:
    along = 90 * np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))])
    other = straight(tuple(np.array([150, 100]) - along), tuple(np.array([150, 100]) + along))
    (found, crossing) = widths(line_map(SIZE, LONG, other, thickness=4), LONG, other)
    np.testing.assert_allclose(found, 4.0, atol=0.5)
    np.testing.assert_allclose(crossing[12:-12], 4.0, atol=0.5)


def test_a_line_that_crosses_itself_is_not_thickened_there() -> None:
    path = np.concatenate([LONG, straight((281, 99), (281, 40)), straight((280, 40), (200, 160))])
    (found,) = widths(line_map(SIZE, path, thickness=4), path)
    crossing = np.hypot(*(path - [240, 100]).T) < 10
    assert crossing.sum() > 30
    assert found[crossing].max() < 4.6


def test_neighbours_do_not_thicken_each_other() -> None:
    other = LONG + np.array([0, 9])
    for found in widths(line_map(SIZE, LONG, other, thickness=4), LONG, other):
        np.testing.assert_allclose(found[5:-5], 4.0, atol=0.3)


def test_over_a_gap_in_the_sketch_a_line_goes_on_as_before() -> None:
    before, after = straight((20, 100), (120, 100)), straight((160, 100), (280, 100))
    (found,) = widths(line_map(SIZE, before, after, thickness=5), LONG)
    np.testing.assert_allclose(found, 5.0, atol=0.6)


def test_a_single_vertex_tells_nothing_of_a_long_line() -> None:
    (found,) = widths(line_map(SIZE, straight((149, 100), (150, 100)), thickness=3), LONG)
    assert not found.any()


def test_what_a_line_does_far_off_changes_nothing_here() -> None:
    # A stroke that is made longer has to be as wide where it was before, bit by bit.
    longer = straight((20, 100), (280, 100))
    for stop in (70, 90, 130, 170):
        path = longer[: stop - 19]
        drawn = 3 + np.sin(np.arange(len(longer)) / 8)
        before, after = widths(swelling(longer, drawn), path)[0], widths(swelling(longer, drawn), longer)[0]
        np.testing.assert_array_equal(before[:-45], after[: len(path) - 45])


def test_nothing_is_told_of_a_line_amidst_solid_black() -> None:
    (found,) = widths(np.full(SIZE, 200, np.uint8), LONG)
    assert not found.any()


def test_nothing_is_told_of_a_line_where_nothing_is_drawn() -> None:
    known, unknown = widths(line_map(SIZE, LONG, thickness=4), LONG, straight((20, 30), (280, 30)))
    assert (known > 3).all()
    assert not unknown.any()


def test_a_ring_has_no_seam() -> None:
    path = ring(150, 100, 60)
    turn = np.arctan2(path[:, 1] - 100, path[:, 0] - 150)
    sketch = swelling(path, 4 + 2 * np.cos(turn))
    (found,) = widths(sketch, path, closed=True)
    assert found[0] == found[-1]
    assert np.abs(np.diff(found)).max() < 0.1
    assert np.corrcoef(found, 4 + 2 * np.cos(turn))[0, 1] > 0.99


def test_lines_along_the_page_s_edge_are_measured_too() -> None:
    for path in (
        straight((0, 0), (299, 0)),
        straight((299, 0), (299, 199)),
        straight((-1, 199.5), (300, 199.5)),
    ):
        (found,) = widths(line_map(SIZE, path, thickness=4), path)
        assert found.min() > 1.2
        assert found.max() < 6.0


def test_a_page_of_one_pixel_is_measured() -> None:
    found = stroke_widths(np.full((1, 1), 200, np.uint8), [np.zeros((2, 2), np.float32)], [False])
    assert np.isfinite(found).all()


def test_a_line_is_as_wide_whatever_other_lines_there_are() -> None:
    # An edit elsewhere must change no bit of it: nothing may hang on where chunks end.
    rng = np.random.default_rng(2)
    sketch = rng.integers(0, 255, SIZE).astype(np.uint8)
    far = [straight((20, y), (280, y)) for y in np.linspace(4, 40, CHUNK // len(LONG))]
    assert len(far) * len(far[0]) < CHUNK < len(far) * len(far[0]) + len(LONG)
    alone = widths(sketch, LONG)[0]
    assert alone.any()
    np.testing.assert_array_equal(widths(sketch, *far, LONG)[-1], alone)
