# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import numpy as np
import pytest

from smart_lineart.inking import Rect
from smart_lineart.krita_host.geometry import grown, strips
from smart_lineart.krita_host.pixels import (
    DEPTHS,
    SRGB,
    LayerSketch,
    PixelFormat,
    alpha_to_byte,
    blend,
    grey_and_alpha,
    ink_pixels,
    lay_beneath,
    other_colour,
)

FORMATS = [PixelFormat(model, depth, "") for model in ("RGBA", "GRAYA", "CMYKA", "LABA") for depth in DEPTHS]


def test_luma_weighs_colours_as_krita_does() -> None:
    pixels = np.zeros((1, 4, 4), np.uint8)
    pixels[0, 0] = 255, 0, 0, 10
    pixels[0, 1] = 0, 255, 0, 20
    pixels[0, 2] = 0, 0, 255, 30
    pixels[0, 3] = 255, 255, 255, 40
    grey, alpha = grey_and_alpha(pixels)
    assert grey.tolist() == [[18, 182, 54, 255]]
    assert alpha.tolist() == [[10, 20, 30, 40]]


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: f"{form.model} {form.depth}")
def test_ink_is_opaque_where_covered_and_nothing_elsewhere(form: PixelFormat) -> None:
    colour = np.arange(1, form.channels + 1).astype(form.dtype)
    coverage = np.array([[0, 255, 128]], np.uint8)
    pixels = ink_pixels(coverage, colour, form)
    full = np.iinfo(form.dtype).max if form.dtype.kind == "u" else 1
    assert not pixels[0, 0].any()
    assert pixels[0, 1, -1] == full
    assert pixels[0, 2, -1] / full == pytest.approx(128 / 255, abs=1e-3)
    assert (pixels[0, 1, :-1] == colour[:-1]).all()
    again = form.array(pixels.tobytes(), 1, 3)
    assert (again == pixels).all()


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: f"{form.model} {form.depth}")
def test_a_selection_decides_between_old_and_new(form: PixelFormat) -> None:
    full = np.iinfo(form.dtype).max if form.dtype.kind == "u" else 1
    old = np.full((1, 3, form.channels), full, form.dtype)
    new = np.zeros_like(old)
    mixed = blend(old, new, np.array([[0, 255, 51]], np.uint8), form)
    assert (mixed[0, 0] == old[0, 0]).all()
    assert (mixed[0, 1] == new[0, 1]).all()
    assert mixed[0, 2, -1] / full == pytest.approx(0.8, abs=0.01)
    assert mixed[0, 2, 0] / full == pytest.approx(1.0, abs=0.01)


def test_nothing_selected_leaves_the_old_pixels() -> None:
    old = np.full((2, 2, 4), 9, np.uint8)
    assert (blend(old, old * 0, np.zeros((2, 2), np.uint8), SRGB) == old).all()


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: f"{form.model} {form.depth}")
def test_colours_do_not_mix_and_what_is_not_selected_stays_byte_for_byte(form: PixelFormat) -> None:
    full = np.iinfo(form.dtype).max if form.dtype.kind == "u" else 1
    old, new = (np.full((1, 6, form.channels), part * full).astype(form.dtype) for part in (0.8, 0.2))
    old[0, :, -1] = [full, 0, 0, full, full, full]
    new[0, :, -1] = [full, full, 0, full, full, 0]
    with np.errstate(all="raise"):
        mixed = blend(old, new, np.array([[51, 102, 102, 0, 153, 153]], np.uint8), form)
    found = mixed[0].astype(np.float64) / full
    colours = form.channels - 1
    assert found[0] == pytest.approx([0.8] * colours + [1], abs=0.01)
    assert found[1] == pytest.approx([0.2] * colours + [0.4], abs=0.01), "of what is painted"
    assert not mixed[0, 2].any(), "nothing on nothing"
    assert found[4] == pytest.approx([0.2] * colours + [1], abs=0.01)
    assert found[5] == pytest.approx([0.8] * colours + [0.4], abs=0.01), "of what is painted"
    unselected = old[:, :4].copy()
    unselected[0, 0, -1] = 0  # what nobody sees
    assert (
        blend(unselected, new[:, :4], np.array([[0, 51, 51, 51]], np.uint8), form)[0, 0] == unselected[0, 0]
    ).all()


def sketch_of(grey: np.ndarray, alpha: np.ndarray) -> LayerSketch:
    sketch = LayerSketch(*grey.shape)
    sketch.put(0, grey[:10], alpha[:10])
    sketch.put(10, grey[10:], alpha[10:])
    sketch.finish()
    return sketch


def page(tone: int, alpha: int) -> tuple[np.ndarray, np.ndarray]:
    return np.full((40, 60), tone, np.uint8), np.full((40, 60), alpha, np.uint8)


def test_transparent_pixels_are_paper() -> None:
    grey, alpha = page(0, 0)
    grey[5:8, 5:50], alpha[5:8, 5:50] = 20, 255
    alpha[20:22, 5:50] = 128
    sketch = sketch_of(grey, alpha)
    luma = sketch.read_luma(0, 40)
    assert luma.dtype == np.float32
    assert luma[0, 0] == 1.0
    assert luma[6, 10] == pytest.approx(20 / 255)
    assert luma[20, 10] == pytest.approx(1 - 128 / 255, abs=1e-3)
    assert (sketch.read_luma(5, 9) == luma[5:9]).all()
    assert (sketch.empty, sketch.blank) == (False, False)


def test_white_strokes_on_nothing_are_read_over_black() -> None:
    grey, alpha = page(255, 0)
    alpha[5:8, 5:50] = alpha[30:33, 5:50] = 255
    luma = sketch_of(grey, alpha).read_luma(0, 40)
    assert luma[6, 10] == 1.0
    assert luma[0, 0] == 0.0


def test_a_white_sheet_with_thin_lines_is_read_over_white_even_with_a_margin() -> None:
    grey, alpha = page(255, 255)
    grey[12, 20:40] = 30
    alpha[:6] = alpha[-6:] = 0
    alpha[:, :6] = alpha[:, -6:] = 0
    assert sketch_of(grey, alpha).read_luma(0, 1)[0, 0] == 1.0


def test_empty_and_blank_are_told_apart() -> None:
    assert sketch_of(*page(0, 0)).empty
    assert sketch_of(*page(200, 255)).blank
    assert not sketch_of(*page(200, 255)).empty
    grey, alpha = page(255, 255)
    grey[33, 20] = 0
    assert not sketch_of(grey, alpha).blank
    for apart, blank in ((1, True), (3, False)):
        grey, alpha = page(200, 255)
        grey[33, 20] += apart
        assert sketch_of(grey, alpha).blank == blank


def test_strips_cover_a_rectangle_once() -> None:
    area = Rect(-5, 7, 30, 100)
    parts = list(strips(area, 300))
    assert [part.y for part in parts] == list(range(7, 107, 10))
    assert sum(part.height for part in parts) == 100
    assert all(part.x == -5 and part.width == 30 for part in parts)


def test_a_strip_has_a_row_at_least() -> None:
    assert list(strips(Rect(2, 3, 1000, 3), 300)) == [Rect(2, top, 1000, 1) for top in (3, 4, 5)]
    assert list(strips(Rect(2, 3, 0, 3), 1)) == [Rect(2, top, 0, 1) for top in (3, 4, 5)]
    assert list(strips(Rect(2, 3, 5, 0))) == []
    assert [part.height for part in strips(Rect(2, 3, 1, 700), 300)] == [300, 300, 100]


def test_whether_a_page_is_blank_is_looked_at_in_eighths(monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy of all of it as floats would be four times as large."""
    sketch, heights = sketch_of(*page(200, 255)), []
    read = sketch.read_luma

    def noting(top: int, bottom: int) -> np.ndarray:
        heights.append(bottom - top)
        return read(top, bottom)

    monkeypatch.setattr(sketch, "read_luma", noting)
    assert sketch.blank
    assert sum(heights) == sketch.size[0]
    assert max(heights) <= sketch.size[0] // 8


def test_rectangles() -> None:
    a, b = Rect(0, 0, 10, 10), Rect(5, 8, 10, 10)
    assert a.intersection(b) == Rect(5, 8, 5, 2)
    assert a.intersection(Rect(50, 50, 2, 2))[2:] == (0, 0)
    assert a.united(b) == Rect(0, 0, 15, 18)
    assert a.united(Rect(90, 90, 0, 0)) == a
    assert grown(a, 3) == Rect(-3, -3, 16, 16)


# -- what an artist made of the ink


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: f"{form.model} {form.depth}")
def test_coverage_survives_every_depth(form: PixelFormat) -> None:
    coverage = np.arange(256, dtype=np.uint8).reshape(16, 16)
    alpha = ink_pixels(coverage, np.ones(form.channels, form.dtype), form)[..., -1]
    assert np.array_equal(alpha_to_byte(alpha, form), coverage)


def test_alpha_that_makes_no_sense_is_bounded() -> None:
    form = PixelFormat("RGBA", "F32", "")
    odd = np.array([[np.nan, np.inf, -np.inf, 3.0, -1.0]], np.float32)
    assert alpha_to_byte(odd, form).tolist() == [[0, 255, 0, 255, 0]]


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: f"{form.model} {form.depth}")
def test_another_colour_is_told_from_rounding(form: PixelFormat) -> None:
    span = (
        np.iinfo(form.dtype).max if form.dtype.kind == "u" else 100 if form.model in {"CMYKA", "LABA"} else 1
    )
    ink = np.full(form.channels, 0.3 * span).astype(form.dtype)
    coverage = np.array([[255, 255, 255, 30, 6]], np.uint8)
    pixels = ink_pixels(coverage, ink, form)
    pixels[0, 1, 0] += form.dtype.type(0.01 * span)
    pixels[0, 2, 0] += form.dtype.type(0.2 * span)
    pixels[0, 3, 0] += form.dtype.type(0.05 * span)
    pixels[0, 4, 0] += form.dtype.type(0.5 * span)
    assert other_colour(pixels, coverage, [ink], form).tolist() == [[False, False, True, False, False]]
    assert not other_colour(pixels, coverage, [ink, pixels[0, 2]], form).any()
    assert other_colour(pixels, coverage, [], form).tolist() == [[True, True, True, True, False]]


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: f"{form.model} {form.depth}")
def test_ink_laid_beneath_a_stroke(form: PixelFormat) -> None:
    span = np.iinfo(form.dtype).max if form.dtype.kind == "u" else 1
    colour = np.zeros(form.channels, form.dtype)
    stroke = np.array([[0.5 * span] * (form.channels - 1) + [alpha * span] for alpha in (0.0, 0.5, 1.0)])
    over = stroke.astype(form.dtype)
    out = lay_beneath(over, np.array([255, 255, 255], np.uint8), colour, form)
    assert np.allclose(out[:, -1], span, rtol=2e-3)
    shares = out[:, 0].astype(np.float64) / (0.5 * span)
    assert np.allclose(shares, [0.0, 0.5, 1.0], atol=6e-3)


def test_where_a_sketch_changed() -> None:
    one, two = LayerSketch(20, 30), LayerSketch(20, 30)
    assert one.changed_from(two) == (0, 0, 0, 0)
    two.grey[4:7, 11:20] = 9
    two.alpha[12, 3] = 80
    assert one.changed_from(two) == (3, 4, 17, 9)
    two.paper = 0
    assert one.changed_from(two) is None
    assert one.changed_from(LayerSketch(20, 31)) is None


def test_the_faintest_ink_has_its_colour_too() -> None:
    colour = np.array([10, 20, 30, 0], np.uint8)
    pixels = ink_pixels(np.array([[1, 0]], np.uint8), colour, SRGB)
    assert pixels.tolist() == [[[10, 20, 30, 1], [0, 0, 0, 0]]]


def test_colours_of_hardly_visible_pixels_are_not_looked_at() -> None:
    red, black = (0, 0, 255), np.array([0, 0, 0, 255], np.uint8)
    coverage = np.array([[11, 12, 200]], np.uint8)
    pixels = np.array([[(*red, 11), (*red, 12), (*red, 200)]], np.uint8)
    assert other_colour(pixels, coverage, [black], SRGB).tolist() == [[False, True, True]]


class TestPaper:
    def sketch(self, grey: np.ndarray, alpha: np.ndarray) -> LayerSketch:
        sketch = LayerSketch(20, 20)
        sketch.put(5, grey.astype(np.uint8), alpha.astype(np.uint8))
        sketch.finish()
        return sketch

    def light(self, blank: int) -> tuple[np.ndarray, np.ndarray]:
        """Ten rows of 10 light pixels among 20, of which so many inside are blank."""
        alpha = np.zeros((10, 20))
        alpha[:, 5:15] = 255
        for number in range(blank):
            alpha[1 + number // 8, 6 + number % 8] = 0
        return np.full((10, 20), 240.0), alpha

    def test_light_strokes_are_read_over_black_where_they_are_sparse(self) -> None:
        assert self.sketch(*self.light(21)).paper == 0
        assert self.sketch(*self.light(19)).paper == 255, "nothing around them counts"

    def test_a_pale_dark_fringe_does_not_make_them_dark(self) -> None:
        grey, alpha = self.light(30)
        grey[:, 5], alpha[:, 5] = 10, 100
        assert self.sketch(grey, alpha).paper == 0
        alpha[:, 5] = 255
        assert self.sketch(grey, alpha).paper == 255

    def test_pale_strokes_alone_are_judged_as_they_are(self) -> None:
        grey, alpha = self.light(30)
        assert self.sketch(grey, np.minimum(alpha, 1)).paper == 0
        assert self.sketch(255 - grey, np.minimum(alpha, 1)).paper == 255
        assert self.sketch(grey, alpha * 0.5).paper == 0
        assert self.sketch(255 - grey, alpha * 0.5).paper == 255


def coloured_sketch(*strips: tuple[np.ndarray, int]) -> LayerSketch:
    """Strips of B, G, R and how much they cover, one below the other."""
    sketch = LayerSketch(sum(len(bgr) for bgr, _ in strips), strips[0][0].shape[1])
    top = 0
    for bgr, alpha in strips:
        pixels = np.dstack([bgr, np.full(bgr.shape[:2], alpha, np.uint8)])
        grey, cover = grey_and_alpha(pixels)
        sketch.put(top, grey, cover, pixels[..., :3])
        top += len(bgr)
    sketch.finish()
    return sketch


def flat(blue: int, green: int, red: int) -> np.ndarray:
    return np.full((10, 20, 3), (blue, green, red), np.uint8)


def test_a_sketch_keeps_its_colours_where_it_has_any() -> None:
    grey = coloured_sketch((flat(90, 90, 90), 255), (flat(40, 48, 44), 255))
    assert not grey.in_colour
    assert np.array_equal(grey.read_colour(0, 20)[..., 1], grey.read_luma(0, 20))
    painted = coloured_sketch((flat(90, 90, 90), 255), (flat(200, 90, 40), 255), (flat(80, 80, 80), 255))
    assert painted.in_colour
    assert painted.nbytes == grey.nbytes // 2 * 3 + 30 * 20 * 3
    seen = np.rint(painted.read_colour(0, 30) * 255)
    for rows, colour in ((slice(0, 10), 90), (slice(10, 20), (40, 90, 200)), (slice(20, 30), 80)):
        assert (seen[rows] == colour).all()
    assert np.array_equal(np.rint(painted.read_colour(12, 15) * 255), seen[12:15])


def test_colours_lie_over_the_same_paper_as_luma() -> None:
    half = coloured_sketch((flat(255, 0, 0), 128))
    assert np.allclose(half.read_colour(0, 10)[0, 0], np.array([127, 127, 255]) / 255, atol=0.01)
    assert not coloured_sketch((flat(255, 0, 0), 3)).in_colour


def test_a_sketch_that_was_only_coloured_anew_has_changed() -> None:
    blue, red = flat(200, 60, 40), flat(40, 60, 96)
    red[...] = (32, 60, 90)
    one, two = coloured_sketch((blue, 255)), coloured_sketch((blue, 255))
    assert one.changed_from(two) == Rect(0, 0, 0, 0)
    assert two.colours is not None
    two.colours[3:5, 6:9] = red[0, 0]
    assert one.changed_from(two) == Rect(6, 3, 3, 2)
