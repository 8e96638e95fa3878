# SPDX-License-Identifier: GPL-3.0-or-later
"""What counts as dark: HSY' luma over white paper, whatever the pixels are stored in."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from smart_lineart.inking import ArraySketch, BadSketch
from smart_lineart.inking.page.sketch import MAX_SIDE, check_size, luma
from tests.inking.pictures import sketch_page

# Where the compiler's longest float is one of 64 bits, as on Windows, it is light as any other.
WIDER = [np.longdouble] if np.dtype(np.longdouble).itemsize > 8 else []


def rgb(*values: float, dtype: Any = np.uint8) -> NDArray[Any]:
    return np.array([[values]], dtype)


class TestWeights:
    @pytest.mark.parametrize(
        ("colour", "expected"),
        [((255, 0, 0), 0.2126), ((0, 255, 0), 0.7152), ((0, 0, 255), 0.0722), ((255, 255, 0), 0.9278)],
    )
    def test_colours_weigh_as_in_bt_709_without_decoding(
        self, colour: tuple[int, ...], expected: float
    ) -> None:
        assert luma(rgb(*colour)).item() == pytest.approx(expected, abs=1e-6)

    def test_half_of_a_channel_gives_half_of_its_weight(self) -> None:
        # Decoded to linear light it would be about a fifth.
        assert luma(rgb(0, 0.5, 0, dtype=np.float32)).item() == pytest.approx(0.3576, abs=1e-6)

    def test_greys_keep_their_value(self) -> None:
        greys = np.arange(256, dtype=np.uint8)
        colours = np.repeat(greys[None, :, None], 3, axis=2)
        np.testing.assert_allclose(luma(colours)[0], greys / 255, atol=1e-6)
        np.testing.assert_allclose(luma(greys[None])[0], greys / 255, atol=1e-6)

    def test_a_blue_pencil_on_red_is_darker_than_its_hsv_value(self) -> None:
        # Value of both is 1 and the channel mean of both 1/3: only luma tells them apart.
        assert luma(rgb(0, 0, 255)).item() < luma(rgb(255, 0, 0)).item() - 0.1


class TestAlpha:
    @pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
    @pytest.mark.parametrize("alpha", [0.0, 0.2, 0.6, 1.0])
    def test_alpha_lies_over_white(self, dtype: Any, alpha: float) -> None:
        full = 1.0 if dtype == np.float32 else float(np.iinfo(dtype).max)
        grey = np.array([[[0.4 * full, alpha * full]]]).astype(dtype)
        colour = np.array([[[0.4 * full, 0.4 * full, 0.4 * full, alpha * full]]]).astype(dtype)
        expected = 1.0 - alpha * 0.6
        assert luma(grey).item() == pytest.approx(expected, abs=0.005)
        assert luma(colour).item() == pytest.approx(expected, abs=0.005)

    def test_nothing_at_all_is_paper_whatever_its_colour(self) -> None:
        assert luma(rgb(0, 0, 0, 0)).item() == 1.0
        assert luma(rgb(255, 0, 0, 0)).item() == 1.0
        assert luma(rgb(0, 0)).item() == 1.0


class TestPrecision:
    def test_every_16_bit_value_stays_apart(self) -> None:
        greys = np.arange(65536, dtype=np.uint16).reshape(256, 256)
        expected = greys / 65535
        for image in (greys, greys[..., None], np.repeat(greys[..., None], 3, axis=2), greys.astype(">u2")):
            out = luma(image)
            assert (np.diff(out.reshape(-1)) > 0.5 / 65535).all()
            np.testing.assert_allclose(out, expected, atol=2e-7)

    def test_alpha_of_16_bit_stays_apart(self) -> None:
        alphas = np.arange(65536, dtype=np.uint16).reshape(256, 256)
        image = np.stack([np.zeros_like(alphas), alphas], axis=2)
        assert (np.diff(luma(image).reshape(-1)) < -0.5 / 65535).all()

    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    def test_floats_a_16_bit_step_apart_stay_apart(self, dtype: Any) -> None:
        for low in (0.0, 0.3, 0.9999):
            pair = np.array([[low, low + 1 / 65535]], dtype)
            assert np.diff(luma(pair)).item() == pytest.approx(1 / 65535, rel=0.01)
            assert np.diff(luma(np.repeat(pair[..., None], 3, axis=2))).item() == pytest.approx(
                1 / 65535, rel=0.02
            )

    def test_depths_agree(self) -> None:
        page = np.random.default_rng(1).integers(0, 256, (20, 30, 4), np.uint8)
        expected = luma(page)
        np.testing.assert_allclose(luma(page.astype(np.uint16) * np.uint16(257)), expected, atol=1e-6)
        np.testing.assert_allclose(luma(page / 255.0), expected, atol=1e-6)
        np.testing.assert_allclose(luma((page / 255.0).astype(np.float16)), expected, atol=2e-3)

    def test_result_is_float32_in_0_to_1_for_values_beyond(self) -> None:
        out = luma(np.array([[-3.0, -1e-6, 0.5, 1.0 + 1e-6, 7.0]]))
        assert out.dtype == np.float32
        np.testing.assert_allclose(out, [[0.0, 0.0, 0.5, 1.0, 1.0]], atol=1e-6)


class TestNotANumber:
    @pytest.mark.parametrize("channels", [1, 2, 3, 4])
    @pytest.mark.parametrize("bad", range(4))
    def test_nan_in_any_channel_is_paper(self, channels: int, bad: int) -> None:
        image = np.full((2, 2, channels), 0.25, np.float32)
        if bad < channels:
            image[0, 1, bad] = np.nan
        out = luma(image)
        assert np.isfinite(out).all()
        assert out[0, 1] == (1.0 if bad < channels else out[0, 0])

    def test_infinities_are_white_and_black(self) -> None:
        np.testing.assert_array_equal(luma(np.array([[np.inf, -np.inf]], np.float32)), [[1.0, 0.0]])


class TestImages:
    def test_bits_are_black_and_white(self) -> None:
        bits = np.array([[True, False, True]])
        np.testing.assert_array_equal(ArraySketch(bits).read_luma(0, 1), [[1.0, 0.0, 1.0]])

    def test_an_expanded_palette_is_read_as_its_colours(self) -> None:
        palette = np.array([[255, 255, 255], [0, 0, 255], [20, 20, 20]], np.uint8)
        indices = np.array([[0, 1, 2], [2, 2, 0]])
        np.testing.assert_allclose(
            ArraySketch(palette[indices]).read_luma(0, 2), luma(palette[:, None])[indices][..., 0], atol=1e-6
        )

    def test_any_memory_layout_is_read_alike(self) -> None:
        page = np.random.default_rng(2).integers(0, 256, (12, 9, 3), np.uint8)
        expected = luma(page)
        np.testing.assert_array_equal(luma(np.asfortranarray(page)), expected)
        np.testing.assert_array_equal(luma(page[::-1, ::-1])[::-1, ::-1], expected)
        np.testing.assert_array_equal(luma(page.transpose(1, 0, 2)).T, expected)
        frozen = page.copy()
        frozen.flags.writeable = False
        np.testing.assert_array_equal(luma(frozen), expected)

    @pytest.mark.parametrize("dtype", [np.uint8, np.float32])
    def test_the_artist_s_pixels_are_left_alone(self, dtype: Any) -> None:
        page = (sketch_page() / 255.0 if dtype == np.float32 else sketch_page()).astype(dtype)
        if dtype == np.float32:
            page[0, 0] = np.nan
        before = page.copy()
        ArraySketch(page).read_luma(0, page.shape[0])
        np.testing.assert_array_equal(page, before)

    @pytest.mark.parametrize("rows", [1, 7, 64, 239, 240])
    @pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float64])
    def test_strips_equal_the_whole(self, rows: int, dtype: Any) -> None:
        full = 1.0 if dtype == np.float64 else np.iinfo(dtype).max
        page = (np.random.default_rng(3).random((240, 17, 4)) * full).astype(dtype)
        sketch = ArraySketch(page)
        height, _ = sketch.size
        strips = [sketch.read_luma(top, min(height, top + rows)) for top in range(0, height, rows)]
        np.testing.assert_array_equal(np.concatenate(strips), sketch.read_luma(0, height))

    def test_size_is_height_and_width(self) -> None:
        assert ArraySketch(np.zeros((3, 5, 4), np.uint8)).size == (3, 5)


def bare(shape: tuple[int, ...], dtype: Any = np.uint8) -> NDArray[Any]:
    """An array of any size that takes up no memory."""
    return np.broadcast_to(np.zeros((), dtype), shape)


class TestRefused:
    @pytest.mark.parametrize(
        "shape", [(), (5,), (4, 4, 5), (4, 4, 0), (1, 4, 4, 3), (3, 8, 8)], ids=lambda shape: f"shape{shape}"
    )
    def test_a_shape_that_is_no_image(self, shape: tuple[int, ...]) -> None:
        with pytest.raises(BadSketch, match=r"shape .* 1 to 4 channels") as caught:
            ArraySketch(bare(shape))
        assert "\n" not in str(caught.value)

    @pytest.mark.parametrize("dtype", [np.int8, np.int32, np.complex64, *WIDER, "U1", "M8[s]", object])
    def test_values_that_are_no_light(self, dtype: Any) -> None:
        with pytest.raises(BadSketch, match="values of type"):
            ArraySketch(np.zeros((4, 4), dtype))

    @pytest.mark.parametrize("shape", [(0, 5), (5, 0), (0, 0, 3)])
    def test_a_page_without_pixels(self, shape: tuple[int, ...]) -> None:
        with pytest.raises(BadSketch, match="no pixels"):
            ArraySketch(bare(shape))

    @pytest.mark.parametrize("shape", [(MAX_SIDE + 1, 1), (1, MAX_SIDE + 1), (10**9, 10**9)])
    def test_an_absurd_side(self, shape: tuple[int, int]) -> None:
        with pytest.raises(BadSketch, match=f"up to {MAX_SIDE} px"):
            ArraySketch(bare(shape))
        with pytest.raises(BadSketch, match=f"up to {MAX_SIDE} px"):
            check_size(*shape)

    def test_the_largest_side_is_taken(self) -> None:
        assert ArraySketch(bare((1, MAX_SIDE))).size == (1, MAX_SIDE)
