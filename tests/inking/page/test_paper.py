# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever it is drawn on and however it is lit, the same drawing comes out as the same darkness."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from smart_lineart.inking.page.paper import (
    FIRM_LINE,
    MANY,
    MAX_GAIN,
    Paper,
    firm_darkness,
    judge_paper,
    median,
    network_darkness,
)
from tests.inking.pictures import line_map, ring, sketch_page, straight, wave

Luma = NDArray[np.float32]
SIZE = (600, 800)
LINES = line_map(
    SIZE, ring(300, 280, 180), wave(60, 740, 520, 30, 300), straight((500, 60), (740, 400)), thickness=5
)
LINES = LINES.astype(np.float32) / np.float32(255)
DARK = LINES > 0.99
CLEAR = LINES == 0.0


def page(paper: float | Luma = 1.0, ink: float = 0.8, noise: float = 0.0) -> Luma:
    """The drawing on paper of some luma: lines take away the share `ink` of its light."""
    grain = np.random.default_rng(4).normal(0.0, noise, SIZE) if noise else 0.0
    return np.clip(paper * (1.0 - ink * LINES) + grain, 0.0, 1.0).astype(np.float32)


def as_16_bit(luma: Luma) -> NDArray[np.uint16]:
    return np.rint(luma * 65535).astype(np.uint16)


def survey(luma: Luma) -> tuple[Paper, Luma, float]:
    """What the engine finds out about a page: its paper, relative darkness and firm lines."""
    paper = judge_paper(as_16_bit(luma))
    relative = paper.relative_darkness(luma)
    return paper, relative, firm_darkness(relative)


def seen(luma: Luma) -> NDArray[np.uint8]:
    """The picture that the network gets of a page, unscaled."""
    _, relative, firm = survey(luma)
    return network_darkness(relative, firm)


def light(falloff: float) -> Luma:
    """Light that falls off from the top left corner to the bottom right one, as on a photo by a window."""
    y, x = np.mgrid[: SIZE[0], : SIZE[1]]
    return np.asarray(1.0 - falloff * (y / SIZE[0] + x / SIZE[1]) / 2.0, np.float32)


class TestTone:
    @pytest.mark.parametrize("paper", [1.0, 0.95, 0.8, 0.55])
    def test_even_paper_is_blank_and_its_lines_are_as_dark_as_on_white(self, paper: float) -> None:
        _, relative, firm = survey(page(paper))
        assert np.abs(relative[CLEAR]).max() < 0.01
        np.testing.assert_allclose(relative[DARK], 0.8, atol=0.02)
        assert firm == pytest.approx(0.8, abs=0.05)

    @pytest.mark.parametrize("falloff", [0.2, 0.5])
    def test_uneven_light_is_taken_away(self, falloff: float) -> None:
        lit = page(0.95 * light(falloff))
        _, relative, firm = survey(lit)
        # Unlevelled, the darkest paper would be this much darker than the brightest.
        assert (1 - lit[CLEAR]).max() > 0.9 * falloff
        assert np.quantile(np.abs(relative[CLEAR]), 0.99) < 0.12 * falloff
        assert np.quantile(np.abs(relative[DARK] - 0.8), 0.9) < 0.05
        assert firm == pytest.approx(0.8, abs=0.06)

    @pytest.mark.parametrize("size", [(200, 300), (600, 800)])
    @pytest.mark.parametrize("axis", [0, 1])
    def test_light_that_falls_off_to_one_side_leaves_no_dark_edge(
        self, size: tuple[int, int], axis: int
    ) -> None:
        ramp = np.linspace(0.75, 1.0, size[axis], dtype=np.float32)
        lit = np.ones(size, np.float32) * (ramp[:, None] if axis == 0 else ramp)
        assert judge_paper(as_16_bit(lit)).relative_darkness(lit).max() < 0.03

    def test_a_vignette_keeps_its_lines_and_no_shadow(self) -> None:
        y, x = np.mgrid[-1 : 1 : SIZE[0] * 1j, -1 : 1 : SIZE[1] * 1j]
        out = seen(page(np.asarray(0.95 - 0.15 * (x * x + y * y), np.float32)))
        assert np.quantile(out[CLEAR], 0.98) < 0.15 * np.median(out[DARK])

    def test_a_large_dark_area_is_drawing_not_paper(self) -> None:
        filled = page()
        filled[100:220, 100:240] = 0.1
        relative = judge_paper(as_16_bit(filled)).relative_darkness(filled)
        assert relative[110:210, 110:230].min() > 0.8

    def test_any_resolution_of_the_page_will_do(self) -> None:
        full = page(0.9 * light(0.3))
        small = full[::2, ::2]
        paper = judge_paper(as_16_bit(full))
        np.testing.assert_allclose(
            paper.relative_darkness(small), paper.relative_darkness(full)[::2, ::2], atol=0.01
        )


class TestPolarity:
    @pytest.mark.parametrize("paper", [1.0, 0.9, 0.7, 0.3])
    def test_dark_lines_are_not_inverted_even_in_bad_light(self, paper: float) -> None:
        assert not survey(page(paper))[0].inverted

    @pytest.mark.parametrize("paper", [1.0, 0.9, 0.7])
    def test_light_lines_on_dark_paper_are_the_negative(self, paper: float) -> None:
        negative = np.float32(1.0) - page(paper)
        assert survey(negative)[0].inverted
        np.testing.assert_allclose(seen(negative).astype(int), seen(page(paper)).astype(int), atol=1)

    def test_a_page_half_in_black_keeps_its_polarity(self) -> None:
        inked = page()
        inked[:, :330] *= 0.1
        assert not survey(inked)[0].inverted


class TestBlank:
    @pytest.mark.parametrize("value", [1.0, 0.92, 0.5, 0.2, 0.02, 0.0])
    def test_even_paper_of_any_tone(self, value: float) -> None:
        assert survey(np.full(SIZE, value, np.float32))[2] == 0.0

    @pytest.mark.parametrize("paper", [1.0, 0.97, 0.9, 0.5, 0.3])
    @pytest.mark.parametrize("noise", [0.005, 0.02, 0.06])
    @pytest.mark.parametrize("size", [(300, 400), (1200, 900)])
    def test_paper_with_nothing_but_noise(self, size: tuple[int, int], noise: float, paper: float) -> None:
        grain = np.random.default_rng(8).normal(paper, noise, size)
        assert survey(np.clip(grain, 0, 1).astype(np.float32))[2] == 0.0

    @pytest.mark.parametrize("ink", [0.8, 0.3, 0.08])
    @pytest.mark.parametrize("noise", [0.0, 0.01])
    def test_a_drawing_is_not_blank(self, ink: float, noise: float) -> None:
        assert survey(page(0.95, ink, noise))[2] > 0.5 * ink

    def test_one_short_stroke_on_a_large_page_is_not_blank(self) -> None:
        wide = np.ones((2000, 2000), np.float32)
        wide[1000:1004, 1000:1060] = 0.2
        assert survey(wide)[2] > 0.5


class TestContrast:
    @pytest.mark.parametrize("ink", [0.9, 0.5, 0.25])
    def test_firm_lines_come_out_alike_however_hard_the_pencil(self, ink: float) -> None:
        assert np.median(seen(page(0.95, ink))[DARK]) == pytest.approx(255 * FIRM_LINE, rel=0.1)

    def test_noise_is_not_brought_up_beyond_measure(self) -> None:
        out = network_darkness(np.full((4, 4), 0.01, np.float32), 0.001)
        assert out.max() <= np.ceil(0.01 * MAX_GAIN * 255)

    def test_paper_and_what_is_lighter_is_nothing(self) -> None:
        out = network_darkness(np.array([[0.0, -0.4, 0.5, 3.0]], np.float32), 0.8)
        assert out.dtype == np.uint8
        np.testing.assert_array_equal(out[0, :2], 0)
        assert 0 < out[0, 2] < 255
        assert out[0, 3] == 255

    def test_darker_stays_darker(self) -> None:
        ramp = np.linspace(-0.1, 1.0, 200, dtype=np.float32)[None]
        assert (np.diff(network_darkness(ramp, 0.7)[0].astype(int)) >= 0).all()

    def test_the_drawing_outlives_cream_paper_grain_and_bad_light_together(self) -> None:
        out = seen(page(0.88 * light(0.3), 0.5, 0.01))
        assert np.quantile(out[DARK], 0.05) > 1.5 * np.quantile(out[CLEAR], 0.99)


@pytest.mark.parametrize("size", [(1, 1), (1, 900), (900, 1), (2, 3), (15, 17)])
def test_tiny_pages_are_judged_without_a_fault(size: tuple[int, int]) -> None:
    for value in (0.0, 0.5, 1.0):
        _, relative, firm = survey(np.full(size, value, np.float32))
        assert relative.shape == size
        assert np.isfinite(relative).all()
        assert firm == 0.0


def test_a_small_sketch_keeps_all_its_lines() -> None:
    luma = sketch_page().astype(np.float32) / 255
    out = seen(luma)
    assert (out[luma < 0.3] > 150).all()
    assert out[luma > 0.95].max() == 0


@pytest.mark.parametrize("count", [1, 2, MANY, MANY + 1, 3 * MANY, 3 * MANY + 1])
@pytest.mark.parametrize("kind", ["noise", "steps", "blank", "halves", "rising", "striped"])
def test_the_median_is_numpys(kind: str, count: int) -> None:
    noise = np.random.default_rng(count).normal(0.0, 1.0, count)
    values = {
        "noise": noise,
        "steps": np.round(noise, 1),
        "blank": np.maximum(noise - 0.5, 0.0),
        "halves": np.arange(count) * 2 // count,
        "rising": np.sort(noise),
        "striped": np.arange(count) % (count // 16_384 + 1),
    }[kind].astype(np.float32)
    assert median(values) == float(np.median(values))
