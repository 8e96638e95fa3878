# SPDX-License-Identifier: GPL-3.0-or-later
"""Line weight: from even lines to lines as thick and thin as they were drawn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from smart_lineart.inking import STYLES, Features, Rect, style_names
from smart_lineart.inking.drawing.textured import draw
from smart_lineart.inking.features import USUAL_WEIGHT
from smart_lineart.inking.strokes import Strokes
from tests.inking.pictures import Bytes, measured_widths, straight, strokes_of

PAGE = Rect(0, 0, 460, 300)
TIMES = 0.5, 0.7, 1.0, 1.0, 1.0, 1.4, 1.8  # as wide as usual: what is usual is the median
WEIGHTS = 0.0, 0.3, 0.5, 0.7, 1.0


def drawing() -> Strokes:
    paths = [straight((20, 30 + 40 * i), (440, 40 + 40 * i)) for i in range(len(TIMES))]
    widths = [np.full(len(path), times, np.float32) for path, times in zip(paths, TIMES, strict=True)]
    return Strokes.from_lists([path.astype(np.float32) for path in paths], widths, [1.0] * len(paths))


def ink_of(strokes: Strokes, thickness: float, style: str) -> Bytes:
    return draw(strokes, PAGE, thickness=thickness, style=STYLES[style])


def test_as_drawn_is_what_was_measured_bit_for_bit() -> None:
    strokes = drawing()
    assert strokes.weighted(1.0) is strokes


@pytest.mark.parametrize("style", style_names())
def test_even_lines_are_all_as_wide_as_the_usual_one(style: str) -> None:
    """Points and swelling of the brush stay: they are those of a usual line."""
    paths = [straight((20, 30 + 40 * i), (440, 40 + 40 * i)) for i in range(len(TIMES))]
    np.testing.assert_array_equal(
        ink_of(drawing().weighted(0.0), 6.0, style), ink_of(strokes_of(*paths), 6.0, style)
    )


def test_every_line_leaves_its_even_width_step_by_step() -> None:
    widths = np.stack([drawing().weighted(weight).width for weight in WEIGHTS])
    usual = drawing().width
    assert (np.diff(widths, axis=0)[:, usual > 1] > 0).all()
    assert (np.diff(widths, axis=0)[:, usual < 1] < 0).all()
    assert (widths[:, usual == 1] == 1).all()
    np.testing.assert_allclose(widths[2], np.sqrt(usual), rtol=1e-6)


@pytest.mark.parametrize("weight", WEIGHTS)
@pytest.mark.parametrize("thickness", [3.0, 8.0])
def test_the_median_line_is_as_thick_as_asked(weight: float, thickness: float) -> None:
    width = measured_widths(ink_of(drawing().weighted(weight), thickness, "pen"))
    assert np.median(width) == pytest.approx(thickness, abs=max(0.5, 0.06 * thickness))


def test_what_is_drawn_has_the_weight_and_what_is_known_stays() -> None:
    strokes = drawing()
    features = Features((300, 460), 1.0, inverted=False, strokes=strokes, solid=None)
    np.testing.assert_array_equal(features.drawn_at(0.5, 0.5).width, strokes.weighted(0.5).width)
    np.testing.assert_array_equal(features.drawn_at(0.5, 1.0).width, strokes.width)
    usual = strokes.weighted(USUAL_WEIGHT).width
    np.testing.assert_array_equal(features.drawn_at(0.5).width, usual)
    np.testing.assert_array_equal(features.strokes.width, drawing().width)


def gone_over() -> Strokes:
    """A line half as wide again where it was gone over, one where it was pressed, and a light one."""
    path = straight((20, 30), (440, 40)).astype(np.float32)
    widths = [np.full(len(path), times, np.float32) for times in (1.5, 1.5, 0.6)]
    alone = [np.full(len(path), times, np.float32) for times in (1.0, 1.5, 0.6)]
    free = [(True, True)] * 3
    return Strokes.from_lists([path, path + 50, path + 100], widths, [1.0, 0.9, 0.8], free, alone)


def test_a_line_that_was_gone_over_is_heavier_only_as_drawn() -> None:
    strokes = gone_over()
    over, pressed, light = (
        [float(strokes.weighted(weight).width[strokes.starts[i]]) for weight in WEIGHTS] for i in range(3)
    )
    assert over == sorted(over)
    assert over[0] == 1.0
    assert over[2] < 1.03
    assert over[-1] == pressed[-1] == 1.5
    np.testing.assert_allclose(pressed, [1.5**weight for weight in WEIGHTS], rtol=1e-6)
    np.testing.assert_allclose(light, [0.6**weight for weight in WEIGHTS], rtol=1e-6)


def test_what_is_told_of_single_passes_goes_along_with_the_strokes() -> None:
    strokes = gone_over()
    chosen = strokes.select(np.array([False, True, True]))
    assert chosen.alone is not None
    np.testing.assert_array_equal(chosen.alone[[0, -1]], np.float32([1.5, 0.6]))
    assert strokes.nbytes > strokes.weighted(0.5).nbytes
    assert strokes.weighted(0.5).alone is None, "it has counted"


def test_strokes_that_only_single_passes_tell_apart_are_others() -> None:
    """At another weight they are drawn otherwise."""
    one = gone_over()
    assert one.alone is not None
    two = replace(one, alone=one.alone * np.float32(0.99))
    first, second = (Features((300, 460), 1.0, inverted=False, strokes=s, solid=None) for s in (one, two))
    assert second.changed_from(first, thickness=3.0)
    assert not first.changed_from(first, thickness=3.0)


def test_a_page_without_lines_has_any_weight() -> None:
    assert len(Strokes.empty().weighted(0.3)) == 0
