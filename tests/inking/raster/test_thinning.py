# SPDX-License-Identifier: GPL-3.0-or-later
"""Thinning leaves lines of one pixel with all connections and holes of what was thinned."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray
from scipy import ndimage

from smart_lineart.inking.raster.thinning import DELETABLE, NEIGHBOURS, neighbour_codes, thin
from tests.inking.pictures import EIGHT, count_parts, distance_to, line_map, ring, straight, wave

Mask = NDArray[np.bool_]

small_masks = arrays.arrays(np.bool_, st.tuples(st.integers(1, 14), st.integers(1, 14)))


@st.composite
def blobs(draw: st.DrawFn) -> Mask:
    """Smooth random blobs, from a few large ones to a fine mottle."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    height, width = draw(st.integers(1, 60)), draw(st.integers(1, 60))
    cloud = ndimage.gaussian_filter(rng.standard_normal((height, width)), draw(st.floats(0.3, 4.0)))
    level = float(np.quantile(cloud, draw(st.floats(0.0, 1.0))))
    return np.asarray(cloud >= level)


def skeleton_of(mask: Mask) -> Mask:
    return thin(mask)[1:-1, 1:-1].astype(np.bool_)


def superfluous_pixels(skeleton: Mask) -> int:
    """Pixels, but for line ends, whose removal would change neither parts nor holes: judged by labelling."""
    framed = np.pad(skeleton, 1)
    count = 0
    for y, x in np.argwhere(framed):
        near = framed[y - 1 : y + 2, x - 1 : x + 2].copy()
        near[1, 1] = False
        if near.sum() < 2 or near[[0, 1, 1, 2], [1, 0, 2, 1]].all():
            continue  # a line end; or a pixel inside, whose removal opens a hole
        count += int(ndimage.label(near, EIGHT)[1] == 1)
    return count


class TestTopology:
    @given(st.one_of(small_masks, blobs()))
    @settings(max_examples=200, deadline=None)
    def test_parts_and_holes_stay(self, mask: Mask) -> None:
        assert count_parts(skeleton_of(mask)) == count_parts(mask)

    @given(st.one_of(small_masks, blobs()))
    @settings(max_examples=100, deadline=None)
    def test_it_is_one_pixel_thin(self, mask: Mask) -> None:
        assert superfluous_pixels(skeleton_of(mask)) == 0

    @given(st.one_of(small_masks, blobs()))
    @settings(max_examples=100, deadline=None)
    def test_it_lies_within_the_mask_and_is_thinned_to_itself(self, mask: Mask) -> None:
        skeleton = skeleton_of(mask)
        assert not (skeleton & ~mask).any()
        np.testing.assert_array_equal(skeleton_of(skeleton), skeleton)

    @given(small_masks)
    @settings(max_examples=50, deadline=None)
    def test_where_it_lies_does_not_matter(self, mask: Mask) -> None:
        moved = np.pad(mask, ((3, 1), (2, 5)))
        np.testing.assert_array_equal(skeleton_of(moved)[3:-1, 2:-5], skeleton_of(mask))

    def test_what_may_go_is_what_labelling_finds(self) -> None:
        for code in range(256):
            around = np.zeros((3, 3), np.bool_)
            for bit, (dy, dx) in enumerate(NEIGHBOURS):
                around[1 + dy, 1 + dx] = code >> bit & 1
            parts, holes = count_parts(around)
            filled = around.copy()
            filled[1, 1] = True
            simple = (parts, holes) == count_parts(filled) and not around[[0, 1, 1, 2], [1, 0, 2, 1]].all()
            assert DELETABLE[code] == (simple and around.sum() > 1), f"neighbourhood {code:08b}"


class TestShapes:
    def test_nothing_stays_nothing(self) -> None:
        assert not thin(np.zeros((5, 7), np.bool_)).any()

    @pytest.mark.parametrize("size", [(1, 1), (1, 9), (9, 1), (2, 2), (40, 40)])
    def test_a_filled_rectangle_does_not_vanish(self, size: tuple[int, int]) -> None:
        skeleton = skeleton_of(np.ones(size, np.bool_))
        assert skeleton.any()
        assert count_parts(skeleton) == (1, 0)

    def test_the_frame_is_one_empty_pixel(self) -> None:
        skeleton = thin(np.ones((6, 9), np.bool_))
        assert skeleton.shape == (8, 11)
        assert skeleton.dtype == np.uint8
        assert not skeleton[[0, -1]].any()
        assert not skeleton[:, [0, -1]].any()

    def test_the_mask_is_not_changed(self) -> None:
        mask = np.ones((6, 9), np.bool_)
        thin(mask)
        assert mask.all()

    @pytest.mark.parametrize("thickness", [2, 3, 5, 9])
    def test_centrelines_are_in_the_middle_and_keep_their_length(self, thickness: int) -> None:
        path = wave(20.0, 220.0, 60.0, 25.0, 150.0)
        skeleton = skeleton_of(line_map((120, 240), path, thickness=thickness) > 127)
        points = np.argwhere(skeleton)[:, ::-1].astype(np.float64)
        assert distance_to(points, path).max() < 1.6
        reached = distance_to(path, points[np.argsort(points[:, 0])])
        assert np.quantile(reached, 0.95) < 1.5

    def test_a_thick_ring_becomes_a_thin_one(self) -> None:
        skeleton = skeleton_of(line_map((120, 120), ring(60, 60, 40), thickness=9) > 127)
        assert count_parts(skeleton) == (1, 1)
        points = np.argwhere(skeleton)[:, ::-1]
        assert np.abs(np.hypot(*(points - 60.0).T) - 40).max() < 2.5

    def test_crossing_bars_keep_four_arms(self) -> None:
        image = line_map((90, 90), straight((5, 45), (85, 45)), straight((45, 5), (45, 85)), thickness=5)
        skeleton = skeleton_of(image > 127)
        neighbours = ndimage.convolve(skeleton.astype(np.int_), EIGHT, mode="constant") - 1
        assert int((skeleton & (neighbours == 1)).sum()) == 4


def test_codes_say_which_neighbours_are_ink() -> None:
    image = np.zeros((5, 6), np.uint8)
    image[2, 3] = 1
    for bit, (dy, dx) in enumerate(NEIGHBOURS):
        at = np.array([(2 - dy) * 6 + 3 - dx])
        assert neighbour_codes(image.reshape(-1), at, 6)[0] == 1 << bit
